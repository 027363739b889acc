//! Tests of `lapsewatch new`: the API server accepts the manifests, and the operator finds nothing wrong with them.

use std::process::{Command, Stdio};

use serde_json::json;

use lapsewatch_test_support::cluster::story::Story;

/// A time at which the fixtures are valid.
const NOW: &str = "2030-08-01T00:00:00Z";

/// Returns the manifests for these fixtures, in the story's namespace.
fn new(story: &Story, args: &[&str]) -> String {
    let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures");
    let output = Command::new(env!("CARGO_BIN_EXE_lapsewatch"))
        .args(["new", "--at", NOW, "--namespace", &story.namespace])
        .args(args)
        .current_dir(fixtures)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
async fn what_new_writes_is_taken_and_found_valid() {
    let story = Story::begin("new", NOW).await;
    let password = story.bed.folder.join("new.password");
    std::fs::write(&password, "fixture\n").unwrap();
    let password = password.to_str().unwrap();
    let each: [(&str, &[&str]); 6] = [
        ("on-apns", &["--file", "apns/a.pem", "--file", "apns/a.key", "--contact", "on", "--owner-account", "a: b #c"]),
        ("on-vpp", &["--file", "vpp/a.vpptoken"]),
        ("on-dep", &["--file", "dep/a.p7m", "--file", "dep/server.key"]),
        ("on-windows", &["--file", "symantec/a.pfx", "--password-file", password]),
        ("on-certificate", &["--file", "x509/rsa.pem", "--file", "x509/rsa.key"]),
        ("123", &["--file", "apns/b.pem", "--name", "123", "--secret-name", "null"]),
    ];
    for (_, args) in each {
        let manifests = new(&story, &[&["--tenant", "on"], args].concat());
        story.bed.kubectl_ok(&["apply", "--server-side", "-f", "-"], &manifests);
    }
    for (name, _) in each {
        let identity = if name == "on-certificate" { "False/NotIdentified" } else { "False/FirstObserved" };
        let valid = [
            ("Ready", "True/Assessed"),
            ("Healthy", "True/Valid"),
            ("IdentityChanged", identity),
            ("severity", "None"),
        ];
        let status = story.expect(name, &valid).await;
        let pins = story.bed.kubectl_ok(
            &["get", "tcred", name, "-n", &story.namespace, "-o", "jsonpath={.spec.expectedIdentities}"],
            "",
        );
        let pinned = status["credential"]["identity"].as_str().map(|identity| json!([identity]).to_string());
        assert_eq!(pins, pinned.unwrap_or_default(), "{name}");
    }
}

#[tokio::test]
async fn another_identity_in_its_place_is_told_at_once() {
    let mut story = Story::without_operator("new", NOW).await;
    let manifests = new(&story, &["--tenant", "acme", "--file", "apns/a.pem"]);
    story.bed.kubectl_ok(&["apply", "-f", "-"], &manifests);
    // The Secret changes before the operator has seen the first certificate. Only the pinned identity shows the change.
    story.secret("acme-apns", &[("push.pem", "apns/b.pem")]).await;
    story.start().await;
    story.expect("acme-apns", &[("Healthy", "False/IdentityChanged"), ("IdentityChanged", "True/TopicChanged")]).await;
}
