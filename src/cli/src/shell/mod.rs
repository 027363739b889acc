//! Generates shell completions and manual pages from the definition of the command line.

mod completions;
mod man;

pub use completions::completions;
pub use man::man;
