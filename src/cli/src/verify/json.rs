//! Writes the result as JSON for programs. docs/verify.md describes each field.

use std::io::{self, Write};

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::VerifyResult;
use crate::terminal;
use lapsewatch_core::api::conditions::Condition;
use lapsewatch_core::api::{CredentialFacts, CredentialType};
use lapsewatch_core::messages::at;
use lapsewatch_core::verdict::{VerifyFinding, VerifyOutcome};

/// The version of the document. Removing a field or changing its meaning requires a new version. Adding a field does
/// not.
const SCHEMA: &str = "lapsewatch.dev/verify/v1";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct VerifyDocument<'a> {
    schema: &'static str,
    verdict: &'static str,
    sentence: String,
    at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    object: Option<VerifiedObject<'a>>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    type_: Option<CredentialType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    change: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    in_place: Option<&'a CredentialFacts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    new: Option<&'a CredentialFacts>,
    points: Vec<JsonPoint<'a>>,
    conditions: &'a [Condition],
    remarks: &'a [String],
}

#[derive(Serialize)]
struct VerifiedObject<'a> {
    namespace: &'a str,
    name: &'a str,
}

#[derive(Serialize)]
struct JsonPoint<'a> {
    outcome: &'static str,
    reason: &'a str,
    message: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    impact: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    remedy: &'a str,
}

impl<'a> JsonPoint<'a> {
    fn from_finding(point: &'a VerifyFinding) -> Self {
        Self {
            outcome: point.outcome.as_str(),
            reason: &point.reason,
            message: &point.message,
            impact: &point.impact,
            remedy: &point.remedy,
        }
    }
}

/// Writes the result.
///
/// # Errors
/// Returns an error if the result can't be written.
pub fn write(done: &Result<VerifyResult, String>, now: DateTime<Utc>, out: &mut dyn Write) -> io::Result<()> {
    let document = match done {
        Ok(done) => VerifyDocument {
            schema: SCHEMA,
            verdict: done.rehearsal.outcome.as_str(),
            sentence: done.rehearsal.sentence.clone(),
            at: at(now),
            object: done.key.as_ref().map(|key| VerifiedObject { namespace: &key.namespace, name: &key.name }),
            type_: Some(done.type_),
            change: done.rehearsal.change.map(|change| change.as_str()),
            in_place: done.in_place.as_ref(),
            new: done.new.as_ref(),
            points: done.rehearsal.points.iter().map(JsonPoint::from_finding).collect(),
            // If the new credential can't be read, the conditions describe the old credential and are left out.
            conditions: if done.new.is_some() { &done.rehearsal.status.conditions } else { &[] },
            remarks: &done.remarks,
        },
        Err(why) => VerifyDocument {
            schema: SCHEMA,
            verdict: VerifyOutcome::Untold.as_str(),
            sentence: format!("could not tell: {why}"),
            at: at(now),
            object: None,
            type_: None,
            change: None,
            in_place: None,
            new: None,
            points: Vec::new(),
            conditions: &[],
            remarks: &[],
        },
    };
    out.write_all(terminal::document::json(&document)?.as_bytes())
}
