//! Tests the status of a tenant with many credentials that are assessed at the same time. The status is written at most
//! once a second and still follows the changes.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use futures::stream::{self, StreamExt};
use kube::Client;
use kube::api::{Api, ApiResource, DynamicObject, GroupVersionKind, WatchEvent, WatchParams};
use serde_json::{Value, json};

use crate::fleet::Fleet;
use lapsewatch_test_support::cluster::audit::{Marker, Request};
use lapsewatch_test_support::cluster::objects;

const CREDENTIALS: usize = 500;
/// The number of credentials with a Secret.
const TOKENS: usize = 100;
const TENANT: &str = "acme-prod";

fn name(number: usize) -> String {
    format!("credential-{number:04}")
}

/// Creates a credential of the tenant, either a VPP content token or a DeclaredExpiry.
async fn create(fleet: &Fleet, namespace: &str, number: usize) {
    let (client, name) = (&fleet.client, name(number));
    let mut spec = json!({"tenantRef": {"name": TENANT}, "reminderEveryHours": 0});
    if number.is_multiple_of(CREDENTIALS / TOKENS) {
        let data = json!({"sToken": objects::token(number)});
        objects::create_secret(client, namespace, &name, data).await;
        spec["type"] = "VPPToken".into();
        spec["secretRef"] = json!({"name": name});
    } else {
        spec["type"] = "DeclaredExpiry".into();
        spec["expirationTime"] = "2035-01-01T00:00:00Z".into();
    }
    objects::create_of(client, namespace, "TenantCredential", &name, spec).await;
}

async fn create_all(fleet: &Fleet, namespace: &str, count: usize) {
    stream::iter(0..count).for_each_concurrent(8, |n| create(fleet, namespace, n)).await;
}

fn valid(page: &Value) -> u64 {
    let states = page["credentials"]["states"].as_array();
    states.and_then(|states| states.iter().find(|s| s["state"] == "Valid")).map_or(0, |s| s["count"].as_u64().unwrap())
}

async fn until_valid(fleet: &Fleet, namespace: &str, tenant: &str, count: usize) {
    let begun = Instant::now();
    while valid(&objects::page(&fleet.client, namespace, tenant).await) != count as u64 {
        assert!(begun.elapsed() < Duration::from_secs(900), "expected {count} valid credentials");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Asserts that the tenant status was written at most once a second. Returns the number of writes.
async fn paced(fleet: &Fleet, namespace: &str, what: &str, since: Marker) -> usize {
    let credentials = fleet.asked_in_all(since).await;
    let own = |r: &Request, resource: &str| {
        r.user_agent == fleet.agent()
            && r.namespace == namespace
            && (r.resource.as_str(), r.subresource.as_str()) == (resource, "status")
    };
    let pages = fleet.bed.answered(since, |r| own(r, "mdmtenants"));
    let settling = fleet.bed.answered(since, |r| own(r, "tenantcredentials"));
    let took = (*settling.last().unwrap().max(pages.last().unwrap()) - settling[0].min(pages[0])).as_seconds_f64();
    println!("{what}: {} credentials' writes, {} pages in {took:.1} s: {credentials:?}", settling.len(), pages.len());
    assert!(pages.len() as f64 <= took + 2.0, "{what}: {} writes of the tenant status in {took:.1} s", pages.len());
    pages.len()
}

#[tokio::test]
async fn five_hundred_credentials_that_settle_cost_one_page_a_second() {
    let mut fleet = Fleet::new("page", 1).await;
    let namespace = fleet.namespaces[0].clone();
    objects::create_of(&fleet.client, &namespace, "MDMTenant", TENANT, json!({})).await;
    let since = fleet.bed.mark();
    fleet.start().await;
    create_all(&fleet, &namespace, CREDENTIALS).await;
    until_valid(&fleet, &namespace, TENANT, CREDENTIALS).await;
    paced(&fleet, &namespace, "they come one by one", since).await;

    // First all dates reach a stage at the same time. Then an operator starts and finds everything unchanged.
    let since = fleet.bed.mark();
    fleet.clock.set("2034-12-15T00:00:00Z");
    until_valid(&fleet, &namespace, TENANT, 0).await;
    paced(&fleet, &namespace, "a stage comes", since).await;
    fleet.stop().await;
    let since = fleet.bed.mark();
    fleet.start().await;
    assert_eq!(fleet.asked_in_all(since).await, crate::fleet::Asked::default());
    let pages = fleet.bed.answered(since, |r| r.user_agent == fleet.agent() && r.verb == "patch");
    assert_eq!(pages.len(), 0, "a restart writes no status");
    fleet.stop().await;
}

#[tokio::test]
async fn the_page_follows_while_many_credentials_settle() {
    const CREDENTIALS: usize = 1500;
    let mut fleet = Fleet::new("import-page", 1).await;
    let namespace = fleet.namespaces[0].clone();
    objects::create_of(&fleet.client, &namespace, "MDMTenant", TENANT, json!({})).await;
    create_all(&fleet, &namespace, CREDENTIALS).await;
    let seen: Pages = Arc::default();
    let watch = tokio::spawn(watch(fleet.client.clone(), namespace.clone(), seen.clone()));
    let since = fleet.bed.mark();
    fleet.start().await;
    until_valid(&fleet, &namespace, TENANT, CREDENTIALS).await;
    paced(&fleet, &namespace, "many at once", since).await;
    watch.abort();
    fleet.stop().await;

    // Compares the time at which each credential's status was stored with the time at which the tenant status first
    // counted as many.
    let own = |r: &Request| {
        r.user_agent == fleet.agent()
            && (r.verb.as_str(), r.resource.as_str(), r.code) == ("patch", "tenantcredentials", 200)
    };
    let stored = fleet.bed.answered(since, own);
    assert_eq!(stored.len(), CREDENTIALS, "each status is written once, regardless of the speed");
    let seen = seen.lock().unwrap();
    let follows = stored.iter().enumerate().map(|(n, at)| {
        let (page, _) = seen.iter().find(|(_, valid)| *valid > n as u64).unwrap();
        *page - *at
    });
    let longest = follows.max().unwrap();
    println!("the page follows each after {} ms at the latest", longest.num_milliseconds());
    // If the operator waited for the last credential, the tenant status would follow the first credential after the
    // whole time. An idle machine needs at most two seconds, and a busy machine may use a quarter of the whole time.
    let all = *stored.last().unwrap() - stored[0];
    assert!(longest <= TimeDelta::seconds(2) || longest * 4 <= all, "{longest} of {all}: {seen:?}");
}

/// The time at which each tenant status was seen, and its count of valid credentials.
type Pages = Arc<Mutex<Vec<(DateTime<Utc>, u64)>>>;

async fn watch(client: Client, namespace: String, seen: Pages) {
    let kind = ApiResource::from_gvk_with_plural(
        &GroupVersionKind::gvk("lapsewatch.dev", "v1alpha1", "MDMTenant"),
        "mdmtenants",
    );
    let api: Api<DynamicObject> = Api::namespaced_with(client, &namespace, &kind);
    let mut events = std::pin::pin!(api.watch(&WatchParams::default(), "0").await.unwrap());
    while let Some(event) = events.next().await {
        if let Ok(WatchEvent::Added(object) | WatchEvent::Modified(object)) = event {
            seen.lock().unwrap().push((Utc::now(), valid(&object.data["status"])));
        }
    }
}
