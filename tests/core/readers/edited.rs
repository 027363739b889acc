//! Tests tokens that people pasted, edited or forwarded. Each is read as the original token, or the message describes
//! the fault. `tests/fixtures/edited.sh` creates the files.

use crate::readers::page::names;
use crate::readers::*;

/// Returns the files of `edited/` whose names begin with `prefix`.
fn edited(prefix: &str) -> Vec<String> {
    let names: Vec<String> =
        names("edited").into_iter().filter(|name| name.starts_with(&format!("edited/{prefix}"))).collect();
    assert!(!names.is_empty(), "{prefix}");
    names
}

/// Panics if the message describes the file as another kind of file, although that kind belongs to the expected type.
fn does_not_contradict_itself(type_: CredentialType, failure: &Failure) {
    let contradiction = format!("which type {} is for", type_.as_str());
    assert!(!failure.message.contains(&contradiction), "{}", failure.message);
}

#[test]
fn a_content_token_is_read_whatever_is_around_it() {
    let plain = one(VPPToken, &fixture("vpp/a.vpptoken")).unwrap();
    let dates = ["edited/vpp-zero-date.json", "edited/vpp-epoch.json"];
    for file in edited("vpp-").into_iter().chain(["edited/mail-content-token.eml".to_owned()]) {
        if dates.contains(&file.as_str()) {
            continue;
        }
        let facts = one(VPPToken, &fixture(&file)).unwrap_or_else(|failure| panic!("{file}: {failure:?}"));
        assert_eq!(facts, plain, "{file}");
        let failure = one(DEPToken, &fixture(&file)).unwrap_err();
        is(&failure, WrongFile, &["holds a VPP content token (a .vpptoken file, which type VPPToken is for)"]);
    }
}

#[test]
fn a_server_token_is_read_whatever_an_editor_did_to_it() {
    let plain = one(DEPToken, &fixture("dep/a.json")).unwrap();
    let damaged = ["no-end", "no-beginning", "-cut.", "zero-date", "epoch"];
    for file in edited("dep-").into_iter().chain(["edited/mail-decrypted.eml".to_owned()]) {
        if damaged.iter().any(|name| file.contains(name)) {
            continue;
        }
        let facts = one(DEPToken, &fixture(&file)).unwrap_or_else(|failure| panic!("{file}: {failure:?}"));
        assert_eq!(facts, plain, "{file}");
        is(&one(VPPToken, &fixture(&file)).unwrap_err(), WrongFile, &["a decrypted DEP server token"]);
    }
}

#[test]
fn a_damaged_server_token_is_not_called_another_file() {
    for (file, words) in [
        ("edited/dep-no-end.txt", "its end is missing"),
        ("edited/dep-no-beginning.txt", "damaged or cut off"),
        ("edited/dep-rich-text-cut.txt", "saved as rich text (RTF), damaged or cut off"),
        ("edited/dep-curly-cut.txt", "with typographic quotation marks, dashes or spaces, damaged or cut off"),
        ("edited/mail-cut.eml", "an encrypted DEP server token (.p7m) that is damaged or cut off"),
    ] {
        let failure = one(DEPToken, &fixture(file)).map(|facts| facts.format).expect_err(file);
        is(&failure, Malformed, &["key value holds", words, "Download Token"]);
        does_not_contradict_itself(DEPToken, &failure);
    }
}

/// Truncates every file at several positions. No message contradicts itself.
#[test]
fn no_message_contradicts_itself() {
    for file in names("edited").into_iter().chain(names("dep")).chain(names("vpp")).chain(names("symantec")) {
        let bytes = fixture(&file);
        for cut in [bytes.len() / 3, bytes.len() / 2, bytes.len() - 2, bytes.len()] {
            for type_ in TYPES {
                if let Err(failure) = one(type_, &bytes[..cut]) {
                    does_not_contradict_itself(type_, &failure);
                }
            }
        }
    }
}

/// Programs without a date often write the zero of their time type.
#[test]
fn a_date_in_1970_or_before_is_no_date() {
    for file in ["zero-date", "zero-date-local", "epoch", "epoch-west"] {
        let facts = one(DEPToken, &fixture(&format!("edited/dep-{file}.json"))).unwrap();
        assert_eq!((facts.not_after, facts.expiry), (None, Expiry::Unknown), "{file}");
        assert_eq!(facts.fingerprint, one(DEPToken, &fixture("dep/a.json")).unwrap().fingerprint);
    }
    for file in ["edited/vpp-zero-date.json", "edited/vpp-epoch.json"] {
        is(
            &one(VPPToken, &fixture(file)).unwrap_err(),
            Malformed,
            &["whose expDate", "which is not a valid expiry date"],
        );
    }
}

#[test]
fn an_encrypted_server_token_is_read_out_of_a_mail() {
    let with_key = |file: &str| files(&[("server.key", "dep/server.key"), ("token", file)]);
    let plain = read(DEPToken, &with_key("dep/a.p7m")).unwrap();
    let others = ["content-token", "decrypted", "certificate", "without-attachment", "-cut."];
    let others = |file: &String| others.iter().any(|name| file.contains(name));
    let mut all: Vec<String> = edited("mail-").into_iter().filter(|file| !others(file)).collect();
    all.extend(edited("note-"));
    all.extend(names("edited").into_iter().filter(|file| file.ends_with(".p7m")));
    assert!(all.len() >= 14, "{all:?}");
    for file in all {
        let facts = read(DEPToken, &with_key(&file)).unwrap_or_else(|failure| panic!("{file}: {failure:?}"));
        assert_eq!(facts, plain, "{file}");
    }
    assert_eq!(apns("edited/mail-certificate.eml").fingerprint.as_deref(), Some(FINGERPRINT_A));
    is(
        &one(DEPToken, &fixture("edited/mail-without-attachment.eml")).unwrap_err(),
        WrongFile,
        &["holds an e-mail without a credential that can be read (save its attachment"],
    );
}

/// A document with several tokens is ambiguous.
#[test]
fn different_tokens_in_one_document_are_ambiguous() {
    let token = |file: &str| String::from_utf8(fixture(file)).unwrap();
    let both = format!("[{}, {}]", token("dep/a.json"), token("dep/renewed.json"));
    is(&one(DEPToken, both.as_bytes()).unwrap_err(), Ambiguous, &["holds several different DEP server tokens"]);
    let twice = format!("[{0}, {0}]", token("dep/a.json"));
    assert!(one(DEPToken, twice.as_bytes()).is_ok());
    let both = serde_json::json!({"a": token("vpp/a.vpptoken"), "b": [token("vpp/b.vpptoken")]}).to_string();
    is(&one(VPPToken, both.as_bytes()).unwrap_err(), Ambiguous, &["holds several different VPP content tokens"]);
}

#[test]
fn layers_are_bounded_and_said_to_be() {
    let mut text = String::from_utf8(fixture("vpp/a.vpptoken")).unwrap();
    for _ in 0..5 {
        text = serde_json::json!({ "a": text }).to_string();
    }
    assert!(one(VPPToken, text.as_bytes()).is_ok());
    text = serde_json::json!({ "a": text }).to_string();
    is(&one(VPPToken, text.as_bytes()).unwrap_err(), LimitExceeded, &["wrapped in more layers than are read"]);
    let deep = "\"x: \\\"".repeat(20_000);
    assert!(one(VPPToken, deep.as_bytes()).is_err());
    let blocks = "-----BEGIN MESSAGE-----\n{\"".repeat(60);
    assert!(one(DEPToken, blocks.as_bytes()).is_err());
}
