//! Messages in the status and Events of a tenant. Messages of single credentials come from the credentials themselves.

use chrono::{DateTime, Utc};

use super::{at, sentence};
use crate::api::reasons::FailureReason;
use crate::api::tenant_status::{NextDeadline, TenantNotification};
use crate::api::{CredentialType, TenantCredentialSpec, limits};

/// Returns the message of the credential `name` for an entry that also represents `more` other credentials.
pub fn of_group(name: &str, message: &str, more: usize) -> String {
    match more {
        0 => format!("{name}: {message}"),
        1 => format!("{name}: {message}; 1 more is in the same state"),
        more => format!("{name}: {message}; {more} more are in the same state"),
    }
}

/// Returns the remedy of the credential `name` for an entry that also represents `more` other credentials.
pub fn remedy_of_group(name: &str, remedy: &str, more: usize) -> String {
    match more {
        0 => remedy.to_owned(),
        _ => format!("for {name}: {remedy}; likewise for the others"),
    }
}

/// Returns the sentence for an Event that lacks the tenant's runbook or contact because the tenant does not exist. None
/// if the credential's own spec contains both.
pub fn absent(spec: &TenantCredentialSpec) -> Option<String> {
    let tenant = spec.tenant_ref.as_ref()?;
    let owner = spec.owner.as_ref();
    let lacks = match (
        owner.is_some_and(|owner| owner.runbook_url.is_some()),
        owner.is_some_and(|owner| owner.contact.is_some()),
    ) {
        (true, true) => return None,
        (false, true) => "its runbook is unknown",
        (true, false) => "its contact is unknown",
        (false, false) => "its runbook and contact are unknown",
    };
    Some(format!("MDMTenant \"{}\" does not exist in this namespace, so {lacks}", tenant.name))
}

/// Returns the message for a credential whose own message is not available.
pub fn without_words(type_: CredentialType, reason: &str, deadline: Option<DateTime<Utc>>) -> String {
    if reason == FailureReason::InvalidObject.as_str() {
        return format!(
            "the spec of the {} can't be understood, so that nothing warns before it lapses",
            type_.words()
        );
    }
    let dated = deadline.map(|deadline| format!(", with the date {}", at(deadline))).unwrap_or_default();
    format!("the {} says {reason}{dated}", type_.words())
}

/// Returns the remedy for a credential whose own remedy is not available: a command that shows the credential.
pub fn see(name: &str) -> String {
    format!("see kubectl describe tcred {name}")
}

/// Returns the message and the remedy for required types without a credential.
pub fn missing(types: &[CredentialType], tenant: &str) -> (String, String) {
    let names: Vec<&str> = types.iter().map(|type_| type_.as_str()).collect();
    let (types, one) = if names.len() == 1 { ("type", "one") } else { ("types", "one of each") };
    (
        format!("this tenant has no TenantCredential of the required {types} {}", names.join(", ")),
        format!("create {one} with spec.tenantRef.name {tenant}, or take the {types} off spec.requiredCredentials"),
    )
}

/// The consequences of a missing required credential.
pub const MISSING_IMPACT: &str =
    "stops: the warnings before it lapses; the service that it is for is not watched, or not set up";

/// Returns the message for a tenant whose credentials are all valid.
pub fn well(total: usize, next: Option<&NextDeadline>) -> String {
    let all = match total {
        1 => "its one credential is valid".to_owned(),
        total => format!("its {total} credentials are valid"),
    };
    match next {
        Some(next) => format!("{all}; the next to expire is {}, at {}", next.name, at(next.time)),
        None => format!("{all}; none has a date at which it expires"),
    }
}

/// Returns the message for credentials that are not assessed yet.
pub fn pending(names: &[&str], total: usize) -> String {
    let shown: Vec<&str> = names.iter().take(limits::NAMES).copied().collect();
    let more = match names.len().saturating_sub(shown.len()) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{} of {total} credentials not assessed yet: {}{more}", names.len(), shown.join(", "))
}

/// Returns the message for a tenant without credentials.
pub fn no_credentials(tenant: &str) -> String {
    format!("no TenantCredential names this tenant: set spec.tenantRef.name to {tenant} in those that belong to it")
}

/// Returns the message for the worst state, if no notification describes the state.
pub fn worst(name: &str, state: &str) -> String {
    format!("{name}: its state is {state}; {}", see(name))
}

/// Returns the message of the condition Ready.
pub fn assessed(total: usize) -> String {
    match total {
        0 => "it has no TenantCredential".to_owned(),
        1 => "made from the status of its one TenantCredential".to_owned(),
        total => format!("made from the status of its {total} TenantCredentials"),
    }
}

/// Returns the line of a notification in `status.agenda`.
pub fn agenda(of: &TenantNotification) -> String {
    let mut line = format!("{}, {}", of.severity, of.message);
    limits::cut(&mut line, limits::TEXT);
    line
}

/// Returns the message of an Event about the credential that determines the state of the tenant.
pub fn news(message: &str, total: usize) -> String {
    match total {
        1 => format!("its credential {message}"),
        _ => format!("the worst of its credentials is {message}"),
    }
}

/// Returns the message of an Event about a problem that no longer exists.
pub fn well_again(message: &str) -> String {
    format!("all is well again: {message}")
}

/// Returns the note of an Event: the message, the remedy, the runbook, the contact and the consequences. The end is cut
/// to the limit of the API server.
pub fn note(message: &str, of: Option<&TenantNotification>) -> String {
    let mut note = sentence(message);
    let of = |part: fn(&TenantNotification) -> Option<&str>| of.and_then(part).filter(|words| !words.is_empty());
    let parts = [
        ("How to act: ", of(|n| Some(&n.remedy)).map(str::to_owned)),
        ("Runbook: ", of(|n| n.runbook_url.as_deref()).map(str::to_owned)),
        ("Contact: ", of(|n| n.contact.as_deref()).map(str::to_owned)),
        ("", of(|n| Some(&n.impact)).map(sentence)),
    ];
    for (label, words) in parts {
        if let Some(words) = words {
            note.push_str(". ");
            note.push_str(label);
            note.push_str(&words);
        }
    }
    limits::cut_bytes(&mut note, limits::NOTE_BYTES);
    note
}
