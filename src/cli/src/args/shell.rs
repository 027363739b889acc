//! The options of `completions` and `man`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// The shell whose completions are printed.
#[derive(Args, Debug)]
pub struct CompletionsArgs {
    /// The shell, or kubectl
    #[arg(value_enum)]
    pub shell: Shell,
}

/// A program that completes command lines.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shell {
    /// bash 4.4 or later
    Bash,
    /// zsh
    Zsh,
    /// fish
    Fish,
    /// kubectl in any shell, through an executable named `kubectl_complete-lapsewatch` on the PATH
    Kubectl,
}

/// The destination of the manual pages.
#[derive(Args, Debug)]
pub struct ManArgs {
    /// Write all pages, one for each command, to this folder. A missing folder is created
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}
