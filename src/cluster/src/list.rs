//! Reads lists in pages: thousands of objects, with no more than one page of JSON in memory.

use std::time::Duration;

use kube::Client;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::request::{self, Extent, RequestError};

/// The number of objects of the first page. The number is small because a single object may have more than a megabyte.
const FIRST_PAGE: usize = 16;
/// The most objects of one page.
const PAGE: usize = 500;
/// The target size of a page, in bytes. The size of each page determines how many objects the next request asks for.
const PAGE_BYTES: usize = 2 * 1024 * 1024;
/// The largest factor by which the number of objects grows from page to page.
const GROWTH: usize = 4;
/// The most attempts to read a whole list. The state behind a continue token expires after about five minutes. Then the
/// API server answers 410 (Kubernetes documentation, "Kubernetes API Concepts"), and the list must start again.
const BEGINNINGS: u32 = 3;
/// The most attempts to read a page while the API server answers 429 or 503.
const TRIES: u32 = 4;
/// The wait between two attempts to read a page.
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

/// A list that is read page by page.
pub struct Pages {
    /// The path, with a query that selects objects, if any.
    path: String,
    extent: Extent,
    limit: usize,
    next: Option<String>,
}

/// One page of a list.
pub struct Page<T> {
    /// The objects of the page, each converted by `take` of [`Pages::next`].
    pub items: Vec<T>,
    /// The resourceVersion of the whole list. None if more pages follow.
    pub end: Option<String>,
}

impl Pages {
    /// Starts a list of `path`, which may contain a query.
    pub fn new(path: &str, extent: Extent) -> Self {
        Self { path: path.to_owned(), extent, limit: FIRST_PAGE, next: None }
    }

    /// Reads the next page. `take` converts the JSON of each object.
    ///
    /// # Errors
    /// If the page could not be read. After status 410 the list must start again.
    pub async fn next<T>(&mut self, client: &Client, take: impl Fn(&str) -> T) -> Result<Page<T>, RequestError> {
        loop {
            let token = self
                .next
                .as_deref()
                .map(|token| format!("&continue={}", request::query_value(token)))
                .unwrap_or_default();
            let path = format!("{}{}limit={}{token}", self.path, joined(&self.path), self.limit);
            let body = match get(client, &path, self.extent).await {
                // The page exceeds the size limit of an answer: request fewer objects.
                Err(RequestError::TooLarge) if self.limit > 1 => {
                    self.limit = (self.limit / 8).max(1);
                    continue;
                }
                body => body?,
            };
            let ListResponse { kind, metadata, items } =
                serde_json::from_slice(&body).map_err(|_| RequestError::NoList)?;
            // JSON from another source, such as a proxy, must not count as an empty list.
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

/// Returns how many objects to request next. The last page requested `limit` objects and contained `objects` objects in
/// `bytes` bytes.
fn following(limit: usize, objects: usize, bytes: usize) -> usize {
    let fit = PAGE_BYTES.saturating_mul(objects.max(1)).checked_div(bytes.max(1)).unwrap_or(1);
    fit.min(limit.saturating_mul(GROWTH)).clamp(1, PAGE)
}

/// Reads the whole list of `path`. `take` converts the JSON of each object. After each page, `so_far` receives the
/// number of objects read so far.
///
/// # Errors
/// If a page could not be read.
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
            // The state behind the pages has expired. Pages of two states must not be mixed, so the list starts again.
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
    let mut pages = Pages::new(path, Extent::Whole);
    loop {
        let page = pages.next(client, take).await?;
        all.extend(page.items);
        so_far(all.len());
        if page.end.is_some() {
            return Ok(all);
        }
    }
}

/// Returns the API server's current resourceVersion of the list at `path`.
///
/// # Errors
/// If the list could not be read.
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

/// Returns the character that separates a further query parameter from `path`.
pub(super) fn joined(path: &str) -> char {
    if path.contains('?') { '&' } else { '?' }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_stands_in_a_query_whatever_it_holds() {
        assert_eq!(request::query_value("eyJ2Ijoi-._~bWV0YS=="), "eyJ2Ijoi-._~bWV0YS%3D%3D");
        assert_eq!(request::query_value("a&limit=1#ä"), "a%26limit%3D1%23%C3%A4");
    }

    #[test]
    fn pages_follow_the_size_of_their_objects() {
        // Small objects: the pages grow to the largest page.
        let mut limit = FIRST_PAGE;
        let sizes: Vec<usize> = (0..4)
            .map(|_| {
                limit = following(limit, limit, limit * 2_000);
                limit
            })
            .collect();
        assert_eq!(sizes, [64, 256, 500, 500]);
        // Objects of 256 KiB, and objects of about the largest size that etcd accepts by default (1.5 MiB).
        assert_eq!(following(16, 16, 16 * 262_144), 8);
        assert_eq!(following(500, 500, 500 * 1_500_000), 1);
        // An empty page contains no information about the size of objects.
        assert_eq!(following(16, 0, 200), 64);
    }
}
