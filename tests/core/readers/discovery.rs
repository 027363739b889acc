//! Tests the choice of the Secret key that contains the credential.

use crate::readers::*;

#[test]
fn the_key_of_the_secret_is_found_by_content() {
    for (type_, values, credential, private_key) in [
        // The content decides, not the names of the Secret keys.
        (APNsCertificate, &[("a.key", "apns/a.pem"), ("b.pem", "apns/a.key")][..], "a.key", Some("b.pem")),
        (APNsCertificate, &[("other", "wrong/note.txt"), ("push", "apns/a-bundle.pem")], "push", Some("push")),
        // The same certificate in several encodings is one credential.
        (APNsCertificate, &[("a", "apns/a.der"), ("b", "apns/a.pem"), ("c", "apns/a-base64.txt")], "a", None),
        // Files of other types and damaged files are ignored.
        (APNsCertificate, &[("a", "apns/app-push.pem"), ("b", "x509/rsa.pem"), ("c", "apns/a.pem")], "c", None),
        (APNsCertificate, &[("a", "wrong/truncated.pem"), ("b", "apns/a.pem")], "b", None),
        // A keystore without a password is ignored if the certificate can be read elsewhere.
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
        // The certificate whose private key is in the Secret has precedence.
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
    is(
        &one(APNsCertificate, &in_one).unwrap_err(),
        Ambiguous,
        &["key \"value\" contains 2 MDM push certificates of different"],
    );
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
        let selection = KeySelection { key: own(key), private_key_key: own(private_key), password_key: own(password) };
        lapsewatch_core::read(APNsCertificate, &secret, &selection)
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
