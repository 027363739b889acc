//! How the program was called: by its own name, or by kubectl, whose plugin it is where its file is named so.

use std::ffi::OsStr;
use std::path::Path;

use clap::Command;

/// By what name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Called {
    /// `lapsewatch`.
    Itself,
    /// `kubectl lapsewatch`, which runs `kubectl-lapsewatch`.
    Plugin,
}

impl Called {
    /// By the first word of the command line: a link keeps the name of the link.
    pub fn by(word: Option<&OsStr>) -> Self {
        match word.map(Path::new).and_then(Path::file_stem) {
            Some(name) if name == Self::Plugin.file() => Self::Plugin,
            _ => Self::Itself,
        }
    }

    /// What its user types.
    pub fn typed(self) -> &'static str {
        match self {
            Self::Itself => "lapsewatch",
            Self::Plugin => "kubectl lapsewatch",
        }
    }

    /// What its file is called, and its pages.
    pub fn file(self) -> &'static str {
        match self {
            Self::Itself => "lapsewatch",
            Self::Plugin => "kubectl-lapsewatch",
        }
    }

    /// The command line with its usage and examples as its user types them.
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
            assert_eq!(Called::by(Some(OsStr::new(name))), Called::Plugin, "{name}");
        }
        for name in ["lapsewatch", "/kubectl-lapsewatch/lapsewatch", "kubectl", "lw", ""] {
            assert_eq!(Called::by(Some(OsStr::new(name))), Called::Itself, "{name}");
        }
        assert_eq!(Called::by(None), Called::Itself);
    }
}
