//! Tests `lapsewatch inspect` by running the binary as users do.

mod canary;
mod field;
mod input;
mod prompt;
mod schema;

use crate::files::{fixtures, run};
use serde_json::Value;

/// Compares an output with the snapshot `name`.
fn is_as_before(name: &str, output: &str) {
    insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!(name, output) });
}

/// Runs a command line in the folder of the fixtures. Returns the command line with its output and exit code.
fn transcript(line: &str) -> String {
    let args: Vec<&str> = line.split_whitespace().collect();
    let ran = run(fixtures(), &args, b"fixture\n");
    let err: String = ran.err.lines().map(|line| format!("! {line}\n")).collect();
    format!("$ lapsewatch {line}\n{}{err}=> {}\n\n", ran.out, ran.code)
}

fn all(lines: &[&str]) -> String {
    lines.iter().map(|line| transcript(&format!("inspect --at 2030-08-01 {line}"))).collect()
}

/// Compares the complete output for each type and form. `INSTA_UPDATE=always cargo test --test cli inspect` updates the
/// snapshots.
#[test]
fn every_type_and_form_is_told() {
    is_as_before(
        "every-type",
        &all(&[
            "apns/a.pem apns/a.key",
            "apns/a.der",
            "--password-file - apns/a.p12",
            "--password-file - apns/a.pem apns/a.legacy-encrypted.key",
            "apns/a.pem apns/a.encrypted.key",
            "vpp/a.vpptoken",
            "vpp/never.json",
            "dep/a.p7m dep/server.key",
            "--password-file - dep/a.p7m dep/server.encrypted.key",
            "dep/a.p7m dep/server.key dep/server.pem",
            "dep/a.json",
            "dep/no-date.json",
            "--password-file - symantec/a.pfx",
            "symantec/a.pem",
            "symantec/a.aetx",
            "x509/chain.pem x509/rsa.key",
            "x509/ec.pem x509/ec-sec1.key",
            "--password-file - wrong/keystore.p12",
        ]),
    );
}

#[test]
fn what_needs_someone_is_told_with_its_remedy() {
    let at = |time: &str, line: &str| transcript(&format!("inspect --at {time} {line}"));
    is_as_before(
        "what-is-due",
        &[
            at("2030-12-20", "apns/a.pem apns/other.key"),
            at("2031-01-15", "apns/a.pem apns/a.key"),
            at("2031-03-01", "apns/a.pem"),
            at("2031-03-01", "vpp/a.vpptoken"),
            at("2029-01-01", "x509/rsa.pem"),
        ]
        .concat(),
    );
}

#[test]
fn what_is_none_is_named_for_what_it_is() {
    is_as_before(
        "what-is-none",
        &all(&[
            "wrong/request.csr",
            "wrong/push-request.txt",
            "wrong/page.html",
            "wrong/empty",
            "wrong/note.txt",
            "wrong/utf16.pem",
            "wrong/truncated.pem",
            "wrong/keystore.jks",
            "wrong/bundle.p7b",
            "wrong/public.pem",
            "apns/a.key",
            "apns/a.encrypted.key",
            "apns/app-push.pem",
            "wrong/vendor.pem",
            "wrong/device.pem",
            "wrong/other-uid.pem",
            "symantec/no-publisher.pem",
            "symantec/a.pfx",
            "dep/a.p7m",
            "dep/a.p7m dep/server.pem",
            "dep/a.p7m apns/other.key",
            "dep/a.p7m dep/server.encrypted.key",
            "dep/wrong-inside.p7m dep/server.key",
            "vpp/truncated.vpptoken x509/rsa.pem",
            "vpp/twice-encoded.vpptoken",
            "symantec/truncated.aetx",
            "--password-file apns/a.key symantec/a.pfx",
            "apns/a.pem apns/b.pem",
            "apns/a.pem vpp/a.vpptoken x509/rsa.pem",
            "x509/rsa.pem x509/other.pem",
            "--type APNsCertificate wrong/request.csr",
            "--type apnscertificate apns/app-push.pem",
            "--type DEPToken apns/a.pem",
            "--type VPPToken apns/a.key",
        ]),
    );
}

#[test]
fn a_type_that_is_forced_is_the_one_that_is_read() {
    let ran = run(fixtures(), &["inspect", "--at", "2030-08-01", "--type", "X509Certificate", "apns/a.pem"], b"");
    ran.is(0).shows("an MDM push certificate, fit for type X509Certificate");
    assert!(!ran.out.contains("topic  "), "{}", ran.out);
    for wrong in ["DeclaredExpiry", "Certificate"] {
        run(fixtures(), &["inspect", "--type", wrong, "apns/a.pem"], b"").is(2).says("possible values");
    }
}

#[test]
fn json_has_the_facts_and_what_is_due() {
    let json = |line: &str| {
        let line = format!("inspect -o json {line}");
        let ran = run(fixtures(), &line.split(' ').collect::<Vec<_>>(), b"fixture");
        (ran.code, serde_json::from_str::<Value>(&ran.out).unwrap(), ran.err)
    };
    let (code, found, err) = json("--at 2031-01-15 --password-file - apns/a.p12");
    assert_eq!((code, err.as_str()), (1, ""));
    assert_eq!(found["schemaVersion"], "lapsewatch.dev/inspect/v1");
    assert_eq!(found["files"], serde_json::json!(["apns/a.p12"]));
    assert_eq!(
        (&found["type"], &found["state"], &found["severity"]),
        (&"APNsCertificate".into(), &"Expired".into(), &"Critical".into())
    );
    assert_eq!(found["credential"]["keys"], serde_json::json!({"credential": "a.p12", "privateKey": "a.p12"}));
    assert_eq!(found["credential"]["notAfter"], "2031-01-01T00:00:00Z");
    assert_eq!(found["notifications"][0]["reason"], "Expired");
    assert!(found["notifications"][0]["remedy"].as_str().unwrap().starts_with("renew it before 2031-01-31"));

    let (code, found, err) = json("apns/a.key nowhere.pem");
    assert_eq!(code, 2);
    assert_eq!(found["failure"]["reason"], "WrongFile");
    assert_eq!(found["errors"], serde_json::json!(["nowhere.pem: there is no such file"]));
    assert_eq!(err.lines().count(), 2, "{err}");
    assert!(found.get("type").is_none());

    let (_, found, _) = json("--at 2030-08-01 apns/a.pem apns/a.encrypted.key vpp/a.random");
    assert_eq!(
        (&found["privateKeyNeedsPassword"], &found["notNeeded"]),
        (&true.into(), &serde_json::json!(["a.random"]))
    );
}

/// `inspect` of files and `check` of a manifest with the same files report the same warnings.
#[test]
fn what_is_due_is_what_check_says() {
    for (files, name) in
        [(&["apns/a.pem", "apns/a.key"][..], "apns"), (&["vpp/a.vpptoken"], "vpp"), (&["symantec/a.pem"], "windows")]
    {
        let mut new = vec!["new", "--at", "2030-08-01", "--tenant", "acme"];
        files.iter().for_each(|file| new.extend(["--file", file]));
        let manifests = run(fixtures(), &new, b"").out;
        for at in ["2030-08-01", "2030-12-20", "2031-01-15", "2031-03-01"] {
            let checked = run(fixtures(), &["check", "--at", at, "-"], manifests.as_bytes());
            let looked = run(fixtures(), &[&["inspect", "--at", at], files].concat(), b"");
            assert_eq!(checked.code, looked.code, "{name} {at}\n{}\n{}", checked.out, looked.out);
            let state = looked.out.lines().find_map(|line| line.trim().strip_prefix("state")).unwrap();
            let state = state.trim().split([' ', ':']).next().unwrap();
            checked.shows(&format!("acme-{name}")).shows(&format!("  {state} "));
        }
    }
}
