//! Tests objects that sops encrypted in part or in a list. Readable fields are assessed, and encrypted fields cause no
//! verdict.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::check::{check, credential, declared, folder, of, secret};

const SOPS: &str = "sops: {mac: \"ENC[AES256_GCM,data:x]\", version: 3.9.0}\n";
const ENC: &str = "\"ENC[AES256_GCM,data:x,iv:x,tag:x,type:str]\"";

fn fixture(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    format!("{:?}", fs::read_to_string(path).unwrap())
}

fn tenant(spec: &str, more: &str) -> String {
    format!(
        "apiVersion: lapsewatch.dev/v1alpha1\nkind: MDMTenant\nmetadata: {{name: acme-prod, namespace: acme}}\nspec: {spec}\n{more}---\n"
    )
}

/// Returns a DeclaredExpiry of tenant "acme-prod" that expires 40 days after the date of the run.
fn contract(more: &str) -> String {
    format!(
        "apiVersion: lapsewatch.dev/v1alpha1\nkind: TenantCredential\nmetadata: {{name: contract, namespace: acme}}\nspec: {{type: DeclaredExpiry, expirationTime: \"2030-02-10T00:00:00Z\", tenantRef: {{name: acme-prod}}{more}}}\n"
    )
}

#[test]
fn of_a_tenant_of_which_only_words_are_encrypted_the_days_hold() {
    let days = "{warnBeforeDays: {DeclaredExpiry: [60]}, supportAccount: \"ENC[x]\", owner: {contact: \"ENC[x]\", account: a@acme.example}}";
    let ran = of(&(tenant(days, SOPS) + &contract("")));
    ran.is(1, "checked 1, skipped 0; 1 tenant");
    assert!(ran.out.contains("Warning ExpiresWithin60Days") && !ran.out.contains("ENC["), "{}", ran.out);
    for field in ["spec.owner.contact", "spec.supportAccount"] {
        let what = "is encrypted with sops: it is judged without that";
        ran.says(&format!("passed over ./one.yaml:1: MDMTenant acme/acme-prod: {field} {what}\n"));
    }
}

#[test]
fn a_credential_whose_days_are_encrypted_with_its_tenant_is_skipped_and_not_judged_by_others() {
    let sealed = tenant("{warnBeforeDays: {DeclaredExpiry: [\"ENC[x]\"]}}", SOPS);
    let unnamed = sealed.replace("name: acme-prod", &format!("name: {ENC}"));
    let why = "TenantCredential acme/contract: its warning days are those of MDMTenant acme-prod, which is encrypted with sops\n";
    for sealed in [&sealed, &unnamed] {
        let ran = of(&[sealed, &contract(""), "---\n", &declared("fine")].concat());
        ran.is(0, "checked 1, skipped 2").says(why);
        // Warning days of the credential itself do not depend on the tenant.
        let own = of(&[sealed, &*contract(", warnBeforeDays: [60]")].concat());
        own.is(1, "checked 1, skipped 1");
    }
    // An encrypted tenant of another namespace is a different tenant.
    let other = sealed.replace("namespace: acme", "namespace: other");
    of(&[other, contract("")].concat()).is(0, "checked 1, skipped 1");
}

#[test]
fn nothing_encrypted_makes_a_required_credential_a_missing_one() {
    let required = tenant("{requiredCredentials: [VPPToken]}", "");
    let of_tenant =
        credential("vpp", "VPPToken", ENC).replace("spec: {", "spec: {tenantRef: {name: acme-prod}, ") + SOPS;
    let hidden = |what: &str| of_tenant.replace(what, ENC);
    let whole = format!("apiVersion: {ENC}\nkind: {ENC}\nmetadata: {{name: {ENC}, namespace: {ENC}}}\n{SOPS}");
    let nameless = whole.replace(&format!("{{name: {ENC}, namespace: {ENC}}}"), "{}");
    for sealed in [&of_tenant, &hidden("acme-prod"), &hidden("VPPToken"), &hidden("vpp"), &whole, &nameless] {
        let ran = of(&[&required, sealed.as_str(), "---\n", &declared("fine")].concat());
        ran.is(0, "checked 1, skipped 1; 1 tenant");
        assert!(!ran.out.contains("MissingCredential"), "{}", ran.out);
    }
    // The tenant counts the encrypted credential.
    let folder_of = folder(&[("one.yaml", &[&required, of_tenant.as_str(), "---\n", &declared("fine")].concat())]);
    let ran = check(folder_of.path(), &["--at", "2030-01-01", "-o", "json", "."], b"");
    let json: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(json["tenants"][0]["credentials"]["total"], 1, "{}", ran.out);
    of(&[&required, whole.as_str()].concat()).is(2, "checked 0, skipped 1; 1 tenant");
    // A credential of another type, tenant or namespace does not satisfy the requirement.
    for other in [
        of_tenant.replace("VPPToken", "DEPToken"),
        of_tenant.replace("acme-prod", "acme-qa"),
        of_tenant.replace("namespace: acme", "namespace: other"),
    ] {
        let ran = of(&[&required, other.as_str(), "---\n", &declared("fine")].concat());
        ran.is(1, "checked 1, skipped 1; 1 tenant");
        assert!(ran.out.contains("Warning MissingCredential"), "{}", ran.out);
    }
}

#[test]
fn what_is_in_a_list_that_sops_has_written_is_encrypted() {
    let item = |object: &str| format!("- {}\n", object.trim_end().replace('\n', "\n  "));
    for fields in ["data: {token: \"ENC[x]\"}", "stringData: {token: \"ENC[x]\"}"] {
        let items = item(&credential("c", "VPPToken", "s")) + &item(&secret("s", fields));
        let list = format!("apiVersion: v1\nkind: List\nitems:\n{items}{SOPS}");
        let ran = of(&[declared("fine"), list].join("---\n"));
        ran.is(0, "checked 1, skipped 1")
            .says("TenantCredential acme/c: Secret s is encrypted with sops: give it decrypted\n");
    }
    let items = item(&credential("c", ENC, "s"));
    let list = format!("apiVersion: v1\nkind: List\nitems:\n{items}{SOPS}");
    of(&[declared("fine"), list].join("---\n"))
        .is(0, "checked 1, skipped 1")
        .says("TenantCredential acme/c: it is encrypted with sops: give it decrypted\n");
}

fn apns(fields: &str, secret_ref: &str) -> String {
    let tenant = credential("c", "APNsCertificate", "s").replace("{name: s}", &format!("{{name: s{secret_ref}}}"));
    [tenant, secret("s", fields)].join("---\n") + SOPS
}

#[test]
fn what_sops_has_left_plain_of_a_secret_is_read() {
    let pem = fixture("apns/a.pem");
    let at = |text: &str, day: &str| {
        let folder = folder(&[("one.yaml", text)]);
        check(folder.path(), &["--at", day, "-o", "json", "."], b"")
    };
    let none = apns(&format!("stringData: {{push.pem: {pem}}}"), "");
    let key = apns(&format!("stringData: {{push.pem: {pem}, push.key: {ENC}}}"), "");
    let named = apns(
        &format!("stringData: {{push.pem: {pem}, push.key: {ENC}, pass: {ENC}}}"),
        ", key: push.pem, privateKeyKey: push.key, passwordKey: pass",
    );
    for text in [&none, &key, &named] {
        at(text, "2030-06-01").says("checked 1, skipped 0");
        let ran = at(text, "2030-12-20");
        assert_eq!(ran.code, 1, "{}", ran.err);
    }
    let ran = at(&key, "2030-06-01");
    ran.says("passed over ./one.yaml:6: Secret acme/s: encrypted with sops, it is judged without: push.key\n");
    let json: Value = serde_json::from_str(&ran.out).unwrap();
    let credential = &json["credentials"][0]["credential"];
    assert_eq!(
        (&credential["keyMatch"], &credential["keys"]["privateKey"]),
        (&"KeyUnreadable".into(), &"push.key".into())
    );
    // The readable private key belongs to another certificate. The encrypted private key can be the matching key.
    let other = fixture("apns/other.key");
    let both = apns(&format!("stringData: {{push.pem: {pem}, other.key: {other}, push.key: {ENC}}}"), "");
    assert_eq!(at(&both, "2030-06-01").code, 0);
    let wrong = both.replace("{name: s}", "{name: s, privateKeyKey: other.key}");
    assert_eq!(at(&wrong, "2030-06-01").code, 1);
}

#[test]
fn where_what_is_needed_of_a_secret_is_encrypted_the_credential_is_skipped() {
    let pem = fixture("apns/a.pem");
    let fine = declared("fine");
    for (fields, secret_ref) in [
        (format!("stringData: {{push.pem: {ENC}, note: hello}}"), ""),
        (format!("stringData: {{push.pem: {ENC}, other.pem: {pem}}}"), ", key: push.pem"),
        // `stringData` overrides the readable value of the same key in `data`.
        (format!("data: {{push.pem: aGVsbG8=, note: aGVsbG8=}}\nstringData: {{push.pem: {ENC}}}"), ""),
    ] {
        let ran = of(&[apns(&fields, secret_ref), fine.clone()].join("---\n"));
        ran.is(0, "checked 1, skipped 1")
            .says("TenantCredential acme/c: what is needed of Secret s is encrypted with sops: give it decrypted\n");
    }
    // The selected key is readable and contains the wrong file, so the credential is not skipped.
    let ran =
        of(&[apns(&format!("stringData: {{push.pem: hello, push.key: {ENC}}}"), ", key: push.pem"), fine]
            .join("---\n"));
    ran.is(2, "checked 2, skipped 0");
    assert!(ran.out.contains("Warning WrongFile"), "{}", ran.out);
}
