//! Reads TenantCredentials with their Secrets, and assesses them. Each assessment also considers the other
//! TenantCredentials with the same credential.

use chrono::{DateTime, TimeDelta, Utc};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::Unread;
use super::readings::Readings;
use super::tenants::CheckedTenants;
use crate::manifests::rules::Rules;
use crate::manifests::{Manifest, ManifestObjects};
use crate::report::{self, Origin, Report};
use crate::source::{ManifestProblem, ObjectKind, SourceLocation};
use lapsewatch_core::api::{CredentialType, Key, TenantCredentialSpec, TenantCredentialStatus, decode, stored};
use lapsewatch_core::assessment::peers::{Holder, Index, Peers, Reveal};
use lapsewatch_core::assessment::{AssessmentInput, Reading, assess, tenant};
use lapsewatch_core::credential;

/// A TenantCredential whose Secret was found and read.
struct Readable {
    place: SourceLocation,
    key: Key,
    spec: TenantCredentialSpec,
    metadata: ObjectMeta,
    previous: TenantCredentialStatus,
    reading: Reading,
}

/// All TenantCredentials, and an index that finds those with the same credential.
pub struct CheckedCredentials {
    readable: Vec<Readable>,
    /// The TenantCredentials whose Secret or warning days are not readable in the input, so that they are not assessed.
    pub unread: Vec<Unread>,
    /// Finds the TenantCredentials that hold the same credential.
    pub index: Index,
}

/// Reads all TenantCredentials. Adds invalid objects to `objects` and objects without a readable Secret to `report`.
pub fn read(objects: &mut ManifestObjects, report: &mut Report) -> CheckedCredentials {
    // The user supplied all manifests, so the result may name every object that holds the same credential, in every
    // namespace.
    let index = Index::new(Reveal::All);
    let mut all = CheckedCredentials { readable: Vec::new(), unread: Vec::new(), index };
    let (mut rules, mut readings) = (None, Readings::default());
    for (key, manifest) in std::mem::take(&mut objects.credentials) {
        let rules = rules.get_or_insert_with(|| Rules::for_crd("tenantcredentials.yaml"));
        match spec(rules, &key, &manifest) {
            Ok(spec) => all.read(key, spec, manifest, objects, &mut readings, report),
            Err(problems) => objects.problems.extend(problems),
        }
    }
    all
}

/// Returns the spec if the API server and the operator accept the object.
fn spec(rules: &Rules, key: &Key, manifest: &Manifest) -> Result<TenantCredentialSpec, Vec<ManifestProblem>> {
    let problem = |what| ManifestProblem::about(manifest.place.clone(), ObjectKind::TenantCredential, key, what);
    let broken = rules.broken(&manifest.spec);
    if !broken.is_empty() {
        return Err(broken.iter().map(|fault| problem(fault.to_string())).collect());
    }
    decode::spec(&manifest.spec).map_err(|what| vec![problem(what)])
}

impl CheckedCredentials {
    /// Reads the Secret of one TenantCredential and adds the object to the index of holders.
    fn read(
        &mut self,
        key: Key,
        spec: TenantCredentialSpec,
        manifest: Manifest,
        objects: &mut ManifestObjects,
        readings: &mut Readings,
        report: &mut Report,
    ) {
        let Manifest { place, metadata, status, .. } = manifest;
        let (previous, _) = stored::decode::<TenantCredentialStatus>(&status);
        let created = metadata.creation_timestamp.as_ref().map(|time| time.0.as_second());
        let reading = match (spec.type_, spec.expiration_time) {
            (CredentialType::DeclaredExpiry, Some(time)) => Reading::Facts(credential::declared(time)),
            _ => match readings.reading_for(&key, &spec, objects) {
                Ok(reading) => reading,
                Err(why) => {
                    report.skipped.push(ManifestProblem::about(place, ObjectKind::TenantCredential, &key, why).into());
                    // If the manifest contains a status from the cluster, this status identifies the credential, so
                    // that other objects with the same credential are found.
                    self.index.set(&key, Holder::remembered(created, &spec, &previous));
                    return self.unread.push(Unread { key, spec, previous });
                }
            },
        };
        let holder = Holder::from_reading(created, &spec, &previous, &reading);
        self.index.set(&key, holder);
        self.readable.push(Readable { place, key, spec, metadata, previous, reading });
    }

    /// Skips each TenantCredential that takes its warning days from an encrypted tenant, because these days are
    /// unknown.
    pub fn set_aside(&mut self, tenants: &CheckedTenants, report: &mut Report) {
        for readable in std::mem::take(&mut self.readable) {
            let Some(why) = tenants.hides_days_of(&readable.key, &readable.spec) else {
                self.readable.push(readable);
                continue;
            };
            let Readable { place, key, spec, previous, .. } = readable;
            report.skipped.push(ManifestProblem::about(place, ObjectKind::TenantCredential, &key, why).into());
            self.unread.push(Unread { key, spec, previous });
        }
    }

    /// Returns a note for each TenantCredential that is assessed without the settings of its tenant.
    pub fn without_tenant(&self, tenants: &CheckedTenants) -> Vec<ManifestProblem> {
        let note = |one: &Readable| {
            let what = tenants.absent(&one.key, &one.spec)?;
            Some(ManifestProblem::about(one.place.clone(), ObjectKind::TenantCredential, &one.key, what))
        };
        self.readable.iter().filter_map(note).collect()
    }

    /// Assesses each TenantCredential that was read. As in the operator, the assessment includes the other
    /// TenantCredentials with the same credential.
    pub fn assess(&mut self, tenants: &CheckedTenants, now: DateTime<Utc>) -> Vec<report::ReportedCredential> {
        let index = &self.index;
        self.readable.drain(..).map(|readable| readable.assess(index, tenants, now)).collect()
    }
}

impl Readable {
    fn assess(self, index: &Index, tenants: &CheckedTenants, now: DateTime<Utc>) -> report::ReportedCredential {
        let Self { place, key, spec, metadata, previous, reading } = self;
        let (inherits, whose) = tenants.inherited_by(&key, &spec);
        let spec = tenant::inherit(&spec, inherits).into_owned();
        let assessment = assess(AssessmentInput {
            uid: metadata.uid.as_deref().unwrap_or_default(),
            generation: metadata.generation.unwrap_or_default(),
            spec: &spec,
            previous: &previous,
            reading,
            last_read: None,
            peers: Peers::Known(index.view(&key)),
            tenant: whose,
            now,
            settle: TimeDelta::zero(),
        });
        report::ReportedCredential { origin: Origin::Manifest(place), key, spec, status: assessment.status }
    }
}
