//! Decides which Events of a tenant are due: Events about changes of its state, and about missing required credentials.
//! Events and reminders about a single credential belong to the TenantCredential and are not decided here.
//!
//! The record of earlier announcements is `status.announced`, with one entry for Healthy and one for missing
//! credentials.

use chrono::{DateTime, TimeDelta, Utc};

use super::state::{NO_CREDENTIALS, PENDING, TenantState, VALID};
use crate::api::status::Announced;
use crate::api::tenant_status::{MISSING, TenantNotification};
use crate::api::{CredentialType, Severity};
use crate::assessment::notices::{Notice, PlannedNotices, RECOVERED};
use crate::messages::tenant as words;

/// The input for deciding which Events of a tenant are due.
pub(super) struct TenantNoticePlanner<'a> {
    /// The earlier announcements, from `status.announced`.
    pub announced: &'a [Announced],
    /// The state of the tenant.
    pub state: &'a TenantState<'a>,
    /// The start time of the state.
    pub since: DateTime<Utc>,
    /// The message of the condition Healthy.
    pub message: &'a str,
    /// The number of credentials of the tenant.
    pub total: usize,
    /// The notification about the problem that determines the state. None if there is no such notification.
    pub of_state: Option<&'a TenantNotification>,
    /// The severity of the state.
    pub severity: Severity,
    /// The required types of which the tenant has no credential.
    pub missing: &'a [CredentialType],
    /// The notification about missing credentials. None if no credential is missing.
    pub of_missing: Option<&'a TenantNotification>,
    /// The time of the assessment.
    pub now: DateTime<Utc>,
    /// The event delay: a state must last this long before its Event is sent.
    pub settle: TimeDelta,
}

const HEALTHY: &str = "Healthy";

impl TenantNoticePlanner<'_> {
    /// Decides which Events are due.
    pub(super) fn plan(&self) -> PlannedNotices {
        let mut due = PlannedNotices::default();
        self.absence(&mut due);
        match self.state.reason {
            VALID => self.well(&mut due),
            // In these two states no Event is sent: the state is not known yet, or there is nothing to assess.
            PENDING | NO_CREDENTIALS => {}
            MISSING => {
                // An announced state is over if the worst credential is in another state. The entry of the old state
                // is closed without an Event, because the recovery from missing credentials will be announced.
                if self.will_be_open(MISSING, &due)
                    && self.open(HEALTHY).is_some_and(|last| Some(last.reason.as_str()) != self.state.of_members)
                {
                    due.silent.push(self.record(HEALTHY, RECOVERED, ""));
                }
            }
            state => {
                if self.open(HEALTHY).is_none_or(|last| last.reason != state) && self.has_lasted(self.since, &mut due) {
                    due.notices.push(Notice {
                        warning: self.severity >= Severity::Warning,
                        critical: self.severity == Severity::Critical,
                        reason: state.to_owned(),
                        note: words::note(&words::news(self.message, self.total), self.of_state),
                        record: self.record(HEALTHY, state, ""),
                        entered: self.now,
                    });
                }
                if self.missing.is_empty() && self.open(MISSING).is_some() && self.will_be_open(HEALTHY, &due) {
                    due.silent.push(self.record(MISSING, RECOVERED, ""));
                }
            }
        }
        due
    }

    fn last(&self, type_: &str) -> Option<&Announced> {
        self.announced.iter().find(|a| a.type_ == type_)
    }

    /// Returns the last announcement of `type_` if its problem was not announced as fixed (Recovered).
    fn open(&self, type_: &str) -> Option<&Announced> {
        self.last(type_).filter(|last| last.reason != RECOVERED)
    }

    /// True if a problem of `type_` was announced and not closed, or if one of the `due` Events announces it.
    fn will_be_open(&self, type_: &str, due: &PlannedNotices) -> bool {
        self.open(type_).is_some() || due.notices.iter().any(|notice| notice.record.type_ == type_)
    }

    fn record(&self, type_: &str, reason: &str, mark: &str) -> Announced {
        Announced {
            type_: type_.to_owned(),
            reason: reason.to_owned(),
            fingerprint: mark.to_owned(),
            episode: self.last(type_).map_or(0, |a| a.episode).saturating_add(1),
            reminder: 0,
            time: self.now,
        }
    }

    /// True if a state has lasted for the event delay. GitOps tools apply objects in any order, so that a shorter state
    /// is not worth an Event.
    fn has_lasted(&self, since: DateTime<Utc>, due: &mut PlannedNotices) -> bool {
        let settled = since.checked_add_signed(self.settle).unwrap_or(since);
        if self.now < settled {
            due.look_at(settled);
            return false;
        }
        true
    }

    /// Announces the missing types. A type is announced again only if a credential of the type existed in between.
    fn absence(&self, due: &mut PlannedNotices) {
        let Some(of) = self.of_missing else { return };
        let mark = missing_types_key(self.missing);
        let said: Vec<&str> = self.open(MISSING).map(|last| last.fingerprint.split(',').collect()).unwrap_or_default();
        if self.missing.iter().any(|type_| !said.contains(&type_short_name(*type_))) {
            if self.has_lasted(of.since, due) {
                due.notices.push(Notice {
                    warning: true,
                    critical: false,
                    reason: MISSING.to_owned(),
                    note: words::note(&of.message, Some(of)),
                    record: self.record(MISSING, MISSING, &mark),
                    entered: self.now,
                });
            }
        } else if let Some(last) = self.open(MISSING).filter(|last| last.fingerprint != mark) {
            // A type is removed from the record when it is not missing any more, so that its next absence is announced.
            due.silent.push(Announced { fingerprint: mark, ..last.clone() });
        }
    }

    /// Announces once that all announced problems are fixed.
    fn well(&self, due: &mut PlannedNotices) {
        let mut open = [HEALTHY, MISSING].into_iter().filter(|type_| self.open(type_).is_some());
        let Some(first) = open.next() else { return };
        if !self.has_lasted(self.since, due) {
            return;
        }
        due.silent.extend(open.map(|type_| self.record(type_, RECOVERED, "")));
        due.notices.push(Notice {
            warning: false,
            critical: false,
            reason: RECOVERED.to_owned(),
            note: words::note(&words::well_again(self.message), None),
            record: self.record(first, RECOVERED, ""),
            entered: self.now,
        });
    }
}

/// Encodes a set of types in a text that is short enough for the field `fingerprint`.
fn missing_types_key(types: &[CredentialType]) -> String {
    types.iter().map(|type_| type_short_name(*type_)).collect::<Vec<_>>().join(",")
}

fn type_short_name(type_: CredentialType) -> &'static str {
    match type_ {
        CredentialType::APNsCertificate => "APNs",
        CredentialType::VPPToken => "VPP",
        CredentialType::DEPToken => "DEP",
        CredentialType::WindowsSymantecCertificate => "Symantec",
        CredentialType::X509Certificate => "X509",
        CredentialType::DeclaredExpiry => "Declared",
    }
}
