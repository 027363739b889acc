//! Tests files as administrators have them: pasted through JSON, a shell or a word processor, packed, encrypted, or no
//! certificate at all. `tests/fixtures/field/make.sh` creates the files.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lapsewatch_core::credential;
use lapsewatch_core::messages::reader;

use crate::readers::*;

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
        "powershell.pem",
        "entities.pem",
        "escaped-base64.txt",
    ] {
        let facts = one(APNsCertificate, &field(name)).unwrap_or_else(|failure| panic!("{name}: {failure:?}"));
        assert_eq!(facts.fingerprint.as_deref(), Some(FINGERPRINT_A), "{name}");
        // The JSON object contains the matching private key too.
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
    for name in [
        "four-dashes.key",
        "four-dashes-after.key",
        "em-dashes.key",
        "six-lines-lost.key",
        "no-begin.key",
        "star.key",
        "cut.key",
    ] {
        let values = [("push.pem", fixture("apns/a.pem")), (name, field(name))];
        let values: Vec<(&str, &[u8])> = values.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect();
        let facts = read(APNsCertificate, &secret(&values)).unwrap();
        assert_eq!(key(&facts), (KeyMatch::KeyUnreadable, Some(name)));
        assert!(
            reader::content(credential::not_understood(&field(name).into()).unwrap()).contains("private key"),
            "{name}"
        );
    }
    let facts = one(APNsCertificate, &field("garbled-beside.pem")).unwrap();
    assert_eq!(facts.key_match, KeyMatch::KeyUnreadable);
}

#[test]
fn a_certificate_whose_frame_is_damaged_is_named_so() {
    is(&one(APNsCertificate, &field("lower.pem")).unwrap_err(), Malformed, &["whose BEGIN or END line is damaged"]);
    // The damaged certificate is the leaf, so the CA certificate must not be read in its place.
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
        ("placeholder-in-frame.pem", "a placeholder"),
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
    // Plain text and binary data can be a password or a note. The message names the key and reports that the private
    // key is valid.
    for unknown in [&b"hello, world"[..], &[0, 1, 2, 250, 251, 252]] {
        let secret = secret(&[("a.key", &fixture("apns/a.key")), ("push.pem", unknown)]);
        let failure = read(APNsCertificate, &secret).unwrap_err();
        is(&failure, WrongFile, &["key \"push.pem\" contains", "The private key in key \"a.key\" can be read"]);
    }
}

#[test]
fn what_replaces_the_leaf_does_not_let_a_ca_pass_for_it() {
    // Other values do not hide a CA certificate that is the intended credential.
    for beside in [&b"https://vault.example.com/v1/pki"[..], b"test", b"hunter2", b"%PDF-1.7 a document on the CA"] {
        let secret = secret(&[("ca.pem", &fixture("x509/ca.pem")), ("other", beside)]);
        assert_eq!(credential_key(&read(X509Certificate, &secret).unwrap()), "ca.pem");
    }
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
    // UTCTime has two digits for the year: 50 to 99 mean 1950 to 1999 (RFC 5280, section 4.1.2.5.1).
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

fn serial_number(name: &str) -> String {
    apns(name).serial_number.unwrap()
}

#[test]
fn of_several_certificates_of_one_identity_in_one_value_the_latest_is_read() {
    let (old, new) = (apns("apns/a.pem"), apns("apns/a-renewed.pem"));
    for name in ["old-first.pem", "new-first.pem"] {
        for values in [vec![("push.pem", field(name))], vec![("push.pem", field(name)), ("k", fixture("apns/a.key"))]] {
            let values: Vec<(&str, &[u8])> = values.iter().map(|(key, bytes)| (*key, bytes.as_slice())).collect();
            let facts = read(APNsCertificate, &secret(&values)).unwrap();
            assert_eq!((&facts.fingerprint, facts.not_after), (&new.fingerprint, new.not_after), "{name}");
            let [other] = facts.other_certificates.as_slice() else { panic!("{facts:?}") };
            assert_eq!(
                (&other.serial_number, other.not_before, other.not_after),
                (&old.serial_number, old.not_before, old.not_after)
            );
        }
    }
    let keystore = secret(&[("push.p12", &field("both.p12")), ("password", &field("password"))]);
    let selection = KeySelection { password_key: Some("password".to_owned()), ..KeySelection::default() };
    let facts = lapsewatch_core::read(APNsCertificate, &keystore, &selection).unwrap();
    assert_eq!((facts.fingerprint, facts.other_certificates.len()), (new.fingerprint, 1));
    // With two Secret keys, nothing shows which certificate is in use, so the user must name a key.
    let failure = read(APNsCertificate, &files(&[("new", "apns/a-renewed.pem"), ("old", "apns/a.pem")])).unwrap_err();
    is(&failure, Ambiguous, &["name one in spec.secretRef.key"]);
    assert_eq!(one(X509Certificate, &fixture("x509/chain.pem")).unwrap().other_certificates, []);
}

#[test]
fn certificates_of_several_identities_in_one_value_are_named_and_no_option_that_cannot_help() {
    let selection = KeySelection { password_key: Some("password".to_owned()), ..KeySelection::default() };
    for (name, command) in
        [("two-topics.pem", "BEGIN line to its END line"), ("two-topics-without-key.p12", "openssl pkcs12 -in FILE")]
    {
        let secret = secret(&[("push", &field(name)), ("password", &field("password"))]);
        let failure = lapsewatch_core::read(APNsCertificate, &secret, &selection).unwrap_err();
        let (a, b) = (serial_number("apns/a.pem"), serial_number("apns/b.pem"));
        is(&failure, Ambiguous, &["key \"push\"", &a, &b, "2031-01-01T00:00:00Z", command]);
        assert!(!failure.message.contains("secretRef"), "{}", failure.message);
    }
    // The certificate that matches the private key is the intended credential.
    let secret = secret(&[("push", &field("two-topics.p12")), ("password", &field("password"))]);
    let facts = lapsewatch_core::read(APNsCertificate, &secret, &selection).unwrap();
    assert_eq!((facts.identity.as_deref(), facts.other_certificates.len()), (Some(TOPIC_A), 0));
}

#[test]
fn an_issuer_that_expires_before_the_certificate_is_a_fact() {
    let end = |values: &[(&str, &str)]| {
        let values: Vec<(&str, Vec<u8>)> = values.iter().map(|(key, file)| (*key, fixture(file))).collect();
        let values: Vec<(&str, &[u8])> = values.iter().map(|(key, bytes)| (*key, bytes.as_slice())).collect();
        let issuer = read(X509Certificate, &secret(&values)).unwrap().first_issuer_to_expire;
        issuer.map(|issuer| (issuer.subject.unwrap(), issuer.not_after))
    };
    let ca = Some(("CN=Example Integration CA,O=Example,C=US".to_owned(), time("2030-07-01T00:00:00Z")));
    for name in ["short-issuer.pem", "short-issuer-shuffled.pem"] {
        assert_eq!(end(&[("tls.crt", &format!("field/{name}"))]), ca, "{name}");
    }
    assert_eq!(end(&[("tls.crt", "field/leaf.pem"), ("ca.crt", "field/short-ca.pem")]), ca);
    let root = Some(("CN=Example Root,O=Example,C=US".to_owned(), time("2030-08-01T00:00:00Z")));
    assert_eq!(end(&[("tls.crt", "field/short-root.pem")]), root);
    for name in ["x509/chain.pem", "field/issuer-of-two-ages.pem", "field/leaf-and-root.pem", "field/leaf.pem"] {
        assert_eq!(end(&[("tls.crt", name)]), None, "{name}");
    }
}
