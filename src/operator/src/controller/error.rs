//! What could not be read or written. A bad Secret or a bad object is no error: it is a verdict.

use std::time::Duration;

use lapsewatch_cluster::request::RequestError;
use lapsewatch_core::api::Key;

/// A step of the reconciliation that failed, and what it was about.
#[derive(Debug, thiserror::Error)]
pub enum ReconcileError {
    /// The Secret could not be fetched.
    #[error("reading Secret {secret}: {cause}")]
    ReadSecret {
        /// The Secret.
        secret: Key,
        /// Why.
        cause: RequestError,
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
        cause: RequestError,
    },
    /// What an Event rests on could not be looked at; the conditions are written all the same.
    #[error("confirming an Event with the API server: {0}")]
    ConfirmEvent(RequestError),
    /// The status could not be written.
    #[error("writing the status: {0}")]
    WriteStatus(RequestError),
    /// Another program replaces the status after each write: the next write waits this long.
    #[error("another program replaces the status after each write; the next write waits {} s", .0.as_secs())]
    Contested(Duration),
    /// The object was modified meanwhile: it is decided again on the newer one.
    #[error("the object changed meanwhile")]
    Conflict,
}

impl ReconcileError {
    /// True if a write was withheld because this replica does not lead. The next leader writes it.
    pub fn is_withheld(&self) -> bool {
        matches!(
            self,
            Self::SendEvent { cause: RequestError::NotLeading, .. } | Self::WriteStatus(RequestError::NotLeading)
        )
    }

    /// The step, for logs and metrics.
    pub fn step(&self) -> &'static str {
        match self {
            Self::ReadSecret { .. } => "read-secret",
            Self::DecodeSecret { .. } => "decode-secret",
            Self::SendEvent { .. } => "send-event",
            Self::ConfirmEvent(_) => "confirm-event",
            Self::WriteStatus(_) | Self::Contested(_) => "write-status",
            Self::Conflict => "conflict",
        }
    }
    /// The cause, the same for all objects that fail for it.
    pub fn class(&self) -> String {
        match self {
            Self::ReadSecret { cause, .. } => format!("reading Secrets: {}", cause.class()),
            Self::DecodeSecret { problem, .. } => format!("reading Secrets: {problem}"),
            Self::SendEvent { cause, .. } => format!("sending Events: {}", cause.class()),
            Self::WriteStatus(cause) => format!("writing statuses: {}", cause.class()),
            _ => self.to_string(),
        }
    }
}
