//! Tests the reader of Symantec certificates and enrollment tokens for Windows.

use crate::readers::vpp::fingerprint_of_random;
use crate::readers::*;

const SYMANTEC: CredentialType = WindowsSymantecCertificate;

fn symantec(file: &str) -> CredentialFacts {
    one(SYMANTEC, &fixture(file)).unwrap_or_else(|failure| panic!("{file}: {failure:?}"))
}

#[test]
fn a_certificate_gives_its_publisher_id() {
    for (file, format) in
        [("symantec/a.pem", Format::PEM), ("symantec/a.der", Format::DER), ("symantec/a-chain.pem", Format::PEM)]
    {
        let facts = symantec(file);
        assert_eq!((facts.identity.as_deref(), facts.format), (Some("4000000001"), Some(format)), "{file}");
        assert_eq!(facts.not_after, time("2031-01-01T00:00:00Z"), "{file}");
        assert_eq!(facts.fingerprint, symantec("symantec/a.pem").fingerprint, "{file}");
    }
    assert_eq!(symantec("symantec/b.pem").identity.as_deref(), Some("4000000002"));
    let keyed = read(SYMANTEC, &files(&[("a", "symantec/a-chain.pem"), ("key", "x509/rsa.key")])).unwrap();
    assert_eq!(key(&keyed), (KeyMatch::Matches, Some("key")));
    let x509 = one(X509Certificate, &fixture("symantec/a.pem")).unwrap();
    assert_eq!(x509.identity, None);
}

#[test]
fn an_enrollment_token_is_read_in_every_clothing() {
    for file in [
        "symantec/a.aetx",
        "symantec/a-other.aetx",
        "symantec/a-bom.aetx",
        "symantec/a-base64.txt",
        "symantec/a-wrapped.aetx",
    ] {
        let facts = symantec(file);
        assert_eq!(facts.fingerprint, fingerprint_of_random("symantec/a.random"), "{file}");
        assert_eq!((facts.identity.clone(), facts.not_after, facts.expiry), (None, None, Expiry::Unknown), "{file}");
        assert_eq!((facts.format, facts.key_match), (Some(Format::AETX), KeyMatch::NotApplicable), "{file}");
        assert_eq!(credential_key(&facts), "value", "{file}");
    }
}

/// The certificate contains a date and the enrollment token does not, so the certificate has precedence.
#[test]
fn a_certificate_goes_before_an_enrollment_token() {
    let facts = read(SYMANTEC, &files(&[("a.aetx", "symantec/a.aetx"), ("cert.pem", "symantec/a.pem")])).unwrap();
    assert_eq!((credential_key(&facts), facts.identity.as_deref()), ("cert.pem", Some("4000000001")));
    // A certificate in an encrypted keystore has no precedence over a readable token.
    let facts = read(SYMANTEC, &files(&[("a.aetx", "symantec/a.aetx"), ("cert.pfx", "symantec/a.pfx")])).unwrap();
    assert_eq!(credential_key(&facts), "a.aetx");
    let two = files(&[("new", "symantec/renewed.pem"), ("old", "symantec/a.pem")]);
    is(
        &read(SYMANTEC, &two).unwrap_err(),
        Ambiguous,
        &["keys new and old hold different Windows Symantec certificates"],
    );
}

#[test]
fn what_does_not_fit_is_named() {
    for (file, reason, words) in [
        ("symantec/no-publisher.pem", WrongFile, "a code-signing certificate without a Publisher ID"),
        ("symantec/not-numeric.pem", WrongFile, "a code-signing certificate without a Publisher ID"),
        ("symantec/server.pem", WrongFile, "a certificate that is not for code signing"),
        ("symantec/no-usage.pem", WrongFile, "a certificate that is not for code signing"),
        ("apns/a.pem", WrongFile, "an MDM push certificate (which type APNsCertificate is for)"),
        ("apns/app-push.pem", WrongFile, "an app's push certificate"),
        ("symantec/no-token.aetx", Malformed, "a Windows Phone enrollment token without its EnrollmentToken"),
        ("symantec/bad-token.aetx", Malformed, "whose EnrollmentToken can't be read"),
        ("symantec/truncated.aetx", Malformed, "what begins as a Windows Phone enrollment token and is damaged"),
        ("symantec/utf16.aetx", WrongFile, "text in UTF-16"),
        ("wrong/truncated.pem", Malformed, "a certificate of which a part is missing"),
    ] {
        let failure = one(SYMANTEC, &fixture(file)).map(|facts| facts.format).expect_err(file);
        is(&failure, reason, &["key value holds ", words, "Symantec, now DigiCert"]);
    }
    let push = one(APNsCertificate, &fixture("symantec/a.pem")).unwrap_err();
    is(&push, WrongFile, &["a Windows code-signing certificate with a Publisher ID"]);
}
