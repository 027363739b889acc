//! Tests the import of 2,000 credentials, of which 200 are duplicates: 100 pairs, half of them across namespaces.

use std::collections::BTreeMap;

use futures::stream::{self, StreamExt};
use serde_json::{Value, json};

use crate::fleet::{Asked, Fleet, saying, versions};
use lapsewatch_test_support::cluster::objects;

const CREDENTIALS: usize = 2000;
const PAIRS: usize = 100;

#[tokio::test]
async fn each_party_of_a_duplicate_is_told_once_and_a_restart_is_no_news() {
    let mut fleet = Fleet::new("import", 2).await;
    fleet.start().await;
    let since = fleet.bed.mark();
    import(&fleet).await;
    let objects = fleet.until("all are assessed", are_told).await;
    pairs_agree(&objects);
    let asked = fleet.asked_in_all(since).await;
    assert_eq!(asked.events, 0, "no finding is announced before the event delay");
    // Each status is written once. The first holder of a pair is written again when the second is found.
    let written = asked.statuses - asked.conflicts;
    assert!((CREDENTIALS..=CREDENTIALS + PAIRS).contains(&written), "{asked:?}");

    fleet.clock.set("2030-03-01T00:00:30Z");
    fleet.until_events(2 * PAIRS).await;
    let asked = fleet.asked_in_all(since).await;
    assert_eq!(asked.events, 2 * PAIRS);
    told_once(&fleet).await;

    // After a restart, the operator reads no Secret, writes no status and sends no Event.
    fleet.stop().await;
    let before = versions(&fleet.objects().await);
    let since = fleet.bed.mark();
    fleet.start().await;
    assert_eq!(fleet.asked_in_all(since).await, Asked::default());
    fleet.clock.set("2030-03-01T00:10:00Z");
    assert_eq!(fleet.asked_in_all(since).await, Asked::default());
    assert_eq!(versions(&fleet.objects().await), before);
    fleet.stop().await;

    // Without the stored findings, the operator writes the final state of each duplicate at once and no intermediate
    // state.
    let nothing =
        json!({"conditions": null, "lastRead": null, "notifications": null, "announced": null, "duplicates": null});
    let duplicates =
        fleet.objects().await.into_iter().filter(|object| objects::reason(object, "Duplicate") != "Unique");
    stream::iter(duplicates)
        .for_each_concurrent(16, |object| {
            let (client, nothing) = (&fleet.client, &nothing);
            async move {
                let text = |field: &str| object["metadata"][field].as_str().unwrap().to_owned();
                objects::patch_status(client, &text("namespace"), &text("name"), nothing).await;
            }
        })
        .await;
    fleet.clock.set("2030-03-01T00:00:00Z");
    let since = fleet.bed.mark();
    fleet.start().await;
    pairs_agree(&fleet.until("all are assessed again", are_told).await);
    let found = Asked { secrets: 2 * PAIRS, statuses: 2 * PAIRS, ..Asked::default() };
    assert_eq!(fleet.asked_in_all(since).await, found);
    fleet.stop().await;
}

/// Creates the credentials in a scattered order, so that the objects of a pair are not created together.
async fn import(fleet: &Fleet) {
    let [here, there] = [&fleet.namespaces[0], &fleet.namespaces[1]];
    stream::iter((0..CREDENTIALS).map(|n| n * 7919 % CREDENTIALS))
        .for_each_concurrent(16, |n| async move {
            let number = if n < CREDENTIALS - PAIRS { n } else { n - (CREDENTIALS - PAIRS) };
            let namespace = if number == n || number % 2 == 0 { here } else { there };
            objects::create(&fleet.client, namespace, &format!("credential-{n}"), number).await;
        })
        .await;
}

fn are_told(objects: &[Value]) -> bool {
    let of = |reason| saying(objects, reason);
    (of("Unique"), of("SharedByOthers"), of("TokenInUse")) == (CREDENTIALS - 2 * PAIRS, PAIRS, PAIRS)
}

/// Asserts that the older object of each pair reports SharedByOthers and the younger object reports TokenInUse.
fn pairs_agree(objects: &[Value]) {
    let mut pairs: BTreeMap<&str, Vec<(&str, &str, &str, &str)>> = BTreeMap::new();
    for object in objects.iter().filter(|object| objects::reason(object, "Duplicate") != "Unique") {
        let text = |field: &str| object["metadata"][field].as_str().unwrap();
        let age = (text("creationTimestamp"), text("namespace"), text("name"), objects::reason(object, "Duplicate"));
        pairs.entry(object["status"]["credential"]["fingerprint"].as_str().unwrap()).or_default().push(age);
    }
    assert_eq!(pairs.len(), PAIRS);
    for mut pair in pairs.into_values() {
        pair.sort_unstable();
        let reasons: Vec<&str> = pair.iter().map(|(.., reason)| *reason).collect();
        assert_eq!(reasons, ["SharedByOthers", "TokenInUse"], "{pair:?}");
    }
}

async fn told_once(fleet: &Fleet) {
    let events = fleet.events().await;
    let told: BTreeMap<&str, &str> = events
        .iter()
        .map(|event| (event["regarding"]["uid"].as_str().unwrap(), event["reason"].as_str().unwrap()))
        .collect();
    assert_eq!((events.len(), told.len()), (2 * PAIRS, 2 * PAIRS), "each duplicate is announced once");
    for object in fleet.objects().await {
        let reason = objects::reason(&object, "Duplicate");
        let expected = (reason != "Unique").then_some(reason);
        assert_eq!(told.get(object["metadata"]["uid"].as_str().unwrap()).copied(), expected);
    }
}
