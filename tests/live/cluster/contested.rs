//! Tests the backoff if another program replaces a status after each write. The operator also logs the name of that
//! program.

use std::time::Duration;

use serde_json::json;

use crate::cluster::binary::Running;
use lapsewatch_test_support::cluster::audit::count;
use lapsewatch_test_support::cluster::story::Story;

/// The number of checks, 25 ms apart. In each, the other program replaces the status if the operator has corrected it.
const ROUNDS: u32 = 400;

#[tokio::test]
async fn a_status_that_another_program_replaces_each_time_is_written_ever_more_rarely() {
    let story = Story::without_operator("contested", "2036-06-01T00:00:00Z").await;
    story.secret("acme", &[("push.pem", "apns/a.pem")]).await;
    story.apns("acme").await;
    let args = ["--namespace", &story.namespace];
    let running = Running::start(story.bed, &story.namespace, std::slice::from_ref(&story.namespace), &args).await;
    let status = story.expect("acme", &[("Ready", "True/Assessed")]).await;
    let severity = status["severity"].as_str().unwrap().to_owned();
    assert_ne!(severity, "Critical");
    let since = story.bed.mark();
    for _ in 0..ROUNDS {
        if story.status("acme").await["severity"] != "Critical" {
            story.merge("acme", true, json!({"status": {"severity": "Critical"}})).await;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    let requests = story.bed.audit(since);
    let user = format!(
        "system:serviceaccount:{0}:{1}",
        story.namespace,
        lapsewatch_test_support::cluster::account::release(&story.namespace)
    );
    let wrote = count(&requests, |r| r.user == user && r.subresource == "status" && r.code == 200);
    // Five writes at once, then after 1, 2, 4 s and so on. The test may take two minutes on a slow machine, which
    // allows four writes more than ten seconds do.
    assert!((5..=12).contains(&wrote), "{wrote}: {requests:#?}");
    // After the other program has stopped, the status becomes correct again.
    story.expect("acme", &[("severity", &severity)]).await;
    let (_, ended_well, log) = running.stop();
    assert!(ended_well, "{log}");
    let line = log.lines().find(|line| line.contains("replaces the status")).unwrap_or_else(|| panic!("{log}"));
    let object = format!("{}/acme", story.namespace);
    assert!(line.contains(&object) && line.contains("other") && line.contains("wait_seconds"), "{line}");
}
