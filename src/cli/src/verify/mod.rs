//! Implements `lapsewatch verify`, which rehearses a renewal in advance and decides "safe to apply" or "STOP".

mod from_cluster;
mod from_files;
mod from_manifests;
mod json;
mod place;
mod swap;
mod text;

use std::io::{self, Read, Write};
use std::path::PathBuf;

use chrono::{DateTime, Utc};

use crate::args::{VerifyArgs, VerifyOutput};
use crate::exit::{self, ATTENTION, FAILED, FINE};
use crate::local_files::{self, LocalCredential};
use from_cluster::Cluster;
use from_manifests::Manifests;
use lapsewatch_core::api::{CredentialFacts, CredentialType, Key};
use lapsewatch_core::assessment::peers::{Peers, is_exclusive};
use lapsewatch_core::assessment::verification::{Verification, VerifyInput, verify};
use lapsewatch_core::assessment::{Reading, normalize};
use lapsewatch_core::messages::{verify as words, verify_remarks};
use lapsewatch_core::secret::SecretBytes;
use lapsewatch_core::verdict::VerifyOutcome;
use place::RenewalTarget;
use swap::Swapped;

/// The rehearsed renewal and its verdict.
struct VerifyResult {
    key: Option<Key>,
    type_: CredentialType,
    in_place: Option<CredentialFacts>,
    new: Option<CredentialFacts>,
    rehearsal: Verification,
    remarks: Vec<String>,
    looked_for_others: bool,
}

/// The source in which other TenantCredentials with the same credential are searched. `Nobody` if only files are
/// compared.
enum Others {
    Cluster(Cluster),
    Manifests(Box<Manifests>),
    Nobody,
}

/// Rehearses the renewal that `args` describe and returns the exit code. `now` is the clock's time, which `--at`
/// overrides.
///
/// # Errors
/// Returns an error if the result can't be written. A closed pipe, as by `head`, is not an error.
pub fn run(args: &VerifyArgs, now: DateTime<Utc>, stdin: &mut dyn Read, out: &mut dyn Write) -> io::Result<u8> {
    let now = args.at.unwrap_or(now);
    let done = run_verification(args, now, stdin);
    let written = match args.output {
        VerifyOutput::Text => text::write(&done, out),
        VerifyOutput::Json => json::write(&done, now, out),
    };
    exit::accept_closed_pipe(written.and_then(|()| out.flush()))?;
    Ok(match done.map(|done| done.rehearsal.outcome) {
        Ok(VerifyOutcome::Safe) => FINE,
        Ok(VerifyOutcome::Stop) => ATTENTION,
        Ok(VerifyOutcome::Untold) | Err(_) => FAILED,
    })
}

fn run_verification(args: &VerifyArgs, now: DateTime<Utc>, stdin: &mut dyn Read) -> Result<VerifyResult, String> {
    let password = password(args, stdin)?;
    let copy = password.as_ref().map(|password| SecretBytes::new(password.expose().to_vec()));
    let mut new = local_files::read(&args.files, copy)?;
    let (mut place, others) = if !args.against.is_empty() {
        (from_files::place(&args.against, args.type_, password)?, Others::Nobody)
    } else if !args.previous.is_empty() {
        let manifests = Manifests::read(&args.previous, stdin, now);
        let place = manifests.place(args.namespace.as_deref(), args.object.as_deref())?;
        (place, Others::Manifests(Box::new(manifests)))
    } else {
        let name = args.object.as_deref().unwrap_or_default();
        let (kubeconfig, context) = (args.kubeconfig.as_deref(), args.context.as_deref());
        let cluster = Cluster::connect(kubeconfig, context, args.namespace.as_deref(), name)?;
        (cluster.place()?, Others::Cluster(cluster))
    };
    if place.spec.type_ == CredentialType::DeclaredExpiry {
        return Err(words::DECLARED.to_owned());
    }
    place.settle(now);
    // If the spec names a Secret key with the password, this password is used for the new file. Otherwise the user may
    // be asked for the password.
    if place.selection.password_key.is_none() {
        // A failure is ignored here: the new files are read again below, together with the other values of the Secret.
        let _ = local_files::identify(&mut new, Some(place.spec.type_));
    }
    let unknown = local_files::not_understood(&new);
    let done = rehearsed(new, place, others, now);
    // If a file has an unknown content, the result is an error. The exceptions are the verdict STOP and a new
    // credential that can't be read, because their result already makes the command fail.
    match unknown.into_iter().next().filter(|_| done.new.is_some() && done.rehearsal.outcome != VerifyOutcome::Stop) {
        Some(problem) => Err(problem),
        None => Ok(done),
    }
}

/// Reads the password file. The standard input can't contain both the manifests and the password.
fn password(args: &VerifyArgs, stdin: &mut dyn Read) -> Result<Option<SecretBytes>, String> {
    let Some(file) = &args.password_file else { return Ok(None) };
    let is_stdin = |path: &PathBuf| path.as_os_str() == "-";
    if is_stdin(file) && args.previous.iter().any(is_stdin) {
        return Err("-: the standard input can't be the manifests and the password at once".to_owned());
    }
    local_files::password::from_file(file, stdin).map(Some)
}

fn rehearsed(new: LocalCredential, mut place: RenewalTarget, mut others: Others, now: DateTime<Utc>) -> VerifyResult {
    let Swapped { data, selection, is_all, remarks } = swap::put(new, &mut place);
    place.remarks.splice(0..0, remarks);
    let read = lapsewatch_core::read(place.spec.type_, &data, &selection);
    let reading = Reading::from(read.map(|facts| normalize::facts(facts, &place.spec)));
    drop(data);
    let mut new = match &reading {
        Reading::Facts(facts) => Some(facts.clone()),
        Reading::Failed(_) => None,
    };
    let (peers, remark) = match (&new, &mut others) {
        (Some(facts), Others::Cluster(cluster)) => cluster.peers(&place, facts),
        (Some(facts), Others::Manifests(manifests)) => manifests.peers(&place, facts),
        (None, _) | (_, Others::Nobody) => (Peers::Pending, None),
    };
    place.remarks.extend(remark);
    let used_password = new.as_ref().and_then(|facts| facts.keys.as_ref()).is_some_and(|keys| keys.password.is_some());
    if used_password && place.key.is_some() && place.selection.password_key.is_none() {
        place.remarks.push(verify_remarks::password(&place.spec));
    }
    if let Some(keys) = new.as_mut().and_then(|facts| facts.keys.as_mut()) {
        // A password from the user has an internal key of this program, which is not a Secret key and must not be
        // shown.
        keys.password = keys.password.take().filter(|key| !local_files::is_password(key));
    }
    let looked_for_others = is_exclusive(place.spec.type_) && peers != Peers::Pending;
    let rehearsal = verify(VerifyInput {
        spec: &place.spec,
        previous: &place.status,
        reading,
        sees_all: is_all,
        peers,
        tenant: place.whose(),
        now,
    });
    VerifyResult {
        type_: place.spec.type_,
        in_place: place.status.credential,
        key: place.key,
        new,
        rehearsal,
        remarks: place.remarks,
        looked_for_others,
    }
}
