//! All sentences that users read. This module contains the messages about one credential. `advice` contains the
//! consequences and remedies. `reader` contains the messages about credentials that can't be read. `tenant` contains
//! the messages of a tenant, and `stored` the messages about stale statuses.
//!
//! All sentences are deterministic: times are absolute and in UTC, and nothing changes with time alone.
//! `tests/core/words.rs` prints every sentence.

pub mod advice;
mod certificate;
mod identity;
mod local_files;
pub mod reader;
mod reason_summary;
pub mod shared;
pub mod stored;
pub mod tenant;
pub mod verify;
pub mod verify_remarks;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
pub use local_files::not_understood;
pub use reason_summary::reason_summary;

use crate::api::conditions::ConditionType;
use crate::api::reasons::ChangeReason;
use crate::api::status::{EventBudget, Expiry, KeyMatch, KeysUsed, LastChange, Newest};
use crate::api::{CredentialFacts, CredentialType, TenantCredentialSpec};
use crate::verdict::{IdentityMatch, Stage};

/// Formats a time as in all messages: RFC 3339 in UTC with whole seconds.
pub fn at(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Returns the message about credentials that a calendar leaves out because they have no date.
pub fn undated(count: usize) -> String {
    let subject = if count == 1 { "1 credential has" } else { &format!("{count} credentials have") };
    format!("{subject} no known expiry date and no event in this calendar.")
}

/// Capitalizes the first letter, for the beginning of a sentence.
pub fn sentence(words: &str) -> String {
    let mut rest = words.chars();
    rest.next().map(|first| first.to_uppercase().chain(rest).collect()).unwrap_or_default()
}

/// Composes the messages about one credential.
pub struct Words<'a> {
    /// The spec, as the user declared it.
    pub spec: &'a TenantCredentialSpec,
    /// The facts about the credential.
    pub facts: &'a CredentialFacts,
    /// True if the credential can't be read at present. The facts are those of the last reading.
    pub stale: bool,
    /// The details of the tenant, for messages about a credential that two tenants use.
    pub side: Side<'a>,
}

/// The details of a tenant that help users distinguish two tenants with the same credential.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Side<'a> {
    /// The purpose of the tenant, such as Production.
    pub environment: Option<&'a str>,
    /// The account number with the MDM vendor's support.
    pub support_account: Option<&'a str>,
}

impl Words<'_> {
    pub(super) fn subject(&self) -> String {
        match &self.spec.tenant_ref {
            Some(tenant) => format!("the {} of tenant {}", self.spec.type_.words(), tenant.name),
            None => format!("the {}", self.spec.type_.words()),
        }
    }

    fn pins(&self) -> Option<&[String]> {
        self.spec.expected_identities.as_deref().filter(|pins| !pins.is_empty())
    }

    pub(super) fn end(&self, sentence: String) -> String {
        if self.stale { format!("{sentence} (as last read)") } else { sentence }
    }

    fn not_after(&self) -> String {
        self.facts.not_after.map_or_else(|| "an unknown date".to_owned(), at)
    }

    fn grace_end(&self) -> String {
        self.facts.grace_end_time.map_or_else(|| "an unknown date".to_owned(), at)
    }

    /// Returns the message for an expiry stage. `first_warning` is the number of days before expiry at which the first
    /// warning is due.
    pub fn stage(&self, stage: Stage, first_warning: Option<u16>) -> String {
        let subject = self.subject();
        let not_after = self.not_after();
        self.end(match stage {
            Stage::Unknown => format!("{subject} carries no date of expiry"),
            Stage::Never => format!("{subject} does not expire"),
            Stage::Outside => {
                let warning = self.facts.not_after.zip(first_warning).and_then(|(not_after, days)| {
                    not_after.checked_sub_signed(TimeDelta::days(i64::from(days)))
                });
                match warning {
                    Some(warning) => {
                        format!("{subject} expires at {not_after}; the first warning comes at {}", at(warning))
                    }
                    None => format!("{subject} expires at {not_after}"),
                }
            }
            Stage::Within(1) => format!("{subject} expires at {not_after}, within 1 day"),
            Stage::Within(days) => format!("{subject} expires at {not_after}, within {days} days"),
            Stage::InGracePeriod => format!(
                "{subject} expired at {not_after}; until {} Apple renews it with the same topic",
                self.grace_end()
            ),
            Stage::GracePeriodOver => format!(
                "{subject} expired at {not_after}, and the 30 days in which Apple renews it with the same topic ended at {}",
                self.grace_end()
            ),
            Stage::Lapsed => format!("{subject} expired at {not_after}"),
        })
    }

    /// Returns the message for a credential whose validity has not begun.
    pub fn not_yet_valid(&self) -> String {
        let begin = self.facts.not_before.map_or_else(|| "an unknown date".to_owned(), at);
        self.end(format!("{} is not valid before {begin}", self.subject()))
    }

    /// Returns the message for the check of the private key.
    pub fn key_match(&self) -> String {
        let keys = self.facts.keys.clone().unwrap_or_default();
        // Without a Secret, the values come from local files.
        let place = if self.spec.secret_ref.is_some() { "key" } else { "file" };
        let of = |key: Option<String>| key.map(|key| format!(" in {place} {key}")).unwrap_or_default();
        self.end(match self.facts.key_match {
            KeyMatch::Matches => format!("the private key{} belongs to the certificate", of(keys.private_key)),
            KeyMatch::Mismatch => format!(
                "the private key{} does not belong to the certificate{}",
                of(keys.private_key),
                of(keys.credential)
            ),
            KeyMatch::NoKey => {
                "there is no private key beside the certificate: whether the right one is used can't be told".to_owned()
            }
            KeyMatch::KeyUnreadable => format!(
                "the private key{} can't be read: whether it belongs to the certificate can't be told",
                of(keys.private_key)
            ),
            KeyMatch::NotApplicable => "this type has no private key to check".to_owned(),
        })
    }

    /// Returns the message for the condition Regressed, which compares the age of the credential with `newest`. `older`
    /// is true if the credential is older.
    pub fn newest(&self, standing: IdentityMatch, older: bool, newest: Option<&Newest>) -> String {
        match standing {
            IdentityMatch::Changed => {
                return self
                    .end("it has another identity, and is not compared with those of the accepted one".to_owned());
            }
            IdentityMatch::Unknown => {
                return self.end(
                    "the credential carries no identity, so lapsewatch does not compare its age with earlier ones"
                        .to_owned(),
                );
            }
            IdentityMatch::NotIdentified | IdentityMatch::Accepted => {}
        }
        if !older {
            return self.end("no newer one was read here before".to_owned());
        }
        let newer = newest.and_then(|newest| newest.not_after).map_or_else(|| "an unknown date".to_owned(), at);
        self.end(format!(
            "{}, which expires at {}, is older than one read here before, which expires at {newer}",
            self.subject(),
            self.not_after()
        ))
    }

    /// Returns the message for a change of the credential, as in its Event.
    pub fn change(&self, change: &LastChange) -> String {
        let subject = self.subject();
        let dates = match (change.to.not_after, change.from.not_after) {
            (Some(to), Some(from)) if to == from => format!("expires at {}, as before", at(to)),
            (Some(to), Some(from)) => format!("expires at {} instead of {}", at(to), at(from)),
            (Some(to), None) => format!("expires at {}", at(to)),
            (None, _) if self.facts.expiry == Expiry::Never => "does not expire".to_owned(),
            (None, _) => "carries no date of expiry".to_owned(),
        };
        match change.reason {
            ChangeReason::Replaced if self.spec.type_ == CredentialType::DeclaredExpiry => {
                format!("the date of {subject} was corrected: it {dates}")
            }
            ChangeReason::Renewed => format!("{subject} was renewed: it {dates}"),
            ChangeReason::Replaced => {
                format!("{subject} was replaced by one that is no newer by its dates: it {dates}")
            }
            ChangeReason::Restored => format!("the newest of what was read as {subject} is back: it {dates}"),
            ChangeReason::WentBackwards => format!("{subject} was replaced by an older one: it {dates}"),
            ChangeReason::IdentityChanged => format!("{subject} was replaced by one of another identity: it {dates}"),
            ChangeReason::IdentityUnknown => {
                format!(
                    "{subject} was replaced by a credential that contains no {}. The new credential {dates}",
                    identity_name(self.spec.type_)
                )
            }
            ChangeReason::IdentityAccepted => format!(
                "{subject} has the {} {}, which {}is accepted from now on; it {dates}",
                identity_name(self.spec.type_),
                self.facts.identity.as_deref().unwrap_or("(none)"),
                if self.pins().is_some() { "spec.expectedIdentities names and which " } else { "" }
            ),
        }
    }

    /// Returns the message for a credential that was read. `no_tenant` is true if the tenant of the spec does not
    /// exist.
    pub fn read(&self, no_tenant: bool) -> String {
        let read = self.source();
        match &self.spec.tenant_ref {
            Some(tenant) if no_tenant => {
                format!("{read}; TenantNotFound: there is no MDMTenant {} in this namespace", tenant.name)
            }
            _ => read,
        }
    }

    fn source(&self) -> String {
        match (&self.spec.secret_ref, &self.facts.keys) {
            (Some(secret), Some(keys)) => match &keys.credential {
                Some(key) => format!("read from key {key} of Secret {}", secret.name),
                None => format!("read from Secret {}", secret.name),
            },
            (Some(secret), None) => format!("read from Secret {}", secret.name),
            (None, Some(KeysUsed { credential: Some(file), .. })) => format!("read from file {file}"),
            (None, _) => "taken from spec.expirationTime".to_owned(),
        }
    }
}

/// Returns the term for the identity of a credential type, such as "topic".
pub fn identity_name(type_: CredentialType) -> &'static str {
    match type_ {
        CredentialType::APNsCertificate => "topic",
        CredentialType::DEPToken => "consumer key",
        CredentialType::VPPToken => "organization",
        CredentialType::WindowsSymantecCertificate => "Publisher ID",
        CredentialType::X509Certificate | CredentialType::DeclaredExpiry => "identity",
    }
}

/// Returns the message of the Recovered Event for a problem that no longer exists.
pub fn recovered(condition: ConditionType, words: Option<&Words<'_>>) -> String {
    match (condition, words) {
        (ConditionType::Ready, Some(words)) => format!("the credential can be read again: {}", words.source()),
        (ConditionType::Ready, None) => "the credential can be read again".to_owned(),
        (ConditionType::IdentityChanged, Some(words)) => format!(
            "the {} {} is an accepted one",
            identity_name(words.spec.type_),
            words.facts.identity.as_deref().unwrap_or("(none)")
        ),
        (ConditionType::KeyMismatch, Some(words)) => words.key_match(),
        (ConditionType::Duplicate, Some(words)) => {
            format!("no other TenantCredential among those looked at holds {} any more", words.subject())
        }
        (ConditionType::Expiring | ConditionType::Expired, Some(words)) => {
            format!("{} has another date by spec.expirationTime: it expires at {}", words.subject(), words.not_after())
        }
        _ => "the problem is gone".to_owned(),
    }
}

/// Returns the text to append to an Event's note if the budget held back earlier Events. None if none were held back.
pub fn held_back(budget: &EventBudget) -> Option<String> {
    let since = budget.held_back_since.filter(|_| budget.held_back > 0)?;
    let events = match budget.held_back {
        1 => "1 Event about earlier changes of this object".to_owned(),
        count => format!("{count} Events about earlier changes of this object"),
    };
    Some(format!(". Since {}, lapsewatch has held back {events}", at(since)))
}

/// The message for a credential that was never read.
pub const NEVER_READ: &str = "the credential was never read";
