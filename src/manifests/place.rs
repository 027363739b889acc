//! Where an object stands.

use std::fmt;
use std::rc::Rc;

/// Where an object stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file, as it may be shown; "standard input" for that.
    pub file: Rc<str>,
    /// The line, from 1, at which its document begins; none where the file could not be read.
    pub line: Option<usize>,
    /// Which item of a list.
    pub item: Option<String>,
}

/// What the standard input is called.
pub const STDIN: &str = "standard input";

impl Place {
    /// Whether it is no file.
    pub fn is_stdin(&self) -> bool {
        &*self.file == STDIN
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        self.line.map_or(Ok(()), |line| write!(f, ":{line}"))?;
        self.item.as_ref().map_or(Ok(()), |item| write!(f, " ({item})"))
    }
}
