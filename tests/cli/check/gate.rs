//! Tests the options that decide the exit code, and that each format gives the reason.

use std::path::Path;
use std::process::Command;

use crate::check::scene::{AT, scene};
use crate::check::{Ran, check, credential, declared, declared_until, folder};

fn ran(folder: &Path, args: &[&str]) -> Ran {
    check(folder, &[&["--at", "2030-01-01"], args, &["."]].concat(), b"")
}

#[test]
fn the_severity_from_which_on_something_fails_is_asked_for() {
    let notice = folder(&[("a.yaml", &declared_until("a", "2030-01-20T00:00:00Z"))]);
    let warning = folder(&[("a.yaml", &declared_until("a", "2030-01-03T00:00:00Z"))]);
    let text = std::fs::read_to_string(crate::check::examples().join("apns.yaml")).unwrap();
    let critical = folder(&[("a.yaml", &text)]);
    let code =
        |folder: &Path, at: &str, args: &[&str]| check(folder, &[&["--at", at], args, &["."]].concat(), b"").code;
    for (gate, [of_notice, of_warning, of_critical]) in [
        (&[][..], [0, 1, 1]),
        (&["--fail-on", "notice"], [1, 1, 1]),
        (&["--fail-on", "warning"], [0, 1, 1]),
        (&["--fail-on", "critical"], [0, 0, 1]),
    ] {
        assert_eq!(code(notice.path(), "2030-01-01", gate), of_notice, "{gate:?}");
        assert_eq!(code(warning.path(), "2030-01-01", gate), of_warning, "{gate:?}");
        assert_eq!(code(critical.path(), "2035-12-30", gate), of_critical, "{gate:?}");
    }
    // The threshold applies to the notifications of a tenant too.
    let tenant = "apiVersion: lapsewatch.dev/v1alpha1\nkind: MDMTenant\nmetadata: {name: t, namespace: acme}\nspec: {requiredCredentials: [VPPToken]}\n";
    let tenant = folder(&[("a.yaml", &[tenant.to_owned(), declared("a")].join("---\n"))]);
    assert_eq!(ran(tenant.path(), &["--fail-on", "critical"]).code, 0);
    assert_eq!(ran(tenant.path(), &["--fail-on", "warning"]).code, 1);
    let wrong = ran(notice.path(), &["--fail-on", "none"]);
    assert_eq!(wrong.code, 2);
    wrong.says("notice, warning, critical");
}

#[test]
fn what_lapses_within_a_span_fails_and_each_format_says_which_and_why() {
    let folder = folder(&[(
        "a.yaml",
        &[declared_until("soon", "2030-02-14T23:59:59Z"), declared_until("later", "2030-02-15T00:00:01Z")]
            .join("---\n"),
    )]);
    assert_eq!(ran(folder.path(), &[]).code, 0);
    assert_eq!(ran(folder.path(), &["--within", "44d"]).code, 0);
    for format in ["table", "json", "junit", "sarif", "github", "markdown"] {
        let ran = ran(folder.path(), &["--within", "45d", "--fail-on", "critical", "-o", format]);
        assert_eq!(ran.code, 1, "{format}");
        let text: Vec<&str> = ran.out.split_whitespace().collect();
        let text = text.join(" ");
        assert!(
            text.contains(
                "it lapses at 2030-02-14T23:59:59Z, which is within 45d of 2030-01-01T00:00:00Z (--within 45d)"
            ),
            "{format}\n{}",
            ran.out
        );
        assert_eq!(
            text.matches("it lapses at").count(),
            if format == "junit" { 2 } else { 1 },
            "{format}\n{}",
            ran.out
        );
        assert!(!text.contains("2030-02-15T00:00:01Z, which"), "{format}\n{}", ran.out);
    }
    assert_eq!(
        ran(folder.path(), &["--within", "1081h", "--fail-on", "critical", "-o", "json"])
            .out
            .matches("\"lapsesWithin\"")
            .count(),
        2
    );
    ran(folder.path(), &["--within", "soon"]).says("such as 45d, 6w or 36h");
}

#[test]
fn strict_takes_a_missing_secret_for_an_error_and_nothing_else() {
    let missing = folder(&[("a.yaml", &[declared("a"), credential("b", "VPPToken", "none")].join("---\n"))]);
    ran(missing.path(), &[]).is(0, "checked 1, skipped 1");
    ran(missing.path(), &["--strict"])
        .is(2, "checked 1, skipped 0")
        .says("error: ./a.yaml:6: TenantCredential acme/b: Secret none is not among what was given\n");
    let fine = folder(&[("a.yaml", &declared("a"))]);
    ran(fine.path(), &["--strict"]).is(0, "checked 1, skipped 0");
}

#[test]
fn nothing_checked_fails_unless_that_is_allowed() {
    let empty = folder(&[("a.yaml", "apiVersion: v1\nkind: ConfigMap\n")]);
    let skipped = folder(&[("a.yaml", &credential("b", "VPPToken", "none"))]);
    for folder in [&empty, &skipped] {
        assert_eq!(ran(folder.path(), &[]).code, 2);
        let allowed = ran(folder.path(), &["--allow-empty"]);
        assert_eq!(allowed.code, 0);
        allowed.says("nothing was checked");
    }
    // Input that can't be read fails regardless of `--allow-empty`.
    let broken = folder(&[("a.yaml", "kind: TenantCredential\n\tx: 1\n")]);
    assert_eq!(ran(broken.path(), &["--allow-empty"]).code, 2);
    assert_eq!(ran(skipped.path(), &["--allow-empty", "--strict"]).code, 2);
}

#[test]
fn the_counts_are_said_in_every_format() {
    let folder = scene();
    for format in ["json", "junit", "sarif", "github", "markdown"] {
        let ran = check(folder.path(), &[&AT[..], &["-o", format, "."]].concat(), b"");
        assert_eq!((ran.code, ran.err.lines().last()), (2, Some("checked 7, skipped 1; 1 tenant")), "{format}");
    }
    check(folder.path(), &[&AT[..], &["."]].concat(), b"").is(2, "checked 7, skipped 1; 1 tenant");
}

/// Returns the output with these environment variables, with or without a terminal.
fn painted(arguments: &[&str], variables: &[(&str, &str)], in_terminal: bool) -> String {
    let folder = scene();
    let own = env!("CARGO_BIN_EXE_lapsewatch");
    let mut command = match in_terminal {
        false => Command::new(own),
        true => {
            let mut python = Command::new("python3");
            python.args(["-c", "import pty, sys; pty.spawn(sys.argv[1:])", own]);
            python
        }
    };
    let command = command.arg("check").args(AT).args(arguments).arg(".").current_dir(folder.path());
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "CI"] {
        command.env_remove(name);
    }
    let output = command.env("TERM", "xterm").envs(variables.iter().copied()).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn colour_is_for_terminals_and_takes_no_room() {
    let plain = painted(&[], &[], false);
    assert!(!plain.contains('\u{1b}'));
    let coloured = painted(&["--color", "always"], &[], false);
    assert!(coloured.contains("\u{1b}[33mWarning \u{1b}[0m"), "{coloured}");
    let mut without = coloured.clone();
    while let Some(begin) = without.find('\u{1b}') {
        let end = begin + without[begin..].find('m').unwrap();
        without.replace_range(begin..=end, "");
    }
    assert_eq!(without.lines().map(str::trim_end).collect::<Vec<_>>(), plain.lines().collect::<Vec<_>>());

    let has_colour =
        |arguments, variables, in_terminal| painted(arguments, variables, in_terminal).contains("\u{1b}[33mWarning");
    assert!(has_colour(&[], &[], true));
    assert!(!has_colour(&[], &[("NO_COLOR", "1")], true));
    assert!(!has_colour(&[], &[("TERM", "dumb")], true));
    assert!(!has_colour(&["--color", "never"], &[], true));
    assert!(has_colour(&[], &[("CLICOLOR_FORCE", "1")], false));
    for format in ["json", "junit", "sarif", "github", "markdown"] {
        assert!(!painted(&["--color", "always", "-o", format], &[], false).contains('\u{1b}'), "{format}");
    }
}

/// Runs each example of `--help` in a shell in the folder of the examples. Stubs replace helm and kubectl.
#[test]
fn each_example_of_the_help_works() {
    let help = check(crate::check::examples(), &["--help"], b"").out;
    let examples = help.split("Examples:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let examples: Vec<&str> =
        examples.lines().map(|line| line.trim_start().split("  ").next().unwrap().trim()).collect();
    assert!(examples.len() >= 8, "{examples:?}");
    let folder = folder(&[
        ("deploy/a.yaml", &declared("a")),
        ("base/a.yaml", &declared("a")),
        ("bin/cat-a", "#!/bin/sh\ncat deploy/a.yaml\n"),
    ]);
    let bin = folder.path().join("bin");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_lapsewatch"), bin.join("lapsewatch")).unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    for example in examples {
        let (begin, own) = example.rsplit_once("| ").unwrap_or(("", example));
        assert!(own.starts_with("lapsewatch check "), "{example}");
        let script = match begin {
            "" => own.to_owned(),
            begin => {
                assert!(
                    ["helm template ", "kustomize build ", "kubectl get "].iter().any(|tool| begin.starts_with(tool)),
                    "{example}"
                );
                format!("cat deploy/a.yaml | {own}")
            }
        };
        let output =
            Command::new("bash").args(["-c", &script]).current_dir(folder.path()).env("PATH", &path).output().unwrap();
        assert!(output.status.success(), "{example}: {}", String::from_utf8_lossy(&output.stderr));
    }
}
