//! Messages about local files that a user passes to a command.

/// Returns the message for a file that no reader supports. `what` describes the content and follows the word
/// "contains".
pub fn not_understood(name: &str, what: &str) -> String {
    format!("file \"{name}\" contains {what}. Give the right file in its place, or leave it out")
}
