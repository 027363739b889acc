//! Tests `lapsewatch new` by running the binary as users do.

mod refused;

use std::fs;

use crate::files::{Ran, fixtures, run};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::Value;

/// Runs `lapsewatch new` in the folder of the fixtures on a date on which they are valid. The standard input contains
/// the password.
fn new(line: &str) -> Ran {
    let args: Vec<&str> = line.split_whitespace().collect();
    run(fixtures(), &[&["new", "--at", "2030-08-01"][..], &args].concat(), b"fixture\n")
}

/// Parses the manifests of an output.
fn manifests(text: &str) -> Vec<Value> {
    serde_norway::Deserializer::from_str(text).map(|document| Value::deserialize(document).unwrap()).collect()
}

/// Replaces each value of the Secret with the name of the fixture that has the same bytes, or with "the password".
fn shown(ran: &Ran) -> String {
    let line = |line: &str| match line.strip_prefix("  ").and_then(|line| line.split_once(": ")) {
        Some((key, value)) if !key.starts_with(' ') && value.len() > 10 => match STANDARD.decode(value) {
            Ok(bytes) => format!("  {key}: <{}>\n", fixture(&bytes)),
            Err(_) => format!("{line}\n"),
        },
        _ => format!("{line}\n"),
    };
    ran.out.lines().map(line).collect::<String>()
        + &ran.err.lines().map(|line| format!("! {line}\n")).collect::<String>()
}

/// Returns the name of the fixture with these bytes.
fn fixture(bytes: &[u8]) -> String {
    if bytes == b"fixture" {
        return "the password".to_owned();
    }
    let folders = ["apns", "vpp", "dep", "symantec", "x509"].map(|folder| fixtures().join(folder));
    let files = folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap()).map(|entry| entry.unwrap().path());
    let files: std::collections::BTreeSet<_> = files.collect();
    let file = files.iter().find(|path| fs::read(path).unwrap() == bytes).expect("no fixture has these bytes");
    file.strip_prefix(fixtures()).unwrap().display().to_string()
}

const EACH: [&str; 9] = [
    "-t acme-prod -n mdm --owner-account mdm@acme.example --contact on --runbook-url https://acme.example/apns -f apns/a.pem -f apns/a.key",
    "-t acme-prod --password-file - -f apns/a.p12",
    "-t acme-prod -f apns/a.der",
    "-t acme-prod -f vpp/a.vpptoken",
    "-t acme-prod -f dep/a.p7m -f dep/server.key -f dep/server.pem",
    "-t acme-prod -f dep/a.json --name other --secret-name on",
    "-t acme-prod --password-file - -f symantec/a.pfx",
    "--name windows -f symantec/a.aetx",
    "-t 0123 -n null -f x509/chain.pem -f x509/rsa.key",
];

/// Compares the complete output for each type. `INSTA_UPDATE=always cargo test --test cli new` updates the snapshot.
#[test]
fn the_manifests_of_each_type() {
    let text: String =
        EACH.iter().map(|line| format!("$ lapsewatch new {line}\n{}\n", shown(new(line).is(0)))).collect();
    insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!("each-type", text) });
}

#[test]
fn check_takes_them_as_they_are_and_finds_nothing_wrong() {
    for line in EACH {
        let ran = new(line);
        let checked = run(fixtures(), &["check", "--at", "2030-08-01", "-"], ran.out.as_bytes());
        checked.is(0).shows("checked 1, skipped 0");
        let state = if line.contains("aetx") { " ExpiryUnknown " } else { " Valid " };
        checked.shows(state);
        // The only note is that the tenant is not part of the input.
        let tenant = "is not among what was given: the default warning days apply\n";
        let notes = if line.starts_with("-t ") { 1 } else { 0 };
        assert_eq!((checked.err.lines().count(), checked.err.ends_with(tenant)), (notes, notes == 1), "{line}");
    }
}

#[test]
fn the_output_is_the_same_each_time() {
    for line in EACH {
        let (one, other) = (new(line), new(line));
        assert_eq!((one.out, one.err), (other.out, other.err), "{line}");
    }
}

/// Texts that YAML 1.1 reads as other types, and texts with special characters, are the same after a round trip.
#[test]
fn every_text_is_one() {
    for text in ["on", "123", "Müller: \"x\" #1", "a\\n'b'", "- x", "~"] {
        let line =
            ["new", "--at", "2030-08-01", "-t", "1e3", "-n", "123", &format!("--contact={text}"), "-f", "apns/a.pem"];
        let ran = run(fixtures(), &line, b"");
        let found = manifests(&ran.is(0).out);
        assert_eq!(found[1]["spec"]["owner"]["contact"], text);
        assert_eq!(
            (&found[1]["spec"]["tenantRef"]["name"], &found[0]["metadata"]["namespace"]),
            (&"1e3".into(), &"123".into())
        );
        assert!(ran.out.contains("    name: \"1e3\"\n") && ran.out.contains("  namespace: \"123\"\n"), "{}", ran.out);
    }
}

#[test]
fn a_key_that_is_taken_is_left_to_its_own_file() {
    let folder = tempfile::TempDir::new().unwrap();
    for (name, fixture) in [("mine.p12", "apns/a.p12"), ("push.p12", "wrong/request.csr"), ("password", "x509/ca.pem")]
    {
        fs::copy(fixtures().join(fixture), folder.path().join(name)).unwrap();
    }
    let files = ["-f", "mine.p12", "-f", "push.p12", "-f", "password", "--password-file", "-"];
    let ran = run(folder.path(), &[&["new", "--at", "2030-08-01", "-t", "acme"][..], &files].concat(), b"fixture");
    let found = manifests(&ran.is(0).out);
    let keys: Vec<&String> = found[0]["data"].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["mine.p12", "password", "password-of-keystore", "push.p12"]);
    assert_eq!(found[1]["spec"]["secretRef"]["passwordKey"], "password-of-keystore");
    let checked = run(folder.path(), &["check", "--at", "2030-08-01", "-"], ran.out.as_bytes());
    checked.is(0).shows(" Valid ");
}

#[test]
fn without_its_secret_it_says_how_that_is_made() {
    let ran = new(
        "-t acme -n mdm --without-secret --secret-name push --password-file - -f apns/a.pem -f apns/a.encrypted.key",
    );
    let found = manifests(&ran.is(0).out);
    assert_eq!((found.len(), &found[0]["kind"]), (1, &"TenantCredential".into()));
    assert_eq!(found[0]["spec"]["secretRef"], serde_json::json!({"name": "push", "passwordKey": "password"}));
    ran.says("  kubectl create secret generic push -n mdm --from-file=password=PASSWORD-FILE --from-file=push.key=apns/a.encrypted.key --from-file=push.pem=apns/a.pem\n");
    let folder = tempfile::TempDir::new().unwrap();
    fs::copy(fixtures().join("apns/a.pem"), folder.path().join("it's $HOME.pem")).unwrap();
    let ran = run(folder.path(), &["new", "-t", "acme", "--without-secret", "-f", "it's $HOME.pem"], b"");
    ran.is(0).says(r"--from-file=push.pem='it'\''s $HOME.pem'");
}
