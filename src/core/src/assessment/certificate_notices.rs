//! The end of findings about the certificate itself, which are announced apart from the conditions.

use super::certificate;
use super::notices::{NoticePlanner, PlannedNotices, RECOVERED};
use crate::api::conditions::ConditionType;

impl NoticePlanner<'_> {
    /// The findings about the certificate itself that hold no more: should one come back, it is news again.
    pub(super) fn close_certificate(&self, due: &mut PlannedNotices) {
        for name in certificate::NAMES {
            let is_open = self.last_named(name).is_some_and(|last| last.reason != RECOVERED);
            if !is_open || self.words.is_none() || self.findings.iter().any(|finding| finding.announced_as() == name) {
                continue;
            }
            // Nobody waits for the end of what was only a notice.
            let record = self.record_named(name, RECOVERED, "");
            match self.last_named(name).is_some_and(|last| last.reason == certificate::ISSUER_EXPIRED) {
                true => due.notices.push(self.recovered_as(ConditionType::Healthy, record)),
                false => due.silent.push(record),
            }
        }
    }
}
