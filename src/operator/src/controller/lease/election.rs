//! Starts the election task and gives the rest of the operator access to its reports, which expire.
//!
//! A report expires together with the observation of the Lease on which it is based. Therefore an election task that is
//! blocked or has ended can't keep this replica in the lead.

use std::sync::Arc;

use kube::Client;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::candidate::Candidate;
use super::report::ElectionReport;
use super::{Leadership, LeaseSettings};
use crate::controller::sleep_until;
use lapsewatch_cluster::clock::Clock;

/// Reads the current leadership, from any task.
#[derive(Clone)]
pub struct LeadershipReader(watch::Receiver<ElectionReport>);

impl LeadershipReader {
    /// Returns the current leadership. The result is `Unknown` after the last report has expired or the election task
    /// has ended.
    pub fn get(&self) -> Leadership {
        let ElectionReport { leadership, expires } = *self.0.borrow();
        let is_expired = expires.is_some_and(|expires| expires <= Instant::now());
        // A dropped sender means that the election task has ended.
        if is_expired || self.0.has_changed().is_err() { Leadership::Unknown } else { leadership }
    }
}

/// The election task ended without a request to stop.
#[derive(Debug)]
pub struct ElectionEnded;

/// The running election. If this value is dropped without [`Self::end`], the Lease is not released, because writes of
/// this replica may still be in progress.
pub struct Election {
    reader: LeadershipReader,
    /// The expiry of the last report. None if the report does not expire or had already expired when it was read.
    expires: Option<Instant>,
    stop: Option<oneshot::Sender<()>>,
    /// The election task. The set aborts its task when it is dropped, and is empty without a Lease.
    task: JoinSet<()>,
    /// Without a Lease: the sender of the only report. Dropping the sender would end the leadership. None with a Lease.
    _sole: Option<watch::Sender<ElectionReport>>,
}

impl Election {
    /// Returns an election without a Lease: this process always leads.
    pub fn without_lease() -> Self {
        let (sender, reader) = watch::channel(ElectionReport { leadership: Leadership::Leads, expires: None });
        Self { reader: LeadershipReader(reader), expires: None, stop: None, task: JoinSet::new(), _sole: Some(sender) }
    }

    /// Starts to compete for a Lease. `instance` is the readable part of this replica's identity in the Lease.
    pub fn start(client: Client, clock: Arc<dyn Clock>, settings: LeaseSettings, instance: &str) -> Self {
        let (reports, reader) = watch::channel(ElectionReport::UNKNOWN);
        let (stop, stopped) = oneshot::channel();
        let mut task = JoinSet::new();
        task.spawn(Candidate::new(settings, instance).run(client, clock, reports, stopped));
        Self { reader: LeadershipReader(reader), expires: None, stop: Some(stop), task, _sole: None }
    }

    /// Returns a reader for other tasks.
    pub fn reader(&self) -> LeadershipReader {
        self.reader.clone()
    }

    /// Returns the current leadership. [`Self::changed`] waits for the next change.
    pub fn leadership(&mut self) -> Leadership {
        let expires = self.reader.0.borrow_and_update().expires;
        self.expires = expires.filter(|expires| *expires > Instant::now());
        self.reader.get()
    }

    /// Waits until the leadership may differ from the last result of [`Self::leadership`].
    ///
    /// # Errors
    /// If the election task has ended. This replica can't lead again.
    pub async fn changed(&mut self) -> Result<(), ElectionEnded> {
        tokio::select! {
            changed = self.reader.0.changed() => changed.map_err(|_| ElectionEnded),
            () = sleep_until(self.expires) => Ok(()),
        }
    }

    /// Releases the Lease and ends the election.
    pub async fn end(mut self) {
        self.stop.take().into_iter().for_each(|stop| _ = stop.send(()));
        while self.task.join_next().await.is_some() {}
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn election(report: ElectionReport) -> (watch::Sender<ElectionReport>, Election) {
        let (sender, reader) = watch::channel(report);
        let reader = LeadershipReader(reader);
        (sender, Election { reader, expires: None, stop: None, task: JoinSet::new(), _sole: None })
    }

    #[tokio::test]
    async fn a_report_that_is_not_renewed_expires_and_is_noticed() {
        let expires = Instant::now() + Duration::from_millis(300);
        let (_sender, mut election) = election(ElectionReport::until(Leadership::Leads, expires));
        let reader = election.reader();
        while election.leadership() == Leadership::Leads {
            election.changed().await.unwrap();
        }
        assert!(Instant::now() >= expires);
        assert_eq!((election.leadership(), reader.get()), (Leadership::Unknown, Leadership::Unknown));
        let changed = tokio::time::timeout(Duration::from_millis(50), election.changed()).await;
        assert!(changed.is_err(), "an expired report does not keep the operator busy");
    }

    #[tokio::test]
    async fn a_task_that_ended_leads_no_more_and_is_noticed() {
        let (sender, mut election) =
            election(ElectionReport::until(Leadership::Leads, Instant::now() + Duration::from_secs(3600)));
        let reader = election.reader();
        assert_eq!(election.leadership(), Leadership::Leads);
        drop(sender);
        assert_eq!((election.leadership(), reader.get()), (Leadership::Unknown, Leadership::Unknown));
        assert!(election.changed().await.is_err());
    }

    #[tokio::test]
    async fn a_report_between_reading_and_waiting_is_not_missed() {
        let (sender, mut election) = election(ElectionReport::UNKNOWN);
        assert_eq!(election.leadership(), Leadership::Unknown);
        sender.send_replace(ElectionReport::until(Leadership::Leads, Instant::now() + Duration::from_secs(10)));
        election.changed().await.unwrap();
        assert_eq!(election.leadership(), Leadership::Leads);
    }

    #[tokio::test]
    async fn without_a_lease_it_always_leads() {
        let mut election = Election::without_lease();
        assert_eq!((election.leadership(), election.reader().get()), (Leadership::Leads, Leadership::Leads));
        assert!(tokio::time::timeout(Duration::from_millis(20), election.changed()).await.is_err());
        election.end().await;
    }
}
