//! Tests the readers with valid files, wrong files and arbitrary bytes.

mod certificate;
mod containers;
mod dep;
mod discovery;
mod edited;
mod field;
mod identify;
mod limits;
mod matrix;
mod nested;
mod page;
mod page_clothes;
mod page_opened;
mod page_several;
mod passwords;
mod private_key;
mod properties;
mod symantec;
mod vpp;
mod wrong;

use lapsewatch_core::api::credential::CredentialType::{
    self, APNsCertificate, DEPToken, VPPToken, WindowsSymantecCertificate, X509Certificate,
};
use lapsewatch_core::api::reasons::FailureReason::{
    self, Ambiguous, KeyNotFound, LimitExceeded, Malformed, NotSupported, PasswordRequired, WrongFile,
};
use lapsewatch_core::api::status::{CredentialFacts, Expiry, Failure, Format, KeyMatch, KeySelection};
use lapsewatch_core::secret::SecretData;
use lapsewatch_test_support::fixture;

/// All credential types that are read from a Secret.
const TYPES: [CredentialType; 5] = [APNsCertificate, VPPToken, DEPToken, WindowsSymantecCertificate, X509Certificate];
const TOPIC_A: &str = "com.apple.mgmt.External.11111111-2222-3333-4444-555555555555";
const TOPIC_B: &str = "com.apple.mgmt.External.99999999-8888-7777-6666-555555555555";

fn secret(values: &[(&str, &[u8])]) -> SecretData {
    values.iter().map(|(key, value)| (*key, value.to_vec())).collect()
}

/// Returns a Secret from pairs of a key and a fixture.
fn files(files: &[(&str, &str)]) -> SecretData {
    files.iter().map(|(key, file)| (*key, fixture(file))).collect()
}

fn read(type_: CredentialType, secret: &SecretData) -> Result<CredentialFacts, Failure> {
    lapsewatch_core::read(type_, secret, &KeySelection::default())
}

fn one(type_: CredentialType, bytes: &[u8]) -> Result<CredentialFacts, Failure> {
    read(type_, &secret(&[("value", bytes)]))
}

fn apns(file: &str) -> CredentialFacts {
    one(APNsCertificate, &fixture(file)).unwrap_or_else(|failure| panic!("{file}: {failure:?}"))
}

fn time(text: &str) -> Option<chrono::DateTime<chrono::Utc>> {
    Some(text.parse().unwrap())
}

/// Returns the Secret key of the private key and the result of its comparison with the certificate.
fn key(facts: &CredentialFacts) -> (KeyMatch, Option<&str>) {
    (facts.key_match, facts.keys.as_ref().unwrap().private_key.as_deref())
}

fn credential_key(facts: &CredentialFacts) -> &str {
    facts.keys.as_ref().unwrap().credential.as_deref().unwrap()
}

fn is(failure: &Failure, reason: FailureReason, words: &[&str]) {
    assert_eq!(failure.reason, reason, "{}", failure.message);
    for word in words {
        assert!(failure.message.contains(word), "{word:?} is not in {:?}", failure.message);
    }
}

const FINGERPRINT_A: &str = "30ebdc9161ca53e6e588c5e4519f700e6c02ab25b29f019f68b388499814e417";
