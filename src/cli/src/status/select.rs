//! Selects the assessed objects that the arguments ask for, and sorts them, worst first.

use std::cmp::Reverse;

use chrono::{DateTime, Utc};

use super::StatusPage;
use super::judge::StatusRow;
use crate::report;
use lapsewatch_core::api::{CredentialType, Severity};

/// The objects to show.
#[derive(Clone, Debug, Default)]
pub struct StatusFilter {
    /// The names of the tenants to show with their credentials. An empty list selects all tenants.
    pub tenants: Vec<String>,
    /// The types of the credentials to show. An empty list selects all types.
    pub types: Vec<CredentialType>,
}

impl StatusFilter {
    /// Removes objects that `--tenant` and `--type` do not select. Sorts the rest by severity, then by deadline, then
    /// by name.
    pub fn apply(&self, judged: &mut StatusPage) {
        judged.rows.retain(|row| self.takes(&row.credential));
        judged.tenants.retain(|tenant| self.takes_tenant(tenant));
        judged.rows.sort_by(|a, b| order(a).cmp(&order(b)));
        judged.tenants.sort_by_key(|tenant| {
            let next = tenant.status.next_deadline.as_ref().map(|next| next.time);
            (Reverse(tenant.status.severity), due(next), tenant.key.clone())
        });
    }

    fn takes(&self, credential: &report::ReportedCredential) -> bool {
        let spec = &credential.spec;
        let tenant = spec.tenant_ref.as_ref().map(|tenant| tenant.name.as_str());
        let of_tenant = self.tenants.is_empty() || self.tenants.iter().any(|name| Some(name.as_str()) == tenant);
        of_tenant && (self.types.is_empty() || self.types.contains(&spec.type_))
    }

    /// True if the tenant is selected. The status of a tenant covers credentials of all types. With `--type`, the
    /// tenant is therefore shown only if a required credential of a selected type is missing.
    fn takes_tenant(&self, tenant: &report::ReportedTenant) -> bool {
        let missing = tenant.status.credentials.as_ref().map(|counts| counts.missing.as_slice()).unwrap_or_default();
        (self.tenants.is_empty() || self.tenants.iter().any(|name| **name == *tenant.key.name))
            && (self.types.is_empty() || missing.iter().any(|type_| self.types.contains(type_)))
    }
}

/// Removes objects below a severity. The other objects keep all of their notifications.
pub fn at_least(severity: Severity, judged: &mut StatusPage) {
    let before = judged.rows.len();
    judged.rows.retain(|row| row.credential.status.severity.unwrap_or_default() >= severity);
    judged.hidden = before - judged.rows.len();
    judged.tenants.retain(|tenant| tenant.status.severity.unwrap_or_default() >= severity);
}

type Order<'a> = (Reverse<Option<Severity>>, (bool, Option<DateTime<Utc>>), &'a lapsewatch_core::api::Key);

fn order(row: &StatusRow) -> Order<'_> {
    let status = &row.credential.status;
    let not_after = status.credential.as_ref().and_then(|facts| facts.not_after);
    (Reverse(status.severity), due(not_after), &row.credential.key)
}

/// Returns the sort key of a deadline. An object without a deadline comes last.
fn due(deadline: Option<DateTime<Utc>>) -> (bool, Option<DateTime<Utc>>) {
    (deadline.is_none(), deadline)
}
