//! Tests that `check` finds a credential that is used in several places before any manifest is applied.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::check::{Ran, check, folder};

/// Returns a VPP content token in the encoding of a Secret's data.
fn token(inner: &str) -> String {
    let inner = STANDARD.encode(inner.repeat(8));
    let json = format!(r#"{{"token":"{inner}","expDate":"2031-01-01T00:00:00+0000","orgName":"Acme"}}"#);
    STANDARD.encode(STANDARD.encode(json))
}

/// Returns the manifests of a TenantCredential and its Secret in `namespace`.
fn place(namespace: &str, name: &str, inner: &str, extra: &str) -> String {
    let token = token(inner);
    format!(
        "apiVersion: lapsewatch.dev/v1alpha1\nkind: TenantCredential\nmetadata: {{name: {name}, namespace: {namespace}}}\n\
         spec: {{type: VPPToken, secretRef: {{name: {name}}}{extra}}}\n---\n\
         apiVersion: v1\nkind: Secret\nmetadata: {{name: {name}, namespace: {namespace}}}\ndata: {{sToken: {token}}}\n---\n"
    )
}

const TENANT: &str = ", tenantRef: {name: acme-qa}";
const OVERRIDE: &str = ", vppToken: {override: Enabled}";

fn of(places: &[String]) -> Ran {
    let folder = folder(&[("one.yaml", &places.concat())]);
    check(folder.path(), &["--at", "2030-01-01", "."], b"")
}

/// Asserts that the output contains each of `parts`, regardless of line breaks.
fn prints(ran: &Ran, parts: &[&str]) {
    let text = ran.out.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in parts {
        assert!(text.contains(part), "{part:?} is not in {text}");
    }
}

#[test]
fn a_token_used_by_two_tenants_is_found_and_both_are_named() {
    let ran = of(&[place("prod", "apps", "same-token", ""), place("qa", "apps", "same-token", TENANT)]);
    ran.is(1, "checked 2, skipped 0");
    // The user provided all manifests, so `check` names the holders of other namespaces too.
    prints(
        &ran,
        &[
            "qa apps VPPToken Duplicate Warning",
            "prod apps VPPToken Valid Notice",
            "was here first, and is also held by qa/apps of tenant acme-qa stops",
            "is also held by prod/apps stops",
        ],
    );
}

/// A message names at most five holders and counts the others.
#[test]
fn where_more_hold_a_token_than_are_named_their_number_is_told() {
    let names = |count: usize| (0..count).map(|number| format!("holder-{number}")).collect::<Vec<_>>();
    let of_many = |count: usize| -> Vec<String> {
        names(count).iter().map(|name| place("mdm", name, "same-token", "")).collect()
    };
    // The oldest holder lists the five next younger holders. Each of the others lists the older holders.
    let ran = of(&of_many(8));
    ran.is(1, "checked 8, skipped 0");
    prints(
        &ran,
        &[
            "is also held by holder-1, holder-2, holder-3, holder-4, holder-5 and 2 others",
            "is also held by holder-0 and 6 others",
            "is also held by holder-3, holder-2, holder-1, holder-0 and 3 others",
            "is also held by holder-6, holder-5, holder-4, holder-3, holder-2 and 2 others",
        ],
    );
    let ran = of(&of_many(3));
    prints(
        &ran,
        &[
            "is also held by holder-1 and holder-2",
            "is also held by holder-0 and 1 other",
            "is also held by holder-1 and holder-0",
        ],
    );
    assert!(!of(&of_many(2)).out.contains("1 other"), "two holders name each other");
    // The JSON report marks an incomplete list, also if the other holders are in other namespaces.
    let folder = folder(&[(
        "one.yaml",
        &(of_many(1).concat() + &place("qa", "a", "same-token", "") + &place("qb", "a", "same-token", "")),
    )]);
    let ran = check(folder.path(), &["--at", "2030-01-01", "-o", "json", "."], b"");
    let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let more: Vec<bool> =
        json["credentials"].as_array().unwrap().iter().map(|one| one["moreDuplicates"] == true).collect();
    assert_eq!(more, [false, true, false], "{}", ran.out);
}

/// Certificates that are renewed in several places supersede the older certificate, and the same limit applies.
#[test]
fn where_more_hold_a_newer_certificate_than_are_named_their_number_is_told() {
    let fixtures = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/apns");
    let apns = |name: &str, file: &str| {
        let pem = format!("{:?}", std::fs::read_to_string(fixtures.join(file)).unwrap());
        let secret = crate::check::secret(name, &format!("stringData: {{push.pem: {pem}}}"));
        format!("{}---\n{secret}---\n", crate::check::credential(name, "APNsCertificate", name))
    };
    let mut all = vec![apns("a", "a.pem")];
    all.extend((0..7).map(|number| apns(&format!("new-{number}"), "a-renewed.pem")));
    let ran = of(&all);
    prints(&ran, &["is held by new-0, new-1, new-2, new-3, new-4 and 2 others"]);
}

#[test]
fn another_token_and_an_intended_override_are_fine() {
    of(&[place("prod", "apps", "same-token", ""), place("qa", "apps", "own-token.", "")]).is(0, "checked 2, skipped 0");
    let ran = of(&[place("prod", "apps", "same-token", OVERRIDE), place("qa", "apps", "same-token", "")]);
    ran.is(1, "checked 2, skipped 0");
    prints(&ran, &["qa apps VPPToken Duplicate Critical", "Critical ControlLost", "Notice ControlAssumed"]);
    let ran = of(&[place("prod", "apps", "same-token", OVERRIDE), place("qa", "apps", "same-token", OVERRIDE)]);
    ran.is(1, "checked 2, skipped 0");
    prints(&ran, &["Warning OverrideContested"]);
}

#[test]
fn one_whose_secret_is_not_given_still_holds_what_the_cluster_said() {
    let held = of(&[place("prod", "apps", "same-token", "")]);
    held.is(0, "checked 1, skipped 0");
    // The SHA-256 digest of the inner token.
    let fingerprint = "53a8937b770484c26f12af6694073f561b68ccab86a70d3ebe405ef7c59a8db7";
    let with = |also: &str| {
        format!(
            "apiVersion: lapsewatch.dev/v1alpha1\nkind: TenantCredential\nmetadata: {{name: old, namespace: live, creationTimestamp: \"2029-01-01T00:00:00Z\"}}\n\
         spec: {{type: VPPToken, secretRef: {{name: old}}}}\nstatus: {{credential: {{fingerprint: {fingerprint}, expiry: Known, keyMatch: NotApplicable}}{also}}}\n---\n"
        )
    };
    let ran = of(&[place("prod", "apps", "same-token", ""), with("")]);
    ran.is(1, "checked 1, skipped 1");
    prints(&ran, &["is also held by live/old"]);
    // If the stored status reports a missing Secret or Secret key, the object does not use a credential.
    for gone in [
        "conditions: [{type: Ready, status: \"False\", reason: SecretNotFound, lastTransitionTime: \"2029-02-01T00:00:00Z\"}]",
        "lastRead: {name: old, uid: a, resourceVersion: b, readerRevision: 1, failure: {reason: KeyNotFound, message: gone}}",
    ] {
        let ran = of(&[place("prod", "apps", "same-token", ""), with(&format!(", {gone}"))]);
        ran.is(0, "checked 1, skipped 1");
    }
}
