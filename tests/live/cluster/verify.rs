//! Tests of `verify` against a real API server: its prediction is equal to what the operator reports afterwards. A
//! caller who may not read the Secret is informed what could not be checked.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use lapsewatch_test_support::cluster::story::{Story, fixture};

const NOW: &str = "2030-12-10T00:00:00Z";
const STOP: &str = "STOP: another topic; every device would have to enroll again";
const SAFE: &str = "same topic, 334 days later, key fits: safe to apply";

struct Ran {
    code: i32,
    out: String,
}

impl Ran {
    #[track_caller]
    fn is(&self, code: i32, first: &str) -> &Self {
        assert_eq!((self.code, self.out.lines().next().unwrap_or_default()), (code, first), "\n{}", self.out);
        self
    }

    #[track_caller]
    fn says(&self, text: &str) -> &Self {
        let flat = self.out.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(text), "{text}\n---\n{}", self.out);
        self
    }
}

/// Runs the real binary. The namespace of the kubeconfig may differ from the object's namespace.
async fn verify(kubeconfig: &Path, line: &str) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lapsewatch"));
    command
        .arg("verify")
        .args(line.split_whitespace())
        .args(["--at", NOW])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures"))
        .env("KUBECONFIG", kubeconfig)
        .stdin(Stdio::null());
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    Ran { code: output.status.code().unwrap(), out: String::from_utf8(output.stdout).unwrap() }
}

async fn in_place(prefix: &str) -> Story {
    let story = Story::begin(prefix, NOW).await;
    story.secret("acme", &[("push.pem", "apns/a.pem"), ("push.key", "apns/a.key")]).await;
    story.apns("acme").await;
    story.expect("acme", &[("IdentityChanged", "False/FirstObserved"), ("KeyMismatch", "False/Matches")]).await;
    story
}

/// Creates a user who may get and list TenantCredentials of the namespace, and returns the kubeconfig. `more` contains
/// further rules.
fn reader(story: &Story, name: &str, more: &Value) -> PathBuf {
    let namespace = &story.namespace;
    let mut rules =
        vec![json!({"apiGroups": ["lapsewatch.dev"], "resources": ["tenantcredentials"], "verbs": ["get", "list"]})];
    rules.extend(more.as_array().unwrap().clone());
    let (role, user) = (format!("{namespace}-{name}"), format!("{namespace}-{name}"));
    let list = json!({"apiVersion": "v1", "kind": "List", "items": [
        {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": {"name": role, "namespace": namespace}, "rules": rules},
        {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": {"name": role, "namespace": namespace},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": role},
            "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user}]},
    ]});
    story.bed.kubectl_ok(&["apply", "-f", "-"], &list.to_string());
    story.bed.kubeconfig_as(&user, namespace)
}

/// Creates a user who may read everything that `verify` needs in this namespace. An administrator would also see
/// credentials of other tests.
fn owner(story: &Story) -> PathBuf {
    let may_get =
        |group: &str, resource: &str| json!({"apiGroups": [group], "resources": [resource], "verbs": ["get"]});
    reader(story, "owner", &json!([may_get("", "secrets"), may_get("lapsewatch.dev", "mdmtenants")]))
}

#[tokio::test]
async fn what_it_says_before_is_what_the_operator_says_afterwards() {
    let story = in_place("verify").await;
    let owner = &owner(&story);
    let object = format!("tcred/acme -n {}", story.namespace);

    // `verify` advises to stop, and the operator reports the change of identity.
    let said = verify(owner, &format!("--file apns/b.pem --file apns/b.key {object} -o json")).await;
    let said: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!((&said["sentence"], &said["change"]), (&STOP.into(), &"IdentityChanged".into()));
    story.secret("acme", &[("push.pem", "apns/b.pem"), ("push.key", "apns/b.key")]).await;
    let status =
        story.expect("acme", &[("IdentityChanged", "True/TopicChanged"), ("lastChange", "IdentityChanged")]).await;
    same(&said, &status);

    // `verify` reports that the change is safe, and the operator reports a renewal. The current Secret does not have
    // the accepted topic, which does not matter here.
    let said = verify(owner, &format!("--file apns/a-renewed.pem --file apns/a.key {object} -o json")).await;
    let said: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!((&said["verdict"], &said["change"]), (&"safe".into(), &"Renewed".into()), "{said}");
    story.secret("acme", &[("push.pem", "apns/a-renewed.pem"), ("push.key", "apns/a.key")]).await;
    let status = story.expect("acme", &[("IdentityChanged", "False/Unchanged"), ("lastChange", "Renewed")]).await;
    same(&said, &status);

    // The certificate is older, which the operator reports too.
    verify(owner, &format!("--file apns/a.pem {object}")).await.is(1, "STOP: older than one that was in place");
    story.secret("acme", &[("push.pem", "apns/a.pem"), ("push.key", "apns/a.key")]).await;
    story.expect("acme", &[("Regressed", "True/WentBackwards"), ("lastChange", "WentBackwards")]).await;
}

/// Checks that each condition is equal to the operator's condition.
#[track_caller]
fn same(said: &Value, status: &Value) {
    let of = |value: &Value| -> Vec<[String; 4]> {
        let text = |c: &Value, name: &str| c[name].as_str().unwrap_or_default().to_owned();
        let all = value["conditions"].as_array().unwrap().iter();
        all.map(|c| [text(c, "type"), text(c, "status"), text(c, "reason"), text(c, "message")]).collect()
    };
    assert_eq!(of(said), of(status));
}

#[tokio::test]
async fn the_private_key_that_is_there_is_the_one_that_must_fit() {
    let story = in_place("verify-key").await;
    let owner = &owner(&story);
    let object = format!("acme -n {}", story.namespace);
    verify(owner, &format!("--file apns/a-renewed.pem {object}"))
        .await
        .is(0, SAFE)
        .says("a-renewed.pem stands for key push.pem of Secret acme")
        .says("the private key in key push.key belongs to the certificate");
    verify(owner, &format!("--file apns/a-renewed.pem --file apns/other.key {object}"))
        .await
        .is(1, "STOP: the private key does not belong to the certificate");
    verify(owner, &format!("--file apns/a.pem {object}"))
        .await
        .is(1, "STOP: this one is in place already and needs attention, which it would not mend");
    // None of these commands wrote anything.
    let secret = story.bed.kubectl_ok(&["get", "secret", "acme", "-n", &story.namespace, "-o", "jsonpath={.data}"], "");
    assert!(secret.contains("push.pem") && !secret.contains("renewed"), "{secret}");
}

#[tokio::test]
async fn who_may_not_read_the_secret_is_told_what_could_not_be_seen() {
    let story = in_place("verify-reader").await;
    let reader = reader(&story, "reader", &json!([]));
    let ran = verify(&reader, "--file apns/a-renewed.pem tcred/acme").await;
    ran.is(2, "could not tell: no private key was given or seen, so that the one in use may be the wrong one")
        .says("Secret acme could not be read (403: this user may not)")
        .says("only looked for in namespace");
    verify(&reader, "--file apns/a-renewed.pem --file apns/a.key tcred/acme").await.is(0, SAFE);
    verify(&reader, "--file apns/b.pem tcred/acme").await.is(1, STOP);
    // A user without any rights.
    let stranger = story.bed.kubeconfig_as(&format!("{}-stranger", story.namespace), &story.namespace);
    let ran = verify(&stranger, "--file apns/a-renewed.pem tcred/acme").await;
    assert!(
        ran.code == 2 && ran.out.starts_with("could not tell: TenantCredential ") && ran.out.contains("403"),
        "{}",
        ran.out
    );
}

#[tokio::test]
async fn what_is_not_there_is_said() {
    let story = Story::without_operator("verify-none", NOW).await;
    let owner = &owner(&story);
    let namespace = &story.namespace;
    verify(owner, &format!("--file apns/a.pem tcred/acme -n {namespace}"))
        .await
        .is(2, &format!("could not tell: there is no TenantCredential {namespace}/acme in this cluster"));
    let ran = verify(owner, &format!("--file apns/a.pem tcred/acme -n {namespace} --context nowhere")).await;
    ran.is(2, "could not tell: the kubeconfig has no context \"nowhere\". Its only context is \"test\"");
    // No operator has seen the object, and its Secret does not exist yet.
    story.apns("acme").await;
    let ran = verify(owner, &format!("--file apns/a.pem tcred/acme -n {namespace}")).await;
    ran.is(2, "could not tell: nothing is known of what is in place, so that there is nothing to compare with")
        .says("there is no Secret acme yet");
    // An existing Secret counts as the current credential, even before an operator has seen the Secret.
    story.secret("acme", &[("push.pem", "apns/a.pem"), ("push.key", "apns/a.key")]).await;
    verify(owner, &format!("--file apns/a-renewed.pem tcred/acme -n {namespace}")).await.is(0, SAFE);
    let ran = verify(owner, &format!("--file vpp/a.vpptoken tcred/acme -n {namespace}")).await;
    assert!(ran.code == 1 && ran.out.starts_with("STOP: key push.pem holds a VPP content token"), "{}", ran.out);
}

#[tokio::test]
async fn who_holds_it_already_is_told_of_all_that_the_caller_may_see() {
    let mut story = Story::without_operator("verify-held", NOW).await;
    let elsewhere = story.bed.namespace("verify-other");
    story.also = vec![elsewhere.clone()];
    story.start().await;
    let other = Story::within(story.bed, elsewhere.clone(), NOW).await;
    // Tokens that no other test holds.
    let token = |name: &str| {
        let token =
            STANDARD.encode(format!("{elsewhere} {name}: as many bytes as a real one would have, or nearly as many"));
        json!({"token": token, "expDate": "2031-06-01T00:00:00Z", "orgName": "Acme, Corp. = A\\B & Söhne"}).to_string()
    };
    for (place, name) in [(&story, "mine"), (&other, "theirs")] {
        place.secret_of(name, &[("token", token(name).into_bytes())]).await;
        place.credential(name, json!({"type": "VPPToken", "secretRef": {"name": name}, "reminderEveryHours": 0})).await;
        place.expect(name, &[("Duplicate", "False/Unique")]).await;
    }
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("new.vpptoken");
    std::fs::write(&file, token("theirs")).unwrap();
    let new = format!("--file {}", file.display());
    let ran = verify(&story.bed.kubeconfig, &format!("{new} mine -n {}", story.namespace)).await;
    assert_eq!(ran.code, 1, "{}", ran.out);
    ran.says(&format!("is also held by {elsewhere}/theirs")).says("STOP SharedByOthers");
    // A user who may read only one namespace learns nothing about others. The output contains that limitation.
    let ran = verify(&owner(&story), &format!("{new} mine")).await;
    ran.is(0, "same organization, same expiry: safe to apply").says("only looked for in namespace");
    assert!(!ran.out.contains("theirs"), "{}", ran.out);
}

#[tokio::test]
async fn the_recipe_of_the_page_stops_what_would_do_harm_and_applies_what_is_safe() {
    let story = in_place("verify-recipe").await;
    let may = json!([
        {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get", "create", "patch"]},
        {"apiGroups": ["lapsewatch.dev"], "resources": ["tenantcredentials"], "verbs": ["watch"]},
    ]);
    let pipeline = reader(&story, "pipeline", &may);
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/verify.md")).unwrap();
    let block = page.split("```sh\n").find(|block| block.starts_with("set -e")).unwrap().split("```").next().unwrap();
    // The fixtures are valid at another time, and the test has a namespace of its own.
    let script = block
        .replace("lapsewatch verify", &format!("lapsewatch verify --at {NOW}"))
        .replace("-n mdm", &format!("-n {}", story.namespace))
        .replace("acme-apns", "acme");
    let bin = Path::new(env!("CARGO_BIN_EXE_lapsewatch")).parent().unwrap();
    let path = format!("{}:{}:{}", bin.display(), story.bed.assets.display(), std::env::var("PATH").unwrap());
    for (certificate, key, code, first, change) in
        [("apns/b.pem", "apns/b.key", 1, STOP, ""), ("apns/a-renewed.pem", "apns/a.key", 0, SAFE, "Renewed")]
    {
        let folder = tempfile::TempDir::new().unwrap();
        std::fs::write(folder.path().join("new.pem"), fixture(certificate)).unwrap();
        std::fs::write(folder.path().join("new.key"), fixture(key)).unwrap();
        let mut command = Command::new("bash");
        command.args(["-c", &script]).current_dir(folder.path()).env("PATH", &path).env("KUBECONFIG", &pipeline);
        command.env("KUBECACHEDIR", story.bed.folder.join("kubectl-cache")).env("KUBECTL_KUBERC", "false");
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        let ran = Ran { code: output.status.code().unwrap(), out: String::from_utf8(output.stdout).unwrap() };
        assert_eq!(ran.code, code, "{}\n{}", ran.out, String::from_utf8_lossy(&output.stderr));
        ran.is(code, first);
        story.expect("acme", &[("lastChange", change)]).await;
    }
}
