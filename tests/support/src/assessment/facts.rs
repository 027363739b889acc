//! Specs and facts for tests.

use chrono::{DateTime, Utc};
use lapsewatch_core::api::credential::SecretRef;
use lapsewatch_core::api::status::{CredentialFacts, Expiry, Format, KeyMatch, KeysUsed};
use lapsewatch_core::api::{CredentialType, TenantCredentialSpec};

pub const TOPIC: &str = "com.apple.mgmt.External.11111111-2222-3333-4444-555555555555";
pub const OTHER_TOPIC: &str = "com.apple.mgmt.External.99999999-8888-7777-6666-555555555555";

pub fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// Returns a spec with only the fields that the type requires.
pub fn spec(type_: CredentialType) -> TenantCredentialSpec {
    let secret = SecretRef { name: "acme-secret".into(), key: None, private_key_key: None, password_key: None };
    TenantCredentialSpec {
        tenant_ref: None,
        type_,
        secret_ref: (type_ != CredentialType::DeclaredExpiry).then_some(secret),
        warn_before_days: None,
        reminder_every_hours: None,
        expected_identities: None,
        muted_until: None,
        owner: None,
        vpp_token: None,
        expiration_time: None,
    }
}

pub fn fingerprint(letter: char) -> String {
    letter.to_string().repeat(64)
}

pub fn dated(letter: char, not_before: Option<&str>, not_after: &str) -> CredentialFacts {
    CredentialFacts {
        fingerprint: Some(fingerprint(letter)),
        not_before: not_before.map(time),
        not_after: Some(time(not_after)),
        expiry: Expiry::Known,
        ..CredentialFacts::default()
    }
}

/// Returns an APNs certificate of [`TOPIC`] with its private key; `letter` determines the fingerprint.
pub fn apns(letter: char, not_before: &str, not_after: &str) -> CredentialFacts {
    let facts = dated(letter, Some(not_before), not_after);
    CredentialFacts {
        identity: Some(TOPIC.into()),
        format: Some(Format::PEM),
        grace_end_time: facts.not_after.map(|end| end + chrono::TimeDelta::days(30)),
        key_match: KeyMatch::Matches,
        keys: Some(KeysUsed {
            credential: Some("push.pem".into()),
            private_key: Some("push.key".into()),
            password: None,
        }),
        ..facts
    }
}

/// Returns the same as [`apns`] with another topic.
pub fn apns_of_another_topic(letter: char, not_before: &str, not_after: &str) -> CredentialFacts {
    CredentialFacts { identity: Some(OTHER_TOPIC.into()), ..apns(letter, not_before, not_after) }
}

pub fn vpp(letter: char, not_after: &str) -> CredentialFacts {
    CredentialFacts { identity: Some("Acme Ltd".into()), ..dated(letter, None, not_after) }
}

pub fn dep(letter: char, not_after: &str) -> CredentialFacts {
    CredentialFacts { identity: Some("CK_75b2eb55-0123456789abcdef".into()), ..dated(letter, None, not_after) }
}

/// Returns a DEP token without a date.
pub fn undated_dep(letter: char) -> CredentialFacts {
    CredentialFacts { not_after: None, expiry: Expiry::Unknown, ..dep(letter, "2030-01-01T00:00:00Z") }
}

pub fn symantec(letter: char, not_before: &str, not_after: &str) -> CredentialFacts {
    CredentialFacts {
        identity: Some("12345678".into()),
        key_match: KeyMatch::Matches,
        ..dated(letter, Some(not_before), not_after)
    }
}

pub fn x509(letter: char, not_before: &str, not_after: &str) -> CredentialFacts {
    CredentialFacts { key_match: KeyMatch::Matches, ..dated(letter, Some(not_before), not_after) }
}

pub fn declared(not_after: &str) -> CredentialFacts {
    CredentialFacts { not_after: Some(time(not_after)), expiry: Expiry::Known, ..CredentialFacts::default() }
}

/// Returns a credential of this type that is valid from 2029-12-13 and expires at `not_after`.
pub fn of_type(type_: CredentialType, letter: char, not_after: &str) -> CredentialFacts {
    const BEGIN: &str = "2029-12-13T00:00:00Z";
    match type_ {
        CredentialType::APNsCertificate => apns(letter, BEGIN, not_after),
        CredentialType::VPPToken => vpp(letter, not_after),
        CredentialType::DEPToken => dep(letter, not_after),
        CredentialType::WindowsSymantecCertificate => symantec(letter, BEGIN, not_after),
        CredentialType::X509Certificate => x509(letter, BEGIN, not_after),
        CredentialType::DeclaredExpiry => declared(not_after),
    }
}
