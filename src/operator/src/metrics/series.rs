//! Defines the name, labels and meaning of every series. docs/metrics.md is generated from these definitions.

/// One family of series.
#[derive(Debug)]
pub struct Series {
    /// The name of the series. For a histogram: the name without `_bucket`, `_sum` and `_count`.
    pub name: &'static str,
    /// The OpenMetrics type of the series.
    pub type_: &'static str,
    /// The names of the labels.
    pub labels: &'static [&'static str],
    /// The meaning of the series, in one sentence without its full stop.
    pub help: &'static str,
}

impl Series {
    const fn gauge(name: &'static str, labels: &'static [&'static str], help: &'static str) -> Self {
        Self { name, type_: "gauge", labels, help }
    }

    const fn counter(name: &'static str, labels: &'static [&'static str], help: &'static str) -> Self {
        Self { name, type_: "counter", labels, help }
    }

    /// Returns the name without the suffix `_total` or `_info`. The library prometheus-client appends this suffix
    /// itself.
    pub fn family(&self) -> &'static str {
        let suffix = match self.type_ {
            "counter" => "_total",
            "info" => "_info",
            _ => "",
        };
        self.name.strip_suffix(suffix).unwrap_or(self.name)
    }
}

/// The expiry of a credential.
pub const EXPIRY: Series = Series::gauge(
    "lapsewatch_expiry_timestamp_seconds",
    &["namespace", "name", "type"],
    "When a TenantCredential's credential expires, in seconds since 1970; absent where that is unknown or never",
);
/// The severity of a credential.
pub const SEVERITY: Series = Series::gauge(
    "lapsewatch_severity",
    &["namespace", "name"],
    "How much a TenantCredential's state matters: 0 None, 1 Notice, 2 Warning, 3 Critical; absent where it was never assessed",
);
/// The notifications of a credential.
pub const PROBLEM: Series = Series::gauge(
    "lapsewatch_credential_problem",
    &["namespace", "name", "type", "condition", "reason", "severity"],
    "1 for each entry of a TenantCredential's status.notifications",
);
/// The number of other objects that use the same credential.
pub const DUPLICATES: Series = Series::gauge(
    "lapsewatch_credential_duplicates",
    &["namespace", "name", "type"],
    "How many other TenantCredentials hold the same credential; absent where none does",
);
/// The number of credentials by type and severity.
pub const CREDENTIALS: Series = Series::gauge(
    "lapsewatch_credentials",
    &["type", "severity"],
    "How many TenantCredentials there are, by type and severity; severity Unknown where one was never assessed",
);
/// The number of credentials by condition, status and reason.
pub const CONDITIONS: Series = Series::gauge(
    "lapsewatch_credential_conditions",
    &["condition", "status", "reason"],
    "How many TenantCredentials have a condition with this status and reason",
);
/// The severity of a tenant.
pub const TENANT_SEVERITY: Series = Series::gauge(
    "lapsewatch_tenant_severity",
    &["namespace", "name"],
    "How much an MDMTenant's state matters, as its worst credential's: 0 None, 1 Notice, 2 Warning, 3 Critical",
);
/// The next expiry among a tenant's credentials.
pub const TENANT_DEADLINE: Series = Series::gauge(
    "lapsewatch_tenant_next_deadline_timestamp_seconds",
    &["namespace", "name"],
    "When the first of an MDMTenant's credentials that have not expired expires, in seconds since 1970; absent where there is none",
);
/// The credential types that a tenant requires but has no credential of.
pub const TENANT_MISSING: Series = Series::gauge(
    "lapsewatch_tenant_missing_credential",
    &["namespace", "name", "type"],
    "1 for each required type of which an MDMTenant has no TenantCredential",
);
/// The version of this process.
pub const BUILD: Series =
    Series { name: "lapsewatch_build_info", type_: "info", labels: &["version"], help: "Which version runs" };
/// The leadership of this replica.
pub const LEADER: Series = Series::gauge(
    "lapsewatch_leader",
    &[],
    "Whether this replica assesses and writes (1) or stands by (0); the series of objects are served by the one that leads",
);
/// The readiness of this replica.
pub const READY: Series = Series::gauge(
    "lapsewatch_ready",
    &[],
    "Whether all objects were listed and Secrets can be read (1), as /readyz tells",
);
/// The number of objects that wait for reconciliation.
pub const QUEUE: Series =
    Series::gauge("lapsewatch_queue_length", &["kind"], "How many objects wait to be looked at; on a standby 0");
/// The number of reconciliations by result.
pub const RECONCILES: Series = Series::counter(
    "lapsewatch_reconciles_total",
    &["kind", "result"],
    "How often an object was looked at, by what came of it: success, conflict (it had changed and is looked at again), error",
);
/// The number of failed reconciliations by step.
pub const ERRORS: Series = Series::counter(
    "lapsewatch_reconcile_errors_total",
    &["kind", "reason"],
    "How often looking at an object failed, by the step that did: read-secret, decode-secret, send-event, write-status",
);
/// The duration of reconciliations.
pub const DURATION: Series = Series {
    name: "lapsewatch_reconcile_duration_seconds",
    type_: "histogram",
    labels: &["kind"],
    help: "How long looking at an object took, its requests included and waiting for its turn not",
};
/// The number of reads of Secrets by result.
pub const SECRET_READS: Series = Series::counter(
    "lapsewatch_secret_reads_total",
    &["result"],
    "How often a Secret was asked for, by the answer: found, not_found, refused, failed",
);
/// The number of requests to the API server.
pub const REQUESTS: Series = Series::counter(
    "lapsewatch_api_requests_total",
    &["method", "resource", "code"],
    "Requests to the API server, by HTTP method, resource and status code; code none where no answer came",
);
/// The number of sent Events.
pub const EVENTS: Series =
    Series::counter("lapsewatch_events_total", &["type"], "Kubernetes Events sent, by their type: Normal, Warning");
/// The number of failed lists and watches.
pub const WATCH_ERRORS: Series = Series::counter(
    "lapsewatch_watch_errors_total",
    &["kind"],
    "How often listing or watching a kind failed; it is tried again by itself",
);

/// All series.
pub const ALL: [&Series; 20] = [
    &EXPIRY,
    &SEVERITY,
    &PROBLEM,
    &DUPLICATES,
    &CREDENTIALS,
    &CONDITIONS,
    &TENANT_SEVERITY,
    &TENANT_DEADLINE,
    &TENANT_MISSING,
    &BUILD,
    &LEADER,
    &READY,
    &QUEUE,
    &RECONCILES,
    &ERRORS,
    &DURATION,
    &SECRET_READS,
    &REQUESTS,
    &EVENTS,
    &WATCH_ERRORS,
];
