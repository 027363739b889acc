//! `lapsewatch check`: the same engine without a cluster. Manifests in, what the operator would say of them out.

mod bounded;
mod documents;
mod files;
mod objects;
mod place;
mod rules;
mod secrets;
mod table;

use std::fmt;
use std::io::{self, Read, Write};

use chrono::{DateTime, TimeDelta, Utc};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use crate::api::{CredentialType, Key, Severity, TenantCredentialSpec, TenantCredentialStatus, decode, stored};
use crate::args::CheckArgs;
use crate::assessment::peers::{Holder, Index, Peers, Reveal};
use crate::assessment::{Input, Reading, Tenant, assess, published};
use crate::credential;
use crate::secret::SecretData;
use objects::{ManifestCredential, Objects};
use rules::Rules;

/// All of it went well, and nothing needs attention now.
const FINE: u8 = 0;
/// Something is at Warning or above.
const ATTENTION: u8 = 1;
/// Something could not be read, or nothing was checked.
const FAILED: u8 = 2;

/// Something about a part of the input.
#[derive(Debug)]
pub struct Problem(String);

impl Problem {
    fn new(place: impl fmt::Display, what: impl fmt::Display) -> Self {
        Self(format!("{place}: {what}"))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What the operator would say of one TenantCredential.
struct Checked {
    key: Key,
    spec: TenantCredentialSpec,
    status: TenantCredentialStatus,
}

/// What came of all that was given.
#[derive(Default)]
struct Report {
    /// Sorted by namespace and name.
    checked: Vec<Checked>,
    /// TenantCredentials without their Secret, and why.
    skipped: Vec<Problem>,
    /// What could not be read or understood.
    problems: Vec<Problem>,
    /// Parts of folders that are no manifests.
    passed_over: Vec<Problem>,
}

impl Report {
    fn code(&self) -> u8 {
        let attention = |checked: &Checked| checked.status.severity.unwrap_or_default() >= Severity::Warning;
        match self {
            _ if !self.problems.is_empty() || self.checked.is_empty() => FAILED,
            _ if self.checked.iter().any(attention) => ATTENTION,
            _ => FINE,
        }
    }
}

/// Checks what `args` names, and gives the exit code. `now` is the clock's time, which `--at` goes before.
///
/// # Errors
/// When the result can't be written. A reader who has seen enough, as `head` has, is no error.
pub fn run(
    args: &CheckArgs,
    now: DateTime<Utc>,
    stdin: &mut dyn Read,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> io::Result<u8> {
    let report = check(args, args.at.unwrap_or(now), stdin);
    complain(&report, err).or_else(closed)?;
    table::write(&report, out).and_then(|()| out.flush()).or_else(closed)?;
    Ok(report.code())
}

fn closed(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::BrokenPipe { Ok(()) } else { Err(error) }
}

fn complain(report: &Report, err: &mut dyn Write) -> io::Result<()> {
    for problem in &report.problems {
        writeln!(err, "error: {problem}")?;
    }
    for passed_over in &report.passed_over {
        writeln!(err, "passed over {passed_over}")?;
    }
    for skipped in &report.skipped {
        writeln!(err, "skipped {skipped}")?;
    }
    if report.checked.is_empty() && report.skipped.is_empty() && report.problems.is_empty() {
        writeln!(err, "nothing was checked: there is no TenantCredential in what was given")?;
    } else if report.checked.is_empty() {
        writeln!(err, "nothing was checked")?;
    }
    err.flush()
}

fn check(args: &CheckArgs, now: DateTime<Utc>, stdin: &mut dyn Read) -> Report {
    let mut objects = Objects::default();
    files::read(&args.paths, stdin, &mut |found| match found {
        Ok(source) => objects.take(&source),
        Err(unreadable) => objects.problems.push(Problem::new(plain(&unreadable.name), unreadable.why)),
    });
    let mut report = Report::default();
    let mut rules = None;
    let mut readable = Vec::new();
    // Whoever reads the result has given all of it.
    let mut index = Index::new(Reveal::All);
    for (key, credential) in std::mem::take(&mut objects.credentials) {
        let rules = rules.get_or_insert_with(Rules::new);
        match spec(rules, &key, &credential) {
            Ok(spec) => readable.extend(read(key, spec, credential, &mut objects, &mut report, &mut index)),
            Err(problems) => objects.problems.extend(problems),
        }
    }
    report.checked = readable.into_iter().map(|readable| readable.assess(&index, now)).collect();
    Report { problems: objects.problems, passed_over: objects.passed_over, ..report }
}

/// The spec, where the API server and the operator would take it.
fn spec(rules: &Rules, key: &Key, credential: &ManifestCredential) -> Result<TenantCredentialSpec, Vec<Problem>> {
    let problem = |what| Problem::new(format!("{}: TenantCredential {key}", credential.place), what);
    let broken = rules.broken(&credential.spec);
    if !broken.is_empty() {
        return Err(broken.into_iter().map(problem).collect());
    }
    decode::spec(&credential.spec).map_err(|what| vec![problem(what)])
}

/// A TenantCredential that was paired with its Secret and read.
struct Readable {
    key: Key,
    spec: TenantCredentialSpec,
    metadata: ObjectMeta,
    previous: TenantCredentialStatus,
    reading: Reading,
}

/// Pairs one TenantCredential with its Secret and reads it; enters what it holds.
fn read(
    key: Key,
    spec: TenantCredentialSpec,
    credential: ManifestCredential,
    objects: &mut Objects,
    report: &mut Report,
    index: &mut Index,
) -> Option<Readable> {
    let ManifestCredential { metadata, status, .. } = credential;
    let (previous, _) = stored::decode::<TenantCredentialStatus>(&status);
    let created = metadata.creation_timestamp.as_ref().map(|time| time.0.as_second());
    let reading = match (spec.type_, spec.expiration_time) {
        (CredentialType::DeclaredExpiry, Some(time)) => Reading::Facts(credential::declared(time)),
        _ => match secret(&key, &spec, objects) {
            Ok(data) => match credential::read(spec.type_, &data, &spec.selection()) {
                Ok(facts) => Reading::Facts(facts),
                Err(failure) => Reading::Failed(failure),
            },
            Err(why) => {
                report.skipped.push(Problem::new(&key, why));
                // What the cluster said of it still tells that it holds something.
                index.set(&key, Holder::of(created, &spec, previous.credential.as_ref(), None));
                return None;
            }
        },
    };
    let holder = match &reading {
        Reading::Facts(facts) => Holder::of(created, &spec, Some(&published::facts(facts.clone(), &spec)), None),
        Reading::Failed(failure) => Holder::of(created, &spec, previous.credential.as_ref(), Some(failure.reason)),
    };
    index.set(&key, holder);
    Some(Readable { key, spec, metadata, previous, reading })
}

impl Readable {
    /// What the operator would say of it among all that were given.
    fn assess(self, index: &Index, now: DateTime<Utc>) -> Checked {
        let Self { key, spec, metadata, previous, reading } = self;
        let assessment = assess(Input {
            uid: metadata.uid.as_deref().unwrap_or_default(),
            generation: metadata.generation.unwrap_or_default(),
            spec: &spec,
            previous: &previous,
            reading,
            last_read: None,
            peers: Peers::Known(index.view(&key)),
            tenant: Tenant::Unnamed,
            now,
            settle: TimeDelta::zero(),
        });
        Checked { key, spec, status: assessment.status }
    }
}

/// The Secret's values, or why the credential can't be checked.
fn secret(key: &Key, spec: &TenantCredentialSpec, objects: &mut Objects) -> Result<SecretData, String> {
    let name = spec.secret_ref.as_ref().map(|secret| secret.name.clone()).unwrap_or_default();
    let wanted = Key { namespace: key.namespace.clone(), name: name.as_str().into() };
    let Some(secret) = objects.secrets.get_mut(&wanted) else {
        let elsewhere = objects.secrets.keys().find(|other| *other.name == *name);
        let but = match elsewhere.map(|other| &*other.namespace) {
            None => String::new(),
            Some("") => " (one of that name without a namespace is)".to_owned(),
            Some(other) => format!(" (one of that name in namespace {other} is)"),
        };
        return Err(format!("Secret {name} is not among what was given{but}"));
    };
    for again in secret.again.drain(..) {
        objects.problems.push(Problem::new(again, format!("Secret {wanted} stands at {} already", secret.place)));
    }
    if secret.is_encrypted {
        return Err(format!("Secret {name} is encrypted with sops: give it decrypted"));
    }
    secret.decode().map_err(|why| {
        let problem = Problem::new(format!("{}: Secret {wanted}", secret.place), why);
        if !objects.problems.iter().any(|known| known.0 == problem.0) {
            objects.problems.push(problem);
        }
        format!("Secret {name} can't be decoded")
    })
}

/// A name or text of the input as it may be shown: on one line, without what moves a terminal's cursor, and not long.
fn plain(text: &str) -> String {
    const MOST: usize = 300;
    let is_odd = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    let mut text: String = text.chars().take(MOST + 1).map(|c| if is_odd(c) { '?' } else { c }).collect();
    crate::api::limits::cut(&mut text, MOST);
    text
}
