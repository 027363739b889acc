//! Tests the password prompt for new files and files in place, in a pseudoterminal that must not show the password.

use crate::files::terminal::{at_a_terminal, end};
use crate::verify::verify;

const SAME: &str = "same topic, same expiry, key fits: safe to apply";

#[test]
fn the_password_of_what_is_new_is_asked_for() {
    let args = ["verify", "--at", "2030-06-15", "--file", "apns/a.p12", "--against", "apns/a.pem"];
    let mut session = at_a_terminal(&args);
    session.exp_string("Password for a.p12: ").unwrap();
    session.send_line("hunter2").unwrap();
    session.exp_string("That password does not open it. Password for a.p12: ").unwrap();
    session.send_line("fixture").unwrap();
    let (shown, code) = end(session);
    assert!(code == 0 && shown.contains(SAME), "{shown}");
    assert!(!shown.contains("fixture") && !shown.contains("hunter2") && !shown.contains("password/"), "{shown}");
}

#[test]
fn so_is_that_of_what_is_in_place() {
    let args = ["verify", "--at", "2030-06-15", "--file", "apns/a-renewed.pem", "--against", "apns/a.p12"];
    let mut session = at_a_terminal(&args);
    session.exp_string("Password for a.p12: ").unwrap();
    session.send_line("fixture").unwrap();
    let (shown, code) = end(session);
    assert!(code == 1 && shown.contains("STOP: the APNs certificate is not valid before"), "{shown}");
}

#[test]
fn nobody_is_asked_where_none_is_needed_or_one_is_given() {
    let (shown, code) = end(at_a_terminal(&[
        "verify",
        "--at",
        "2030-12-02",
        "--file",
        "apns/a-renewed.pem",
        "--against",
        "apns/a.pem",
    ]));
    assert!(code == 0 && !shown.contains("Password"), "{shown}");
    let given = ["--at", "2030-06-15", "--file", "apns/a.p12", "--against", "apns/a.pem", "--password-file", "-"];
    verify(&given, "fixture\n").is(0, SAME);
}

#[test]
fn the_standard_input_is_one_thing() {
    let args = ["--file", "apns/a.p12", "--previous", "-", "--password-file", "-"];
    verify(&args, "fixture\n")
        .is(2, "could not tell: -: the standard input can't be the manifests and the password at once");
    // A file that is too large to be a password was probably given by mistake.
    verify(&["--file", "apns/a.p12", "--against", "apns/a.pem", "--password-file", "make.go"], "")
        .says("it is larger than 4096 bytes, which is no password");
}
