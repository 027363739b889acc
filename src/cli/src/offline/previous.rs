//! Reads the previous state, from the manifests of a base branch or from objects exported from a cluster.

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
use lapsewatch_core::sanitize::sanitize;
use lapsewatch_core::secret::SecretData;

/// The previous state of all objects.
pub struct Previous {
    found: BTreeMap<Key, Before>,
    /// The reasons why TenantCredentials of the previous state could not be assessed.
    skipped: BTreeMap<Key, String>,
    tenants: CheckedTenants,
    objects: ManifestObjects,
    /// Finds the TenantCredentials of the previous state that hold the same credential.
    pub index: Index,
}

/// The previous state of one TenantCredential.
pub struct Before {
    /// The position in the previous input.
    pub place: SourceLocation,
    /// The previous spec.
    pub spec: TenantCredentialSpec,
    /// The previous status: assessed from the Secret if the previous input contains it, and otherwise copied from the
    /// manifest.
    pub status: TenantCredentialStatus,
    /// The object's creation time, in seconds since 1970-01-01 UTC.
    pub created: Option<i64>,
}

/// Reads the previous state from `paths`. The path `-` means `stdin`.
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

/// Returns a problem if both the manifests and the previous manifests are to be read from standard input, which can be
/// read only once.
pub fn is_twice_stdin(paths: &[PathBuf], previous: &[PathBuf]) -> Option<ManifestProblem> {
    let has = |paths: &[PathBuf]| paths.iter().any(|path| path == Path::new("-"));
    let place = SourceLocation { file: STDIN.into(), line: None, item: None };
    (has(paths) && has(previous))
        .then(|| ManifestProblem::at(place, "it can be read once: give one of the two as files"))
}

/// Returns a note if the previous input contains nothing to compare with, for example because the wrong folder was
/// named.
pub fn empty(paths: &[PathBuf], previous: &Previous) -> Option<Diagnostic> {
    let path = paths.first().filter(|_| previous.is_empty())?;
    let file = if path.as_os_str() == "-" { STDIN.into() } else { sanitize(&path.display().to_string()).into() };
    let origin = Origin::Manifest(SourceLocation { file, line: None, item: None });
    Some(Diagnostic { origin, object: None, message: verify_remarks::NOTHING_BEFORE.to_owned() })
}

/// Returns the messages with which the API server refuses a change of the credential type. Empty if the schema allows
/// the change.
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
    /// Returns the TenantCredentials of the previous state.
    pub fn found(&self) -> &BTreeMap<Key, Before> {
        &self.found
    }

    /// Returns the tenant of a TenantCredential in the previous state.
    pub fn tenant(&self, key: &Key, spec: &TenantCredentialSpec) -> Option<&MDMTenantSpec> {
        self.tenants.inherited_by(key, spec).0
    }

    /// True if a TenantCredential takes its warning days from an encrypted tenant of the previous state.
    pub fn hides_days_of(&self, key: &Key, spec: &TenantCredentialSpec) -> bool {
        self.tenants.hides_days_of(key, spec).is_some()
    }

    /// Returns the Secret of a TenantCredential in the previous state.
    ///
    /// # Errors
    /// Returns the reason why the Secret, or a part of the Secret, can't be read.
    pub fn secret(&self, key: &Key, spec: &TenantCredentialSpec) -> Result<SecretData, &'static str> {
        let name = spec.secret_ref.as_ref().map(|secret| secret.name.as_str()).unwrap_or_default();
        let wanted = Key { namespace: key.namespace.clone(), name: name.into() };
        let secret = self.objects.secrets.get(&wanted).ok_or("it is not among what --previous gives")?;
        let decoded = secret.decode().map_err(|_| "what --previous gives of it can't be decoded")?;
        if decoded.encrypted.is_empty() { Ok(decoded.data) } else { Err("it is encrypted with sops") }
    }

    /// True if the previous state contains no TenantCredential, and no encrypted or broken part that may be a
    /// TenantCredential.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty() && self.problems().is_empty() && self.tenants.sealed().is_empty()
    }

    /// Returns the reason why a readable TenantCredential can't be compared with its previous state. None if the
    /// comparison is possible, or if the previous state does not contain the TenantCredential. An encrypted previous
    /// object may be this TenantCredential, unless `sealed_now` contains its digest. `sealed_now` contains the digests
    /// of the objects that are still encrypted in the new state.
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

    /// Returns the problems of encrypted objects in the previous input.
    pub fn encrypted(&self) -> impl Iterator<Item = &ManifestProblem> {
        self.objects.skipped.iter()
    }

    /// Counts the other TenantCredentials of this type whose credential could not be read. Each of them may hold the
    /// same credential.
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

    /// Returns the ignored parts of the previous input: encrypted objects, and parts that are not manifests.
    pub fn left_out(&self) -> impl Iterator<Item = ManifestProblem> {
        self.objects.skipped.iter().chain(&self.objects.passed_over).cloned()
    }

    /// Returns the parts of the previous input that could not be read.
    pub fn problems(&self) -> &[ManifestProblem] {
        &self.objects.problems
    }

    /// Copies each previous status into the object of the same name in `objects`, so that the assessment compares the
    /// credentials. An object whose type has changed is moved to the problems, because the API server would refuse this
    /// change. Returns a note for each removed TenantCredential.
    pub fn lend(&self, objects: &mut ManifestObjects) -> Vec<ManifestProblem> {
        let mut removed = Vec::new();
        for (key, before) in &self.found {
            let Some(manifest) = objects.credentials.get_mut(key) else {
                if objects.may_hold(key) {
                    continue;
                }
                removed.push(ManifestProblem::about(
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
                    |what| ManifestProblem::about(manifest.place.clone(), ObjectKind::TenantCredential, key, what);
                objects.problems.extend(refused.into_iter().map(problem));
                objects.credentials.remove(key);
            } else if before.status != TenantCredentialStatus::default() {
                manifest.status = serde_json::to_value(&before.status).unwrap_or_default();
            }
        }
        removed
    }

    /// Returns the changes of the credentials that differ from the previous state.
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
