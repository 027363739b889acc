//! Recognizes objects from which other tools create Secrets in the cluster. The manifests do not contain the values of
//! these Secrets.

use serde_json::Value;

use crate::source::location::SourceLocation;
use lapsewatch_core::api::Key;

/// An object from which another tool creates a Secret in the cluster.
pub struct SecretProducer {
    /// The object's kind.
    pub kind: &'static str,
    /// The object's name.
    pub name: String,
    /// The object's position in the input.
    pub place: SourceLocation,
}

/// A kind of object that creates Secrets, and the fields that name these Secrets.
struct Form {
    group: &'static str,
    kind: &'static str,
    /// The JSON pointer to a list of the created Secrets. `name` is then relative to each item. Empty if `name` is
    /// relative to the object.
    list: &'static str,
    name: &'static str,
    /// True if a Secret without an explicit name has the name of the object.
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

/// Returns the Secrets that an object creates, each with its producer. Empty if the object creates no Secret.
pub fn secrets_produced_by(
    group: &str,
    kind: &str,
    place: &SourceLocation,
    object: &Value,
) -> Vec<(Key, SecretProducer)> {
    let Some(form) = FORMS.iter().find(|form| form.group == group && form.kind == kind) else { return Vec::new() };
    let text = |object: &Value, at: &str| object.pointer(at).and_then(Value::as_str).map(str::to_owned);
    // With this policy External Secrets Operator creates no Secret.
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
