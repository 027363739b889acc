//! Tests of the admission policy: a user can't have the operator read a Secret that the user may not read.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use lapsewatch_test_support::cluster::bed::{Bed, bed};
use lapsewatch_test_support::cluster::helm::template;

/// A namespace on a server with the policy. The user `author` may write TenantCredentials and get only the Secret
/// `own`.
struct Scene {
    bed: &'static Bed,
    namespace: String,
    author: String,
}

impl Scene {
    fn begin() -> Self {
        static POLICY: OnceLock<()> = OnceLock::new();
        let bed = bed();
        let namespace = bed.namespace("admission");
        let author = format!("{namespace}-author");
        let scene = Self { bed, namespace, author };
        let writes = json!({"apiGroups": ["lapsewatch.dev"], "resources": ["tenantcredentials"],
            "verbs": ["get", "list", "create", "update", "patch"]});
        let reads = json!({"apiGroups": [""], "resources": ["secrets"], "resourceNames": ["own"], "verbs": ["get"]});
        // A right to list or watch Secrets reveals their content too, but the policy checks only `get`.
        let lists = json!({"apiGroups": [""], "resources": ["secrets"], "verbs": ["list", "watch"]});
        scene.grant(&scene.author, &json!([writes, reads, lists]));
        POLICY.get_or_init(|| {
            let objects = template("lapsewatch", "mdm", &["--show-only=templates/admission-policy.yaml"]).unwrap();
            assert_eq!(objects.len(), 2);
            objects.iter().for_each(|object| _ = bed.kubectl_ok(&["apply", "-f", "-"], &object.to_string()));
            let begun = Instant::now();
            while scene.applies(&scene.author, "create", "probe", "foreign").is_ok() {
                assert!(begun.elapsed() < Duration::from_secs(30), "the policy has no effect");
                bed.kubectl_ok(&["delete", "tcred", "probe", "-n", &scene.namespace], "");
                std::thread::sleep(Duration::from_millis(200));
            }
        });
        scene
    }

    fn grant(&self, user: &str, rules: &Value) {
        let objects = json!({"apiVersion": "v1", "kind": "List", "items": [
            {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role",
             "metadata": {"name": user, "namespace": self.namespace}, "rules": rules},
            {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
             "metadata": {"name": user, "namespace": self.namespace},
             "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": user},
             "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user}]},
        ]});
        self.bed.kubectl_ok(&["apply", "-f", "-"], &objects.to_string());
        let begun = Instant::now();
        while self.as_user(user, &["auth", "can-i", "create", "tcred"], "").is_err() {
            assert!(begun.elapsed() < Duration::from_secs(30), "the grant has no effect");
        }
    }

    /// Runs kubectl as this user, or as the administrator if the name is empty. Returns all output.
    fn as_user(&self, user: &str, args: &[&str], stdin: &str) -> Result<String, String> {
        let who = format!("--as={user}");
        let mut all = vec!["-n", self.namespace.as_str()];
        all.extend((!user.is_empty()).then_some(who.as_str()));
        all.extend(args);
        let output = self.bed.kubectl_with(&all, stdin);
        let told = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        if output.status.success() { Ok(told) } else { Err(told) }
    }

    /// Runs kubectl `create`, `apply` or `replace` for an APNs credential that reads this Secret.
    fn applies(&self, user: &str, how: &str, name: &str, secret: &str) -> Result<String, String> {
        self.writes(user, &[how], name, json!({"type": "APNsCertificate", "secretRef": {"name": secret}}))
    }

    fn writes(&self, user: &str, how: &[&str], name: &str, spec: Value) -> Result<String, String> {
        let object = json!({"apiVersion": "lapsewatch.dev/v1alpha1", "kind": "TenantCredential",
            "metadata": {"name": name, "namespace": self.namespace}, "spec": spec});
        self.as_user(user, &[how, &["-f", "-"]].concat(), &object.to_string())
    }

    fn patch(&self, user: &str, name: &str, patch: &Value) -> Result<String, String> {
        self.as_user(user, &["patch", "tcred", name, "--type=merge", "-p", &patch.to_string()], "")
    }
}

#[track_caller]
fn is_refused(told: Result<String, String>, secret: &str) {
    let told = told.expect_err("the policy must refuse the request");
    for said in [
        "lapsewatch-secret-access",
        &format!("would read Secret {secret} of namespace admission-"),
        "who may not get it",
        "ask for a Role",
    ] {
        assert!(told.contains(said), "{told}");
    }
}

fn points_to(secret: &str) -> Value {
    json!({"spec": {"secretRef": {"name": secret}}})
}

#[test]
fn who_may_not_get_the_secret_creates_nothing_of_it() {
    let scene = Scene::begin();
    is_refused(scene.applies(&scene.author, "create", "acme", "foreign"), "foreign");
    is_refused(scene.applies(&scene.author, "apply", "acme", "foreign"), "foreign");
    let server_side = ["apply", "--server-side"];
    let spec = json!({"type": "APNsCertificate", "secretRef": {"name": "foreign"}});
    is_refused(scene.writes(&scene.author, &server_side, "acme", spec), "foreign");
    scene.applies(&scene.author, "create", "acme", "own").unwrap();
    // A Secret that does not exist yet is treated like an existing Secret.
    is_refused(scene.applies(&scene.author, "create", "later", "not-there"), "not-there");
}

#[test]
fn who_may_not_get_the_secret_changes_all_but_the_secret() {
    let scene = Scene::begin();
    scene.applies("", "create", "acme", "foreign").expect("the administrator may read all Secrets");
    let author = &scene.author;
    scene.as_user(author, &["label", "tcred", "acme", "team=mobile"], "").unwrap();
    scene.patch(author, "acme", &json!({"spec": {"owner": {"contact": "#mobile"}}})).unwrap();
    scene.patch(author, "acme", &json!({"spec": {"secretRef": {"key": "push.pem"}}})).unwrap();
    is_refused(scene.patch(author, "acme", &points_to("another")), "another");
    is_refused(scene.applies(author, "replace", "acme", "another"), "another");
    scene.patch(author, "acme", &points_to("own")).expect("the author may get this Secret");
    is_refused(scene.patch(author, "acme", &points_to("foreign")), "foreign");
}

#[test]
fn the_right_counts_in_the_objects_own_namespace() {
    let scene = Scene::begin();
    let elsewhere = Scene::begin();
    let writes = json!({"apiGroups": ["lapsewatch.dev"], "resources": ["tenantcredentials"], "verbs": ["create"]});
    elsewhere.grant(&scene.author, &json!([writes]));
    is_refused(elsewhere.applies(&scene.author, "create", "acme", "own"), "own");
}

#[test]
fn who_has_all_rights_and_what_names_no_secret_pass() {
    let scene = Scene::begin();
    scene.applies("", "create", "acme", "foreign").unwrap();
    scene.patch("", "acme", &points_to("another")).unwrap();
    let declared = json!({"type": "DeclaredExpiry", "expirationTime": "2031-01-01T00:00:00Z"});
    scene.writes(&scene.author, &["create"], "contract", declared).unwrap();
    scene.as_user(&scene.author, &["label", "tcred", "contract", "team=mobile"], "").unwrap();
    // A GitOps engine typically has all rights in its namespaces.
    let engine = format!("{}-engine", scene.namespace);
    scene.grant(&engine, &json!([{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}]));
    scene.applies(&engine, "create", "by-engine", "foreign").unwrap();
}

/// The policy does not check the operator's own status writes: the operator may get Secrets, but must not need to.
#[test]
fn a_write_of_the_status_is_not_looked_at() {
    let scene = Scene::begin();
    scene.applies("", "create", "acme", "foreign").unwrap();
    let writer = format!("{}-writer", scene.namespace);
    let rules = json!([{"apiGroups": ["lapsewatch.dev"], "resources": ["tenantcredentials", "tenantcredentials/status"],
        "verbs": ["get", "create", "patch"]}]);
    scene.grant(&writer, &rules);
    let patch = json!({"status": {"severity": "Warning"}}).to_string();
    scene
        .as_user(&writer, &["patch", "tcred", "acme", "--subresource=status", "--type=merge", "-p", &patch], "")
        .unwrap();
}
