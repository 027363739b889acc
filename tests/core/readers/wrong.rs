//! Tests the messages for files that are not the expected credential.

use crate::readers::*;

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
        ("apns/app-push.pem", WrongFile, "holds an app's push certificate"),
        ("apns/app-push-development.pem", WrongFile, "holds an app's push certificate"),
        ("apns/no-uid.pem", WrongFile, "holds a certificate without a topic (its subject has no user ID)"),
        ("wrong/other-uid.pem", WrongFile, "holds a certificate whose user ID is no topic of MDM push"),
        ("wrong/device.pem", WrongFile, "holds a device's certificate"),
        ("wrong/vendor.pem", WrongFile, "holds an MDM vendor's certificate"),
        ("x509/chain.pem", WrongFile, "holds a certificate without a topic"),
        ("wrong/public.pem", WrongFile, "holds a public key"),
        ("wrong/public-pkcs1.pem", WrongFile, "holds a public key"),
        ("wrong/page.html", WrongFile, "holds an HTML page"),
        ("wrong/note.txt", WrongFile, "holds plain text"),
        ("wrong/other.json", WrongFile, "holds JSON"),
        ("wrong/token.aetx", WrongFile, "holds a Windows Phone enrollment token"),
        ("wrong/twice.txt", WrongFile, "holds base64 of base64"),
        ("wrong/utf16.pem", WrongFile, "holds text in UTF-16"),
        ("wrong/keystore.jks", WrongFile, "holds a Java keystore"),
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
        &["key \"value\" contains a certificate signing request", "(identity.apple.com/pushcert)"],
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
        &["a certificate signing request", "send the request to its issuer"],
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
            "key \"b\" contains a certificate signing",
        ),
        (&[("a", "apns/a.key"), ("b", "wrong/note.txt")], WrongFile, "key \"b\" contains plain text"),
        (&[("a", "apns/a.key"), ("b", "wrong/empty")], WrongFile, "key b is empty"),
        (&[("a", "apns/app-push.pem"), ("b", "wrong/truncated.pem")], Malformed, "key b"),
        (&[("a", "x509/ca.pem"), ("b", "apns/a.p12")], PasswordRequired, "key b holds a PKCS#12"),
        (&[("a", "x509/ca.pem"), ("b", "apns/app-push.pem")], WrongFile, "key b holds an app's"),
    ] {
        is(&read(APNsCertificate, &files(values)).unwrap_err(), reason, &[named]);
    }
}

#[test]
fn a_declared_date_is_read_from_no_secret() {
    let failure = read(CredentialType::DeclaredExpiry, &files(&[("a", "apns/a.pem")])).unwrap_err();
    is(&failure, NotSupported, &["read from no Secret"]);
}

/// Messages may contain the names of Secret keys, but no part of their values.
#[test]
fn nothing_of_any_content_gets_into_a_message() {
    const CANARY: &str = "hunter2canary";
    let pem = String::from_utf8(fixture("wrong/other-uid.pem")).unwrap();
    let texts = [
        CANARY.to_owned(),
        format!("{{\"token\":\"{CANARY}\",\"expDate\":\"{CANARY}\",\"orgName\":\"{CANARY}\"}}"),
        format!("{{\"token\":\"aGVsbG8gaGVsbG8gaGVsbG8gaGVsbG8=\",\"expDate\":\"{CANARY}\",\"orgName\":\"{CANARY}\"}}"),
        format!("{{\"consumer_key\":\"{CANARY}\",\"consumer_secret\":\"{CANARY}\",\"access_token\":\"{CANARY}\"}}"),
        format!("{{\"consumer_key\":\"{CANARY}\",\"consumer_secret\":\"{CANARY}\",\"access_token\":{CANARY}"),
        format!(
            "{{\"consumer_key\":\"a\",\"consumer_secret\":\"b\",\"access_token\":\"{CANARY}{CANARY}\",\"access_secret\":\"c\",\"access_token_expiry\":\"{CANARY}\"}}"
        ),
        format!("{{\"{CANARY}\":\"{CANARY}\"}}"),
        format!("{{\"token\":\"{CANARY}\",\"expDate\":{CANARY}"),
        format!("<{CANARY} a='{CANARY}'/>"),
        format!(
            "<wap-provisioningdoc><characteristic type='EnterpriseAppManagement'><parm name='EnrollmentToken' value='{CANARY}!'/>"
        ),
        format!("-----BEGIN {CANARY}-----\n{CANARY}\n-----END {CANARY}-----\n"),
        format!("-----BEGIN CERTIFICATE-----\n{CANARY}!\n-----END CERTIFICATE-----\n"),
        format!("Content-Type: application/pkcs7-mime; name={CANARY}\n\n{CANARY}"),
        format!("Content-Type: text/plain; name={CANARY}\n\n{CANARY}"),
        pem,
    ];
    for text in texts {
        for type_ in TYPES {
            let secret =
                secret(&[("value", text.as_bytes()), ("password", CANARY.as_bytes()), ("p12", &fixture("apns/a.p12"))]);
            for password_key in [None, Some("password".to_owned())] {
                let failure = match lapsewatch_core::read(
                    type_,
                    &secret,
                    &KeySelection { password_key, ..KeySelection::default() },
                ) {
                    Err(failure) => failure,
                    Ok(facts) => {
                        assert_eq!((type_, facts.subject.is_some()), (X509Certificate, true), "{text}");
                        continue;
                    }
                };
                let said = failure.message.to_lowercase();
                for content in [CANARY, "jdoe", "hunter"] {
                    assert!(!said.contains(content), "{said}");
                }
            }
        }
    }
}
