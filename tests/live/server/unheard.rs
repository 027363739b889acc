//! Tests the program after the reader of its standard error has gone, as with `lapsewatch | head` or a crashed log
//! collector. It continues to work, although it can't write its log.

use serde_json::json;

use crate::server::program::Program;
use lapsewatch_test_support::cluster::account;
use lapsewatch_test_support::cluster::story::Story;

const NOW: &str = "2030-06-01T00:00:00Z";

#[tokio::test]
async fn a_replica_whose_log_nobody_reads_gives_way_to_another_one() {
    let story = Story::without_operator("unheard", NOW).await;
    let (mut unheard, log) = Program::start(&story, &[]).await;
    drop(log);
    // The operator logs this assessment, so a completed assessment shows that logging does not stop the operator.
    story.credential("a", json!({"type": "DeclaredExpiry", "expirationTime": "2020-01-01T00:00:00Z"})).await;
    story.expect("a", &[("severity", "Warning")]).await;
    // Another replica takes the Lease, which the operator logs too.
    let taken = json!({"spec": {"holderIdentity": "another", "leaseDurationSeconds": 300}}).to_string();
    let lease = account::release(&story.namespace);
    story.bed.kubectl_ok(&["patch", "lease", &lease, "-n", &story.namespace, "--type=merge", "-p", &taken], "");
    unheard.until_ready("ok: standing by\n").await;
    unheard.signal("TERM");
    assert!(unheard.child.wait().unwrap().success());
}
