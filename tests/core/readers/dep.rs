//! Tests the reader of DEP server tokens, decrypted and encrypted.

use sha2::{Digest as _, Sha256};

use crate::readers::*;

fn dep(file: &str) -> CredentialFacts {
    one(DEPToken, &fixture(file)).unwrap_or_else(|failure| panic!("{file}: {failure:?}"))
}

fn hash(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Returns a string member of the decrypted token.
fn member(file: &str, name: &str) -> String {
    let json: serde_json::Value = serde_json::from_slice(&fixture(file)).unwrap();
    json[name].as_str().unwrap().to_owned()
}

#[test]
fn one_token_has_one_fingerprint_in_every_clothing() {
    let consumer_key = member("dep/a.json", "consumer_key");
    let identity = format!("{}-{}", &consumer_key[..11], &hash(&consumer_key)[..16]);
    let fingerprint = hash(&member("dep/a.json", "access_token"));
    for file in [
        "dep/a.json",
        "dep/a-message.txt",
        "dep/a-message-open.txt",
        "dep/a-mime.txt",
        "dep/a-mime-message.txt",
        "dep/a-windows.txt",
        "dep/a-folded.txt",
        "dep/a-base64.txt",
        "dep/a-pretty.json",
        "dep/a-offset.json",
    ] {
        let facts = dep(file);
        assert_eq!(facts.identity.as_deref(), Some(identity.as_str()), "{file}");
        assert_eq!(facts.fingerprint.as_deref(), Some(fingerprint.as_str()), "{file}");
        assert_eq!((facts.not_before, facts.not_after), (None, time("2031-01-01T00:00:00Z")), "{file}");
        assert_eq!((facts.expiry, facts.format), (Expiry::Known, Some(Format::JSON)), "{file}");
        assert_eq!((key(&facts), credential_key(&facts)), ((KeyMatch::NotApplicable, None), "value"), "{file}");
    }
    let renewed = dep("dep/renewed.json");
    assert_eq!(renewed.identity.as_deref(), Some(identity.as_str()));
    assert_ne!(renewed.fingerprint.as_deref(), Some(fingerprint.as_str()));
}

#[test]
fn a_token_without_a_date_is_read() {
    for file in ["dep/no-date.json", "dep/null-date.json"] {
        let facts = dep(file);
        assert_eq!((facts.not_after, facts.expiry), (None, Expiry::Unknown), "{file}");
        assert_eq!(facts.fingerprint, dep("dep/a.json").fingerprint, "{file}");
    }
}

#[test]
fn broken_tokens_say_what_is_missing() {
    for (file, words) in [
        ("dep/bad-date.json", "holds a decrypted DEP server token whose access_token_expiry can't be read"),
        ("dep/twice.json", "in which access_token_expiry stands twice"),
        ("dep/no-token.json", "without its access_token"),
        ("dep/no-secret.json", "without its access_secret"),
        ("dep/truncated.json", "holds a decrypted DEP server token that is damaged or incomplete"),
        ("dep/truncated-mime.txt", "damaged or incomplete"),
        ("dep/bad-base64.p7m", "holds what begins as an encrypted DEP server token and is damaged or cut off"),
    ] {
        let failure = one(DEPToken, &fixture(file)).map(|facts| facts.format).expect_err(file);
        is(&failure, Malformed, &["key value", words, "Apple School Manager (MDM servers, Download Token)"]);
        is(&one(VPPToken, &fixture(file)).unwrap_err(), WrongFile, &["which type DEPToken is for"]);
    }
}

/// A member of another JSON type is not reported as missing. A date of another type does not make a token without a
/// date.
#[test]
fn members_of_another_form_are_told() {
    let json = String::from_utf8(fixture("dep/a.json")).unwrap();
    let date = "\"2031-01-01T00:00:00Z\"";
    for other in ["1924992000000", "{\"seconds\":1924992000}", "[]", "true"] {
        let failure = one(DEPToken, json.replace(date, other).as_bytes()).unwrap_err();
        is(&failure, Malformed, &["a decrypted DEP server token whose access_token_expiry can't be read"]);
    }
    let failure = one(DEPToken, json.replace("\"consumer_key\":", "\"consumer_key\":1,\"x\":").as_bytes());
    is(&failure.unwrap_err(), Malformed, &["whose consumer_key can't be read"]);
    let failure = one(VPPToken, br#"{"token":7,"expDate":"2031-01-01T00:00:00Z","orgName":"Acme"}"#).unwrap_err();
    is(&failure, Malformed, &["a VPP content token whose token can't be read"]);
}

/// The Secret contains a private key that is encrypted and has no password, or a private key in place of the token.
#[test]
fn a_private_key_that_is_closed_or_stands_alone_is_told() {
    let sealed = files(&[("key", "dep/server.encrypted.key"), ("token.p7m", "dep/a.p7m")]);
    is(
        &read(DEPToken, &sealed).unwrap_err(),
        PasswordRequired,
        &["key token.p7m", "and the Secret an encrypted private key"],
    );
    is(
        &one(VPPToken, &fixture("dep/server.key")).unwrap_err(),
        WrongFile,
        &["holds a private key; expected is the content"],
    );
    is(
        &one(DEPToken, &fixture("dep/server.key")).unwrap_err(),
        WrongFile,
        &["a private key; expected beside it is the server"],
    );
    let secret = files(&[("key", "dep/server.key"), ("token.p7m", "dep/a.p7m")]);
    let selection = KeySelection { private_key_key: Some("token.p7m".to_owned()), ..KeySelection::default() };
    is(
        &lapsewatch_core::read(DEPToken, &secret, &selection).unwrap_err(),
        FailureReason::NoMatchingKey,
        &["no private key"],
    );
}

/// Every encoding of an encrypted token is recognized, with and without its private key.
#[test]
fn encrypted_tokens_are_told() {
    for file in [
        "dep/a.p7m",
        "dep/a-headers.p7m",
        "dep/a-x.p7m",
        "dep/a-raw-base64.txt",
        "dep/a-ber.der",
        "dep/a-der.der",
        "dep/a-3des.p7m",
        "dep/a-oaep.p7m",
        "dep/a-pem.pem",
    ] {
        is(
            &one(DEPToken, &fixture(file)).unwrap_err(),
            FailureReason::NoMatchingKey,
            &[
                "key value holds an encrypted DEP server token (.p7m) and the Secret holds no private key",
                "uploaded to Apple",
            ],
        );
        for type_ in [APNsCertificate, VPPToken, X509Certificate, WindowsSymantecCertificate] {
            is(
                &one(type_, &fixture(file)).unwrap_err(),
                WrongFile,
                &["an encrypted message, as a DEP server token is"],
            );
        }
    }
}

#[test]
fn the_key_of_the_secret_is_found_by_content() {
    let values =
        [("cert", "dep/server.pem"), ("key", "dep/server.key"), ("plain", "dep/a-mime.txt"), ("vpp", "vpp/a.json")];
    assert_eq!(credential_key(&read(DEPToken, &files(&values)).unwrap()), "plain");
    let two = files(&[("a", "dep/a.json"), ("b", "dep/renewed.json"), ("c", "dep/a-message.txt")]);
    is(&read(DEPToken, &two).unwrap_err(), Ambiguous, &["hold different DEP server tokens", "spec.secretRef.key"]);
    let same = read(DEPToken, &files(&[("z", "dep/a.json"), ("c", "dep/a-message.txt")])).unwrap();
    assert_eq!(credential_key(&same), "c");
    // A token that can be read has precedence over an encrypted token that can't be decrypted.
    let both = read(DEPToken, &files(&[("a.p7m", "dep/a.p7m"), ("b", "dep/no-date.json")])).unwrap();
    assert_eq!(credential_key(&both), "b");
    let selection = KeySelection { private_key_key: Some("absent".to_owned()), ..KeySelection::default() };
    is(
        &lapsewatch_core::read(DEPToken, &files(&values), &selection).unwrap_err(),
        KeyNotFound,
        &["no key absent, which spec.secretRef.privateKeyKey names"],
    );
    is(
        &read(DEPToken, &files(&values[..2])).unwrap_err(),
        WrongFile,
        &["key cert holds a certificate; expected is the server token"],
    );
}

/// The budget of private key operations covers two keys of this length. The third key could decrypt the token, so the
/// failure is a limit and not NoMatchingKey.
#[test]
fn more_private_keys_than_are_tried_are_a_limit_and_no_verdict() {
    let keys = [("a.key", "many-keys/a.key"), ("b.key", "many-keys/b.key"), ("c.key", "many-keys/c.key")];
    let token = ("token.p7m", "many-keys/token.p7m");
    let all = files(&[keys[0], keys[1], keys[2], token]);
    let failure = read(DEPToken, &all).unwrap_err();
    is(&failure, LimitExceeded, &["more private keys than lapsewatch tries", "spec.secretRef.privateKeyKey"]);
    let named = KeySelection { private_key_key: Some("c.key".to_owned()), ..KeySelection::default() };
    assert!(lapsewatch_core::read(DEPToken, &all, &named).is_ok(), "the selected private key decrypts the token");
    assert!(read(DEPToken, &files(&[keys[2], token])).is_ok());
    let two = read(DEPToken, &files(&[keys[0], keys[1], token])).unwrap_err();
    is(&two, FailureReason::NoMatchingKey, &["that no private key of the Secret opens"]);
    // The Secret contains more private keys than are tried, and the matching key comes last.
    let mut many: SecretData = (0..40).map(|at| (format!("{at:02}.key"), fixture("apns/other.key"))).collect();
    for (key, file) in [("server.key", "dep/server.key"), ("token.p7m", "dep/a.p7m")] {
        many.values.insert(key.to_owned(), fixture(file).into());
    }
    is(&read(DEPToken, &many).unwrap_err(), LimitExceeded, &["more private keys than lapsewatch tries"]);
}

/// A private key that can't be read could decrypt the token.
#[test]
fn an_unreadable_private_key_beside_a_token_is_told() {
    let garbled = String::from_utf8(fixture("dep/server.key")).unwrap().replacen("MII", "MI!", 1);
    let mut data = files(&[("token.p7m", "dep/a.p7m")]);
    data.values.insert("server.key".to_owned(), garbled.into_bytes().into());
    is(&read(DEPToken, &data).unwrap_err(), FailureReason::NotSupported, &["one private key can't be read"]);
}
