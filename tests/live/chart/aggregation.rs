//! Tests that users with the built-in roles `view`, `edit` and `admin` get rights on lapsewatch's kinds. The real
//! ClusterRole aggregation controller combines the roles.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use lapsewatch_test_support::cluster::bed::{Bed, bed};
use lapsewatch_test_support::cluster::helm::{template, tool};

/// The running controller; dropping the value stops the process.
struct Controller(Child);

impl Controller {
    fn start(bed: &Bed) -> Self {
        let mut command = Command::new(tool("aggregation"));
        command.env("KUBECONFIG", &bed.kubeconfig).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        Self(command.spawn().expect("the controller can't be started"))
    }
}

impl Drop for Controller {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// Returns true if this user has the right.
fn can(bed: &Bed, namespace: &str, user: &str, verb: &str, what: &str) -> bool {
    let who = format!("--as={user}");
    bed.kubectl(&["auth", "can-i", verb, what, "-n", namespace, &who]).status.success()
}

#[test]
fn view_sees_both_kinds_and_edit_changes_them() {
    let bed = bed();
    let namespace = bed.namespace("aggregated");
    let user = |role: &str| format!("{namespace}-{role}");
    for role in ["view", "edit", "admin"] {
        let binding = json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
            "metadata": {"name": role, "namespace": namespace},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role},
            "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user(role)}]});
        bed.kubectl_ok(&["create", "-f", "-"], &binding.to_string());
    }
    let _controller = Controller::start(bed);
    let wait_until = |role: &str, verb: &str, what: &str| {
        let begun = Instant::now();
        while !can(bed, &namespace, &user(role), verb, what) {
            assert!(begun.elapsed() < Duration::from_secs(60), "{role} never gets the right to {verb} {what}");
            std::thread::sleep(Duration::from_millis(200));
        }
    };
    // These rights come from the built-in roles, so they show that the controller works.
    wait_until("view", "list", "configmaps");
    wait_until("admin", "create", "configmaps");
    for role in ["view", "edit", "admin"] {
        assert!(!can(bed, &namespace, &user(role), "get", "tenantcredentials"), "{role} before");
    }

    let objects = template("lapsewatch", "mdm", &["--show-only=templates/aggregated-roles.yaml"]).unwrap();
    assert_eq!(objects.len(), 2);
    objects.iter().for_each(|object| _ = bed.kubectl_ok(&["apply", "-f", "-"], &object.to_string()));
    wait_until("view", "get", "mdmtenants");
    wait_until("edit", "create", "mdmtenants");
    wait_until("admin", "create", "mdmtenants");
    for kind in ["tenantcredentials", "mdmtenants"] {
        for verb in ["get", "list", "watch"] {
            for role in ["view", "edit", "admin"] {
                assert!(can(bed, &namespace, &user(role), verb, kind), "{role} {verb} {kind}");
            }
        }
        for verb in ["create", "update", "patch", "delete"] {
            assert!(!can(bed, &namespace, &user("view"), verb, kind), "view {verb} {kind}");
            for role in ["edit", "admin"] {
                assert!(can(bed, &namespace, &user(role), verb, kind), "{role} {verb} {kind}");
            }
        }
        // Only the operator may write statuses.
        let who = format!("--as={}", user("admin"));
        let may = bed.kubectl(&["auth", "can-i", "patch", kind, "--subresource=status", "-n", &namespace, &who]);
        assert!(!may.status.success(), "admin patches the status of {kind}");
    }
    assert!(!can(bed, &namespace, &user("view"), "get", "secrets"), "the role view includes no Secrets");
    let who = format!("--as={}", user("view"));
    bed.kubectl_ok(&["get", "tcred,mdmt", "-n", &namespace, &who], "");
}
