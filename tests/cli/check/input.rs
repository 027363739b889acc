//! Tests the selection of files and objects by `check`, and its reports about malformed input.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::{Command, Stdio};

use crate::check::{check, credential, declared, examples, folder, of, pem, secret};

const AT: [&str; 2] = ["--at", "2030-01-01"];

/// Returns the arguments after `--at` with a date on which the examples are valid.
pub fn at<'a>(paths: &[&'a str]) -> Vec<&'a str> {
    AT.iter().copied().chain(paths.iter().copied()).collect()
}

#[test]
fn the_standard_input_is_read_with_several_documents() {
    let text = [declared("a"), declared("b")].join("---\n");
    let nowhere = folder(&[]);
    check(nowhere.path(), &at(&["-"]), text.as_bytes()).is(0, "checked 2, skipped 0");
    check(nowhere.path(), &at(&["-", "-"]), text.as_bytes()).is(0, "checked 2, skipped 0");
    check(nowhere.path(), &at(&["-"]), b"a: [").is(2, "checked 0, skipped 0").says("error: standard input:1: ");
    check(nowhere.path(), &at(&["-"]), b"").is(2, "checked 0, skipped 0").says("nothing was checked");
}

#[test]
fn lists_are_read_in_yaml_and_json() {
    let pem = pem("CERTIFICATE");
    let json = format!(
        r#"{{"apiVersion": "v1", "kind": "List", "items": [
        {{"apiVersion": "lapsewatch.dev/v1alpha1", "kind": "TenantCredential", "metadata": {{"name": "c", "creationTimestamp": null}},
          "spec": {{"type": "APNsCertificate", "secretRef": {{"name": "s"}}}}}},
        {{"apiVersion": "v1", "kind": "SecretList", "items": [{{"metadata": {{"name": "s"}}, "stringData": {{"p": {pem}}}}}]}},
        {{"apiVersion": "lapsewatch.dev/v2", "kind": "TenantCredential"}}]}}"#
    );
    for text in [json.clone(), json.replace('\n', "\n\t"), format!("# YAML\n---\n{json}\n")] {
        let folder = folder(&[("a.json", &text)]);
        let ran = check(folder.path(), &at(&["a.json"]), b"");
        ran.is(2, "checked 1, skipped 0")
            .says(" (items[2]): lapsewatch.dev/v2 is no version that this lapsewatch knows");
    }
}

#[test]
fn json_documents_may_follow_one_another() {
    let one = |name: &str| {
        format!(
            r#"{{"apiVersion":"lapsewatch.dev/v1alpha1","kind":"TenantCredential","metadata":{{"name":"{name}"}},"spec":{{"type":"DeclaredExpiry","expirationTime":"2031-01-01T00:00:00Z"}}}}"#
        )
    };
    of(&format!("{}\n{}", one("a"), one("b"))).is(0, "checked 2, skipped 0");
}

#[test]
fn a_broken_value_of_a_json_stream_hides_no_other() {
    let one = |name: &str, more: &str| {
        format!(
            r#"{{"apiVersion":"lapsewatch.dev/v1alpha1","kind":"TenantCredential","metadata":{{"name":"{name}"}},{more}"spec":{{"type":"DeclaredExpiry","expirationTime":"2031-01-01T00:00:00Z"}}}}"#
        )
    };
    let twice = one("a", "\n\"spec\": {},");
    let folder = folder(&[("a.json", &[twice, one("b", ""), one("c", "\n,"), one("d", "")].join("\n"))]);
    check(folder.path(), &at(&["a.json"]), b"")
        .is(2, "checked 2, skipped 0")
        .says("error: a.json:2: one mapping has the same key twice\n")
        .says("error: a.json:5: it is no JSON\n");
}

#[test]
fn a_file_may_be_called_as_the_standard_input_is() {
    let folder = folder(&[("standard input", &declared("a"))]);
    for (path, file) in [("standard input", "./standard input"), ("-", "standard input")] {
        let ran = check(folder.path(), &at(&["-o", "json", path]), declared("a").as_bytes());
        let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(json["credentials"][0]["origin"]["file"], file);
        let ran = check(folder.path(), &at(&["-o", "sarif", "--within", "730d", path]), declared("a").as_bytes());
        assert_eq!(ran.out.contains("\"uri\": \"standard%20input\""), path != "-", "{}", ran.out);
    }
}

#[test]
fn lines_may_end_as_on_an_old_macintosh() {
    let text = [declared("a"), declared("b").replace("2031", "never")].join("---\n");
    of(&text.replace('\n', "\r")).is(2, "checked 1, skipped 0").says("error: ./one.yaml:6: TenantCredential acme/b: ");
}

#[test]
fn what_can_not_be_complained_of_still_has_its_code() {
    let folder = folder(&[("a.yaml", &declared("a"))]);
    let full = || fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let status = Command::new(env!("CARGO_BIN_EXE_lapsewatch"))
        .args(["check", "--at", "2030-01-01", "-o", "json", "a.yaml"])
        .current_dir(folder.path())
        .stdout(Stdio::null())
        .stderr(full())
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(2));
}

#[test]
fn folders_are_read_in_order_without_what_is_hidden_or_no_manifest() {
    let newer = "apiVersion: lapsewatch.dev/v2\nkind: TenantCredential\n";
    let folder = folder(&[
        ("b/x.yml", newer),
        ("a/deep/er/y.json", r#"{"apiVersion": "lapsewatch.dev/v3", "kind": "TenantCredential"}"#),
        ("c.yaml", &declared("c")),
        (".git/z.yaml", "apiVersion: lapsewatch.dev/v4\n"),
        ("d.txt", newer),
        ("e.yaml.tpl", newer),
    ]);
    let ran = check(folder.path(), &at(&["."]), b"");
    ran.is(2, "checked 1, skipped 0");
    let errors: Vec<&str> = ran.err.lines().map(|line| line.split(" is ").next().unwrap()).collect();
    assert_eq!(errors, ["error: ./a/deep/er/y.json:1: lapsewatch.dev/v3", "error: ./b/x.yml:1: lapsewatch.dev/v2"]);
    // A path that the user names is read regardless of its name.
    check(folder.path(), &at(&["d.txt"]), b"").is(2, "checked 0, skipped 0").says("d.txt:1: lapsewatch.dev/v2");
    check(folder.path(), &at(&[".git"]), b"").says("lapsewatch.dev/v4");
}

#[test]
fn what_is_reached_twice_is_read_once() {
    let folder = folder(&[("a/one.yaml", &declared("one"))]);
    symlink("..", folder.path().join("a/loop")).unwrap();
    symlink("one.yaml", folder.path().join("a/two.yaml")).unwrap();
    check(folder.path(), &at(&[".", "a", "a/one.yaml", "a/two.yaml"]), b"").is(0, "checked 1, skipped 0");
}

#[test]
fn what_cannot_be_opened_is_an_error_and_the_rest_is_checked() {
    let folder = folder(&[("a.yaml", &declared("a")), ("folder.yaml/b.yaml", &declared("b"))]);
    symlink("nowhere", folder.path().join("broken.yaml")).unwrap();
    let ran = check(folder.path(), &at(&[".", "missing.yaml"]), b"");
    ran.is(2, "checked 2, skipped 0");
    ran.says("error: missing.yaml: there is no such file or folder\n");
    ran.says("error: ./broken.yaml: there is no such file or folder\n");
}

/// Root can read every file, so as root the test runs the command as the user nobody.
#[test]
fn what_this_user_may_not_read_is_an_error_and_the_rest_is_checked() {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;
    let folder = folder(&[("a.yaml", &declared("a")), ("no.yaml", &declared("b")), ("no/c.yaml", &declared("c"))]);
    let path = |name: &str| folder.path().join(name);
    let set = |name: &str, mode| fs::set_permissions(path(name), fs::Permissions::from_mode(mode)).unwrap();
    set("", 0o755);
    set("a.yaml", 0o644);
    set("no.yaml", 0);
    set("no", 0);
    let binary = path("lapsewatch");
    // Not with fs::copy: a process that another test starts meanwhile would hold the file open for writing (ETXTBSY).
    assert!(Command::new("cp").arg(env!("CARGO_BIN_EXE_lapsewatch")).arg(&binary).status().unwrap().success());
    let mut command = Command::new(&binary);
    if fs::read(path("no.yaml")).is_ok() {
        command.uid(65534);
    }
    let output = command.args(["check", "--at", "2030-01-01", "."]).current_dir(folder.path()).output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        (output.status.code(), String::from_utf8(output.stdout).unwrap().lines().last()),
        (Some(2), Some("checked 1, skipped 0")),
        "{err}"
    );
    for name in ["./no", "./no.yaml"] {
        assert!(err.contains(&format!("error: {name}: this user may not read it\n")), "{err}");
    }
    set("no", 0o755);
}

#[test]
fn other_objects_and_other_yaml_are_passed_over() {
    let others = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: x}
---
apiVersion: other.example/v1
kind: TenantCredential
---
apiVersion: lapsewatch.dev/v1alpha1
kind: MDMTenant
metadata: {name: acme-prod}
---
just: values
---
- 1
---
text
---
apiVersion: v1
kind: Secret
metadata: {name: unused}
data: {a: ENC(not base64)}
";
    let with = format!("{others}---\n{}", declared("a"));
    let ran = of(&with);
    ran.is(0, "checked 1, skipped 0; 1 tenant");
    assert_eq!(ran.err, "");
    of(others)
        .is(2, "checked 0, skipped 0; 1 tenant")
        .says("nothing was checked: there is no TenantCredential in what was given");
}

#[test]
fn an_unknown_version_or_kind_of_the_group_is_an_error() {
    for (head, said) in [
        ("apiVersion: lapsewatch.dev/v1\nkind: TenantCredential", "lapsewatch.dev/v1 is no version"),
        ("apiVersion: lapsewatch.dev\nkind: TenantCredential", "lapsewatch.dev is no version"),
        ("apiVersion: lapsewatch.dev/v1/v1alpha1\nkind: TenantCredential", "is no version"),
        ("apiVersion: lapsewatch.dev/v1alpha1\nkind: TenantCredentials", "has no kind TenantCredentials"),
        ("kind: TenantCredential", "has no apiVersion"),
    ] {
        let text = format!("{}---\n\n{head}\nmetadata: {{name: x}}\n", declared("a"));
        let ran = of(&text);
        ran.is(2, "checked 1, skipped 0").says("./one.yaml:7: ");
        ran.says(said);
    }
}

#[test]
fn two_objects_of_one_name_are_told_with_both_places() {
    let twice = [declared("a"), declared("a")].join("---\n");
    of(&twice)
        .is(2, "checked 1, skipped 0")
        .says("error: ./one.yaml:6: TenantCredential acme/a: it stands at ./one.yaml:1 already\n");
    let secrets = [
        credential("c", "X509Certificate", "s"),
        credential("d", "X509Certificate", "s"),
        secret("s", "stringData: {a: b}"),
        secret("s", "stringData: {a: c}"),
    ];
    let ran = of(&secrets.join("---\n"));
    ran.is(2, "checked 2, skipped 0").says("error: ./one.yaml:16: Secret acme/s: it stands at ./one.yaml:11 already\n");
    assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
}

#[test]
fn names_that_are_no_utf_8_are_told_with_their_line() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let folder = folder(&[("good.yaml", &declared("good"))]);
    // The name of an object is not valid UTF-8.
    let mut bytes = [declared("a"), declared("b")].join("---\n").into_bytes();
    let name = bytes.windows(7).rposition(|part| part == b"name: b").unwrap();
    bytes[name + 6] = 0xff;
    fs::write(folder.path().join("object.yaml"), bytes).unwrap();
    // The name of a file is not valid UTF-8, and the file is still read.
    fs::write(folder.path().join(OsStr::from_bytes(b"f\xffle.yaml")), declared("named")).unwrap();
    fs::write(folder.path().join(OsStr::from_bytes(b"br\xffken.yaml")), "kind: TenantCredential\n\tx: 1\n").unwrap();
    for format in ["table", "json", "junit", "sarif", "github", "markdown"] {
        let ran = check(folder.path(), &at(&["-o", format, "."]), b"");
        assert_eq!(ran.code, 2);
        ran.says("error: ./object.yaml:8: it is not text in UTF-8\n");
        ran.says("error: ./br\u{fffd}ken.yaml:2: found a tab character\n");
        assert!(format!("{}{}", ran.out, ran.err).contains("checked 2, skipped 0"), "{}", ran.err);
    }
}

#[test]
fn names_that_are_none_are_told() {
    for (metadata, said) in [
        ("{}", "metadata.name is missing"),
        ("{generateName: x-}", "metadata.name is missing"),
        ("{name: 12}", "metadata.name is no text: put it in quotation marks"),
        // kubectl reads YAML 1.1, in which `0123` is a number and `yes` is a boolean.
        ("{name: 0123}", "metadata.name is no text: put it in quotation marks"),
        ("{name: a, namespace: yes}", "metadata.namespace is no text: put it in quotation marks"),
        (r#"{name: "a\u001b[2J"}"#, "metadata.name can't be a name"),
        ("{name: a, namespace: A/B}", "metadata.namespace can't be a namespace"),
        // The API server refuses these names too.
        ("{name: -a, namespace: acme}", "metadata.name can't be a name"),
        ("{name: a-, namespace: acme}", "metadata.name can't be a name"),
        ("{name: a..b, namespace: acme}", "metadata.name can't be a name"),
        ("{name: a.-b, namespace: acme}", "metadata.name can't be a name"),
        ("{name: a, namespace: -acme}", "metadata.namespace can't be a namespace"),
        ("{name: a, namespace: acme-}", "metadata.namespace can't be a namespace"),
        ("{name: a, labels: canary}", "metadata is of another form"),
    ] {
        let text = declared("a").replace("{name: a, namespace: acme}", metadata);
        let ran = of(&text);
        ran.is(2, "checked 0, skipped 0").says(said);
        assert!(!ran.err.contains('\u{1b}') && !ran.err.contains("canary"), "{}", ran.err);
    }
}

#[test]
fn broken_yaml_is_an_error_where_it_is_meant() {
    let template = "replicas: {{ .Values.replicas }}\nkind: Deployment\n{{- end }}\n";
    let meant = "apiVersion: lapsewatch.dev/v1alpha1\nkind: TenantCredential\n{{- if .Values.apns }}\n";
    let folder = folder(&[("a.yaml", &declared("a")), ("t/template.yaml", template)]);
    let ran = check(folder.path(), &at(&["."]), b"");
    ran.is(0, "checked 1, skipped 0").says("passed over ./t/template.yaml:");
    check(folder.path(), &at(&[".", "t/template.yaml"]), b"")
        .is(2, "checked 1, skipped 0")
        .says("error: t/template.yaml:");
    fs::write(folder.path().join("t/meant.yaml"), format!("{}---\n{meant}", declared("b"))).unwrap();
    let ran = check(folder.path(), &at(&["."]), b"");
    ran.is(2, "checked 2, skipped 0").says("error: ./t/meant.yaml:8: ");
    // A file in UTF-16 that contains a TenantCredential must be an error, not ignored.
    let utf16: Vec<u8> = declared("c").encode_utf16().flat_map(u16::to_le_bytes).collect();
    fs::write(folder.path().join("t/meant.yaml"), utf16).unwrap();
    check(folder.path(), &at(&["."]), b"").is(2, "checked 1, skipped 0").says("it is not text in UTF-8");
}

#[test]
fn a_reader_who_has_seen_enough_is_no_error() {
    let many: Vec<String> = (0..3000).map(|n| declared(&format!("n{n}"))).collect();
    let folder = folder(&[("a.yaml", &many.join("---\n"))]);
    let mut child = Command::new(env!("CARGO_BIN_EXE_lapsewatch"))
        .args(["check", "--at", "2030-12-30", "."])
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap().as_str()), (Some(1), ""));
}

#[test]
fn without_a_path_the_use_is_shown() {
    let ran = check(examples(), &[], b"");
    assert_eq!(ran.code, 2);
    ran.says("<PATH>");
}
