//! Detects the name under which the program was called: its own name, or the name of the kubectl plugin.
//!
//! kubectl runs an executable named `kubectl-lapsewatch` for `kubectl lapsewatch` (Kubernetes documentation, "Extend
//! kubectl with plugins").

use std::ffi::OsStr;
use std::path::Path;

use clap::Command;

/// The name under which the program was called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Called {
    /// `lapsewatch`.
    Itself,
    /// `kubectl lapsewatch`, for which kubectl runs `kubectl-lapsewatch`.
    Plugin,
}

impl Called {
    /// Detects the name from the first word of the command line. If the program is called through a symbolic link, the
    /// name of the link decides.
    pub fn from_program_name(word: Option<&OsStr>) -> Self {
        match word.map(Path::new).and_then(Path::file_stem) {
            Some(name) if name == Self::Plugin.file() => Self::Plugin,
            _ => Self::Itself,
        }
    }

    /// Returns the words that the user types to call the program.
    pub fn typed(self) -> &'static str {
        match self {
            Self::Itself => "lapsewatch",
            Self::Plugin => "kubectl lapsewatch",
        }
    }

    /// Returns the name of the program's file and the prefix of its manual pages.
    pub fn file(self) -> &'static str {
        match self {
            Self::Itself => "lapsewatch",
            Self::Plugin => "kubectl-lapsewatch",
        }
    }

    /// Rewrites the usage and the examples in the help to the words that the user types, such as `kubectl lapsewatch`.
    pub(super) fn name(self, command: Command) -> Command {
        if self == Self::Itself {
            return command;
        }
        let names: Vec<String> = command.get_subcommands().map(|of| of.get_name().to_owned()).collect();
        command.bin_name(self.typed()).mut_subcommands(|of| match of.get_after_help().map(ToString::to_string) {
            Some(mut text) => {
                for name in &names {
                    text =
                        text.replace(&format!("{} {name}", Self::Itself.typed()), &format!("{} {name}", self.typed()));
                }
                of.after_help(text)
            }
            None => of,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_the_file_decides() {
        for name in
            ["kubectl-lapsewatch", "/usr/bin/kubectl-lapsewatch", "./kubectl-lapsewatch", "kubectl-lapsewatch.exe"]
        {
            assert_eq!(Called::from_program_name(Some(OsStr::new(name))), Called::Plugin, "{name}");
        }
        for name in ["lapsewatch", "/kubectl-lapsewatch/lapsewatch", "kubectl", "lw", ""] {
            assert_eq!(Called::from_program_name(Some(OsStr::new(name))), Called::Itself, "{name}");
        }
        assert_eq!(Called::from_program_name(None), Called::Itself);
    }
}
