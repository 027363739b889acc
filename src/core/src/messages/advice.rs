//! The consequences and the remedy of each finding, in an administrator's words. Messages about the finding itself are
//! in the parent module.
//!
//! The consequences follow the documentation of Apple, Microsoft and IBM on expired and changed credentials.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use super::at;
use crate::api::reasons::FailureReason;
use crate::api::{CredentialFacts, CredentialType, TenantCredentialSpec};
use crate::verdict::FindingKind;

/// The consequences and the remedy of a finding. Each part may be empty.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Advice {
    /// The services that stop.
    pub stops: String,
    /// The services that continue to work.
    pub goes_on: String,
    /// The action to take.
    pub remedy: String,
}

impl Advice {
    pub(super) fn new(stops: &str, goes_on: &str, remedy: impl Into<String>) -> Self {
        Self { stops: stops.to_owned(), goes_on: goes_on.to_owned(), remedy: remedy.into() }
    }
}

pub(super) const PORTAL: &str = "Apple's push portal (identity.apple.com/pushcert)";
const APNS_STOPS: &str = "existing devices stop reporting, new actions and policies do not reach devices, and no new Apple device can enroll";
const APNS_GOES_ON: &str = "users keep application features such as secure mail, and the policy already applied";

/// Returns the advice for a finding about the credential of `spec`. `facts` are the known facts, if any.
pub fn advice(case: FindingKind, spec: &TenantCredentialSpec, facts: Option<&CredentialFacts>) -> Advice {
    match case {
        FindingKind::Expiring => lapse(spec, None),
        FindingKind::Expired => lapse(spec, facts.and_then(|facts| facts.grace_end_time)),
        FindingKind::GracePeriodOver => Advice::new(
            APNS_STOPS,
            APNS_GOES_ON,
            format!(
                "try Renew in {PORTAL} with {}; where it is refused, create a new certificate and enroll every device again; upload it to the MDM and put it into {}",
                apple_id(spec),
                its_secret(spec)
            ),
        ),
        FindingKind::ExpiryUnknown => Advice::new(
            "the warnings before it lapses: its date is not known",
            "",
            match spec.type_ {
                CredentialType::DEPToken => {
                    "give its date in spec.expirationTime, or download a new server token for the same MDM server, which carries one"
                }
                _ => "watch its date by other means",
            },
        ),
        FindingKind::NotYetValid => Advice::new(
            "what needs it is refused until then",
            "",
            "put the one before it back until then; if the date is wrong, check the clock of whoever issued it and of this cluster",
        ),
        FindingKind::DatesReversed => Advice::new(
            "every use of the certificate, because programs refuse it",
            "",
            "have it issued again with dates in the right order",
        ),
        FindingKind::IssuerExpired | FindingKind::IssuerExpiresFirst => Advice::new(
            match case {
                FindingKind::IssuerExpired => "programs that check the chain refuse the certificate",
                _ => "programs that check the chain refuse the certificate from then on",
            },
            "",
            format!("get the current chain from the issuer, and put it into {} with the certificate", its_secret(spec)),
        ),
        FindingKind::KeyUnreadable => Advice::new(
            "the check that the private key belongs to the certificate",
            "",
            match spec.secret_ref.as_ref().and_then(|secret| secret.private_key_key.as_deref()) {
                Some(key) => format!(
                    "put the private key into key \"{key}\" of {}, in PEM format (PKCS#8 or PKCS#1). If the private key is encrypted, name the Secret key that contains its password in spec.secretRef.passwordKey",
                    its_secret(spec)
                ),
                None => format!("put the private key into {} in PEM, PKCS#8 or PKCS#1 form", its_secret(spec)),
            },
        ),
        FindingKind::SeveralCertificates => Advice::new(
            "nothing yet, but a program that reads another of these certificates uses another expiry date",
            "",
            format!("leave only the certificate that is in use in {}", its_secret(spec)),
        ),
        FindingKind::IdentityChanged => identity_changed(spec),
        FindingKind::IdentityUnknown => Advice::new(
            "nothing yet, but lapsewatch can't detect whether another account made this credential",
            "",
            format!(
                "{}. If the check fails or is not possible, put the previous credential back into {}",
                verify_origin(spec.type_),
                its_secret(spec)
            ),
        ),
        FindingKind::KeyMismatch => Advice::new(
            match spec.type_ {
                CredentialType::APNsCertificate => "the MDM refuses the upload, or pushes to all devices fail",
                _ => "whoever loads the two together refuses them, or what is signed with the key is refused",
            },
            "",
            match spec.type_ {
                CredentialType::APNsCertificate => format!(
                    "put the private key of the request that Apple signed into {}; if it is lost, start again with Renew (not Create) in {PORTAL}",
                    its_secret(spec)
                ),
                _ => format!(
                    "put the private key of the request that was signed into {}; if it is lost, have the certificate issued again",
                    its_secret(spec)
                ),
            },
        ),
        FindingKind::WentBackwards => Advice::new(
            match spec.type_ {
                CredentialType::DEPToken => "downloading the newer token has reset this one: syncs with Apple fail",
                _ => "nothing yet, but it may lapse earlier than the newer one",
            },
            "",
            format!(
                "put the newer one back into {}, and find what restored the old one (a backup, a reverted commit)",
                its_secret(spec)
            ),
        ),
        // The advice for a shared credential depends on the other objects that use it, see `shared::advice`.
        FindingKind::Shared(_) => Advice::default(),
        FindingKind::Unreadable(reason) => {
            let (stops, goes_on) = match facts {
                Some(_) => ("deadlines can no longer be seen, other than those read last", "the last known dates hold"),
                None => ("deadlines can't be seen: it was never read, so nothing warns before it lapses", ""),
            };
            Advice::new(stops, goes_on, unreadable(reason, spec))
        }
    }
}

/// Returns the advice for a credential that expires soon or has expired. `renewable_until` is the time until which
/// Apple renews an expired APNs certificate with the same topic.
fn lapse(spec: &TenantCredentialSpec, renewable_until: Option<DateTime<Utc>>) -> Advice {
    match spec.type_ {
        CredentialType::APNsCertificate => {
            let how = format!(
                "in {PORTAL} with {}: Renew, not Create, keeps the topic; then upload it to the MDM and put it into {}",
                apple_id(spec),
                its_secret(spec)
            );
            Advice::new(
                APNS_STOPS,
                APNS_GOES_ON,
                match renewable_until {
                    Some(until) => format!(
                        "renew it before {} {how}; from that day on every device may have to be enrolled again",
                        at(until)
                    ),
                    None => format!("renew it {how}"),
                },
            )
        }
        CredentialType::VPPToken => Advice::new(
            "new app distributions and licence assignments, until a new token is in place",
            "apps and devices already deployed",
            format!(
                "download a new content token for the same location, upload it to the MDM and put it into {}",
                its_secret(spec)
            ),
        ),
        CredentialType::DEPToken => Advice::new(
            "new automated enrollments and profile assignments, until a new token is in place",
            "devices already enrolled",
            format!(
                "download a new server token for the same MDM server, upload it to the MDM and put it into {}",
                its_secret(spec)
            ),
        ),
        CredentialType::WindowsSymantecCertificate => Advice::new(
            "some app-based features on Windows Phone",
            "devices stay enrolled and receive actions; Windows 10 desktop (Pro, Enterprise, Education) does not need it",
            format!("renew it with the same Publisher ID, upload it to the MDM and put it into {}", its_secret(spec)),
        ),
        CredentialType::X509Certificate => Advice::new(
            "whatever relies on it, since whoever checks the certificate refuses it",
            "",
            format!("have it renewed by its issuer and put the new one into {}", its_secret(spec)),
        ),
        CredentialType::DeclaredExpiry => {
            Advice::new("what this date stands for", "", "renew it, then set spec.expirationTime to the new date")
        }
    }
}

/// Returns the sentence that tells the user how to check the origin of a credential that contains no identity.
pub(super) fn verify_origin(type_: CredentialType) -> &'static str {
    match type_ {
        CredentialType::VPPToken => {
            "Check in Apple Business Manager or Apple School Manager that the token belongs to this tenant's location"
        }
        CredentialType::WindowsSymantecCertificate => {
            "Check that the enrollment token was made with the certificate of this tenant's Publisher ID"
        }
        _ => "Check by other means that the credential belongs to this tenant",
    }
}

fn identity_changed(spec: &TenantCredentialSpec) -> Advice {
    match spec.type_ {
        CredentialType::APNsCertificate => Advice::new(
            "once the MDM uses it, every device enrolled under the accepted topic stops reporting and takes no new actions or policies",
            APNS_GOES_ON,
            format!(
                "put the certificate of the accepted topic back into {} and renew it in {PORTAL} with the Apple ID of the set-up{}; if the new topic is meant, add it to spec.expectedIdentities: the profile must then be removed by hand on each device (depending on its settings with a factory restore) and the device enrolled again",
                its_secret(spec),
                account(spec).map(|account| format!(" ({account})")).unwrap_or_default()
            ),
        ),
        _ => Advice::new(
            "perhaps nothing: another account or server made it",
            "",
            format!(
                "check whether it is meant for this tenant: if so, add it to spec.expectedIdentities; if not, put the right one back into {}",
                its_secret(spec)
            ),
        ),
    }
}

fn unreadable(reason: FailureReason, spec: &TenantCredentialSpec) -> String {
    let secret = secret(spec);
    let source = match spec.type_ {
        CredentialType::APNsCertificate => {
            "the certificate that Apple's push portal (identity.apple.com/pushcert) gave and the private key of its request"
        }
        CredentialType::VPPToken => {
            "the content token (.vpptoken) that Apple Business Manager or Apple School Manager gave for the location"
        }
        CredentialType::DEPToken => {
            "the server token (.p7m) that Apple Business Manager or Apple School Manager gave for the MDM server, and the private key that opens it"
        }
        CredentialType::WindowsSymantecCertificate => {
            "the enterprise mobile code-signing certificate (.pfx with its password, PEM, or .aetx)"
        }
        CredentialType::X509Certificate | CredentialType::DeclaredExpiry => "the certificate in PEM or DER",
    };
    match reason {
        FailureReason::SecretNotFound => format!(
            "create Secret {secret} in this namespace with {source}, or name the right one in spec.secretRef.name"
        ),
        FailureReason::KeyNotFound => {
            format!("add the key to Secret {secret}, or name the right one in spec.secretRef")
        }
        FailureReason::Ambiguous => format!("leave only the credential that is in use in Secret {secret}"),
        FailureReason::Malformed | FailureReason::WrongFile => format!("put into Secret {secret} {source}"),
        FailureReason::PasswordRequired => {
            format!("put the password into Secret {secret} and name its key in spec.secretRef.passwordKey")
        }
        FailureReason::PasswordWrong => {
            match spec.secret_ref.as_ref().and_then(|secret| secret.password_key.as_deref()) {
                Some(key) => format!("put the right password into key {key} of Secret {secret}"),
                None => format!(
                    "put the right password into Secret {secret} and name its key in spec.secretRef.passwordKey"
                ),
            }
        }
        FailureReason::NoMatchingKey if spec.type_ == CredentialType::DEPToken => format!(
            "put into Secret {secret} the private key whose public part was uploaded to Apple before the token was downloaded"
        ),
        FailureReason::NoMatchingKey => format!("put into Secret {secret} the private key that belongs to it"),
        FailureReason::LimitExceeded => {
            format!("put into Secret {secret} nothing but {source}; or name its key in spec.secretRef.key")
        }
        FailureReason::NotSupported => format!(
            "put into Secret {secret}, in a form that this version reads, {source}; or watch its date with a DeclaredExpiry until an upgrade"
        ),
        FailureReason::Forbidden => {
            format!("allow the operator's service account to get Secret {secret} in this namespace")
        }
        FailureReason::InvalidObject => {
            "correct the spec; where a newer version of lapsewatch wrote it, run that version".to_owned()
        }
    }
}

/// Returns "Secret NAME", or "its Secret" for a credential in a file, for which no Secret is named yet.
fn its_secret(spec: &TenantCredentialSpec) -> Cow<'static, str> {
    match &spec.secret_ref {
        Some(secret) => format!("Secret {}", secret.name).into(),
        None => "its Secret".into(),
    }
}

pub(super) fn secret(spec: &TenantCredentialSpec) -> &str {
    spec.secret_ref.as_ref().map_or("(none)", |secret| secret.name.as_str())
}

pub(super) fn account(spec: &TenantCredentialSpec) -> Option<&str> {
    spec.owner.as_ref().and_then(|owner| owner.account.as_deref())
}

pub(super) fn apple_id(spec: &TenantCredentialSpec) -> String {
    match account(spec) {
        Some(account) => format!("the same Apple ID ({account})"),
        None => "the Apple ID it was made with (it stands nowhere in the certificate: record it in spec.owner.account)"
            .to_owned(),
    }
}
