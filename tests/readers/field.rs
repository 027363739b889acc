//! Files as administrators really have them: pasted through JSON, a shell or a word processor, packed, encrypted, or
//! something else than a certificate altogether. `tests/fixtures/field/make.sh` makes them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::*;

fn field(name: &str) -> Vec<u8> {
    fixture(&format!("field/{name}"))
}

#[test]
fn pem_is_read_without_its_escapes() {
    for name in [
        "escaped-n.pem",
        "escaped-rn.pem",
        "quoted.pem",
        "json-string.pem",
        "json-object.json",
        "percent.pem",
        "string-constant.pem",
        "shell-lines.pem",
        "escaped-base64.txt",
    ] {
        let facts = one(APNsCertificate, &field(name)).unwrap_or_else(|failure| panic!("{name}: {failure:?}"));
        assert_eq!(facts.fingerprint.as_deref(), Some(FINGERPRINT_A), "{name}");
        // The private key beside it in the object belongs to it.
        let expected = if name == "json-object.json" { KeyMatch::Matches } else { KeyMatch::NoKey };
        assert_eq!(facts.key_match, expected, "{name}");
    }
    for name in ["escaped-n.key", "escaped-twice.key", "escaped-unicode.key"] {
        let facts =
            read(APNsCertificate, &secret(&[("push.pem", &fixture("apns/a.pem")), (name, &field(name))])).unwrap();
        assert_eq!(key(&facts), (KeyMatch::Matches, Some(name)));
    }
    assert_eq!(
        one(X509Certificate, &field("escaped-chain.pem")).unwrap().fingerprint,
        one(X509Certificate, &fixture("x509/chain.pem")).unwrap().fingerprint
    );
}

#[test]
fn a_private_key_that_no_program_reads_is_never_taken_for_none() {
    for name in ["four-dashes.key", "em-dashes.key", "six-lines-lost.key", "no-begin.key", "star.key", "cut.key"] {
        let values = [("push.pem", fixture("apns/a.pem")), (name, field(name))];
        let values: Vec<(&str, &[u8])> = values.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect();
        let facts = read(APNsCertificate, &secret(&values)).unwrap();
        assert_eq!(key(&facts), (KeyMatch::KeyUnreadable, Some(name)));
        assert!(credential::not_understood(&field(name).into()).unwrap().contains("private key"), "{name}");
    }
    let facts = one(APNsCertificate, &field("garbled-beside.pem")).unwrap();
    assert_eq!(facts.key_match, KeyMatch::KeyUnreadable);
}

#[test]
fn a_certificate_whose_frame_is_damaged_is_named_so() {
    is(&one(APNsCertificate, &field("lower.pem")).unwrap_err(), Malformed, &["whose BEGIN or END line is damaged"]);
    // It is the leaf, and the CA's certificate must not pass for it.
    let secret = secret(&[("ca.pem", &fixture("x509/ca.pem")), ("leaf.pem", &field("lower.pem"))]);
    is(&read(X509Certificate, &secret).unwrap_err(), Malformed, &["leaf.pem", "BEGIN or END line is damaged"]);
}

#[test]
fn a_request_is_named_as_what_is_to_be_uploaded() {
    for name in ["push-request.plist", "push-request.b64.txt", "push-request.bplist", "Gerät Ä 証明書 (1).csr"] {
        for type_ in [APNsCertificate, X509Certificate] {
            let failure = one(type_, &field(name)).unwrap_err();
            is(&failure, WrongFile, &["signing request", "identity.apple.com/pushcert"]);
        }
    }
    is(&one(X509Certificate, &field("settings.plist")).unwrap_err(), WrongFile, &["property list"]);
}

#[test]
fn bundles_and_profiles_are_named_with_the_command_that_opens_them() {
    for (name, words) in [
        ("bundle.p7b", &["bundle of certificates (.p7b)", "\"openssl pkcs7 -print_certs -in FILE"][..]),
        ("bundle.der.p7b", &["bundle of certificates (.p7b)", "\"openssl pkcs7 -inform DER -print_certs -in FILE"]),
        ("app.mobileprovision", &["a provisioning profile", "openssl smime -verify", "DeveloperCertificates"]),
        ("streamed.mobileprovision", &["a provisioning profile", "openssl smime -verify"]),
        ("signed.mobileconfig", &["a property list"]),
        ("signed-note.p7m", &["a PKCS#7 message or bundle"]),
    ] {
        for type_ in [APNsCertificate, X509Certificate, WindowsSymantecCertificate] {
            is(&one(type_, &field(name)).unwrap_err(), WrongFile, words);
        }
    }
}

#[test]
fn the_file_that_is_not_understood_is_named_and_not_the_sound_key() {
    for (name, words) in [
        ("push.zip", "a ZIP archive"),
        ("push.docx", "an Office document"),
        ("push.pem.gz", "a gzip archive"),
        ("push.tar", "an archive"),
        ("lfs.pem", "a Git LFS pointer"),
        ("git-crypt.pem", "git-crypt encrypted"),
        ("age.pem", "age encrypted"),
        ("sops.json", "SOPS encrypted"),
        ("vault.yml", "Ansible Vault encrypted"),
        ("pgp.asc", "an OpenPGP"),
        ("placeholder.pem", "a placeholder"),
        ("template.pem", "a template variable"),
        ("path.pem", "the name or address of a file"),
        ("document.pdf", "a PDF document"),
    ] {
        let secret = secret(&[("a.key", &fixture("apns/a.key")), (name, &field(name))]);
        for type_ in [APNsCertificate, X509Certificate] {
            is(&read(type_, &secret).unwrap_err(), WrongFile, &[name, words]);
        }
        let wrapped = STANDARD.encode(field(name));
        let failure = one(APNsCertificate, wrapped.as_bytes()).unwrap_err();
        let is_text = ["a placeholder", "a template variable", "the name or address of a file"].contains(&words);
        assert!(is_text || failure.message.contains(words), "{name}: {failure:?}");
    }
    // Plain text and binary data may be a password or a note: they are named, and the key is said to be sound.
    for unknown in [&b"hello, world"[..], &[0, 1, 2, 250, 251, 252]] {
        let secret = secret(&[("a.key", &fixture("apns/a.key")), ("push.pem", unknown)]);
        let failure = read(APNsCertificate, &secret).unwrap_err();
        is(&failure, WrongFile, &["key \"push.pem\" contains", "The private key in key \"a.key\" is sound"]);
    }
}

#[test]
fn what_replaces_the_leaf_does_not_let_a_ca_pass_for_it() {
    for name in ["lfs.pem", "git-crypt.pem", "placeholder.pem", "template.pem", "push.zip", "bundle.p7b"] {
        let secret = secret(&[("ca.pem", &fixture("x509/ca.pem")), (name, &field(name))]);
        is(&read(X509Certificate, &secret).unwrap_err(), WrongFile, &[name, "a CA's certificate"]);
    }
}

#[test]
fn a_date_that_cannot_be_is_reported_by_its_field() {
    for (name, words) in [
        ("day-31.der", "whose notAfter is a date that does not exist"),
        ("month-13.der", "whose notBefore is a date that does not exist"),
        ("hour-24.der", "whose notAfter is a date that does not exist"),
        ("no-date.der", "whose notAfter is not a date in the form that X.509 requires"),
    ] {
        let failure = one(APNsCertificate, &field(name)).unwrap_err();
        is(&failure, Malformed, &[words, "Have it issued again"]);
        assert!(!failure.message.contains("cut off"), "{}", failure.message);
    }
    // Two digits of a year from 50 on are of the last century.
    assert_eq!(one(APNsCertificate, &field("two-digit-year.der")).unwrap().not_after, time("1950-01-01T00:00:00Z"));
}

#[test]
fn each_unknown_file_is_told_and_each_known_one_is_not() {
    for name in ["push.zip", "lfs.pem", "lower.pem", "placeholder.pem", "settings.plist", "day-31.der"] {
        assert!(credential::not_understood(&field(name).into()).is_some(), "{name}");
    }
    for name in ["wrong/note.txt", "wrong/truncated.pem", "wrong/empty", "vpp/bad-date.json", "symantec/truncated.aetx"]
    {
        assert!(credential::not_understood(&fixture(name).into()).is_some(), "{name}");
    }
    for name in [
        "apns/a.pem",
        "apns/a.key",
        "apns/a.encrypted.key",
        "apns/a.p12",
        "apns/a-bundle.pem",
        "x509/chain.pem",
        "x509/ec-with-parameters.key",
        "x509/secp256k1.key",
        "dep/a.p7m",
        "dep/a.json",
        "vpp/a.vpptoken",
        "symantec/a.aetx",
        "wrong/request.csr",
        "wrong/public.pem",
        "wrong/bundle.p7b",
        "field/push-request.plist",
    ] {
        assert_eq!(credential::not_understood(&fixture(name).into()), None, "{name}");
    }
}
