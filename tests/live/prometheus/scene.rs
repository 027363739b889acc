//! A scene of two tenants on a real API server, with credentials in most of the possible states.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::prometheus::server::{Firing, these};
use lapsewatch_test_support::cluster::bed::Bed;

pub struct Scene<'a> {
    bed: &'a Bed,
    folder: &'a Path,
    /// The namespace of the tenant acme.
    pub acme: String,
    /// The namespace of its test environment.
    pub qa: String,
}

/// The certificate and the private key, each in a folder that `issue` created.
type Pair = (PathBuf, PathBuf);

impl<'a> Scene<'a> {
    pub fn new(bed: &'a Bed, folder: &'a Path) -> Self {
        let scene = Self { bed, folder, acme: bed.namespace("acme"), qa: bed.namespace("acme-qa") };
        scene.issue("key", "of-the-key", "-1d", "+300d", false);
        scene
    }

    /// Issues a push certificate for a topic, valid between these times.
    fn issue(&self, name: &str, topic: &str, from: &str, until: &str, with_the_key: bool) -> Pair {
        let out = self.folder.join(name);
        let mut issue = Command::new(self.bed.assets.join("issue-credentials"));
        issue.arg("--out").arg(&out).args(["--topic", &format!("com.apple.mgmt.External.{topic}")]);
        issue.args(["--not-before", from, "--not-after", until]);
        if with_the_key {
            issue.arg("--key").arg(self.folder.join("key/push.key"));
        }
        assert!(issue.status().unwrap().success());
        (out.join("push.pem"), out.join("push.key"))
    }

    /// Returns the time at this offset from the present.
    fn date(&self, offset: &str) -> String {
        let date = Command::new(self.bed.assets.join("issue-credentials")).args(["--date", offset]).output().unwrap();
        String::from_utf8(date.stdout).unwrap().trim().to_owned()
    }

    fn apply(&self, namespace: &str, object: &Value) {
        self.bed.kubectl_ok(&["apply", "-n", namespace, "-f", "-"], &object.to_string());
    }

    fn secret(&self, namespace: &str, name: &str, data: &[(&str, Vec<u8>)]) {
        let data: serde_json::Map<String, Value> =
            data.iter().map(|(key, value)| ((*key).to_owned(), STANDARD.encode(value).into())).collect();
        self.apply(namespace, &json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "data": data}));
    }

    fn credential(&self, namespace: &str, name: &str, spec: Value) {
        let object = json!({"apiVersion": "lapsewatch.dev/v1alpha1", "kind": "TenantCredential",
            "metadata": {"name": name}, "spec": spec});
        self.apply(namespace, &object);
    }

    fn push_secret(&self, name: &str, (certificate, key): &Pair) {
        let data = [("push.pem", fs::read(certificate).unwrap()), ("push.key", fs::read(key).unwrap())];
        self.secret(&self.acme, name, &data);
    }

    /// Creates a push certificate of acme with its own topic.
    pub fn push(&self, name: &str, from: &str, until: &str) {
        self.push_secret(name, &self.issue(name, name, from, until, true));
        let spec = json!({"type": "APNsCertificate", "secretRef": {"name": name}, "tenantRef": {"name": "acme-prod"}});
        self.credential(&self.acme, name, spec);
    }

    /// Replaces the certificate in the Secret with another of this topic.
    pub fn replace(&self, name: &str, topic: &str, from: &str, until: &str) {
        self.push_secret(name, &self.issue(&format!("{name}-again"), topic, from, until, true));
    }

    /// Creates a VPP content token in both namespaces, first in the test environment. `overrides` contains the override
    /// for each namespace in this order.
    fn shared_token(&self, name: &str, overrides: [bool; 2]) {
        let json = json!({"token": STANDARD.encode(name.repeat(9)), "expDate": self.date("+300d"), "orgName": "Acme"});
        let token = STANDARD.encode(json.to_string()).into_bytes();
        for (namespace, is_override) in [&self.qa, &self.acme].into_iter().zip(overrides) {
            self.secret(namespace, name, &[("token", token.clone())]);
            let mut spec = json!({"type": "VPPToken", "secretRef": {"name": name}});
            if is_override {
                spec["vppToken"] = json!({"override": "Enabled"});
            }
            self.credential(namespace, &format!("{name}-of-{namespace}"), spec);
            // The age decides which holder is first, and creation times are whole seconds.
            std::thread::sleep(std::time::Duration::from_millis(1100));
        }
    }

    fn server_token(&self, namespace: &str, name: &str, secret: &str, expiry: Option<String>) {
        // The keys have as many hexadecimal digits as Apple's.
        let hex = |digits: usize| {
            secret.bytes().map(|byte| format!("{byte:02x}")).cycle().take(digits / 2).collect::<String>()
        };
        let mut token = json!({"consumer_key": format!("CK_{}", hex(96)), "consumer_secret": format!("CS_{}", hex(40)),
            "access_token": format!("AT_{}", hex(72)), "access_secret": format!("AS_{}", hex(40))});
        if let Some(expiry) = expiry {
            token["access_token_expiry"] = expiry.into();
        }
        self.secret(namespace, name, &[("token.json", token.to_string().into_bytes())]);
        self.credential(namespace, name, json!({"type": "DEPToken", "secretRef": {"name": name}}));
    }

    /// Waits until the operator has read the current content of a credential.
    pub fn until_read(&self, name: &str) {
        let wait = ["wait", "-n", &self.acme, &format!("tcred/{name}"), "--for=condition=Ready", "--timeout=120s"];
        self.bed.kubectl_ok(&wait, "");
    }

    /// Creates the tenant of acme's credentials, which requires these types.
    pub fn tenant(&self, required: &[&str]) {
        let tenant = json!({"apiVersion": "lapsewatch.dev/v1alpha1", "kind": "MDMTenant",
            "metadata": {"name": "acme-prod"}, "spec": {"requiredCredentials": required}});
        self.apply(&self.acme, &tenant);
    }

    /// Creates all objects. An operator must be running.
    pub fn fill(&self) {
        self.push("fine", "-10d", "+355d");
        self.push("early", "-320d", "+45d");
        self.push("soon", "-345d", "+20d");
        self.push("due", "-362d", "+3d");
        self.push("grace", "-370d", "-5d");
        self.push("over", "-405d", "-40d");
        self.push("future", "+10d", "+375d");
        self.push("topic", "-300d", "+165d");
        self.push("older", "-100d", "+265d");
        self.credential(&self.acme, "missing", json!({"type": "APNsCertificate", "secretRef": {"name": "missing"}}));
        let other = self.issue("other", "key-of-another", "-1d", "+300d", false);
        let certificate = self.issue("mismatched", "mismatched", "-1d", "+300d", true).0;
        self.push_secret("mismatched", &(certificate, other.1));
        self.credential(
            &self.acme,
            "mismatched",
            json!({"type": "APNsCertificate", "secretRef": {"name": "mismatched"}}),
        );
        self.push_secret("staged-old", &self.issue("staged-old", "staged", "-265d", "+100d", true));
        self.push_secret("staged-new", &self.issue("staged-new", "staged", "-1d", "+364d", true));
        for name in ["staged-old", "staged-new"] {
            self.credential(&self.acme, name, json!({"type": "APNsCertificate", "secretRef": {"name": name}}));
        }
        let past = json!({"type": "DeclaredExpiry", "expirationTime": self.date("-2d")});
        self.credential(&self.acme, "contract", past);
        self.server_token(&self.acme, "dateless", "dateless", None);
        let in_use = Some(self.date("+250d"));
        self.server_token(&self.qa, "dep-of-qa", "shared", in_use.clone());
        self.server_token(&self.acme, "dep-of-acme", "shared", in_use);
        self.shared_token("shared", [false, false]);
        self.shared_token("assumed", [false, true]);
        self.shared_token("contested", [true, true]);
        self.tenant(&["WindowsSymantecCertificate"]);

        self.until_read("topic");
        self.replace("topic", "another-topic", "-1d", "+364d");
        self.until_read("older");
        self.replace("older", "older", "-200d", "+165d");
    }

    /// Returns the alerts that must fire: name, severity and object.
    pub fn expected(&self) -> BTreeSet<Firing> {
        let of = |name: &str, namespace: &str| format!("{name}-of-{namespace}");
        these(&[
            ("LapsewatchCredentialExpiringNotice", "info", "early"),
            ("LapsewatchCredentialExpiringWarning", "warning", "soon"),
            ("LapsewatchCredentialExpiringCritical", "critical", "due"),
            ("LapsewatchCredentialExpired", "critical", "grace"),
            ("LapsewatchCredentialExpired", "warning", "contract"),
            ("LapsewatchGracePeriodOver", "critical", "over"),
            ("LapsewatchExpiryUnknown", "info", "dateless"),
            ("LapsewatchNotYetValid", "info", "future"),
            ("LapsewatchCredentialUnreadable", "warning", "missing"),
            ("LapsewatchIdentityChanged", "critical", "topic"),
            ("LapsewatchKeyMismatch", "warning", "mismatched"),
            ("LapsewatchWentBackwards", "info", "older"),
            ("LapsewatchSuperseded", "info", "staged-old"),
            ("LapsewatchTokenInUse", "warning", "dep-of-acme"),
            ("LapsewatchTokenInUse", "warning", "dep-of-qa"),
            ("LapsewatchTokenInUse", "warning", &of("shared", &self.acme)),
            ("LapsewatchSharedByOthers", "info", &of("shared", &self.qa)),
            ("LapsewatchControlLost", "critical", &of("assumed", &self.qa)),
            ("LapsewatchOverrideContested", "warning", &of("contested", &self.acme)),
            ("LapsewatchOverrideContested", "warning", &of("contested", &self.qa)),
            ("LapsewatchMissingCredential", "warning", "acme-prod"),
        ])
    }
}
