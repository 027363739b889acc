//! Objects of which other tools make Secrets in the cluster: what they hold is not in the manifests.

use serde_json::Value;

use crate::source::location::SourceLocation;
use lapsewatch_core::api::Key;

/// What makes a Secret in the cluster.
pub struct SecretProducer {
    /// Its kind.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub place: SourceLocation,
}

/// A kind of object that makes Secrets: its group, its kind, and where it names them.
struct Form {
    group: &'static str,
    kind: &'static str,
    /// A list in which each item names one, by the field that `name` points to.
    list: &'static str,
    name: &'static str,
    /// Without a name the Secret is called as the object itself.
    is_named_alike: bool,
}

const FORMS: [Form; 9] = [
    form("bitnami.com", "SealedSecret", "/spec/template/metadata/name", true),
    form("external-secrets.io", "ExternalSecret", "/spec/target/name", true),
    form("onepassword.com", "OnePasswordItem", "", true),
    form("cert-manager.io", "Certificate", "/spec/secretName", false),
    form("secrets.hashicorp.com", "VaultStaticSecret", "/spec/destination/name", false),
    form("secrets.hashicorp.com", "VaultDynamicSecret", "/spec/destination/name", false),
    form("secrets.hashicorp.com", "VaultPKISecret", "/spec/destination/name", false),
    Form {
        list: "/spec/secretObjects",
        ..form("secrets-store.csi.x-k8s.io", "SecretProviderClass", "/secretName", false)
    },
    Form { list: "/spec/secretTemplates", ..form("isindir.github.com", "SopsSecret", "/name", false) },
];

const fn form(group: &'static str, kind: &'static str, name: &'static str, is_named_alike: bool) -> Form {
    Form { group, kind, list: "", name, is_named_alike }
}

/// The Secrets that an object makes, each with what makes it; none where it makes none.
pub fn made(group: &str, kind: &str, place: &SourceLocation, object: &Value) -> Vec<(Key, SecretProducer)> {
    let Some(form) = FORMS.iter().find(|form| form.group == group && form.kind == kind) else { return Vec::new() };
    let text = |object: &Value, at: &str| object.pointer(at).and_then(Value::as_str).map(str::to_owned);
    // One that only adds to a Secret of others, or makes none.
    if text(object, "/spec/target/creationPolicy").is_some_and(|policy| policy == "None") {
        return Vec::new();
    }
    let Some(own) = text(object, "/metadata/name") else { return Vec::new() };
    let namespace = text(object, "/metadata/namespace").unwrap_or_default();
    let named: Vec<String> = match form.list {
        "" => Some(form.name)
            .filter(|at| !at.is_empty())
            .and_then(|at| text(object, at))
            .or_else(|| form.is_named_alike.then(|| own.clone()))
            .into_iter()
            .collect(),
        list => {
            let items = object.pointer(list).and_then(Value::as_array).into_iter().flatten();
            items.filter_map(|item| text(item, form.name)).collect()
        }
    };
    let maker = || SecretProducer { kind: form.kind, name: own.clone(), place: place.clone() };
    named.into_iter().map(|name| (Key::new(&namespace, &name), maker())).collect()
}
