//! Builds the JSON of an Event (API group events.k8s.io/v1). This module sends no requests.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use lapsewatch_core::api::{GROUP, VERSION};
use lapsewatch_core::assessment::notices::Notice;
use lapsewatch_core::observed::Observed;
use lapsewatch_core::observed::kind::WatchedKind;

/// The value of `reportingController`.
const REPORTER: &str = "lapsewatch.dev/operator";

/// Returns the type of the Event: Warning or Normal.
pub fn type_of(notice: &Notice) -> &'static str {
    if notice.warning { "Warning" } else { "Normal" }
}

/// Builds the Event that reports `notice` about `observed`. `instance` is the name of this process.
pub fn event<K: WatchedKind>(observed: &Observed<K>, notice: &Notice, instance: &str, now: DateTime<Utc>) -> Value {
    let Observed { namespace, name, uid, .. } = observed;
    let mut event = json!({
        "apiVersion": "events.k8s.io/v1",
        "kind": "Event",
        "metadata": {"name": notice.event_name(name, uid), "namespace": namespace},
        "eventTime": now.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string(),
        "reportingController": REPORTER,
        "reportingInstance": instance,
        "action": "Assess",
        "type": type_of(notice),
        "reason": notice.reason,
        "note": notice.note,
        "regarding": {
            "apiVersion": format!("{GROUP}/{VERSION}"),
            "kind": K::KIND,
            "namespace": namespace,
            "name": name,
            "uid": uid,
            "resourceVersion": observed.resource_version,
        },
    });
    let secret = observed.spec.as_ref().ok().and_then(K::secret);
    if let (Some(secret), Some(event)) = (secret, event.as_object_mut()) {
        let related = json!({"apiVersion": "v1", "kind": "Secret", "namespace": namespace, "name": secret});
        event.insert("related".to_owned(), related);
    }
    event
}
