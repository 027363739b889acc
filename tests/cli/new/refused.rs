//! Tests credentials that must not be applied to a cluster, and names that the API server would refuse.

use std::fs;
use std::process::Command;

use rexpect::session::spawn_command;

use crate::files::{fixtures, run};
use crate::new::new;

#[test]
fn what_has_expired_is_written_only_by_force() {
    let line = ["new", "--at", "2031-01-01T00:00:01Z", "-t", "acme", "-f", "apns/a.pem", "-f", "apns/a.key"];
    let refused = run(fixtures(), &line, b"");
    refused.is(1).says("error: nothing is written: it has expired; renew it first, or take --force\n");
    refused.says("Critical Expired: the APNs certificate of tenant acme expired at 2031-01-01T00:00:00Z");
    assert_eq!(refused.out, "");
    run(fixtures(), &[&line[..], &["--force"]].concat(), b"")
        .is(0)
        .shows("kind: Secret")
        .shows("kind: TenantCredential");
    // On its last day a certificate needs attention, but `new` still writes the manifests.
    let last = run(fixtures(), &["new", "--at", "2031-01-01", "-t", "acme", "-f", "apns/a.pem"], b"");
    last.is(0).says("Critical ExpiresWithin1Day");
}

#[test]
fn a_private_key_of_another_certificate_is_never_written() {
    for force in ["", "--force"] {
        let ran = new(&format!("-t acme {force} -f apns/a.pem -f apns/other.key"));
        ran.is(1).says("error: nothing is written: give the private key that belongs to the certificate\n");
        assert_eq!(ran.out, "");
    }
}

#[test]
fn what_cannot_be_read_is_not_written() {
    for (line, why) in [
        ("-t acme -f wrong/request.csr", "file \"request.csr\" contains a certificate signing request"),
        ("-t acme -f dep/a.p7m", "the files hold no private key to open it"),
        ("-t acme -f symantec/a.pfx", "needs a password; give it with --password-file"),
        ("-t acme -f apns/a.pem -f nowhere.key", "error: nowhere.key: there is no such file"),
        ("-t acme -f apns/a.pem --password-file nowhere", "error: nowhere: there is no such file"),
        ("-t acme -f apns/a.pem -f apns/b.pem", "hold different MDM push certificates"),
        ("-t acme --type VPPToken -f apns/a.pem", "file a.pem holds an MDM push certificate"),
        ("-t acme -f apns", "error: apns: it is a folder"),
    ] {
        let ran = new(line);
        ran.is(2).says(why);
        assert_eq!(ran.out, "", "{line}");
    }
}

#[test]
fn names_that_can_be_none_are_refused() {
    let long = "a".repeat(250);
    for (line, why) in [
        ("-t Acme -f apns/a.pem", "'Acme' for '--tenant <NAME>': a name has at most 253"),
        ("-t acme --name a_b -f apns/a.pem", "'a_b' for '--name <NAME>'"),
        ("-t acme --secret-name a- -f apns/a.pem", "--secret-name <NAME>'"),
        ("-t acme -n a.b -f apns/a.pem", "'a.b' for '--namespace <NAMESPACE>': a namespace has at most 63"),
        (&format!("-t {long} -f apns/a.pem"), "the tenant's name is too long to make another of it: give --name"),
        ("-f apns/a.pem", "--tenant <NAME>"),
        ("-t acme", "--file <FILE>"),
        ("-t acme --type DeclaredExpiry -f apns/a.pem", "possible values"),
        (
            "-t acme --runbook-url ftp://x -f apns/a.pem",
            "error: spec.owner.runbookURL: Invalid value: spec.owner.runbookURL in body should match '^https?://",
        ),
        (
            "-t acme --contact \u{1} -f apns/a.pem",
            "error: spec.owner.contact: Invalid value: spec.owner.contact in body should match",
        ),
    ] {
        let ran = new(line);
        ran.is(2).says(why);
        assert_eq!(ran.out, "", "{line}");
    }
    new(&format!("-t {long} --name short -f apns/a.pem")).is(0).shows("name: short");
}

#[test]
fn more_than_a_secret_can_hold_is_refused() {
    let folder = tempfile::TempDir::new().unwrap();
    fs::copy(fixtures().join("apns/a.pem"), folder.path().join("push.pem")).unwrap();
    // Each file can be read and fits into a Secret by itself. Together they exceed the limit of a Secret.
    let names = ["one", "two", "three", "four", "five"];
    for name in names {
        let certificate = fs::read(fixtures().join("x509/ca.pem")).unwrap();
        fs::write(folder.path().join(name), [certificate, vec![b'\n'; 240 << 10]].concat()).unwrap();
    }
    let line = ["new", "--at", "2030-08-01", "-t", "acme", "-f", "push.pem", "-f", "one"];
    run(folder.path(), &line, b"").is(0);
    let others: Vec<&str> = names[1..].iter().flat_map(|name| ["-f", name]).collect();
    let ran = run(folder.path(), &[&line[..], &others].concat(), b"");
    ran.is(2).says("error: the files together are larger than 1 MiB, which is more than a Secret can hold\n");
    assert_eq!(ran.out, "");
}

#[test]
fn a_secret_is_shown_in_a_terminal_only_by_force() {
    let at_a_terminal = |more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lapsewatch"));
        command
            .args(["new", "--at", "2030-08-01", "-t", "acme", "-f", "apns/a.pem"])
            .args(more)
            .current_dir(fixtures());
        let mut session = spawn_command(command, Some(30_000)).unwrap();
        let shown = session.exp_eof().unwrap();
        (shown, format!("{:?}", session.process().wait().unwrap()))
    };
    let (shown, status) = at_a_terminal(&[]);
    assert!(status.ends_with(", 2)"), "{status}");
    assert!(shown.contains("> acme-apns.yaml") && shown.contains("--without-secret"), "{shown}");
    assert!(!shown.contains("kind:") && !shown.contains("LS0t"), "{shown}");
    let (shown, status) = at_a_terminal(&["--without-secret"]);
    assert!(status.ends_with(", 0)") && shown.contains("kind: TenantCredential") && !shown.contains("LS0t"), "{shown}");
    let (shown, status) = at_a_terminal(&["--force"]);
    assert!(status.ends_with(", 0)") && shown.contains("push.pem: LS0t"), "{shown}");
}
