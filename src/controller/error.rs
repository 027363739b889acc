//! What could not be read or written. A bad Secret or a bad object is no error: it is a verdict.

use std::time::Duration;

use crate::api::Key;

/// A step of the reconciliation that failed, and what it was about.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The Secret could not be fetched.
    #[error("reading Secret {secret}: {cause}")]
    ReadSecret {
        /// The Secret.
        secret: Key,
        /// Why.
        cause: Cause,
    },
    /// The API server sent something else than a Secret.
    #[error("reading Secret {secret}: {problem}")]
    DecodeSecret {
        /// The Secret.
        secret: Key,
        /// Why.
        problem: &'static str,
    },
    /// An Event could not be created; the conditions are written all the same.
    #[error("sending Event {reason}: {cause}")]
    SendEvent {
        /// The Event's reason.
        reason: String,
        /// Why.
        cause: Cause,
    },
    /// The status could not be written.
    #[error("writing the status: {0}")]
    WriteStatus(Cause),
    /// The object was modified meanwhile: it is decided again on the newer one.
    #[error("the object changed meanwhile")]
    Conflict,
}

impl Error {
    /// The step, for logs and metrics.
    pub fn step(&self) -> &'static str {
        match self {
            Self::ReadSecret { .. } => "read-secret",
            Self::DecodeSecret { .. } => "decode-secret",
            Self::SendEvent { .. } => "send-event",
            Self::WriteStatus(_) => "write-status",
            Self::Conflict => "conflict",
        }
    }
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
