//! Determines the expiry stage of a credential and the time at which the next stage begins.

use std::borrow::Cow;

use chrono::{DateTime, TimeDelta, Utc};

use crate::api::conditions::{ConditionStatus, ConditionType, Verdict};
use crate::api::status::Expiry;
use crate::api::{CredentialFacts, CredentialType, TenantCredentialSpec};
use crate::verdict::Stage;

/// The grace period of an APNs certificate: Apple renews an expired certificate with the same topic for 30 days after
/// expiry (documented by IBM and Microsoft).
pub const GRACE: TimeDelta = TimeDelta::days(30);
/// The tolerated clock skew: a credential counts as not yet valid only if notBefore is more than 5 minutes in the
/// future.
const SKEW: TimeDelta = TimeDelta::minutes(5);

/// Returns the warning stages in days before expiry, in descending order.
pub fn warning_days(spec: &TenantCredentialSpec) -> Cow<'_, [u16]> {
    match &spec.warn_before_days {
        Some(days) if !days.is_empty() => {
            let mut days = days.clone();
            days.sort_unstable_by(|a, b| b.cmp(a));
            days.dedup();
            Cow::Owned(days)
        }
        _ => Cow::Borrowed(match spec.type_ {
            CredentialType::APNsCertificate => &[60, 30, 14, 7, 1],
            CredentialType::VPPToken | CredentialType::DEPToken => &[30, 14, 7, 1],
            CredentialType::WindowsSymantecCertificate => &[30, 14, 7],
            CredentialType::X509Certificate | CredentialType::DeclaredExpiry => &[30, 7],
        }),
    }
}

/// Returns the stage at `now`. At the exact time at which a stage begins, this stage applies. The exception is
/// notAfter, at which a certificate is still valid (RFC 5280, section 4.1.2.5).
pub fn stage(type_: CredentialType, facts: &CredentialFacts, days: &[u16], now: DateTime<Utc>) -> Stage {
    let not_after = match (facts.expiry, facts.not_after) {
        (Expiry::Never, _) => return Stage::Never,
        (Expiry::Known | Expiry::Unknown, Some(not_after)) => not_after,
        _ => return Stage::Unknown,
    };
    if now > not_after {
        return match (type_, after(not_after, GRACE)) {
            (CredentialType::APNsCertificate, Some(end)) if now >= end => Stage::GracePeriodOver,
            (CredentialType::APNsCertificate, _) => Stage::InGracePeriod,
            _ => Stage::Lapsed,
        };
    }
    days.iter()
        .rev()
        .find(|days| before(not_after, **days).is_none_or(|begin| now >= begin))
        .map_or(Stage::Outside, |days| Stage::Within(*days))
}

/// True if the validity of the credential begins after `now` by more than the tolerated clock skew.
pub fn not_yet_valid(facts: &CredentialFacts, now: DateTime<Utc>) -> bool {
    facts.not_before.is_some_and(|begin| valid_from(begin) > now)
}

fn valid_from(not_before: DateTime<Utc>) -> DateTime<Utc> {
    not_before.checked_sub_signed(SKEW).unwrap_or(not_before)
}

fn before(not_after: DateTime<Utc>, days: u16) -> Option<DateTime<Utc>> {
    not_after.checked_sub_signed(TimeDelta::days(i64::from(days)))
}

fn after(not_after: DateTime<Utc>, delta: TimeDelta) -> Option<DateTime<Utc>> {
    not_after.checked_add_signed(delta)
}

/// Returns the next time after `now` at which the stage or the start of validity changes a verdict. None if no such
/// time remains.
pub fn next_boundary(
    type_: CredentialType,
    facts: &CredentialFacts,
    days: &[u16],
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let mut boundaries: Vec<DateTime<Utc>> = facts.not_before.map(valid_from).into_iter().collect();
    if let Some(not_after) = facts.not_after {
        boundaries.extend(days.iter().filter_map(|days| before(not_after, *days)));
        boundaries.extend(after(not_after, TimeDelta::seconds(1)));
        if type_ == CredentialType::APNsCertificate {
            boundaries.extend(after(not_after, GRACE));
        }
    }
    boundaries.into_iter().filter(|at| *at > now).min()
}

/// Returns the verdicts for the conditions Expiring and Expired. `message` describes the stage.
pub fn verdicts(stage: Stage, message: &str) -> [Verdict; 2] {
    let (expiring, expired) = match stage {
        Stage::Unknown => {
            ((ConditionStatus::Unknown, "ExpiryUnknown".into()), (ConditionStatus::Unknown, "ExpiryUnknown"))
        }
        Stage::Never | Stage::Outside => {
            ((ConditionStatus::False, "OutsideWindow".into()), (ConditionStatus::False, "NotExpired"))
        }
        Stage::Within(days) => {
            ((ConditionStatus::True, Cow::Owned(format!("Within{days}Days"))), (ConditionStatus::False, "NotExpired"))
        }
        Stage::InGracePeriod => {
            ((ConditionStatus::False, "AlreadyExpired".into()), (ConditionStatus::True, "InGracePeriod"))
        }
        Stage::GracePeriodOver => {
            ((ConditionStatus::False, "AlreadyExpired".into()), (ConditionStatus::True, "GracePeriodOver"))
        }
        Stage::Lapsed => ((ConditionStatus::False, "AlreadyExpired".into()), (ConditionStatus::True, "Lapsed")),
    };
    [
        Verdict { type_: ConditionType::Expiring, status: expiring.0, reason: expiring.1, message: message.to_owned() },
        Verdict {
            type_: ConditionType::Expired,
            status: expired.0,
            reason: expired.1.into(),
            message: message.to_owned(),
        },
    ]
}
