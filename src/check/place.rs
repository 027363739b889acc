//! Where an object stands, and what it is called.

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

/// An object's namespace, empty where it names none, and its name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The namespace.
    pub namespace: String,
    /// The name.
    pub name: String,
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.namespace.as_str() {
            "" => f.write_str(&self.name),
            namespace => write!(f, "{namespace}/{}", self.name),
        }
    }
}
