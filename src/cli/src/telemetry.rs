//! The log on standard error: one line for each occurrence, as text or JSON.

use std::io::IsTerminal;

use clap::ValueEnum;
use tracing_subscriber::EnvFilter;

/// The format of log lines.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum LogFormat {
    /// Text for people.
    Text,
    /// For log collectors: one JSON object for each line.
    Json,
}

/// The level of detail in the log.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum LogLevel {
    /// Failures only.
    Error,
    /// Also unexpected conditions.
    Warn,
    /// Also completed actions.
    Info,
    /// Also the reasons for actions.
    Debug,
    /// Also every step.
    Trace,
}

/// Starts logging. If logging was started before, the call has no effect.
///
/// Libraries log errors only. The log of the kube crate's client is off, because after a decoding error it contains the
/// whole response, which may be a Secret. lapsewatch logs the failures of requests itself.
pub fn start(format: LogFormat, level: LogLevel) {
    let level = match level {
        LogLevel::Error => "error",
        LogLevel::Warn => "warn",
        LogLevel::Info => "info",
        LogLevel::Debug => "debug",
        LogLevel::Trace => "trace",
    };
    let filter = EnvFilter::new(format!("error,lapsewatch={level},kube_client=off"));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false)
        // If writing a log line fails, the subscriber by default prints the failure to standard error. The log is
        // written to standard error itself, so printing would fail too, panic, and end the task that logged.
        .log_internal_errors(false)
        .with_ansi(std::io::stderr().is_terminal());
    let started = match format {
        LogFormat::Text => log.try_init(),
        LogFormat::Json => log.json().flatten_event(true).try_init(),
    };
    // A second start, for example in tests, keeps the first subscriber.
    drop(started);
}
