//! The real binary: its log, its signals, and a server that does not know it yet.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::bed::Bed;
use crate::story::{Data, Story, fixture};

pub struct Running(Child);

impl Running {
    pub fn start(bed: &Bed, args: &[&str]) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_lapsewatch"))
            .arg("run")
            .args(["--kubeconfig", bed.kubeconfig.to_str().unwrap()])
            .args(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Self(child)
    }

    /// Tells it to stop as Kubernetes does; gives how long that took, whether it ended well, and all it printed.
    pub fn stop(mut self) -> (Duration, bool, String) {
        let begun = Instant::now();
        Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status().unwrap();
        let status = self.0.wait().unwrap();
        let took = begun.elapsed();
        let mut printed = String::new();
        self.0.stdout.take().unwrap().read_to_string(&mut printed).unwrap();
        self.0.stderr.take().unwrap().read_to_string(&mut printed).unwrap();
        (took, status.success(), printed)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().ok();
    }
}

#[tokio::test]
async fn nothing_of_a_secret_is_in_status_events_or_the_most_verbose_log() {
    // By the machine's own clock: the fixtures are not valid yet, which is news too.
    let story = Story::without_operator("canary", "2030-01-01T00:00:00Z").await;
    const CANARY: &str = "canary7c1e5b";
    let certificate = fixture("apns/a.pem");
    let cases: [(&str, Data); 5] = [
        ("good", vec![("push.pem", certificate.clone()), ("push.key", fixture("apns/a.key")), ("note", CANARY.into())]),
        ("text", vec![("push.pem", CANARY.into())]),
        ("json", vec![("push.pem", format!("{{\"{CANARY}\": \"{CANARY}\"}}").into())]),
        ("broken", vec![("push.pem", [&certificate[..200], CANARY.as_bytes()].concat())]),
        (
            "key",
            vec![
                ("push.pem", certificate.clone()),
                ("push.key", format!("-----BEGIN PRIVATE KEY-----\n{CANARY}\n").into()),
            ],
        ),
    ];
    let running = Running::start(
        story.bed,
        &["--namespace", &story.namespace, "--settle", "0s", "--log-level", "trace", "--log-format", "json"],
    );
    for (name, data) in &cases {
        story.secret_of(name, data).await;
        story.apns(name).await;
    }
    for (name, ready) in [
        ("good", "True/Assessed"),
        ("text", "False/WrongFile"),
        ("json", "False/WrongFile"),
        ("broken", "False/Malformed"),
        ("key", "True/Assessed"),
    ] {
        story.expect(name, &[("Ready", ready)]).await;
    }
    story.calm().await;
    let (_, _, log) = running.stop();
    assert!(log.contains("Event sent"), "the log is there: {log}");
    let objects = story.bed.kubectl_ok(&["get", "tcred,events", "-n", &story.namespace, "-o", "yaml"], "");
    assert!(objects.contains("WrongFile"), "{objects}");
    // The private key's own bytes, too, as PEM has them.
    let key = String::from_utf8(fixture("apns/a.key")).unwrap();
    let key_line = key.lines().nth(2).unwrap();
    for (place, text) in [("log", &log), ("objects", &objects)] {
        for secret in [CANARY, key_line] {
            assert!(!text.contains(secret), "{secret} is in the {place}");
            let encoded = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, secret);
            assert!(!text.contains(&encoded[..encoded.len() - 4]), "{secret} in base64 is in the {place}");
        }
    }
}

#[tokio::test]
async fn it_waits_for_its_definitions_says_so_and_ends_soon_when_told() {
    let bare = Bed::bare();
    let running = Running::start(&bare, &[]);
    tokio::time::sleep(Duration::from_secs(2)).await;
    bare.install_crds().unwrap();
    let object = json!({"apiVersion": "lapsewatch.dev/v1alpha1", "kind": "TenantCredential",
        "metadata": {"name": "contract", "namespace": "default"},
        "spec": {"type": "DeclaredExpiry", "expirationTime": "2020-01-01T00:00:00Z"}});
    bare.kubectl_ok(&["apply", "-f", "-"], &object.to_string());
    let wait = ["wait", "--for=condition=Expired", "--timeout=60s", "tcred/contract", "-n", "default"];
    bare.kubectl_ok(&wait, "");
    let (took, ended_well, log) = running.stop();
    assert!(took < Duration::from_secs(5), "{took:?}");
    assert!(ended_well, "{log}");
    assert!(log.contains("does not know TenantCredentials") && log.contains("lapsewatch crds"), "{log}");
    assert!(log.contains("stopping"), "{log}");
}
