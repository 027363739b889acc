//! Tests the encodings that values of Secrets can have in manifests, and that no value is printed.

use crate::check::input::at;
use crate::check::{check, credential, folder, of, secret};

#[test]
fn a_secret_that_cannot_be_decoded_is_an_error_without_its_content() {
    for (fields, said) in [
        ("data: {push.pem: \"canary-not-base64!\"}", "the value of data.push.pem is not base64"),
        ("data: {push.pem: [canary]}", "the value of data.push.pem is not base64"),
        ("data: canary", "data is no mapping"),
        ("stringData: {pass: 4711815}", "the value of stringData.pass is no text: put it in quotation marks"),
    ] {
        let text = [credential("c", "X509Certificate", "s"), secret("s", fields)].join("---\n");
        let ran = of(&text);
        ran.is(2, "checked 0, skipped 1").says(&format!("error: ./one.yaml:6: Secret acme/s: {said}"));
        assert!(!ran.err.contains("canary") && !ran.err.contains("4711815"), "{}", ran.err);
    }
    let sops = secret("s", "data: {a: \"ENC[AES256_GCM,data:canary]\"}\nsops: {version: 3.9.0}");
    let ran = of(&[credential("c", "X509Certificate", "s"), sops].join("---\n"));
    ran.is(2, "checked 0, skipped 1")
        .says("skipped ./one.yaml:1: TenantCredential acme/c: Secret s is encrypted with sops: give it decrypted\n");
}

#[test]
fn base64_may_be_broken_into_lines() {
    let text = [credential("c", "X509Certificate", "s"), secret("s", "data:\n  a: |\n    aGVs\n    bG8=\n  b: null\n")];
    let ran = of(&text.join("---\n"));
    ran.is(2, "checked 1, skipped 0");
    assert_eq!(ran.err, "");
}

/// The API server ignores the unused bits of the last base64 character.
#[test]
fn base64_may_end_in_any_letter_that_gives_the_same_bytes() {
    for text in ["aGVsbG8=", "aGVsbG9="] {
        let text = [credential("c", "X509Certificate", "s"), secret("s", &format!("data: {{a: {text}}}\n"))];
        let ran = of(&text.join("---\n"));
        ran.is(2, "checked 1, skipped 0");
        assert_eq!(ran.err, "");
    }
}

#[test]
fn nothing_of_a_secret_is_ever_printed() {
    const CANARY: &str = "kanarienvogel";
    let encoded = "a2FuYXJpZW52b2dlbA==";
    let folder = folder(&[
        ("a.yaml", &[credential("c", "APNsCertificate", "s"), secret("s", &format!("stringData: {{a: {CANARY}, b: \"-----BEGIN CERTIFICATE-----\\n{CANARY}\"}}\ndata: {{c: {encoded}}}"))].join("---\n")),
        ("b.yaml", &secret("t", &format!("stringData: {{a: {CANARY}}}\nstringData: {{b: {CANARY}}}"))),
        ("c.yaml", &secret("u", &format!("stringData:\n  a: [{CANARY}\n  b: *{CANARY}"))),
        ("d.json", &format!("{{\"kind\": \"Secret\", \"stringData\": {{\"a\": \"{CANARY}\" \"b\"}}}}")),
        ("e.yaml", &secret("v", &format!("data: {{a: !{CANARY} {CANARY}, ? [{CANARY}] : {CANARY}}}"))),
        ("f.yaml", &[credential("w", "X509Certificate", "w"), secret("w", &format!("data: {{a: {CANARY}!}}"))].join("---\n")),
        ("g.yaml", &credential("x", "X509Certificate", "w").replace("spec: {", &format!("spec: {{expirationTime: {CANARY}, "))),
    ]);
    let ran = check(folder.path(), &at(&["."]), b"");
    ran.is(2, "checked 1, skipped 1");
    for part in ["b.yaml", "c.yaml", "d.json", "e.yaml", "f.yaml", "g.yaml"] {
        ran.says(part);
    }
    for text in [&ran.out, &ran.err] {
        assert!(!text.contains(CANARY) && !text.contains(encoded), "{text}");
    }
}
