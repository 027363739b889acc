//! Colors text by its severity. The text always contains the severity as a word, too.

use anstyle::{AnsiColor, Effects, Style};

use lapsewatch_core::api::Severity;

/// The choice of the user about color.
#[derive(clap::ValueEnum, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum When {
    /// Color in a terminal that supports color, unless NO_COLOR is set
    #[default]
    Auto,
    /// Color even if the output is not a terminal
    Always,
    /// No color
    Never,
}

/// Colors text by severity if color is on. Otherwise returns each text unchanged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Paint {
    is_on: bool,
}

impl Paint {
    /// Decides from the user's choice and from standard output if text is colored.
    pub fn of_stdout(when: When) -> Self {
        Self::new(match when {
            When::Auto => anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never,
            When::Always => true,
            When::Never => false,
        })
    }

    /// Creates a value that colors text if `is_on` is true.
    pub fn new(is_on: bool) -> Self {
        Self { is_on }
    }

    /// Returns a text in the color of a severity. Pad the text before this call, because escape sequences add bytes but
    /// no columns.
    pub fn severity(self, severity: Severity, text: &str) -> String {
        let style = match severity {
            Severity::Critical => AnsiColor::Red.on_default().effects(Effects::BOLD),
            Severity::Warning => AnsiColor::Yellow.on_default(),
            Severity::Notice => AnsiColor::Cyan.on_default(),
            Severity::None => AnsiColor::Green.on_default(),
        };
        self.with(style, text)
    }

    /// Returns a text in bold, for headings.
    pub fn bold(self, text: &str) -> String {
        self.with(Style::new().effects(Effects::BOLD), text)
    }

    fn with(self, style: Style, text: &str) -> String {
        if self.is_on { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }
}
