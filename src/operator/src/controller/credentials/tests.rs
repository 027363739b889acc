//! Tests the work on TenantCredentials without an API server: reads, readings that wait, and outdated readings.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use kube::{Client, Config};
use serde_json::json;

use super::*;
use crate::controller::cache::{ListChange, SecretVersion};
use crate::controller::gather::Access;
use crate::controller::lease::Leadership;
use crate::controller::publish::Publisher;
use crate::controller::reconcile::ReconcileContext;
use crate::controller::watch_update::WatchUpdate;
use crate::metrics::Metrics;
use lapsewatch_cluster::clock::Clock;
use lapsewatch_core::observed::trimmed_meta::TrimmedMeta;
use lapsewatch_core::verdict::SharingState;

struct Still;

impl Clock for Still {
    fn now(&self) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH
    }
}

fn object(name: &str, version: &str, spec: &serde_json::Value) -> Arc<Observed> {
    let metadata = TrimmedMeta {
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
            "readerRevision": lapsewatch_core::credential::READER_REVISION},
    });
    Arc::new(Observed::new(&metadata, spec, &status))
}

fn vpp(version: &str) -> Arc<Observed> {
    object("vpp", version, &json!({"type": "VPPToken", "secretRef": {"name": "vpp"}}))
}

fn secret(version: &str) -> SecretVersion {
    SecretVersion { uid: "2".to_owned(), resource_version: version.to_owned() }
}

/// Completes all lists of a namespace. The lists contain the object and its Secret if `is_there`, else nothing.
fn list(operator: &mut Operator, scope: usize, is_there: bool) {
    let key = || Key::new("a", "vpp");
    operator.see(scope, WatchUpdate::Tenant(ListChange::ListEnds));
    if is_there {
        operator.see(scope, WatchUpdate::Secret(ListChange::Listed(key(), secret("7"))));
        operator.see(scope, WatchUpdate::Object(ListChange::Listed(key(), vpp("3"))));
    }
    operator.see(scope, WatchUpdate::Secret(ListChange::ListEnds));
    operator.see(scope, WatchUpdate::Object(ListChange::ListEnds));
}

fn operator() -> Operator {
    let client = Client::try_from(Config::new("http://127.0.0.1:9".parse().unwrap())).unwrap();
    let context = ReconcileContext {
        publisher: Publisher::new(client, "test".to_owned(), Metrics::default()),
        clock: Arc::new(Still),
        settle: TimeDelta::zero(),
        access: Access::default(),
        metrics: Metrics::default(),
    };
    Operator::new(vec![Some("a".to_owned()), Some("b".to_owned())], context, Leadership::Leads)
}

/// Returns an operator with one reading that waits because another namespace is not listed yet.
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

/// True if the waiting reading is published after the other namespace is listed.
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
    // The watch reports once more the version that was read.
    let mut operator = waiting().await;
    operator.see(0, WatchUpdate::Secret(ListChange::Applied(key.clone(), secret("7"))));
    assert!(is_said(&mut operator));

    let mut operator = waiting().await;
    operator.see(0, WatchUpdate::Secret(ListChange::Applied(key.clone(), secret("8"))));
    assert!(!is_said(&mut operator), "its Secret holds something else now");
    assert!(operator.start_read() && operator.reading == 1, "it is looked at again");

    let mut operator = waiting().await;
    operator.see(0, WatchUpdate::Object(ListChange::Applied(key.clone(), vpp("4"))));
    assert!(!is_said(&mut operator), "it is declared anew");
    assert!(operator.start_read() && operator.reading == 1, "it is looked at again");

    let mut operator = waiting().await;
    operator.see(0, WatchUpdate::Object(ListChange::Deleted(key)));
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
        operator.see(0, WatchUpdate::Secret(ListChange::Applied(key.clone(), secret(version))));
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
        [(ListChange::Deleted(key.clone()), false), (ListChange::Applied(key.clone(), secret("8")), true)]
    {
        operator.start_read();
        operator.see(0, WatchUpdate::Secret(change));
        let done = operator.tasks.join_next().await.unwrap();
        operator.end(done);
        assert!(operator.start_credential());
        assert_eq!(operator.tasks.len() == 1, is_published);
    }
}

#[tokio::test]
async fn one_that_cannot_be_understood_holds_what_it_held_and_stays_its_tenants() {
    let mut operator = operator();
    let key = |name| Key::new("a", name);
    let newer = json!({"type": "VPPToken", "secretRef": {"name": "newer"}, "tenantRef": {"name": "acme"},
        "warnBeforeDays": ["soon"]});
    operator.see(0, WatchUpdate::Secret(ListChange::Listed(key("newer"), secret("7"))));
    operator.see(0, WatchUpdate::Object(ListChange::Listed(key("newer"), object("newer", "5", &newer))));
    list(&mut operator, 0, true);
    let standing = |operator: &Operator| operator.index.view(&key("vpp")).map(|view| view.standing);
    assert_eq!(standing(&operator), Some(SharingState::TokenInUse), "as remembered");
    assert_eq!(operator.cache.members(&key("acme")).count(), 1);
    for _ in 0..2 {
        operator.start();
        let done = operator.tasks.join_next().await.unwrap();
        operator.end(done);
    }
    assert_eq!(standing(&operator), Some(SharingState::TokenInUse), "as it was looked at");
    // The references of a spec that can't be decoded are still known. Therefore the deletion of the Secret removes
    // `newer` from the holders.
    operator.see(0, WatchUpdate::Secret(ListChange::Deleted(key("newer"))));
    while operator.index.len() == 2 {
        operator.start();
        let done = operator.tasks.join_next().await.unwrap();
        operator.end(done);
    }
    assert_eq!(standing(&operator), Some(SharingState::Unique));
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
    let wire = |version: &str| TrimmedMeta {
        namespace: "a".to_owned(),
        name: "acme".to_owned(),
        resource_version: version.to_owned(),
        ..TrimmedMeta::default()
    };
    let tenant = Arc::new(Observed::new(&wire("1"), &json!({}), &json!({})));
    operator.see(0, WatchUpdate::Tenant(ListChange::Listed(Key::new("a", "acme"), tenant)));
    for number in 0..60 {
        let name = format!("c-{number}");
        let spec = json!({"type": "X509Certificate", "secretRef": {"name": name}, "tenantRef": {"name": "acme"}});
        operator.see(0, WatchUpdate::Secret(ListChange::Listed(Key::new("a", &name), secret("7"))));
        operator.see(0, WatchUpdate::Object(ListChange::Listed(Key::new("a", &name), object(&name, "5", &spec))));
    }
    list(&mut operator, 0, false);
    tokio::time::sleep(std::time::Duration::from_millis(350)).await;
    operator.look();
    operator.start();
    assert_eq!(operator.tenants.queue.start(), None, "the page is under way");
    assert_eq!(operator.tasks.len() - operator.reading, 1, "nothing else was found yet");
    assert_eq!(operator.reading, 12, "the rest is left for other namespaces");
}
