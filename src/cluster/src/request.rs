//! Sends one request to the API server and returns the bytes of the answer, within a time limit.
//!
//! This module does not use kube's typed calls. They have no time limit, and they log the whole body if decoding fails,
//! even the body of a Secret.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::time::Duration;

use http::{Method, Request, Response, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use kube::Client;
use kube::client::Body;
use serde::Deserialize;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use super::unreachable::Unreachable;

/// The longest duration of one request, from its first byte to the answer's last.
pub const TIMEOUT: Duration = Duration::from_secs(15);
/// The largest accepted answer, in bytes. etcd accepts requests up to 1.5 MiB by default (etcd documentation, "System
/// limits"); base64 and JSON make an object longer.
pub const LARGEST_ANSWER: usize = 8 * 1024 * 1024;
/// The most pages of lists that are read at once, to limit memory.
const PAGES_AT_ONCE: usize = 2;

/// Determines if an error may contain the API server's message, which appears in logs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Sensitivity {
    /// The message may be kept.
    Open,
    /// The message must be dropped, because it may contain content of a Secret.
    Secret,
}

/// The part of each object that a list or watch requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// The whole objects.
    Whole,
    /// Only the metadata of the objects.
    Metadata,
}

impl Extent {
    fn of_list(self) -> &'static str {
        match self {
            Self::Whole => "application/json",
            Self::Metadata => "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1",
        }
    }

    fn of_watch(self) -> &'static str {
        match self {
            Self::Whole => "application/json",
            Self::Metadata => "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1",
        }
    }
}

#[derive(Deserialize, Default)]
struct Refusal {
    #[serde(default)]
    reason: String,
    #[serde(default)]
    message: String,
}

/// Sends `body` and returns the answer's body, which is zeroized when dropped.
///
/// # Errors
/// If the request fails for a reason in [`RequestError`]. Every status other than 2xx is [`RequestError::Api`].
pub async fn send(
    client: &Client,
    method: Method,
    path: &str,
    content_type: Option<&str>,
    body: Vec<u8>,
    sensitivity: Sensitivity,
) -> Result<Zeroizing<Vec<u8>>, RequestError> {
    exchange(client, method, path, content_type, body, sensitivity, "application/json").await
}

/// Reads the metadata of one object, without its content.
///
/// # Errors
/// In the same cases as [`send`].
pub async fn metadata(client: &Client, path: &str) -> Result<Zeroizing<Vec<u8>>, RequestError> {
    let accept = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
    exchange(client, Method::GET, path, None, Vec::new(), Sensitivity::Secret, accept).await
}

/// Reads the metadata of the objects of a list, in one answer.
///
/// # Errors
/// In the same cases as [`send`].
pub async fn metadata_of_list(client: &Client, path: &str) -> Result<Zeroizing<Vec<u8>>, RequestError> {
    let accept = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
    exchange(client, Method::GET, path, None, Vec::new(), Sensitivity::Secret, accept).await
}

async fn exchange(
    client: &Client,
    method: Method,
    path: &str,
    content_type: Option<&str>,
    body: Vec<u8>,
    sensitivity: Sensitivity,
    accept: &str,
) -> Result<Zeroizing<Vec<u8>>, RequestError> {
    let mut request = Request::builder().method(method).uri(path).header(header::ACCEPT, accept);
    if let Some(content_type) = content_type {
        request = request.header(header::CONTENT_TYPE, content_type);
    }
    let request = request.body(Body::from(body)).map_err(|_| RequestError::Request)?;
    let exchange = async {
        let response = begin(client, request, sensitivity).await?;
        collect(response).await
    };
    tokio::time::timeout(TIMEOUT, exchange).await.map_err(|_| RequestError::Timeout(TIMEOUT))?
}

/// Reads a page of a list. The whole process reads only a few pages at once, so the memory does not grow with the
/// number of watched namespaces.
///
/// # Errors
/// In the same cases as [`send`].
pub async fn page(client: &Client, path: &str, extent: Extent) -> Result<Zeroizing<Vec<u8>>, RequestError> {
    static PAGES: Semaphore = Semaphore::const_new(PAGES_AT_ONCE);
    let request = Request::get(path).header(header::ACCEPT, extent.of_list()).body(Body::empty());
    let request = request.map_err(|_| RequestError::Request)?;
    let begun = tokio::time::timeout(TIMEOUT, begin(client, request, Sensitivity::Open)).await;
    let response = begun.map_err(|_| RequestError::Timeout(TIMEOUT))??;
    // The permit is acquired only after the answer has begun, so a request without an answer does not block other
    // lists.
    let _turn = PAGES.acquire().await.map_err(|_| RequestError::Request)?;
    tokio::time::timeout(TIMEOUT, collect(response)).await.map_err(|_| RequestError::Timeout(TIMEOUT))?
}

/// Starts a watch. The events are the body of the answer.
///
/// # Errors
/// In the same cases as [`send`].
pub async fn watch(client: &Client, path: &str, extent: Extent) -> Result<Body, RequestError> {
    let request = Request::get(path).header(header::ACCEPT, extent.of_watch()).body(Body::empty());
    let request = request.map_err(|_| RequestError::Request)?;
    let begun = tokio::time::timeout(TIMEOUT, begin(client, request, Sensitivity::Open)).await;
    Ok(begun.map_err(|_| RequestError::Timeout(TIMEOUT))??.into_body())
}

/// Sends a request. Returns the answer if its status is 2xx.
async fn begin(
    client: &Client,
    request: Request<Body>,
    sensitivity: Sensitivity,
) -> Result<Response<Body>, RequestError> {
    let response = client.send(request).await.map_err(|error| match error {
        kube::Error::Service(error) if error.is::<NotLeading>() => RequestError::NotLeading,
        kube::Error::Service(error) => {
            error.downcast::<Unreachable>().map_or(RequestError::Connection, |found| RequestError::Unreachable(*found))
        }
        _ => RequestError::Connection,
    })?;
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let body = collect(response).await?;
    let refusal: Refusal = serde_json::from_slice(&body).unwrap_or_default();
    let mut message = refusal.message;
    lapsewatch_core::api::limits::cut(&mut message, 512);
    Err(RequestError::Api {
        code: status.as_u16(),
        reason: refusal.reason,
        message: (sensitivity == Sensitivity::Open && !message.is_empty()).then_some(message),
    })
}

async fn collect(response: Response<Body>) -> Result<Zeroizing<Vec<u8>>, RequestError> {
    let body = Limited::new(response.into_body(), LARGEST_ANSWER);
    let body = body.collect().await.map_err(|error| match error.downcast_ref::<LengthLimitError>() {
        Some(_) => RequestError::TooLarge,
        None => RequestError::Connection,
    })?;
    // If no other reference to the buffer exists, the conversion reuses the buffer, which is then zeroized with the
    // vector.
    Ok(Zeroizing::new(Vec::from(body.to_bytes())))
}

/// The error of a client that withholds writes, because this replica does not lead.
#[derive(Debug, thiserror::Error)]
#[error("this replica does not lead")]
pub struct NotLeading;

/// The reasons why a request failed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum RequestError {
    /// The request is a write, and this replica does not lead. Nothing was sent.
    #[error("this replica does not lead")]
    NotLeading,
    /// The answer was not complete within this time.
    #[error("no answer within {} s", .0.as_secs())]
    Timeout(Duration),
    /// No connection could be made, for this reason.
    #[error("{0}")]
    Unreachable(Unreachable),
    /// The connection broke before the answer was complete.
    #[error("the connection to the API server broke before the answer was complete")]
    Connection,
    /// The answer is larger than [`LARGEST_ANSWER`], or a line of a watch is larger than its limit.
    #[error("the answer is larger than is read")]
    TooLarge,
    /// The answer is not a list in JSON.
    #[error("the answer is no list in JSON")]
    NoList,
    /// The answer is not the JSON of an object.
    #[error("the answer is not the JSON of an object")]
    NoObject,
    /// The request could not be built.
    #[error("the request could not be made")]
    Request,
    /// The API server answered with a status other than 2xx.
    #[error("the API server answered {code} {reason}{}", message.as_deref().map(|m| format!(": {m}")).unwrap_or_default())]
    Api {
        /// The HTTP status code.
        code: u16,
        /// The reason in the answer's Status object.
        reason: String,
        /// The message in the answer's Status object, shortened. None if the request concerned a Secret.
        message: Option<String>,
    },
}

impl RequestError {
    /// Returns the HTTP status code if the API server answered with a status other than 2xx.
    pub fn code(&self) -> Option<u16> {
        match self {
            Self::Api { code, .. } => Some(*code),
            _ => None,
        }
    }

    /// Returns the reason in the answer's Status object if the API server answered with a status other than 2xx.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Api { reason, .. } => Some(reason),
            _ => None,
        }
    }

    /// True if no complete answer arrived.
    pub fn is_unanswered(&self) -> bool {
        matches!(self, Self::Timeout(_) | Self::Unreachable(_) | Self::Connection)
    }

    /// True if the API server itself reports that the object does not exist. A status 404 without the reason NotFound
    /// may come from a proxy.
    pub fn is_not_found(&self) -> bool {
        self.code() == Some(404) && self.reason() == Some("NotFound")
    }

    /// Returns a description of the cause without the names of objects, so that many failed objects share one log line.
    pub fn class(&self) -> String {
        match self {
            Self::Api { code, reason, .. } => format!("the API server answered {code} {reason}"),
            other => other.to_string(),
        }
    }
}

/// Percent-encodes a value for the query of a path: all but the unreserved characters (RFC 3986, section 2.3).
pub fn query_value(value: &str) -> String {
    const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    utf8_percent_encode(value, UNRESERVED).to_string()
}
