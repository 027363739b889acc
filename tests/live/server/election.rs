//! Tests of the leader election task: a replica leads only as long as the task runs, and a shutdown releases the Lease
//! at any time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use k8s_openapi::api::coordination::v1::Lease;
use kube::Api;
use lapsewatch_cluster::clock::Clock;
use lapsewatch_operator::controller::OperatorFailure;

use crate::server::replica::{Replica, TickingClock};
use lapsewatch_test_support::cluster::account::release;
use lapsewatch_test_support::cluster::audit::count;
use lapsewatch_test_support::cluster::story::{PATIENCE, Story};

const NOW: &str = "2030-06-01T00:00:00Z";
const WARNING: &str = "2030-12-15T00:00:00Z";

const SOUND: u8 = 0;
const ENDS: u8 = 1;
const STANDS_STILL: u8 = 2;

/// The story's clock with faults in the election task, which reads the clock in each iteration.
struct BreakingClock {
    clock: TickingClock,
    fault: AtomicU8,
    operator: std::sync::OnceLock<tokio::task::Id>,
}

impl Clock for BreakingClock {
    fn now(&self) -> DateTime<Utc> {
        let is_election = self.operator.get().is_some_and(|operator| tokio::task::try_id() != Some(*operator));
        match self.fault.load(Ordering::Relaxed) {
            ENDS if is_election => panic!("intended fault: the election ends"),
            // Hands the other tasks of this thread over to another thread.
            STANDS_STILL if is_election => tokio::task::block_in_place(|| {
                while self.fault.load(Ordering::Relaxed) == STANDS_STILL {
                    std::thread::sleep(Duration::from_millis(50));
                }
            }),
            _ => {}
        }
        self.clock.now()
    }

    fn wait_until(&self, time: Option<DateTime<Utc>>) -> BoxFuture<'static, ()> {
        self.clock.wait_until(time)
    }
}

/// Ends the fault even if the test fails. Otherwise the blocked task would keep the process alive.
struct Mend(Arc<BreakingClock>);

impl Drop for Mend {
    fn drop(&mut self) {
        self.0.fault.store(SOUND, Ordering::Relaxed);
    }
}

/// Starts a replica that leads and has assessed one credential, and returns the clock that can break its election.
async fn leader(prefix: &str) -> (Story, Replica, Arc<BreakingClock>, String) {
    let story = Story::without_operator(prefix, NOW).await;
    story.secret("a", &[("push.pem", "apns/a.pem"), ("push.key", "apns/a.key")]).await;
    story.apns("a").await;
    let agent = format!("lapsewatch-test/{}", story.namespace);
    let fault = AtomicU8::new(SOUND);
    let clock = Arc::new(BreakingClock { clock: TickingClock::of(&story), fault, operator: Default::default() });
    let replica = Replica::start_by(&story, &agent, None, true, clock.clone()).await;
    replica.until_ready("ok: leading\n").await;
    story.expect("a", &[("Healthy", "True/Valid")]).await;
    clock.operator.set(replica.task()).unwrap();
    (story, replica, clock, agent)
}

/// Checks that this replica has sent only read requests since the marker.
async fn wrote_nothing(story: &Story, agent: &str, since: lapsewatch_test_support::cluster::audit::Marker) {
    // An operator that wanted to write would do so immediately.
    story.calm().await;
    let requests = story.bed.audit(since);
    let writes = count(&requests, |r| r.user_agent == agent && !matches!(&*r.verb, "get" | "list" | "watch"));
    assert_eq!(writes, 0, "{requests:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_election_that_ends_takes_the_lead_with_it_and_ends_the_operator() {
    let (story, mut replica, clock, agent) = leader("election-ends").await;
    clock.fault.store(ENDS, Ordering::Relaxed);
    let ended = tokio::time::timeout(PATIENCE * 2, replica.ended()).await.expect("leads without its election");
    assert_eq!(ended, Err(OperatorFailure::Election));
    let since = story.bed.mark();
    story.at(WARNING);
    wrote_nothing(&story, &agent, since).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn while_the_election_stands_still_nothing_is_written_and_it_is_not_ready() {
    let (story, replica, clock, agent) = leader("election-still").await;
    clock.fault.store(STANDS_STILL, Ordering::Relaxed);
    let mend = Mend(clock);
    replica.served("/readyz", |answer| answer.code == 503 && answer.body.contains("unknown which replica leads")).await;
    let since = story.bed.mark();
    story.at(WARNING);
    wrote_nothing(&story, &agent, since).await;
    assert_eq!(replica.get("/metrics").await.value("lapsewatch_leader"), Some(0.0));
    drop(mend);
    replica.until_ready("ok: leading\n").await;
    story.expect("a", &[("Expiring", "True/Within30Days")]).await;
    assert_eq!(story.events("a").await, ["ExpiresWithin30Days"]);
}

async fn lease(story: &Story) -> Lease {
    Api::namespaced(story.client.clone(), &story.namespace).get(&release(&story.namespace)).await.unwrap()
}

async fn holder(story: &Story) -> String {
    lease(story).await.spec.unwrap().holder_identity.unwrap()
}

/// Starts a replica that leads and waits for the answer to a renewal, which the server has already performed.
async fn between_renewal_and_answer(prefix: &str) -> (Story, Replica) {
    let mut story = Story::without_operator(prefix, NOW).await;
    story.connect_by_relay().await;
    let replica = Replica::start(&story, &format!("lapsewatch-test/{}", story.namespace), None, true).await;
    replica.until_ready("ok: leading\n").await;
    let before = lease(&story).await;
    story.relay.as_ref().unwrap().hold_answers();
    let begun = Instant::now();
    while lease(&story).await == before {
        assert!(begun.elapsed() < PATIENCE, "the Lease is not renewed");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    (story, replica)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_stop_during_a_renewal_releases_the_lease() {
    let (story, replica) = between_renewal_and_answer("stop-renewing").await;
    let relay = story.relay.as_ref().unwrap();
    let answer = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        relay.release_answers();
    };
    tokio::join!(replica.stop(), answer);
    assert_eq!(holder(&story).await, "", "the Lease is released");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_stop_releases_the_lease_also_if_the_answer_to_the_renewal_is_lost() {
    let (story, replica) = between_renewal_and_answer("stop-unanswered").await;
    let relay = story.relay.as_ref().unwrap();
    let lose = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        relay.cut().await;
        relay.release_answers();
        relay.mend();
    };
    tokio::join!(replica.stop(), lose);
    assert_eq!(holder(&story).await, "", "the Lease is released");
}

#[tokio::test]
async fn a_replica_that_may_not_write_the_lease_blames_no_other_replica() {
    let story = Story::without_operator("lease-refused", NOW).await;
    let (namespace, name) = (&story.namespace, release(&story.namespace));
    story.bed.kubectl_ok(
        &[
            "create",
            "role",
            "reader",
            "-n",
            namespace,
            "--verb=get,list,watch",
            "--resource=secrets,tenantcredentials.lapsewatch.dev,mdmtenants.lapsewatch.dev,leases.coordination.k8s.io",
        ],
        "",
    );
    let user = format!("--user=reader-{namespace}");
    story.bed.kubectl_ok(&["create", "rolebinding", "reader", "-n", namespace, "--role=reader", &user], "");
    // A free Lease that the operator may read but not take.
    let lease = serde_json::json!({"apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
        "metadata": {"name": name, "namespace": namespace}, "spec": {"holderIdentity": ""}});
    story.bed.kubectl_ok(&["create", "-f", "-"], &lease.to_string());
    let agent = format!("lapsewatch-test/{namespace}");
    let replica = Replica::start(&story, &agent, Some(&user["--user=".len()..]), true).await;
    let tried = |requests: &lapsewatch_test_support::cluster::audit::Requests| {
        count(requests, |r| r.user_agent == agent && r.resource == "leases" && r.verb == "update" && r.code == 403)
    };
    let since = story.bed.mark();
    let begun = Instant::now();
    while tried(&story.bed.audit(since)) == 0 {
        assert!(begun.elapsed() < PATIENCE, "the replica does not try to take the Lease");
        let answer = replica.get("/readyz").await;
        assert!(answer.code == 503, "{}", answer.body);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let answer = replica.get("/readyz").await;
    assert!(answer.code == 503 && answer.body.contains("unknown which replica leads"), "{}", answer.body);
}
