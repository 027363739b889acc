//! Tests the same verdicts on objects of a real API server with the operator's statuses: before and after the first
//! assessment, after a change that the operator has not seen, and for an object that the operator does not understand.

use serde_json::{Value, json};

use crate::gitops::foreign::{argo, status};
use crate::gitops::table::{row_of, rows};
use lapsewatch_test_support::cluster::bed::Bed;
use lapsewatch_test_support::cluster::story::Story;

const NOW: &str = "2030-12-10T00:00:00Z";

/// Returns the verdicts of Argo CD, kstatus and Flux on one object, as soon as they agree with the documentation.
async fn verdict(story: &Story, kind: &str, name: &str) -> [String; 3] {
    let args = ["get", kind, name, "-n", &story.namespace, "-o", "json"];
    let object: Value = serde_json::from_str(&story.bed.kubectl_ok(&args, "")).unwrap();
    let (argo, status) =
        (argo(std::slice::from_ref(&object)).remove(0), status(std::slice::from_ref(&object)).remove(0));
    let row = &rows()[row_of(&rows(), &object)];
    let found = [argo.status, status.kstatus, status.exprs];
    assert_eq!(found, [row.argo.clone(), row.kstatus.clone(), row.exprs.clone()], "{object:#}");
    found
}

fn words<const N: usize>(all: [&str; N]) -> [String; N] {
    all.map(str::to_owned)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_server_gives_is_judged_likewise() {
    let mut story = Story::without_operator("judged", NOW).await;
    story.secret("valid", &[("push.pem", "apns/b.pem"), ("push.key", "apns/b.key")]).await;
    story.secret("broken", &[("push.pem", "wrong/truncated.pem")]).await;
    for name in ["valid", "broken", "absent"] {
        story.apns(name).await;
    }
    let declared = |day: &str| json!({"type": "DeclaredExpiry", "expirationTime": format!("{day}T00:00:00Z")});
    story.credential("expired", declared("2030-12-01")).await;
    story.credential("soon", declared("2030-12-12")).await;
    let tenant = json!({
        "apiVersion": "lapsewatch.dev/v1alpha1", "kind": "MDMTenant",
        "metadata": {"name": "acme", "namespace": story.namespace}, "spec": {"requiredCredentials": ["VPPToken"]},
    });
    story.bed.kubectl_ok(&["create", "-f", "-"], &tenant.to_string());
    let waiting = words(["Progressing", "InProgress", "InProgress"]);
    for name in ["valid", "broken", "absent", "expired", "soon"] {
        assert_eq!(verdict(&story, "tcred", name).await, waiting, "{name}, before any assessment");
    }
    assert_eq!(verdict(&story, "mdmt", "acme").await, waiting);

    story.start().await;
    story.expect("valid", &[("Ready", "True/Assessed")]).await;
    story.expect("broken", &[("Ready", "False/Malformed")]).await;
    story.expect("absent", &[("Ready", "False/SecretNotFound")]).await;
    story.expect("expired", &[("Healthy", "False/Expired")]).await;
    story.expect("soon", &[("Healthy", "True/Expiring")]).await;
    let wait = ["wait", "mdmt/acme", "--for=condition=Ready", "--timeout=30s", "-n", &story.namespace];
    story.bed.kubectl_ok(&wait, "");
    assert_eq!(verdict(&story, "tcred", "valid").await, words(["Healthy", "Current", "Current"]));
    assert_eq!(verdict(&story, "tcred", "soon").await, words(["Healthy", "Current", "Current"]));
    assert_eq!(verdict(&story, "tcred", "expired").await, words(["Degraded", "Current", "Current"]));
    assert_eq!(verdict(&story, "tcred", "broken").await, words(["Degraded", "InProgress", "Failed"]));
    assert_eq!(verdict(&story, "tcred", "absent").await, words(["Degraded", "InProgress", "InProgress"]));
    assert_eq!(verdict(&story, "mdmt", "acme").await, words(["Degraded", "Current", "Current"]));

    story.stop().await;
    story.credential("expired", declared("2031-12-01")).await;
    assert_eq!(verdict(&story, "tcred", "expired").await, waiting, "no operator has assessed the new date");
    story.start().await;
    story.expect("expired", &[("Healthy", "True/Valid")]).await;
    assert_eq!(verdict(&story, "tcred", "expired").await, words(["Healthy", "Current", "Current"]));
}

/// Starts a control plane with the definitions of a newer version, which allow another environment.
fn newer() -> &'static Bed {
    let bed: &'static Bed = Box::leak(Box::new(Bed::bare()));
    bed.install_crds().unwrap();
    let (_, mut crd) = lapsewatch_core::api::crds::all().remove(1);
    let spec = crd.pointer_mut("/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties").unwrap();
    spec["environment"]["enum"].as_array_mut().unwrap().push("Staging".into());
    bed.kubectl_ok(&["apply", "--server-side", "--force-conflicts", "-f", "-"], &crd.to_string());
    bed
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_operator_can_t_understand_is_no_success_and_not_waited_for_by_argo_cd() {
    let mut story = Story::on(newer(), "not-understood", NOW).await;
    let tenant = |environment: &str| {
        json!({
            "apiVersion": "lapsewatch.dev/v1alpha1", "kind": "MDMTenant",
            "metadata": {"name": "acme", "namespace": story.namespace}, "spec": {"environment": environment},
        })
        .to_string()
    };
    let (production, staging) = (tenant("Production"), tenant("Staging"));
    story.bed.kubectl_ok(&["apply", "--server-side", "-f", "-"], &production);
    story.start().await;
    let wait = |reason: &str| {
        let path = format!("--for=jsonpath={{.status.conditions[?(@.type==\"Ready\")].reason}}={reason}");
        story.bed.kubectl_ok(&["wait", "mdmt/acme", &path, "--timeout=30s", "-n", &story.namespace], "");
    };
    wait("Assessed");
    assert_eq!(verdict(&story, "mdmt", "acme").await, words(["Healthy", "Current", "Current"]));
    story.bed.kubectl_ok(&["apply", "--server-side", "-f", "-"], &staging);
    wait("InvalidObject");
    let args = ["get", "mdmt", "acme", "-n", &story.namespace, "-o", "json"];
    let object: Value = serde_json::from_str(&story.bed.kubectl_ok(&args, "")).unwrap();
    let argo = argo(std::slice::from_ref(&object)).remove(0);
    assert_eq!(argo.status, "Degraded");
    assert!(argo.message.starts_with("InvalidObject: ") && argo.message.contains("environment"), "{}", argo.message);
    // The rest of the status is unchanged, including its observedGeneration.
    let status = status(&[object]).remove(0);
    assert_eq!([status.kstatus, status.exprs], ["InProgress", "InProgress"]);
}
