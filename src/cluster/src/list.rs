//! A list in pages: thousands of objects, and never more than a page of their text in memory.

use std::time::Duration;

use kube::Client;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::request::{self, Extent, RequestError};

/// Objects of the first page. Anyone who may write an object may make it a megabyte large.
const FIRST_PAGE: usize = 16;
/// The most objects of one page.
const PAGE: usize = 500;
/// Bytes that a page should have: the next one is made as large or small as the last one was.
const PAGE_BYTES: usize = 2 * 1024 * 1024;
/// How much larger than the last one a page may be.
const GROWTH: usize = 4;
/// How often a list is begun again, since the state that its pages are of is kept for minutes only.
const BEGINNINGS: u32 = 3;
/// How often a page is asked for where the server has too much to do.
const TRIES: u32 = 4;
/// How long to leave it alone then.
const PAUSE: Duration = Duration::from_secs(1);

#[derive(Deserialize)]
struct ListResponse<'a> {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    metadata: ListMeta,
    #[serde(borrow, default)]
    items: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ListMeta {
    #[serde(rename = "continue")]
    next: Option<String>,
    #[serde(rename = "resourceVersion")]
    version: String,
}

/// A list that is being read, page by page.
pub struct Pages {
    /// The path, and a query that selects objects, if any.
    path: String,
    extent: Extent,
    limit: usize,
    next: Option<String>,
}

/// One page, and where it leads.
pub struct Page<T> {
    /// Its objects.
    pub items: Vec<T>,
    /// The version of the whole list, if this is its last page.
    pub end: Option<String>,
}

impl Pages {
    /// The list of `path`, which may have a query.
    pub fn of(path: &str, extent: Extent) -> Self {
        Self { path: path.to_owned(), extent, limit: FIRST_PAGE, next: None }
    }

    /// The next page, each object made by `take` of its JSON.
    ///
    /// # Errors
    /// The API server's answer to the page that it refuses. 410 means that the list must be begun again.
    pub async fn next<T>(&mut self, client: &Client, take: impl Fn(&str) -> T) -> Result<Page<T>, RequestError> {
        loop {
            let token = self.next.as_deref().map(|token| format!("&continue={}", encoded(token))).unwrap_or_default();
            let path = format!("{}{}limit={}{token}", self.path, joined(&self.path), self.limit);
            let body = match get(client, &path, self.extent).await {
                // Objects may be of any size up to an answer's bound: then fewer at once.
                Err(RequestError::TooLarge) if self.limit > 1 => {
                    self.limit = (self.limit / 8).max(1);
                    continue;
                }
                body => body?,
            };
            let ListResponse { kind, metadata, items } =
                serde_json::from_slice(&body).map_err(|_| RequestError::NoList)?;
            // Another answer in JSON, as a proxy gives it, is not a list of nothing.
            if items.is_none() && !kind.ends_with("List") {
                return Err(RequestError::NoList);
            }
            let items = items.unwrap_or_default();
            self.limit = following(self.limit, items.len(), body.len());
            self.next = metadata.next.filter(|token| !token.is_empty());
            let end = self.next.is_none().then_some(metadata.version);
            return Ok(Page { items: items.into_iter().map(|item| take(item.get())).collect(), end });
        }
    }
}

/// How many objects to ask for next, where so many had so many bytes.
fn following(limit: usize, objects: usize, bytes: usize) -> usize {
    let fit = PAGE_BYTES.saturating_mul(objects.max(1)).checked_div(bytes.max(1)).unwrap_or(1);
    fit.min(limit.saturating_mul(GROWTH)).clamp(1, PAGE)
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
) -> Result<Vec<T>, RequestError> {
    let mut begun = 0;
    loop {
        begun += 1;
        match all(client, path, &take, so_far).await {
            // The pages' state is gone, and a part of two states is none.
            Err(cause) if cause.code() == Some(410) && begun < BEGINNINGS => {}
            result => return result,
        }
    }
}

async fn all<T>(
    client: &Client,
    path: &str,
    take: &impl Fn(&str) -> T,
    so_far: &dyn Fn(usize),
) -> Result<Vec<T>, RequestError> {
    let mut all = Vec::new();
    let mut pages = Pages::of(path, Extent::Whole);
    loop {
        let page = pages.next(client, take).await?;
        all.extend(page.items);
        so_far(all.len());
        if page.end.is_some() {
            return Ok(all);
        }
    }
}

/// The version that the API server has now, of the objects of `path`.
///
/// # Errors
/// What the API server answers.
pub async fn version(client: &Client, path: &str, extent: Extent) -> Result<String, RequestError> {
    let body = get(client, &format!("{path}{}limit=1", joined(path)), extent).await?;
    let ListResponse { metadata, .. } = serde_json::from_slice(&body).map_err(|_| RequestError::NoList)?;
    Ok(metadata.version)
}

async fn get(client: &Client, path: &str, extent: Extent) -> Result<zeroize::Zeroizing<Vec<u8>>, RequestError> {
    let mut tried = 0;
    loop {
        tried += 1;
        match request::page(client, path, extent).await {
            Err(RequestError::Api { code: 429 | 503, .. }) if tried < TRIES => tokio::time::sleep(PAUSE).await,
            result => return result,
        }
    }
}

/// What joins a parameter to a path.
pub(super) fn joined(path: &str) -> char {
    if path.contains('?') { '&' } else { '?' }
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

    #[test]
    fn pages_follow_the_size_of_their_objects() {
        // Small objects: the pages grow to the most.
        let mut limit = FIRST_PAGE;
        let sizes: Vec<usize> = (0..4)
            .map(|_| {
                limit = following(limit, limit, limit * 2_000);
                limit
            })
            .collect();
        assert_eq!(sizes, [64, 256, 500, 500]);
        // A quarter of a megabyte each, and as large as etcd takes them.
        assert_eq!(following(16, 16, 16 * 262_144), 8);
        assert_eq!(following(500, 500, 500 * 1_500_000), 1);
        // An empty page says nothing.
        assert_eq!(following(16, 0, 200), 64);
    }
}
