//! Which of several replicas leads: the one that holds a Lease of the API.
//!
//! Whether another one still holds it is told by how long its record has not changed here, by this process's own clock:
//! clocks of different machines are never compared. Two that lead for a moment would do no harm: each write carries
//! the version that it was decided on, each Event a name that does not depend on who sends it.

mod record;

use std::time::Duration;

use chrono::{DateTime, Utc};
use http::Method;
use kube::Client;
use serde_json::{Value, json};
use tokio::sync::{oneshot, watch};
use tokio::time::Instant;

use self::record::Step;
use super::said::Said;
use super::sleep_until;
use crate::clock::Clock;
use crate::cluster::request::{self, Cause, Sensitivity};

/// How long after the last renewal the leader goes on: less, so that it has stopped before another one begins.
const LEADS_FOR: Duration = Duration::from_secs(10);
/// How often the leader renews it.
const RENEW: Duration = Duration::from_secs(4);
/// How often the others look at it, and how soon a renewal that failed is tried again.
const LOOK: Duration = Duration::from_secs(2);

/// Which lease it is.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

/// What this replica is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leadership {
    /// It assesses and writes.
    Leads,
    /// Another one does.
    StandsBy,
    /// The lease can't be read or written.
    Unknown,
}

/// A replica that leads or would like to.
pub struct Candidate {
    path: String,
    settings: Settings,
    identity: String,
    /// The lease as it was last seen here, and since when it has been so.
    seen: Option<(Value, Instant)>,
    /// When it was last renewed by this replica, if it holds it.
    renewed: Option<Instant>,
    answered: Instant,
    said: Said,
}

impl Candidate {
    /// One that has not asked yet. `instance` names it for people.
    pub fn new(settings: Settings, instance: &str) -> Self {
        use std::hash::{BuildHasher, RandomState};
        let Settings { namespace, name } = &settings;
        Self {
            path: format!("/apis/coordination.k8s.io/v1/namespaces/{namespace}/leases/{name}"),
            // A process that follows another one under the same name is not the one that held it.
            identity: format!("{instance}_{:016x}", RandomState::new().hash_one(instance)),
            settings,
            seen: None,
            renewed: None,
            answered: Instant::now(),
            said: Said::default(),
        }
    }

    /// Asks for the lease until `stop`, and gives it back then.
    pub async fn run(
        mut self,
        client: Client,
        clock: std::sync::Arc<dyn Clock>,
        leadership: watch::Sender<Leadership>,
        mut stop: oneshot::Receiver<()>,
    ) {
        loop {
            let until = self.renewed.map(|renewed| renewed + LEADS_FOR);
            let turn = self.turn(&client, clock.now());
            let outcome = tokio::select! {
                _ = &mut stop => break,
                outcome = turn => outcome,
                () = sleep_until(until) => Err(Cause::Timeout(LEADS_FOR)),
            };
            let wait = self.after(outcome, &leadership);
            tokio::select! {
                _ = &mut stop => break,
                () = tokio::time::sleep(wait) => {}
            }
        }
        if self.renewed.is_some() {
            self.give_back(&client).await;
        }
    }

    /// Takes in what came of one turn; tells how long to wait for the next.
    fn after(&mut self, outcome: Result<(), Cause>, leadership: &watch::Sender<Leadership>) -> Duration {
        let now = Instant::now();
        match outcome {
            Ok(()) => self.answered = now,
            // Somebody wrote it meanwhile: it is looked at anew.
            Err(cause) if cause.code() == Some(409) => (self.answered, self.seen) = (now, None),
            Err(cause) => {
                if self.said.is_news(&cause.to_string()) {
                    let (Settings { namespace, name }, advice) = (&self.settings, advice(&cause));
                    tracing::error!(advice, "the Lease {namespace}/{name} can't be read or written: {cause}");
                }
            }
        }
        self.renewed = self.renewed.filter(|renewed| now < *renewed + LEADS_FOR);
        let (is, wait) = match self.renewed {
            Some(_) => (Leadership::Leads, if self.answered == now && self.seen.is_some() { RENEW } else { LOOK }),
            None if now < self.answered + LEADS_FOR => (Leadership::StandsBy, LOOK),
            None => (Leadership::Unknown, LOOK),
        };
        leadership.send_if_modified(|was| {
            // Before the first answer nothing is known.
            let differs = *was != is && (*was != Leadership::Unknown || self.seen.is_some());
            if differs {
                *was = is;
                let holder = self.seen.as_ref().and_then(|(lease, _)| record::holder(lease)).unwrap_or_default();
                match is {
                    Leadership::Leads => tracing::info!(identity = self.identity, "leading"),
                    Leadership::StandsBy => tracing::info!(holder, "standing by: another replica leads"),
                    Leadership::Unknown => {
                        tracing::warn!("whether another replica leads is not known; nothing is written")
                    }
                }
            }
            differs
        });
        wait
    }

    async fn turn(&mut self, client: &Client, now: DateTime<Utc>) -> Result<(), Cause> {
        // What was renewed last is the newest there is, as long as nobody else wrote it: no need to look.
        let lease = match (&self.renewed, &self.seen) {
            (Some(_), Some((lease, _))) => Some(lease.clone()),
            _ => self.look(client).await?,
        };
        let asked = Instant::now();
        let since = self.seen.as_ref().map_or(asked, |(_, since)| *since);
        let step = record::step(lease.as_ref(), &self.identity, asked.duration_since(since));
        let (method, path, mut lease) = match (step, lease) {
            (Step::Wait, _) => {
                self.renewed = None;
                return Ok(());
            }
            (Step::Create, _) | (_, None) => {
                let (path, _) = self.path.rsplit_once('/').unwrap_or_default();
                let Settings { namespace, name } = &self.settings;
                let metadata = json!({"namespace": namespace, "name": name});
                let lease = json!({"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": metadata});
                (Method::POST, path.to_owned(), lease)
            }
            (_, Some(lease)) => (Method::PUT, self.path.clone(), lease),
        };
        record::enter(&mut lease, &self.identity, now);
        let body = lease.to_string().into_bytes();
        let written = request::send(client, method, &path, Some("application/json"), body, Sensitivity::Open).await?;
        self.seen = Some((serde_json::from_slice(&written).map_err(|_| Cause::Connection)?, asked));
        self.renewed = Some(asked);
        Ok(())
    }

    /// The lease as it is; none where there is none.
    async fn look(&mut self, client: &Client) -> Result<Option<Value>, Cause> {
        let lease = match request::send(client, Method::GET, &self.path, None, Vec::new(), Sensitivity::Open).await {
            Ok(body) => serde_json::from_slice(&body).map_err(|_| Cause::Connection)?,
            Err(cause) if cause.code() == Some(404) => return Ok(None),
            Err(cause) => return Err(cause),
        };
        if self.seen.as_ref().is_none_or(|(seen, _)| record::version(seen) != record::version(&lease)) {
            self.seen = Some((lease.clone(), Instant::now()));
        }
        Ok(Some(lease))
    }

    /// Leaves it to the next one, which then need not wait.
    async fn give_back(&mut self, client: &Client) {
        let Some((mut lease, _)) = self.seen.take() else { return };
        record::give_back(&mut lease);
        let body = lease.to_string().into_bytes();
        let send = request::send(client, Method::PUT, &self.path, Some("application/json"), body, Sensitivity::Open);
        // It is stopping: should this fail, the next one waits until the lease is over.
        tokio::time::timeout(LOOK, send).await.ok();
    }
}

fn advice(cause: &Cause) -> &'static str {
    match cause.code() {
        Some(401 | 403) => "allow the service account get, create and update on leases.coordination.k8s.io there",
        Some(404) => "create its namespace, or name another one with --lease-namespace",
        _ => "check that the API server can be reached; it is tried again",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate() -> Candidate {
        Candidate::new(Settings { namespace: "ops".to_owned(), name: "lapsewatch".to_owned() }, "pod-1")
    }

    #[test]
    fn a_process_of_the_same_name_is_another_holder() {
        assert_ne!(candidate().identity, candidate().identity);
        assert!(candidate().identity.starts_with("pod-1_"));
    }

    #[test]
    fn a_leader_that_cannot_renew_stops_before_another_one_may_begin() {
        let mut candidate = candidate();
        let (sender, leadership) = watch::channel(Leadership::Unknown);
        let is = |leadership: &watch::Receiver<Leadership>| *leadership.borrow();
        candidate.after(Err(Cause::Connection), &sender);
        assert_eq!(is(&leadership), Leadership::Unknown);
        (candidate.seen, candidate.renewed) =
            (Some((json!({"spec": {"holderIdentity": "pod-1"}}), Instant::now())), Some(Instant::now()));
        assert_eq!(candidate.after(Ok(()), &sender), RENEW);
        assert_eq!(candidate.after(Err(Cause::Connection), &sender), LOOK);
        assert_eq!(is(&leadership), Leadership::Leads);
        candidate.renewed = Instant::now().checked_sub(LEADS_FOR);
        candidate.answered = Instant::now().checked_sub(LEADS_FOR).unwrap();
        candidate.after(Err(Cause::Connection), &sender);
        assert_eq!((is(&leadership), candidate.renewed), (Leadership::Unknown, None));
        candidate.after(Ok(()), &sender);
        assert_eq!(is(&leadership), Leadership::StandsBy);
    }
}
