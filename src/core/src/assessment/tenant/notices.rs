//! The tenant's own Events: of its state, when that has changed and lasted, and of required credentials that are
//! missing. What happens to one credential is said beside that credential, and what goes on is reminded of there.
//!
//! Decided from `status.announced`, as everywhere: one entry beside Healthy, one for what is missing.

use chrono::{DateTime, TimeDelta, Utc};

use super::state::{NO_CREDENTIALS, PENDING, TenantState, VALID};
use crate::api::conditions::ConditionType;
use crate::api::status::Announced;
use crate::api::tenant_status::{MISSING, TenantNotification};
use crate::api::{CredentialType, Severity};
use crate::assessment::notices::{Notice, PlannedNotices, RECOVERED};
use crate::messages::tenant as words;

/// What the notices are decided from.
pub(super) struct TenantNoticePlanner<'a> {
    /// What was announced before.
    pub announced: &'a [Announced],
    /// The state.
    pub state: &'a TenantState<'a>,
    /// Since when.
    pub since: DateTime<Utc>,
    /// The state in words.
    pub message: &'a str,
    /// How many credentials there are.
    pub total: usize,
    /// What says more of it.
    pub of_state: Option<&'a TenantNotification>,
    /// How bad it is.
    pub severity: Severity,
    /// The required types of which there is none.
    pub missing: &'a [CredentialType],
    /// What is said of that.
    pub of_missing: Option<&'a TenantNotification>,
    /// The time.
    pub now: DateTime<Utc>,
    /// How long something must last before its Event is sent.
    pub settle: TimeDelta,
}

const HEALTHY: &str = ConditionType::Healthy.as_str();

impl TenantNoticePlanner<'_> {
    /// Decides.
    pub(super) fn due(&self) -> PlannedNotices {
        let mut due = PlannedNotices::default();
        self.absence(&mut due);
        match self.state.reason {
            VALID => self.well(&mut due),
            // Nobody can tell yet.
            PENDING | NO_CREDENTIALS => {}
            MISSING => {
                // Once what is missing is announced, that is what will be recovered from.
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

    /// What was announced as a problem, and not yet as mended.
    fn open(&self, type_: &str) -> Option<&Announced> {
        self.last(type_).filter(|last| last.reason != RECOVERED)
    }

    /// Whether what is due now leaves a problem announced beside `type_`.
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

    /// GitOps applies in any order: what lasts no longer than that is not worth an Event.
    fn has_lasted(&self, since: DateTime<Utc>, due: &mut PlannedNotices) -> bool {
        let settled = since.checked_add_signed(self.settle).unwrap_or(since);
        if self.now < settled {
            due.look_at(settled);
            return false;
        }
        true
    }

    /// What is missing: each type once, until it is there.
    fn absence(&self, due: &mut PlannedNotices) {
        let Some(of) = self.of_missing else { return };
        let mark = mark(self.missing);
        let said: Vec<&str> = self.open(MISSING).map(|last| last.fingerprint.split(',').collect()).unwrap_or_default();
        if self.missing.iter().any(|type_| !said.contains(&short(*type_))) {
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
            // Should one that is there now go again, that is news.
            due.silent.push(Announced { fingerprint: mark, ..last.clone() });
        }
    }

    /// All is well: said once, where a problem was announced.
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

/// A set of types in the length of a fingerprint.
fn mark(types: &[CredentialType]) -> String {
    types.iter().map(|type_| short(*type_)).collect::<Vec<_>>().join(",")
}

fn short(type_: CredentialType) -> &'static str {
    match type_ {
        CredentialType::APNsCertificate => "APNs",
        CredentialType::VPPToken => "VPP",
        CredentialType::DEPToken => "DEP",
        CredentialType::WindowsSymantecCertificate => "Symantec",
        CredentialType::X509Certificate => "X509",
        CredentialType::DeclaredExpiry => "Declared",
    }
}
