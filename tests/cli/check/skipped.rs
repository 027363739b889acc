//! Tests that `check` reports skipped input, and never treats skipped input as absent.

use crate::check::input::at;
use crate::check::{check, credential, declared, folder, of, secret};

/// If a document exhausts the size limit of a file, the documents behind this document are not read either.
#[test]
fn what_follows_a_part_that_is_too_large_is_not_passed_over() {
    let late = crate::check::declared_until("late", "2029-01-01T00:00:00Z");
    let large = format!("a: &a \"{}\"\nb: [{}]\n", "x".repeat(1 << 20), ["*a"].repeat(100).join(", "));
    let json = format!("{{\"a\": [{}0]}}\n{{\"kind\": \"TenantCredential\"}}\n", "0,".repeat(2_000_000));
    for (name, text) in [("all.yaml", [large.clone(), late].join("---\n")), ("all.json", json)] {
        let folder = folder(&[(name, &text), ("good.yaml", &declared("good"))]);
        let ran = check(folder.path(), &at(&["."]), b"");
        ran.is(2, "checked 1, skipped 0").says(&format!("error: ./{name}:1: it is larger than is read"));
    }
    // A file that is too large and contains no object of lapsewatch is only mentioned.
    let folder = folder(&[("all.yaml", &large), ("good.yaml", &declared("good"))]);
    check(folder.path(), &at(&["."]), b"").is(0, "checked 1, skipped 0").says("passed over ./all.yaml:1: it is larger");
}

/// These objects are meant for lapsewatch, but have a form in which the API server would not accept them.
#[test]
fn what_is_meant_and_has_another_form_is_told() {
    let object = declared("late").replace("2031", "2029");
    let json = r#"{"apiVersion": "lapsewatch.dev/v1alpha1", "kind": "TenantCredential", "metadata": {"name": "a"}}"#;
    for (text, code, skipped, said) in [
        (format!("[{json}]"), 2, 0, "error: ./one.yaml:1: expected an object, found a list without kind: List\n"),
        (format!("- {}", object.replace('\n', "\n  ")), 2, 0, "expected an object, found a list"),
        (
            format!("apiVersion: v1\nkind: List\nitems:\n- [{json}]\n"),
            2,
            0,
            "(items[0]): expected an object, found a list",
        ),
        (
            format!("apiVersion: v1\nkind: List\nitems:\n- |\n  {}", object.replace('\n', "\n  ")),
            2,
            0,
            "(items[0]): expected an object, found a text",
        ),
        (
            format!("apiVersion: v1\nkind: List\nitems: {{a: {json}}}\n"),
            2,
            0,
            "items of a List can't be read: expected a list\n",
        ),
        ("apiVersion: lapsewatch.dev/v1alpha1\nkind: TenantCredentialList\nitems: null\n".to_owned(), 0, 0, ""),
        (
            object.replace("apiVersion: lapsewatch.dev/v1alpha1\n", ""),
            2,
            0,
            "TenantCredential has no apiVersion: expected lapsewatch.dev/v1alpha1\n",
        ),
        (
            "kind: MDMTenant\nmetadata: {name: t}\n".to_owned(),
            2,
            0,
            "MDMTenant has no apiVersion: expected lapsewatch.dev/v1alpha1\n",
        ),
        (
            object.replace("lapsewatch.dev", "lapsewach.dev"),
            0,
            1,
            "skipped ./one.yaml:1: a TenantCredential with apiVersion lapsewach.dev/v1alpha1 is not checked: expected lapsewatch.dev/v1alpha1\n",
        ),
        (
            "kind: Secret\nmetadata: {name: s, namespace: acme}\n".to_owned(),
            0,
            0,
            "passed over ./one.yaml:1: a Secret without apiVersion is not read: it needs v1\n",
        ),
        (
            "apiVersion: v1\nkind: Secret\nmetadata: {name: a..b}\n".to_owned(),
            0,
            0,
            "passed over ./one.yaml:1: a Secret is not read: metadata.name can't be a name",
        ),
    ] {
        let folder = folder(&[("one.yaml", &text), ("two.yaml", &declared("fine"))]);
        let ran = check(folder.path(), &at(&["."]), b"");
        ran.is(code, &format!("checked 1, skipped {skipped}")).says(said);
    }
}

#[test]
fn what_is_no_regular_file_is_told_and_not_waited_for() {
    let folder = folder(&[("a.yaml", &declared("a"))]);
    let made = std::process::Command::new("mkfifo").arg(folder.path().join("b.yaml")).status().unwrap();
    assert!(made.success());
    let ran = check(folder.path(), &at(&["."]), b"");
    ran.is(2, "checked 1, skipped 0").says("error: ./b.yaml: it is not a regular file");
}

/// A Secret that another object fills and a tenant that is declared elsewhere are not part of the input.
#[test]
fn what_another_object_gives_is_not_taken_for_nothing() {
    let external = "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: s, namespace: acme}\nspec: {target: {creationPolicy: Merge}}\n".to_owned();
    let empty = secret("s", "data: {}");
    let of_empty = [credential("c", "X509Certificate", "s"), empty.clone(), declared("fine")].join("---\n");
    of(&of_empty).is(2, "checked 2, skipped 0");
    of(&[of_empty, external].join("---\n")).is(0, "checked 1, skipped 1").says("Secret s is made by ExternalSecret s");
    // The missing tenant could set earlier warning days than the defaults, so the output contains a note.
    let of_tenant = declared("fine").replace("spec: {", "spec: {tenantRef: {name: acme-prod}, ");
    let note = "passed over ./one.yaml:1: TenantCredential acme/fine: MDMTenant \"acme-prod\" is not among what was given: the default warning days apply\n";
    of(&of_tenant).is(0, "checked 1, skipped 0").says(note);
    let own = of(&of_tenant.replace("spec: {", "spec: {warnBeforeDays: [30], "));
    assert_eq!(own.err, "");
}
