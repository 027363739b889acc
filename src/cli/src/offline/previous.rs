//! What was said before: by the manifests of a base branch, or by what a cluster gave of its objects.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use kube::core::cel::{Validator, compile_schema};
use serde_json::{Value, json};

use super::credentials;
use super::knows;
use super::tenants::{self, CheckedTenants};
use crate::manifests::encrypted_object::EncryptedObject;
use crate::manifests::{self, ManifestObjects, is_about};
use crate::report::{self, CredentialChange, Diagnostic, Origin, Report};
use crate::source::location::STDIN;
use crate::source::{ManifestProblem, ObjectKind, SourceLocation};
use lapsewatch_core::api::conditions::ConditionType;
use lapsewatch_core::api::crds;
use lapsewatch_core::api::reasons::FailureReason;
use lapsewatch_core::api::{CredentialType, Key, MDMTenantSpec, TenantCredentialSpec, TenantCredentialStatus};
use lapsewatch_core::assessment::peers::Index;
use lapsewatch_core::messages::verify_remarks;
use lapsewatch_core::messages::{Side, Words};
use lapsewatch_core::sanitize::harmless;
use lapsewatch_core::secret::SecretData;

/// All that was found before.
pub struct Previous {
    found: BTreeMap<Key, Before>,
    /// Those that were skipped, and why.
    skipped: BTreeMap<Key, String>,
    tenants: CheckedTenants,
    objects: ManifestObjects,
    /// Who held what.
    pub index: Index,
}

/// A TenantCredential as it was.
pub struct Before {
    /// Where it was found.
    pub place: SourceLocation,
    /// What its user declared.
    pub spec: TenantCredentialSpec,
    /// What was said of it: by its status, and by its Secret where that was given.
    pub status: TenantCredentialStatus,
    /// When it was created, in seconds since 1970.
    pub created: Option<i64>,
}

/// Reads all that `paths` name; `-` is `stdin`.
pub fn read(paths: &[PathBuf], stdin: &mut dyn Read, now: DateTime<Utc>) -> Previous {
    let mut objects = manifests::read(paths, stdin);
    let seconds = |one: &manifests::Manifest| Some(one.metadata.creation_timestamp.as_ref()?.0.as_second());
    let mut places: BTreeMap<Key, (SourceLocation, Option<i64>)> =
        objects.credentials.iter().map(|(key, one)| (key.clone(), (one.place.clone(), seconds(one)))).collect();
    let tenants = tenants::take(&mut objects);
    let mut report = Report::default();
    let mut all = credentials::read(&mut objects, &mut report);
    let mut said: Vec<_> = all.assess(&tenants, now).into_iter().map(|one| (one.key, one.spec, one.status)).collect();
    said.extend(std::mem::take(&mut all.unread).into_iter().map(|one| (one.key, one.spec, one.previous)));
    let found = said.into_iter().filter_map(|(key, spec, status)| {
        let (place, created) = places.remove(&key)?;
        Some((key, Before { place, spec, status, created }))
    });
    let skipped = report.skipped.into_iter().filter_map(|one| Some((one.object?.1, one.message))).collect();
    Previous { found: found.collect(), skipped, tenants, objects, index: all.index }
}

/// Whether both are to be read from the standard input, which can be read once.
pub fn is_twice_stdin(paths: &[PathBuf], previous: &[PathBuf]) -> Option<ManifestProblem> {
    let has = |paths: &[PathBuf]| paths.iter().any(|path| path == Path::new("-"));
    let place = SourceLocation { file: STDIN.into(), line: None, item: None };
    (has(paths) && has(previous))
        .then(|| ManifestProblem::at(place, "it can be read once: give one of the two as files"))
}

/// A note where there is nothing to compare with, as in a folder that was named by mistake.
pub fn empty(paths: &[PathBuf], previous: &Previous) -> Option<Diagnostic> {
    let path = paths.first().filter(|_| previous.is_empty())?;
    let file = if path.as_os_str() == "-" { STDIN.into() } else { harmless(&path.display().to_string()).into() };
    let origin = Origin::Manifest(SourceLocation { file, line: None, item: None });
    Some(Diagnostic { origin, object: None, message: verify_remarks::NOTHING_BEFORE.to_owned() })
}

/// What the API server says to a change of the type.
fn refused(before: &TenantCredentialSpec, now: &Value) -> Vec<String> {
    let crd = crds::all().into_iter().find(|(name, _)| *name == "tenantcredentials.yaml");
    let schema = crd.and_then(|(_, crd)| crd.pointer("/spec/versions/0/schema/openAPIV3Schema").cloned());
    let compiled = compile_schema(&schema.unwrap_or_default());
    let (old, new) = (json!({"spec": before}), json!({"spec": now}));
    let Err(errors) = Validator::new().validate_compiled(&compiled, &new, Some(&old)) else { return Vec::new() };
    let of_type = errors.iter().filter(|error| error.field_path.ends_with(".type"));
    of_type.map(|error| format!("{}: {}", error.field_path, error.message)).collect()
}

impl Previous {
    /// The TenantCredentials.
    pub fn found(&self) -> &BTreeMap<Key, Before> {
        &self.found
    }

    /// The tenant of one of them.
    pub fn tenant(&self, key: &Key, spec: &TenantCredentialSpec) -> Option<&MDMTenantSpec> {
        self.tenants.of(key, spec).0
    }

    /// Whether a tenant that can't be read gives the warning days of one of them.
    pub fn hides_days_of(&self, key: &Key, spec: &TenantCredentialSpec) -> bool {
        self.tenants.hides_days_of(key, spec).is_some()
    }

    /// The Secret of one of them.
    ///
    /// # Errors
    /// Why it can't be seen, or not all of it.
    pub fn secret(&self, key: &Key, spec: &TenantCredentialSpec) -> Result<SecretData, &'static str> {
        let name = spec.secret_ref.as_ref().map(|secret| secret.name.as_str()).unwrap_or_default();
        let wanted = Key { namespace: key.namespace.clone(), name: name.into() };
        let secret = self.objects.secrets.get(&wanted).ok_or("it is not among what --previous gives")?;
        let decoded = secret.decode().map_err(|_| "what --previous gives of it can't be decoded")?;
        if decoded.encrypted.is_empty() { Ok(decoded.data) } else { Err("it is encrypted with sops") }
    }

    /// True where there is no TenantCredential in it, and nothing that may be one.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty() && self.problems().is_empty() && self.tenants.sealed().is_empty()
    }

    /// The reason why nothing is known of one of them, though it is there or may be. `sealed_now`: what is encrypted in
    /// the state now, which is another object than one that can be read there.
    pub fn obstacle(&self, key: &Key, sealed_now: &BTreeSet<[u8; 32]>) -> Option<String> {
        if let Some(before) = self.found.get(key) {
            let ready = before.status.conditions.iter().find(|c| c.type_ == ConditionType::Ready.as_str());
            let failure = || ready.map(|condition| condition.message.clone());
            return (!knows(&before.status))
                .then(|| self.skipped.get(key).cloned().or_else(failure).unwrap_or_default());
        }
        if let Some(problem) = self.problems().iter().find(|problem| is_about(problem, key)) {
            return Some(problem.to_string());
        }
        let may_be = |one: &&EncryptedObject| {
            one.may_be(ObjectKind::TenantCredential, key) && !sealed_now.contains(&one.digest())
        };
        self.tenants.sealed().iter().find(may_be).map(|_| verify_remarks::MAY_BE_ENCRYPTED.to_owned())
    }

    /// The encrypted objects.
    pub fn encrypted(&self) -> impl Iterator<Item = &ManifestProblem> {
        self.objects.skipped.iter()
    }

    /// How many others of this type hold something that is not known, since they could not be read.
    pub fn unread_beside(&self, key: &Key, type_: CredentialType) -> usize {
        let is_unread = |before: &Before| {
            let ready = before.status.conditions.iter().find(|c| c.type_ == ConditionType::Ready.as_str());
            let nothing = [FailureReason::SecretNotFound, FailureReason::KeyNotFound].map(FailureReason::as_str);
            before.status.credential.is_none() && ready.is_none_or(|ready| !nothing.contains(&&*ready.reason))
        };
        let others = self.found.iter().filter(|(other, before)| *other != key && before.spec.type_ == type_);
        let sealed = self.tenants.sealed().iter().filter(|one| one.may_be_of(type_)).count();
        others.filter(|(_, before)| is_unread(before)).count() + sealed
    }

    /// What was left out of it: encrypted objects, and parts that are no manifests.
    pub fn left_out(&self) -> impl Iterator<Item = ManifestProblem> {
        self.objects.skipped.iter().chain(&self.objects.passed_over).cloned()
    }

    /// What could not be read or understood.
    pub fn problems(&self) -> &[ManifestProblem] {
        &self.objects.problems
    }

    /// Lends what was said before to the objects that are still there, as if it stood in their status. What the API
    /// server would refuse of the change is told to `objects`; what is no longer there is given back.
    pub fn lend(&self, objects: &mut ManifestObjects) -> Vec<ManifestProblem> {
        let mut removed = Vec::new();
        for (key, before) in &self.found {
            let Some(manifest) = objects.credentials.get_mut(key) else {
                if objects.may_hold(key) {
                    continue;
                }
                removed.push(ManifestProblem::of(
                    before.place.clone(),
                    ObjectKind::TenantCredential,
                    key,
                    verify_remarks::REMOVED,
                ));
                continue;
            };
            if manifest.spec.get("type").is_some_and(|type_| type_ != before.spec.type_.as_str()) {
                let mut refused = refused(&before.spec, &manifest.spec);
                if refused.is_empty() {
                    refused.push(verify_remarks::OTHER_TYPE.to_owned());
                }
                let problem =
                    |what| ManifestProblem::of(manifest.place.clone(), ObjectKind::TenantCredential, key, what);
                objects.problems.extend(refused.into_iter().map(problem));
                objects.credentials.remove(key);
            } else if before.status != TenantCredentialStatus::default() {
                manifest.status = serde_json::to_value(&before.status).unwrap_or_default();
            }
        }
        removed
    }

    /// What became of those whose credential is another one now.
    pub fn changes(&self, checked: &[report::ReportedCredential]) -> Vec<CredentialChange> {
        let change = |one: &report::ReportedCredential| {
            let before = self.found.get(&one.key)?;
            let change =
                one.status.last_change.as_ref().filter(|change| before.status.last_change.as_ref() != Some(change))?;
            let facts = one.status.credential.as_ref()?;
            let words = Words { spec: &one.spec, facts, stale: false, side: Side::default() };
            Some(CredentialChange { key: one.key.clone(), reason: change.reason, message: words.change(change) })
        };
        checked.iter().filter_map(change).collect()
    }
}
