//! Formats text for a terminal: columns, paragraphs, color. Callers sanitize text from outside before they align or
//! color the text.

pub mod columns;
pub mod document;
pub mod paint;
pub mod paragraph;

pub use columns::{aligned, fitted, painted, width};
pub use paint::Paint;
pub use paragraph::paragraph;
