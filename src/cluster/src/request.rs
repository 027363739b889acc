//! One request to the API server: bytes out, bytes in, with a time limit.
//!
//! Not by kube's typed calls: they log the whole body where decoding fails, a Secret's too, and have no time limit.

use std::time::Duration;

use http::{Method, Request, Response, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use kube::Client;
use kube::client::Body;
use serde::Deserialize;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use super::unreachable::Unreachable;

/// How long one request may take, from its first byte to the answer's last.
pub const TIMEOUT: Duration = Duration::from_secs(15);
/// No object of the API is larger: etcd holds 1.5 MiB, which base64 and JSON lengthen.
pub const LARGEST_ANSWER: usize = 8 * 1024 * 1024;
/// The most answers that are being read at once, if they are pages of lists, each of which may be as large.
const PAGES_AT_ONCE: usize = 2;

/// Whether the API server's own sentence may be kept for the logs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Sensitivity {
    /// It may.
    Open,
    /// It may not: it may be about a Secret's content.
    Secret,
}

/// How much of objects is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// All of them.
    Whole,
    /// Their metadata alone.
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

/// Sends `body` and gives the answer's body, which is wiped when dropped.
///
/// # Errors
/// What [`RequestError`] lists; any status but a success is [`Cause::Api`].
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

/// The metadata of one object, whatever it contains.
///
/// # Errors
/// Those of [`send`].
pub async fn metadata(client: &Client, path: &str) -> Result<Zeroizing<Vec<u8>>, RequestError> {
    let accept = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
    exchange(client, Method::GET, path, None, Vec::new(), Sensitivity::Secret, accept).await
}

/// The metadata of the objects of a list, in one answer.
///
/// # Errors
/// Those of [`send`].
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

/// Gets a page of a list. Few are read at once in the whole process, so that lists of many scopes need no more memory
/// than those of one.
///
/// # Errors
/// Those of [`send`].
pub async fn page(client: &Client, path: &str, extent: Extent) -> Result<Zeroizing<Vec<u8>>, RequestError> {
    static PAGES: Semaphore = Semaphore::const_new(PAGES_AT_ONCE);
    let request = Request::get(path).header(header::ACCEPT, extent.of_list()).body(Body::empty());
    let request = request.map_err(|_| RequestError::Request)?;
    let begun = tokio::time::timeout(TIMEOUT, begin(client, request, Sensitivity::Open)).await;
    let response = begun.map_err(|_| RequestError::Timeout(TIMEOUT))??;
    // Waited for here, and not before: a server that does not answer holds up no other.
    let _turn = PAGES.acquire().await.map_err(|_| RequestError::Request)?;
    tokio::time::timeout(TIMEOUT, collect(response)).await.map_err(|_| RequestError::Timeout(TIMEOUT))?
}

/// Begins a watch; its events are the body.
///
/// # Errors
/// Those of [`send`].
pub async fn watch(client: &Client, path: &str, extent: Extent) -> Result<Body, RequestError> {
    let request = Request::get(path).header(header::ACCEPT, extent.of_watch()).body(Body::empty());
    let request = request.map_err(|_| RequestError::Request)?;
    let begun = tokio::time::timeout(TIMEOUT, begin(client, request, Sensitivity::Open)).await;
    Ok(begun.map_err(|_| RequestError::Timeout(TIMEOUT))??.into_body())
}

/// Sends a request, and gives the answer if it is a success.
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
    // The buffer is ours alone where nothing else refers to it; then it is wiped with the vector.
    Ok(Zeroizing::new(Vec::from(body.to_bytes())))
}

/// The error of a client that withholds writes, because this replica does not lead.
#[derive(Debug, thiserror::Error)]
#[error("this replica does not lead")]
pub struct NotLeading;

/// Why a request failed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum RequestError {
    /// It is a write, and this replica does not lead. Nothing was sent.
    #[error("this replica does not lead")]
    NotLeading,
    /// No answer in time.
    #[error("no answer within {} s", .0.as_secs())]
    Timeout(Duration),
    /// No connection could be made, for this reason.
    #[error("{0}")]
    Unreachable(Unreachable),
    /// A connection was there, and broke.
    #[error("the connection to the API server broke before the answer was complete")]
    Connection,
    /// The answer is larger than any object.
    #[error("the answer is larger than is read")]
    TooLarge,
    /// The answer is no list.
    #[error("the answer is no list in JSON")]
    NoList,
    /// The answer is not what was asked for.
    #[error("the answer is not the JSON of an object")]
    NoObject,
    /// The request could not be made.
    #[error("the request could not be made")]
    Request,
    /// The API server refused it. Its sentence is only kept where no Secret was asked for.
    #[error("the API server answered {code} {reason}{}", message.as_deref().map(|m| format!(": {m}")).unwrap_or_default())]
    Api {
        /// The HTTP status.
        code: u16,
        /// The reason in the answer.
        reason: String,
        /// The sentence in the answer.
        message: Option<String>,
    },
}

impl RequestError {
    /// The HTTP status of a refusal.
    pub fn code(&self) -> Option<u16> {
        match self {
            Self::Api { code, .. } => Some(*code),
            _ => None,
        }
    }

    /// The reason of a refusal.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Api { reason, .. } => Some(reason),
            _ => None,
        }
    }

    /// True if the API server gave no answer of its own.
    pub fn is_unanswered(&self) -> bool {
        matches!(self, Self::Timeout(_) | Self::Unreachable(_) | Self::Connection)
    }

    /// True if the API server itself answers that there is no such object. The bare status 404 may come from a proxy.
    pub fn is_not_found(&self) -> bool {
        self.code() == Some(404) && self.reason() == Some("NotFound")
    }

    /// A short name that is the same for the same cause, whichever object it is about.
    pub fn class(&self) -> String {
        match self {
            Self::Api { code, reason, .. } => format!("the API server answered {code} {reason}"),
            other => other.to_string(),
        }
    }
}
