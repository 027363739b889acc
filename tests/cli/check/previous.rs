//! Tests `check --previous`: changes between two states of the manifests, and credentials that can't be compared.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::check::{Ran, check, credential, declared, folder, secret};

/// Returns a Secret whose keys contain these fixtures.
fn holding(name: &str, files: &[(&str, &str)]) -> String {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let value = |file| format!("{:?}", fs::read_to_string(fixtures.join(file)).unwrap());
    let values: Vec<String> = files.iter().map(|(key, file)| format!("  {key}: {}", value(*file))).collect();
    secret(name, &format!("stringData:\n{}", values.join("\n")))
}

fn apns(certificate: &str, key: &str) -> String {
    let secret = holding("acme-apns", &[("push.pem", certificate), ("push.key", key)]);
    format!("{}---\n{secret}", credential("acme-apns", "APNsCertificate", "acme-apns"))
}

fn both(base: &str, head: &str) -> TempDir {
    folder(&[("base/one.yaml", base), ("head/one.yaml", head)])
}

/// Runs `check` on `head` with `base` as the previous state.
fn compared(base: &str, head: &str) -> Ran {
    check(both(base, head).path(), &["--at", "2030-12-02", "--previous", "base", "head"], b"")
}

#[test]
fn another_topic_is_found_across_a_merge_request() {
    let (before, after) = (apns("apns/a.pem", "apns/a.key"), apns("apns/b.pem", "apns/b.key"));
    let alone = check(both(&before, &after).path(), &["--at", "2030-12-02", "head"], b"");
    alone.is(0, "checked 1, skipped 0");
    let ran = compared(&before, &after);
    ran.is(1, "checked 1, skipped 0");
    let out = ran.out.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in [
        "Critical IdentityChanged",
        "has another topic: expected \"com.apple.mgmt.External.11111111",
        "acme/acme-apns (changed) IdentityChanged",
    ] {
        assert!(out.contains(part), "{part}\n{}", ran.out);
    }
}

#[test]
fn a_renewal_is_said_and_passes_and_one_that_went_backwards_does_not() {
    let (older, newer) = (apns("apns/a.pem", "apns/a.key"), apns("apns/a-renewed.pem", "apns/a.key"));
    let ran = compared(&older, &newer);
    ran.is(0, "checked 1, skipped 0");
    let renewed = "  Renewed\n    the APNs certificate was renewed: it expires at 2031-12-01T00:00:00Z instead of\n      2031-01-01T00:00:00Z";
    assert!(ran.out.contains(renewed), "{}", ran.out);
    let ran = compared(&newer, &older);
    assert!(ran.out.contains("WentBackwards") && ran.out.contains("was replaced by an older one"), "{}", ran.out);
    let dep = |file| format!("{}---\n{}", credential("dep", "DEPToken", "dep"), holding("dep", &[("token", file)]));
    compared(&dep("dep/renewed.json"), &dep("dep/a.json")).is(1, "checked 1, skipped 0");
    let folder = both(&older, &newer);
    let ran = check(folder.path(), &["--at", "2030-12-02", "-o", "markdown", "--previous", "base", "head"], b"");
    assert!(ran.out.contains("**Changed: 1**") && ran.out.contains("acme/acme-apns: Renewed: the APNs"), "{}", ran.out);
    let same = compared(&newer, &newer);
    same.is(0, "checked 1, skipped 0");
    assert!(!same.out.contains("changed"), "{}", same.out);
}

#[test]
fn a_status_before_counts_where_the_secret_was_not_given() {
    let status = "status:\n  acceptedIdentity: com.apple.mgmt.External.11111111-2222-3333-4444-555555555555\n  credential: {identity: com.apple.mgmt.External.11111111-2222-3333-4444-555555555555, expiry: Known, keyMatch: Matches}\n";
    let before = format!("{}{status}", credential("acme-apns", "APNsCertificate", "acme-apns"));
    let ran = compared(&before, &apns("apns/b.pem", "apns/b.key"));
    ran.is(1, "checked 1, skipped 0");
    assert!(ran.out.contains("Critical IdentityChanged"), "{}", ran.out);
    // The previous state can be the output of `kubectl get -o yaml` on the standard input.
    let folder = folder(&[("head/one.yaml", &apns("apns/b.pem", "apns/b.key"))]);
    let ran = check(folder.path(), &["--at", "2030-12-02", "--previous", "-", "head"], before.as_bytes());
    ran.is(1, "checked 1, skipped 0");
}

#[test]
fn a_pin_in_the_same_merge_request_accepts_the_new_identity() {
    let pinned = apns("apns/b.pem", "apns/b.key").replace(
        "secretRef: {name: acme-apns}",
        "secretRef: {name: acme-apns}, expectedIdentities: [com.apple.mgmt.External.99999999-8888-7777-6666-555555555555]",
    );
    let ran = compared(&apns("apns/a.pem", "apns/a.key"), &pinned);
    ran.is(0, "checked 1, skipped 0");
    assert!(ran.out.contains("  IdentityAccepted\n"), "{}", ran.out);
}

#[test]
fn what_the_api_server_would_refuse_of_the_change_and_what_is_gone_are_told() {
    let vpp = format!("{}---\n{}", credential("acme-apns", "VPPToken", "acme-apns"), declared("kept"));
    let ran = compared(&apns("apns/a.pem", "apns/a.key"), &vpp);
    ran.is(2, "checked 1, skipped 0");
    ran.says("error: head/one.yaml:1: TenantCredential acme/acme-apns: spec.type: type is immutable: create another TenantCredential");
    let ran = compared(&format!("{}---\n{}", declared("kept"), declared("gone")), &declared("kept"));
    ran.is(0, "checked 1, skipped 0");
    ran.says("removed base/one.yaml:6: TenantCredential acme/gone: it is not in what was given now");
}

#[test]
fn what_is_gone_is_in_the_json_and_the_field_is_missing_where_nothing_is() {
    let base = format!("{}---\n{}", declared("kept"), declared("gone"));
    let json = |head: &str| -> serde_json::Value {
        let folder = both(&base, head);
        let ran = check(folder.path(), &["--at", "2030-01-01", "-o", "json", "--previous", "base", "head"], b"");
        serde_json::from_str(&ran.out).unwrap()
    };
    let removed = &json(&declared("kept"))["removed"];
    let gone = &removed[0];
    assert_eq!(
        (&gone["namespace"], &gone["name"], &gone["origin"]["line"]),
        (&"acme".into(), &"gone".into(), &6.into())
    );
    assert_eq!((&gone["origin"]["file"], removed.as_array().map(Vec::len)), (&"base/one.yaml".into(), Some(1)));
    assert!(json(&base).get("removed").is_none());
}

/// An object that exists but can't be read is not reported as removed.
#[test]
fn what_is_encrypted_or_broken_now_is_not_said_to_be_removed() {
    let base = format!("{}---\n{}", declared("kept"), apns("apns/a.pem", "apns/a.key"));
    let sops = "sops: {mac: x}\n";
    let sealed = credential("acme-apns", "APNsCertificate", "\"ENC[x]\"") + sops;
    let unnamed = sealed.replace("acme-apns", "\"ENC[x]\"");
    let whole = "apiVersion: ENC[x]\nkind: ENC[x]\nsops: {mac: x}\n".to_owned();
    for head in [&sealed, &unnamed, &whole] {
        let ran = compared(&base, &format!("{}---\n{head}", declared("kept")));
        ran.is(0, "checked 1, skipped 1").says("encrypted with sops");
        assert!(!ran.err.contains("removed"), "{}", ran.err);
    }
    for head in ["kind: TenantCredential\n\tx: 1\n", "apiVersion: lapsewatch.dev/v2\nkind: TenantCredential\n"] {
        let ran = compared(&base, &format!("{}---\n{head}", declared("kept")));
        ran.is(2, "checked 1, skipped 0");
        assert!(!ran.err.contains("removed"), "{}", ran.err);
    }
    // An encrypted object with another name does not hide a removed object.
    let other = credential("other", "APNsCertificate", "\"ENC[x]\"") + sops;
    compared(&base, &format!("{}---\n{other}", declared("kept")))
        .says("removed base/one.yaml:6: TenantCredential acme/acme-apns: it is not in what was given now");
}

#[test]
fn the_state_before_must_be_there_but_may_be_broken() {
    let folder = folder(&[
        ("head/one.yaml", &declared("a")),
        ("base/one.yaml", "kind: [\n"),
        ("bad/one.yaml", &credential("a", "Passkey", "a")),
    ]);
    let run =
        |previous: &str, paths: &str| check(folder.path(), &["--at", "2030-01-01", "--previous", previous, paths], b"");
    run("nowhere", "head").is(2, "checked 1, skipped 0").says("error: nowhere: there is no such file or folder");
    run("base", "head").is(0, "checked 1, skipped 0");
    run("bad", "head")
        .is(0, "checked 1, skipped 0")
        .says("passed over bad/one.yaml:1: TenantCredential acme/a: spec.type");
    run("-", "-").is(2, "checked 0, skipped 0").says("standard input: it can be read once");
}

/// Returns previous states in which the credential can exist but can't be read, each with the reported reason.
fn unseen() -> Vec<(&'static str, String)> {
    let plain = apns("apns/a.pem", "apns/a.key");
    let object = credential("acme-apns", "APNsCertificate", "acme-apns");
    let encrypted = "data: {push.pem: \"ENC[AES256_GCM,data:x]\"}\nsops: {mac: x}";
    let external = "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: acme-apns, namespace: acme}\nspec: {}\n";
    let sealed = "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: acme-apns, namespace: acme}\nspec: {}\n";
    let sops = "sops: {mac: x}\n";
    let renamed = plain.replacen(
        "TenantCredential\nmetadata: {name: acme-apns",
        "TenantCredential\nmetadata: {name: \"ENC[x]\"",
        1,
    );
    vec![
        ("Secret acme-apns is encrypted with sops", format!("{object}---\n{}", secret("acme-apns", encrypted))),
        ("Secret acme-apns is made by ExternalSecret acme-apns", format!("{object}---\n{external}")),
        ("Secret acme-apns is made by SealedSecret acme-apns", format!("{object}---\n{sealed}")),
        ("Secret acme-apns is not among what was given", object.clone()),
        (
            "key push.pem holds plain text",
            format!("{object}---\n{}", secret("acme-apns", "stringData: {push.pem: hello}")),
        ),
        (
            "Secret acme-apns can't be decoded",
            format!("{object}---\n{}", secret("acme-apns", "data: {push.pem: \"!\"}")),
        ),
        ("an object there that sops has encrypted may be this one", renamed.replacen("---", &format!("{sops}---"), 1)),
        (
            "an object there that sops has encrypted may be this one",
            "apiVersion: ENC[x]\nkind: ENC[x]\nmetadata: {name: \"ENC[y]\", namespace: \"ENC[z]\"}\nsops: {mac: x}\n"
                .to_owned(),
        ),
        ("base/one.yaml:2: found", "kind: TenantCredential\n\tx: 1\n".to_owned()),
        ("lapsewatch.dev/v2 is no version", plain.replace("lapsewatch.dev/v1alpha1", "lapsewatch.dev/v2")),
        ("unknown field \"spec.secretReff\"", plain.replace("secretRef", "secretReff")),
    ]
}

#[test]
fn a_credential_that_could_not_be_compared_is_told_and_does_not_pass() {
    let head = apns("apns/b.pem", "apns/b.key");
    for (why, base) in unseen() {
        let ran = compared(&base, &head);
        ran.is(2, "checked 1, skipped 0")
            .says("not compared head/one.yaml:1: TenantCredential acme/acme-apns: the credential was not compared with the previous state (--previous)")
            .says(why);
        for format in ["json", "junit", "sarif", "github", "markdown"] {
            let args = ["--at", "2030-12-02", "--fail-on", "critical", "-o", format, "--previous", "base", "head"];
            let ran = check(both(&base, &head).path(), &args, b"");
            assert_eq!(ran.code, 2, "{format}: {why}");
            assert!(
                ran.out.contains("the credential was not compared with the previous state (--previous)"),
                "{format}: {}",
                ran.out
            );
        }
    }
    let (_, base) = unseen().remove(0);
    let ran =
        check(both(&base, &head).path(), &["--at", "2030-12-02", "-o", "json", "--previous", "base", "head"], b"");
    let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let first = &json["notCompared"][0];
    assert_eq!((&first["name"], &first["origin"]["file"]), (&"acme-apns".into(), &"head/one.yaml".into()));
    assert_eq!((&json["summary"]["notCompared"], &json["summary"]["exitCode"]), (&1.into(), &2.into()));
}

/// A pin replaces the comparison, and without an identity the comparison could not detect a change.
#[test]
fn where_other_evidence_stands_for_it_what_could_not_be_compared_is_told_and_passes() {
    let pin = |identity: &str| format!("secretRef: {{name: acme-apns}}, expectedIdentities: [{identity}]");
    let pinned =
        |identity: &str| apns("apns/b.pem", "apns/b.key").replace("secretRef: {name: acme-apns}", &pin(identity));
    let own = pinned("com.apple.mgmt.External.99999999-8888-7777-6666-555555555555");
    for (why, base) in unseen() {
        let ran = compared(&base, &own);
        ran.is(0, "checked 1, skipped 0")
            .says("passed over head/one.yaml:1: TenantCredential acme/acme-apns: the credential was not");
        assert!(!ran.err.contains("\nnot compared") && ran.err.contains(why), "{}", ran.err);
    }
    let (_, base) = unseen().remove(0);
    compared(&base, &pinned("com.apple.mgmt.External.11111111-2222-3333-4444-555555555555"))
        .is(2, "checked 1, skipped 0");
    // An X.509 certificate has no identity, and a DeclaredExpiry has no previous credential to compare.
    let web =
        format!("{}---\n{}", credential("web", "X509Certificate", "web"), holding("web", &[("tls.crt", "apns/a.pem")]));
    let ran = compared(&credential("web", "X509Certificate", "web"), &web);
    ran.is(0, "checked 1, skipped 0")
        .says("passed over head/one.yaml:1: TenantCredential acme/web: the credential was not compared");
    let broken = "kind: TenantCredential\n\tx: 1\n";
    assert!(!compared(broken, &declared("contract")).err.contains("compared"));
}

#[test]
fn what_is_new_or_known_by_its_status_is_not_called_not_compared() {
    let new = apns("apns/b.pem", "apns/b.key");
    let quiet = |base: &str, head: &str| {
        let ran = compared(base, head);
        assert!(!ran.err.contains("not compared"), "{}", ran.err);
    };
    quiet(&declared("kept"), &format!("{}---\n{new}", declared("kept")));
    // An object that is encrypted in both states is not the new object. Nor is an object of another namespace.
    let sealed =
        "---\napiVersion: ENC[x]\nkind: ENC[x]\nmetadata: {name: \"ENC[y]\", namespace: \"ENC[z]\"}\nsops: {mac: x}\n";
    quiet(&format!("{}{sealed}", declared("kept")), &format!("{}---\n{new}{sealed}", declared("kept")));
    let elsewhere = sealed.replace("\"ENC[z]\"", "other");
    quiet(&format!("{}{elsewhere}", declared("kept")), &format!("{}---\n{new}", declared("kept")));
    // If the object is encrypted in both states, the message about the skipped object is sufficient.
    let (_, base) = unseen().remove(0);
    let ran = compared(&base, &format!("{base}---\n{}", declared("fine")));
    ran.is(0, "checked 1, skipped 1");
    assert!(!ran.err.contains("not compared"), "{}", ran.err);
    // The status in the previous state contains the accepted identity, so the comparison needs no Secret.
    let status = "status: {acceptedIdentity: com.apple.mgmt.External.11111111-2222-3333-4444-555555555555}\n";
    let ran = compared(&format!("{}{status}", credential("acme-apns", "APNsCertificate", "acme-apns")), &new);
    ran.is(1, "checked 1, skipped 0");
    assert!(ran.out.contains("Critical IdentityChanged") && !ran.err.contains("not compared"), "{}", ran.out);
}

#[test]
fn a_state_before_without_any_credential_is_told() {
    let folder = folder(&[("head/one.yaml", &apns("apns/b.pem", "apns/b.key")), ("base/readme.md", "nothing")]);
    let ran = check(folder.path(), &["--at", "2030-12-02", "--previous", "base", "head"], b"");
    ran.is(0, "checked 1, skipped 0")
        .says("note: base: --previous contains no TenantCredential, so nothing was compared\n");
    let ran = check(folder.path(), &["--at", "2030-12-02", "-o", "json", "--previous", "base", "head"], b"");
    let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(json["notes"][0]["origin"]["file"], "base", "{}", ran.out);
}
