//! Tests that a change of one holder causes few writes if a thousand objects use the same token.

use futures::stream::{self, StreamExt};
use serde_json::json;

use crate::fleet::{Fleet, saying};
use lapsewatch_test_support::cluster::objects;

const HOLDERS: usize = 1000;
/// The maximum number of status writes for one change: the changed holder, five holders that name the changed holder,
/// the oldest, and a few retries after conflicts.
const FEW: usize = 12;

fn name(number: usize) -> String {
    format!("holder-{number:04}")
}

#[tokio::test]
async fn who_joins_a_thousand_or_leaves_costs_few_writes() {
    let mut fleet = Fleet::new("crowd", 1).await;
    let namespace = fleet.namespaces[0].clone();
    stream::iter(0..HOLDERS)
        .for_each_concurrent(16, |n| {
            let (client, namespace) = (&fleet.client, &namespace);
            async move { objects::create(client, namespace, &name(n), 0).await }
        })
        .await;
    let since = fleet.bed.mark();
    fleet.start().await;
    fleet.until("all are told", |all| are_told(all, HOLDERS)).await;
    let asked = fleet.asked_in_all(since).await;
    assert_eq!((asked.statuses, asked.conflicts), (HOLDERS, 0), "each status is written once");

    // The changed holders are the oldest, the holder in the middle and the newest.
    let mut by_age = fleet.objects().await;
    by_age.sort_by_key(|object| {
        let text = |field: &str| object["metadata"][field].as_str().unwrap().to_owned();
        (text("creationTimestamp"), text("name"))
    });
    for (what, at) in [("oldest", 0), ("middle", HOLDERS / 2), ("newest", HOLDERS - 1)] {
        let name = by_age[at]["metadata"]["name"].as_str().unwrap();
        let secret = format!("/api/v1/namespaces/{namespace}/secrets/{name}");
        few(&fleet, &format!("the {what} leaves"), HOLDERS - 1, objects::delete(&fleet.client, &secret)).await;
        let data = json!({"sToken": objects::token(0)});
        let back = objects::create_secret(&fleet.client, &namespace, name, data);
        few(&fleet, &format!("the {what} is back"), HOLDERS, back).await;
    }
    let another = objects::create(&fleet.client, &namespace, "another", 0);
    few(&fleet, "another one joins", HOLDERS + 1, another).await;
    let another = objects::path(&namespace, "another");
    few(&fleet, "and is deleted", HOLDERS, objects::delete(&fleet.client, &another)).await;
    fleet.stop().await;
}

async fn few(fleet: &Fleet, what: &str, holders: usize, change: impl Future<Output = ()>) {
    let since = fleet.bed.mark();
    change.await;
    fleet.until(what, |all| are_told(all, holders)).await;
    let asked = fleet.asked_in_all(since).await;
    assert!(asked.statuses <= FEW, "{what}: {asked:?}");
}

/// True if the oldest holder reports SharedByOthers and all others report TokenInUse.
fn are_told(objects: &[serde_json::Value], holders: usize) -> bool {
    (saying(objects, "SharedByOthers"), saying(objects, "TokenInUse")) == (1, holders - 1)
}
