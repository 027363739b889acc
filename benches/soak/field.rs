//! Manages one namespace of a soak: creates its objects, performs the users' actions, and reads the results.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::api::events::v1::Event;
use kube::Client;
use kube::api::{Api, DeleteParams, DynamicObject, ListParams, Patch, PatchParams};
use kube::core::{ApiResource, GroupVersionKind};
use serde_json::{Value, json};

use crate::script::Action;

/// The time for which a blinking Secret is deleted.
pub const BLINK: Duration = Duration::from_millis(2500);
/// The contents of the Secrets, first for certificates and then for tokens: files of tests/fixtures by Secret key.
const CONTENTS: [[&[(&str, &str)]; 4]; 2] = [
    [
        &[("push.pem", "apns/a.pem"), ("push.key", "apns/a.key")],
        &[("push.pem", "apns/a-renewed.pem"), ("push.key", "apns/a.key")],
        &[("push.pem", "apns/b.pem"), ("push.key", "apns/b.key")],
        &[("push.pem", "vpp/a.vpptoken")],
    ],
    [
        &[("sToken", "vpp/a.vpptoken")],
        &[("sToken", "vpp/b.vpptoken")],
        &[("sToken", "vpp/a.vpptoken")],
        &[("sToken", "apns/a.pem")],
    ],
];
pub const CONTENT: usize = CONTENTS[0].len();

/// The number of Events of one object, by type and reason.
pub type Events = BTreeMap<String, usize>;

pub struct Field {
    pub namespace: String,
    client: Client,
    credentials: usize,
    contents: Vec<usize>,
    tenants: BTreeSet<usize>,
    /// The UIDs of the Events that earlier rounds counted.
    counted: BTreeSet<String>,
}

fn name(credential: usize) -> String {
    format!("c-{credential:02}")
}

/// True if the credential is a token: every third is, and several objects use the same token.
fn is_token(credential: usize) -> bool {
    credential % 3 == 2
}

/// Returns the tenant of a credential. Two credentials share a tenant.
fn tenant(credential: usize) -> usize {
    credential / 2
}

impl Field {
    /// Creates the objects of the namespace.
    pub async fn new(client: Client, namespace: String, credentials: usize) -> Self {
        let mut field = Self {
            namespace,
            client,
            credentials,
            contents: (0..credentials).map(|credential| credential % 2).collect(),
            tenants: BTreeSet::new(),
            counted: BTreeSet::new(),
        };
        for credential in 0..credentials {
            field.put_secret(credential).await;
            field.put_credential(credential, 0).await;
            if credential % 4 == 0 {
                field.act(credential, Action::Tenant).await;
            }
        }
        field
    }

    fn objects(&self, kind: &str) -> Api<DynamicObject> {
        let kind = GroupVersionKind::gvk("lapsewatch.dev", "v1alpha1", kind);
        Api::namespaced_with(self.client.clone(), &self.namespace, &ApiResource::from_gvk(&kind))
    }

    fn secrets(&self) -> Api<Secret> {
        Api::namespaced(self.client.clone(), &self.namespace)
    }

    /// Creates all blinking Secrets if `is_there`, or else deletes them.
    pub async fn blink(&self, credentials: &[usize], is_there: bool) {
        for credential in credentials {
            match is_there {
                true => self.put_secret(*credential).await,
                false => self.delete_secret(*credential).await,
            }
        }
    }

    /// Performs a user's action. A blink is ignored here.
    pub async fn act(&mut self, credential: usize, action: Action) {
        match action {
            Action::Content(content) => {
                self.contents[credential] = content;
                self.put_secret(credential).await;
            }
            Action::Delete => self.delete_secret(credential).await,
            Action::Blink => {}
            Action::Tenant => self.toggle_tenant(tenant(credential)).await,
            Action::Contact(contact) => self.put_credential(credential, contact).await,
        }
    }

    async fn put_secret(&self, credential: usize) {
        let files = CONTENTS[usize::from(is_token(credential))][self.contents[credential]];
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
        let data: serde_json::Map<String, Value> = files
            .iter()
            .map(|(key, file)| ((*key).to_owned(), STANDARD.encode(std::fs::read(fixtures.join(file)).unwrap()).into()))
            .collect();
        let secret = json!({"apiVersion": "v1", "kind": "Secret", "data": data,
            "metadata": {"name": name(credential), "namespace": self.namespace}});
        let params = PatchParams::apply("user").force();
        self.secrets().patch(&name(credential), &params, &Patch::Apply(&secret)).await.unwrap();
    }

    async fn delete_secret(&self, credential: usize) {
        match self.secrets().delete(&name(credential), &DeleteParams::default()).await {
            Err(kube::Error::Api(status)) if status.code == 404 => {}
            other => drop(other.unwrap()),
        }
    }

    async fn put_credential(&self, credential: usize, contact: usize) {
        let type_ = if is_token(credential) { "VPPToken" } else { "APNsCertificate" };
        let object = json!({"apiVersion": "lapsewatch.dev/v1alpha1", "kind": "TenantCredential",
            "metadata": {"name": name(credential), "namespace": self.namespace},
            "spec": {"type": type_, "secretRef": {"name": name(credential)}, "reminderEveryHours": 0,
                "tenantRef": {"name": format!("t-{:02}", tenant(credential))},
                "owner": {"contact": format!("#contact-{contact}")}}});
        let params = PatchParams::apply("user").force();
        self.objects("TenantCredential").patch(&name(credential), &params, &Patch::Apply(&object)).await.unwrap();
    }

    async fn toggle_tenant(&mut self, tenant: usize) {
        let name = format!("t-{tenant:02}");
        let api = self.objects("MDMTenant");
        if self.tenants.remove(&tenant) {
            api.delete(&name, &DeleteParams::default()).await.unwrap();
            return;
        }
        self.tenants.insert(tenant);
        let object = json!({"apiVersion": "lapsewatch.dev/v1alpha1", "kind": "MDMTenant",
            "metadata": {"name": name, "namespace": self.namespace}, "spec": {"environment": "QA"}});
        api.patch(&name, &PatchParams::apply("user").force(), &Patch::Apply(&object)).await.unwrap();
    }

    /// Returns the status of each object, without times, versions and the namespace.
    pub async fn verdicts(&self) -> BTreeMap<String, Value> {
        let mut all = BTreeMap::new();
        for kind in ["TenantCredential", "MDMTenant"] {
            for object in self.objects(kind).list(&ListParams::default()).await.unwrap() {
                let status = &object.data["status"];
                all.insert(format!("{kind}/{}", object.metadata.name.unwrap()), verdict(status));
            }
        }
        all
    }

    /// Returns all Events since the last call of [`Self::next_round`], by object.
    pub async fn events(&self) -> BTreeMap<String, Events> {
        let mut all: BTreeMap<String, Events> = BTreeMap::new();
        for event in self.all_events().await {
            if !self.counted.contains(event.metadata.uid.as_ref().unwrap()) {
                let object = event.regarding.unwrap_or_default();
                let object = format!("{}/{}", object.kind.unwrap_or_default(), object.name.unwrap_or_default());
                let what = format!("{} {}", event.type_.unwrap_or_default(), event.reason.unwrap_or_default());
                *all.entry(object).or_default().entry(what).or_default() += 1;
            }
        }
        all
    }

    /// Assigns all present Events to earlier rounds.
    pub async fn next_round(&mut self) {
        self.counted = self.all_events().await.into_iter().map(|event| event.metadata.uid.unwrap()).collect();
    }

    async fn all_events(&self) -> Vec<Event> {
        let api: Api<Event> = Api::namespaced(self.client.clone(), &self.namespace);
        api.list(&ListParams::default()).await.unwrap().items
    }

    /// Returns the names of the objects that an action may affect, which have the same tenant or the same token.
    pub fn concerned(&self, credential: usize) -> Vec<String> {
        let own = (0..self.credentials)
            .filter(|other| tenant(*other) == tenant(credential) || is_token(credential) && is_token(*other));
        let tenants = own.clone().map(|other| format!("MDMTenant/t-{:02}", tenant(other)));
        own.map(|other| format!("TenantCredential/{}", name(other))).chain(tenants).collect()
    }
}

fn verdict(status: &Value) -> Value {
    let pick = |list: &Value, fields: &[&str]| -> Vec<Value> {
        let each = |entry: &Value| -> Value {
            fields.iter().map(|field| ((*field).to_owned(), entry[*field].clone())).collect()
        };
        let mut all: Vec<Value> = list.as_array().into_iter().flatten().map(each).collect();
        all.sort_by_key(Value::to_string);
        all
    };
    json!({
        "severity": status["severity"],
        "conditions": pick(&status["conditions"], &["type", "status", "reason", "message"]),
        "notifications": pick(&status["notifications"], &["type", "reason", "severity", "message", "runbookURL"]),
    })
}
