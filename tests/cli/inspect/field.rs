//! Tests `inspect`, `new` and `verify` with files as administrators have them. `tests/fixtures/field/make.sh` creates
//! the files.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::files::{fixtures, run};

const AT: [&str; 2] = ["--at", "2030-12-15"];

#[test]
fn a_file_that_is_not_understood_is_an_error_of_every_command() {
    for (file, what) in [
        ("field/four-dashes.key", "a private key whose BEGIN or END line is damaged"),
        ("field/em-dashes.key", "a private key whose BEGIN or END line is damaged"),
        ("field/star.key", "a private key with something in it that is not base64"),
        ("field/lfs.pem", "a Git LFS pointer"),
        ("wrong/note.txt", "plain text"),
    ] {
        let name = file.rsplit('/').next().unwrap();
        let error = format!("file \"{name}\" contains {what}");
        let inspect = run(fixtures(), &[&["inspect", "apns/a.pem", file][..], &AT].concat(), b"");
        inspect.is(2).says(&error).shows("an MDM push certificate");
        let json = run(fixtures(), &[&["inspect", "-o", "json", "apns/a.pem", file][..], &AT].concat(), b"");
        let document: serde_json::Value = serde_json::from_str(&json.is(2).out).unwrap();
        assert!(document["errors"][0].as_str().unwrap().starts_with(&error), "{document}");
        let of_new = ["new", "--tenant", "acme", "--file", "apns/a.pem", "--file", file];
        let new = run(fixtures(), &[&of_new[..], &AT].concat(), b"");
        assert_eq!(new.is(2).says(&error).out, "");
        let of_verify = ["verify", "--file", "apns/a-renewed.pem", "--file", file, "--against", "apns/a.pem"];
        run(fixtures(), &[&of_verify[..], &AT].concat(), b"").is(2).shows(&format!("could not tell: {error}"));
        let of_verify = ["verify", "--file", "apns/a-renewed.pem", "--against", "apns/a.pem", "--against", file];
        run(fixtures(), &[&of_verify[..], &AT].concat(), b"").is(2).shows("could not tell: --against: file");
    }
}

#[test]
fn a_verdict_to_stop_stands_whatever_else_is_given() {
    let args = ["verify", "--file", "apns/b.pem", "--file", "field/star.key", "--against", "apns/a.pem"];
    run(fixtures(), &[&args[..], &AT].concat(), b"").is(1).shows("STOP: another topic");
}

#[test]
fn what_belongs_beside_a_credential_is_no_error() {
    let args = ["inspect", "apns/a.pem", "apns/a.key", "wrong/request.csr", "x509/chain.pem", "apns/other.key"];
    run(fixtures(), &[&args[..], &["--at", "2030-06-15"]].concat(), b"").is(0).shows("not needed");
}

#[test]
fn a_request_is_refused_and_nothing_is_written_of_it() {
    for file in ["push-request.plist", "push-request.b64.txt", "push-request.bplist", "Gerät Ä 証明書 (1).csr"] {
        let path = format!("field/{file}");
        let error = format!("file \"{file}\" contains ");
        let inspect = run(fixtures(), &["inspect", &path], b"");
        inspect.is(2).says(&error).says("signing request").says("identity.apple.com/pushcert");
        let new = run(fixtures(), &["new", "--tenant", "acme", "--file", &path], b"");
        assert_eq!(new.is(2).says(&error).out, "");
    }
}

#[test]
fn names_of_files_are_shown_as_they_are_and_made_keys_of_a_secret() {
    let folder = tempfile::TempDir::new().unwrap();
    for (name, file) in [("Zürich 証明書 (1).pem", "apns/a.pem"), ("schlüssel.key", "apns/other.key")] {
        std::fs::copy(fixtures().join(file), folder.path().join(name)).unwrap();
    }
    let args = ["inspect", "Zürich 証明書 (1).pem", "schlüssel.key"];
    let ran = run(folder.path(), &[&args[..], &AT].concat(), b"");
    ran.is(1).shows("in file schlüssel.key does not belong to the certificate in file Zürich 証明書 (1).pem");
    let ran = run(folder.path(), &[&args[..], &AT, &["-o", "json"]].concat(), b"");
    ran.is(1).shows("\"credential\": \"Z-rich------1-.pem\"");
    let args = ["new", "--tenant", "acme", "--file", "Zürich 証明書 (1).pem", "--file", "schlüssel.key", "--force"];
    std::fs::copy(fixtures().join("apns/a.key"), folder.path().join("schlüssel.key")).unwrap();
    run(folder.path(), &[&args[..], &AT].concat(), b"").is(0).shows("push.pem: ").shows("push.key: ");
}

#[test]
fn of_two_certificates_in_one_file_every_command_says_which_was_read() {
    let words = "contains 2 certificates with the same topic. lapsewatch assessed the certificate with";
    let args = ["inspect", "field/old-first.pem", "apns/a.key"];
    flat(&run(fixtures(), &[&args[..], &AT].concat(), b"").is(0).out, words);
    let args = ["inspect", "field/both.p12", "--password-file", "field/password"];
    flat(&run(fixtures(), &[&args[..], &AT].concat(), b"").is(0).out, words);
    let args = ["verify", "--file", "field/new-first.pem", "--file", "apns/a.key", "--against", "apns/a.pem"];
    let ran = run(fixtures(), &[&args[..], &AT].concat(), b"");
    flat(&ran.is(0).out, words);
    ran.shows("safe to apply");
    let args = ["inspect", "field/two-topics.pem"];
    let ran = run(fixtures(), &args, b"");
    ran.is(2).says("of different identities").says("Copy the block of the right certificate");
    assert!(!ran.err.contains("secretRef"), "{}", ran.err);
}

/// Asserts that the text contains `words`, regardless of line breaks.
#[track_caller]
fn flat(text: &str, words: &str) {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains(words), "{words}\n---\n{text}");
}

/// Returns the manifests of a TenantCredential and its Secret.
fn manifests(spec: &str, values: &[(&str, &str)]) -> String {
    let values: Vec<String> = values
        .iter()
        .map(|(key, file)| format!("  {key}: {}", STANDARD.encode(std::fs::read(fixtures().join(file)).unwrap())))
        .collect();
    format!(
        "apiVersion: lapsewatch.dev/v1alpha1\nkind: TenantCredential\nmetadata: {{name: push, namespace: mdm}}\nspec: {{type: APNsCertificate, secretRef: {{name: push{spec}}}}}\n---\napiVersion: v1\nkind: Secret\nmetadata: {{name: push, namespace: mdm}}\ndata:\n{}\n",
        values.join("\n")
    )
}

#[test]
fn check_reports_a_named_private_key_that_cannot_be_read() {
    for file in ["field/four-dashes.key", "field/star.key", "field/lfs.pem", "apns/a.encrypted.key", "x509/rsa.pem"] {
        let values = [("push.pem", "apns/a.pem"), ("push.key", file)];
        let text = manifests(", key: push.pem, privateKeyKey: push.key", &values);
        let ran = run(fixtures(), &["check", "-", "--at", "2030-06-15"], text.as_bytes());
        ran.is(0).shows("Notice KeyUnreadable").shows("key \"push.key\" of Secret push");
    }
}

#[test]
fn check_names_an_ambiguous_value_and_no_option_that_cannot_help() {
    let text = manifests("", &[("push.pem", "field/two-topics.pem")]);
    let ran = run(fixtures(), &["check", "-", "--at", "2030-06-15"], text.as_bytes());
    flat(&ran.out, "contains 2 MDM push certificates of different identities");
    assert!(ran.code != 0 && !ran.out.contains("secretRef.key"), "{}", ran.out);
}
