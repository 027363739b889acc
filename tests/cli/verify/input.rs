//! Tests that `verify` names each unusable input and the remedy.

use crate::verify::{verify, words};

#[test]
fn what_can_not_be_read_is_a_verdict_that_could_not_be_given() {
    for (line, first) in [
        ("--file nowhere.pem --against apns/a.pem", "could not tell: nowhere.pem: there is no such file"),
        ("--file apns --against apns/a.pem", "could not tell: apns: it is a folder: name a file"),
        ("--file apns/a.pem --against nowhere.pem", "could not tell: nowhere.pem: there is no such file"),
        (
            "--file apns/a.pem --against apns/a.pem --password-file nowhere",
            "could not tell: nowhere: there is no such file",
        ),
        (
            "--file apns/a.pem tcred/acme --kubeconfig wrong/note.txt",
            "could not tell: the kubeconfig \"wrong/note.txt\" is not valid YAML of the kind Config. Check it with kubectl config view",
        ),
    ] {
        words(line).is(2, first);
    }
    words("--file apns/a.pem tcred/acme --context nowhere").says("the kubeconfig has no context \"nowhere\".");
    words("--file apns/a.pem --file x509/../apns/a.pem --against apns/a.pem")
        .says("could not tell: x509/../apns/a.pem: another file that was given is called a.pem too");
    words("--file apns/a.pem --against wrong/note.txt").says("note.txt holds plain text");
    words("--file apns/a.pem --against apns/a.p12").says("a.p12 holds a PKCS#12 keystore that needs a password");
    words("--file apns/a.pem --against apns/a.pem --type VPPToken").says("a.pem holds an MDM push certificate");
}

#[test]
fn a_type_may_be_forced() {
    words("--file apns/b.pem --against apns/a.pem --type x509certificate")
        .is(0, "151 days later, no key beside it: safe to apply");
}

#[test]
fn a_command_line_that_says_too_little_or_too_much_is_refused() {
    for (line, part) in [
        ("--file apns/a.pem", "OBJECT"),
        ("tcred/acme", "--file"),
        ("--file apns/a.pem secret/acme", "tcred/NAME"),
        ("--file apns/a.pem tcred/acme --against apns/a.pem", "--against"),
        ("--file apns/a.pem --previous . --context a", "--context"),
        ("--file apns/a.pem tcred/acme --type VPPToken", "--type"),
        ("--file apns/a.pem --against apns/a.pem --type passkey", "APNsCertificate"),
    ] {
        let ran = words(line);
        assert!(ran.code == 2 && ran.err.contains(part), "{line}\n{}\n{}", ran.out, ran.err);
    }
    let help = verify(&["--help"], "");
    assert!(help.code == 0 && help.out.contains("lapsewatch verify --file new.pem tcred/acme-apns"), "{}", help.out);
}
