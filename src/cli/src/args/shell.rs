//! The options of `completions` and `man`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// For which shell.
#[derive(Args, Debug)]
pub struct CompletionsArgs {
    /// The shell, or kubectl
    #[arg(value_enum)]
    pub shell: Shell,
}

/// What completes a command line.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shell {
    /// bash 4.4 or later
    Bash,
    /// zsh
    Zsh,
    /// fish
    Fish,
    /// kubectl, in whichever shell, by an executable named `kubectl_complete-lapsewatch` on the PATH
    Kubectl,
}

/// Where to.
#[derive(Args, Debug)]
pub struct ManArgs {
    /// Write all pages, one for each command, into this folder, which is made where it is missing
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}
