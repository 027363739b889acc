//! Tests the reader of certificates: the facts of APNs and X.509 certificates, and the choice of the leaf.

use crate::readers::*;

#[test]
fn an_apns_certificate_gives_all_its_facts() {
    let facts = apns("apns/a.pem");
    assert_eq!(facts.identity.as_deref(), Some(TOPIC_A));
    // `openssl x509 -fingerprint -sha256` prints the same fingerprint.
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
    assert_eq!(key(&facts), (KeyMatch::NoKey, None));
    assert_eq!(credential_key(&facts), "value");
}

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
    for (file, serial, from, to) in [
        ("apns/a-renewed.pem", "734df9c0bb270400", time("2030-12-01T00:00:00Z"), time("2031-12-01T00:00:00Z")),
        ("apns/a-older.pem", "734df9c0bb270300", time("2029-01-01T00:00:00Z"), time("2030-06-01T00:00:00Z")),
        ("apns/a-twin.pem", "734df9c0bb2703fe", time("2030-01-01T00:00:00Z"), time("2031-01-01T00:00:00Z")),
        ("apns/early.pem", "04", time("1951-02-03T00:00:00Z"), time("1961-02-03T00:00:00Z")),
        ("apns/ancient.pem", "05", time("1851-02-03T04:05:06Z"), time("1861-02-03T04:05:06Z")),
        ("apns/backwards.pem", "06", time("2031-01-01T00:00:00Z"), time("2030-01-01T00:00:00Z")),
        ("apns/late.pem", "07", time("2030-01-01T00:00:00Z"), time("9998-12-20T00:00:00Z")),
        ("apns/negative-serial.pem", "-1234567890", time("2030-01-01T00:00:00Z"), time("2031-01-01T00:00:00Z")),
        ("apns/v1.pem", "0c", time("2030-01-01T00:00:00Z"), time("2031-01-01T00:00:00Z")),
        ("apns/joined.pem", "0d", time("2030-01-01T00:00:00Z"), time("2031-01-01T00:00:00Z")),
    ] {
        let facts = apns(file);
        assert_eq!(facts.identity.as_deref(), Some(TOPIC_A), "{file}");
        assert_eq!(facts.serial_number.as_deref(), Some(serial), "{file}");
        assert_eq!((facts.not_before, facts.not_after), (from, to), "{file}");
        assert_eq!(facts.expiry, Expiry::Known, "{file}");
    }
    let never = apns("apns/never.pem");
    assert_eq!((never.not_after, never.expiry), (None, Expiry::Never));
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
fn the_leaf_of_a_chain_is_read_in_any_order() {
    let leaf = one(X509Certificate, &fixture("x509/rsa.pem")).unwrap();
    let parts = ["x509/rsa.pem", "x509/ca.pem", "keys/root.pem", "x509/rsa.key"].map(fixture);
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [1, 0, 3, 2], [2, 3, 0, 1]] {
        let text = order.map(|part: usize| parts[part].as_slice()).concat();
        let facts = one(X509Certificate, &text).unwrap();
        assert_eq!((facts.fingerprint.as_ref(), facts.key_match), (leaf.fingerprint.as_ref(), KeyMatch::Matches));
    }
    let chain = one(X509Certificate, &fixture("x509/chain.pem")).unwrap();
    assert_eq!((chain.fingerprint, chain.identity), (leaf.fingerprint.clone(), None));
    // The Secret contains the root CA and the leaf, but not the intermediate CA that issued the leaf.
    let beside = read(X509Certificate, &files(&[("a", "keys/root.pem"), ("b", "x509/rsa.pem")]));
    assert_eq!(beside.unwrap().fingerprint, leaf.fingerprint);
    // Among CA certificates only, the certificate at the end of the chain is read, which issued none of the others.
    let cas = [fixture("keys/root.pem"), fixture("x509/ca.pem")].concat();
    let ca = one(X509Certificate, &fixture("x509/ca.pem")).unwrap();
    assert_eq!(one(X509Certificate, &cas).unwrap().fingerprint, ca.fingerprint);
}

/// A damaged certificate in PEM is never read as a valid certificate with other facts. The signature is not verified
/// here, but truncation and concatenation must be detected.
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
