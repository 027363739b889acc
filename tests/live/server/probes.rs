//! Tests of the probes: an operator is alive if it answers, and ready if it can do its work. A client that reaches the
//! port can't block either probe.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncWriteExt, Interest};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::server::replica::Replica;
use crate::server::scrape::ask;
use lapsewatch_test_support::cluster::story::Story;

/// Four times the timeout of the chart's probes, since other tests may keep the machine busy.
const KUBELET: Duration = Duration::from_secs(20);
const NOW: &str = "2030-06-01T00:00:00Z";

#[tokio::test]
async fn it_is_alive_at_once_and_ready_when_all_was_listed() {
    let story = Story::without_operator("probes", NOW).await;
    let replica = Replica::start(&story, "lapsewatch-test/probes", None, false).await;
    let answer = replica.get("/livez").await;
    assert_eq!((answer.code, answer.body.as_str()), (200, "ok\n"));
    replica.until_ready("ok: leading\n").await;
    for (request, code) in [
        ("GET /nothing HTTP/1.1\r\nhost: a\r\n\r\n", 404),
        ("POST /metrics HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n", 405),
        ("HEAD /livez HTTP/1.1\r\nhost: a\r\n\r\n", 200),
        ("nonsense\r\n\r\n", 400),
    ] {
        assert_eq!(ask(replica.address, request).await.code, code, "{request}");
    }
}

#[tokio::test]
async fn without_rights_it_is_alive_and_not_ready_and_says_why() {
    let story = Story::without_operator("refused", NOW).await;
    let replica = Replica::start(&story, "lapsewatch-test/refused", Some("nobody-at-all"), false).await;
    let refused = |answer: &crate::server::scrape::Answer| {
        answer.body.contains("lapsewatch_watch_errors_total{kind=\"Secret\"}")
            && answer.body.contains("resource=\"secrets\",code=\"403\"}")
    };
    let answer = replica.served("/metrics", refused).await;
    assert_eq!(answer.value("lapsewatch_ready"), Some(0.0));
    let ready = replica.get("/readyz").await;
    assert_eq!(
        (ready.code, ready.body.as_str()),
        (503, "not everything was listed yet; where that lasts, the log tells why\n")
    );
    assert_eq!(replica.get("/livez").await.code, 200);
}

#[tokio::test]
async fn one_that_may_list_secrets_and_read_none_is_not_ready() {
    let story = Story::without_operator("unread", NOW).await;
    let namespace = &story.namespace;
    let user = format!("lister-{namespace}");
    story.bed.kubectl_ok(
        &[
            "create",
            "role",
            "lister",
            "-n",
            namespace,
            "--verb=list,watch",
            "--resource=secrets,tenantcredentials.lapsewatch.dev,mdmtenants.lapsewatch.dev",
        ],
        "",
    );
    story.bed.kubectl_ok(
        &["create", "rolebinding", "lister", "-n", namespace, "--role=lister", &format!("--user={user}")],
        "",
    );
    story.secret("a", &[("push.pem", "apns/a.pem")]).await;
    story.apns("a").await;
    let replica = Replica::start(&story, "lapsewatch-test/unread", Some(&user), false).await;
    let answer = replica.served("/readyz", |answer| answer.body.contains("refuses to read Secrets")).await;
    assert_eq!(answer.code, 503);
    let scrape = replica.get("/metrics").await;
    assert!(scrape.value("lapsewatch_secret_reads_total{result=\"refused\"}") >= Some(1.0), "{}", scrape.body);
    let errors = "lapsewatch_reconcile_errors_total{kind=\"TenantCredential\",reason=\"read-secret\"}";
    assert!(scrape.value(errors) >= Some(1.0), "{}", scrape.body);
    // After the missing permission is granted, the operator recovers automatically.
    story.bed.kubectl_ok(
        &[
            "create",
            "clusterrole",
            &user,
            "--verb=get,patch,create",
            "--resource=secrets,tenantcredentials.lapsewatch.dev/status,events.events.k8s.io",
        ],
        "",
    );
    story.bed.kubectl_ok(
        &[
            "create",
            "rolebinding",
            "reader",
            "-n",
            namespace,
            &format!("--clusterrole={user}"),
            &format!("--user={user}"),
        ],
        "",
    );
    replica.until_ready("ok: leading\n").await;
}

/// Opens connections that send this request and nothing more. Closed connections are opened again until the set is
/// dropped.
fn flood(address: SocketAddr, connections: usize, request: &'static [u8]) -> JoinSet<()> {
    let mut flood = JoinSet::new();
    for _ in 0..connections {
        flood.spawn(async move {
            loop {
                if let Ok(mut stream) = TcpStream::connect(address).await {
                    stream.write_all(request).await.ok();
                    // The client never reads the answer, but it notices the end of the connection.
                    while !matches!(stream.ready(Interest::ERROR).await, Ok(ready) if ready.is_error() || ready.is_read_closed()) {
                        tokio::time::sleep(Duration::from_millis(50)).await;
                    }
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
    }
    flood
}

#[tokio::test]
async fn connections_that_say_nothing_keep_no_probe_from_its_answer() {
    let story = Story::without_operator("idle", NOW).await;
    let replica = Replica::start(&story, "lapsewatch-test/idle", None, false).await;
    for request in [b"".as_slice(), b"GET /metr"] {
        let _flood = flood(replica.address, 700, request);
        tokio::time::sleep(Duration::from_secs(2)).await;
        for _ in 0..10 {
            let answer = tokio::time::timeout(KUBELET, replica.get("/livez")).await.expect("no answer in time");
            assert_eq!(answer.code, 200);
        }
    }
}
