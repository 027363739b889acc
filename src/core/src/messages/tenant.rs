//! Every sentence of a tenant's page that is not a credential's own.

use chrono::{DateTime, Utc};

use super::{at, sentence};
use crate::api::reasons::FailureReason;
use crate::api::tenant_status::{NextDeadline, TenantNotification};
use crate::api::{CredentialType, TenantCredentialSpec, limits};

/// What a credential says, said of it and of `more` others.
pub fn of_group(name: &str, message: &str, more: usize) -> String {
    match more {
        0 => format!("{name}: {message}"),
        1 => format!("{name}: {message}; 1 more is in the same state"),
        more => format!("{name}: {message}; {more} more are in the same state"),
    }
}

/// What a credential advises, as advice for `more` others too.
pub fn remedy_of_group(name: &str, remedy: &str, more: usize) -> String {
    match more {
        0 => remedy.to_owned(),
        _ => format!("for {name}: {remedy}; likewise for the others"),
    }
}

/// The sentence of an Event that lacks what the tenant would give, because the tenant does not exist. None if it lacks
/// nothing.
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

/// What is said of a credential whose own words are not at hand.
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

/// Where the words of a credential stand.
pub fn see(name: &str) -> String {
    format!("see kubectl describe tcred {name}")
}

/// What, and how to act, where there is none of some types that are required.
pub fn missing(types: &[CredentialType], tenant: &str) -> (String, String) {
    let names: Vec<&str> = types.iter().map(|type_| type_.as_str()).collect();
    let (types, one) = if names.len() == 1 { ("type", "one") } else { ("types", "one of each") };
    (
        format!("this tenant has no TenantCredential of the required {types} {}", names.join(", ")),
        format!("create {one} with spec.tenantRef.name {tenant}, or take the {types} off spec.requiredCredentials"),
    )
}

/// What the absence of a required credential means.
pub const MISSING_IMPACT: &str =
    "stops: the warnings before it lapses; the service that it is for is not watched, or not set up";

/// That nothing needs attention.
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

/// That some were not assessed yet.
pub fn pending(names: &[&str], total: usize) -> String {
    let shown: Vec<&str> = names.iter().take(limits::NAMES).copied().collect();
    let more = match names.len().saturating_sub(shown.len()) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{} of {total} credentials not assessed yet: {}{more}", names.len(), shown.join(", "))
}

/// That it has none.
pub fn no_credentials(tenant: &str) -> String {
    format!("no TenantCredential names this tenant: set spec.tenantRef.name to {tenant} in those that belong to it")
}

/// The worst state, where nothing says more of it.
pub fn worst(name: &str, state: &str) -> String {
    format!("{name}: its state is {state}; {}", see(name))
}

/// From what the page was made.
pub fn assessed(total: usize) -> String {
    match total {
        0 => "it has no TenantCredential".to_owned(),
        1 => "made from the status of its one TenantCredential".to_owned(),
        total => format!("made from the status of its {total} TenantCredentials"),
    }
}

/// The line of the page's agenda.
pub fn agenda(of: &TenantNotification) -> String {
    let mut line = format!("{:?}, {}", of.severity, of.message);
    limits::cut(&mut line, limits::TEXT);
    line
}

/// The sentence of an Event: which credential it is that makes the tenant's state what it is.
pub fn news(message: &str, total: usize) -> String {
    match total {
        1 => format!("its credential {message}"),
        _ => format!("the worst of its credentials is {message}"),
    }
}

/// The sentence of an Event that a problem is mended.
pub fn well_again(message: &str) -> String {
    format!("all is well again: {message}")
}

/// The note of an Event: what and when, how to act, where it is written down, whom to ask, what it means. Cut from its
/// end to what the API server takes.
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
