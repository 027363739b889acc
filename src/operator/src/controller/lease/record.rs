//! Reads and changes the Lease object, and decides the next action. This module sends no requests.

use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

/// The time after which a Lease that is not renewed expires (`spec.leaseDurationSeconds`).
const DURATION: Duration = Duration::from_secs(15);

/// The next action on the Lease.
#[derive(Debug, PartialEq, Eq)]
pub enum LeaseAction {
    /// The Lease does not exist: create it.
    Create,
    /// The Lease has no holder, or its holder did not renew it in time: acquire it.
    Take,
    /// This replica holds the Lease: renew it.
    Renew,
    /// Another replica holds the Lease: do nothing.
    Wait,
}

/// Returns the holder of the Lease. None if the Lease has no holder.
pub fn holder(lease: &Value) -> Option<&str> {
    lease.pointer("/spec/holderIdentity").and_then(Value::as_str).filter(|holder| !holder.is_empty())
}

/// Returns the resourceVersion of the Lease.
pub fn version(lease: &Value) -> &str {
    lease.pointer("/metadata/resourceVersion").and_then(Value::as_str).unwrap_or_default()
}

/// Decides the next action of `identity` on a Lease that has not changed for the duration `unchanged`.
pub fn step(lease: Option<&Value>, identity: &str, unchanged: Duration) -> LeaseAction {
    let Some(lease) = lease else { return LeaseAction::Create };
    let Some(holder) = holder(lease) else { return LeaseAction::Take };
    if holder == identity {
        return LeaseAction::Renew;
    }
    let seconds = lease.pointer("/spec/leaseDurationSeconds").and_then(Value::as_u64);
    let lasts = seconds.map_or(DURATION, Duration::from_secs).min(DURATION * 20);
    if unchanged >= lasts { LeaseAction::Take } else { LeaseAction::Wait }
}

/// Sets `identity` as the holder. Fields that the election does not use stay unchanged.
pub fn enter(lease: &mut Value, identity: &str, now: DateTime<Utc>) {
    let now = now.to_rfc3339_opts(SecondsFormat::Micros, true);
    let before = lease.get("spec").cloned().unwrap_or_default();
    let text = |name: &str| before.get(name).and_then(Value::as_str).map(str::to_owned);
    let is_own = text("holderIdentity").as_deref() == Some(identity);
    let transitions = before.get("leaseTransitions").and_then(Value::as_i64).unwrap_or_default();
    if let Value::Object(lease) = lease {
        let spec = lease.entry("spec").or_insert_with(|| json!({}));
        if let Value::Object(spec) = spec {
            spec.insert("holderIdentity".to_owned(), json!(identity));
            spec.insert("leaseDurationSeconds".to_owned(), json!(DURATION.as_secs()));
            spec.insert("acquireTime".to_owned(), json!(text("acquireTime").filter(|_| is_own).unwrap_or(now.clone())));
            spec.insert("renewTime".to_owned(), json!(now));
            let changed = i64::from(!is_own && !before.is_null());
            spec.insert("leaseTransitions".to_owned(), json!(transitions.saturating_add(changed)));
        }
    }
}

/// Removes the holder, so that another replica can acquire the Lease at once.
pub fn give_back(lease: &mut Value) {
    if let Some(Value::Object(spec)) = lease.get_mut("spec") {
        spec.insert("holderIdentity".to_owned(), json!(""));
        spec.insert("leaseDurationSeconds".to_owned(), json!(1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lease(holder: &str, version: &str) -> Value {
        json!({"metadata": {"resourceVersion": version, "labels": {"kept": "yes"}},
            "spec": {"holderIdentity": holder, "leaseDurationSeconds": 15, "leaseTransitions": 3, "acquireTime": "then"}})
    }

    #[test]
    fn a_lease_is_taken_where_it_is_free_or_its_record_has_not_changed_for_its_duration() {
        let step = |lease: &Value, unchanged| step(Some(lease), "pod-1", unchanged);
        assert_eq!(super::step(None, "pod-1", Duration::ZERO), LeaseAction::Create);
        assert_eq!(step(&lease("", "7"), Duration::ZERO), LeaseAction::Take);
        let other = lease("pod-2", "7");
        assert_eq!(step(&other, Duration::ZERO), LeaseAction::Wait);
        assert_eq!(step(&other, DURATION - Duration::from_millis(1)), LeaseAction::Wait);
        assert_eq!(step(&other, DURATION), LeaseAction::Take);
        assert_eq!(step(&lease("pod-1", "8"), DURATION), LeaseAction::Renew);
        // An excessive duration is capped, so the Lease of a dead holder expires anyway.
        let mut endless = other;
        endless["spec"]["leaseDurationSeconds"] = json!(i64::MAX);
        assert_eq!(step(&endless, DURATION * 20), LeaseAction::Take);
    }

    #[test]
    fn one_that_is_given_back_is_free() {
        let mut held = lease("pod-2", "7");
        give_back(&mut held);
        assert_eq!((holder(&held), step(Some(&held), "pod-1", Duration::ZERO)), (None, LeaseAction::Take));
    }

    #[test]
    fn what_is_entered_leaves_the_rest_as_it_is_and_counts_who_came_after_whom() {
        let mut taken = lease("pod-2", "7");
        enter(&mut taken, "pod-1", DateTime::UNIX_EPOCH);
        let now = "1970-01-01T00:00:00.000000Z";
        assert_eq!(taken["metadata"], lease("pod-2", "7")["metadata"]);
        let spec = json!({"holderIdentity": "pod-1", "leaseDurationSeconds": 15, "leaseTransitions": 4,
            "acquireTime": now, "renewTime": now});
        assert_eq!(taken["spec"], spec);
        enter(&mut taken, "pod-1", DateTime::from_timestamp(60, 0).unwrap());
        assert_eq!((&taken["spec"]["acquireTime"], &taken["spec"]["leaseTransitions"]), (&json!(now), &json!(4)));
        assert_eq!(taken["spec"]["renewTime"], "1970-01-01T00:01:00.000000Z");
    }
}
