//! Tests of reported peers for a caller who may read fewer or more namespaces than the operator.

use serde_json::json;

use super::{by, status};
use crate::cluster::restart::grant;
use lapsewatch_test_support::cluster::bed::Bed;
use lapsewatch_test_support::cluster::story::Story;

const NOW: &str = "2030-03-01T00:00:00Z";

async fn vpp(story: &Story, name: &str) {
    story.secret(name, &[("token", "vpp/a.vpptoken")]).await;
    let spec = json!({"type": "VPPToken", "secretRef": {"name": name}, "reminderEveryHours": 0});
    story.credential(name, spec).await;
}

#[tokio::test]
async fn one_who_sees_one_namespace_is_told_what_the_operator_said_of_the_others() {
    // A control plane of its own, since other tests hold the same token.
    let bed: &'static Bed = Box::leak(Box::new(Bed::bare()));
    bed.install_crds().unwrap();
    let mut first = Story::on(bed, "home-first", NOW).await;
    let second = Story::on(bed, "home-second", NOW).await;
    first.also = vec![second.namespace.clone()];
    vpp(&first, "ours").await;
    first.start().await;
    first.expect("ours", &[("Duplicate", "False/Unique")]).await;
    // Creation timestamps are whole seconds, and the first object must be older.
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    vpp(&second, "theirs").await;
    first.expect("ours", &[("Duplicate", "True/SharedByOthers")]).await;
    second.expect("theirs", &[("Duplicate", "True/TokenInUse")]).await;
    first.calm().await;

    let theirs = status(&second, &[]).await;
    theirs.is(1).hides("STALE").shows("theirs Duplicate Warning").shows("a credential of another namespace");
    theirs.hides(&first.namespace).hides("ours");
    // A caller who may read both namespaces sees both names.
    let both = by(first.clock.clone(), &first.bed.kubeconfig, &["-n", &first.namespace, "-n", &second.namespace]).await;
    both.hides("STALE").shows(&format!("also held by {}/theirs", second.namespace));
    both.shows(&format!("also held by {}/ours", first.namespace));

    // The second object is deleted while no operator updates the first. Only a caller who may read all namespaces can
    // find that out.
    first.stop().await;
    second.delete_credential("theirs").await;
    status(&first, &[]).await.hides("STALE").shows("ours Valid Notice").shows("SharedByOthers");
    let all = by(first.clock.clone(), &first.bed.kubeconfig, &["-A"]).await;
    let row = all.out.lines().find(|line| line.starts_with(&first.namespace)).unwrap().to_owned();
    assert!(row.contains("ours") && row.contains("Valid (STALE)"), "{}", all.out);
    all.shows("stored is Duplicate SharedByOthers, now it is Duplicate Unique");
}

#[tokio::test]
async fn operators_that_look_at_one_namespace_each_are_not_called_stale_for_it() {
    if lapsewatch_test_support::cluster::account::is_about_namespaces() {
        return;
    }
    let first = Story::begin("home-apart", NOW).await;
    let second = Story::begin("home-apart-too", NOW).await;
    vpp(&first, "ours").await;
    first.expect("ours", &[("Duplicate", "False/Unique")]).await;
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    vpp(&second, "theirs").await;
    second.expect("theirs", &[("Duplicate", "False/Unique")]).await;
    let all = by(first.clock.clone(), &first.bed.kubeconfig, &["-A", "--type", "VPPToken"]).await;
    let of = |story: &Story| {
        all.out.lines().find(|line| line.starts_with(&format!("{} ", story.namespace))).unwrap().to_owned()
    };
    // Neither operator can see the other namespace, but this caller can.
    assert!(of(&second).contains("theirs") && of(&second).contains("Duplicate  "), "{}", all.out);
    assert!(!of(&first).contains("STALE") && !of(&second).contains("STALE"), "{}", all.out);

    // An operator can see its own namespace, so an outdated status there counts as stale.
    let mut first = first;
    first.stop().await;
    let mut fresh = first.status("ours").await;
    vpp(&first, "again").await;
    fresh["lastRead"]["name"] = "again".into();
    first.merge("again", true, json!({ "status": fresh })).await;
    let shown = status(&first, &[]).await;
    shown.shows("again Duplicate (STALE)").shows("stored is Valid, now it is Duplicate");
    shown.shows("stored is Duplicate Unique, now it is Duplicate SharedByOthers");
}

#[tokio::test]
async fn a_namespace_that_may_not_be_read_does_not_hide_one_that_may() {
    let story = Story::begin("home-two", NOW).await;
    let other = Story::without_operator("home-closed", NOW).await;
    super::declare(&story, "contract", "2031-01-01T00:00:00Z").await;
    story.expect("contract", &[("Healthy", "True/Valid")]).await;
    let user = format!("system:serviceaccount:{}:reader", story.namespace);
    let rules = json!([{"apiGroups": ["lapsewatch.dev"], "resources": ["tenantcredentials", "mdmtenants"], "verbs": ["get", "list"]}]);
    grant(&story, &user, &rules);
    let kubeconfig = story.bed.kubeconfig_as(&user, &story.namespace);
    by(story.clock.clone(), &kubeconfig, &[]).await.is(0).shows("contract Valid");
    let args = ["-n", &story.namespace, "-n", &other.namespace];
    let seen = by(story.clock.clone(), &kubeconfig, &args).await;
    seen.is(2).shows("contract Valid").complains(&format!("in namespace {}: ask for a Role there", other.namespace));
}
