//! Secrets with a canary for each kind of content. Readable Secrets contain the word only in their secret parts,
//! unreadable Secrets wherever possible.

use super::{CANARY, file};

/// A Secret, its type, and the expected result.
pub struct Case {
    /// The name of the Secret and of the TenantCredential.
    pub name: &'static str,
    /// The credential's type.
    pub type_: &'static str,
    /// The reason of the condition Ready.
    pub reason: &'static str,
    /// Keys and values. A key `password` becomes the spec's passwordKey.
    pub values: Vec<(&'static str, Vec<u8>)>,
}

impl Case {
    /// Returns true if the credential can be read.
    pub fn is_read(&self) -> bool {
        self.reason == "Assessed"
    }

    /// Returns the spec of the TenantCredential.
    pub fn spec(&self) -> serde_json::Value {
        let mut spec =
            serde_json::json!({"type": self.type_, "secretRef": {"name": self.name}, "reminderEveryHours": 0});
        if self.values.iter().any(|(key, _)| *key == "password") {
            spec["secretRef"]["passwordKey"] = "password".into();
        }
        spec
    }
}

/// Returns all cases. Their names are unique.
pub fn cases() -> Vec<Case> {
    let all = [certificates(), vpp(), dep(), windows()].concat();
    let names: std::collections::BTreeSet<_> = all.iter().map(|case| case.0).collect();
    assert_eq!(names.len(), all.len(), "each case has a unique name");
    all.into_iter().map(|(name, type_, reason, values)| Case { name, type_, reason, values }).collect()
}

type Row = (&'static str, &'static str, &'static str, Vec<(&'static str, Vec<u8>)>);

const APNS: &str = "APNsCertificate";
const X509: &str = "X509Certificate";
const VPP: &str = "VPPToken";
const DEP: &str = "DEPToken";
const WINDOWS: &str = "WindowsSymantecCertificate";

fn text(name: &str) -> String {
    String::from_utf8(file(name)).unwrap()
}

/// Replaces one part, which must be present.
fn with(text: &str, part: &str, by: &str) -> Vec<u8> {
    assert!(text.contains(part), "{part}");
    text.replacen(part, by, 1).into_bytes()
}

/// Replaces one part of bytes, which must be present.
fn with_bytes(bytes: &[u8], part: &[u8], by: &[u8]) -> Vec<u8> {
    let at = bytes.windows(part.len()).position(|window| window == part).unwrap();
    [&bytes[..at], by, &bytes[at + part.len()..]].concat()
}

fn word() -> Vec<u8> {
    CANARY.into()
}

/// Returns a wrong password: the canary with one more letter.
fn wrong_word() -> Vec<u8> {
    format!("{CANARY}x").into()
}

fn utf16(text: &str) -> Vec<u8> {
    [vec![0xff, 0xfe], text.encode_utf16().flat_map(u16::to_le_bytes).collect()].concat()
}

fn page() -> Vec<u8> {
    format!("<!DOCTYPE html>\n<html><head><title>{CANARY}</title></head><body>Sign in as {CANARY}</body></html>\n")
        .into()
}

#[rustfmt::skip]
fn certificates() -> Vec<Row> {
    let (pem, der, key) = (file("push.pem"), file("push.der"), file("push.key"));
    let no_uid = file("no-uid.der");
    // The end of the subject. The issuer contains the word twice, before the subject.
    let words = no_uid.windows(CANARY.len()).enumerate().filter(|(_, window)| *window == CANARY.as_bytes());
    let subject_end = words.map(|(at, window)| at + window.len()).nth(3).unwrap();
    let broken_pem = |label: &str, header: &str, body: &str| {
        format!("{CANARY}\n-----BEGIN {label}-----\n{header}{body}\n-----END {label}-----\n{CANARY}\n").into_bytes()
    };
    let broken_key = broken_pem("PRIVATE KEY", "", &format!("{CANARY}!"));
    let labelled = format!("subject={CANARY}\n{}{CANARY}\n", text("push.pem")).into_bytes();
    // The end of the validity, with the word in it.
    let odd_date = with_bytes(&der, b"360101000000Z", format!("{CANARY}Z").as_bytes());
    let mut bad_length = no_uid.clone();
    bad_length[subject_end + 2] ^= 0x40;
    let mut rows: Vec<Row> = vec![
        ("apns-pair", APNS, "Assessed", vec![("push.pem", pem.clone()), ("push.key", key.clone()), ("note", word())]),
        ("apns-lapsed", APNS, "Assessed", vec![("push.pem", file("lapsed.pem")), ("push.key", key.clone())]),
        ("apns-labelled", APNS, "Assessed", vec![("push.pem", labelled)]),
        ("apns-keystore", APNS, "Assessed", vec![("push.p12", file("push.p12")), ("password", word())]),
        ("apns-keystore-old", APNS, "Assessed", vec![("push.p12", file("push-old.p12")), ("password", word())]),
        ("apns-key-encrypted", APNS, "Assessed", vec![("push.pem", pem.clone()), ("push.key", file("push.encrypted.key")), ("password", word())]),
        ("apns-key-old", APNS, "Assessed", vec![("push.pem", pem.clone()), ("push.key", file("push.old-encrypted.key")), ("password", word())]),
        ("apns-key-closed", APNS, "Assessed", vec![("push.pem", pem.clone()), ("push.key", file("push.encrypted.key")), ("password", wrong_word())]),
        ("apns-key-broken", APNS, "Assessed", vec![("push.pem", pem.clone()), ("push.key", broken_key.clone())]),
        ("apns-key-other", APNS, "Assessed", vec![("push.pem", pem.clone()), ("push.key", file("tls.key"))]),
        ("x509-pair", X509, "Assessed", vec![("tls.crt", file("tls.pem")), ("tls.key", file("tls.key"))]),
        ("x509-keystore", X509, "Assessed", vec![("tls.p12", file("tls.p12")), ("password", word())]),

        ("apns-keystore-wrong", APNS, "PasswordWrong", vec![("push.p12", file("push.p12")), ("password", wrong_word())]),
        ("apns-keystore-old-wrong", APNS, "PasswordWrong", vec![("push.p12", file("push-old.p12")), ("password", wrong_word())]),
        ("apns-keystore-closed", APNS, "PasswordRequired", vec![("push.p12", file("push.p12")), ("pass", word())]),
        ("apns-keystore-other", APNS, "WrongFile", vec![("push.p12", file("no-uid.p12")), ("password", word())]),
        ("apns-keystore-cut", APNS, "Malformed", vec![("push.p12", file("push.p12")[..900].to_vec()), ("password", word())]),
        ("apns-two", APNS, "Ambiguous", vec![("one", pem.clone()), ("two", file("lapsed.pem")), ("note", word())]),
        ("x509-keystore-wrong", X509, "PasswordWrong", vec![("tls.p12", file("tls.p12")), ("password", wrong_word())]),
    ];
    for (name, type_, wrong) in [
        ("apns-no-uid", APNS, file("no-uid.pem")),
        ("apns-other-uid", APNS, file("other-uid.pem")),
        ("apns-app-push", APNS, file("app-push.pem")),
        ("apns-vendor", APNS, file("vendor.pem")),
        ("apns-device", APNS, file("device.pem")),
        ("apns-request", APNS, file("request.csr")),
        ("apns-key-alone", APNS, key.clone()),
        ("apns-key-encrypted-alone", APNS, file("push.encrypted.key")),
        ("apns-vpp", APNS, file("sToken.vpptoken")),
        ("apns-dep", APNS, file("server.json")),
        ("apns-json", APNS, format!("{{\"{CANARY}\": \"{CANARY}\"}}").into()),
        ("apns-text", APNS, word()),
        ("apns-page", APNS, page()),
        ("apns-utf16", APNS, utf16(&format!("{CANARY} {CANARY}"))),
        ("apns-bad-utf8", APNS, [word(), vec![0xff, 0xfe, 0x80], word()].concat()),
        ("apns-label", APNS, broken_pem(CANARY, "", CANARY)),
        ("x509-request", X509, file("request.csr")),
        ("x509-text", X509, word()),
    ] {
        rows.push((name, type_, "WrongFile", vec![("value", wrong)]));
    }
    for (name, type_, broken) in [
        ("apns-cut-after-subject", APNS, no_uid[..subject_end + 4].to_vec()),
        ("apns-bad-length", APNS, bad_length.clone()),
        ("apns-odd-date", APNS, odd_date.clone()),
        ("apns-header", APNS, broken_pem("CERTIFICATE", &format!("X-Note: {CANARY}\n\n"), &format!("{CANARY}!"))),
        ("x509-cut-after-subject", X509, no_uid[..subject_end + 4].to_vec()),
        ("x509-bad-length", X509, bad_length.clone()),
        ("x509-odd-date", X509, odd_date.clone()),
        ("x509-not-base64", X509, broken_pem("CERTIFICATE", "", &format!("{CANARY}!"))),
    ] {
        rows.push((name, type_, "Malformed", vec![("value", broken)]));
    }
    rows
}

#[rustfmt::skip]
fn vpp() -> Vec<Row> {
    let json = text("sToken.json");
    let token = json.split('"').nth(3).unwrap().to_owned();
    let date = "2036-01-01T00:00:00+0000";
    // If the token can't be read, the name of its organization is not published either.
    let json = with(&json, "Example", CANARY);
    let broken = String::from_utf8(json).unwrap();
    let mut rows: Vec<Row> = vec![
        ("vpp-base64", VPP, "Assessed", vec![("sToken", file("sToken.vpptoken")), ("note", word())]),
        ("vpp-json", VPP, "Assessed", vec![("sToken", file("sToken.json"))]),
        ("vpp-lapsed", VPP, "Assessed", vec![("sToken", with(&text("sToken.json"), "2036", "2021"))]),
        ("vpp-page", VPP, "WrongFile", vec![("sToken", page())]),
        ("vpp-text", VPP, "WrongFile", vec![("sToken", word())]),
        ("vpp-utf16", VPP, "WrongFile", vec![("sToken", utf16(&broken))]),
        ("vpp-dep", VPP, "WrongFile", vec![("sToken", file("server.json"))]),
        ("vpp-p7m", VPP, "WrongFile", vec![("sToken", file("server.p7m"))]),
        ("vpp-certificate", VPP, "WrongFile", vec![("sToken", file("no-uid.pem"))]),
        ("vpp-other-json", VPP, "WrongFile", vec![("sToken", format!("{{\"{CANARY}\": [\"{CANARY}\", {{\"{CANARY}\": 1}}]}}").into())]),
    ];
    for (name, json) in [
        ("vpp-token-no-base64", with(&broken, &token, &format!("{CANARY}!"))),
        ("vpp-token-number", with(&broken, &format!("\"{token}\""), "7")),
        ("vpp-token-object", with(&broken, &format!("\"{token}\""), &format!("{{\"{CANARY}\":\"{CANARY}\"}}"))),
        ("vpp-date-word", with(&broken, date, CANARY)),
        ("vpp-date-near", with(&broken, date, &format!("2036-01-01T00:00:00{CANARY}"))),
        ("vpp-date-list", with(&broken, &format!("\"{date}\""), &format!("[\"{CANARY}\"]"))),
        ("vpp-twice", with(&broken, "{", &format!("{{\"token\":\"{CANARY}\","))),
        ("vpp-cut", broken.as_bytes()[..broken.len() - 4].to_vec()),
        ("vpp-escape", with(&broken, CANARY, &format!("{CANARY}\\q{CANARY}"))),
        ("vpp-bare-word", with(&broken, &format!("\"{date}\""), CANARY)),
        ("vpp-more", with(&broken, "}", &format!(",\"{CANARY}\":\"{CANARY}\",\"{CANARY}\":}}"))),
        ("vpp-bad-utf8", with_bytes(broken.as_bytes(), CANARY.as_bytes(), &[CANARY.as_bytes(), &[0xff, 0xc0]].concat())),
    ] {
        rows.push((name, VPP, "Malformed", vec![("sToken", json)]));
    }
    rows
}

#[rustfmt::skip]
fn dep() -> Vec<Row> {
    let json = text("server.json");
    let message = text("server.p7m");
    let pair = |message: Vec<u8>| vec![("token.p7m", message), ("server.key", file("server.key")), ("server.pem", file("server.pem"))];
    let sealed = |key: &str, password: Vec<u8>| vec![("token.p7m", file("server.p7m")), ("server.key", file(key)), ("password", password)];
    let date = "2036-01-01T00:00:00Z";
    let mut rows: Vec<Row> = vec![
        ("dep-json", DEP, "Assessed", vec![("token", file("server.json")), ("note", word())]),
        ("dep-lapsed", DEP, "Assessed", vec![("token", with(&json, "2036", "2021"))]),
        ("dep-message", DEP, "Assessed", pair(file("server.p7m"))),
        ("dep-key-encrypted", DEP, "Assessed", sealed("server.encrypted.key", word())),
        ("dep-key-wrong", DEP, "PasswordWrong", sealed("server.encrypted.key", wrong_word())),
        ("dep-key-closed", DEP, "PasswordRequired", vec![("token.p7m", file("server.p7m")), ("server.key", file("server.encrypted.key"))]),
        ("dep-key-other", DEP, "NoMatchingKey", vec![("token.p7m", file("server.p7m")), ("server.key", file("tls.key")), ("note", word())]),
        ("dep-key-none", DEP, "NoMatchingKey", vec![("token.p7m", file("server.p7m"))]),
        ("dep-page", DEP, "WrongFile", vec![("token", page())]),
        ("dep-vpp", DEP, "WrongFile", vec![("token", file("sToken.vpptoken"))]),
        ("dep-other-json", DEP, "WrongFile", vec![("token", format!("{{\"{CANARY}\": \"{CANARY}\"}}").into())]),
        ("dep-utf16", DEP, "WrongFile", vec![("token", utf16(&json))]),
        ("dep-frame-text", DEP, "WrongFile", vec![("token", format!("-----BEGIN MESSAGE-----\n{CANARY}\n-----END MESSAGE-----\n").into())]),
        ("dep-plain-mime", DEP, "WrongFile", vec![("token", format!("Content-Type: text/plain; name={CANARY}\n\n{CANARY}").into())]),
    ];
    for (name, values) in [
        ("dep-sealed-broken", pair(file("broken.p7m"))),
        ("dep-sealed-forms", pair(file("forms.p7m"))),
        ("dep-sealed-text", pair(file("text.p7m"))),
        ("dep-sealed-date", pair(file("date.p7m"))),
        ("dep-message-cut", pair(message.as_bytes()[..900].to_vec())),
        ("dep-message-no-base64", pair(with(&message, "MIAGCSqG", &format!("{CANARY}!")))),
        ("dep-mime", vec![("token", format!("Content-Type: application/pkcs7-mime; name={CANARY}\n\n{CANARY}").into())]),
        ("dep-number", vec![("token", with(&json, "\"consumer_key\":\"", "\"consumer_key\":7,\"x\":\""))]),
        ("dep-date-word", vec![("token", with(&json, date, CANARY))]),
        ("dep-date-object", vec![("token", with(&json, &format!("\"{date}\""), &format!("{{\"{CANARY}\":[]}}")))]),
        ("dep-cut", vec![("token", json.as_bytes()[..json.len() - 30].to_vec())]),
        ("dep-lacks", vec![("token", with(&json, "consumer_secret", CANARY))]),
        ("dep-twice", vec![("token", with(&json, "{", &format!("{{\"access_secret\":\"{CANARY}\",")))]),
        ("dep-bare-word", vec![("token", with(&json, &format!("\"{date}\""), CANARY))]),
        ("dep-frame", vec![("token", format!("-----BEGIN MESSAGE-----\n{{\"consumer_key\":{CANARY}\n-----END {CANARY}-----\n").into())]),
    ] {
        rows.push((name, DEP, "Malformed", values));
    }
    rows
}

#[rustfmt::skip]
fn windows() -> Vec<Row> {
    let aetx = text("app.aetx");
    let token = aetx.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let mut rows: Vec<Row> = vec![
        ("windows-pair", WINDOWS, "Assessed", vec![("code.pem", file("code.pem")), ("code.key", file("code.key")), ("note", word())]),
        ("windows-keystore", WINDOWS, "Assessed", vec![("code.pfx", file("code.p12")), ("password", word())]),
        ("windows-aetx", WINDOWS, "Assessed", vec![("app.aetx", file("app.aetx"))]),
        ("windows-attribute", WINDOWS, "Assessed", vec![("app.aetx", with(&aetx, "datatype=\"string\"", &format!("{CANARY}={CANARY} {CANARY}")))]),
        ("windows-keystore-wrong", WINDOWS, "PasswordWrong", vec![("code.pfx", file("code.p12")), ("password", wrong_word())]),
        ("windows-keystore-closed", WINDOWS, "PasswordRequired", vec![("code.pfx", file("code.p12"))]),
        ("windows-no-publisher", WINDOWS, "WrongFile", vec![("code.pem", file("no-publisher.pem"))]),
        ("windows-no-usage", WINDOWS, "WrongFile", vec![("code.pem", file("no-uid.pem"))]),
        ("windows-xml", WINDOWS, "WrongFile", vec![("app.aetx", format!("<?xml version=\"1.0\"?>\n<{CANARY} a='{CANARY}'>{CANARY}</{CANARY}>").into())]),
        ("windows-utf16", WINDOWS, "WrongFile", vec![("app.aetx", utf16(&aetx))]),
        ("windows-page", WINDOWS, "WrongFile", vec![("app.aetx", page())]),
    ];
    for (name, xml) in [
        ("windows-token", with(&aetx, &token, &format!("{CANARY}!"))),
        ("windows-type", with(&aetx, "EnterpriseAppManagement", CANARY)),
        ("windows-name", with(&aetx, "\"EnrollmentToken\"", &format!("\"{CANARY}\" EnrollmentToken=\"\""))),
        ("windows-entity", with(&aetx, &token, &format!("&{CANARY};"))),
        ("windows-end", with(&aetx, "</wap-provisioningdoc>", &format!("</{CANARY}>"))),
        ("windows-cut", aetx.as_bytes()[..aetx.len() - 60].to_vec()),
        ("windows-bad-utf8", with_bytes(aetx.as_bytes(), b"string", &[CANARY.as_bytes(), &[0xff]].concat())),
    ] {
        rows.push((name, WINDOWS, "Malformed", vec![("app.aetx", xml)]));
    }
    rows
}
