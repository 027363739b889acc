//! The sentences about files that someone gives by hand.

/// A file that no reader understands; `what` is the object of "contains".
pub fn not_understood(name: &str, what: &str) -> String {
    format!("file \"{name}\" contains {what}. Give the right file in its place, or leave it out")
}
