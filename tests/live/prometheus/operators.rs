//! Tests of operators that can't do their work: without permissions, without a leader, or stopped.

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::json;
use tempfile::TempDir;

use crate::prometheus::process::Process;
use crate::prometheus::server::{Prometheus, these};
use lapsewatch_test_support::cluster::bed::{Bed, bed};

/// Starts an operator in a namespace with a credential whose Secret is missing, which causes an Event. Each rule is a
/// verb and the resources on which the operator may use it there.
fn operator(bed: &Bed, folder: &Path, name: &str, rules: &[(&str, &str)], args: &[&str]) -> Process {
    let namespace = bed.namespace(name);
    let object = json!({"apiVersion": "lapsewatch.dev/v1alpha1", "kind": "TenantCredential",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"type": "APNsCertificate", "secretRef": {"name": "missing"}}});
    bed.kubectl_ok(&["apply", "-f", "-"], &object.to_string());
    let user = format!("operator-of-{namespace}");
    for (number, (verbs, resources)) in rules.iter().enumerate() {
        let role = format!("role-{number}");
        let role = ["create", "role", &role, "-n", &namespace, "--verb", verbs, "--resource", resources];
        bed.kubectl_ok(&role, "");
        let [role, user] = [format!("--role={}", role[2]), format!("--user={user}")];
        bed.kubectl_ok(&["create", "rolebinding", &format!("binding-{number}"), "-n", &namespace, &role, &user], "");
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_lapsewatch"));
    command.arg("run").arg("--kubeconfig").arg(bed.kubeconfig_as(&user, &namespace));
    command.args(["--namespace", &namespace, "--settle", "0s", "--log-format", "json", "--listen", "127.0.0.1:0"]);
    command.args(args);
    Process::start(&mut command, &folder.join(name), r#""address":"(127\.0\.0\.1:[0-9]+)""#)
}

const READ: (&str, &str) = ("get,list,watch", "secrets,tenantcredentials.lapsewatch.dev,mdmtenants.lapsewatch.dev");
const SAY: (&str, &str) = ("patch", "tenantcredentials.lapsewatch.dev/status,mdmtenants.lapsewatch.dev/status");
const TELL: (&str, &str) = ("create", "events.events.k8s.io");
const LEAD: (&str, &str) = ("get,create,update", "leases.coordination.k8s.io");

#[test]
fn an_operator_that_cannot_do_its_work_is_an_alert_of_its_own_and_one_that_can_is_none() {
    let (bed, folder) = (bed(), TempDir::new().unwrap());
    let of = |name: &str, rules: &[(&str, &str)], args: &[&str]| operator(bed, folder.path(), name, rules, args);
    let well = of("well", &[READ, SAY, TELL], &[]);
    let mute = of("mute", &[READ, SAY], &[]);
    let wordless = of("wordless", &[READ, TELL], &[]);
    let blind = of("blind", &[SAY, TELL], &[]);
    // Another holder took the Lease for an hour, and has not renewed it since.
    let held = bed.namespace("held");
    let now = "2020-01-01T00:00:00.000000Z";
    let lease = json!({"apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
        "metadata": {"name": "lapsewatch", "namespace": held},
        "spec": {"holderIdentity": "gone", "leaseDurationSeconds": 3600, "acquireTime": now, "renewTime": now}});
    bed.kubectl_ok(&["create", "-f", "-"], &lease.to_string());
    let lead = ["--leader-elect", "--lease-namespace", &held];
    let leaderless = of("leaderless", &[READ, SAY, TELL], &lead);
    let binding = ["--clusterrole=leases", "--group=system:authenticated"];
    bed.kubectl_ok(&["create", "clusterrole", "leases", "--verb", LEAD.0, "--resource", LEAD.1], "");
    bed.kubectl_ok(&["create", "rolebinding", "leases", "-n", &held, binding[0], binding[1]], "");
    // No process listens at this address any more.
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();

    let prometheus = Prometheus::start(
        folder.path(),
        &[
            ("lapsewatch-well", &[&well.address]),
            ("lapsewatch-mute", &[&mute.address]),
            ("lapsewatch-wordless", &[&wordless.address]),
            ("lapsewatch-blind", &[&blind.address]),
            ("lapsewatch-leaderless", &[&leaderless.address]),
            ("lapsewatch-gone", &[&gone]),
        ],
    );
    let mut expected = these(&[
        ("LapsewatchCredentialUnreadable", "warning", "well"),
        ("LapsewatchCredentialUnreadable", "warning", "mute"),
        ("LapsewatchRefused", "warning", "lapsewatch-mute"),
        ("LapsewatchRefused", "warning", "lapsewatch-wordless"),
        ("LapsewatchNotReady", "critical", "lapsewatch-blind"),
        ("LapsewatchNoLeader", "critical", "lapsewatch-leaderless"),
        ("LapsewatchDown", "critical", "lapsewatch-gone"),
    ]);
    prometheus.await_alerts(&expected);
    // This state persists. An alert about a cause stays silent while a critical alert fires.
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(prometheus.firing().into_keys().collect::<BTreeSet<_>>(), expected);
    for (job, method, resource) in [("mute", "POST", "events"), ("wordless", "PATCH", "tenantcredentials/status")] {
        let refused = prometheus.query(&format!("ALERTS{{alertname=\"LapsewatchRefused\",job=\"lapsewatch-{job}\"}}"));
        let label = |name: &str| refused[0]["metric"][name].as_str().unwrap().to_owned();
        assert_eq!((label("method").as_str(), label("resource").as_str()), (method, resource));
    }

    // A replica that disappears with its target, for example with a deleted release, is reported although other
    // replicas answer.
    well.stop();
    prometheus.forget("lapsewatch-well");
    expected.insert(("LapsewatchDown".into(), "critical".into(), "lapsewatch-well".into()));
    prometheus.await_alerts(&expected);
    assert_eq!(prometheus.query("up{job=\"lapsewatch-well\"}"), [serde_json::Value::Null; 0]);
}
