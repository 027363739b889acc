//! `lapsewatch new` writes the manifests of a Secret and a TenantCredential for local files.

mod credential;
mod names;
mod secret;
mod yaml;

use std::io::{self, Read, Write};

use chrono::{DateTime, Utc};

use crate::args::NewArgs;
use crate::exit::{ATTENTION, FAILED, FINE};
use crate::local_files::{self, LocalAssessment, LocalCredential};
use credential::Names;
use lapsewatch_core::api::conditions::{ConditionStatus, ConditionType};
use lapsewatch_core::messages::reader;
use lapsewatch_core::sanitize::sanitize_line;
use secret::SecretEntry;
use yaml::ManifestMeta;

/// Writes the manifests for the files that `args` names, and returns the exit code.
///
/// `now` is the time of the clock; `--at` takes precedence. `is_shown` is true if the output is a terminal.
///
/// # Errors
/// If the manifests can't be written.
pub fn run(
    args: &NewArgs,
    now: DateTime<Utc>,
    stdin: &mut dyn Read,
    is_shown: bool,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> io::Result<u8> {
    let (mut in_hand, mut problems) = local_files::gather(&args.files, args.password_file.as_deref(), stdin);
    if !problems.is_empty() {
        return refuse(&problems, FAILED, err);
    }
    let declare = |type_| credential::declared(args, type_);
    let look = match local_files::look(&mut in_hand, args.type_, args.at.unwrap_or(now), declare) {
        Ok(look) => look,
        Err(failure) => return refuse(&[failure.message], FAILED, err),
    };
    let unknown = local_files::not_understood(&in_hand);
    if !unknown.is_empty() {
        return refuse(&unknown, FAILED, err);
    }
    print_summary(&look, &in_hand, err)?;
    let objections = objections(&look, args.force);
    if !objections.is_empty() {
        return refuse(&objections, ATTENTION, err);
    }
    let (names, entries) =
        match (credential::names(args, look.identified.type_), secret::entries(&look.identified, &in_hand)) {
            (Ok(names), Ok(entries)) => (names, entries),
            (Err(problem), _) | (_, Err(problem)) => return refuse(&[problem], FAILED, err),
        };
    let spec = credential::spec(args, &look, &names, &entries);
    problems.extend(credential::broken(&spec)?);
    if !problems.is_empty() {
        return refuse(&problems, FAILED, err);
    }
    if is_shown && !args.without_secret && !args.force {
        let problem = format!(
            "the output holds the credential itself, and would be shown in this terminal: send it to a file (> {}.yaml) or \
             on to kubectl (| kubectl apply -f -), or take --without-secret",
            names.credential
        );
        return refuse(&[problem], FAILED, err);
    }
    let namespace = args.namespace.as_deref();
    if args.without_secret {
        hint(&names, namespace, &entries, &in_hand, err)?;
    } else {
        writeln!(err, "the output holds the credential itself, in Secret {}: treat it as one", names.secret)?;
        yaml::secret(ManifestMeta { name: &names.secret, namespace }, &entries, out)?;
        writeln!(out, "---")?;
    }
    yaml::credential(ManifestMeta { name: &names.credential, namespace }, &spec, out)?;
    out.flush()?;
    err.flush()?;
    Ok(FINE)
}

fn refuse(problems: &[String], code: u8, err: &mut dyn Write) -> io::Result<u8> {
    for problem in problems {
        writeln!(err, "error: {problem}")?;
    }
    err.flush()?;
    Ok(code)
}

/// Describes the credential on standard error.
fn print_summary(look: &LocalAssessment, in_hand: &LocalCredential, err: &mut dyn Write) -> io::Result<()> {
    let files: Vec<String> = in_hand.paths.values().map(|path| sanitize_line(&path.display().to_string())).collect();
    writeln!(
        err,
        "{}: {}, fit for type {}",
        files.join(", "),
        reader::identified(&look.identified),
        look.identified.type_
    )?;
    for line in look.identity().into_iter().chain(look.private_key().map(str::to_owned)) {
        writeln!(err, "  {}", sanitize_line(&line))?;
    }
    match look.condition(ConditionType::Expiring) {
        Some(expiring) if look.status.notifications.is_empty() => {
            writeln!(err, "  {}", sanitize_line(&expiring.message))?
        }
        _ => {}
    }
    for said in &look.status.notifications {
        writeln!(err, "  {} {}: {}", said.severity, said.reason, sanitize_line(&said.message))?;
    }
    for other in look.unused(in_hand) {
        writeln!(err, "  file {other} is not needed for it, and is put beside it")?;
    }
    Ok(())
}

/// Returns the reasons against writing the manifests: a private key that does not match, and an expired credential.
fn objections(look: &LocalAssessment, is_forced: bool) -> Vec<String> {
    let holds = |type_| look.condition(type_).is_some_and(|condition| condition.status == ConditionStatus::True);
    let mut objections = Vec::new();
    if holds(ConditionType::KeyMismatch) {
        objections.push("nothing is written: give the private key that belongs to the certificate".to_owned());
    }
    if holds(ConditionType::Expired) && !is_forced {
        objections.push("nothing is written: it has expired; renew it first, or take --force".to_owned());
    }
    objections
}

/// Shows the command that creates the Secret, so that the Secret's content is not part of this program's output.
fn hint(
    names: &Names,
    namespace: Option<&str>,
    entries: &[SecretEntry<'_>],
    in_hand: &LocalCredential,
    err: &mut dyn Write,
) -> io::Result<()> {
    write!(err, "the Secret is not written; this makes it:\n  kubectl create secret generic {}", names.secret)?;
    if let Some(namespace) = namespace {
        write!(err, " -n {namespace}")?;
    }
    for entry in entries {
        let path = entry.file.and_then(|file| in_hand.paths.get(file));
        let path =
            path.map_or_else(|| "PASSWORD-FILE".to_owned(), |path| quoted(&sanitize_line(&path.display().to_string())));
        write!(err, " --from-file={}={path}", entry.key)?;
    }
    writeln!(err)
}

/// Quotes a path for a POSIX shell.
fn quoted(path: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '_' | '-');
    if path.chars().all(is_plain) { path.to_owned() } else { format!("'{}'", path.replace('\'', r"'\''")) }
}
