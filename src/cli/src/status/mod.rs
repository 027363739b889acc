//! `lapsewatch status`: the home page of one or more clusters, read with the caller's own rights.
//!
//! Nothing that is stored is taken for a verdict: what the operator last read is assessed again by the caller's clock, and
//! held against what the operator said.

mod calendar;
mod contexts;
mod harmless;
mod holder_indexes;
mod ics;
mod judge;
mod page;
mod pages;
mod progress;
mod read;
mod refused;
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

/// How long an operator may take before what looks stale is taken for it: a list may fall between two of its writes.
const SECOND_LOOK: Duration = Duration::from_secs(2);
/// How often `--watch` looks again.
const PACE: Duration = Duration::from_secs(5);
/// `--watch` spends at most one part in this many of the time on reading.
const SPARING: u32 = 10;

/// All that was judged.
#[derive(Default)]
pub struct StatusPage {
    rows: Vec<StatusRow>,
    tenants: Vec<report::ReportedTenant>,
    problems: Vec<Diagnostic>,
    notes: Vec<Diagnostic>,
    /// How many credentials are less severe than what was asked for.
    hidden: usize,
    next: Option<DateTime<Utc>>,
}

/// Where it is shown.
pub struct Streams<'a> {
    /// What was asked for.
    pub out: &'a mut dyn Write,
    /// What is wrong.
    pub err: &'a mut dyn Write,
    /// Whether people look at the first.
    pub out_is_terminal: bool,
    /// Whether people look at the second.
    pub err_is_terminal: bool,
    /// What the first is painted with.
    pub paint: Paint,
}

/// Shows it, once or until `stop` ends, and gives the exit code.
///
/// # Errors
/// When it can't be written. A reader who has seen enough, as `head` has, is no error.
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

/// In a terminal a watched page takes the place of the one before.
fn write(streams: &mut Streams<'_>, page: &str, complaints: &str, is_watched: bool) -> io::Result<()> {
    if is_watched && streams.out_is_terminal {
        write!(streams.out, "\x1b[H\x1b[2J")?;
    }
    streams.err.write_all(complaints.as_bytes())?;
    streams.err.flush()?;
    streams.out.write_all(page.as_bytes())?;
    streams.out.flush()
}

/// Reads and judges all, and what looks stale a second time.
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
    let crowd = HolderIndexes::of(&contexts);
    for (at, context) in contexts.iter().enumerate() {
        let tenants: judge::TenantsByName =
            context.tenants.iter().map(|tenant| (tenant.key(), tenant.clone())).collect::<HashMap<_, _>>();
        let (rows, next) = judge::credentials(at, context, &tenants, &crowd, time);
        judged.tenants.extend(pages::tenants(context, &rows, time));
        judged.rows.extend(rows);
        judged.next = judged.next.into_iter().chain(next).min();
        judged.complain(context);
    }
    StatusFilter { tenants: args.tenants.clone(), types: args.types.clone() }.of(&mut judged);
    judged
}

impl StatusPage {
    fn is_stale(&self) -> bool {
        use lapsewatch_core::assessment::staleness::{STALE, TYPE, is_stale};
        let of_tenant =
            |tenant: &report::ReportedTenant| tenant.own().any(|said| said.type_ == TYPE && said.reason == STALE);
        self.rows.iter().any(|row| is_stale(&row.credential.status)) || self.tenants.iter().any(of_tenant)
    }

    /// What could not be read or understood of a context.
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
