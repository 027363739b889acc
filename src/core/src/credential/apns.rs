//! Recognizes Apple's MDM push certificates by their topic, which is the user ID in the subject.

use pkcs8::ObjectIdentifier;
use x509_parser::certificate::X509Certificate;
use x509_parser::x509::X509Name;

use super::file_kind::FileKind;
use super::name;
use super::oid;
use crate::api::limits;

/// The prefix of every MDM push topic (Apple, "MDM" payload, key `Topic`).
const PREFIX: &str = "com.apple.mgmt.";

/// Returns the topic of an MDM push certificate.
///
/// # Errors
/// Returns the kind of a certificate that is not an MDM push certificate.
pub(super) fn topic(certificate: &X509Certificate<'_>) -> Result<String, FileKind> {
    let user_ids = user_ids(certificate);
    if let Some(topic) = user_ids.iter().find(|id| is_topic(id)) {
        return Ok(topic.clone());
    }
    let names = attributes(certificate.subject(), oid::COMMON_NAME);
    let issuers = attributes(certificate.issuer(), oid::COMMON_NAME);
    let starts = |names: &[String], prefixes: &[&str]| {
        names.iter().any(|name| prefixes.iter().any(|prefix| name.starts_with(prefix)))
    };
    if names.iter().any(|name| is_app_push(name)) {
        Err(FileKind::AppPushCertificate)
    } else if starts(&names, &["MDM Vendor:", "MDM CSR"]) {
        Err(FileKind::VendorCertificate)
    } else if !user_ids.is_empty() {
        Err(FileKind::OtherUserId)
    } else if starts(&issuers, &["Apple iPhone Device CA", "Apple Device CA"])
        || names.iter().any(|name| is_device(name))
    {
        Err(FileKind::DeviceCertificate)
    } else {
        Err(FileKind::NoUserId)
    }
}

/// Returns all user IDs of the subject.
pub(super) fn user_ids(certificate: &X509Certificate<'_>) -> Vec<String> {
    attributes(certificate.subject(), oid::USER_ID)
}

/// True if a user ID is an MDM push topic that can be published without being cut or escaped.
fn is_topic(user_id: &str) -> bool {
    user_id.strip_prefix(PREFIX).is_some_and(|rest| !rest.is_empty())
        && user_id.len() <= limits::IDENTITY
        && user_id.bytes().all(|byte| byte.is_ascii_graphic())
}

/// True if a common name is the name of a certificate for the push notifications of an app.
fn is_app_push(name: &str) -> bool {
    let kinds = ["Push Services: ", "VoIP Services: ", "WatchKit Services: ", "Pass Type ID: ", "Website Push ID: "];
    kinds.iter().any(|kind| name.strip_prefix("Apple ").unwrap_or(name).starts_with(kind))
        || name.starts_with("Apple ") && name.contains(" Push Services: ")
}

/// True if a common name is a device identifier: a UDID of 40 digits, a UDID of 8 and 16 digits, or a UUID.
fn is_device(name: &str) -> bool {
    let groups: Vec<usize> = name.split('-').map(str::len).collect();
    name.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
        && matches!(groups.as_slice(), [40] | [8, 16] | [8, 4, 4, 4, 12])
}

/// Returns the values of all attributes of one type, at any position in the name.
fn attributes(name: &X509Name<'_>, type_: ObjectIdentifier) -> Vec<String> {
    name.iter_attributes()
        .filter(|attribute| oid::from_x509(attribute.attr_type()) == Some(type_))
        .filter_map(|attribute| name::string(attribute.attr_value()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_have_the_prefix_and_can_be_published() {
        assert!(is_topic("com.apple.mgmt.External.11111111-2222-3333-4444-555555555555"));
        for other in
            ["com.apple.mgmt.", "com.example.app", "com.apple.mgmtX", "x.com.apple.mgmt.a", "com.apple.mgmt.a\nb"]
        {
            assert!(!is_topic(other), "{other}");
        }
        assert!(!is_topic(&format!("{PREFIX}{}", "a".repeat(300))));
    }

    #[test]
    fn other_certificates_are_told_by_their_names() {
        for app in ["Apple Push Services: com.example.app", "Apple Development IOS Push Services: com.example.app"] {
            assert!(is_app_push(app), "{app}");
        }
        assert!(!is_app_push("APSP:11111111-2222-3333-4444-555555555555"));
        assert!(is_device("00008030-001C2D8E3A90802E") && is_device("11111111-2222-3333-4444-555555555555"));
        assert!(!is_device("www.example.com") && !is_device("cafe"));
    }
}
