//! The readers over files as they are met: right ones, wrong ones, and whatever else bytes can be.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lapsewatch::api::credential::CredentialType::{self, APNsCertificate, X509Certificate};
use lapsewatch::api::reasons::FailureReason::{
    self, Ambiguous, KeyNotFound, LimitExceeded, Malformed, NotSupported, WrongFile,
};
use lapsewatch::api::status::{CredentialFacts, Expiry, Failure, Format, KeyMatch, Selection};
use lapsewatch::credential;
use lapsewatch::secret::{SecretBytes, SecretData};
use proptest::prelude::*;

const TOPIC_A: &str = "com.apple.mgmt.External.11111111-2222-3333-4444-555555555555";
const TOPIC_B: &str = "com.apple.mgmt.External.99999999-8888-7777-6666-555555555555";

fn fixture(file: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(file)).unwrap()
}

fn secret(values: &[(&str, &[u8])]) -> SecretData {
    let values: BTreeMap<_, _> =
        values.iter().map(|(key, value)| ((*key).to_owned(), SecretBytes::new(value.to_vec()))).collect();
    SecretData { type_: None, values }
}

/// A Secret of fixtures: key and file.
fn files(files: &[(&str, &str)]) -> SecretData {
    let files: Vec<_> = files.iter().map(|(key, file)| (*key, fixture(file))).collect();
    secret(&files.iter().map(|(key, bytes)| (*key, bytes.as_slice())).collect::<Vec<_>>())
}

fn read(type_: CredentialType, secret: &SecretData) -> Result<CredentialFacts, Failure> {
    credential::read(type_, secret, &Selection::default())
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

/// The private key that the facts name, and how it fits.
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

#[test]
fn an_apns_certificate_gives_all_its_facts() {
    let facts = apns("apns/a.pem");
    assert_eq!(facts.identity.as_deref(), Some(TOPIC_A));
    // As `openssl x509 -fingerprint -sha256` says.
    assert_eq!(facts.fingerprint.as_deref(), Some(FINGERPRINT_A));
    assert_eq!(facts.format, Some(Format::PEM));
    assert_eq!(
        facts.subject.as_deref(),
        Some(format!("C=US,CN=APSP:11111111-2222-3333-4444-555555555555,UID={TOPIC_A}").as_str())
    );
    assert_eq!(facts.issuer.as_deref(), Some("CN=Example Integration CA,O=Example,C=US"));
    assert_eq!(facts.serial_number.as_deref(), Some("734df9c0bb2703fd"));
    assert_eq!(facts.not_before, time("2030-01-01T00:00:00Z"));
    assert_eq!(facts.not_after, time("2031-01-01T00:00:00Z"));
    assert_eq!(facts.expiry, Expiry::Known);
    assert_eq!(facts.grace_end_time, time("2031-01-31T00:00:00Z"));
    assert_eq!(key(&facts), (KeyMatch::NoKey, None));
    assert_eq!(credential_key(&facts), "value");
}

const FINGERPRINT_A: &str = "30ebdc9161ca53e6e588c5e4519f700e6c02ab25b29f019f68b388499814e417";

#[test]
fn the_same_certificate_is_read_in_every_clothing() {
    for (file, format, key_match) in [
        ("apns/a.pem", Format::PEM, KeyMatch::NoKey),
        ("apns/a.der", Format::DER, KeyMatch::NoKey),
        ("apns/a-bundle.pem", Format::PEM, KeyMatch::Matches),
        ("apns/a-windows.pem", Format::PEM, KeyMatch::NoKey),
        ("apns/a-glued.pem", Format::PEM, KeyMatch::Matches),
        ("apns/a-base64.txt", Format::PEM, KeyMatch::NoKey),
        ("apns/a-urlsafe.txt", Format::DER, KeyMatch::NoKey),
    ] {
        let facts = apns(file);
        assert_eq!(facts.fingerprint.as_deref(), Some(FINGERPRINT_A), "{file}");
        assert_eq!((facts.format, facts.key_match), (Some(format), key_match), "{file}");
    }
    let pem = String::from_utf8(fixture("apns/a.pem")).unwrap();
    for text in [
        pem.trim_end().to_owned(),
        format!("\n\n{pem}\n\n"),
        pem.replace('\n', " "),
        pem.replace('\n', "\n    "),
        pem.repeat(2),
        pem.replace('+', "-").replace('/', "_"),
        pem.replace("CERTIFICATE", "X509 CERTIFICATE"),
        format!("Grüße: see below\n{pem}see above"),
    ] {
        let facts = one(APNsCertificate, text.as_bytes()).unwrap_or_else(|failure| panic!("{text}: {failure:?}"));
        assert_eq!(facts.fingerprint.as_deref(), Some(FINGERPRINT_A));
    }
    let mut der = fixture("apns/a.der");
    der.extend_from_slice(b"\r\n");
    assert_eq!(one(APNsCertificate, &der).unwrap().fingerprint.as_deref(), Some(FINGERPRINT_A));
}

#[test]
fn odd_certificates_are_read_as_they_are() {
    for (file, serial, from, to, grace) in [
        (
            "apns/a-renewed.pem",
            "734df9c0bb270400",
            time("2030-12-01T00:00:00Z"),
            time("2031-12-01T00:00:00Z"),
            time("2031-12-31T00:00:00Z"),
        ),
        (
            "apns/a-older.pem",
            "734df9c0bb270300",
            time("2029-01-01T00:00:00Z"),
            time("2030-06-01T00:00:00Z"),
            time("2030-07-01T00:00:00Z"),
        ),
        (
            "apns/a-twin.pem",
            "734df9c0bb2703fe",
            time("2030-01-01T00:00:00Z"),
            time("2031-01-01T00:00:00Z"),
            time("2031-01-31T00:00:00Z"),
        ),
        (
            "apns/early.pem",
            "04",
            time("1951-02-03T00:00:00Z"),
            time("1961-02-03T00:00:00Z"),
            time("1961-03-05T00:00:00Z"),
        ),
        (
            "apns/ancient.pem",
            "05",
            time("1851-02-03T04:05:06Z"),
            time("1861-02-03T04:05:06Z"),
            time("1861-03-05T04:05:06Z"),
        ),
        (
            "apns/backwards.pem",
            "06",
            time("2031-01-01T00:00:00Z"),
            time("2030-01-01T00:00:00Z"),
            time("2030-01-31T00:00:00Z"),
        ),
        ("apns/late.pem", "07", time("2030-01-01T00:00:00Z"), time("9998-12-20T00:00:00Z"), None),
        (
            "apns/negative-serial.pem",
            "-1234567890",
            time("2030-01-01T00:00:00Z"),
            time("2031-01-01T00:00:00Z"),
            time("2031-01-31T00:00:00Z"),
        ),
        ("apns/v1.pem", "0c", time("2030-01-01T00:00:00Z"), time("2031-01-01T00:00:00Z"), time("2031-01-31T00:00:00Z")),
        (
            "apns/joined.pem",
            "0d",
            time("2030-01-01T00:00:00Z"),
            time("2031-01-01T00:00:00Z"),
            time("2031-01-31T00:00:00Z"),
        ),
    ] {
        let facts = apns(file);
        assert_eq!(facts.identity.as_deref(), Some(TOPIC_A), "{file}");
        assert_eq!(facts.serial_number.as_deref(), Some(serial), "{file}");
        assert_eq!((facts.not_before, facts.not_after, facts.grace_end_time), (from, to, grace), "{file}");
        assert_eq!(facts.expiry, Expiry::Known, "{file}");
    }
    let never = apns("apns/never.pem");
    assert_eq!((never.not_after, never.expiry, never.grace_end_time), (None, Expiry::Never, None));
    assert_eq!(apns("apns/b.pem").identity.as_deref(), Some(TOPIC_B));
}

#[test]
fn names_are_escaped_and_cut() {
    let odd = one(X509Certificate, &fixture("x509/odd-names.pem")).unwrap();
    assert_eq!(
        odd.subject.as_deref(),
        Some(
            "CN=Müller,1.2.3.4.5=#0102,emailAddress=a@example.com,OU=\\#1\\0A\\1B[31m\\E2\\80\\AEb,O=\\ Example\\, \\\"Inc\\\" \\+ \\<Sons\\>\\;\\\\\\ "
        )
    );
    let long = one(X509Certificate, &fixture("x509/long-names.pem")).unwrap().subject.unwrap();
    assert!(long.chars().count() == 512 && long.starts_with("CN=long") && long.ends_with('…'), "{long}");
    assert_eq!(one(X509Certificate, &fixture("x509/no-subject.pem")).unwrap().subject.as_deref(), Some(""));
}

#[test]
fn private_keys_are_held_against_the_certificate() {
    use KeyMatch::{KeyUnreadable, Matches, Mismatch};
    for (certificate, private_key, expected) in [
        ("apns/a.pem", "apns/a.key", Matches),
        ("apns/a.pem", "apns/a.pkcs1.key", Matches),
        ("apns/a.pem", "apns/a.key.der", Matches),
        ("apns/a.pem", "apns/a-bundle.pem", Matches),
        ("apns/a-renewed.pem", "apns/a.key", Matches),
        ("apns/a.pem", "apns/other.key", Mismatch),
        ("apns/a.pem", "x509/ec-pkcs8.key", Mismatch),
        ("apns/a.pem", "apns/a.encrypted.key", KeyUnreadable),
        ("apns/a.pem", "apns/a.legacy-encrypted.key", KeyUnreadable),
        ("x509/rsa.pem", "x509/rsa.key", Matches),
        ("x509/ec.pem", "x509/ec-sec1.key", Matches),
        ("x509/ec.pem", "x509/ec-pkcs8.key", Matches),
        ("x509/ec.pem", "x509/ec-with-parameters.key", Matches),
        ("x509/ec-compressed.pem", "x509/ec-pkcs8.key", Matches),
        ("x509/ec-compressed.pem", "x509/ec-compressed.key", Matches),
        ("x509/ec-compressed.pem", "x509/p384.key", Mismatch),
        ("x509/ec.pem", "x509/ec-compressed.key", Matches),
        ("x509/ec.pem", "x509/p384.key", Mismatch),
        ("x509/p384.pem", "x509/p384.key", Matches),
        ("x509/p521.pem", "x509/p521.key", Matches),
        ("x509/ed25519.pem", "x509/ed25519.key", Matches),
        ("x509/ed25519.pem", "x509/ed25519.der", Matches),
        ("x509/ed25519.pem", "x509/p521.key", Mismatch),
        ("x509/secp256k1.pem", "x509/secp256k1.key", KeyUnreadable),
    ] {
        let type_ = if certificate.starts_with("apns") { APNsCertificate } else { X509Certificate };
        let secret = files(&[("it", certificate), ("other", private_key)]);
        let selection = Selection { key: Some("it".to_owned()), ..Selection::default() };
        let facts = credential::read(type_, &secret, &selection).unwrap();
        assert_eq!(key(&facts), (expected, Some("other")), "{certificate} with {private_key}");
        let selection = Selection { private_key_key: Some("other".to_owned()), ..selection };
        let named = credential::read(type_, &secret, &selection).unwrap();
        assert_eq!(named, facts, "{certificate} with {private_key}, named");
    }
}

#[test]
fn a_damaged_private_key_is_unreadable_and_the_certificate_still_read() {
    let pem = String::from_utf8(fixture("apns/a.key")).unwrap();
    let der = fixture("apns/a.key.der");
    let mut flipped = der.clone();
    flipped[400] ^= 1; // inside the private exponent
    let cases: [&[u8]; 4] = [&pem.as_bytes()[..900], pem.replacen('\n', "\n*", 3).as_bytes(), &der[..600], &flipped]
        .map(|bytes: &[u8]| &*bytes.to_vec().leak());
    for damaged in cases {
        let facts =
            read(APNsCertificate, &secret(&[("push.key", damaged), ("push.pem", &fixture("apns/a.pem"))])).unwrap();
        assert_eq!(key(&facts), (KeyMatch::KeyUnreadable, Some("push.key")));
    }
}

/// A private key that only bears the certificate's modulus is not the certificate's.
#[test]
fn a_borrowed_modulus_makes_no_match() {
    let decode = |file| {
        let pem = String::from_utf8(fixture(file)).unwrap();
        let text: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
        STANDARD.decode(text).unwrap()
    };
    let (own, mut borrowed) = (decode("apns/a.key"), decode("apns/b.key"));
    let modulus = 38..294; // of 2048 bits, in PKCS#8
    borrowed[modulus.clone()].copy_from_slice(&own[modulus]);
    let facts = read(APNsCertificate, &secret(&[("push.key", &borrowed), ("push.pem", &fixture("apns/a.pem"))]));
    assert_eq!(key(&facts.unwrap()), (KeyMatch::KeyUnreadable, Some("push.key")));
}

#[test]
fn the_leaf_of_a_chain_is_read_in_any_order() {
    let leaf = one(X509Certificate, &fixture("x509/rsa.pem")).unwrap();
    let parts = ["x509/rsa.pem", "x509/ca.pem", "keys/root.pem", "x509/rsa.key"].map(fixture);
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [1, 0, 3, 2], [2, 3, 0, 1]] {
        let text = order.map(|part: usize| parts[part].as_slice()).concat();
        let facts = one(X509Certificate, &text).unwrap();
        assert_eq!((facts.fingerprint.as_ref(), facts.key_match), (leaf.fingerprint.as_ref(), KeyMatch::Matches));
    }
    let chain = one(X509Certificate, &fixture("x509/chain.pem")).unwrap();
    assert_eq!((chain.fingerprint, chain.identity, chain.grace_end_time), (leaf.fingerprint.clone(), None, None));
    // A CA that has nothing to do with it.
    let beside = read(X509Certificate, &files(&[("a", "keys/root.pem"), ("b", "x509/rsa.pem")]));
    assert_eq!(beside.unwrap().fingerprint, leaf.fingerprint);
    // Of CAs alone, the one that issued none of the others.
    let cas = [fixture("keys/root.pem"), fixture("x509/ca.pem")].concat();
    let ca = one(X509Certificate, &fixture("x509/ca.pem")).unwrap();
    assert_eq!(one(X509Certificate, &cas).unwrap().fingerprint, ca.fingerprint);
}

#[test]
fn the_key_of_the_secret_is_found_by_content() {
    for (type_, values, credential, private_key) in [
        // Whatever the names say.
        (APNsCertificate, &[("a.key", "apns/a.pem"), ("b.pem", "apns/a.key")][..], "a.key", Some("b.pem")),
        (APNsCertificate, &[("other", "wrong/note.txt"), ("push", "apns/a-bundle.pem")], "push", Some("push")),
        // The same in several clothes is one.
        (APNsCertificate, &[("a", "apns/a.der"), ("b", "apns/a.pem"), ("c", "apns/a-base64.txt")], "a", None),
        // Only what fits counts.
        (APNsCertificate, &[("a", "apns/app-push.pem"), ("b", "x509/rsa.pem"), ("c", "apns/a.pem")], "c", None),
        (APNsCertificate, &[("a", "wrong/truncated.pem"), ("b", "apns/a.pem")], "b", None),
        // A keystore is left alone.
        (APNsCertificate, &[("a", "apns/a.p12"), ("b", "apns/a.pem"), ("c", "apns/a.key")], "b", Some("c")),
        (
            X509Certificate,
            &[
                ("ca.crt", "x509/ca.pem"),
                ("keystore.p12", "wrong/keystore.p12"),
                ("tls.crt", "x509/chain.pem"),
                ("tls.key", "x509/rsa.key"),
            ],
            "tls.crt",
            Some("tls.key"),
        ),
        // The one whose private key is there.
        (APNsCertificate, &[("a", "apns/a.pem"), ("b", "apns/b.pem"), ("c", "apns/b.key")], "b", Some("c")),
        (APNsCertificate, &[("a", "apns/a.pem"), ("b", "apns/a.key"), ("c", "apns/other.key")], "a", Some("b")),
    ] {
        let facts = read(type_, &files(values)).unwrap_or_else(|failure| panic!("{values:?}: {failure:?}"));
        assert_eq!(credential_key(&facts), credential, "{values:?}");
        assert_eq!(
            key(&facts),
            (if private_key.is_some() { KeyMatch::Matches } else { KeyMatch::NoKey }, private_key),
            "{values:?}"
        );
    }
}

#[test]
fn in_a_tls_secret_tls_crt_is_meant() {
    let mut secret = files(&[("a.crt", "x509/other.pem"), ("tls.crt", "x509/rsa.pem")]);
    secret.type_ = Some("kubernetes.io/tls".to_owned());
    assert_eq!(credential_key(&read(X509Certificate, &secret).unwrap()), "tls.crt");
    let mut secret = files(&[("a.crt", "x509/rsa.pem"), ("tls.crt", "x509/rsa.pem")]);
    secret.type_ = Some("kubernetes.io/tls".to_owned());
    assert_eq!(credential_key(&read(X509Certificate, &secret).unwrap()), "tls.crt");
}

#[test]
fn a_ca_does_not_pass_for_the_leaf_that_cannot_be_read() {
    let mut secret = files(&[("ca.crt", "x509/ca.pem"), ("tls.crt", "wrong/empty"), ("tls.key", "x509/rsa.key")]);
    secret.type_ = Some("kubernetes.io/tls".to_owned());
    is(&read(X509Certificate, &secret).unwrap_err(), WrongFile, &["key tls.crt is empty"]);
    let failure =
        read(X509Certificate, &files(&[("ca.crt", "x509/ca.pem"), ("leaf", "wrong/truncated.pem")])).unwrap_err();
    is(&failure, Malformed, &["key leaf"]);
    let both = [fixture("x509/ca.pem"), fixture("wrong/truncated.pem")].concat();
    is(&one(X509Certificate, &both).unwrap_err(), Malformed, &["key value"]);
}

#[test]
fn what_nothing_decides_is_ambiguous() {
    let two =
        read(APNsCertificate, &files(&[("z", "apns/a.pem"), ("b", "apns/b.pem"), ("c", "x509/rsa.pem")])).unwrap_err();
    is(&two, Ambiguous, &["keys b and z hold different MDM push certificates", "spec.secretRef.key"]);
    let paired = &[("a", "apns/a.pem"), ("a.key", "apns/a.key"), ("b", "apns/b.pem"), ("b.key", "apns/b.key")];
    is(&read(APNsCertificate, &files(paired)).unwrap_err(), Ambiguous, &["keys a and b"]);
    let renewed = &[("new", "apns/a-renewed.pem"), ("old", "apns/a.pem"), ("key", "apns/a.key")];
    is(&read(APNsCertificate, &files(renewed)).unwrap_err(), Ambiguous, &["keys new and old"]);
    let in_one = [fixture("apns/a.pem"), fixture("apns/b.pem")].concat();
    is(&one(APNsCertificate, &in_one).unwrap_err(), Ambiguous, &["key value holds several different"]);
    is(
        &read(X509Certificate, &files(&[("a", "x509/rsa.pem"), ("b", "x509/ec.pem")])).unwrap_err(),
        Ambiguous,
        &["keys a and b hold different certificates"],
    );
}

#[test]
fn the_selection_is_followed() {
    let secret = files(&[
        ("a", "apns/a.pem"),
        ("a.key", "apns/a.key"),
        ("b", "apns/b.pem"),
        ("b.key", "apns/b.key"),
        ("note", "wrong/note.txt"),
    ]);
    let read = |key: Option<&str>, private_key: Option<&str>, password: Option<&str>| {
        let own = |name: Option<&str>| name.map(str::to_owned);
        let selection = Selection { key: own(key), private_key_key: own(private_key), password_key: own(password) };
        credential::read(APNsCertificate, &secret, &selection)
    };
    let facts = read(Some("b"), None, None).unwrap();
    assert_eq!((facts.identity.as_deref(), key(&facts)), (Some(TOPIC_B), (KeyMatch::Matches, Some("b.key"))));
    let facts = read(Some("b"), Some("a.key"), None).unwrap();
    assert_eq!(key(&facts), (KeyMatch::Mismatch, Some("a.key")));
    let facts = read(Some("b"), Some("note"), None).unwrap();
    assert_eq!(key(&facts), (KeyMatch::KeyUnreadable, Some("note")));
    let facts = read(None, None, Some("b")).unwrap();
    assert_eq!((facts.identity.as_deref(), key(&facts)), (Some(TOPIC_A), (KeyMatch::Matches, Some("a.key"))));
    is(&read(Some("note"), None, None).unwrap_err(), WrongFile, &["key note holds plain text"]);
    is(
        &read(Some("c"), None, None).unwrap_err(),
        KeyNotFound,
        &["the Secret has no key c, which spec.secretRef.key names", "its keys are a, a.key, b, b.key and note"],
    );
    is(&read(Some("a"), Some("c"), None).unwrap_err(), KeyNotFound, &["no key c", "spec.secretRef.privateKeyKey"]);
}

/// A private key that belongs to another certificate of the Secret says nothing of this one.
#[test]
fn a_neighbours_private_key_is_no_mismatch() {
    let secret = files(&[("a", "apns/a.pem"), ("b", "apns/b.pem"), ("b.key", "apns/b.key")]);
    let selection = Selection { key: Some("a".to_owned()), ..Selection::default() };
    let facts = credential::read(APNsCertificate, &secret, &selection).unwrap();
    assert_eq!(key(&facts), (KeyMatch::NoKey, None));
}

#[test]
fn wrong_files_are_named() {
    let push =
        "expected is the MDM push certificate, in PEM or DER, from Apple's push portal (identity.apple.com/pushcert)";
    for (file, reason, words) in [
        ("wrong/empty", WrongFile, "is empty"),
        ("wrong/sToken.vpptoken", WrongFile, "holds a VPP content token"),
        ("wrong/dep.p7m", WrongFile, "as a DEP server token is"),
        ("wrong/dep-der.p7m", WrongFile, "as a DEP server token is"),
        ("wrong/dep.json", WrongFile, "holds a decrypted DEP server token"),
        ("wrong/dep-message.txt", WrongFile, "holds a decrypted DEP server token"),
        ("wrong/bundle.p7b", WrongFile, "holds a PKCS#7 message or bundle"),
        ("apns/app-push.pem", WrongFile, "holds an app's push certificate"),
        ("apns/app-push-development.pem", WrongFile, "holds an app's push certificate"),
        ("apns/no-uid.pem", WrongFile, "holds a certificate without a topic (its subject has no user ID)"),
        ("wrong/other-uid.pem", WrongFile, "holds a certificate whose user ID is no topic of MDM push"),
        ("wrong/device.pem", WrongFile, "holds a device's certificate"),
        ("wrong/vendor.pem", WrongFile, "holds an MDM vendor's certificate"),
        ("x509/chain.pem", WrongFile, "holds a certificate without a topic"),
        ("wrong/push-request.txt", WrongFile, "holds a push certificate request"),
        ("wrong/public.pem", WrongFile, "holds a public key"),
        ("wrong/public-pkcs1.pem", WrongFile, "holds a public key"),
        ("wrong/page.html", WrongFile, "holds an HTML page"),
        ("wrong/note.txt", WrongFile, "holds plain text"),
        ("wrong/other.json", WrongFile, "holds JSON"),
        ("wrong/token.aetx", WrongFile, "holds a Windows Phone enrollment token"),
        ("wrong/twice.txt", WrongFile, "holds base64 of base64"),
        ("wrong/utf16.pem", WrongFile, "holds text in UTF-16"),
        ("wrong/keystore.jks", WrongFile, "holds a Java keystore"),
        ("wrong/keystore.p12", NotSupported, "holds a PKCS#12 keystore, which this version does not read"),
        ("wrong/truncated.pem", Malformed, "of which a part is missing"),
        ("wrong/second-half.pem", Malformed, "of which a part is missing"),
        ("wrong/glued.pem", Malformed, "of which a part is missing"),
        ("wrong/bad-base64.pem", Malformed, "with something in it that is not base64"),
        ("wrong/truncated.der", Malformed, "what begins as a certificate and is damaged or cut off"),
        ("wrong/doubled.der", Malformed, "with other data glued to its end"),
    ] {
        let failure = one(APNsCertificate, &fixture(file)).unwrap_err();
        is(&failure, reason, &["key value", words, push]);
        assert!(!failure.message.contains("com.example") && !failure.message.contains("jdoe"), "{}", failure.message);
    }
    assert_eq!(
        one(APNsCertificate, &fixture("wrong/request.der")),
        one(APNsCertificate, &fixture("wrong/request.csr"))
    );
    is(
        &one(APNsCertificate, &fixture("wrong/request.csr")).unwrap_err(),
        WrongFile,
        &[
            "key value holds a certificate signing request; expected is the MDM push certificate that Apple's push portal (identity.apple.com/pushcert) returned for it",
        ],
    );
    is(
        &one(APNsCertificate, &fixture("apns/a.key")).unwrap_err(),
        WrongFile,
        &["a private key without its certificate; expected beside it is the MDM"],
    );
    is(
        &one(APNsCertificate, &fixture("apns/a.encrypted.key")).unwrap_err(),
        WrongFile,
        &["an encrypted private key without its certificate"],
    );
    is(
        &one(X509Certificate, &fixture("wrong/request.csr")).unwrap_err(),
        WrongFile,
        &["a certificate signing request; expected is an X.509 certificate"],
    );
    is(&one(APNsCertificate, &[0, 1, 2, 250]).unwrap_err(), WrongFile, &["binary data of no known kind"]);
    is(&read(APNsCertificate, &secret(&[])).unwrap_err(), WrongFile, &["the Secret is empty"]);
}

#[test]
fn of_several_wrong_files_the_most_telling_is_named() {
    for (values, reason, named) in [
        (
            &[("a", "apns/a.key"), ("b", "wrong/request.csr"), ("c", "wrong/note.txt")][..],
            WrongFile,
            "key b holds a certificate signing",
        ),
        (&[("a", "apns/a.key"), ("b", "wrong/note.txt")], WrongFile, "key a holds a private key"),
        (&[("a", "apns/a.key"), ("b", "wrong/empty")], WrongFile, "key b is empty"),
        (&[("a", "apns/app-push.pem"), ("b", "wrong/truncated.pem")], Malformed, "key b"),
        (&[("a", "x509/ca.pem"), ("b", "apns/a.p12")], NotSupported, "key b holds a PKCS#12"),
        (&[("a", "x509/ca.pem"), ("b", "apns/app-push.pem")], WrongFile, "key b holds an app's"),
    ] {
        is(&read(APNsCertificate, &files(values)).unwrap_err(), reason, &[named]);
    }
}

#[test]
fn types_that_are_not_read_yet_say_so() {
    for (type_, words) in [
        (CredentialType::VPPToken, "this version does not read VPP content tokens yet"),
        (CredentialType::DEPToken, "this version does not read DEP server tokens yet"),
        (CredentialType::WindowsSymantecCertificate, "this version does not read Windows Symantec certificates yet"),
        (CredentialType::DeclaredExpiry, "read from no Secret"),
    ] {
        is(&read(type_, &files(&[("a", "apns/a.pem")])).unwrap_err(), NotSupported, &[words]);
    }
}

#[test]
fn limits_hold_before_any_work_is_done() {
    let push = fixture("apns/a.pem");
    let large = [push.as_slice(), &vec![b' '; 900 * 1000]].concat();
    is(&one(APNsCertificate, &large).unwrap_err(), LimitExceeded, &["key value", "256 KiB"]);
    let facts = read(APNsCertificate, &secret(&[("large", &large), ("push", &push)])).unwrap();
    assert_eq!(credential_key(&facts), "push");
    let mut brim = push.clone();
    brim.resize(256 * 1024, b'\n');
    assert!(one(APNsCertificate, &brim).is_ok());
    brim.push(b'\n');
    is(&one(APNsCertificate, &brim).unwrap_err(), LimitExceeded, &["256 KiB"]);
    assert!(one(APNsCertificate, &push.repeat(64)).is_ok());
    is(&one(APNsCertificate, &push.repeat(65)).unwrap_err(), LimitExceeded, &["key value", "64 PEM blocks"]);
    is(
        &one(X509Certificate, &fixture("wrong/rsa-16392.pem")).unwrap_err(),
        LimitExceeded,
        &["key value", "16384 bits"],
    );
}

/// More private keys than are computed with: the certificate is read all the same, and in good time.
#[test]
fn a_secret_full_of_private_keys_is_read() {
    let (push, private) = (fixture("apns/a.pem"), fixture("x509/p521.key"));
    let names: Vec<String> = (0..2000).map(|number| format!("k{number:04}")).collect();
    let mut values: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), private.as_slice())).collect();
    values.push(("push", &push));
    assert_eq!(key(&read(APNsCertificate, &secret(&values)).unwrap()).0, KeyMatch::KeyUnreadable);
}

/// Nests, repeats and lies about lengths.
#[test]
fn hostile_input_ends_in_a_failure() {
    let size = 256 * 1024;
    for bytes in [
        vec![0x30; size],
        [0x30, 0x80].repeat(size / 2),
        [0x30, 0x84, 0xff, 0xff, 0xff, 0xff].repeat(size / 6),
        [0xa0, 0x80].repeat(size / 2),
        b"-----BEGIN ".repeat(size / 11),
        b"-----BEGIN CERTIFICATE-----".repeat(60),
        b"-----END CERTIFICATE-----".repeat(size / 25),
        vec![b'-'; size],
        vec![b'{'; size],
        vec![b'A'; size],
        vec![b'='; size],
        vec![0; size],
    ] {
        for type_ in [APNsCertificate, X509Certificate] {
            assert!(one(type_, &bytes).is_err());
        }
    }
}

/// Every file of the fixtures.
fn corpus() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut files = Vec::new();
    for kind in ["apns", "x509", "wrong"] {
        let mut paths: Vec<_> =
            std::fs::read_dir(folder.join(kind)).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        files.extend(paths.iter().map(|path| std::fs::read(path).unwrap()));
    }
    files
}

/// Reads it in every way, alone and beside others. What comes out keeps within its limits and quotes nothing.
fn survives(bytes: &[u8]) {
    let beside = fixture("apns/other.key");
    for type_ in [APNsCertificate, X509Certificate] {
        for secret in [secret(&[("value", bytes)]), secret(&[("other", &beside), ("value", bytes)])] {
            match read(type_, &secret) {
                Ok(facts) => {
                    assert!(facts.identity.is_none_or(|identity| identity.len() <= 256));
                    assert!(
                        facts
                            .subject
                            .is_none_or(|name| name.chars().count() <= 512 && !name.contains(char::is_control))
                    );
                    assert!(facts.serial_number.is_none_or(|serial| serial.len() <= 82));
                }
                Err(failure) => {
                    assert!(failure.message.len() < 500 && failure.message.is_ascii(), "{}", failure.message)
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        survives(&bytes);
    }

    #[test]
    fn any_der_like_bytes_are_survived(bytes in proptest::collection::vec(prop_oneof![
        Just(0x30_u8), Just(0x31), Just(0x02), Just(0x03), Just(0x04), Just(0x06), Just(0x17), Just(0x80), Just(0x82), Just(0xa0), Just(0x01), any::<u8>()
    ], 0..300)) {
        survives(&bytes);
    }

    #[test]
    fn damaged_files_are_survived(
        file in any::<proptest::sample::Index>(),
        flips in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 0..6),
        cut in any::<proptest::sample::Index>(),
        how in 0..5_u8,
    ) {
        let corpus = corpus();
        let mut bytes = file.get(&corpus).clone();
        if !bytes.is_empty() {
            for (at, value) in flips {
                let at = at.index(bytes.len());
                bytes[at] = value;
            }
            let at = cut.index(bytes.len());
            match how {
                0 => bytes.truncate(at),
                1 => drop(bytes.drain(..at)),
                2 => bytes.extend_from_within(at..),
                3 => { let front = bytes[..at].to_vec(); bytes.splice(0..0, front); }
                _ => {}
            }
        }
        survives(&bytes);
    }
}

/// A damaged certificate of PEM is never taken for a whole one with other facts than before: the bits that carry them
/// are not signed off here, but cutting and gluing must not go unseen.
#[test]
fn every_cut_of_a_certificate_is_seen() {
    for file in ["apns/a.pem", "apns/a.der"] {
        let bytes = fixture(file);
        for end in 0..bytes.len() - 2 {
            let failure = one(APNsCertificate, &bytes[..end]).map(|facts| facts.subject).expect_err("cut");
            assert!(matches!(failure.reason, WrongFile | Malformed), "{file} cut at {end}: {failure:?}");
            assert!(failure.reason == Malformed || end < 64, "{file} cut at {end}: {failure:?}");
        }
    }
}
