//! Tests that nothing of a Secret's content appears in any status, Event, log or table. The real binary runs at its
//! most verbose, on valid and invalid Secrets of every type.

use serde_json::Value;

use crate::cluster::binary::Running;
use lapsewatch_test_support::canary::{Case, Search, cases};
use lapsewatch_test_support::cluster::story::Story;

#[tokio::test]
async fn no_canary_of_any_artefact_comes_out_anywhere() {
    // The binary uses the machine's clock. Only the last part of the test sets a clock.
    let mut story = Story::without_operator("planted", "2036-06-01T00:00:00Z").await;
    let cases = cases();
    let search = Search::of(&cases);
    let args = ["--namespace", &story.namespace, "--settle", "0s", "--log-level", "trace", "--log-format", "json"];
    let running = Running::start(story.bed, &story.namespace, std::slice::from_ref(&story.namespace), &args).await;
    for case in &cases {
        story.secret_of(case.name, &case.values).await;
        story.credential(case.name, case.spec()).await;
    }
    for case in &cases {
        let ready = format!("{}/{}", if case.is_read() { "True" } else { "False" }, case.reason);
        story.expect(case.name, &[("Ready", &ready)]).await;
        let said = story.events(case.name).await;
        assert_eq!(said.iter().any(|reason| reason == case.reason), !case.is_read(), "{}: {said:?}", case.name);
    }
    search.finds_nothing("what is published first", &published(&story));

    // Changes produce messages of their own. Each Secret gets the content of another Secret of its type, and then its
    // own content back.
    for change in [others(&cases), cases.iter().zip(&cases).collect()] {
        put(&story, &change).await;
        search.finds_nothing("what is published of changes", &published(&story));
    }
    let (_, ended_well, printed) = running.stop();
    assert!(ended_well, "{printed}");
    assert!(printed.matches("Event sent").count() > cases.len(), "the log contains text: {printed}");
    search.finds_nothing("the log", &printed);

    // Expired credentials produce further messages, and so do changes to them.
    story.start().await;
    put(&story, &others(&cases)).await;
    story.calm().await;
    let published = published(&story);
    assert!(published.contains("GracePeriodOver") && published.contains("Lapsed"), "{published}");
    search.finds_nothing("what is published at the end", &published);
}

/// Pairs each case with the previous case of the same type.
fn others(cases: &[Case]) -> Vec<(&Case, &Case)> {
    let before = |at: usize| {
        let mut others = cases[..at].iter().rev().chain(cases[at..].iter().rev());
        others.find(|other| other.type_ == cases[at].type_).unwrap()
    };
    cases.iter().enumerate().map(|(at, case)| (before(at), case)).collect()
}

/// Writes to each Secret the content of another case, and waits until the operator has published its assessment.
async fn put(story: &Story, change: &[(&Case, &Case)]) {
    for (from, case) in change {
        story.secret_of(case.name, &from.values).await;
    }
    let form = "jsonpath={range .items[*]}{.metadata.name} {.metadata.resourceVersion}{\"\\n\"}{end}";
    let versions = story.bed.kubectl_ok(&["get", "secrets", "-n", &story.namespace, "-o", form], "");
    for line in versions.lines() {
        let (name, version) = line.split_once(' ').unwrap();
        story.expect(name, &[("lastRead", version)]).await;
    }
}

/// Returns everything that is visible in the namespace without a right to its Secrets.
fn published(story: &Story) -> String {
    let kubectl = |args: &[&str]| story.bed.kubectl_ok(&[args, &["-n", &story.namespace]].concat(), "");
    let objects = kubectl(&["get", "tcred", "-o", "json", "--show-managed-fields"]);
    let items: Value = serde_json::from_str(&objects).unwrap();
    assert!(items["items"].as_array().unwrap().iter().all(|item| item["status"]["lastRead"].is_object()));
    [
        objects,
        kubectl(&["get", "events.events.k8s.io", "-o", "json", "--show-managed-fields"]),
        kubectl(&["get", "events", "-o", "json", "--show-managed-fields"]),
        kubectl(&["get", "tcred,events", "-o", "wide"]),
        kubectl(&["describe", "tcred"]),
    ]
    .join("\n")
}
