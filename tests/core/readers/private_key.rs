//! Tests the comparison of private keys with the certificate.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::readers::*;

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
        let selection = KeySelection { key: Some("it".to_owned()), ..KeySelection::default() };
        let facts = lapsewatch_core::read(type_, &secret, &selection).unwrap();
        assert_eq!(key(&facts), (expected, Some("other")), "{certificate} with {private_key}");
        let selection = KeySelection { private_key_key: Some("other".to_owned()), ..selection };
        let named = lapsewatch_core::read(type_, &secret, &selection).unwrap();
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

/// A private key with only the modulus of the certificate does not match the certificate.
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

/// A private key of another certificate in the Secret is not a mismatch for this certificate.
#[test]
fn a_neighbours_private_key_is_no_mismatch() {
    let secret = files(&[("a", "apns/a.pem"), ("b", "apns/b.pem"), ("b.key", "apns/b.key")]);
    let selection = KeySelection { key: Some("a".to_owned()), ..KeySelection::default() };
    let facts = lapsewatch_core::read(APNsCertificate, &secret, &selection).unwrap();
    assert_eq!(key(&facts), (KeyMatch::NoKey, None));
}
