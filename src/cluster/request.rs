//! One request to the API server: bytes out, bytes in, with a time limit.
//!
//! Not by kube's typed calls: they log the whole body where decoding fails, a Secret's too, and have no time limit.

use std::time::Duration;

use http::{Method, Request, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use kube::Client;
use kube::client::Body;
use serde::Deserialize;
use zeroize::Zeroizing;

/// How long one request may take, from its first byte to the answer's last.
pub const TIMEOUT: Duration = Duration::from_secs(15);
/// No object of the API is larger: etcd holds 1.5 MiB, which base64 and JSON lengthen.
const LARGEST_ANSWER: usize = 8 * 1024 * 1024;

/// Whether the API server's own sentence may be kept for the logs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Sensitivity {
    /// It may.
    Open,
    /// It may not: it may be about a Secret's content.
    Secret,
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
/// What [`Cause`] lists; any status but a success is [`Cause::Api`].
pub async fn send(
    client: &Client,
    method: Method,
    path: &str,
    content_type: Option<&str>,
    body: Vec<u8>,
    sensitivity: Sensitivity,
) -> Result<Zeroizing<Vec<u8>>, Cause> {
    let mut request = Request::builder().method(method).uri(path).header(header::ACCEPT, "application/json");
    if let Some(content_type) = content_type {
        request = request.header(header::CONTENT_TYPE, content_type);
    }
    let request = request.body(Body::from(body)).map_err(|_| Cause::Request)?;
    let exchange = async {
        let response = client.send(request).await.map_err(|_| Cause::Connection)?;
        let status = response.status();
        let body = Limited::new(response.into_body(), LARGEST_ANSWER);
        let body = body.collect().await.map_err(|error| match error.downcast_ref::<LengthLimitError>() {
            Some(_) => Cause::TooLarge,
            None => Cause::Connection,
        })?;
        let body = body.to_bytes();
        // The buffer is ours alone where nothing else refers to it; then it is wiped with the vector.
        let body = Zeroizing::new(Vec::from(body));
        Ok((status, body))
    };
    let (status, body) = tokio::time::timeout(TIMEOUT, exchange).await.map_err(|_| Cause::Timeout(TIMEOUT))??;
    if status.is_success() {
        return Ok(body);
    }
    let refusal: Refusal = serde_json::from_slice(&body).unwrap_or_default();
    let mut message = refusal.message;
    crate::api::limits::cut(&mut message, 512);
    Err(Cause::Api {
        code: status.as_u16(),
        reason: refusal.reason,
        message: (sensitivity == Sensitivity::Open && !message.is_empty()).then_some(message),
    })
}

/// Why a request failed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Cause {
    /// No answer in time.
    #[error("no answer within {} s", .0.as_secs())]
    Timeout(Duration),
    /// No connection, or one that broke.
    #[error("no connection to the API server, or it broke")]
    Connection,
    /// The answer is larger than any object.
    #[error("the answer is larger than is read")]
    TooLarge,
    /// The answer is no list.
    #[error("the answer is no list in JSON")]
    NoList,
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

impl Cause {
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
}
