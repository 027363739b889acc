//! Tests the reader of VPP content tokens.

use sha2::{Digest as _, Sha256};

use crate::readers::*;

fn vpp(file: &str) -> CredentialFacts {
    one(VPPToken, &fixture(file)).unwrap_or_else(|failure| panic!("{file}: {failure:?}"))
}

/// Returns the SHA-256 digest of the random data that `openssl rand` generated for the fixture.
pub(crate) fn fingerprint_of_random(file: &str) -> Option<String> {
    use base64::Engine as _;
    let text: String = String::from_utf8(fixture(file)).unwrap().split_whitespace().collect();
    let bytes = base64::engine::general_purpose::STANDARD.decode(text).unwrap();
    Some(Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect())
}

#[test]
fn one_token_has_one_fingerprint_in_every_clothing() {
    for file in [
        "vpp/a.vpptoken",
        "vpp/a-wrapped.vpptoken",
        "vpp/a-crlf.vpptoken",
        "vpp/a-newline.vpptoken",
        "vpp/a-bom.vpptoken",
        "vpp/a-urlsafe.vpptoken",
        "vpp/a.json",
        "vpp/a-bom.json",
        "vpp/a-pretty.json",
        "vpp/a-unpadded.json",
        "vpp/a-escaped.json",
        "vpp/a-more.json",
    ] {
        let facts = vpp(file);
        assert_eq!(facts.fingerprint, fingerprint_of_random("vpp/a.random"), "{file}");
        assert_eq!(facts.identity.as_deref(), Some("Acme Corp."), "{file}");
        assert_eq!((facts.not_before, facts.not_after), (None, time("2031-01-01T00:00:00Z")), "{file}");
        assert_eq!((facts.expiry, facts.format), (Expiry::Known, Some(Format::JSON)), "{file}");
        assert_eq!((key(&facts), credential_key(&facts)), ((KeyMatch::NotApplicable, None), "value"), "{file}");
        assert_eq!((facts.subject, facts.issuer, facts.serial_number), (None, None, None));
    }
    let other = vpp("vpp/b.vpptoken");
    assert_eq!(other.fingerprint, fingerprint_of_random("vpp/b.random"));
    assert_eq!(other.not_after, time("2031-01-01T00:00:00Z"));
}

#[test]
fn names_and_dates_are_read_as_they_are() {
    assert_eq!(vpp("vpp/odd-name.json").identity.as_deref(), Some("Müller \u{fffd}& Söhne"));
    assert_eq!(vpp("vpp/no-name.json").identity, None);
    assert_eq!(vpp("vpp/empty-name.json").identity, None);
    let never = vpp("vpp/never.json");
    assert_eq!((never.not_after, never.expiry), (None, Expiry::Never));
}

#[test]
fn broken_tokens_say_what_is_missing() {
    for (file, words) in [
        ("vpp/no-date.json", "holds a VPP content token without its expDate"),
        ("vpp/bad-date.json", "holds a VPP content token whose expDate can't be read"),
        ("vpp/no-offset.json", "holds a VPP content token whose expDate can't be read"),
        ("vpp/no-token.json", "holds a VPP content token without its token"),
        ("vpp/bad-token.json", "holds a VPP content token whose token can't be read"),
        ("vpp/twice.json", "holds a VPP content token in which token stands twice"),
        ("vpp/truncated.vpptoken", "holds a VPP content token that is damaged or incomplete"),
        ("vpp/truncated-odd.vpptoken", "holds a VPP content token that is damaged or incomplete"),
        ("vpp/bad-base64.vpptoken", "holds a VPP content token that is damaged or incomplete"),
    ] {
        let failure = one(VPPToken, &fixture(file)).map(|facts| facts.format).expect_err(file);
        is(&failure, Malformed, &["key value", words, "Apple School Manager (Payments and Billing"]);
        let elsewhere = one(DEPToken, &fixture(file)).unwrap_err();
        is(&elsewhere, WrongFile, &["holds a VPP content token (a .vpptoken file, which type VPPToken is for)"]);
    }
    is(&one(VPPToken, &fixture("vpp/twice-encoded.vpptoken")).unwrap_err(), WrongFile, &["base64 of base64"]);
    is(&one(VPPToken, &fixture("vpp/utf16.vpptoken")).unwrap_err(), WrongFile, &["text in UTF-16"]);
}

#[test]
fn the_key_of_the_secret_is_found_by_content() {
    let facts = read(VPPToken, &files(&[("note", "wrong/note.txt"), ("sToken", "vpp/a.vpptoken")])).unwrap();
    assert_eq!(credential_key(&facts), "sToken");
    let facts =
        read(VPPToken, &files(&[("a.json", "vpp/a.json"), ("b", "vpp/a.vpptoken"), ("c", "dep/a.json")])).unwrap();
    assert_eq!(credential_key(&facts), "a.json");
    let two = files(&[("new", "vpp/b.vpptoken"), ("old", "vpp/a.vpptoken")]);
    is(
        &read(VPPToken, &two).unwrap_err(),
        Ambiguous,
        &["keys new and old hold different VPP content tokens", "spec.secretRef.key"],
    );
    let selection = KeySelection { key: Some("new".to_owned()), ..KeySelection::default() };
    assert_eq!(
        lapsewatch_core::read(VPPToken, &two, &selection).unwrap().fingerprint,
        fingerprint_of_random("vpp/b.random")
    );
    let selection = KeySelection { password_key: Some("pw".to_owned()), ..KeySelection::default() };
    is(
        &lapsewatch_core::read(VPPToken, &two, &selection).unwrap_err(),
        KeyNotFound,
        &["no key pw, which spec.secretRef.passwordKey names", "new and old"],
    );
    is(&read(VPPToken, &secret(&[])).unwrap_err(), WrongFile, &["the Secret is empty; expected is the content token"]);
}
