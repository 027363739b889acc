//! Colour: how bad something is, at a glance. Never the only thing that tells.

use anstyle::{AnsiColor, Effects, Style};

use lapsewatch_core::api::Severity;

/// When to paint, as its user says.
#[derive(clap::ValueEnum, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum When {
    /// In a terminal that takes it, where NO_COLOR is not set
    #[default]
    Auto,
    /// Also where it is no terminal
    Always,
    /// Not at all
    Never,
}

/// Whether to paint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Paint {
    is_on: bool,
}

impl Paint {
    /// What fits the standard output.
    pub fn of_stdout(when: When) -> Self {
        Self::new(match when {
            When::Auto => anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never,
            When::Always => true,
            When::Never => false,
        })
    }

    /// With colour, or without.
    pub fn new(is_on: bool) -> Self {
        Self { is_on }
    }

    /// A text in the colour of a severity. The text must already have its width: colour takes bytes, not columns.
    pub fn severity(self, severity: Severity, text: &str) -> String {
        let style = match severity {
            Severity::Critical => AnsiColor::Red.on_default().effects(Effects::BOLD),
            Severity::Warning => AnsiColor::Yellow.on_default(),
            Severity::Notice => AnsiColor::Cyan.on_default(),
            Severity::None => AnsiColor::Green.on_default(),
        };
        self.with(style, text)
    }

    /// A heading.
    pub fn bold(self, text: &str) -> String {
        self.with(Style::new().effects(Effects::BOLD), text)
    }

    fn with(self, style: Style, text: &str) -> String {
        if self.is_on { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }
}
