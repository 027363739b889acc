//! Tests of the plugin, which kubectl runs for users with few rights. It shows what the user may see, and reports what
//! the user may not see.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::{Shown, declare};
use crate::cluster::restart::grant;
use lapsewatch_test_support::cluster::audit::count;
use lapsewatch_test_support::cluster::bed::Bed;
use lapsewatch_test_support::cluster::story::{Story, said};

/// Runs `kubectl lapsewatch …` as the user of this kubeconfig.
fn kubectl_lapsewatch(bed: &Bed, plugins: &Path, kubeconfig: &Path, args: &[&str]) -> Shown {
    let output = Command::new(bed.assets.join("kubectl"))
        .arg("lapsewatch")
        .args(args)
        .env("KUBECONFIG", kubeconfig)
        .env("KUBECTL_KUBERC", "false")
        .env("PATH", plugins)
        .output()
        .unwrap();
    Shown {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

#[tokio::test]
async fn a_user_sees_what_may_be_seen_and_is_told_what_may_not() {
    let plugins = tempfile::tempdir().unwrap();
    symlink(env!("CARGO_BIN_EXE_lapsewatch"), plugins.path().join("kubectl-lapsewatch")).unwrap();
    let ours = Story::begin("home-ours", "2030-01-01T00:00:00Z").await;
    let theirs = Story::begin("home-theirs", "2030-01-01T00:00:00Z").await;
    for (story, name) in [(&ours, "our-contract"), (&theirs, "their-contract")] {
        story.tenant("acme", json!({"environment": "Production"})).await;
        let spec =
            json!({"type": "DeclaredExpiry", "expirationTime": "2095-01-01T00:00:00Z", "tenantRef": {"name": "acme"}});
        story.credential(name, spec).await;
        declare(story, "leftover", "2095-02-01T00:00:00Z").await;
        story.expect(name, &[("Healthy", "True/Valid")]).await;
        story.expect("leftover", &[("Healthy", "True/Valid")]).await;
        // `status` reports the page as stale until its state follows the state of the credential.
        let is_complete = |page: &Value| page["credentials"]["total"] == 1 && said(page, "Healthy") == "True/Valid";
        story.until_page("acme", "it has a credential, which is valid", is_complete).await;
    }
    let list = |resources: &[&str]| json!([{"apiGroups": ["lapsewatch.dev"], "resources": resources, "verbs": ["get", "list"]}]);
    let user = |name: &str| format!("system:serviceaccount:{}:{name}", ours.namespace);
    grant(&ours, &user("reader"), &list(&["tenantcredentials", "mdmtenants"]));
    grant(&ours, &user("half"), &list(&["tenantcredentials"]));
    let run = |name: &str, args: &[&str]| {
        let kubeconfig = ours.bed.kubeconfig_as(&user(name), &ours.namespace);
        kubectl_lapsewatch(ours.bed, plugins.path(), &kubeconfig, args)
    };

    let since = ours.bed.mark();
    // The default is the namespace of the context, as in kubectl's own commands.
    let seen = run("reader", &["status"]);
    seen.is(0).shows("our-contract Valid None").shows("acme Valid None 1").hides("their-contract");
    assert_eq!(seen.err, "");
    let seen = run("reader", &["status", "-A"]);
    seen.is(2).complains("you may not list tenantcredentials.lapsewatch.dev in all namespaces");
    seen.complains("name one that you may read with -n").complains("the verbs get and list");
    assert_eq!(seen.out, "");
    let seen = run("reader", &["status", "-n", &theirs.namespace]);
    seen.is(2).complains(&format!("in namespace {}: ask for a Role there", theirs.namespace)).hides("contract");

    let seen = run("half", &["status", "-o", "wide"]);
    seen.is(0).shows("our-contract Valid None").hides("CREDENTIALS");
    seen.complains("note: cluster: you may not list mdmtenants.lapsewatch.dev in namespace");
    let seen = run("nobody", &["status"]);
    seen.is(2).complains("you may not list tenantcredentials.lapsewatch.dev in namespace").hides("contract");

    // The plugin never requests Secrets.
    let secrets = count(&ours.bed.audit(since), |r| r.user.starts_with(&user("")) && r.resource == "secrets");
    assert_eq!(secrets, 0);
}
