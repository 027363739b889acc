//! Tests keystores, encrypted private keys and encrypted tokens with the function that the operator calls.

use lapsewatch_core::api::CredentialType;
use lapsewatch_core::api::CredentialType::{APNsCertificate, DEPToken, X509Certificate};
use lapsewatch_core::api::reasons::FailureReason::{self, LimitExceeded, Malformed, PasswordRequired, PasswordWrong};
use lapsewatch_core::api::status::{CredentialFacts, Failure, Format, KeyMatch, KeySelection};
use lapsewatch_core::secret::SecretData;

use super::{FINGERPRINT_A, TOPIC_A, fixture, is, key, secret};

fn with_password(type_: CredentialType, secret: &SecretData) -> Result<CredentialFacts, Failure> {
    let selection = KeySelection { password_key: Some("password".to_owned()), ..KeySelection::default() };
    lapsewatch_core::read(type_, secret, &selection)
}

fn sealed(file: &str, password: &str) -> SecretData {
    secret(&[("file", &fixture(file)), ("password", password.as_bytes())])
}

#[test]
fn keystores_of_every_age_give_the_same_certificate_with_its_key() {
    let opened = |name: &str, password: &str| {
        let facts = with_password(APNsCertificate, &sealed(&format!("containers/p12/{name}.p12"), password))
            .unwrap_or_else(|failure| panic!("{name}: {failure:?}"));
        assert_eq!(facts.fingerprint.as_deref(), Some(FINGERPRINT_A), "{name}");
        assert_eq!(facts.identity.as_deref(), Some(TOPIC_A), "{name}");
        assert_eq!((facts.format, key(&facts)), (Some(Format::PKCS12), (KeyMatch::Matches, Some("file"))), "{name}");
        assert_eq!(facts.keys.unwrap().password.as_deref(), Some("password"), "{name}");
    };
    for name in [
        "3des",
        "2des",
        "rc2-40",
        "rc2-128",
        "rc4-40",
        "rc4-128",
        "legacy",
        "openssl3",
        "named",
        "nomac",
        "nomac-legacy",
        "mac-md5",
        "mac-sha1",
        "mac-sha256",
        "mac-sha384",
        "mac-sha512",
        "pbmac1",
        "pbes2-aes-128-cbc",
        "pbes2-aes-192-cbc",
        "pbes2-aes-256-cbc",
        "pbes2-des-ede3-cbc",
        "keytool",
        "keytool-legacy",
        "python-3des-sha1",
        "python-aes256-sha256",
        "ber-outside",
        "ber-throughout",
        "chain-legacy",
        "trailing",
    ] {
        opened(name, "secret");
        opened(name, "secret\n");
    }
    opened("umlaut", "pässwörd");
    opened("umlaut-legacy", "pässwörd\r\n");
    // The password itself ends with a line end. An editor may add a second line end.
    opened("line-end", "secret\n");
    opened("line-end", "secret\n\n");
    for name in ["empty", "empty-legacy", "no-password"] {
        opened(name, "");
        // These keystores also open if the spec names no password.
        let bare = secret(&[("file", &fixture(&format!("containers/p12/{name}.p12")))]);
        let facts = lapsewatch_core::read(APNsCertificate, &bare, &KeySelection::default()).unwrap();
        assert_eq!(facts.fingerprint.as_deref(), Some(FINGERPRINT_A), "{name}");
    }
}

#[test]
fn a_keystore_that_stays_closed_says_why() {
    let bare = secret(&[("file", &fixture("containers/p12/openssl3.p12"))]);
    let failure = lapsewatch_core::read(APNsCertificate, &bare, &KeySelection::default()).unwrap_err();
    is(&failure, PasswordRequired, &["key file", "spec.secretRef.passwordKey"]);
    for (file, password, reason) in [
        ("openssl3", "wrong", PasswordWrong),
        ("openssl3", "Secret", PasswordWrong),
        ("legacy", "wrong\n", PasswordWrong),
        ("truncated", "secret", Malformed),
        ("too-costly", "secret", LimitExceeded),
        ("hostile-mac-2-31", "secret", LimitExceeded),
        ("hostile-mac-50000000", "secret", LimitExceeded),
        ("hostile-bags-50000000", "secret", LimitExceeded),
    ] {
        let failure = with_password(APNsCertificate, &sealed(&format!("containers/p12/{file}.p12"), password));
        let failure = failure.map(|facts| facts.subject).expect_err(file);
        assert_eq!(failure.reason, reason, "{file}: {}", failure.message);
        assert!(!failure.message.contains(password.trim()), "{file}: {}", failure.message);
    }
    let selection = KeySelection { password_key: Some("absent".to_owned()), ..KeySelection::default() };
    let failure = lapsewatch_core::read(APNsCertificate, &bare, &selection).unwrap_err();
    is(&failure, FailureReason::KeyNotFound, &["spec.secretRef.passwordKey", "absent"]);
}

/// The message names the limit that is exceeded, because not every limit concerns the rounds of a password.
#[test]
fn what_is_too_much_is_told() {
    let keystore = |name: &str| {
        with_password(APNsCertificate, &sealed(&format!("containers/p12/{name}.p12"), "secret")).unwrap_err()
    };
    is(&keystore("too-costly"), LimitExceeded, &["key file holds a PKCS#12 keystore whose password takes more rounds"]);
    is(&keystore("hostile-nested"), LimitExceeded, &["a PKCS#12 keystore that nests deeper than the 32 levels"]);
    let many = secret(&[("key", &fixture("apns/a.key")), ("file", &fixture("containers/cms/17-recipients.p7m"))]);
    let failure = lapsewatch_core::read(DEPToken, &many, &KeySelection::default()).unwrap_err();
    is(
        &failure,
        LimitExceeded,
        &["an encrypted DEP server token (.p7m) that is encrypted for more than the 16 recipients"],
    );
}

#[test]
fn an_encrypted_private_key_is_held_against_the_certificate() {
    for name in [
        "v2-aes-256-cbc",
        "v2-aes-128-cbc",
        "v2-des3",
        "v1-PBE-SHA1-3DES",
        "v1-PBE-MD5-DES",
        "legacy-aes128",
        "legacy-aes256",
        "legacy-des3",
        "legacy-des",
        "scrypt-4m",
    ] {
        let file = fixture(&format!("containers/key/{name}.pem"));
        let values = |password: &'static str| {
            secret(&[("push.pem", &fixture("apns/a.pem")), ("push.key", &file), ("password", password.as_bytes())])
        };
        for (password, fits) in [("secret", KeyMatch::Matches), ("wrong", KeyMatch::KeyUnreadable)] {
            let facts = with_password(APNsCertificate, &values(password)).unwrap();
            assert_eq!(key(&facts), (fits, Some("push.key")), "{name} with {password}");
        }
    }
}

#[test]
fn a_readable_certificate_goes_before_a_keystore_and_nothing_is_derived_for_it() {
    // cert-manager writes the PEM files and the keystore into the same Secret. This keystore exceeds the limit of
    // rounds.
    let secret = secret(&[
        ("tls.crt", &fixture("apns/a.pem")),
        ("tls.key", &fixture("apns/a.key")),
        ("ca.crt", &fixture("x509/ca.pem")),
        ("keystore.p12", &fixture("containers/p12/too-costly.p12")),
        ("password", b"secret"),
    ]);
    for type_ in [APNsCertificate, X509Certificate] {
        let facts = with_password(type_, &secret).unwrap();
        assert_eq!(facts.fingerprint.as_deref(), Some(FINGERPRINT_A));
        assert_eq!(key(&facts), (KeyMatch::Matches, Some("tls.key")));
    }
}

#[test]
fn an_encrypted_token_is_opened_by_its_private_key() {
    let private = fixture("dep/server.key");
    let facts = |message: &[u8]| {
        let secret = secret(&[("server.key", &private), ("token.p7m", message)]);
        lapsewatch_core::read(DEPToken, &secret, &KeySelection::default())
    };
    let plain = facts(&fixture("dep/a.p7m")).unwrap();
    assert_eq!(plain.format, Some(Format::SMIME));
    let json =
        lapsewatch_core::read(DEPToken, &secret(&[("token.json", &fixture("dep/a.json"))]), &KeySelection::default());
    assert_eq!(plain.fingerprint, json.unwrap().fingerprint, "the same token, encrypted or not");
    let other = secret(&[("server.key", &fixture("apns/other.key")), ("token.p7m", &fixture("dep/a.p7m"))]);
    let failure = lapsewatch_core::read(DEPToken, &other, &KeySelection::default()).unwrap_err();
    is(&failure, FailureReason::NoMatchingKey, &["key token.p7m", "private key"]);
    let alone = secret(&[("token.p7m", &fixture("dep/a.p7m"))]);
    let failure = lapsewatch_core::read(DEPToken, &alone, &KeySelection::default()).unwrap_err();
    is(&failure, FailureReason::NoMatchingKey, &["holds no private key"]);
}
