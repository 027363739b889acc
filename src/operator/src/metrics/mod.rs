//! Counts the operator's own work. Series about objects are not counted here. Each scrape computes them from the
//! present objects, so no series outlives its object.

pub mod requests;
pub mod series;

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Metric, Registry};

use requests::Requests;
use series::Series;

/// The upper bounds of the buckets of reconcile durations, in seconds. The bounds range from the reconciliation of an
/// unchanged object to a reconciliation whose requests timed out.
const BUCKETS: [f64; 11] = [0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0];

/// The result of a read of a Secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SecretRead {
    /// The API server sent the Secret.
    Found,
    /// The Secret does not exist.
    NotFound,
    /// The operator has no permission to read the Secret.
    Refused,
    /// No answer arrived, or the API server reported another error.
    Failed,
}

impl SecretRead {
    fn as_str(self) -> &'static str {
        match self {
            Self::Found => "found",
            Self::NotFound => "not_found",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfKind {
    kind: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Reconciled {
    kind: &'static str,
    result: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Failed {
    kind: &'static str,
    reason: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct SecretReadLabels {
    result: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfType {
    r#type: &'static str,
}

/// The operator's counters. Clones share their values.
#[derive(Clone)]
pub struct Metrics {
    reconciles: Family<Reconciled, Counter>,
    errors: Family<Failed, Counter>,
    durations: Family<OfKind, Histogram>,
    secret_reads: Family<SecretReadLabels, Counter>,
    events: Family<OfType, Counter>,
    watch_errors: Family<OfKind, Counter>,
    requests: Requests,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            reconciles: Family::default(),
            errors: Family::default(),
            durations: Family::new_with_constructor(|| Histogram::new(BUCKETS)),
            secret_reads: Family::default(),
            events: Family::default(),
            watch_errors: Family::default(),
            requests: Requests::default(),
        }
    }
}

impl Metrics {
    /// Counts a reconciliation. `failed` is the step that failed, if any. A conflict (`is_conflict`) does not count as
    /// an error.
    pub fn reconciled(&self, kind: &'static str, took: Duration, failed: Option<&'static str>, is_conflict: bool) {
        let result = match failed {
            Some(_) if is_conflict => "conflict",
            Some(reason) => {
                self.errors.get_or_create(&Failed { kind, reason }).inc();
                "error"
            }
            None => "success",
        };
        self.reconciles.get_or_create(&Reconciled { kind, result }).inc();
        self.durations.get_or_create(&OfKind { kind }).observe(took.as_secs_f64());
    }

    /// Counts a read of a Secret.
    pub fn secret_read(&self, result: SecretRead) {
        self.secret_reads.get_or_create(&SecretReadLabels { result: result.as_str() }).inc();
    }

    /// Counts a sent Event of this type.
    pub fn event_sent(&self, type_: &'static str) {
        self.events.get_or_create(&OfType { r#type: type_ }).inc();
    }

    /// Counts a failed watch of this kind.
    pub fn watch_failed(&self, kind: &'static str) {
        self.watch_errors.get_or_create(&OfKind { kind }).inc();
    }

    /// Returns the counter of requests to the API server.
    pub fn requests(&self) -> &Requests {
        &self.requests
    }

    /// Returns a registry of all counters and the build information.
    pub fn registry(&self) -> Registry {
        let mut registry = Registry::default();
        let version = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        register(&mut registry, &series::BUILD, version);
        register(&mut registry, &series::RECONCILES, self.reconciles.clone());
        register(&mut registry, &series::ERRORS, self.errors.clone());
        register(&mut registry, &series::DURATION, self.durations.clone());
        register(&mut registry, &series::SECRET_READS, self.secret_reads.clone());
        register(&mut registry, &series::EVENTS, self.events.clone());
        register(&mut registry, &series::WATCH_ERRORS, self.watch_errors.clone());
        register(&mut registry, &series::REQUESTS, self.requests.counted());
        registry
    }
}

fn register(registry: &mut Registry, series: &Series, metric: impl Metric) {
    registry.register(series.family(), series.help, metric);
}
