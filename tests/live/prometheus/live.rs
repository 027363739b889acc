//! End-to-end test with real programs: two replicas of the operator on a real API server, scraped by a real Prometheus
//! with the rules.

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::prometheus::dashboard;
use crate::prometheus::process::{Process, await_some};
use crate::prometheus::promtool;
use crate::prometheus::scene::Scene;
use crate::prometheus::server::Prometheus;
use lapsewatch_test_support::cluster::bed::{Bed, bed};

/// Starts a replica of the operator that watches the scene's namespaces.
pub fn replica(bed: &Bed, scene: &Scene<'_>, folder: &Path, name: &str) -> Process {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lapsewatch"));
    command.arg("run").arg("--kubeconfig").arg(&bed.kubeconfig);
    command.args(["--namespace", &scene.acme, "--namespace", &scene.qa, "--settle", "0s", "--log-format", "json"]);
    command.args(["--leader-elect", "--lease-namespace", &scene.acme, "--listen", "127.0.0.1:0"]);
    Process::start(&mut command, &folder.join(name), r#""address":"(127\.0\.0\.1:[0-9]+)""#)
}

#[test]
fn a_real_prometheus_fires_what_the_operator_finds_and_outlasts_a_change_of_leader() {
    let (bed, folder) = (bed(), TempDir::new().unwrap());
    let scene = Scene::new(bed, folder.path());
    let replicas = ["first", "second"].map(|name| replica(bed, &scene, folder.path(), name));
    let prometheus = Prometheus::start(folder.path(), &[("lapsewatch", &[&replicas[0].address, &replicas[1].address])]);
    scene.fill();
    let mut expected = scene.expected();
    let since = prometheus.await_alerts(&expected);
    assert_eq!(prometheus.failed_rules(), [serde_json::Value::Null; 0]);

    // Without an Accept header, the operator serves the text format, which promtool can check.
    let text = replicas[0].get("/metrics").unwrap();
    let (is_content, said) = promtool::given(&["check", "metrics"], &text);
    assert!(is_content && text.contains("# TYPE lapsewatch_build_info gauge\n"), "{said}\n{text}");

    // Every query of the dashboard returns series.
    for (title, query) in dashboard::queries() {
        let is_empty = prometheus.query(&query).is_empty();
        // No failures occurred in this test.
        assert!(!is_empty || title == "Failures", "{title} shows nothing: {query}");
    }
    for (label, selector) in [("namespace", "lapsewatch_severity"), ("job", "lapsewatch_build_info")] {
        let values = prometheus.label_values(label, selector);
        let expected = if label == "job" { vec!["lapsewatch"] } else { vec![scene.acme.as_str(), &scene.qa] };
        assert_eq!(values, serde_json::json!(expected));
    }

    // The leading replica fails, and the other replica takes over when the Lease expires. Until then, no replica serves
    // series of objects, and no alert may end or start again.
    let leads = prometheus.query("lapsewatch_leader == 1");
    let leads = leads[0]["metric"]["instance"].as_str().unwrap();
    let (leader, standby): (Vec<Process>, Vec<Process>) =
        replicas.into_iter().partition(|replica| replica.address == leads);
    drop(leader);
    let [standby] = <[Process; 1]>::try_from(standby).ok().unwrap();
    let served = format!("lapsewatch_credential_problem{{instance=\"{}\"}}", standby.address);
    await_some("the other replica's series", || (!prometheus.query(&served).is_empty()).then_some(()));
    // The rules were evaluated after the change of leader, too.
    let now = prometheus.query("vector(time())")[0]["value"][1].as_str().unwrap().to_owned();
    let evaluated = format!("max(timestamp(ALERTS)) > {now}");
    await_some("an evaluation", || (!prometheus.query(&evaluated).is_empty()).then_some(()));
    let mut still = prometheus.firing();
    // LapsewatchDown may fire if the machine is too busy to answer for half a minute.
    still.retain(|alert, _| alert.0 != "LapsewatchDown");
    assert_eq!(still, since);

    // A renewal ends only its own alert.
    scene.replace("due", "due", "-1h", "+364d");
    assert!(expected.remove(&("LapsewatchCredentialExpiringCritical".into(), "critical".into(), "due".into())));
    let still = prometheus.await_alerts(&expected);
    assert!(still.iter().all(|(alert, begun)| since[alert] == *begun), "{still:?}\n{since:?}");

    // No replica answers any more, which is an alert of its own. The alerts of objects continue to fire.
    standby.stop();
    expected.insert(("LapsewatchDown".into(), "critical".into(), "lapsewatch".into()));
    let still = prometheus.await_alerts(&expected);
    assert!(still.iter().all(|(alert, begun)| alert.0 == "LapsewatchDown" || since[alert] == *begun), "{still:?}");
}
