//! TenantCredentials: each is paired with its Secret and read; then each is assessed among all.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::Unread;
use super::tenants::Tenants;
use crate::api::{CredentialType, Key, TenantCredentialSpec, TenantCredentialStatus, decode, stored};
use crate::assessment::peers::{Holder, Index, Peers, Reveal};
use crate::assessment::{Input, Reading, assess, published, tenant};
use crate::credential;
use crate::manifests::rules::Rules;
use crate::manifests::{Kind, Manifest, Objects, Place, Problem};
use crate::report::{self, Origin, Report};
use crate::secret::SecretData;
use crate::terminal::plain;

/// A TenantCredential that was paired with its Secret and read.
struct Readable {
    place: Place,
    key: Key,
    spec: TenantCredentialSpec,
    metadata: ObjectMeta,
    previous: TenantCredentialStatus,
    reading: Reading,
}

/// All TenantCredentials, and who holds what.
pub struct Credentials {
    readable: Vec<Readable>,
    /// Those that were skipped.
    pub unread: Vec<Unread>,
    /// A namespace of each Secret's name, once one was asked for that is not where it should be.
    elsewhere: OnceCell<HashMap<Arc<str>, Arc<str>>>,
    /// Who holds what.
    pub index: Index,
}

/// Reads all of them; what can't be taken or paired is told to `objects` and `report`.
pub fn read(objects: &mut Objects, report: &mut Report) -> Credentials {
    // Whoever reads the result has given all of it.
    let index = Index::new(Reveal::All);
    let mut all = Credentials { readable: Vec::new(), unread: Vec::new(), index, elsewhere: OnceCell::new() };
    let mut rules = None;
    for (key, manifest) in std::mem::take(&mut objects.credentials) {
        let rules = rules.get_or_insert_with(|| Rules::of("tenantcredentials.yaml"));
        match spec(rules, &key, &manifest) {
            Ok(spec) => all.read(key, spec, manifest, objects, report),
            Err(problems) => objects.problems.extend(problems),
        }
    }
    all
}

/// The spec, where the API server and the operator would take it.
fn spec(rules: &Rules, key: &Key, manifest: &Manifest) -> Result<TenantCredentialSpec, Vec<Problem>> {
    let problem = |what| Problem::of(manifest.place.clone(), Kind::TenantCredential, key, what);
    let broken = rules.broken(&manifest.spec);
    if !broken.is_empty() {
        return Err(broken.iter().map(|fault| problem(fault.to_string())).collect());
    }
    decode::spec(&manifest.spec).map_err(|what| vec![problem(what)])
}

impl Credentials {
    /// Pairs one with its Secret and reads it; enters what it holds.
    fn read(
        &mut self,
        key: Key,
        spec: TenantCredentialSpec,
        manifest: Manifest,
        objects: &mut Objects,
        report: &mut Report,
    ) {
        let Manifest { place, metadata, status, .. } = manifest;
        let (previous, _) = stored::decode::<TenantCredentialStatus>(&status);
        let created = metadata.creation_timestamp.as_ref().map(|time| time.0.as_second());
        let reading = match (spec.type_, spec.expiration_time) {
            (CredentialType::DeclaredExpiry, Some(time)) => Reading::Facts(credential::declared(time)),
            _ => match secret(&key, &spec, objects, &self.elsewhere) {
                Ok(data) => match credential::read(spec.type_, &data, &spec.selection()) {
                    Ok(facts) => Reading::Facts(facts),
                    Err(failure) => Reading::Failed(failure),
                },
                Err(why) => {
                    report.skipped.push(Problem::of(place, Kind::TenantCredential, &key, why));
                    // What the cluster said of it still tells that it holds something.
                    self.index.set(&key, Holder::remembered(created, &spec, &previous));
                    return self.unread.push(Unread { key, spec, previous });
                }
            },
        };
        let holder = match &reading {
            Reading::Facts(facts) => Holder::of(created, &spec, Some(&published::facts(facts.clone(), &spec)), None),
            Reading::Failed(failure) => Holder::of(created, &spec, previous.credential.as_ref(), Some(failure.reason)),
        };
        self.index.set(&key, holder);
        self.readable.push(Readable { place, key, spec, metadata, previous, reading });
    }

    /// What the operator would say of each among all that were given.
    pub fn assess(&mut self, tenants: &Tenants, now: DateTime<Utc>) -> Vec<report::Credential> {
        let index = &self.index;
        self.readable.drain(..).map(|readable| readable.assess(index, tenants, now)).collect()
    }
}

impl Readable {
    fn assess(self, index: &Index, tenants: &Tenants, now: DateTime<Utc>) -> report::Credential {
        let Self { place, key, spec, metadata, previous, reading } = self;
        let (inherits, whose) = tenants.of(&key, &spec);
        let spec = tenant::inherit(&spec, inherits).into_owned();
        let assessment = assess(Input {
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
        report::Credential { origin: Origin::Manifest(place), key, spec, status: assessment.status }
    }
}

/// The Secret's values, or why the credential can't be checked.
fn secret(
    key: &Key,
    spec: &TenantCredentialSpec,
    objects: &mut Objects,
    elsewhere: &OnceCell<HashMap<Arc<str>, Arc<str>>>,
) -> Result<SecretData, String> {
    let name = spec.secret_ref.as_ref().map(|secret| secret.name.clone()).unwrap_or_default();
    let wanted = Key { namespace: key.namespace.clone(), name: name.as_str().into() };
    let Some(secret) = objects.secrets.get_mut(&wanted) else {
        if let Some(made) = objects.made.get(&wanted) {
            let (kind, maker, place) = (made.kind, plain(&made.name), &made.place);
            return Err(format!("Secret {name} is made by {kind} {maker} ({place}), whose content is not here"));
        }
        let all = objects.secrets.keys().rev().map(|other| (Arc::clone(&other.name), Arc::clone(&other.namespace)));
        let but = match elsewhere.get_or_init(|| all.collect()).get(name.as_str()).map(|namespace| &**namespace) {
            None => String::new(),
            Some("") => " (one of that name without a namespace is)".to_owned(),
            Some(other) => format!(" (one of that name in namespace {other} is)"),
        };
        return Err(format!("Secret {name} is not among what was given{but}"));
    };
    for again in secret.again.drain(..) {
        let what = format!("it stands at {} already", secret.place);
        objects.problems.push(Problem::of(again, Kind::Secret, &wanted, what));
    }
    if secret.is_encrypted {
        return Err(format!("Secret {name} is encrypted with sops: give it decrypted"));
    }
    secret.decode().map_err(|why| {
        let problem = Problem::of(secret.place.clone(), Kind::Secret, &wanted, why);
        if !objects.problems.contains(&problem) {
            objects.problems.push(problem);
        }
        format!("Secret {name} can't be decoded")
    })
}
