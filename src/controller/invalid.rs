//! An object whose spec can't be understood: it is told just that, by an Event too, and all else of its status stays as
//! it is.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::error::Error;
use super::kind::Kind;
use super::observed::Observed;
use super::publish::Publisher;
use super::write;
use crate::api::conditions::ConditionType;
use crate::api::limits;
use crate::api::status::Announced;
use crate::api::stored::Stored;
use crate::assessment::notices::Notice;

/// What Ready says of it.
const REASON: &str = "InvalidObject";

/// Says it once for each generation, by a merge patch of exactly the list of conditions: an apply would take away what
/// it does not name.
///
/// # Errors
/// Where its conditions can't be read or written.
pub async fn say<K: Kind>(
    publisher: &Publisher,
    observed: &Observed<K>,
    problem: &str,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let client = &publisher.client;
    let generation = Some(observed.generation);
    let said = observed.previous.conditions().iter().any(|condition| {
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
    tracing::warn!(object = %format_args!("{}/{}", observed.namespace, observed.name), "{message}");
    let notice = notice(&message, observed.generation, now);
    let sent = publisher.send(observed, &notice, now).await;
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
    write::merge(client, observed, &version, json!({"conditions": conditions})).await?;
    sent.map_err(|cause| Error::SendEvent { reason: REASON.to_owned(), cause })
}

/// The Event of it: one for each generation, since nothing of the status can tell what was announced.
fn notice(message: &str, generation: i64, now: DateTime<Utc>) -> Notice {
    let mut note = message.to_owned();
    limits::cut_bytes(&mut note, limits::NOTE_BYTES);
    let record = Announced {
        type_: ConditionType::Ready.as_str().to_owned(),
        reason: REASON.to_owned(),
        fingerprint: String::new(),
        episode: generation,
        reminder: 0,
        time: now,
    };
    Notice { warning: true, reason: REASON.to_owned(), note, record }
}
