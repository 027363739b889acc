//! Tests the verdicts on credentials and the resulting exit codes.

use crate::check::{check, credential, declared, declared_until, examples, folder, of, pem, secret};

#[test]
fn the_examples_are_fine_as_they_stand() {
    // Other folders in examples/ can contain TenantCredentials without their Secrets.
    let ran = check(examples(), &["apns.yaml", "x509.yaml", "declared.yaml", "tenant.yaml"], b"");
    ran.is(0, "checked 5, skipped 0; 1 tenant");
    assert_eq!(ran.err, "");
    check(examples(), &["tenant.yaml"], b"").is(0, "checked 2, skipped 0; 1 tenant");
    // The complete folder includes the example of a shared token, and no object that the API server would refuse.
    let all = check(examples(), &["."], b"");
    assert_eq!(all.code, 1, "{}\n{}", all.out, all.err);
    assert!(!all.err.contains("error:"), "{}", all.err);
}

#[test]
fn the_example_of_the_override_says_who_assumes_control_and_who_lost_it() {
    let text = std::fs::read_to_string(examples().join("shared-token.yaml")).unwrap();
    let ran = of(&text);
    ran.is(1, "checked 2, skipped 0; 2 tenants");
    assert_eq!(ran.err, "");
    for part in [
        "globex/globex-vpp (VPPToken)\n  Notice ControlAssumed",
        "globex-trial/globex-vpp (VPPToken)\n  Critical ControlLost",
    ] {
        assert!(ran.out.contains(part), "{part}\n{}", ran.out);
    }
    // The comment in the example describes the result without the override.
    let without = of(&text.replace("  vppToken:\n    override: Enabled\n", ""));
    without.is(1, "checked 2, skipped 0; 2 tenants");
    assert!(
        without.out.contains("Notice SharedByOthers") && without.out.contains("Warning TokenInUse"),
        "{}",
        without.out
    );
}

#[test]
fn the_table_is_aligned_and_sorted() {
    let ran = check(examples(), &["--at", "2030-01-01", "x509.yaml", "declared.yaml", "apns.yaml"], b"");
    assert_eq!(
        ran.out,
        "\
NAMESPACE  NAME                    TYPE             STATE  SEVERITY  EXPIRES
acme       acme-apns               APNsCertificate  Valid  None      2036-01-01T00:00:00Z
acme       acme-developer-program  DeclaredExpiry   Valid  None      2036-06-01T00:00:00Z
acme       acme-scep               X509Certificate  Valid  None      2036-01-01T00:00:00Z

checked 3, skipped 0
"
    );
}

#[test]
fn at_each_instant_it_says_what_the_operator_would_say_then() {
    for (at, code, state, reason) in [
        ("2025-12-31T23:54:59Z", 0, "NotYetValid", "NotYetValid"),
        ("2035-11-01T23:59:59Z", 0, "Valid", ""),
        ("2035-11-02", 0, "Expiring  Notice", "ExpiresWithin60Days"),
        ("2035-12-02T00:00:00Z", 1, "Expiring  Warning", "ExpiresWithin30Days"),
        ("2035-12-25", 1, "Expiring  Critical", "ExpiresWithin7Days"),
        ("2035-12-31T19:00:00-05:00", 1, "Expiring  Critical", "ExpiresWithin1Days"),
        ("2036-01-01T00:00:01Z", 1, "Expired  Critical", "Expired"),
        ("2036-01-31", 1, "Expired  Critical", "GracePeriodOver"),
    ] {
        let ran = check(examples(), &["--at", at, "apns.yaml"], b"");
        ran.is(code, "checked 1, skipped 0");
        assert!(ran.out.contains(state) && ran.out.contains(reason), "{at}\n{}", ran.out);
    }
}

#[test]
fn a_block_says_what_stops_and_how_to_act_within_100_columns() {
    let ran = check(examples(), &["--at", "2035-12-10", "apns.yaml"], b"");
    let text: Vec<&str> = ran.out.split_whitespace().collect();
    let text = text.join(" ");
    for part in [
        "acme/acme-apns (APNsCertificate) Warning ExpiresWithin30Days the APNs certificate of tenant acme-prod expires at 2036-01-01T00:00:00Z",
        "stops then: existing devices stop reporting",
        "goes on then: users keep application features",
        "to do: renew it in Apple's push portal (identity.apple.com/pushcert) with the same Apple ID (mdm@acme.example)",
        "runbook: https://wiki.acme.example/mdm/renew-apns",
        "contact: #mobile-ops",
    ] {
        assert!(text.contains(part), "{part}\n{}", ran.out);
    }
    assert!(ran.out.lines().all(|line| line.chars().count() <= 100), "{}", ran.out);
}

#[test]
fn a_time_that_is_none_is_refused_with_its_form() {
    let ran = check(examples(), &["--at", "tomorrow", "."], b"");
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    ran.says("2027-03-01T09:00:00Z");
}

#[test]
fn a_missing_secret_is_a_skip_and_said() {
    let both = [declared("fine"), credential("acme-apns", "APNsCertificate", "acme-apns")].join("---\n");
    of(&both)
        .is(0, "checked 1, skipped 1")
        .says("skipped ./one.yaml:6: TenantCredential acme/acme-apns: Secret acme-apns is not among what was given\n");
    let alone = of(&credential("acme-apns", "APNsCertificate", "acme-apns"));
    alone.is(2, "checked 0, skipped 1").says("nothing was checked");
}

#[test]
fn objects_pair_within_their_namespace_only() {
    let other = secret("s", "stringData: {a: b}").replace("namespace: acme", "namespace: other");
    let text = [credential("c", "X509Certificate", "s"), other].join("---\n");
    of(&text).is(2, "checked 0, skipped 1").says("(one of that name in namespace other is)");
    let none = text.replace(", namespace: acme", "").replace(", namespace: other", "");
    let ran = of(&none);
    ran.is(2, "checked 1, skipped 0");
    assert!(ran.out.contains("\n-          c     X509Certificate  Unreadable  Warning   -\n"), "{}", ran.out);
}

#[test]
fn a_credential_that_cannot_be_read_never_passes() {
    let wrong = [credential("c", "APNsCertificate", "s"), secret("s", "stringData: {a: hello}")].join("---\n");
    let ran = of(&wrong);
    ran.is(2, "checked 1, skipped 0");
    assert!(ran.out.contains("Unreadable") && ran.out.contains("WrongFile"), "{}", ran.out);
    assert_eq!(ran.err, "");
    for type_ in ["VPPToken", "DEPToken", "WindowsSymantecCertificate"] {
        let text = [credential("c", type_, "s"), secret("s", "stringData: {a: hello}")].join("---\n");
        let ran = of(&text);
        ran.is(2, "checked 1, skipped 0");
        assert!(ran.out.contains("Unreadable"), "{}", ran.out);
    }
    // A valid credential in the same input changes nothing, and no option lets the run pass.
    let folder = crate::check::folder(&[("a.yaml", &[wrong, declared("fine")].join("---\n"))]);
    for gate in [&[][..], &["--fail-on", "notice"], &["--fail-on", "critical"], &["--allow-empty"]] {
        let run =
            |format: &str| check(folder.path(), &[&["--at", "2030-01-01", "-o", format], gate, &["."]].concat(), b"");
        run("table").is(2, "checked 2, skipped 0");
        let json: serde_json::Value = serde_json::from_str(&run("json").out).unwrap();
        let counts = &json["summary"];
        assert_eq!(
            (&counts["unreadable"], &counts["errors"], &counts["failing"], &counts["exitCode"]),
            (&1.into(), &0.into(), &1.into(), &2.into()),
            "{gate:?}"
        );
        assert_eq!(
            (&json["credentials"][0]["passes"], &json["credentials"][1]["passes"]),
            (&false.into(), &true.into())
        );
        let junit = run("junit");
        assert!(junit.code == 2 && junit.out.contains("<error type=\"WrongFile\""), "{}", junit.out);
        let github = run("github");
        assert!(github.code == 2 && github.out.starts_with("::error file=a.yaml,line=1,"), "{}", github.out);
        let markdown = run("markdown");
        assert!(markdown.code == 2 && markdown.out.contains("1 unreadable credential. Of the rest, nothing fails"));
        let sarif = run("sarif");
        assert!(sarif.code == 2 && sarif.out.contains("\"passes\": false"), "{}", sarif.out);
    }
}

/// Each way in which a credential can be unreadable results in exit code 2.
#[test]
fn each_kind_of_unreadable_credential_ends_with_the_code_of_what_could_not_be_told() {
    let pem = pem("CERTIFICATE");
    for (type_, more, fields) in [
        ("APNsCertificate", "", "data: {}".to_owned()),
        ("APNsCertificate", ", key: other", format!("stringData: {{push.pem: {pem}}}")),
        ("APNsCertificate", "", "stringData: {push.pem: \"-----BEGIN CERTIFICATE-----\\nMIIB\\n\"}".to_owned()),
        ("DEPToken", "", "stringData: {token: \"{}\"}".to_owned()),
    ] {
        let object = credential("c", type_, "s").replace("secretRef: {name: s", &format!("secretRef: {{name: s{more}"));
        let folder = folder(&[("a.yaml", &[object, secret("s", &fields)].join("---\n"))]);
        let ran = check(folder.path(), &["--at", "2030-01-01", "--fail-on", "critical", "."], b"");
        ran.is(2, "checked 1, skipped 0");
        assert!(ran.out.contains("Unreadable"), "{}", ran.out);
    }
}

#[test]
fn string_data_goes_before_data() {
    let pem = pem("CERTIFICATE");
    let text = [
        credential("c", "APNsCertificate", "s"),
        secret("s", &format!("data: {{push.pem: aGVsbG8=}}\nstringData: {{push.pem: {pem}}}")),
    ];
    let ran = of(&text.join("---\n"));
    ran.is(0, "checked 1, skipped 0");
    assert!(ran.out.contains("2036-01-01T00:00:00Z"), "{}", ran.out);
}

#[test]
fn the_status_of_a_manifest_is_what_was_said_before() {
    let status = "status: {acceptedIdentity: com.apple.mgmt.External.other, credential: {fingerprint: aa, identity: com.apple.mgmt.External.other, expiry: Known}}\n";
    let pem = pem("CERTIFICATE");
    let text =
        [credential("c", "APNsCertificate", "s") + status, secret("s", &format!("stringData: {{push.pem: {pem}}}"))];
    let ran = of(&text.join("---\n"));
    ran.is(1, "checked 1, skipped 0");
    assert!(ran.out.contains("IdentityChanged  Critical"), "{}", ran.out);
}

#[test]
fn an_invalid_spec_is_an_error_with_the_rules_sentence_and_the_rest_is_checked() {
    let text = [
        credential("no-such-field", "X509Certificate", "s").replace("secretRef", "secretReff"),
        credential("override", "DEPToken", "s").replace("spec: {", "spec: {vppToken: {override: Enabled}, "),
        declared("fine"),
    ];
    let ran = of(&text.join("---\n"));
    ran.is(2, "checked 1, skipped 0");
    ran.says("error: ./one.yaml:1: TenantCredential acme/no-such-field: unknown field \"spec.secretReff\"\n");
    ran.says("error: ./one.yaml:6: TenantCredential acme/override: spec.vppToken: Forbidden: only a VPPToken can be taken over");
}

#[test]
fn a_field_that_no_object_has_is_an_error_and_the_object_is_checked_all_the_same() {
    let stray = declared("a").replace("namespace: acme}", "namespace: acme, lables: {a: b}}") + "specs: {}\n";
    let ran = of(&stray);
    ran.is(2, "checked 1, skipped 0");
    ran.says("error: ./one.yaml:1: TenantCredential acme/a: unknown field \"specs\"\n");
    ran.says("error: ./one.yaml:1: TenantCredential acme/a: unknown field \"metadata.lables\"\n");
}

#[test]
fn the_worst_decides_the_code() {
    let late = declared_until("late", "2030-01-03T00:00:00Z");
    let soon = declared_until("soon", "2030-01-20T00:00:00Z");
    of(&[declared("fine"), soon.clone()].join("---\n")).is(0, "checked 2, skipped 0");
    of(&[declared("fine"), late.clone(), soon].join("---\n")).is(1, "checked 3, skipped 0");
    of(&[late, "apiVersion: lapsewatch.dev/v9\nkind: TenantCredential\n".to_owned()].join("---\n"))
        .is(2, "checked 1, skipped 0");
}

#[test]
fn without_at_the_clock_decides() {
    let folder = folder(&[("a.yaml", &declared_until("a", "2020-01-01T00:00:00Z"))]);
    check(folder.path(), &["a.yaml"], b"").is(1, "checked 1, skipped 0");
    check(folder.path(), &["--at", "2019-01-01", "a.yaml"], b"").is(0, "checked 1, skipped 0");
}

/// A pin is compared regardless of its spelling. A credential without an identity does not match the pin.
#[test]
fn a_pinned_organization_is_compared_in_one_spelling() {
    let token = |file: &str| {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/spelling").join(file);
        std::fs::read_to_string(path).unwrap()
    };
    let pinned = |file: &str| {
        let spec =
            "spec: {type: VPPToken, secretRef: {name: s}, expectedIdentities: [\"M\\u00fcller & S\\u00f6hne GmbH\"]}";
        let credential = crate::check::credential("c", "VPPToken", "s");
        let head = credential.split("spec:").next().unwrap();
        let secret = crate::check::secret("s", &format!("stringData: {{token: {}}}", token(file)));
        let text = format!("{head}{spec}\n---\n{secret}");
        let folder = folder(&[("a.yaml", &text)]);
        check(folder.path(), &["--at", "2030-06-01", "a.yaml"], b"")
    };
    for file in ["composed.vpptoken", "decomposed.vpptoken", "no-break-space.vpptoken", "spaces.vpptoken"] {
        let ran = pinned(file);
        ran.is(0, "checked 1, skipped 0");
        assert!(ran.out.contains("Valid  None"), "{file}\n{}", ran.out);
    }
    let ran = pinned("none.vpptoken");
    ran.is(0, "checked 1, skipped 0");
    assert!(ran.out.contains("Notice IdentityUnknown") && ran.out.contains("contains no organization"), "{}", ran.out);
    for (file, place) in [("cyrillic.vpptoken", "character 11"), ("zero-width.vpptoken", "invisible character")] {
        let ran = pinned(file);
        ran.is(1, "checked 1, skipped 0");
        let out = ran.out.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(out.contains("Warning IdentityChanged") && out.contains(place), "{file}\n{out}");
    }
}
