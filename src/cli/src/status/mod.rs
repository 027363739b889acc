//! `lapsewatch status` shows the tenants and credentials of one or more clusters, with the caller's own permissions.
//!
//! An operator that has stopped leaves outdated statuses. Therefore the facts that the operator read last are assessed
//! again with the caller's clock, and the result is compared with the stored status.

mod calendar;
mod contexts;
mod holder_indexes;
mod ics;
mod judge;
mod page;
mod pages;
mod progress;
mod read;
mod refused;
mod sanitize_object;
mod select;
mod show;

use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, SubsecRound, Utc};
use tokio::time::Instant;

use crate::args::StatusArgs;
use crate::exit;
use crate::report::{self, Diagnostic, Origin};
use crate::terminal::Paint;
use contexts::Target;
use holder_indexes::HolderIndexes;
use judge::{StatusRow, Time};
use lapsewatch_cluster::clock::Clock;
use progress::Progress;
use read::ClusterContents;
use select::StatusFilter;

/// The pause before a status that looks stale is read again. The first list may have been read between two
/// writes of the operator, and then the status is not stale.
const SECOND_LOOK: Duration = Duration::from_secs(2);
/// The minimum pause between two readings of `--watch`. The pause ends earlier if an assessment changes in the meantime
/// because time passes, such as at a warning stage.
const PACE: Duration = Duration::from_secs(5);
/// The pause of `--watch` is at least the duration of the previous reading multiplied by this factor, to limit the load
/// on the cluster.
const SPARING: u32 = 10;

/// All assessed objects, and the problems that occurred.
#[derive(Default)]
pub struct StatusPage {
    rows: Vec<StatusRow>,
    tenants: Vec<report::ReportedTenant>,
    problems: Vec<Diagnostic>,
    notes: Vec<Diagnostic>,
    /// The number of credentials that are not shown because of `--min-severity`.
    hidden: usize,
    next: Option<DateTime<Utc>>,
}

/// The output streams.
pub struct Streams<'a> {
    /// The stream for the result.
    pub out: &'a mut dyn Write,
    /// The stream for problems and progress.
    pub err: &'a mut dyn Write,
    /// True if `out` is a terminal.
    pub out_is_terminal: bool,
    /// True if `err` is a terminal.
    pub err_is_terminal: bool,
    /// The colors of `out`.
    pub paint: Paint,
}

/// Shows the status once, or with `--watch` until `stop` completes, and returns the exit code.
///
/// # Errors
/// If the status can't be written. A reader that closes the pipe early, such as `head`, causes no error.
pub async fn run(
    args: &StatusArgs,
    clock: Arc<dyn Clock>,
    mut streams: Streams<'_>,
    stop: impl Future<Output = ()>,
) -> io::Result<u8> {
    let mut stop = std::pin::pin!(stop);
    let mut shown = (String::new(), String::new());
    let targets = tokio::select! {
        () = &mut stop => return Ok(exit::FINE),
        targets = contexts::targets(args) => targets,
    };
    loop {
        let begun = Instant::now();
        let progress = Progress::default();
        let judged = {
            let err: Option<&mut dyn Write> = if streams.err_is_terminal { Some(&mut *streams.err) } else { None };
            let look = progress.during(look(args, &targets, &*clock, &progress), err);
            tokio::select! {
                () = &mut stop => return Ok(exit::FINE),
                judged = look => judged,
            }
        };
        let next = judged.next;
        let made = clock.now();
        let (page, complaints, code) = show::show(args, judged, args.at.unwrap_or(made), made, streams.paint)?;
        let is_new = shown != (page.clone(), complaints.clone());
        if is_new {
            match write(&mut streams, &page, &complaints, args.watch) {
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(code),
                result => result?,
            }
            shown = (page, complaints);
        }
        if !args.watch {
            return Ok(code);
        }
        let pause = PACE.max(begun.elapsed() * SPARING);
        let boundary = next.and_then(|next| (next - clock.now()).to_std().ok()).unwrap_or(pause);
        tokio::select! {
            () = &mut stop => return Ok(exit::FINE),
            () = tokio::time::sleep(pause.min(boundary.max(Duration::from_secs(1)))) => {}
        }
    }
}

/// Writes the status. With `--watch` in a terminal, clears the previous output first.
fn write(streams: &mut Streams<'_>, page: &str, complaints: &str, is_watched: bool) -> io::Result<()> {
    if is_watched && streams.out_is_terminal {
        write!(streams.out, "\x1b[H\x1b[2J")?;
    }
    streams.err.write_all(complaints.as_bytes())?;
    streams.err.flush()?;
    streams.out.write_all(page.as_bytes())?;
    streams.out.flush()
}

/// Reads and assesses all contexts. If a status looks stale, reads and assesses all contexts a second time.
async fn look(args: &StatusArgs, targets: &[Target], clock: &dyn Clock, progress: &Progress) -> StatusPage {
    let judged = judge(contexts::read(targets, progress).await, args, clock);
    if args.at.is_some() || !judged.is_stale() {
        return judged;
    }
    tokio::time::sleep(SECOND_LOOK).await;
    judge(contexts::read(targets, progress).await, args, clock)
}

fn judge(mut contexts: Vec<ClusterContents>, args: &StatusArgs, clock: &dyn Clock) -> StatusPage {
    let now = args.at.unwrap_or_else(|| clock.now()).trunc_subsecs(0);
    let time = Time { now, is_asked: args.at.is_some() };
    let mut judged = StatusPage::default();
    contexts::each_once(&mut contexts);
    let crowd = HolderIndexes::from_contexts(&contexts);
    for (at, context) in contexts.iter().enumerate() {
        let tenants: judge::TenantsByName =
            context.tenants.iter().map(|tenant| (tenant.key(), tenant.clone())).collect::<HashMap<_, _>>();
        let (rows, next) = judge::credentials(at, context, &tenants, &crowd, time);
        judged.tenants.extend(pages::tenants(context, &rows, time));
        judged.rows.extend(rows);
        judged.next = judged.next.into_iter().chain(next).min();
        judged.complain(context);
    }
    StatusFilter { tenants: args.tenants.clone(), types: args.types.clone() }.apply(&mut judged);
    judged
}

impl StatusPage {
    fn is_stale(&self) -> bool {
        use lapsewatch_core::assessment::staleness::{STALE, TYPE, is_stale};
        let of_tenant =
            |tenant: &report::ReportedTenant| tenant.own().any(|said| said.type_ == TYPE && said.reason == STALE);
        self.rows.iter().any(|row| is_stale(&row.credential.status)) || self.tenants.iter().any(of_tenant)
    }

    /// Adds the problems and notes of a context.
    fn complain(&mut self, context: &ClusterContents) {
        let origin = Origin::Cluster(context.label.clone());
        let problems = context.problems.iter();
        self.problems.extend(problems.map(|(object, message)| Diagnostic {
            origin: origin.clone(),
            object: object.clone(),
            message: message.clone(),
        }));
        let notes = context.notes.iter();
        self.notes.extend(notes.map(|note| Diagnostic { origin: origin.clone(), object: None, message: note.clone() }));
    }
}
