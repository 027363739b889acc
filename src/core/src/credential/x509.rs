//! Reads one X.509 certificate (RFC 5280) of any version and any issuer, with or without extensions.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};
use x509_parser::certificate::{X509Certificate, X509CertificateParser};
use x509_parser::nom::Parser as _;

use super::apns;
use super::breakage::Breakage;
use super::der::{self, BOOLEAN, SEQUENCE};
use super::file_kind::FileKind;
use super::invalid_date;
use super::name;
use super::oid;
use super::public_key::{self, CertificateKey, PublicKey};
use super::read_problem::{Limit, ReadProblem};
use super::shape::{DerShape, shape};
use super::symantec;
use super::validity;
use crate::api::credential::CredentialType;
use crate::api::limits;
use crate::api::status::{CredentialFacts, Format, OtherCertificate};

/// The facts of a certificate, and the details for selecting a certificate.
#[derive(Clone, Debug)]
pub(super) struct Certificate {
    /// The facts, without the identity, the grace period, the issuers' expiry, the other certificates and the private
    /// key.
    pub facts: CredentialFacts,
    /// The SHA-256 hash of the DER.
    pub fingerprint: [u8; 32],
    /// True if the certificate claims to belong to a CA.
    pub is_ca: bool,
    /// The topic of MDM push, or the kind of a certificate without a topic.
    pub topic: Result<String, FileKind>,
    /// The Publisher ID of Windows code signing, or the kind of a certificate without a Publisher ID.
    pub publisher_id: Result<String, FileKind>,
    /// The public key. None if the public key can't be compared with private keys.
    pub public_key: Option<PublicKey>,
    /// The SHA-256 hash of all names of the certificate: the subject and the alternative names. None if there are no
    /// names.
    pub names: Option<[u8; 32]>,
    /// The SHA-256 hash of the subject. The next field is the SHA-256 hash of the issuer's name.
    pub subject: [u8; 32],
    pub issuer: [u8; 32],
}

impl Certificate {
    /// Returns the hash of the issuer's name. None if the issuer and the subject have the same name.
    pub(super) fn other_issuer(&self) -> Option<[u8; 32]> {
        (self.issuer != self.subject).then_some(self.issuer)
    }

    /// Returns the identity for a type. None for types whose certificates have no identity, because any certificate may
    /// replace another.
    pub(super) fn identity(&self, type_: CredentialType) -> Option<&str> {
        match type_ {
            CredentialType::APNsCertificate => self.topic.as_deref().ok(),
            CredentialType::WindowsSymantecCertificate => self.publisher_id.as_deref().ok(),
            _ => None,
        }
    }

    /// True if one certificate may be a renewal of the other: both have the same identity. If neither has an identity,
    /// both must have the same names.
    pub(super) fn is_same_identity(&self, other: &Self, type_: CredentialType) -> bool {
        match (self.identity(type_), other.identity(type_)) {
            (Some(own), Some(other)) => own == other,
            (None, None) => self.names.is_some() && self.names == other.names,
            _ => false,
        }
    }

    /// Returns a sort key for certificates of one identity: the latest certificate has the greatest key. A certificate
    /// that expires before its validity begins is never valid and has the smallest key.
    pub(super) fn age(&self) -> (bool, Option<DateTime<Utc>>, DateTime<Utc>, [u8; 32]) {
        let (begin, end) = (self.facts.not_before, self.facts.not_after);
        let is_ordered = begin.zip(end).is_none_or(|(begin, end)| end >= begin);
        (is_ordered, begin, end.unwrap_or(DateTime::<Utc>::MAX_UTC), self.fingerprint)
    }

    /// Returns the serial number and the dates.
    pub(super) fn brief(&self) -> OtherCertificate {
        let CredentialFacts { serial_number, not_before, not_after, .. } = self.facts.clone();
        OtherCertificate { serial_number, not_before, not_after }
    }

    /// Returns the kind of certificate, regardless of the requested type.
    pub(super) fn kind(&self) -> FileKind {
        match (&self.topic, &self.publisher_id) {
            (Ok(_), _) => FileKind::PushCertificate,
            (
                Err(kind @ (FileKind::AppPushCertificate | FileKind::VendorCertificate | FileKind::DeviceCertificate)),
                _,
            ) => *kind,
            (_, Ok(_)) => FileKind::WindowsCertificate,
            (_, Err(FileKind::NoPublisherId)) => FileKind::NoPublisherId,
            (Err(FileKind::OtherUserId), _) => FileKind::OtherUserId,
            _ => FileKind::Certificate,
        }
    }

    /// Returns the kind of a certificate that the type does not accept. None if the type accepts the certificate.
    pub(super) fn misfit(&self, type_: CredentialType) -> Option<FileKind> {
        match (type_, &self.topic, &self.publisher_id) {
            (CredentialType::X509Certificate, ..)
            | (CredentialType::APNsCertificate, Ok(_), _)
            | (CredentialType::WindowsSymantecCertificate, _, Ok(_)) => None,
            (_, Ok(_), _) => Some(FileKind::PushCertificate),
            (
                _,
                Err(kind @ (FileKind::AppPushCertificate | FileKind::VendorCertificate | FileKind::DeviceCertificate)),
                _,
            ) => Some(*kind),
            (_, _, Ok(_)) => Some(FileKind::WindowsCertificate),
            (CredentialType::APNsCertificate, Err(kind), _) => Some(*kind),
            (CredentialType::WindowsSymantecCertificate, _, Err(kind)) => Some(*kind),
            _ => Some(FileKind::Certificate),
        }
    }
}

/// The data that may follow the DER of a certificate.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Tail {
    /// Line ends only.
    Lines,
    /// OpenSSL's trust settings, in a block with the label TRUSTED CERTIFICATE.
    Trust,
}

/// Reads the DER of a certificate.
pub(super) fn read(der: &[u8], format: Format, tail: Tail) -> Result<Certificate, ReadProblem> {
    let malformed = ReadProblem::Malformed(Breakage::NotACertificate);
    if shape(der) != Some(DerShape::Certificate) {
        return Err(malformed);
    }
    let (rest, certificate) = X509CertificateParser::new()
        .with_deep_parse_extensions(false)
        .parse(der)
        .map_err(|_| invalid_date::find(der).map_or(malformed, |date| ReadProblem::Malformed(Breakage::Date(date))))?;
    if tail == Tail::Lines && !rest.iter().all(|byte| matches!(byte, b'\r' | b'\n')) {
        return Err(ReadProblem::Malformed(Breakage::MoreFollows));
    }
    let whole = der.get(..der.len().saturating_sub(rest.len())).unwrap_or_default();
    let public_key = match public_key::of_certificate(certificate.public_key()) {
        CertificateKey::Known(key) => Some(key),
        CertificateKey::Unknown => None,
        CertificateKey::TooLarge => return Err(ReadProblem::Limit(Limit::RsaKey)),
    };
    let fingerprint: [u8; 32] = Sha256::digest(whole).into();
    let validity = certificate.validity();
    let (not_after, expiry) = validity::expiry_at(validity.not_after.timestamp());
    Ok(Certificate {
        facts: CredentialFacts {
            fingerprint: Some(hex(&fingerprint)),
            format: Some(format),
            subject: Some(name::text(certificate.subject())),
            issuer: Some(name::text(certificate.issuer())),
            serial_number: Some(serial(certificate.raw_serial())),
            not_before: validity::moment(validity.not_before.timestamp()),
            not_after,
            expiry,
            ..CredentialFacts::default()
        },
        fingerprint,
        is_ca: is_ca(&certificate),
        topic: apns::topic(&certificate),
        publisher_id: symantec::publisher_id(&certificate),
        public_key,
        names: names(&certificate),
        subject: Sha256::digest(certificate.subject().as_raw()).into(),
        issuer: Sha256::digest(certificate.issuer().as_raw()).into(),
    })
}

/// True if the Basic Constraints extension is present and marks the certificate as a CA.
fn is_ca(certificate: &X509Certificate<'_>) -> bool {
    certificate
        .extensions()
        .iter()
        .filter(|extension| oid::from_x509(&extension.oid) == Some(oid::BASIC_CONSTRAINTS))
        .filter_map(|extension| der::recognize_as(extension.value, SEQUENCE))
        .filter_map(|constraints| der::recognize_as(constraints.content, BOOLEAN))
        .any(|ca| ca.content.iter().any(|byte| *byte != 0))
}

/// Returns the hash of the subject and the alternative names together. None if there are no names.
fn names(certificate: &X509Certificate<'_>) -> Option<[u8; 32]> {
    let alternatives = certificate
        .extensions()
        .iter()
        .filter(|extension| oid::from_x509(&extension.oid) == Some(oid::SUBJECT_ALTERNATIVE_NAME))
        .map(|extension| extension.value);
    let mut hash = Sha256::new().chain_update(certificate.subject().as_raw());
    let mut is_empty = certificate.subject().iter().next().is_none();
    for alternative in alternatives {
        is_empty = false;
        hash.update(alternative);
    }
    (!is_empty).then(|| hash.finalize().into())
}

/// Formats the serial number in hex without leading zeros. A negative serial number has a minus sign.
fn serial(raw: &[u8]) -> String {
    let is_negative = raw.first().is_some_and(|byte| byte & 0x80 != 0);
    let mut magnitude = raw.to_vec();
    if is_negative {
        let mut carry = true;
        for byte in magnitude.iter_mut().rev() {
            (*byte, carry) = (!*byte).overflowing_add(u8::from(carry));
        }
    }
    let digits = public_key::trimmed(&magnitude);
    let digits = digits.get(..digits.len().min(limits::SERIAL)).unwrap_or_default();
    let mut text = if is_negative { "-".to_owned() } else { String::new() };
    text.push_str(if digits.is_empty() { "00" } else { "" });
    text.push_str(&hex(digits));
    limits::cut(&mut text, limits::SERIAL);
    text
}

/// Formats bytes in lowercase hex.
pub(super) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serial_numbers_are_shown_as_numbers() {
        for (raw, shown) in [
            (&[][..], "00"),
            (&[0], "00"),
            (&[0x00, 0xfe, 0x01], "fe01"),
            (&[0x07], "07"),
            (&[0xff], "-01"),
            (&[0x80], "-80"),
            (&[0xff, 0x00], "-0100"),
            (&[0x80, 0x00], "-8000"),
        ] {
            assert_eq!(serial(raw), shown, "{raw:?}");
        }
        assert_eq!(serial(&[0x11; 40]).chars().count(), limits::SERIAL);
        assert_eq!(serial(&[0x11; 4000]).chars().count(), limits::SERIAL);
        assert_eq!(serial(&[0x81; 4000]).chars().count(), limits::SERIAL);
    }
}
