//! Tests of the test bed itself: that it shuts down, and that its audit log contains the expected requests.

use std::time::{Duration, Instant};

use k8s_openapi::api::core::v1::Secret;
use kube::Api;
use kube::api::ListParams;

use lapsewatch_test_support::cluster::audit::count;
use lapsewatch_test_support::cluster::bed::{Bed, bed};

#[test]
fn a_control_plane_goes_down_with_the_pipe_and_leaves_nothing() {
    let bed = Bed::bare();
    assert!(!bed.kubectl(&["get", "tcred"]).status.success(), "a bare control plane has no CRDs");
    let folder = bed.folder.clone();
    assert!(folder.exists());
    drop(bed);
    let begun = Instant::now();
    while folder.exists() {
        assert!(begun.elapsed() < Duration::from_secs(180), "{} still exists", folder.display());
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[tokio::test]
async fn the_log_tells_who_asked_what_and_a_restricted_user_is_refused() {
    let bed = bed();
    let namespace = bed.namespace("audit");
    let before = bed.mark();
    let stranger: Api<Secret> = Api::namespaced(bed.client_as("stranger").await, &namespace);
    for _ in 0..3 {
        let refused = stranger.list(&ListParams::default()).await.expect_err("nothing was granted");
        assert!(refused.to_string().contains("forbidden"), "{refused}");
    }
    bed.kubectl_ok(&["get", "secrets", "-n", &namespace], "");
    let requests = bed.audit(before);
    let secrets = |user: &str, code: u16| {
        count(&requests, |r| {
            (r.verb.as_str(), r.resource.as_str(), r.namespace.as_str()) == ("list", "secrets", &namespace)
                && (r.user.as_str(), r.code) == (user, code)
        })
    };
    assert_eq!((secrets("stranger", 403), secrets("admin", 200)), (3, 1), "{requests:#?}");
    assert!(count(&requests, |r| r.user_agent.starts_with("kubectl/")) > 0, "{requests:#?}");

    let kubeconfig = bed.kubeconfig_as("stranger", &namespace);
    let kubeconfig = kubeconfig.to_str().expect("UTF-8");
    assert!(!bed.kubectl(&["--kubeconfig", kubeconfig, "get", "secrets"]).status.success());
    let who = bed.kubectl_ok(&["--kubeconfig", kubeconfig, "auth", "whoami"], "");
    assert!(who.contains("stranger"), "{who}");
}
