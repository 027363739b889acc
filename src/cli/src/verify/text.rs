//! Writes the result for the terminal: the verdict, the compared credentials, the findings, the passed checks and the
//! remarks.

use std::io::{self, Write};

use super::VerifyResult;
use crate::terminal::paragraph;
use lapsewatch_core::api::CredentialFacts;
use lapsewatch_core::api::conditions::{Condition, ConditionType};
use lapsewatch_core::api::status::Expiry;
use lapsewatch_core::messages;
use lapsewatch_core::sanitize::sanitize_line;
use lapsewatch_core::verdict::{VerifyCause, VerifyFinding, VerifyOutcome};

/// Writes the result, or a single sentence for a failure.
///
/// # Errors
/// Returns an error if the result can't be written.
pub fn write(done: &Result<VerifyResult, String>, out: &mut dyn Write) -> io::Result<()> {
    let done = match done {
        Ok(done) => done,
        Err(why) => return writeln!(out, "could not tell: {}", sanitize_line(why)),
    };
    writeln!(out, "{}", sanitize_line(&done.rehearsal.sentence))?;
    writeln!(out)?;
    if let Some(key) = &done.key {
        writeln!(out, "{key} ({})", done.type_)?;
    }
    paragraph("in place: ", &credential(done, done.in_place.as_ref()), out)?;
    if let Some(new) = &done.new {
        paragraph("new: ", &credential(done, Some(new)), out)?;
    }
    for point in &done.rehearsal.points {
        self::point(point, out)?;
    }
    if done.new.is_some() {
        let well = done.rehearsal.status.conditions.iter().filter(|condition| is_shown(done, condition));
        for (index, condition) in well.enumerate() {
            if index == 0 {
                writeln!(out, "  checked")?;
            }
            paragraph("", &condition.message, out)?;
        }
    }
    for (index, remark) in done.remarks.iter().enumerate() {
        if index == 0 {
            writeln!(out, "  rehearsed with")?;
        }
        paragraph("", remark, out)?;
    }
    Ok(())
}

fn point(point: &VerifyFinding, out: &mut dyn Write) -> io::Result<()> {
    let outcome = match point.outcome {
        VerifyOutcome::Stop => "STOP",
        VerifyOutcome::Untold => "could not tell",
        VerifyOutcome::Safe => "note",
    };
    writeln!(out, "  {outcome} {}", point.reason)?;
    paragraph("", &point.message, out)?;
    paragraph("", &point.impact, out)?;
    paragraph("to do: ", &point.remedy, out)
}

/// True if the condition is listed as a passed check: it was checked, and no finding is about the same fact.
fn is_shown(done: &VerifyResult, condition: &Condition) -> bool {
    let said = |cause: &[VerifyCause]| done.rehearsal.points.iter().any(|point| cause.contains(&point.cause));
    let is = |type_: ConditionType| condition.type_ == type_.as_str();
    if is(ConditionType::Expired) {
        !said(&[VerifyCause::Expired, VerifyCause::Expiring])
    } else if is(ConditionType::IdentityChanged) {
        !said(&[VerifyCause::IdentityChanged, VerifyCause::IdentityUnknown, VerifyCause::IdentityAccepted])
    } else if is(ConditionType::KeyMismatch) {
        !said(&[VerifyCause::KeyMismatch, VerifyCause::KeyNotTold])
    } else if is(ConditionType::Regressed) {
        !said(&[
            VerifyCause::WentBackwards,
            VerifyCause::Replaced,
            VerifyCause::AgeNotTold,
            VerifyCause::IdentityChanged,
            VerifyCause::IdentityUnknown,
            VerifyCause::NothingInPlace,
        ])
    } else if is(ConditionType::Duplicate) {
        done.looked_for_others && !said(&[VerifyCause::Shared])
    } else {
        false
    }
}

/// Describes a credential by its identity, expiry and fingerprint.
fn credential(done: &VerifyResult, facts: Option<&CredentialFacts>) -> String {
    let Some(facts) = facts else { return "nothing that is known".to_owned() };
    let identity = facts.identity.as_deref().map(|id| format!("{} {id}", messages::identity_name(done.type_)));
    let expires = match (facts.expiry, facts.not_after) {
        (Expiry::Never, _) => "no expiry".to_owned(),
        (_, Some(end)) => format!("expires {}", messages::at(end)),
        (_, None) => "no date of expiry".to_owned(),
    };
    // The first 16 digits are enough to distinguish two credentials.
    let fingerprint = facts.fingerprint.as_deref().and_then(|hex| hex.get(..16)).map(|hex| format!("SHA-256 {hex}…"));
    identity.into_iter().chain([expires]).chain(fingerprint).collect::<Vec<_>>().join(", ")
}
