//! Reports an object whose spec can't be decoded, with the condition Ready (status False) and an Event. All other parts
//! of the status stay unchanged.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};
use tokio::time::Instant;

use super::error::ReconcileError;
use super::publish::{Published, Publisher, Writes};
use super::write;
use lapsewatch_core::api::limits;
use lapsewatch_core::api::pending_events::EventRecords;
use lapsewatch_core::api::status::{Announced, EventBudget, PendingEvent};
use lapsewatch_core::api::stored::{self, INVALID_OBJECT, Stored};
use lapsewatch_core::assessment::delivery::{self, Delivery};
use lapsewatch_core::assessment::event_budget::reported;
use lapsewatch_core::assessment::notices::Notice;
use lapsewatch_core::observed::Observed;
use lapsewatch_core::observed::kind::WatchedKind;

/// The writes for an object whose spec can't be decoded, and the time at which a held-back Event may be sent.
pub struct InvalidPublication {
    /// The result of the status writes and of the Event.
    pub published: Published,
    /// The time at which the Event may be sent, if the Event budget holds it back. None if nothing is held back.
    pub next: Option<DateTime<Utc>>,
}

/// Reports the problem once for each generation. The write replaces the whole status, and the cached status contains no
/// messages. Therefore the status is read from the API server, edited and written back.
pub async fn publish_invalid<K: WatchedKind>(
    publisher: &Publisher,
    writes: &Writes,
    observed: &Observed<K>,
    problem: &str,
    now: DateTime<Utc>,
) -> InvalidPublication {
    let mut told = InvalidPublication { published: Published { replaced: Vec::new(), result: Ok(()) }, next: None };
    let result = try_publish_invalid(publisher, writes, observed, problem, now, &mut told).await;
    told.published.result = result;
    told
}

async fn try_publish_invalid<K: WatchedKind>(
    publisher: &Publisher,
    writes: &Writes,
    observed: &Observed<K>,
    problem: &str,
    now: DateTime<Utc>,
    told: &mut InvalidPublication,
) -> Result<(), ReconcileError> {
    let generation = observed.generation;
    let EventRecords { announced, pending, budget } = observed.previous.events();
    let is_said = observed.previous.conditions().iter().any(|condition| {
        condition.type_ == "Ready"
            && condition.reason == INVALID_OBJECT
            && condition.observed_generation == Some(generation)
    });
    let is_announced = announced.iter().any(|record| record.type_ == INVALID_OBJECT && record.episode == generation);
    // A pending entry of an earlier generation is dropped, unless it is held back. The operator does
    // not check if the Event of a dropped entry was sent, because no later Event depends on it.
    let is_own =
        |entry: &&PendingEvent| entry.type_ == INVALID_OBJECT && (entry.episode == generation || entry.held_back);
    let own: Vec<PendingEvent> = pending.iter().filter(is_own).cloned().collect();
    // If the condition exists and nothing is pending, the Event was sent. Versions before 0.2 did not record it in
    // `announced`.
    if is_said && (is_announced || own.is_empty()) {
        return Ok(());
    }
    let mut message = format!("{problem}: correct it; where a newer version of lapsewatch wrote it, run that version");
    limits::cut(&mut message, limits::TEXT);
    let due = if is_announced { Vec::new() } else { vec![notice(&message, generation, now)] };
    let records = EventRecords { announced, pending: &own, budget };
    let Delivery { notices, pending, mut budget, next, .. } = delivery::plan(due, &records, now);
    told.next = next;

    let gist = generation.unsigned_abs();
    publisher.may_write(writes, observed, gist).await?;
    let client = &publisher.client;
    let Some(object) = write::get(client, observed).await? else { return Ok(()) };
    let version = write::version_of(&object);
    if version != observed.resource_version {
        return Err(ReconcileError::Conflict);
    }
    let mut status = Edited(object.get("status").and_then(Value::as_object).cloned().unwrap_or_default());
    if !is_said {
        tracing::warn!(object = %observed.key(), "{message}");
        status.set_ready(&message, generation, now);
    }
    status.set("pendingEvents", pending.first().and_then(|entry| serde_json::to_value(entry).ok()));
    status.set_budget(budget.as_ref());
    let Some(version) = status.write(publisher, observed, version, told).await? else { return Ok(()) };
    let remember = |status: &Edited, version: &str| {
        let hash = stored::hash_of::<K::Status>(&Value::Object(status.0.clone()));
        writes.contest.wrote(&observed.key(), version, hash, gist, Instant::now());
    };
    remember(&status, &version);
    for notice in notices {
        let sent = publisher.send(observed, &notice, now).await;
        sent.map_err(|cause| ReconcileError::SendEvent { reason: INVALID_OBJECT.to_owned(), cause })?;
        reported(&mut budget);
        status.set("announced", serde_json::to_value(&notice.record).ok());
        status.set("pendingEvents", None);
        status.set_budget(budget.as_ref());
        let Some(version) = status.write(publisher, observed, version.clone(), told).await? else { return Ok(()) };
        remember(&status, &version);
    }
    Ok(())
}

/// The stored status in JSON, with changes.
struct Edited(Map<String, Value>);

impl Edited {
    fn list(&self, name: &str) -> Vec<Value> {
        self.0.get(name).and_then(Value::as_array).cloned().unwrap_or_default()
    }

    fn set_ready(&mut self, message: &str, generation: i64, now: DateTime<Utc>) {
        let mut conditions = self.list("conditions");
        let text = |condition: &Value, name: &str| condition.get(name).and_then(Value::as_str).map(str::to_owned);
        let is_ready = |condition: &Value| text(condition, "type").as_deref() == Some("Ready");
        let since = conditions
            .iter()
            .find(|condition| is_ready(condition) && text(condition, "status").as_deref() == Some("False"))
            .and_then(|condition| text(condition, "lastTransitionTime"));
        let ready = json!({
            "type": "Ready", "status": "False", "reason": INVALID_OBJECT, "observedGeneration": generation,
            "lastTransitionTime": since.unwrap_or_else(|| lapsewatch_core::messages::at(now)), "message": message,
        });
        match conditions.iter_mut().find(|condition| is_ready(condition)) {
            Some(condition) => *condition = ready,
            None => conditions.insert(0, ready),
        }
        conditions.truncate(limits::ENTRIES);
        self.0.insert("conditions".to_owned(), conditions.into());
    }

    /// In the list field `name` of the status, replaces the InvalidObject entry with `entry`. If `entry` is None, the
    /// old entry is only removed.
    fn set(&mut self, name: &str, entry: Option<Value>) {
        let mut entries = self.list(name);
        entries.retain(|entry| entry.get("type").and_then(Value::as_str) != Some(INVALID_OBJECT));
        entries.truncate(limits::ENTRIES.saturating_sub(1));
        entries.extend(entry);
        // The operator always writes these lists sorted by type.
        entries.sort_by_key(|entry| entry.get("type").and_then(Value::as_str).unwrap_or_default().to_owned());
        match entries.is_empty() {
            true => drop(self.0.remove(name)),
            false => drop(self.0.insert(name.to_owned(), entries.into())),
        }
    }

    fn set_budget(&mut self, budget: Option<&EventBudget>) {
        if let Some(budget) = budget.and_then(|budget| serde_json::to_value(budget).ok()) {
            self.0.insert("eventBudget".to_owned(), budget);
        }
    }

    /// Writes the status. Returns the resourceVersion after the write. None if the object is gone.
    async fn write<K: WatchedKind>(
        &self,
        publisher: &Publisher,
        observed: &Observed<K>,
        version: String,
        told: &mut InvalidPublication,
    ) -> Result<Option<String>, ReconcileError> {
        let status = Value::Object(self.0.clone());
        let Some(object) = write::replace(&publisher.client, observed, &version, &status).await? else {
            return Ok(None);
        };
        let now = write::version_of(&object);
        if now != version {
            told.published.replaced.push(version);
        }
        Ok(Some(now))
    }
}

/// Returns the Event about the problem. Its episode is the generation, so each generation of the spec has its own
/// Event.
fn notice(message: &str, generation: i64, now: DateTime<Utc>) -> Notice {
    let mut note = message.to_owned();
    limits::cut_bytes(&mut note, limits::NOTE_BYTES);
    let record = Announced {
        type_: INVALID_OBJECT.to_owned(),
        reason: INVALID_OBJECT.to_owned(),
        fingerprint: String::new(),
        episode: generation,
        reminder: 0,
        time: now,
    };
    Notice { warning: true, critical: false, reason: INVALID_OBJECT.to_owned(), note, record, entered: now }
}
