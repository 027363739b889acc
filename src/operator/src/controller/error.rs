//! The failures of a reconciliation: reads and writes that did not succeed. An invalid Secret or object is not an
//! error, because its assessment is published.

use std::time::Duration;

use lapsewatch_cluster::request::RequestError;
use lapsewatch_core::api::Key;

/// A failed step of a reconciliation, with its object.
#[derive(Debug, thiserror::Error)]
pub enum ReconcileError {
    /// The Secret could not be fetched.
    #[error("reading Secret {secret}: {cause}")]
    ReadSecret {
        /// The Secret.
        secret: Key,
        /// The cause.
        cause: RequestError,
    },
    /// The API server's answer is not a Secret.
    #[error("reading Secret {secret}: {problem}")]
    DecodeSecret {
        /// The Secret.
        secret: Key,
        /// The problem.
        problem: &'static str,
    },
    /// An Event could not be created. The conditions are written anyway.
    #[error("sending Event {reason}: {cause}")]
    SendEvent {
        /// The Event's reason.
        reason: String,
        /// The cause.
        cause: RequestError,
    },
    /// The state on which an Event is based could not be compared with the API server. The conditions are written
    /// anyway.
    #[error("confirming an Event with the API server: {0}")]
    ConfirmEvent(RequestError),
    /// The status could not be written.
    #[error("writing the status: {0}")]
    WriteStatus(RequestError),
    /// Another program replaces the status after each write. The next write waits for this duration.
    #[error("another program replaces the status after each write; the next write waits {} s", .0.as_secs())]
    Contested(Duration),
    /// The object was modified meanwhile, and is assessed again in its new version.
    #[error("the object changed meanwhile")]
    Conflict,
}

impl ReconcileError {
    /// True if a write was withheld because this replica does not lead. The next leader repeats the write.
    pub fn is_withheld(&self) -> bool {
        matches!(
            self,
            Self::SendEvent { cause: RequestError::NotLeading, .. } | Self::WriteStatus(RequestError::NotLeading)
        )
    }

    /// Returns the name of the step for logs and metrics.
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
    /// Returns a description of the cause without the names of objects, so that many failed objects share one log line.
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
