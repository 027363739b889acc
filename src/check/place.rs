//! Where an object stands.

use std::fmt;
use std::rc::Rc;

/// Where an object stands.
#[derive(Clone, Debug)]
pub struct Place {
    /// The file, or - for standard input.
    pub file: Rc<str>,
    /// The line at which its document begins.
    pub line: usize,
    /// Which item of a list.
    pub item: Option<String>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)?;
        self.item.as_ref().map_or(Ok(()), |item| write!(f, " ({item})"))
    }
}
