//! An object whose spec can't be understood: it is told just that, and all else of its status stays as it is.

use chrono::{DateTime, Utc};
use kube::Client;
use serde_json::{Value, json};

use super::error::Error;
use super::observed::Observed;
use super::write;
use crate::api::limits;

/// What Ready says of it.
const REASON: &str = "InvalidObject";

/// Says it once for each generation, by a merge patch of exactly the list of conditions: an apply would take away what
/// it does not name.
///
/// # Errors
/// Where its conditions can't be read or written.
pub async fn say(client: &Client, observed: &Observed, problem: &str, now: DateTime<Utc>) -> Result<(), Error> {
    let generation = Some(observed.generation);
    let said = observed.previous.conditions.iter().any(|condition| {
        condition.type_ == "Ready" && condition.reason == REASON && condition.observed_generation == generation
    });
    if said {
        return Ok(());
    }
    // What is kept of the status has no texts, and a write of the list must name them all.
    let Some(object) = write::get(client, observed).await? else { return Ok(()) };
    let mut conditions = object.pointer("/status/conditions").and_then(Value::as_array).cloned().unwrap_or_default();
    let is_ready = |condition: &Value| condition.get("type").and_then(Value::as_str) == Some("Ready");
    let since = conditions
        .iter()
        .find(|condition| is_ready(condition) && condition.get("status").and_then(Value::as_str) == Some("False"))
        .and_then(|condition| condition.get("lastTransitionTime").cloned());
    let mut message = format!("{problem}: correct it; where a newer version of lapsewatch wrote it, run that version");
    limits::cut(&mut message, limits::TEXT);
    let ready = json!({
        "type": "Ready", "status": "False", "reason": REASON, "observedGeneration": generation,
        "lastTransitionTime": since.unwrap_or_else(|| crate::assessment::words::at(now).into()),
        "message": message,
    });
    match conditions.iter_mut().find(|condition| is_ready(condition)) {
        Some(condition) => *condition = ready,
        None => conditions.insert(0, ready),
    }
    conditions.truncate(limits::ENTRIES);
    let version = write::version_of(&object);
    write::merge(client, observed, &version, json!({"conditions": conditions})).await.map(drop)
}
