//! Shows one line of progress on the terminal while a reading takes long, and removes the line at the end.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::Duration;

use crate::terminal::fitted;
use lapsewatch_core::sanitize::sanitize_line;

/// The time before the line appears. A short reading shows no progress.
const SILENCE: Duration = Duration::from_secs(1);
/// The interval between two updates of the line.
const BEAT: Duration = Duration::from_millis(200);

/// The maximum width of the line, in columns. A line that wraps could not be removed completely.
const LINE: usize = 79;

/// The number of objects that were read, by context.
#[derive(Default)]
pub struct Progress {
    so_far: RefCell<BTreeMap<String, usize>>,
}

impl Progress {
    /// Records the number of objects that were read from a context.
    pub fn set_count(&self, context: Option<&str>, count: usize) {
        self.so_far.borrow_mut().insert(context.map(sanitize_line).unwrap_or_default(), count);
    }

    fn line(&self) -> String {
        let of = |(context, count): (&String, &usize)| match context.as_str() {
            "" => format!("{count} TenantCredentials"),
            context => format!("{context}: {count} TenantCredentials"),
        };
        let so_far = self.so_far.borrow();
        if so_far.is_empty() {
            return "asking the cluster …".to_owned();
        }
        format!("read {} …", so_far.iter().map(of).collect::<Vec<_>>().join(", "))
    }

    /// Runs the work and shows the progress on `err`, which must be a terminal. If `err` is None, no progress is shown.
    pub async fn during<T>(&self, work: impl Future<Output = T>, err: Option<&mut dyn Write>) -> T {
        let Some(err) = err else { return work.await };
        let mut work = std::pin::pin!(work);
        let mut is_written = false;
        let mut pause = SILENCE;
        let done = loop {
            match tokio::time::timeout(pause, &mut work).await {
                Ok(done) => break done,
                Err(_) => {
                    pause = BEAT;
                    is_written = self.write(err).is_ok() || is_written;
                }
            }
        };
        if is_written {
            // A failure to remove the line is harmless.
            let _ = write!(err, "\r\x1b[K").and_then(|()| err.flush());
        }
        done
    }

    fn write(&self, err: &mut dyn Write) -> io::Result<()> {
        let line = fitted(&self.line(), LINE);
        write!(err, "\r\x1b[K{line}")?;
        err.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_takes_long_is_told_and_the_line_goes_away() {
        let progress = Progress::default();
        let mut err = Vec::new();
        progress.set_count(Some("east\u{1b}[2J"), 1500);
        progress.during(tokio::time::sleep(SILENCE / 4), Some(&mut err)).await;
        assert!(err.is_empty(), "what is soon done is done in silence");
        progress.during(tokio::time::sleep(SILENCE + BEAT), Some(&mut err)).await;
        let shown = String::from_utf8(err).unwrap();
        assert!(shown.starts_with("\r\u{1b}[Kread east?[2J: 1500 TenantCredentials …"), "{shown:?}");
        assert!(shown.ends_with("\r\u{1b}[K"), "{shown:?}");
        progress.during(tokio::time::sleep(SILENCE + BEAT), None).await;
    }

    #[test]
    fn the_line_takes_one_line_of_a_terminal_whatever_the_contexts_are_called() {
        let progress = Progress::default();
        progress.set_count(Some(&"電話".repeat(40)), 1500);
        let mut err = Vec::new();
        progress.write(&mut err).unwrap();
        let shown = String::from_utf8(err).unwrap();
        assert!(crate::terminal::width(shown.trim_start_matches("\r\u{1b}[K")) <= LINE, "{shown:?}");
    }
}
