//! Sorts documents into TenantCredentials, MDMTenants and Secrets, and ignores all other objects.

use std::collections::BTreeMap;
use std::rc::Rc;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::Deserialize;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::bounded::wipe;
use super::documents::{YamlDocument, documents, is_meant};
use super::encrypted_object::EncryptedObject;
use super::files::ManifestFile;
use super::items;
use super::secret_producers::{SecretProducer, secrets_produced_by};
use super::secrets::ManifestSecret;
use super::sops::{has_cipher, is_cipher, is_encrypted, without_what_is_not_needed};
use crate::source::location::SourceLocation;
use crate::source::problem::{ManifestProblem, ObjectKind};
use lapsewatch_core::api::{self, CredentialType, Key, names};
use lapsewatch_core::sanitize::{sanitize, sanitize_line};

/// A TenantCredential or an MDMTenant as written in a manifest.
pub struct Manifest {
    /// The position in the input.
    pub place: SourceLocation,
    /// The object's metadata.
    pub metadata: ObjectMeta,
    /// The object's spec, not yet validated.
    pub spec: Value,
    /// The object's status, if the manifest was exported from a cluster.
    pub status: Value,
}

/// All objects and problems found in the input.
#[derive(Default)]
pub struct ManifestObjects {
    /// The TenantCredentials.
    pub credentials: BTreeMap<Key, Manifest>,
    /// The MDMTenants.
    pub tenants: BTreeMap<Key, Manifest>,
    /// The Secrets.
    pub secrets: BTreeMap<Key, ManifestSecret>,
    /// The Secrets that other tools create in the cluster, such as External Secrets Operator. Their values are not in
    /// the input.
    pub made: BTreeMap<Key, SecretProducer>,
    /// The TenantCredentials, MDMTenants and objects of an encrypted kind that sops has encrypted, with their readable
    /// fields.
    pub sealed: Vec<EncryptedObject>,
    /// Notes on objects that should perhaps be checked but can't be, mostly because they are encrypted.
    pub skipped: Vec<ManifestProblem>,
    /// Errors in the input.
    pub problems: Vec<ManifestProblem>,
    /// Notes on ignored input: broken parts of files in folders, unusable Secrets, and encrypted fields. A broken part
    /// is ignored only if its text names no kind that lapsewatch reads. An object with ignored encrypted fields is
    /// assessed without these fields.
    pub passed_over: Vec<ManifestProblem>,
}

impl ManifestObjects {
    /// Adds all documents of one file.
    pub fn take(&mut self, source: &ManifestFile) {
        let file: Rc<str> = sanitize(&source.name).into();
        for found in documents(&source.bytes) {
            match found {
                Ok(YamlDocument { line, text, value }) => {
                    let place = SourceLocation { file: Rc::clone(&file), line: Some(line), item: None };
                    self.object(place, value, Some(text), false);
                }
                Err(broken) => {
                    let place = SourceLocation { file: Rc::clone(&file), line: Some(broken.line), item: None };
                    let problem = ManifestProblem::at(place, broken.why);
                    let is_meant = source.named || broken.is_meant;
                    if is_meant { &mut self.problems } else { &mut self.passed_over }.push(problem);
                }
            }
        }
    }

    /// True if a TenantCredential that is not in `credentials` may still be in the input, encrypted or in a broken
    /// part.
    pub fn may_hold(&self, key: &Key) -> bool {
        self.problems.iter().any(|problem| is_about(problem, key))
            || self.sealed.iter().any(|one| one.may_be(ObjectKind::TenantCredential, key))
    }

    /// Adds one object. `written` is the object's first line and its text, if the object is a document and not an item
    /// of a list. `is_sealed` is true for an item of a list that sops has encrypted as a whole.
    fn object(&mut self, place: SourceLocation, mut value: Value, written: Option<(usize, &str)>, is_sealed: bool) {
        let is_sealed = is_sealed || is_encrypted(&value);
        if !value.is_object() {
            return self.no_object(place, value);
        }
        let text = |field: &str| value.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (api_version, kind) = (text("apiVersion"), text("kind"));
        let (group, version) = api_version.split_once('/').unwrap_or_default();
        let is_ours = group == api::GROUP || api_version == api::GROUP;
        if is_ours && !(group == api::GROUP && version == api::VERSION) {
            let what = sanitize_line(&api_version);
            let known = format!("{}/{}", api::GROUP, api::VERSION);
            self.problem(place, format!("{what} is no version that this lapsewatch knows: it knows {known}"));
        } else if kind.ends_with("List") && value.get("items").is_some_and(Value::is_array) {
            self.list(&place, &api_version, &kind, value, written, is_sealed);
        } else if kind.ends_with("List") && (is_ours || api_version == "v1" && kind == "List") {
            // The items of an empty list may be null.
            if value.get("items").is_some_and(|items| !items.is_null()) {
                self.problem(place, format!("items of a {} can't be read: expected a list", sanitize_line(&kind)));
            }
            wipe(&mut value);
        } else if is_sealed && (is_cipher(&kind) || is_cipher(&api_version)) {
            self.encrypted(place, &mut value);
        } else if is_encrypted(&value) && api_version.is_empty() && kind.is_empty() {
            self.passed_over.push(ManifestProblem::at(place, ENCRYPTED));
        } else if is_ours {
            match kind.as_str() {
                "TenantCredential" => self.keep(ObjectKind::TenantCredential, place, value, is_sealed),
                "MDMTenant" => self.keep(ObjectKind::MDMTenant, place, value, is_sealed),
                _ => self.problem(place, format!("{api_version} has no kind {}", sanitize_line(&kind))),
            }
        } else if api_version == "v1" && kind == "Secret" {
            self.secret(place, value, is_sealed);
        } else if api_version.is_empty() && matches!(kind.as_str(), "TenantCredential" | "MDMTenant") {
            let wanted = format!("{}/{}", api::GROUP, api::VERSION);
            self.problem(place, format!("{kind} has no apiVersion: expected {wanted}"));
        } else if kind == "TenantCredential" && has_our_type(&value) {
            // The apiVersion is probably wrong. Another product may also have a kind TenantCredential, but hardly with
            // one of these credential types.
            let (other, wanted) = (sanitize_line(&api_version), format!("{}/{}", api::GROUP, api::VERSION));
            let what = format!("a TenantCredential with apiVersion {other} is not checked: expected {wanted}");
            self.skipped.push(ManifestProblem::at(place, what));
        } else if api_version.is_empty() && kind == "Secret" {
            self.passed_over.push(ManifestProblem::at(place, "a Secret without apiVersion is not read: it needs v1"));
            wipe(&mut value);
        } else {
            for (key, maker) in secrets_produced_by(group, &kind, &place, &value) {
                self.made.entry(key).or_insert(maker);
            }
            wipe(&mut value);
        }
    }

    /// Reports a document or item that is a list or a text, if the content names a kind that lapsewatch reads.
    fn no_object(&mut self, place: SourceLocation, mut value: Value) {
        if is_meant(&Zeroizing::new(value.to_string())) {
            let found = if value.is_array() { "a list without kind: List" } else { "a text" };
            self.problem(place, format!("expected an object, found {found}"));
        }
        wipe(&mut value);
    }

    /// Adds an object whose kind is encrypted, because the object may be a TenantCredential or an MDMTenant.
    fn encrypted(&mut self, place: SourceLocation, value: &mut Value) {
        self.sealed.push(EncryptedObject::from_value(None, value));
        self.skipped.push(ManifestProblem::at(place, ENCRYPTED));
    }

    /// Adds the items of a list. An item without a kind in a list such as TenantCredentialList gets the kind from the
    /// name of the list.
    fn list(
        &mut self,
        place: &SourceLocation,
        api_version: &str,
        kind: &str,
        mut value: Value,
        written: Option<(usize, &str)>,
        is_sealed: bool,
    ) {
        let Some(Value::Array(items)) = value.get_mut("items").map(Value::take) else { return };
        let lines = written.and_then(|(begin, text)| Some((begin, items::lines(text, items.len())?)));
        let of = kind.strip_suffix("List").unwrap_or_default();
        for (index, mut item) in items.into_iter().enumerate() {
            if let (Some(fields), false) = (item.as_object_mut(), of.is_empty()) {
                fields.entry("apiVersion").or_insert_with(|| api_version.into());
                fields.entry("kind").or_insert_with(|| of.into());
            }
            let outer = place.item.as_deref().map(|outer| format!("{outer}.")).unwrap_or_default();
            let own = lines.as_ref().and_then(|(begin, lines)| Some(begin + lines.get(index)?));
            let item_place = SourceLocation {
                item: Some(format!("{outer}items[{index}]")),
                line: own.or(place.line),
                ..place.clone()
            };
            self.object(item_place, item, None, is_sealed);
        }
    }

    fn keep(&mut self, kind: ObjectKind, place: SourceLocation, mut value: Value, is_sealed: bool) {
        let left_out = if is_sealed { without_what_is_not_needed(&mut value) } else { Vec::new() };
        if is_sealed && ["metadata", "spec"].iter().any(|part| value.get(part).is_some_and(has_cipher)) {
            let what = "it is encrypted with sops: give it decrypted";
            self.skipped.push(match identify(&value) {
                Ok((key, _)) => ManifestProblem::about(place, kind, &key, what),
                Err(_) => ManifestProblem::at(place, format!("a {kind}: {what}")),
            });
            return self.sealed.push(EncryptedObject::from_value(Some(kind), &mut value));
        }
        let (key, metadata) = match identify(&value) {
            Ok(found) => found,
            Err(why) => return self.problem(place, format!("{kind}: {why}")),
        };
        let kept = if kind == ObjectKind::MDMTenant { &mut self.tenants } else { &mut self.credentials };
        if let Some(first) = kept.get(&key) {
            let first = first.place.clone();
            return self.problems.push(ManifestProblem::about(
                place,
                kind,
                &key,
                format!("it stands at {first} already"),
            ));
        }
        for name in unknown_fields(&value) {
            self.problems.push(ManifestProblem::about(
                place.clone(),
                kind,
                &key,
                format!("unknown field \"{}\"", sanitize_line(&name)),
            ));
        }
        for field in left_out {
            let what = format!("{} is encrypted with sops: it is judged without that", sanitize_line(&field));
            self.passed_over.push(ManifestProblem::about(place.clone(), kind, &key, what));
        }
        let mut part = |name: &str| value.get_mut(name).map(Value::take).unwrap_or_default();
        let (spec, status) = (part("spec"), part("status"));
        kept.insert(key, Manifest { place, metadata, spec, status });
    }

    fn secret(&mut self, place: SourceLocation, mut value: Value, is_sealed: bool) {
        match identify(&value) {
            Ok((key, _)) => {
                let secret = ManifestSecret::take(place, &mut value, is_sealed);
                match self.secrets.get_mut(&key) {
                    // If an encrypted and a plain Secret have the same name, the plain Secret is read.
                    Some(first) if first.is_encrypted() && !secret.is_encrypted() => *first = secret,
                    Some(first) if !first.is_encrypted() && secret.is_encrypted() => {}
                    Some(first) => first.again.push(secret.place),
                    None => drop(self.secrets.insert(key, secret)),
                }
            }
            // The encrypted name of this Secret can't be matched with the Secret that a TenantCredential names.
            Err(_) if is_sealed => {
                self.passed_over.push(ManifestProblem::at(place, "a Secret whose name is encrypted is not read"))
            }
            Err(why) => self.passed_over.push(ManifestProblem::at(place, format!("a Secret is not read: {why}"))),
        }
        wipe(&mut value);
    }

    fn problem(&mut self, place: SourceLocation, why: String) {
        self.problems.push(ManifestProblem::at(place, why));
    }
}

/// True if an object has one of the credential types that lapsewatch checks.
fn has_our_type(object: &Value) -> bool {
    let type_ = object.pointer("/spec/type").and_then(Value::as_str);
    CredentialType::ALL.iter().any(|known| Some(known.as_str()) == type_)
}

/// True if a problem concerns this TenantCredential, or an object without a known name.
pub fn is_about(problem: &ManifestProblem, key: &Key) -> bool {
    problem.object.as_ref().is_none_or(|(kind, other)| *kind == ObjectKind::TenantCredential && other == key)
}

/// The message for an object whose kind is encrypted with sops.
const ENCRYPTED: &str = "it is encrypted with sops as a whole, so that what it is can't be told: give it decrypted";

/// The top-level fields that an object may have. The field `sops` is allowed, because sops removes the field before the
/// object is applied.
const FIELDS: [&str; 6] = ["apiVersion", "kind", "metadata", "sops", "spec", "status"];
/// The fields of an object's metadata (Kubernetes API, ObjectMeta).
const METADATA: [&str; 15] = [
    "annotations",
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "finalizers",
    "generateName",
    "generation",
    "labels",
    "managedFields",
    "name",
    "namespace",
    "ownerReferences",
    "resourceVersion",
    "selfLink",
    "uid",
];

/// Returns the fields outside of spec and status that the API server would refuse. The rules of the schema report
/// unknown fields of a spec.
fn unknown_fields(object: &Value) -> Vec<String> {
    let names = |value: Option<&Value>| -> Vec<String> {
        value.and_then(Value::as_object).into_iter().flat_map(Map::keys).cloned().collect()
    };
    let of_object = names(Some(object)).into_iter().filter(|name| !FIELDS.contains(&name.as_str()));
    let of_metadata = names(object.get("metadata")).into_iter().filter(|name| !METADATA.contains(&name.as_str()));
    of_object.chain(of_metadata.map(|name| format!("metadata.{name}"))).collect()
}

fn identify(object: &Value) -> Result<(Key, ObjectMeta), String> {
    let metadata = object.get("metadata").unwrap_or(&Value::Null);
    let text = |field: &str| match metadata.get(field) {
        None | Some(Value::Null) => Ok(String::new()),
        Some(Value::String(text)) => Ok(text.clone()),
        Some(_) => Err(format!("metadata.{field} is no text: put it in quotation marks")),
    };
    let key = Key::new(&text("namespace")?, &text("name")?);
    if key.name.is_empty() {
        return Err("metadata.name is missing".to_owned());
    }
    names::object(&key.name).map_err(|why| format!("metadata.name can't be a name: {why}"))?;
    // A manifest without a namespace is valid, because the user who applies the manifest can choose a namespace.
    if !key.namespace.is_empty() {
        names::namespace(&key.namespace).map_err(|why| format!("metadata.namespace can't be a namespace: {why}"))?;
    }
    let metadata =
        ObjectMeta::deserialize(metadata).map_err(|_| "metadata is of another form than Kubernetes has".to_owned())?;
    Ok((key, metadata))
}
