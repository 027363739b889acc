//! Writes the status for people: a table of tenants, a table of credentials, and the findings with their remedies, each
//! sorted worst first.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};

use super::StatusPage;
use super::judge::StatusRow;
use crate::report::{self, Gate, Origin, Report, ReportedFinding, block};
use crate::terminal::columns::or_dash;
use crate::terminal::{Paint, painted};
use lapsewatch_core::api::Severity;
use lapsewatch_core::api::status::Expiry;
use lapsewatch_core::assessment::staleness;
use lapsewatch_core::messages;
use lapsewatch_core::sanitize::sanitize_line;

/// The number of characters of a fingerprint that are shown. 12 characters are enough to distinguish certificates.
const FINGERPRINT: usize = 12;

/// The style of the output.
#[derive(Clone, Copy, Debug)]
pub struct PageStyle {
    /// True if the tables have additional columns.
    pub is_wide: bool,
    /// The colors.
    pub paint: Paint,
    /// The time of the assessment, from which the remaining time until an expiry is counted.
    pub now: DateTime<Utc>,
}

/// Returns the complete output.
///
/// # Errors
/// Never, because the text is written to memory.
pub fn page(judged: &StatusPage, gate: &Gate, look: PageStyle) -> std::io::Result<String> {
    let mut out = Vec::new();
    let contexts = judged.rows.iter().any(|row| label(&row.credential.origin).is_some())
        || judged.tenants.iter().any(|tenant| label(&tenant.origin).is_some());
    let tenants = judged.tenants.iter().map(|tenant| tenant_cells(tenant, contexts)).collect();
    table(&TENANT_HEAD, contexts, tenants, look, &mut out);
    let head = if look.is_wide { WIDE_HEAD.as_slice() } else { HEAD.as_slice() };
    let rows = judged.rows.iter().map(|row| cells(row, contexts, look)).collect();
    table(head, contexts, rows, look, &mut out);
    let of_now = Report { at: look.now, ..Report::default() };
    for row in &judged.rows {
        block(&ReportedFinding::of_credential(&row.credential, &of_now, gate), look.paint, &mut out)?;
    }
    for tenant in &judged.tenants {
        block(&ReportedFinding::of_tenant(tenant, gate), look.paint, &mut out)?;
    }
    out.extend(summary(judged).into_bytes());
    Ok(String::from_utf8_lossy(&out).into_owned())
}

const TENANT_HEAD: [&str; 6] = ["NAMESPACE", "TENANT", "STATE", "SEVERITY", "CREDENTIALS", "NEXT"];
const HEAD: [&str; 8] = ["NAMESPACE", "CREDENTIAL", "STATE", "SEVERITY", "TYPE", "TENANT", "EXPIRES", "LEFT"];
const WIDE_HEAD: [&str; 11] = [
    "NAMESPACE",
    "CREDENTIAL",
    "STATE",
    "SEVERITY",
    "TYPE",
    "TENANT",
    "EXPIRES",
    "LEFT",
    "SECRET",
    "FINGERPRINT",
    "IDENTITY",
];

/// The severity of one object, which colors its row, and the cells of the row.
type Cells = (Severity, Vec<String>);

fn tenant_cells(tenant: &report::ReportedTenant, contexts: bool) -> Cells {
    let status = &tenant.status;
    let severity = status.severity.unwrap_or_default();
    let is_stale =
        status.notifications.iter().any(|said| said.type_ == staleness::TYPE && said.reason == staleness::STALE);
    let next =
        status.next_deadline.as_ref().map(|next| format!("{} {}", messages::at(next.time), sanitize_line(&next.name)));
    let mut cells = vec![
        or_dash(&tenant.key.namespace),
        sanitize_line(&tenant.key.name),
        state(tenant.state(), is_stale),
        severity.to_string(),
        status.credentials.as_ref().map_or(0, |counts| counts.total).to_string(),
        or_dash(&next.unwrap_or_default()),
    ];
    with_context(&mut cells, contexts, &tenant.origin);
    (severity, cells)
}

fn cells(row: &StatusRow, contexts: bool, look: PageStyle) -> Cells {
    let credential = &row.credential;
    let (spec, status) = (&credential.spec, &credential.status);
    let severity = status.severity.unwrap_or_default();
    let facts = status.credential.as_ref();
    let not_after = facts.and_then(|facts| facts.not_after);
    let expires = match (facts.map(|facts| facts.expiry), not_after) {
        (_, Some(not_after)) => messages::at(not_after),
        (Some(Expiry::Never), _) => "never".to_owned(),
        _ => "-".to_owned(),
    };
    let text = |text: Option<&str>| or_dash(&sanitize_line(text.unwrap_or_default()));
    let mut cells = vec![
        or_dash(&credential.key.namespace),
        sanitize_line(&credential.key.name),
        state(credential.state(), staleness::is_stale(status)),
        severity.to_string(),
        spec.type_.to_string(),
        text(spec.tenant_ref.as_ref().map(|tenant| tenant.name.as_str())),
        expires,
        not_after.map_or_else(|| "-".to_owned(), |not_after| left(not_after, look.now)),
    ];
    if look.is_wide {
        let fingerprint = facts.and_then(|facts| facts.fingerprint.as_deref());
        let short: Option<String> = fingerprint.map(|whole| whole.chars().take(FINGERPRINT).collect());
        cells.push(text(spec.secret_ref.as_ref().map(|secret| secret.name.as_str())));
        cells.push(text(short.as_deref()));
        cells.push(text(facts.and_then(|facts| facts.identity.as_deref())));
    }
    with_context(&mut cells, contexts, &credential.origin);
    (severity, cells)
}

fn with_context(cells: &mut Vec<String>, contexts: bool, origin: &Origin) {
    if contexts {
        cells.insert(0, or_dash(&sanitize_line(label(origin).unwrap_or_default())));
    }
}

fn label(origin: &Origin) -> Option<&str> {
    match origin {
        Origin::Cluster(label) => label.as_deref(),
        Origin::Manifest(_) => None,
    }
}

fn state(state: Option<&str>, is_stale: bool) -> String {
    let state = or_dash(&sanitize_line(state.unwrap_or_default()));
    if is_stale { format!("{state} (STALE)") } else { state }
}

/// Returns the time until or since a deadline as a number in one unit, the largest unit for which the number is not
/// zero.
pub fn left(deadline: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let left = deadline.signed_duration_since(now);
    let whole = left.abs();
    let (count, unit) = match (whole.num_days(), whole.num_hours(), whole.num_minutes()) {
        (0, 0, minutes) => (minutes, "minute"),
        (0, hours, _) => (hours, "hour"),
        (days, ..) => (days, "day"),
    };
    let plural = if count == 1 { "" } else { "s" };
    if left < chrono::TimeDelta::zero() {
        format!("{count} {unit}{plural} ago")
    } else {
        format!("{count} {unit}{plural}")
    }
}

/// Writes a table. Writes nothing if the table has no rows.
fn table(head: &[&str], contexts: bool, rows: Vec<Cells>, look: PageStyle, out: &mut Vec<u8>) {
    if rows.is_empty() {
        return;
    }
    let head: Vec<String> =
        contexts.then_some("CONTEXT").into_iter().chain(head.iter().copied()).map(str::to_owned).collect();
    let severity_column = head.iter().position(|name| name == "SEVERITY");
    let (severities, mut lines): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
    lines.insert(0, head);
    let colour = |row: usize, column: usize, cell: String| match row.checked_sub(1).and_then(|at| severities.get(at)) {
        None => look.paint.bold(&cell),
        Some(severity) if Some(column) == severity_column => look.paint.severity(*severity, &cell),
        Some(_) => cell,
    };
    for line in painted(&lines, colour) {
        out.extend(line.into_bytes());
        out.push(b'\n');
    }
    out.push(b'\n');
}

/// Returns the line with the counts of credentials by severity.
fn summary(judged: &StatusPage) -> String {
    let count = |severity| {
        let count =
            judged.rows.iter().filter(|row| row.credential.status.severity.unwrap_or_default() == severity).count();
        (count > 0).then(|| format!("{count} {}", if severity == Severity::None { "fine" } else { severity.as_str() }))
    };
    let all = [Severity::Critical, Severity::Warning, Severity::Notice, Severity::None];
    let counts: Vec<String> = all.into_iter().filter_map(count).collect();
    let total = judged.rows.len();
    if total == 0 && judged.tenants.is_empty() {
        return match judged.hidden {
            0 => String::new(),
            hidden => format!("nothing is that bad; less severe: {hidden}\n"),
        };
    }
    let stale = judged.rows.iter().filter(|row| staleness::is_stale(&row.credential.status)).count();
    let mut text = format!("{total} credential{}", if total == 1 { "" } else { "s" });
    if !counts.is_empty() {
        let _ = write!(text, ": {}", counts.join(", "));
    }
    if stale > 0 {
        let _ = write!(text, "; {stale} STALE");
    }
    if !judged.tenants.is_empty() {
        let _ = write!(text, "; {} tenant{}", judged.tenants.len(), if judged.tenants.len() == 1 { "" } else { "s" });
    }
    if judged.hidden > 0 {
        let _ = write!(text, "; less severe: {}", judged.hidden);
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_told_in_the_largest_unit() {
        let now: DateTime<Utc> = "2030-01-01T00:00:00Z".parse().unwrap();
        for (deadline, says) in [
            ("2030-01-31T12:00:00Z", "30 days"),
            ("2030-01-02T00:00:00Z", "1 day"),
            ("2030-01-01T23:59:59Z", "23 hours"),
            ("2030-01-01T00:01:59Z", "1 minute"),
            ("2030-01-01T00:00:00Z", "0 minutes"),
            ("2029-12-31T23:00:00Z", "1 hour ago"),
            ("2029-12-01T00:00:00Z", "31 days ago"),
        ] {
            assert_eq!(left(deadline.parse().unwrap(), now), says, "{deadline}");
        }
    }
}
