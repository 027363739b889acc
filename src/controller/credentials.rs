//! The work on TenantCredentials: what each holds is found and entered; then, with what stands around it, it is said.

use tokio::time::Instant;

use super::confirm::Witness;
use super::gather::Listed;
use super::kind::{Credential, Kind};
use super::knowledge::exclusive_type;
use super::observed::Observed;
use super::operator::{AT_ONCE, Done, Operator};
use super::reconcile::{Around, Grounds, Said, find, remembered, say};
use super::startup_barrier::Transition;
use super::work::{Credentials, Looked};
use crate::api::Key;
use crate::assessment::peers::Holder;

/// How many of the others are looked at before an Event about them.
const WITNESSES: usize = 4;
/// How often an Event waits for others that differ from what the watch told: for two minutes, in which a watch that is
/// broken is noticed.
pub const CONFIRMATIONS: u32 = 7;

impl Operator {
    /// Calls for one.
    pub fn call(&mut self, key: Key) {
        if self.is_known(&key) {
            self.credentials.queue.call(key);
        }
    }

    /// Calls for all.
    pub fn call_all(&mut self) {
        self.cache.keys().cloned().collect::<Vec<_>>().into_iter().for_each(|key| self.call(key));
    }

    /// Starts to publish what was found of one; tells whether there was any.
    pub fn start_credential(&mut self) -> bool {
        let Some(looked) = self.credentials.found.pop_front() else { return false };
        if self.is_outdated(&looked) {
            self.credentials.queue.anew(looked.key);
            return true;
        }
        let Looked { key, observed, secret, found, took, is_confirmed, .. } = looked;
        let around = self.around(&key, &observed);
        self.credentials.blind.assessed(&observed, &around.peers);
        let context = self.context.clone();
        let grounds = Grounds { secret, witnesses: self.witnesses(&key), is_confirmed };
        self.tasks.spawn(async move {
            let begun = Instant::now();
            let said = say(&context, &observed, *found, around, grounds).await;
            let took = took + begun.elapsed();
            match said {
                Said::Published(outcome) => Done::Said(key, outcome.counted(&context.metrics, Credential::KIND, took)),
                Said::Overtaken(secret, found) => {
                    let (is_confirmed, was_held) = (true, false);
                    Done::Overtaken(Looked { key, observed, secret, found, took, was_held, is_confirmed })
                }
            }
        });
        true
    }

    /// The others that the verdicts on one rest on. Others that change all the time can't keep its Events back for ever.
    fn witnesses(&self, key: &Key) -> Option<Vec<Witness>> {
        if self.credentials.queue.failures(key) >= CONFIRMATIONS {
            return Some(Vec::new());
        }
        let mut keys = self.index.witnesses(key, WITNESSES);
        keys.extend(self.credentials.causes.of(key).cloned());
        keys.sort_unstable();
        keys.dedup();
        // What one of them holds is not entered yet.
        let is_settled = keys.iter().all(|key| self.credentials.queue.is_looked_at(key));
        is_settled.then(|| keys.into_iter().map(|key| self.witness(key)).collect())
    }

    /// An object as the caches have it, and its Secret.
    pub fn witness(&self, key: Key) -> Witness {
        let known = self.cache.get(&key);
        let object = known.as_ref().map(|(observed, _)| (observed.uid.clone(), observed.generation));
        let secret = known
            .and_then(|(observed, version)| Some((observed.understood()?.secret_ref.as_ref()?.name.clone(), version)));
        Witness { key, object, secret }
    }

    /// Starts to look at the next one; tells whether there was any. What was found is published first.
    pub fn start_read(&mut self) -> bool {
        if self.reading >= AT_ONCE || self.credentials.found.len() >= AT_ONCE {
            return false;
        }
        let context = self.context.clone();
        let Some(key) = self.credentials.queue.start() else { return false };
        match self.cache.get(&key) {
            Some((observed, _)) if self.credentials.own_writes.is_behind(&key, &observed.resource_version) => {
                self.credentials.queue.pass(&key);
            }
            Some((observed, secret)) => {
                self.reading += 1;
                let is_current = self.cache.knows_secrets_of(&key);
                self.tasks.spawn(async move {
                    let begun = Instant::now();
                    let listed = Listed { version: secret.as_ref(), is_current };
                    let found = Box::new(find(&context, &observed, listed).await);
                    let (took, was_held, is_confirmed) = (begun.elapsed(), false, false);
                    Done::Found(Looked { key, observed, secret, found, took, was_held, is_confirmed })
                });
            }
            None => {
                self.credentials.queue.done(&key, None);
                self.credentials.barrier.looked_at(&key, Instant::now());
                self.release();
            }
        }
        true
    }

    /// True if it is better to look once more than to publish what was found. A Secret that changes all the time is
    /// published as it was read last, and its next state follows.
    fn is_outdated(&mut self, looked: &Looked) -> bool {
        let Looked { key, observed, secret, found, was_held, is_confirmed, .. } = looked;
        let overtaken = &mut self.credentials.overtaken;
        let was_overtaken = overtaken.remove(key);
        let Some((present, now)) = self.cache.get(key) else { return true };
        if present.resource_version != observed.resource_version {
            return true;
        }
        if *is_confirmed || now == *secret || now.as_ref().is_some_and(|now| found.is_of(now)) {
            return false;
        }
        let comes_or_goes = now.is_some() != secret.is_some() && !was_overtaken;
        if comes_or_goes {
            overtaken.insert(key.clone());
        }
        comes_or_goes || *was_held
    }

    /// Enters what one held before this start: should it be too late to wait for all, nothing that was said is taken back
    /// for want of those that were not looked at again.
    pub fn remember(&mut self, key: &Key) {
        let Some(holder) = self.cache.get(key).and_then(|(observed, _)| remembered(&observed)) else { return };
        self.enter(key, Some(holder));
    }

    /// Enters what one holds into the index, and calls for those whom that concerns.
    fn enter(&mut self, key: &Key, holder: Option<Holder>) {
        for other in self.index.set(key, holder) {
            self.credentials.causes.note(&other, key);
            self.call(other);
        }
    }

    /// Enters what one holds, and calls for those of whom something else is to be said now.
    pub fn take_in(&mut self, mut looked: Looked) {
        let Looked { key, observed, found, .. } = &mut looked;
        let is_there = self.cache.get(key).is_some();
        let holder = found.holder.take().filter(|_| is_there);
        let Credentials { queue, barrier, blind, .. } = &mut self.credentials;
        match exclusive_type(observed).filter(|_| is_there) {
            Some(type_) => blind.looked_at(key, type_, found.is_read()),
            // It may have been created anew with another type.
            None => blind.forget(key),
        }
        barrier.looked_at(key, Instant::now());
        queue.end_turn(key);
        let waits = barrier.is_closed() && holder.as_ref().is_some_and(|holder| rests_on_others(observed, holder));
        let key = key.clone();
        self.enter(&key, holder);
        if waits {
            looked.was_held = true;
            self.credentials.held.entry(key.namespace.clone()).or_default().push(looked);
        } else {
            self.credentials.found.push_back(looked);
        }
        self.release();
    }

    /// What stands around one object, as far as that may be told.
    pub fn around(&self, key: &Key, observed: &Observed) -> Around {
        Around { peers: self.peers(key, observed), tenant: self.cache.tenant_named_by(observed, key) }
    }

    /// Looks whether the start-up barrier is open, and releases what waits for it.
    pub fn release(&mut self) {
        let is_listed = self.is_complete();
        match self.credentials.barrier.advance(is_listed, Instant::now()) {
            Transition::None => {}
            Transition::GaveUp => tracing::warn!(
                "a list or an object is missing, and there was no progress for a minute; credentials that no other is \
                 seen to hold stay Pending or keep their last verdict"
            ),
            Transition::Opened => tracing::info!(holders = self.index.len(), "all objects were looked at"),
        }
        let now = Instant::now();
        let Credentials { barrier, held, found, .. } = &mut self.credentials;
        let free = |namespace: &str| !barrier.is_closed() || barrier.lets_through(namespace, is_listed, now);
        found.extend(held.extract_if(|namespace, _| free(namespace)).flat_map(|(_, looked)| looked));
        self.call_unsure();
    }

    /// It is gone.
    pub fn forget(&mut self, key: &Key) {
        self.credentials.queue.forget(key);
        self.credentials.own_writes.forget(key);
        self.context.publisher.credentials.forget(key);
        self.credentials.blind.forget(key);
        self.credentials.overtaken.remove(key);
        self.credentials.barrier.looked_at(key, Instant::now());
        self.enter(key, None);
        self.credentials.causes.forget(key);
        self.release();
    }
}

/// True if the status does not tell yet who else holds this credential, or names others. By partial knowledge it would
/// be Pending, or name fewer, and complete knowledge would be a second write.
fn rests_on_others(observed: &Observed, holder: &Holder) -> bool {
    let before = remembered(observed);
    observed.spec.is_ok()
        && (!observed.knows_peers()
            || !observed.previous.duplicates.is_empty()
            || before.is_none_or(|before| before.fingerprint != holder.fingerprint))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use chrono::{DateTime, TimeDelta, Utc};
    use kube::{Client, Config};
    use serde_json::json;

    use super::*;
    use crate::clock::Clock;
    use crate::controller::cache::{Change, SecretVersion};
    use crate::controller::gather::Access;
    use crate::controller::lease::Leadership;
    use crate::controller::publish::Publisher;
    use crate::controller::reconcile::Context;
    use crate::controller::slim::Slim;
    use crate::controller::watch::Seen;
    use crate::metrics::Metrics;

    struct Still;

    impl Clock for Still {
        fn now(&self) -> DateTime<Utc> {
            DateTime::UNIX_EPOCH
        }
    }

    fn object(name: &str, version: &str, spec: &serde_json::Value) -> Arc<Observed> {
        let metadata = Slim {
            namespace: "a".to_owned(),
            name: name.to_owned(),
            uid: name.to_owned(),
            resource_version: version.to_owned(),
            generation: 1,
            created: Some(0),
        };
        let status = json!({
            "observedGeneration": 1, "credential": {"fingerprint": "ab".repeat(32), "expiry": "Never"},
            "lastRead": {"name": name, "uid": "2", "resourceVersion": "7",
                "readerRevision": crate::credential::READER_REVISION},
        });
        Arc::new(Observed::new(&metadata, spec, &status))
    }

    fn vpp(version: &str) -> Arc<Observed> {
        object("vpp", version, &json!({"type": "VPPToken", "secretRef": {"name": "vpp"}}))
    }

    fn secret(version: &str) -> SecretVersion {
        SecretVersion { uid: "2".to_owned(), resource_version: version.to_owned() }
    }

    /// All of a namespace's lists: the object and its Secret, or nothing.
    fn list(operator: &mut Operator, scope: usize, is_there: bool) {
        let key = || Key::new("a", "vpp");
        operator.see(scope, Seen::Tenant(Change::ListEnds));
        if is_there {
            operator.see(scope, Seen::Secret(Change::Listed(key(), secret("7"))));
            operator.see(scope, Seen::Object(Change::Listed(key(), vpp("3"))));
        }
        operator.see(scope, Seen::Secret(Change::ListEnds));
        operator.see(scope, Seen::Object(Change::ListEnds));
    }

    fn operator() -> Operator {
        let client = Client::try_from(Config::new("http://127.0.0.1:9".parse().unwrap())).unwrap();
        let context = Context {
            publisher: Publisher::new(client, "test".to_owned(), Metrics::default()),
            clock: Arc::new(Still),
            settle: TimeDelta::zero(),
            access: Access::default(),
            metrics: Metrics::default(),
        };
        Operator::new(vec![Some("a".to_owned()), Some("b".to_owned())], context, Leadership::Leads)
    }

    /// One that was looked at, and waits since another namespace was not listed yet.
    async fn waiting() -> Operator {
        let mut operator = operator();
        list(&mut operator, 0, true);
        operator.start();
        let done = operator.tasks.join_next().await.unwrap();
        operator.end(done);
        operator.start();
        assert_eq!((operator.credentials.held.len(), operator.tasks.len()), (1, 0));
        operator
    }

    /// Whether what waited is said once the other namespace is listed.
    fn is_said(operator: &mut Operator) -> bool {
        list(operator, 1, false);
        assert_eq!((operator.credentials.held.len(), operator.credentials.found.len()), (0, 1));
        assert!(operator.start_credential());
        assert!(operator.credentials.found.is_empty());
        operator.tasks.len() == 1
    }

    #[tokio::test]
    async fn what_waited_for_the_barrier_is_said_if_it_is_still_so() {
        let key = Key::new("a", "vpp");
        assert!(is_said(&mut waiting().await));
        // The watch tells of the state that was read, once more.
        let mut operator = waiting().await;
        operator.see(0, Seen::Secret(Change::Applied(key.clone(), secret("7"))));
        assert!(is_said(&mut operator));

        let mut operator = waiting().await;
        operator.see(0, Seen::Secret(Change::Applied(key.clone(), secret("8"))));
        assert!(!is_said(&mut operator), "its Secret holds something else now");
        assert!(operator.start_read() && operator.reading == 1, "it is looked at again");

        let mut operator = waiting().await;
        operator.see(0, Seen::Object(Change::Applied(key.clone(), vpp("4"))));
        assert!(!is_said(&mut operator), "it is declared anew");
        assert!(operator.start_read() && operator.reading == 1, "it is looked at again");

        let mut operator = waiting().await;
        operator.see(0, Seen::Object(Change::Deleted(key)));
        assert!(!is_said(&mut operator), "it is gone");
        operator.start();
        assert_eq!(operator.tasks.len(), 0);
    }

    #[tokio::test]
    async fn a_secret_that_changes_while_it_is_read_is_published_as_it_was_read() {
        let mut operator = operator();
        list(&mut operator, 0, true);
        list(&mut operator, 1, false);
        operator.credentials.barrier.reset();
        let key = Key::new("a", "vpp");
        for version in ["8", "9", "10"] {
            while operator.reading == 0 {
                operator.start();
                assert!(!operator.tasks.is_empty());
                if operator.reading == 0 {
                    let done = operator.tasks.join_next().await.unwrap();
                    operator.end(done);
                }
            }
            operator.see(0, Seen::Secret(Change::Applied(key.clone(), secret(version))));
            let done = operator.tasks.join_next().await.unwrap();
            operator.end(done);
            assert_eq!(operator.credentials.found.len(), 1);
            assert!(operator.start_credential());
            assert_eq!(operator.tasks.len(), 1, "what was read of the version before {version} is published");
        }
    }

    #[tokio::test]
    async fn a_secret_that_comes_or_goes_while_it_is_read_is_read_once_more_and_no_oftener() {
        let mut operator = operator();
        list(&mut operator, 0, true);
        list(&mut operator, 1, false);
        let key = Key::new("a", "vpp");
        for (change, is_published) in
            [(Change::Deleted(key.clone()), false), (Change::Applied(key.clone(), secret("8")), true)]
        {
            operator.start_read();
            operator.see(0, Seen::Secret(change));
            let done = operator.tasks.join_next().await.unwrap();
            operator.end(done);
            assert!(operator.start_credential());
            assert_eq!(operator.tasks.len() == 1, is_published);
        }
    }

    #[tokio::test]
    async fn one_that_cannot_be_understood_holds_what_it_held_and_stays_its_tenants() {
        use crate::assessment::peers::Standing;
        let mut operator = operator();
        let key = |name| Key::new("a", name);
        let newer = json!({"type": "VPPToken", "secretRef": {"name": "newer"}, "tenantRef": {"name": "acme"},
            "warnBeforeDays": ["soon"]});
        operator.see(0, Seen::Secret(Change::Listed(key("newer"), secret("7"))));
        operator.see(0, Seen::Object(Change::Listed(key("newer"), object("newer", "5", &newer))));
        list(&mut operator, 0, true);
        let standing = |operator: &Operator| operator.index.view(&key("vpp")).map(|view| view.standing);
        assert_eq!(standing(&operator), Some(Standing::TokenInUse), "as remembered");
        assert_eq!(operator.cache.members(&key("acme")).count(), 1);
        for _ in 0..2 {
            operator.start();
            let done = operator.tasks.join_next().await.unwrap();
            operator.end(done);
        }
        assert_eq!(standing(&operator), Some(Standing::TokenInUse), "as it was looked at");
        // What it points to can be told all the same.
        operator.see(0, Seen::Secret(Change::Deleted(key("newer"))));
        while operator.index.len() == 2 {
            operator.start();
            let done = operator.tasks.join_next().await.unwrap();
            operator.end(done);
        }
        assert_eq!(standing(&operator), Some(Standing::Unique));
    }

    #[tokio::test]
    async fn who_leads_again_waits_for_all_anew_and_starts_nothing_meanwhile() {
        let mut operator = waiting().await;
        operator.lead(Leadership::StandsBy);
        operator.call_all();
        operator.start();
        assert_eq!(operator.tasks.len(), 0, "a standby does nothing");
        operator.lead(Leadership::Leads);
        assert!(operator.credentials.held.is_empty() && operator.credentials.barrier.is_closed(), "it begins anew");
        operator.start();
        assert_eq!(operator.tasks.len(), 1, "all are looked at again");
    }

    #[tokio::test]
    async fn a_page_does_not_wait_until_all_credentials_are_done() {
        let mut operator = operator();
        let wire = |version: &str| Slim {
            namespace: "a".to_owned(),
            name: "acme".to_owned(),
            resource_version: version.to_owned(),
            ..Slim::default()
        };
        let tenant = Arc::new(Observed::new(&wire("1"), &json!({}), &json!({})));
        operator.see(0, Seen::Tenant(Change::Listed(Key::new("a", "acme"), tenant)));
        for number in 0..60 {
            let name = format!("c-{number}");
            let spec = json!({"type": "X509Certificate", "secretRef": {"name": name}, "tenantRef": {"name": "acme"}});
            operator.see(0, Seen::Secret(Change::Listed(Key::new("a", &name), secret("7"))));
            operator.see(0, Seen::Object(Change::Listed(Key::new("a", &name), object(&name, "5", &spec))));
        }
        list(&mut operator, 0, false);
        tokio::time::sleep(std::time::Duration::from_millis(350)).await;
        operator.look();
        operator.start();
        assert_eq!(operator.tenants.queue.start(), None, "the page is under way");
        assert_eq!(operator.tasks.len() - operator.reading, 1, "nothing else was found yet");
        assert_eq!(operator.reading, 12, "the rest is left for other namespaces");
    }
}
