//! Runs the README's commands and compares its blocks with their output. LAPSEWATCH_WRITE=1 writes the blocks instead.

use std::process::{Command, Stdio};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use lapsewatch_test_support::cluster::bed::Bed;
use lapsewatch_test_support::cluster::story::Story;

const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");

#[tokio::test]
async fn the_readme_shows_what_a_reader_sees() {
    let text = std::fs::read_to_string(README).unwrap();
    // A control plane of its own, because the command lists all namespaces. It ends with the process.
    let bed: &'static Bed = Box::leak(Box::new(Bed::bare()));
    bed.install_crds().unwrap();
    bed.kubectl_ok(&["create", "namespace", "mdm"], "");
    let mut story = Story::within(bed, "mdm".to_owned(), "2030-12-12T08:00:00Z").await;
    story.secret("acme-apns", &[("push.pem", "apns/a.pem"), ("push.key", "apns/a.key")]).await;
    let manifest = text.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    bed.kubectl_ok(&["apply", "-f", "-"], manifest);
    let trial = json!({
        "apiVersion": "lapsewatch.dev/v1alpha1", "kind": "MDMTenant",
        "metadata": {"name": "acme-trial", "namespace": "mdm"}, "spec": {"environment": "Trial"},
    });
    bed.kubectl_ok(&["apply", "-f", "-"], &trial.to_string());
    // The trial's object counts as older, even if both are created within one second: its name comes first.
    for (name, tenant) in [("acme-trial-vpp", "acme-trial"), ("acme-vpp", "acme-prod")] {
        let token =
            json!({"token": STANDARD.encode([7; 64]), "expDate": "2031-09-01T00:00:00Z", "orgName": "Acme Corp."});
        story.secret_of(name, &[("acme.vpptoken", token.to_string().into_bytes())]).await;
        let spec = json!({"type": "VPPToken", "tenantRef": {"name": tenant}, "secretRef": {"name": name}});
        story.credential(name, spec).await;
    }
    story.secret("qa-apns", &[("push.pem", "apns/b.pem"), ("push.key", "apns/b.key")]).await;
    let qa = json!({"type": "APNsCertificate", "tenantRef": {"name": "acme-qa"}, "secretRef": {"name": "qa-apns"}});
    story.credential("qa-apns", qa).await;
    story.secret("old-apns", &[("push.pem", "apns/a-older.pem")]).await;
    let old = json!({"type": "APNsCertificate", "tenantRef": {"name": "acme-old"}, "secretRef": {"name": "old-apns"}});
    story.credential("old-apns", old).await;
    let support = json!({"type": "DeclaredExpiry", "expirationTime": "2031-06-30T00:00:00Z"});
    story.credential("support-contract", support).await;
    story.start().await;
    for (name, healthy) in [
        ("acme-apns", "True/Expiring"),
        ("acme-trial-vpp", "True/Valid"),
        ("acme-vpp", "False/Duplicate"),
        ("qa-apns", "True/Valid"),
        ("old-apns", "False/Expired"),
        ("support-contract", "True/Valid"),
    ] {
        story.expect(name, &[("Healthy", healthy)]).await;
    }
    story.expect("acme-trial-vpp", &[("Duplicate", "True/SharedByOthers")]).await;
    // The tenant status follows the credentials within two seconds.
    let pages = "jsonpath={range .items[*]}{.metadata.name}: {.status.notifications[*].reason}; {end}";
    for tries in 0.. {
        tokio::time::sleep(Duration::from_millis(200)).await;
        let said = bed.kubectl_ok(&["get", "mdmt", "-n", "mdm", "-o", pages], "");
        if said.trim() == "acme-prod: ExpiresWithin30Days TokenInUse MissingCredential; acme-trial: SharedByOthers;" {
            break;
        }
        assert!(tries < 100, "{said}");
    }

    let mut shown = String::new();
    let mut commands = 0;
    for (at, part) in text.split("```").enumerate() {
        if at > 0 {
            shown.push_str("```");
        }
        match part.strip_prefix("console\n$ ").and_then(|rest| rest.lines().next()) {
            Some(command) => {
                commands += 1;
                shown.push_str(&format!("console\n$ {command}\n{}", run(bed, command)));
            }
            None => shown.push_str(part),
        }
    }
    assert_eq!(commands, 9, "the README has too few commands");
    if std::env::var_os("LAPSEWATCH_WRITE").is_some() {
        std::fs::write(README, &shown).unwrap();
    } else {
        let again = "LAPSEWATCH_WRITE=1 cargo test --test live cluster::readme";
        assert_eq!(text, shown, "run `{again}` and look at the difference");
    }
}

/// Returns the output of a shell command, with a fixed age and without spaces at the ends of lines.
fn run(bed: &Bed, command: &str) -> String {
    let path = format!("{}:{}", bed.assets.display(), std::env::var("PATH").unwrap_or_default());
    let output = Command::new("sh")
        .args(["-c", command])
        .env("PATH", path)
        .env("KUBECONFIG", &bed.kubeconfig)
        .env("KUBECACHEDIR", bed.folder.join("kubectl-cache"))
        .env("KUBECTL_KUBERC", "false")
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    assert!(output.status.success(), "{command}");
    let text = String::from_utf8(output.stdout).unwrap();
    let lines = text.trim_end().lines().map(|line| {
        let line = line.trim_end();
        match line.rsplit_once(' ') {
            Some((rest, age)) if age.ends_with(['s', 'm']) && age.starts_with(|c: char| c.is_ascii_digit()) => {
                format!("{rest} 5s\n")
            }
            _ => format!("{line}\n"),
        }
    });
    lines.collect()
}
