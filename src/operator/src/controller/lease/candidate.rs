//! The task of the leader election: acquires the Lease, renews it, and releases it at the end.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use http::Method;
use kube::Client;
use serde_json::{Value, json};
use tokio::sync::{oneshot, watch};
use tokio::time::{Instant, timeout};

use super::record::{self, LeaseAction};
use super::report::ElectionReport;
use super::{Leadership, LeaseSettings};
use crate::controller::log_throttle::LogThrottle;
use crate::controller::sleep_until;
use lapsewatch_cluster::clock::Clock;
use lapsewatch_cluster::request::{self, RequestError, Sensitivity};

/// The time for which an observation of the Lease is valid. A leader stops this long after its last renewal. Another
/// replica may acquire the Lease only after 15 seconds without a renewal.
const RELIED_UPON: Duration = Duration::from_secs(10);
/// The time between two renewals by the leader.
const RENEW: Duration = Duration::from_secs(4);
/// The time between two reads by a standby, and the wait before a failed renewal is repeated.
const LOOK: Duration = Duration::from_secs(2);
/// The time limit of one request of the release, and of a renewal in progress when the operator stops.
const ANSWER: Duration = Duration::from_secs(2);
/// The time limit of the whole release.
const RELEASE: Duration = Duration::from_secs(4);
/// The wait before a failed release is repeated.
const RELEASE_AGAIN: Duration = Duration::from_millis(200);

/// A replica that leads or competes to lead.
pub(super) struct Candidate {
    path: String,
    settings: LeaseSettings,
    identity: String,
    /// The newest version of the Lease that this replica read or wrote, and the time at which it first saw this
    /// version.
    seen: Option<(Value, Instant)>,
    /// The last renewal by this replica. None while this replica does not lead.
    renewed: Option<Instant>,
    /// The last time at which this replica read that another replica holds the Lease.
    held_by_other: Option<Instant>,
    /// True from the first request that could make this replica the holder until another holder is seen.
    may_hold: bool,
    /// The failure of the last attempt to read or write the Lease. None after a success or a conflict.
    failed: Option<RequestError>,
    log: LogThrottle,
}

impl Candidate {
    /// Returns a candidate that has not read the Lease yet. `instance` is the readable part of its identity in the
    /// Lease.
    pub(super) fn new(settings: LeaseSettings, instance: &str) -> Self {
        use std::hash::{BuildHasher, RandomState};
        let LeaseSettings { namespace, name } = &settings;
        Self {
            path: format!("/apis/coordination.k8s.io/v1/namespaces/{namespace}/leases/{name}"),
            // The random suffix prevents a restarted process with the same name from treating the previous process's
            // Lease as its own.
            identity: format!("{instance}_{:016x}", RandomState::new().hash_one(instance)),
            settings,
            seen: None,
            renewed: None,
            held_by_other: None,
            may_hold: false,
            failed: None,
            log: LogThrottle::default(),
        }
    }

    /// Competes for the Lease until `stop`, then releases it.
    pub(super) async fn run(
        mut self,
        client: Client,
        clock: Arc<dyn Clock>,
        reports: watch::Sender<ElectionReport>,
        mut stop: oneshot::Receiver<()>,
    ) {
        loop {
            let until = self.renewed.map(|renewed| renewed + RELIED_UPON);
            let outcome = {
                let mut turn = std::pin::pin!(self.turn(&client, clock.now()));
                tokio::select! {
                    _ = &mut stop => {
                        // A renewal in progress changes the resourceVersion of the Lease, and only its answer contains
                        // the new resourceVersion, which the release needs.
                        timeout(ANSWER, turn).await.ok();
                        break;
                    }
                    outcome = &mut turn => Some(outcome),
                    () = sleep_until(until) => None,
                }
            };
            let outcome = outcome.unwrap_or_else(|| Err(self.expired()));
            let wait = self.report(outcome, &reports);
            tokio::select! {
                _ = &mut stop => break,
                () = tokio::time::sleep(wait) => {}
            }
        }
        if self.may_hold && timeout(RELEASE, self.release(&client)).await.is_err() {
            let LeaseSettings { namespace, name } = &self.settings;
            tracing::warn!(
                "the Lease \"{namespace}/{name}\" could not be released, and the next leader waits until it expires"
            );
        }
    }

    /// Returns the reason why the Lease was not renewed in time: the last failure, else a timeout.
    fn expired(&self) -> RequestError {
        self.failed.clone().unwrap_or(RequestError::Timeout(RELIED_UPON))
    }

    /// Reports the leadership after one attempt to read or write the Lease. Returns the wait before the next attempt.
    fn report(&mut self, outcome: Result<(), RequestError>, reports: &watch::Sender<ElectionReport>) -> Duration {
        let now = Instant::now();
        let is_answered = outcome.is_ok();
        self.failed = outcome.as_ref().err().filter(|cause| cause.code() != Some(409)).cloned();
        match outcome {
            Ok(()) => {}
            // Another client changed the Lease meanwhile: the next attempt reads the Lease.
            Err(cause) if cause.code() == Some(409) => self.seen = None,
            // Another client deleted the Lease meanwhile: the next attempt creates the Lease.
            Err(cause) if cause.is_not_found() && self.seen.is_some() => self.seen = None,
            Err(cause) => {
                if self.log.is_news(&cause.to_string()) {
                    let (LeaseSettings { namespace, name }, advice) = (&self.settings, advice(&cause));
                    tracing::error!(advice, "the Lease \"{namespace}/{name}\" can't be read or written: {cause}");
                }
            }
        }
        let fresh = |at: Option<Instant>| at.map(|at| at + RELIED_UPON).filter(|expires| now < *expires);
        let report = match (fresh(self.renewed), fresh(self.held_by_other)) {
            (Some(expires), _) => ElectionReport::until(Leadership::Leads, expires),
            (None, Some(expires)) => ElectionReport::until(Leadership::StandsBy, expires),
            (None, None) => ElectionReport::UNKNOWN,
        };
        if report.leadership != Leadership::Leads {
            self.renewed = None;
        }
        let before = reports.send_replace(report);
        if before.leadership != report.leadership {
            self.log_change(report.leadership);
        }
        if report.leadership == Leadership::Leads && is_answered { RENEW } else { LOOK }
    }

    fn log_change(&self, leadership: Leadership) {
        match leadership {
            Leadership::Leads => tracing::info!(identity = self.identity, "leading"),
            Leadership::StandsBy => {
                let holder = self.seen.as_ref().and_then(|(lease, _)| record::holder(lease));
                tracing::info!(holder, "standing by, because another replica leads");
            }
            Leadership::Unknown => tracing::warn!("this replica can't determine the leader and writes nothing"),
        }
    }

    /// Reads the Lease if necessary. Then creates, acquires or renews the Lease, unless another replica holds it.
    async fn turn(&mut self, client: &Client, now: DateTime<Utc>) -> Result<(), RequestError> {
        // A leader need not read the Lease, because its own last write is usually the newest version. If another client
        // wrote the Lease since, the API server answers the renewal with 409.
        let lease = match (&self.renewed, &self.seen) {
            (Some(_), Some((lease, _))) => Some(lease.clone()),
            _ => self.look(client).await?,
        };
        let asked = Instant::now();
        let since = self.seen.as_ref().map_or(asked, |(_, since)| *since);
        let step = record::step(lease.as_ref(), &self.identity, asked.duration_since(since));
        let (method, path, mut lease) = match (step, lease) {
            (LeaseAction::Wait, _) => {
                (self.renewed, self.held_by_other, self.may_hold) = (None, Some(asked), false);
                return Ok(());
            }
            (LeaseAction::Create, _) | (_, None) => {
                let (path, _) = self.path.rsplit_once('/').unwrap_or_default();
                let LeaseSettings { namespace, name } = &self.settings;
                let metadata = json!({"namespace": namespace, "name": name});
                let lease = json!({"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": metadata});
                (Method::POST, path.to_owned(), lease)
            }
            (_, Some(lease)) => (Method::PUT, self.path.clone(), lease),
        };
        record::enter(&mut lease, &self.identity, now);
        self.may_hold = true;
        let written = write(client, method, &path, &lease).await?;
        self.seen = Some((written, asked));
        self.renewed = Some(asked);
        Ok(())
    }

    /// Reads the Lease from the API server. None if the Lease does not exist.
    async fn look(&mut self, client: &Client) -> Result<Option<Value>, RequestError> {
        let lease = match request::send(client, Method::GET, &self.path, None, Vec::new(), Sensitivity::Open).await {
            Ok(body) => serde_json::from_slice(&body).map_err(|_| RequestError::NoObject)?,
            Err(cause) if cause.is_not_found() => return Ok(None),
            Err(cause) => return Err(cause),
        };
        if self.seen.as_ref().is_none_or(|(seen, _)| record::version(seen) != record::version(&lease)) {
            self.seen = Some((lease.clone(), Instant::now()));
        }
        Ok(Some(lease))
    }

    /// Releases the Lease if this replica holds it, so that the next leader need not wait until the Lease expires.
    /// After a 409, or if no answer arrived, the Lease is read again.
    async fn release(&mut self, client: &Client) {
        let mut seen = self.seen.take().map(|(lease, _)| lease);
        loop {
            match timeout(ANSWER, self.try_release(client, seen.take())).await {
                Ok(Ok(())) => return,
                Ok(Err(cause)) if cause.code() == Some(409) => {}
                Ok(Err(cause)) if cause.code().is_some_and(|code| (400..429).contains(&code)) => {
                    return tracing::warn!("the Lease can't be released: {cause}");
                }
                Ok(Err(_)) | Err(_) => tokio::time::sleep(RELEASE_AGAIN).await,
            }
        }
    }

    async fn try_release(&mut self, client: &Client, seen: Option<Value>) -> Result<(), RequestError> {
        let lease = match seen {
            Some(lease) => Some(lease),
            None => self.look(client).await?,
        };
        let Some(mut lease) = lease.filter(|lease| record::holder(lease) == Some(&self.identity)) else {
            return Ok(());
        };
        record::give_back(&mut lease);
        write(client, Method::PUT, &self.path, &lease).await.map(drop)
    }
}

async fn write(client: &Client, method: Method, path: &str, lease: &Value) -> Result<Value, RequestError> {
    let body = lease.to_string().into_bytes();
    let written = request::send(client, method, path, Some("application/json"), body, Sensitivity::Open).await?;
    serde_json::from_slice(&written).map_err(|_| RequestError::NoObject)
}

fn advice(cause: &RequestError) -> &'static str {
    match cause.code() {
        Some(401 | 403) => {
            "allow the service account to get, create and update leases.coordination.k8s.io in the namespace of the Lease"
        }
        Some(404) => "create its namespace, or name another one with --lease-namespace",
        _ => "check that the API server can be reached; it is tried again",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate() -> Candidate {
        Candidate::new(LeaseSettings { namespace: "ops".to_owned(), name: "lapsewatch".to_owned() }, "pod-1")
    }

    fn held_by(holder: &str) -> Option<(Value, Instant)> {
        Some((json!({"spec": {"holderIdentity": holder}}), Instant::now()))
    }

    fn conflict() -> RequestError {
        RequestError::Api { code: 409, reason: "Conflict".to_owned(), message: None }
    }

    #[test]
    fn a_process_of_the_same_name_is_another_holder() {
        assert_ne!(candidate().identity, candidate().identity);
        assert!(candidate().identity.starts_with("pod-1_"));
    }

    #[test]
    fn a_refused_renewal_is_not_called_a_missing_answer() {
        let mut candidate = candidate();
        let (reports, _report) = watch::channel(ElectionReport::UNKNOWN);
        assert!(matches!(candidate.expired(), RequestError::Timeout(_)));
        let refused = RequestError::Api { code: 401, reason: "Unauthorized".to_owned(), message: None };
        candidate.report(Err(refused), &reports);
        assert_eq!(candidate.expired().code(), Some(401));
        candidate.report(Ok(()), &reports);
        assert!(matches!(candidate.expired(), RequestError::Timeout(_)));
        candidate.report(Err(conflict()), &reports);
        assert!(matches!(candidate.expired(), RequestError::Timeout(_)), "another client's write is no refusal");
    }

    #[test]
    fn a_leader_that_cannot_renew_stops_before_another_one_may_begin() {
        let mut candidate = candidate();
        let (reports, report) = watch::channel(ElectionReport::UNKNOWN);
        let is = |report: &watch::Receiver<ElectionReport>| report.borrow().leadership;
        candidate.report(Err(RequestError::Connection), &reports);
        assert_eq!(is(&report), Leadership::Unknown);
        (candidate.seen, candidate.renewed) = (held_by(&candidate.identity), Some(Instant::now()));
        assert_eq!(candidate.report(Ok(()), &reports), RENEW);
        assert_eq!(candidate.report(Err(RequestError::Connection), &reports), LOOK);
        assert_eq!(is(&report), Leadership::Leads);
        candidate.renewed = Instant::now().checked_sub(RELIED_UPON);
        candidate.report(Err(RequestError::Connection), &reports);
        assert_eq!((is(&report), candidate.renewed), (Leadership::Unknown, None));
        candidate.held_by_other = Some(Instant::now());
        candidate.report(Ok(()), &reports);
        assert_eq!(is(&report), Leadership::StandsBy);
        candidate.held_by_other = Instant::now().checked_sub(RELIED_UPON);
        candidate.report(Err(RequestError::Connection), &reports);
        assert_eq!(is(&report), Leadership::Unknown, "an old observation proves nothing");
    }

    #[test]
    fn another_replica_is_reported_only_if_another_one_was_seen_to_hold_the_lease() {
        let (reports, report) = watch::channel(ElectionReport::UNKNOWN);
        // The first write conflicts. The previous holder of the Lease is unknown.
        let mut fresh = candidate();
        fresh.seen = held_by("");
        fresh.report(Err(conflict()), &reports);
        assert_eq!(report.borrow().leadership, Leadership::Unknown);
        // This replica's renewals fail until its observation expires, because another client wrote the Lease.
        let mut former = candidate();
        former.seen = held_by(&former.identity);
        former.renewed = Instant::now().checked_sub(RELIED_UPON);
        former.report(Err(conflict()), &reports);
        assert_eq!(report.borrow().leadership, Leadership::Unknown);
    }
}
