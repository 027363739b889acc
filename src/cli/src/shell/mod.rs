//! What a shell and a reader at a terminal have of the command line: completions and manual pages, made from it.

mod completions;
mod man;

pub use completions::completions;
pub use man::man;
