//! Where an object stands.

use std::fmt;
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

/// Where an object stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourceLocation {
    /// The file, as it may be shown; [`STDIN`] for the standard input.
    pub file: Rc<str>,
    /// The line, from 1, at which its document begins; none where the file could not be read.
    pub line: Option<usize>,
    /// Which item of a list.
    pub item: Option<String>,
}

/// What the standard input is called; no file is.
pub const STDIN: &str = "standard input";

impl SourceLocation {
    /// Whether it is no file.
    pub fn is_stdin(&self) -> bool {
        &*self.file == STDIN
    }

    /// The file's path as other tools know it: without steps that lead nowhere.
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
