//! A list in pages: thousands of objects, and never more than a page of their text in memory.

use std::time::Duration;

use http::Method;
use kube::Client;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::request::{self, Cause, Sensitivity};

/// Objects of one page.
const PAGE: u32 = 500;
/// How often a list is begun again, since the state that its pages are of is kept for minutes only.
const BEGINNINGS: u32 = 3;
/// How often a page is asked for where the server has too much to do.
const TRIES: u32 = 4;
/// How long to leave it alone then.
const PAUSE: Duration = Duration::from_secs(1);

#[derive(Deserialize)]
struct Page<'a> {
    #[serde(default)]
    metadata: Metadata,
    #[serde(borrow, default)]
    items: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize, Default)]
struct Metadata {
    #[serde(default, rename = "continue")]
    next: Option<String>,
}

/// What `path` lists, each object made by `take` of its JSON. `so_far` is told how many there are, page by page.
///
/// # Errors
/// What the API server answers to the page that it refuses.
pub async fn list<T>(
    client: &Client,
    path: &str,
    take: impl Fn(&str) -> T,
    so_far: &dyn Fn(usize),
) -> Result<Vec<T>, Cause> {
    let mut begun = 0;
    loop {
        begun += 1;
        match pages(client, path, &take, so_far).await {
            // The pages' state is gone, and a part of two states is none.
            Err(cause) if cause.code() == Some(410) && begun < BEGINNINGS => {}
            result => return result,
        }
    }
}

async fn pages<T>(
    client: &Client,
    path: &str,
    take: &impl Fn(&str) -> T,
    so_far: &dyn Fn(usize),
) -> Result<Vec<T>, Cause> {
    let mut all = Vec::new();
    let mut next: Option<String> = None;
    let mut limit = PAGE;
    loop {
        let token = next.as_deref().map(|token| format!("&continue={}", encoded(token))).unwrap_or_default();
        let body = match get(client, &format!("{path}?limit={limit}{token}")).await {
            // Objects may be of any size up to an answer's bound: then fewer at once.
            Err(Cause::TooLarge) if limit > 1 => {
                limit = (limit / 8).max(1);
                continue;
            }
            body => body?,
        };
        let page: Page<'_> = serde_json::from_slice(&body).map_err(|_| Cause::NoList)?;
        all.extend(page.items.unwrap_or_default().into_iter().map(|item| take(item.get())));
        so_far(all.len());
        next = page.metadata.next.filter(|token| !token.is_empty());
        if next.is_none() {
            return Ok(all);
        }
    }
}

async fn get(client: &Client, path: &str) -> Result<zeroize::Zeroizing<Vec<u8>>, Cause> {
    let mut tried = 0;
    loop {
        tried += 1;
        match request::send(client, Method::GET, path, None, Vec::new(), Sensitivity::Open).await {
            Err(Cause::Api { code: 429 | 503, .. }) if tried < TRIES => tokio::time::sleep(PAUSE).await,
            result => return result,
        }
    }
}

/// As it may stand in a query.
fn encoded(token: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    token
        .bytes()
        .map(|byte| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_stands_in_a_query_whatever_it_holds() {
        assert_eq!(encoded("eyJ2Ijoi-._~bWV0YS=="), "eyJ2Ijoi-._~bWV0YS%3D%3D");
        assert_eq!(encoded("a&limit=1#ä"), "a%26limit%3D1%23%C3%A4");
    }
}
