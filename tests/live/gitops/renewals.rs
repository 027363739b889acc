//! Tests of renewals by External Secrets, Sealed Secrets and cert-manager. Their CRDs are installed and the examples
//! are applied unchanged. Their controllers do not run: the test writes the Secrets as the controllers would.

use std::fs;
use std::process::Command;
use std::sync::OnceLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::gitops::foreign::{answer, built, example, root};
use lapsewatch_test_support::cluster::bed::{Bed, bed};
use lapsewatch_test_support::cluster::story::{Story, fixture};

/// Returns the shared server with the CRDs of the other projects installed.
fn with_their_crds() -> &'static Bed {
    static INSTALLED: OnceLock<()> = OnceLock::new();
    INSTALLED.get_or_init(|| {
        let mut files: Vec<String> = Vec::new();
        for module in ["crds", "kubeseal"] {
            let built = fs::read_dir(built(module)).unwrap().map(|entry| entry.unwrap().path());
            let yaml = built.filter(|path| path.extension().is_some_and(|of| of == "yaml"));
            files.extend(yaml.flat_map(|path| ["-f".to_owned(), path.to_str().unwrap().to_owned()]));
        }
        let files: Vec<&str> = files.iter().map(String::as_str).collect();
        // A separate discovery cache, because the installation changes the server's kinds.
        bed().kubectl_ok(&[&["--cache-dir=before", "apply", "--server-side"], &files[..]].concat(), "");
        let wait = ["--cache-dir=before", "wait", "--for=condition=Established", "--timeout=60s"];
        bed().kubectl_ok(&[&wait, &files[..]].concat(), "");
    });
    bed()
}

/// Runs kubectl with a discovery cache that is filled after the installation.
fn kubectl(args: &[&str], stdin: &str) -> String {
    with_their_crds().kubectl_ok(&[&["--cache-dir=theirs"], args].concat(), stdin)
}

/// Creates a namespace and applies an example in it. A field that is unknown to the server is an error.
fn apply(namespace: &str, file: &str) {
    kubectl(&["create", "namespace", namespace], "");
    let file = example(file);
    let args = ["apply", "--server-side", "--field-manager=gitops", "--validate=strict", "-f", file.to_str().unwrap()];
    kubectl(&args, "");
}

/// Returns an object of the example from the server.
fn get(namespace: &str, object: &str) -> Value {
    serde_json::from_str(&kubectl(&["get", object, "-n", namespace, "-o", "json"], "")).unwrap()
}

/// Returns the ownerReferences that a controller sets.
fn owner(object: &Value) -> Value {
    json!([{
        "apiVersion": object["apiVersion"], "kind": object["kind"], "name": object["metadata"]["name"],
        "uid": object["metadata"]["uid"], "controller": true, "blockOwnerDeletion": true,
    }])
}

/// Writes a Secret as a controller would.
fn write(manager: &str, secret: &Value) {
    let manager = format!("--field-manager={manager}");
    kubectl(&["apply", "--server-side", &manager, "-f", "-"], &secret.to_string());
}

fn data(all: &[(&str, Vec<u8>)]) -> Value {
    all.iter().map(|(key, value)| ((*key).to_owned(), Value::from(STANDARD.encode(value)))).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn external_secrets_copies_a_renewal_from_the_vault() {
    apply("hooli", "external-secrets/apns.yaml");
    let mut story = Story::within(bed(), "hooli".to_owned(), "2030-12-10T00:00:00Z").await;
    story.start().await;
    // The TenantCredential exists before the controller has created the Secret.
    story.expect("hooli-apns", &[("Ready", "False/SecretNotFound")]).await;
    let external = get("hooli", "externalsecret/hooli-apns");
    let copied = |certificate: &str, hash: &str| {
        let keys: Vec<&str> =
            external["spec"]["data"].as_array().unwrap().iter().map(|one| one["secretKey"].as_str().unwrap()).collect();
        let values = [(keys[0], fixture(certificate)), (keys[1], fixture("apns/a.key"))];
        write(
            "external-secrets",
            &json!({
                "apiVersion": "v1", "kind": "Secret", "type": "Opaque",
                "metadata": {
                    "name": external["spec"]["target"]["name"], "namespace": "hooli",
                    "labels": {"reconcile.external-secrets.io/managed": "true"},
                    "annotations": {"reconcile.external-secrets.io/data-hash": hash},
                    "ownerReferences": owner(&external),
                },
                "data": data(&values),
            }),
        );
    };
    copied("apns/a.pem", "1");
    story.expect("hooli-apns", &[("Ready", "True/Assessed"), ("Healthy", "True/Expiring")]).await;
    // A refresh without a new value in the vault still writes the Secret.
    copied("apns/a.pem", "2");
    story.calm().await;
    assert!(story.status("hooli-apns").await["lastChange"].is_null());
    copied("apns/a-renewed.pem", "3");
    story.expect("hooli-apns", &[("lastChange", "Renewed"), ("Healthy", "True/Valid"), ("severity", "None")]).await;
}

/// Returns kubeseal's output.
fn kubeseal(args: &[&str], input: &str) -> String {
    let mut command = Command::new(built("kubeseal").join("kubeseal"));
    let output = answer(command.current_dir(root()).args(args), input);
    assert!(output.status.success(), "kubeseal {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Unseals with the controller's own code and private key, and writes the result as the controller would.
fn unseal(sealed: &str) {
    let key = "--recovery-private-key=tests/fixtures/keys/root.key";
    let mut secret: Value = serde_json::from_str(&kubeseal(&["--recovery-unseal", key], sealed)).unwrap();
    secret["metadata"]["ownerReferences"] = owner(&get("initech", "sealedsecret/initech-vpp"));
    write("sealed-secrets", &secret);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sealed_secrets_unseals_a_renewal_that_was_committed() {
    apply("initech", "sealed-secrets/vpp.yaml");
    let mut story = Story::within(bed(), "initech".to_owned(), "2035-09-20T00:00:00Z").await;
    story.start().await;
    unseal(&fs::read_to_string(example("sealed-secrets/vpp.yaml")).unwrap());
    story.expect("initech-vpp", &[("Ready", "True/Assessed"), ("Expiring", "True/Within14Days")]).await;

    // The new token was sealed on a workstation and committed.
    let token = json!({
        "token": STANDARD.encode("a token that was downloaded later"),
        "expDate": "2036-09-20T00:00:00Z", "orgName": "Initech",
    });
    let secret = json!({
        "apiVersion": "v1", "kind": "Secret", "metadata": {"name": "initech-vpp", "namespace": "initech"},
        "data": {"initech.vpptoken": STANDARD.encode(STANDARD.encode(token.to_string()))},
    });
    let sealed = kubeseal(&["--cert=tests/fixtures/keys/root.pem"], &secret.to_string());
    kubectl(&["apply", "--server-side", "--field-manager=gitops", "--validate=strict", "-f", "-"], &sealed);
    unseal(&sealed);
    story.expect("initech-vpp", &[("lastChange", "Renewed"), ("Healthy", "True/Valid"), ("severity", "None")]).await;
}

/// Issues a certificate that became valid this number of days ago and is valid for 90 days in total.
fn issued(days_ago: i64) -> Vec<(&'static str, Vec<u8>)> {
    let folder = tempfile::tempdir().unwrap();
    let until = 90 - days_ago;
    let output = Command::new(bed().assets.join("issue-credentials"))
        .args(["--common-name", "mdm.example.com", "--out"])
        .arg(folder.path())
        .args([format!("--not-before=-{days_ago}d"), format!("--not-after=+{until}d")])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let file = |name: &str| fs::read(folder.path().join(name)).unwrap();
    vec![("tls.crt", file("push.pem")), ("tls.key", file("push.key")), ("ca.crt", fixture("x509/ca.pem"))]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cert_manager_s_renewals_are_seen_and_so_is_that_they_stopped() {
    apply("umbrella", "cert-manager/scep.yaml");
    let now = chrono::Utc::now().to_rfc3339();
    let mut story = Story::within(bed(), "umbrella".to_owned(), &now).await;
    story.start().await;
    let certificate = get("umbrella", "certificate/umbrella-scep");
    let issue = |days_ago: i64| {
        write(
            "cert-manager-certificates-issuing",
            &json!({
                "apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls",
                "metadata": {
                    "name": certificate["spec"]["secretName"], "namespace": "umbrella",
                    "labels": {"controller.cert-manager.io/fao": "true"},
                    "annotations": {
                        "cert-manager.io/certificate-name": "umbrella-scep",
                        "cert-manager.io/alt-names": "mdm.example.com",
                        "cert-manager.io/issuer-name": "umbrella-ca",
                        "cert-manager.io/issuer-kind": "Issuer",
                    },
                },
                "data": data(&issued(days_ago)),
            }),
        );
    };
    // Renewed on day 60 of 90, as the issuer intends. This never causes a warning.
    issue(59);
    story.expect("umbrella-scep", &[("Healthy", "True/Valid"), ("severity", "None")]).await;
    issue(1);
    story.expect("umbrella-scep", &[("lastChange", "Renewed"), ("Healthy", "True/Valid")]).await;
    // No renewal has happened for seventy days.
    story.at(&(chrono::Utc::now() + chrono::TimeDelta::days(70)).to_rfc3339());
    story.expect("umbrella-scep", &[("Healthy", "True/Expiring"), ("Expiring", "True/Within21Days")]).await;
}

#[test]
fn the_engines_own_objects_are_valid_by_their_definitions() {
    for (namespace, file) in [("argocd", "argocd/application.yaml"), ("flux-system", "flux/kustomization.yaml")] {
        kubectl(&["create", "namespace", namespace], "");
        let file = example(file);
        kubectl(&["apply", "--server-side", "--validate=strict", "-f", file.to_str().unwrap()], "");
    }
    // docs/gitops.md adds the health checks to an argocd-cm with other settings, as here.
    let settings = json!({
        "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "argocd-cm", "namespace": "argocd"},
        "data": {"url": "https://argocd.acme.example"},
    });
    kubectl(&["create", "-f", "-"], &settings.to_string());
    let file = example("argocd/argocd-cm.yaml");
    let patch = ["-n", "argocd", "patch", "configmap", "argocd-cm", "--patch-file", file.to_str().unwrap()];
    kubectl(&patch, "");
    let data = get("argocd", "configmap/argocd-cm")["data"].clone();
    assert_eq!(data.as_object().unwrap().len(), 3, "{data:#}");
    assert_eq!(data["url"], "https://argocd.acme.example");
}
