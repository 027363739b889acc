//! The program itself, whose log nobody reads any more: the reader of its standard error has gone, as `lapsewatch | head`
//! and a log collector that crashed have it. It works on, and what it would log changes nothing that it does.

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
    // What it does is logged: that it is done shows that it outlives logging.
    story.credential("a", json!({"type": "DeclaredExpiry", "expirationTime": "2020-01-01T00:00:00Z"})).await;
    story.expect("a", &[("severity", "Warning")]).await;
    // Another replica takes the Lease, which is logged too.
    let taken = json!({"spec": {"holderIdentity": "another", "leaseDurationSeconds": 300}}).to_string();
    let lease = account::release(&story.namespace);
    story.bed.kubectl_ok(&["patch", "lease", &lease, "-n", &story.namespace, "--type=merge", "-p", &taken], "");
    unheard.until_ready("ok: standing by\n").await;
    unheard.signal("TERM");
    assert!(unheard.child.wait().unwrap().success());
}
