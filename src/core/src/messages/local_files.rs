//! Messages about local files that a user passes to a command.

use super::reader;
use crate::credential::UnknownContent;

/// Returns the message for a file with content that no reader understands.
pub fn not_understood(name: &str, content: UnknownContent) -> String {
    let content = reader::content(content);
    format!("file \"{name}\" contains {content}. Give the right file in its place, or leave it out")
}
