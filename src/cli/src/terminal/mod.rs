//! What people read in a terminal: columns, paragraphs, colour. Whatever is shown passes [`plain`] first.

pub mod columns;
pub mod document;
pub mod paint;
pub mod paragraph;

pub use columns::{aligned, fitted, painted, width};
pub use paint::Paint;
pub use paragraph::paragraph;
