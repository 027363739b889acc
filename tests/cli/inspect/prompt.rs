//! Tests the password prompt in a pseudoterminal, which must not show the password.

use crate::files::terminal::{at_a_terminal, end};
use crate::files::{fixtures, run};

#[test]
fn a_keystore_s_password_is_asked_for_and_not_shown() {
    let mut session = at_a_terminal(&["inspect", "--at", "2030-08-01", "apns/a.p12"]);
    session.exp_string("Password for a.p12: ").unwrap();
    session.send_line("fixture").unwrap();
    let (shown, code) = end(session);
    assert_eq!(code, 0, "{shown}");
    assert!(shown.contains("the private key in file a.p12 belongs to the certificate"), "{shown}");
    assert!(!shown.contains("fixture"), "{shown}");
}

#[test]
fn so_is_that_of_a_private_key() {
    for key in ["apns/a.encrypted.key", "apns/a.legacy-encrypted.key"] {
        let mut session = at_a_terminal(&["inspect", "--at", "2030-08-01", "apns/a.pem", key]);
        session.exp_string(".key, a.pem: ").unwrap();
        session.send_line("fixture").unwrap();
        let (shown, code) = end(session);
        assert!(code == 0 && shown.contains("belongs to the certificate") && !shown.contains("fixture"), "{shown}");
    }
    let mut session = at_a_terminal(&["inspect", "--at", "2030-08-01", "dep/a.p7m", "dep/server.encrypted.key"]);
    session.exp_string("Password for a.p7m, server.encrypted.key: ").unwrap();
    session.send_line("fixture").unwrap();
    let (shown, code) = end(session);
    assert!(code == 0 && shown.contains("an encrypted DEP server token"), "{shown}");
}

#[test]
fn a_wrong_password_is_asked_for_again_and_three_are_enough() {
    let mut session = at_a_terminal(&["inspect", "apns/a.p12"]);
    session.exp_string("Password for a.p12: ").unwrap();
    for _ in 0..2 {
        session.send_line("hunter2").unwrap();
        session.exp_string("That password does not open it. Password for a.p12: ").unwrap();
    }
    session.send_line("hunter2").unwrap();
    let (shown, code) = end(session);
    assert_eq!(code, 2, "{shown}");
    assert!(shown.contains("that the given password does not open") && !shown.contains("hunter2"), "{shown}");
}

#[test]
fn nothing_entered_is_no_password() {
    let mut session = at_a_terminal(&["inspect", "apns/a.p12"]);
    session.exp_string("Password for a.p12: ").unwrap();
    session.send_line("").unwrap();
    let (shown, code) = end(session);
    assert!(code == 2 && shown.contains("needs a password; give it with --password-file"), "{shown}");
}

#[test]
fn nobody_is_asked_where_nobody_sits_or_where_none_is_needed() {
    run(fixtures(), &["inspect", "apns/a.p12"], b"fixture\n")
        .is(2)
        .says("needs a password; give it with --password-file");
    let (shown, code) = end(at_a_terminal(&["inspect", "--at", "2030-08-01", "apns/a.pem", "apns/a.key"]));
    assert!(code == 0 && !shown.contains("Password"), "{shown}");
    let (shown, code) = end(at_a_terminal(&["inspect", "wrong/request.csr"]));
    assert!(code == 2 && !shown.contains("Password"), "{shown}");
}
