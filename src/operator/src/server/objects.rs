//! Writes the series of objects from a snapshot of the operator at the moment of a scrape.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric, MetricEncoder};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::gauge::ConstGauge;

use crate::controller::snapshot::Snapshot;
use crate::metrics::series::{self, Series};
use lapsewatch_core::api::conditions::ConditionType;
use lapsewatch_core::api::{Severity, limits};
use lapsewatch_core::observed::Observed;

/// A collector of all series of a snapshot.
#[derive(Debug)]
pub struct ObjectSeries(pub Snapshot);

impl Collector for ObjectSeries {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let Snapshot { is_leader, unready, queues, credentials, tenants } = &self.0;
        let mut family = Family::begin(&mut encoder, &series::LEADER)?;
        family.alone(i64::from(*is_leader))?;
        let mut family = Family::begin(&mut encoder, &series::READY)?;
        family.alone(i64::from(unready.is_none()))?;
        let mut family = Family::begin(&mut encoder, &series::QUEUE)?;
        for (kind, length) in queues {
            family.add(&[("kind", *kind)], count(*length))?;
        }
        if !is_leader {
            return Ok(());
        }
        let observed = || credentials.iter().map(|(observed, _)| observed.as_ref());
        expiries(&mut encoder, observed())?;
        severities(&mut encoder, observed())?;
        problems(&mut encoder, observed())?;
        let mut family = Family::begin(&mut encoder, &series::DUPLICATES)?;
        for (observed, others) in credentials.iter().filter(|(_, others)| *others > 0) {
            let [namespace, name] = name_labels(observed);
            family.add(&[namespace, name, ("type", type_of(observed))], count(*others))?;
        }
        counts(&mut encoder, observed())?;

        let mut family = Family::begin(&mut encoder, &series::TENANT_SEVERITY)?;
        for tenant in tenants {
            if let Some(severity) = tenant.previous.severity {
                family.add(&name_labels(tenant), level(severity))?;
            }
        }
        let mut family = Family::begin(&mut encoder, &series::TENANT_DEADLINE)?;
        for tenant in tenants {
            if let Some(next) = &tenant.previous.next_deadline {
                family.add(&name_labels(tenant), next.time.timestamp())?;
            }
        }
        let mut family = Family::begin(&mut encoder, &series::TENANT_MISSING)?;
        for tenant in tenants {
            for missing in tenant.previous.credentials.iter().flat_map(|counts| &counts.missing) {
                let [namespace, name] = name_labels(tenant);
                family.add(&[namespace, name, ("type", missing.as_str())], 1)?;
            }
        }
        Ok(())
    }
}

fn expiries<'a>(encoder: &mut DescriptorEncoder<'_>, all: impl Iterator<Item = &'a Observed>) -> fmt::Result {
    let mut family = Family::begin(encoder, &series::EXPIRY)?;
    for observed in all {
        if let Some(end) = observed.previous.credential.as_ref().and_then(|facts| facts.not_after) {
            let [namespace, name] = name_labels(observed);
            family.add(&[namespace, name, ("type", type_of(observed))], end.timestamp())?;
        }
    }
    Ok(())
}

fn severities<'a>(encoder: &mut DescriptorEncoder<'_>, all: impl Iterator<Item = &'a Observed>) -> fmt::Result {
    let mut family = Family::begin(encoder, &series::SEVERITY)?;
    for observed in all {
        if let Some(severity) = observed.previous.severity {
            family.add(&name_labels(observed), level(severity))?;
        }
    }
    Ok(())
}

fn problems<'a>(encoder: &mut DescriptorEncoder<'_>, all: impl Iterator<Item = &'a Observed>) -> fmt::Result {
    let mut family = Family::begin(encoder, &series::PROBLEM)?;
    for observed in all {
        // A series must appear only once, even if another program wrote duplicate entries into the status.
        let mut told: BTreeSet<[&str; 3]> = BTreeSet::new();
        for said in &observed.previous.notifications {
            let Some(condition) = condition(&said.type_) else { continue };
            let (reason, severity) = (reason(&said.reason), said.severity.as_str());
            if !told.insert([condition, reason, severity]) {
                continue;
            }
            let [namespace, name] = name_labels(observed);
            let labels = [
                namespace,
                name,
                ("type", type_of(observed)),
                ("condition", condition),
                ("reason", reason),
                ("severity", severity),
            ];
            family.add(&labels, 1)?;
        }
    }
    Ok(())
}

fn counts<'a>(encoder: &mut DescriptorEncoder<'_>, all: impl Iterator<Item = &'a Observed>) -> fmt::Result {
    let mut by_severity: BTreeMap<[&str; 2], i64> = BTreeMap::new();
    let mut by_condition: BTreeMap<[&str; 3], i64> = BTreeMap::new();
    for observed in all {
        let severity = observed.previous.severity.map_or("Unknown", Severity::as_str);
        *by_severity.entry([type_of(observed), severity]).or_default() += 1;
        for said in &observed.previous.conditions {
            if let Some(condition) = condition(&said.type_) {
                *by_condition.entry([condition, said.status.as_str(), reason(&said.reason)]).or_default() += 1;
            }
        }
    }
    let mut family = Family::begin(encoder, &series::CREDENTIALS)?;
    for ([type_, severity], number) in by_severity {
        family.add(&[("type", type_), ("severity", severity)], number)?;
    }
    let mut family = Family::begin(encoder, &series::CONDITIONS)?;
    for ([condition, status, reason], number) in by_condition {
        family.add(&[("condition", condition), ("status", status), ("reason", reason)], number)?;
    }
    Ok(())
}

/// A family of gauges that is being written.
struct Family<'a> {
    encoder: MetricEncoder<'a>,
}

impl<'a> Family<'a> {
    fn begin(encoder: &'a mut DescriptorEncoder<'_>, series: &'a Series) -> Result<Self, fmt::Error> {
        // The registry adds a full stop to the help of registered series, but not to the help of a collector's series.
        let help = format!("{}.", series.help);
        let encoder = encoder.encode_descriptor(series.name, &help, None, MetricType::Gauge)?;
        Ok(Self { encoder })
    }

    fn add(&mut self, labels: &impl EncodeLabelSet, value: i64) -> fmt::Result {
        ConstGauge::new(value).encode(self.encoder.encode_family(labels)?)
    }

    fn alone(&mut self, value: i64) -> fmt::Result {
        self.encoder.encode_gauge(&value)
    }
}

fn name_labels<K: lapsewatch_core::observed::kind::WatchedKind>(observed: &Observed<K>) -> [(&'static str, &str); 2] {
    [("namespace", &observed.namespace), ("name", &observed.name)]
}

fn type_of(observed: &Observed) -> &'static str {
    observed.understood().map_or("Unknown", |spec| spec.type_.as_str())
}

fn level(severity: Severity) -> i64 {
    match severity {
        Severity::None => 0,
        Severity::Notice => 1,
        Severity::Warning => 2,
        Severity::Critical => 3,
    }
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Returns the condition type as a label value. None if this version of lapsewatch does not write the type: such a type
/// comes from another program.
fn condition(type_: &str) -> Option<&'static str> {
    ConditionType::ALL.iter().map(|known| known.as_str()).find(|known| *known == type_)
}

/// Returns the reason as a label value. A reason that is not a short alphanumeric word becomes `Other`.
fn reason(reason: &str) -> &str {
    let is_word =
        !reason.is_empty() && reason.len() <= limits::REASON && reason.bytes().all(|b| b.is_ascii_alphanumeric());
    if is_word { reason } else { "Other" }
}
