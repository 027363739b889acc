//! Tests that a CA certificate is not watched in place of a leaf that can't be read. CA certificates are typically
//! valid for ten years, so nothing would warn of the leaf's expiry.

use lapsewatch_core::api::credential::CredentialType::X509Certificate;
use lapsewatch_core::api::reasons::FailureReason::{self, LimitExceeded, Malformed, PasswordRequired, WrongFile};
use lapsewatch_core::api::status::{CredentialFacts, Failure, KeySelection};
use lapsewatch_core::secret::SecretData;
use lapsewatch_test_support::fixture;

fn secret(values: &[(&str, Vec<u8>)]) -> SecretData {
    values.iter().map(|(key, bytes)| (*key, bytes.clone())).collect()
}

fn read(values: &[(&str, Vec<u8>)]) -> Result<CredentialFacts, Failure> {
    lapsewatch_core::read(X509Certificate, &secret(values), &KeySelection::default())
}

fn key(facts: &CredentialFacts) -> &str {
    facts.keys.as_ref().and_then(|keys| keys.credential.as_deref()).unwrap_or_default()
}

/// Returns values that can contain the leaf, each with the reported failure.
fn hiding() -> Vec<(&'static str, Vec<u8>, FailureReason, &'static str)> {
    vec![
        ("a.p12", fixture("wrong/keystore.p12"), PasswordRequired, "key a.p12 holds a PKCS#12 keystore"),
        ("a.jks", fixture("wrong/keystore.jks"), WrongFile, "key a.jks holds a Java keystore"),
        ("a.p7b", fixture("wrong/bundle.p7b"), WrongFile, "key \"a.p7b\" contains a PKCS#7 bundle"),
        ("a.pem", fixture("wrong/utf16.pem"), WrongFile, "key a.pem holds text in UTF-16"),
        ("a.txt", fixture("wrong/twice.txt"), WrongFile, "key a.txt holds base64 of base64"),
        ("a.crt", Vec::new(), WrongFile, "key a.crt is empty"),
        (
            "a.crt",
            fixture("wrong/truncated.pem"),
            Malformed,
            "key a.crt holds a certificate of which a part is missing",
        ),
        ("a.crt", fixture("wrong/rsa-16392.pem"), LimitExceeded, "key a.crt holds a certificate whose RSA key"),
        ("a.crt", fixture("x509/rsa.pem").repeat(65), LimitExceeded, "key a.crt holds more than the 64 PEM blocks"),
        ("a.crt", fixture("x509/rsa.pem").repeat(300), LimitExceeded, "key a.crt holds more than the 256 KiB"),
    ]
}

#[test]
fn a_ca_is_not_watched_in_place_of_what_cannot_be_read() {
    for (name, bytes, reason, words) in hiding() {
        let failure = read(&[(name, bytes), ("ca.crt", fixture("x509/ca.pem"))]).expect_err(words);
        assert_eq!(failure.reason, reason, "{}", failure.message);
        assert!(failure.message.starts_with(words), "expected {words:?}, found {:?}", failure.message);
        let way_out = "only a CA's certificate stands beside it: name ca.crt in spec.secretRef.key where that is meant";
        assert!(failure.message.ends_with(way_out), "{}", failure.message);
    }
}

#[test]
fn a_leaf_that_can_be_read_goes_before_all_of_it() {
    for (name, bytes, _, words) in hiding() {
        let facts = read(&[(name, bytes), ("ca.crt", fixture("x509/ca.pem")), ("leaf", fixture("x509/rsa.pem"))]);
        assert_eq!(key(&facts.unwrap()), "leaf", "{words}");
    }
}

#[test]
fn a_ca_is_watched_where_it_is_named_where_its_own_key_is_there_and_beside_what_is_no_certificate() {
    let ca = ("ca.crt", fixture("keys/root.pem"));
    let named = KeySelection { key: Some("ca.crt".to_owned()), ..KeySelection::default() };
    for (name, bytes, _, words) in hiding() {
        let facts = lapsewatch_core::read(X509Certificate, &secret(&[(name, bytes), ca.clone()]), &named);
        assert_eq!(key(&facts.unwrap()), "ca.crt", "{words}");
    }
    let keystore = ("ca.p12", fixture("wrong/keystore.p12"));
    assert_eq!(key(&read(&[ca.clone(), ("ca.key", fixture("keys/root.key")), keystore]).unwrap()), "ca.crt");
    for other in ["wrong/note.txt", "wrong/public.pem", "wrong/other.json", "wrong/request.csr"] {
        assert_eq!(key(&read(&[ca.clone(), ("other", fixture(other))]).unwrap()), "ca.crt", "{other}");
    }
}
