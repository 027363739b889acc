//! Assesses a credential: derives the new status, the Events that are due and the time of the next assessment.
//!
//! The module is pure: it has no clock, performs no I/O and uses no Kubernetes client. The input is always
//! [`CredentialFacts`], so that facts that were just read and the same facts from a status give the same result.

mod certificate;
mod certificate_notices;
pub mod delivery;
mod duplicates;
pub mod event_budget;
pub mod expiry;
pub mod finding;
mod health;
pub mod normalize;
mod notice;
pub mod notices;
pub mod peers;
mod reading;
mod reminders;
pub mod renewal;
mod severity;
pub mod staleness;
pub mod tenant;
pub mod verification;
mod whole_second;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

use crate::api::conditions::{self, ConditionStatus, ConditionType, Verdict};
use crate::api::reasons::FailureReason;
use crate::api::status::{Announced, KeyMatch, LastRead, OtherHolder, PendingEvent};
use crate::api::stored::Stored;
use crate::api::{CredentialFacts, CredentialType, Failure, Severity, TenantCredentialSpec, TenantCredentialStatus};
use crate::messages::{NEVER_READ, Side, Words};
use crate::verdict::{FindingKind, IdentityMatch, Stage};
use finding::Finding;
use notices::{Notice, NoticePlanner, PlannedNotices};
use peers::Peers;
pub use reading::Reading;
use whole_second::whole_second;

/// The input of an assessment.
pub struct AssessmentInput<'a> {
    /// The UID of the TenantCredential. Empty outside a cluster.
    pub uid: &'a str,
    /// The generation of the TenantCredential.
    pub generation: i64,
    /// The spec, including the values that the credential inherits from its tenant.
    pub spec: &'a TenantCredentialSpec,
    /// The status from before the assessment. Its messages, impacts and remedies may be empty, because they are not
    /// used.
    pub previous: &'a TenantCredentialStatus,
    /// The result of reading the credential.
    pub reading: Reading,
    /// The state of the Secret that was read, for `status.lastRead`.
    pub last_read: Option<LastRead>,
    /// The other TenantCredentials with the same credential, as far as known.
    pub peers: Peers,
    /// The tenant that the spec names.
    pub tenant: TenantContext<'a>,
    /// The time of the assessment.
    pub now: DateTime<Utc>,
    /// The event delay: a problem that may be transient must last this long before its Event is sent. GitOps tools
    /// apply objects in any order, which causes such problems.
    pub settle: TimeDelta,
}

/// The tenant that the spec names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TenantContext<'a> {
    /// The spec names no tenant, or the tenant can't be read.
    #[default]
    Unnamed,
    /// No MDMTenant of this name exists.
    NotFound,
    /// The environment and the support account of the tenant.
    Found(Side<'a>),
}

/// The result of an assessment.
#[derive(Clone, Debug, PartialEq)]
pub struct Assessment {
    /// The status to write before the Events are sent. Each Event has an entry in `pendingEvents`.
    pub status: TenantCredentialStatus,
    /// The Events to send now.
    pub notices: Vec<Notice>,
    /// Entries of `pendingEvents` that are no longer due. Only a request to the API server shows if their Events were
    /// sent.
    pub doubtful: Vec<PendingEvent>,
    /// The time of the next assessment, unless an object changes earlier. None if time alone changes nothing.
    pub next: Option<DateTime<Utc>>,
}

/// Adds `announced` to `list`, or replaces the entry whose type is the same.
pub fn record(list: &mut Vec<Announced>, announced: Announced) {
    match list.iter_mut().find(|a| a.type_ == announced.type_) {
        Some(entry) => *entry = announced,
        None => list.push(announced),
    }
}

/// Assesses one credential.
pub fn assess(input: AssessmentInput<'_>) -> Assessment {
    let AssessmentInput { uid, generation, spec, previous, reading, last_read, peers, tenant, settle, .. } = input;
    // All times in the status are whole seconds.
    let now = input.now.trunc_subsecs(0);
    let (facts, failure) = match reading {
        Reading::Facts(facts) => (Some(facts), None),
        Reading::Failed(failure) => (previous.credential.clone(), Some(normalize::failure(failure))),
    };
    let facts = facts.map(|facts| normalize::facts(facts, spec));
    let last_read = last_read.map(|read| LastRead { failure: read.failure.map(normalize::failure), ..read });
    let mut verdicts = Vec::with_capacity(8);
    let mut findings = Vec::new();
    let mut next = None;
    let mut memory = renewal::Memory::from_status(previous);
    let mut read = String::new();
    let mut valid = NEVER_READ.to_owned();
    let (mut duplicates, mut more_duplicates) = (Vec::new(), false);
    let side = if let TenantContext::Found(side) = tenant { side } else { Side::default() };

    if let Some(failure) = &failure {
        findings.push(unreadable(failure, spec, facts.as_ref()));
    }
    let words = facts.as_ref().map(|facts| Words { spec, facts, stale: failure.is_some(), side });
    if let Some(words) = &words {
        let judged = judge(words, previous, &peers, now);
        verdicts = judged.verdicts;
        findings.extend(judged.findings);
        next = judged.next;
        memory = judged.memory;
        (duplicates, more_duplicates) = (judged.duplicates, judged.has_more_duplicates);
        read = words.read(tenant == TenantContext::NotFound);
        valid = judged.stage_words;
    } else {
        verdicts.extend(UNREAD.map(|type_| Verdict {
            type_,
            status: ConditionStatus::Unknown,
            reason: "Pending".into(),
            message: NEVER_READ.to_owned(),
        }));
    }
    let mut all = vec![health::ready(failure.as_ref(), read), health::healthy(&findings, valid)];
    all.append(&mut verdicts);

    // The worst severity comes first. Findings of equal severity are in the order of the condition types.
    findings.sort_by_key(|finding| (std::cmp::Reverse(finding.severity), finding.type_));
    let notifications: Vec<_> = findings.iter().map(|finding| finding.notification(spec, previous, now)).collect();
    let conditions = conditions::publish(&previous.conditions, all, now, generation);
    let due = NoticePlanner {
        uid,
        spec,
        announced: &previous.announced,
        findings: &findings,
        notifications: &notifications,
        conditions: &conditions,
        last_change: memory.last_change.as_ref(),
        words: words.as_ref(),
        peers: &peers,
        tenant,
        now,
        settle,
    }
    .plan();
    let PlannedNotices { notices, silent, next: next_notice } = due;
    let delivery = delivery::plan(notices, &previous.events(), now);
    let mut announced = previous.announced.clone();
    for entry in silent {
        record(&mut announced, entry);
    }

    let severity = findings.iter().map(|finding| finding.severity).max().unwrap_or(Severity::None);
    let status = TenantCredentialStatus {
        observed_generation: Some(generation),
        severity: Some(severity),
        accepted_identity: memory.accepted_identity,
        newest: memory.newest,
        last_change: memory.last_change,
        duplicates,
        more_duplicates,
        notifications,
        announced,
        pending_events: delivery.pending,
        event_budget: delivery.budget,
        last_read,
        conditions,
        credential: facts,
    };
    let next = next.into_iter().chain(next_notice).chain(delivery.next).min().map(whole_second);
    Assessment { status, notices: delivery.notices, doubtful: delivery.doubtful, next }
}

/// The conditions that are Unknown until the credential is read for the first time.
const UNREAD: [ConditionType; 6] = [
    ConditionType::Expiring,
    ConditionType::Expired,
    ConditionType::Duplicate,
    ConditionType::IdentityChanged,
    ConditionType::KeyMismatch,
    ConditionType::Regressed,
];

fn unreadable(failure: &Failure, spec: &TenantCredentialSpec, facts: Option<&CredentialFacts>) -> Finding {
    let case = FindingKind::Unreadable(failure.reason);
    let message = failure.message.clone();
    Finding::new(ConditionType::Ready, failure.reason.as_str(), case, Severity::Warning, message, spec, facts)
        .debounced()
}

/// The part of an assessment that follows from the facts of the credential.
struct FactsVerdict {
    verdicts: Vec<Verdict>,
    findings: Vec<Finding>,
    next: Option<DateTime<Utc>>,
    memory: renewal::Memory,
    duplicates: Vec<OtherHolder>,
    has_more_duplicates: bool,
    stage_words: String,
}

fn judge(words: &Words<'_>, previous: &TenantCredentialStatus, peers: &Peers, now: DateTime<Utc>) -> FactsVerdict {
    let (spec, facts) = (words.spec, words.facts);
    let mark = renewal::credential_key(facts);
    let mut findings = Vec::new();
    let mut find = |type_, reason: &str, case, severity, message: &str| {
        let finding = Finding::new(type_, reason, case, severity, message.to_owned(), spec, Some(facts));
        findings.push(finding.with_credential_key(mark.clone()));
    };

    let days = expiry::warning_days(spec);
    let stage = expiry::stage(spec.type_, facts, &days, now);
    let stage_words = words.stage(stage, days.first().copied());
    let reason = stage.event_reason();
    match stage {
        Stage::Never | Stage::Outside => {}
        Stage::Unknown => {
            find(ConditionType::Expiring, &reason, FindingKind::ExpiryUnknown, Severity::Notice, &stage_words)
        }
        Stage::Within(n) => {
            let severity = severity::expiring(spec.type_, n, days.last() == Some(&n));
            find(ConditionType::Expiring, &reason, FindingKind::Expiring, severity, &stage_words);
        }
        Stage::InGracePeriod | Stage::Lapsed | Stage::GracePeriodOver => {
            let over = stage == Stage::GracePeriodOver;
            let case = if over { FindingKind::GracePeriodOver } else { FindingKind::Expired };
            find(ConditionType::Expired, &reason, case, severity::expired(spec.type_, over), &stage_words);
        }
    }
    let mut verdicts = expiry::verdicts(stage, &stage_words).to_vec();

    let duplicates::SharingVerdict { verdict, finding: shared, duplicates, has_more } =
        duplicates::judge(words, peers, previous);
    verdicts.push(verdict);

    let (memory, standing) = renewal::remember(spec, previous, facts, now);
    let first = memory.last_change.is_none();
    let message = words.identity(standing, first, memory.accepted_identity.as_deref());
    match standing {
        IdentityMatch::Changed => {
            let severity = severity::identity_changed(spec.type_);
            find(ConditionType::IdentityChanged, "IdentityChanged", FindingKind::IdentityChanged, severity, &message);
        }
        IdentityMatch::Unknown => {
            let type_ = ConditionType::IdentityChanged;
            find(type_, "IdentityUnknown", FindingKind::IdentityUnknown, Severity::Notice, &message);
        }
        IdentityMatch::NotIdentified | IdentityMatch::Accepted => {}
    }
    verdicts.push(identity_verdict(spec.type_, standing, first, message));

    let message = words.key_match();
    let (status, reason) = match facts.key_match {
        KeyMatch::Matches => (ConditionStatus::False, "Matches"),
        KeyMatch::NotApplicable => (ConditionStatus::False, "NotApplicable"),
        KeyMatch::NoKey => (ConditionStatus::Unknown, "NoKey"),
        KeyMatch::KeyUnreadable => (ConditionStatus::Unknown, "KeyUnreadable"),
        KeyMatch::Mismatch => (ConditionStatus::True, "Mismatch"),
    };
    if facts.key_match == KeyMatch::Mismatch {
        find(ConditionType::KeyMismatch, "KeyMismatch", FindingKind::KeyMismatch, Severity::Warning, &message);
    }
    verdicts.push(Verdict { type_: ConditionType::KeyMismatch, status, reason: reason.into(), message });

    let older = renewal::is_comparable(standing) && renewal::is_older(spec.type_, memory.newest.as_ref(), facts);
    let message = words.newest(standing, older, memory.newest.as_ref());
    let (status, reason) = match older {
        true => (ConditionStatus::True, "WentBackwards"),
        false => (ConditionStatus::False, "Newest"),
    };
    if older {
        let severity = severity::regressed(spec.type_);
        find(ConditionType::Regressed, "WentBackwards", FindingKind::WentBackwards, severity, &message);
    }
    verdicts.push(Verdict { type_: ConditionType::Regressed, status, reason: reason.into(), message });

    for finding in &mut findings {
        match finding.type_ {
            ConditionType::IdentityChanged => finding.settles = true,
            ConditionType::Expiring | ConditionType::Expired => finding.mark = renewal::expiry_key(facts),
            // A new certificate beside the same wrong private key must not be announced again.
            ConditionType::KeyMismatch => finding.mark.clear(),
            _ => {}
        }
    }
    findings.extend(certificate::findings(words, &mark, now));
    findings.extend(shared);
    let boundaries = [expiry::next_boundary(spec.type_, facts, &days, now), certificate::boundary(facts, now)];
    let next = boundaries.into_iter().flatten().min();
    FactsVerdict { verdicts, findings, next, memory, duplicates, has_more_duplicates: has_more, stage_words }
}

fn identity_verdict(type_: CredentialType, standing: IdentityMatch, first: bool, message: String) -> Verdict {
    let (status, reason) = match standing {
        IdentityMatch::NotIdentified => (ConditionStatus::False, "NotIdentified"),
        IdentityMatch::Unknown => (ConditionStatus::Unknown, "IdentityUnknown"),
        IdentityMatch::Accepted if first => (ConditionStatus::False, "FirstObserved"),
        IdentityMatch::Accepted => (ConditionStatus::False, "Unchanged"),
        IdentityMatch::Changed => (
            ConditionStatus::True,
            match type_ {
                CredentialType::DEPToken => "ConsumerKeyChanged",
                CredentialType::VPPToken => "OrganizationChanged",
                CredentialType::WindowsSymantecCertificate => "PublisherChanged",
                _ => "TopicChanged",
            },
        ),
    };
    Verdict { type_: ConditionType::IdentityChanged, status, reason: reason.into(), message }
}

/// Returns the failure for a Secret that does not exist.
pub fn secret_not_found(spec: &TenantCredentialSpec) -> Failure {
    let name = spec.secret_ref.as_ref().map_or("", |secret| secret.name.as_str());
    Failure { reason: FailureReason::SecretNotFound, message: format!("there is no Secret {name} in this namespace") }
}
