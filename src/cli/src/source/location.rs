//! Defines the position of an object in the input.

use std::fmt;
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

/// The position of an object in the input.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourceLocation {
    /// The file's name in a printable form, or [`STDIN`] for the standard input.
    pub file: Rc<str>,
    /// The line, from 1, on which the document begins. None if the file could not be read.
    pub line: Option<usize>,
    /// The position in a list, such as `items[3]`. None outside a list.
    pub item: Option<String>,
}

/// The displayed name of the standard input. A file of this name is displayed with `./` before the name.
pub const STDIN: &str = "standard input";

impl SourceLocation {
    /// True if the object comes from the standard input.
    pub fn is_stdin(&self) -> bool {
        &*self.file == STDIN
    }

    /// Returns the file's path in the form that other tools use, without `.` components.
    pub fn path(&self) -> String {
        let steps = Path::new(&*self.file).components().filter(|step| *step != Component::CurDir);
        steps.collect::<PathBuf>().display().to_string()
    }
}

impl fmt::Display for SourceLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        self.line.map_or(Ok(()), |line| write!(f, ":{line}"))?;
        self.item.as_ref().map_or(Ok(()), |item| write!(f, " ({item})"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_no_steps_that_lead_nowhere() {
        for (file, path) in [
            ("a.yaml", "a.yaml"),
            ("./a", "a"),
            (".//d/./x//y", "d/x/y"),
            ("../a/../b", "../a/../b"),
            ("//tmp/./a", "/tmp/a"),
        ] {
            assert_eq!(SourceLocation { file: file.into(), line: None, item: None }.path(), path);
        }
    }
}
