//! Closes announced findings about the certificate, which have entries of their own in `status.announced`.

use super::certificate;
use super::notices::{NoticePlanner, PlannedNotices, RECOVERED};
use crate::api::conditions::ConditionType;
use crate::api::stored::SEPARATELY_ANNOUNCED;

impl NoticePlanner<'_> {
    /// Closes the announcements of findings that are fixed. A finding that returns is then announced again.
    pub(super) fn close_certificate(&self, due: &mut PlannedNotices) {
        for name in SEPARATELY_ANNOUNCED {
            let is_open = self.last_named(name).is_some_and(|last| last.reason != RECOVERED);
            if !is_open || self.words.is_none() || self.findings.iter().any(|finding| finding.announced_as() == name) {
                continue;
            }
            // A recovery Event is sent only if an expired issuer was replaced. All other findings of this list have at
            // most the severity Notice.
            let record = self.record_named(name, RECOVERED, "");
            match self.last_named(name).is_some_and(|last| last.reason == certificate::ISSUER_EXPIRED) {
                true => due.notices.push(self.recovered_as(ConditionType::Healthy, record)),
                false => due.silent.push(record),
            }
        }
    }
}
