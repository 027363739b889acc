//! Tests passwords in the encodings that editors, shells and consoles write, in a Secret beside the encrypted file.

use crate::readers::*;

fn with(password: &[u8], values: &[(&str, &str)], type_: CredentialType) -> Result<CredentialFacts, Failure> {
    let mut data = files(values);
    data.values.insert("password".to_owned(), password.to_vec().into());
    lapsewatch_core::read(
        type_,
        &data,
        &KeySelection { password_key: Some("password".to_owned()), ..KeySelection::default() },
    )
}

fn utf16(text: &str, mark: &[u8], bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    mark.iter().copied().chain(text.encode_utf16().flat_map(bytes)).collect()
}

/// Returns the password in every supported encoding.
fn forms(password: &str) -> Vec<Vec<u8>> {
    let line = format!("{password}\r\n");
    let mut forms: Vec<Vec<u8>> =
        ["", "\n", "\r\n"].iter().map(|end| format!("\u{feff}{password}{end}").into_bytes()).collect();
    forms.extend([
        utf16(password, &[0xff, 0xfe], u16::to_le_bytes),
        utf16(&line, &[0xff, 0xfe], u16::to_le_bytes),
        utf16(&line, &[0xfe, 0xff], u16::to_be_bytes),
        utf16(&line, &[], u16::to_le_bytes),
        utf16(password, &[], u16::to_be_bytes),
    ]);
    let quoted =
        ["\"P\"", "'P'\n", "“P”", "„P“\r\n", "«\u{a0}P\u{a0}»", "`P`", "\u{a0}P", "\u{200b}P", "\u{feff}\"P\"\n"];
    forms.extend(quoted.iter().map(|form| form.replace('P', password).into_bytes()));
    forms
}

#[test]
fn every_form_of_the_password_opens_what_it_is_for() {
    for (password, values, type_) in [
        ("secret", &[("a.p12", "containers/p12/openssl3.p12")][..], APNsCertificate),
        ("secret", &[("a.p12", "containers/p12/legacy.p12")], APNsCertificate),
        ("secret", &[("a.p12", "containers/p12/nomac.p12")], APNsCertificate),
        ("secret", &[("a.p12", "containers/p12/pbmac1.p12")], APNsCertificate),
        ("pässwörd", &[("a.p12", "containers/p12/umlaut.p12")], APNsCertificate),
        ("fixture", &[("a.pem", "apns/a.pem"), ("a.key", "apns/a.encrypted.key")], APNsCertificate),
        ("fixture", &[("a.pem", "apns/a.pem"), ("a.key", "apns/a.legacy-encrypted.key")], APNsCertificate),
        ("fixture", &[("a.p7m", "dep/a.p7m"), ("server.key", "dep/server.encrypted.key")], DEPToken),
    ] {
        let plain = with(password.as_bytes(), values, type_).unwrap();
        assert_ne!(plain.key_match, KeyMatch::KeyUnreadable);
        for form in forms(password) {
            let facts = with(&form, values, type_).unwrap_or_else(|failure| panic!("{values:?} {form:?}: {failure:?}"));
            assert_eq!(facts, plain, "{values:?} {form:?}");
        }
    }
}

/// A wrong password is refused, and the message describes what is unusual about its encoding.
#[test]
fn a_wrong_password_in_an_odd_form_is_told_with_its_form() {
    let values = [("a.p12", "containers/p12/openssl3.p12")];
    for (password, words) in [
        (b"\xef\xbb\xbfwrong".to_vec(), "begins with a byte order mark"),
        (utf16("wrong\r\n", &[0xff, 0xfe], u16::to_le_bytes), "is text in UTF-16"),
        (b"\"wrong\"".to_vec(), "has quotation marks around the password"),
        (b"wrong \n".to_vec(), "has white space or invisible characters"),
    ] {
        let failure = with(&password, &values, APNsCertificate).unwrap_err();
        is(&failure, FailureReason::PasswordWrong, &["The password in the Secret", words, "in UTF-8"]);
    }
    let failure = with(b"wrong\n", &values, APNsCertificate).unwrap_err();
    assert!(failure.message.ends_with("does not open"), "{}", failure.message);
}

/// If a key derivation uses up the budget, the other encodings of the password are not tried. This does not mean that
/// the password is wrong.
#[test]
fn forms_beyond_the_budget_are_said_not_to_be_tried() {
    let values = [("a.p12", "containers/p12/pbkdf2-600000.p12")];
    let failure = with("“wrörg”\n".as_bytes(), &values, APNsCertificate).unwrap_err();
    is(&failure, LimitExceeded, &["key derivation", "has quotation marks around the password"]);
}
