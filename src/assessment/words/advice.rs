//! What stops, what goes on and how to act: the consequences of each finding, in an administrator's words.
//!
//! Sources: Apple's, Microsoft's and IBM's documentation of what a lapsed or changed credential does.

use crate::api::reasons::FailureReason;
use crate::api::{CredentialType, TenantCredentialSpec};

/// Something that needs attention, without its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// It will lapse.
    Expiring,
    /// It has lapsed.
    Expired,
    /// An APNs certificate that Apple no longer renews.
    GracePeriodOver,
    /// It carries no date.
    ExpiryUnknown,
    /// Its validity has not begun.
    NotYetValid,
    /// Another identity.
    IdentityChanged,
    /// The private key belongs to another certificate.
    KeyMismatch,
    /// An older credential than the newest seen.
    WentBackwards,
    /// It can't be read.
    Unreadable(FailureReason),
}

/// The consequences of a finding; each part may be empty.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Advice {
    /// What stops.
    pub stops: String,
    /// What goes on.
    pub goes_on: String,
    /// How to act.
    pub remedy: String,
}

impl Advice {
    fn new(stops: &str, goes_on: &str, remedy: impl Into<String>) -> Self {
        Self { stops: stops.to_owned(), goes_on: goes_on.to_owned(), remedy: remedy.into() }
    }
}

const PORTAL: &str = "Apple's push portal (identity.apple.com/pushcert)";
const APNS_STOPS: &str = "existing devices stop reporting, new actions and policies do not reach devices, and no new Apple device can enroll";
const APNS_GOES_ON: &str = "users keep application features such as secure mail, and the policy already applied";

/// The consequences of `case` for a credential of `spec`. `renewable_until`: the end of an APNs certificate's grace
/// period, as text.
pub fn advice(case: Case, spec: &TenantCredentialSpec, renewable_until: Option<&str>) -> Advice {
    match case {
        Case::Expiring | Case::Expired => lapse(case == Case::Expired, spec, renewable_until),
        Case::GracePeriodOver => Advice::new(
            APNS_STOPS,
            APNS_GOES_ON,
            format!(
                "try Renew in {PORTAL} with {}; where it is refused, create a new certificate and enroll every device again",
                apple_id(spec)
            ),
        ),
        Case::ExpiryUnknown => Advice::new(
            "no warning can come before it lapses",
            "",
            match spec.type_ {
                CredentialType::DEPToken => {
                    "give its date in spec.expirationTime, or download a new server token for the same MDM server, which carries one"
                }
                _ => "watch its date by other means",
            },
        ),
        Case::NotYetValid => Advice::new(
            "it is refused until then",
            "",
            "put the one it follows back until then; if the date is wrong, check the clock of whoever issued it and of this cluster",
        ),
        Case::IdentityChanged => identity_changed(spec),
        Case::KeyMismatch => Advice::new(
            "the MDM refuses the upload, or what it signs with the key is refused",
            "",
            match spec.type_ {
                CredentialType::APNsCertificate => format!(
                    "put the private key of the request that Apple signed into Secret {}; if it is lost, start again with Renew (not Create) in {PORTAL}",
                    secret(spec)
                ),
                _ => format!(
                    "put the private key of the request that was signed into Secret {}; if it is lost, have the certificate issued again",
                    secret(spec)
                ),
            },
        ),
        Case::WentBackwards => Advice::new(
            match spec.type_ {
                CredentialType::DEPToken => "downloading the newer token has reset this one: syncs with Apple fail",
                _ => "the lapse comes earlier than it has to",
            },
            "",
            format!(
                "put the newer one back into Secret {}, and find what restored the old one (a backup, a reverted commit)",
                secret(spec)
            ),
        ),
        Case::Unreadable(reason) => {
            Advice::new("deadlines can no longer be seen", "the last known dates hold", unreadable(reason, spec))
        }
    }
}

fn lapse(already: bool, spec: &TenantCredentialSpec, renewable_until: Option<&str>) -> Advice {
    match spec.type_ {
        CredentialType::APNsCertificate => Advice::new(
            APNS_STOPS,
            APNS_GOES_ON,
            match renewable_until.filter(|_| already) {
                Some(until) => format!(
                    "renew it before {until} in {PORTAL} with {}: Renew, not Create, keeps the topic; afterwards every device may have to be enrolled again",
                    apple_id(spec)
                ),
                None => format!("renew it in {PORTAL} with {}: Renew, not Create, keeps the topic", apple_id(spec)),
            },
        ),
        CredentialType::VPPToken => Advice::new(
            "new app distributions and licence assignments, until a new token is in place",
            "apps and devices already deployed",
            format!(
                "download a new content token for the same location and upload it to the MDM and to Secret {}",
                secret(spec)
            ),
        ),
        CredentialType::DEPToken => Advice::new(
            "new automated enrollments and profile assignments, until a new token is in place",
            "devices already enrolled",
            format!(
                "download a new server token for the same MDM server and upload it to the MDM and to Secret {}",
                secret(spec)
            ),
        ),
        CredentialType::WindowsSymantecCertificate => Advice::new(
            "some app-based features on Windows Phone",
            "devices stay enrolled and receive actions; Windows 10 desktop (Pro, Enterprise, Education) does not need it",
            format!("renew it with the same Publisher ID and upload it to the MDM and to Secret {}", secret(spec)),
        ),
        CredentialType::X509Certificate => Advice::new(
            "whoever checks this certificate refuses it",
            "",
            format!("have it renewed by its issuer and put the new one into Secret {}", secret(spec)),
        ),
        CredentialType::DeclaredExpiry => {
            Advice::new("what this date stands for", "", "renew it, then set spec.expirationTime to the new date")
        }
    }
}

fn identity_changed(spec: &TenantCredentialSpec) -> Advice {
    match spec.type_ {
        CredentialType::APNsCertificate => Advice::new(
            "every device enrolled under the accepted topic stops reporting and takes no new actions or policies",
            APNS_GOES_ON,
            format!(
                "put the old certificate back and renew it in {PORTAL} with the Apple ID of the set-up{}; if the new topic is meant, add it to spec.expectedIdentities: the profile must then be removed by hand on each device (depending on its settings with a factory restore) and the device enrolled again",
                account(spec).map(|account| format!(" ({account})")).unwrap_or_default()
            ),
        ),
        _ => Advice::new(
            "perhaps nothing: another account or server made it",
            "",
            "check that it is meant for this tenant: accept it in spec.expectedIdentities, or put the right one back",
        ),
    }
}

fn unreadable(reason: FailureReason, spec: &TenantCredentialSpec) -> String {
    let secret = secret(spec);
    let source = match spec.type_ {
        CredentialType::APNsCertificate => {
            "the certificate that Apple's push portal (identity.apple.com/pushcert) gave, with the private key of its request"
        }
        CredentialType::VPPToken => {
            "the content token (.vpptoken) that Apple Business Manager or Apple School Manager gave for the location"
        }
        CredentialType::DEPToken => {
            "the server token (.p7m) that Apple Business Manager or Apple School Manager gave for the MDM server, with the private key that opens it"
        }
        CredentialType::WindowsSymantecCertificate => "the enterprise code-signing certificate",
        CredentialType::X509Certificate | CredentialType::DeclaredExpiry => "the certificate in PEM or DER",
    };
    match reason {
        FailureReason::SecretNotFound => format!(
            "create Secret {secret} in this namespace with {source}, or name the right one in spec.secretRef.name"
        ),
        FailureReason::KeyNotFound => {
            format!("add the key to Secret {secret}, or name the right one in spec.secretRef")
        }
        FailureReason::Ambiguous => "name the key that holds the credential in spec.secretRef.key".to_owned(),
        FailureReason::Malformed | FailureReason::WrongFile => format!("put {source} into Secret {secret}"),
        FailureReason::PasswordRequired => {
            format!("put the password into Secret {secret} and name its key in spec.secretRef.passwordKey")
        }
        FailureReason::PasswordWrong => format!("put the right password into Secret {secret}"),
        FailureReason::NoMatchingKey => {
            format!("put the private key whose public part was uploaded into Secret {secret}")
        }
        FailureReason::LimitExceeded => {
            format!("put only {source} into Secret {secret}, or name its key in spec.secretRef.key")
        }
        FailureReason::NotSupported => format!(
            "put {source} into Secret {secret} in a form that this version reads, or watch its date with a DeclaredExpiry until an upgrade"
        ),
        FailureReason::Forbidden => {
            format!("allow the operator's service account to get Secret {secret} in this namespace")
        }
        FailureReason::InvalidObject => {
            "correct the spec; where a newer version of lapsewatch wrote it, run that version".to_owned()
        }
    }
}

fn secret(spec: &TenantCredentialSpec) -> &str {
    spec.secret_ref.as_ref().map_or("(none)", |secret| secret.name.as_str())
}

fn account(spec: &TenantCredentialSpec) -> Option<&str> {
    spec.owner.as_ref().and_then(|owner| owner.account.as_deref())
}

fn apple_id(spec: &TenantCredentialSpec) -> String {
    match account(spec) {
        Some(account) => format!("the same Apple ID ({account})"),
        None => "the Apple ID it was made with (it stands nowhere in the certificate: record it in spec.owner.account)"
            .to_owned(),
    }
}
