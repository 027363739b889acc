//! Tests `verify --previous` with manifests, either of a base branch or from a cluster.

use serde_json::{Value, json};

use crate::verify::{Ran, fixtures, verify};

const TOPIC: &str = "com.apple.mgmt.External.11111111-2222-3333-4444-555555555555";
const OTHER: &str = "com.apple.mgmt.External.99999999-8888-7777-6666-555555555555";

fn credential(name: &str, type_: &str, more: &Value) -> Value {
    let mut object = json!({"apiVersion": "lapsewatch.dev/v1alpha1", "kind": "TenantCredential",
        "metadata": {"name": name, "namespace": "acme"}, "spec": {"type": type_, "secretRef": {"name": name}}});
    for (field, value) in more.as_object().unwrap() {
        object[field.as_str()] = match (&object[field.as_str()], value) {
            (Value::Object(own), Value::Object(more)) => own.clone().into_iter().chain(more.clone()).collect(),
            (_, value) => value.clone(),
        };
    }
    object
}

fn secret(name: &str, files: &[(&str, &str)]) -> Value {
    let data: serde_json::Map<String, Value> = files
        .iter()
        .map(|(key, file)| ((*key).to_owned(), std::fs::read_to_string(fixtures().join(file)).unwrap().into()))
        .collect();
    json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": "acme"}, "stringData": data})
}

fn acme(more: &Value) -> [Value; 2] {
    let files = [("push.pem", "apns/a.pem"), ("push.key", "apns/a.key")];
    [credential("acme", "APNsCertificate", more), secret("acme", &files)]
}

/// Runs `verify` with the arguments `line` and with these objects on the standard input.
fn run(line: &str, objects: &[Value]) -> Ran {
    let list = json!({"apiVersion": "v1", "kind": "List", "items": objects});
    let mut args: Vec<&str> = line.split_whitespace().collect();
    args.extend(["--previous", "-", "--at", "2030-12-02"]);
    verify(&args, &list.to_string())
}

#[test]
fn the_only_object_need_not_be_named_and_its_secret_has_the_key() {
    let ran = run("--file apns/a-renewed.pem", &acme(&json!({})));
    ran.is(0, "same topic, 334 days later, key fits: safe to apply");
    ran.says("acme/acme (APNsCertificate)").says("a-renewed.pem stands for key push.pem of Secret acme");
    run("--file apns/b.pem --file apns/b.key tcred/acme -n acme", &acme(&json!({})))
        .is(1, "STOP: another topic; every device would have to enroll again")
        .says("b.key stands for key push.key of Secret acme");
    run("--file apns/a-renewed.pem --file apns/other.key", &acme(&json!({})))
        .is(1, "STOP: the private key does not belong to the certificate");
}

#[test]
fn a_pin_accepts_another_identity_and_says_what_it_costs() {
    let pinned = json!({"spec": {"expectedIdentities": [TOPIC, OTHER]}});
    run("--file apns/b.pem --file apns/b.key", &acme(&pinned))
        .is(0, "another topic, which spec.expectedIdentities names, 151 days later, key fits: safe to apply")
        .says("note IdentityAccepted")
        .says("an enrolled device can't change its topic");
    // If no credential is in place, only a pin defines the expected identity.
    let first = |pins: &[&str]| {
        let spec = if pins.is_empty() { json!({}) } else { json!({"expectedIdentities": pins}) };
        run("--file apns/b.pem", &[credential("acme", "APNsCertificate", &json!({"spec": spec}))])
    };
    first(&[OTHER]).is(
        0,
        "the topic that spec.expectedIdentities names, expires 2031-06-01T00:00:00Z, no key beside it: safe to apply",
    );
    first(&[TOPIC]).is(1, "STOP: another topic; every device would have to enroll again");
    first(&[]).is(2, "could not tell: nothing is known of what is in place, so that there is nothing to compare with");
}

#[test]
fn a_status_counts_as_what_is_in_place_where_the_secret_is_not_given() {
    let full = run("--file apns/a.pem -o json", &acme(&json!({}))).json();
    let status = json!({"status": {"credential": full["new"], "acceptedIdentity": TOPIC,
        "newest": {"fingerprint": full["new"]["fingerprint"], "notBefore": full["new"]["notBefore"], "notAfter": full["new"]["notAfter"]}}});
    let object = [credential("acme", "APNsCertificate", &status)];
    run("--file apns/a-renewed.pem --file apns/a.key", &object)
        .is(0, "same topic, 334 days later, key fits: safe to apply")
        .says("Secret acme could not be read (it is not among what --previous gives)")
        .says("a-renewed.pem stands for key push.pem");
    run("--file apns/a-renewed.pem", &object)
        .is(2, "could not tell: no private key was given or seen, so that the one in use may be the wrong one");
    run("--file apns/b.pem", &object).is(1, "STOP: another topic; every device would have to enroll again");
}

#[test]
fn who_holds_it_already_is_told() {
    let vpp =
        |name: &str, file: &str, more: &Value| [credential(name, "VPPToken", more), secret(name, &[("token", file)])];
    let others = [vpp("acme", "vpp/a.vpptoken", &json!({})), vpp("qa", "vpp/b.vpptoken", &json!({}))].concat();
    let ran = run("--file vpp/b.vpptoken acme", &others);
    assert!(ran.code == 1 && ran.first().contains("is also held by qa"), "{}", ran.out);
    ran.says("STOP").says("spec.vppToken.override: Enabled");
    let claimed = json!({"spec": {"vppToken": {"override": "Enabled"}}});
    let others = [vpp("acme", "vpp/a.vpptoken", &claimed), vpp("qa", "vpp/b.vpptoken", &json!({}))].concat();
    run("--file vpp/b.vpptoken acme", &others)
        .is(0, "same organization, same expiry: safe to apply; it is within its warning days already")
        .says("note ControlAssumed");
}

#[test]
fn what_is_meant_must_be_there_and_be_the_only_one() {
    let two = [credential("a", "VPPToken", &json!({})), credential("b", "VPPToken", &json!({}))];
    run("--file vpp/a.vpptoken", &two).is(
        2,
        "could not tell: --previous gives several TenantCredentials: name one, and with -n its namespace, of acme/a, acme/b",
    );
    run("--file vpp/a.vpptoken c", &two)
        .is(2, "could not tell: there is no TenantCredential c in what --previous gives");
    run("--file vpp/a.vpptoken a -n other", &two)
        .is(2, "could not tell: there is no TenantCredential a in what --previous gives");
    let broken = [credential("a", "Passkey", &json!({}))];
    let ran = run("--file vpp/a.vpptoken a", &broken);
    assert!(ran.code == 2 && ran.first().contains("in what --previous gives, but standard input"), "{}", ran.out);
    let declared = json!({"apiVersion": "lapsewatch.dev/v1alpha1", "kind": "TenantCredential", "metadata": {"name": "a"},
        "spec": {"type": "DeclaredExpiry", "expirationTime": "2031-01-01T00:00:00Z"}});
    let ran = run("--file apns/a.pem", &[declared]);
    assert!(ran.code == 2 && ran.first().contains("a DeclaredExpiry is a date"), "{}", ran.out);
}

#[test]
fn a_file_of_another_type_is_stopped_and_named() {
    let dep = [credential("acme", "DEPToken", &json!({})), secret("acme", &[("token", "dep/a.json")])];
    let ran = run("--file vpp/a.vpptoken", &dep);
    assert!(ran.code == 1 && ran.first().starts_with("STOP: key token holds a VPP content token"), "{}", ran.out);
}

#[test]
fn the_tenant_gives_its_days_and_what_a_secret_names_is_held_to() {
    let tenant = json!({"apiVersion": "lapsewatch.dev/v1alpha1", "kind": "MDMTenant", "metadata": {"name": "t", "namespace": "acme"},
        "spec": {"warnBeforeDays": {"APNsCertificate": [365]}}});
    let [object, secret] = acme(&json!({"spec": {"tenantRef": {"name": "t"}}}));
    run("--file apns/a-renewed.pem", &[tenant, object, secret])
        .is(0, "same topic, 334 days later, key fits: safe to apply; it is within its warning days already")
        .says("note ExpiresWithin365Days");
    let named = json!({"spec": {"secretRef": {"name": "acme", "key": "push.pem", "passwordKey": "password"}}});
    let [object, secret] = acme(&named);
    run("--file apns/a-renewed.pem", &[object, secret]).is(
        1,
        "STOP: the Secret has no key password, which spec.secretRef.passwordKey names; its keys are push.key and push.pem",
    );
}

#[test]
fn what_sops_has_encrypted_is_not_seen_and_said() {
    let sops = json!({"mac": "ENC[x]"});
    let tenant = json!({"apiVersion": "lapsewatch.dev/v1alpha1", "kind": "MDMTenant", "metadata": {"name": "t", "namespace": "acme"},
        "spec": {"warnBeforeDays": {"APNsCertificate": ["ENC[x]"]}}, "sops": sops});
    let [object, mut secret] = acme(&json!({"spec": {"tenantRef": {"name": "t"}}}));
    secret["stringData"]["push.key"] = "ENC[x]".into();
    secret["sops"] = sops;
    // The certificate in place can be read, but its encrypted private key can't be compared with the new certificate.
    let ran = run("--file apns/a-renewed.pem --file apns/a.key", &[tenant.clone(), object.clone(), secret.clone()]);
    ran.is(0, "same topic, 334 days later, key fits: safe to apply");
    ran.says("MDMTenant t could not be read (it is encrypted with sops)");
    ran.says("Secret acme could not be read (it is encrypted with sops)");
    run("--file apns/b.pem", &[tenant, object, secret])
        .is(1, "STOP: another topic; every device would have to enroll again");
}

#[test]
fn what_could_not_be_read_beside_it_is_said() {
    let vpp = [credential("acme", "VPPToken", &json!({})), secret("acme", &[("token", "vpp/a.vpptoken")])];
    let ran = run("--file vpp/b.vpptoken acme", &vpp);
    assert!(!ran.out.contains("may hold the credential too"), "{}", ran.out);
    // The objects are a credential without its Secret, an encrypted credential, and a DEP token, which can't be the
    // same credential.
    let sops = json!({"mac": "x"});
    let mut sealed = credential("sealed", "VPPToken", &json!({}));
    sealed["metadata"]["labels"] = json!({});
    sealed["spec"]["secretRef"]["name"] = "ENC[x]".into();
    sealed["sops"] = sops;
    let others = [credential("qa", "VPPToken", &json!({})), credential("dep", "DEPToken", &json!({})), sealed];
    run("--file vpp/b.vpptoken acme", &[&vpp[..], &others].concat())
        .says("2 other TenantCredentials of this type could not be read and may contain the same credential.")
        .says("--previous: standard input:1 (items[4]): TenantCredential acme/sealed: it is encrypted with sops");
    let broken: Vec<Value> = (0..12).map(|n| credential(&format!("b{n}"), "Passkey", &json!({}))).collect();
    run("--file vpp/b.vpptoken acme", &[&vpp[..], &broken].concat())
        .says("TenantCredential acme/b1: ")
        .says("--previous: 2 more problems are left out here. lapsewatch check lists them.");
}
