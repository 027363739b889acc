//! Tests the limits on the size and number of values, and hostile input.

use crate::readers::*;

#[test]
fn limits_hold_before_any_work_is_done() {
    let push = fixture("apns/a.pem");
    let large = [push.as_slice(), &vec![b' '; 900 * 1000]].concat();
    is(&one(APNsCertificate, &large).unwrap_err(), LimitExceeded, &["key value", "256 KiB"]);
    let facts = read(APNsCertificate, &secret(&[("large", &large), ("push", &push)])).unwrap();
    assert_eq!(credential_key(&facts), "push");
    let mut brim = push.clone();
    brim.resize(256 * 1024, b'\n');
    assert!(one(APNsCertificate, &brim).is_ok());
    brim.push(b'\n');
    is(&one(APNsCertificate, &brim).unwrap_err(), LimitExceeded, &["256 KiB"]);
    assert!(one(APNsCertificate, &push.repeat(64)).is_ok());
    is(&one(APNsCertificate, &push.repeat(65)).unwrap_err(), LimitExceeded, &["key value", "64 PEM blocks"]);
    is(
        &one(X509Certificate, &fixture("wrong/rsa-16392.pem")).unwrap_err(),
        LimitExceeded,
        &["key value", "16384 bits"],
    );
}

/// The Secret contains more private keys than are compared. The certificate is still read in reasonable time.
#[test]
fn a_secret_full_of_private_keys_is_read() {
    let (push, private) = (fixture("apns/a.pem"), fixture("x509/p521.key"));
    let names: Vec<String> = (0..2000).map(|number| format!("k{number:04}")).collect();
    let mut values: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), private.as_slice())).collect();
    values.push(("push", &push));
    assert_eq!(key(&read(APNsCertificate, &secret(&values)).unwrap()).0, KeyMatch::KeyUnreadable);
}

/// The input contains deep nesting, many repetitions and wrong lengths.
#[test]
fn hostile_input_ends_in_a_failure() {
    let size = 256 * 1024;
    for bytes in [
        vec![0x30; size],
        [0x30, 0x80].repeat(size / 2),
        [0x30, 0x84, 0xff, 0xff, 0xff, 0xff].repeat(size / 6),
        [0xa0, 0x80].repeat(size / 2),
        b"-----BEGIN ".repeat(size / 11),
        b"-----BEGIN CERTIFICATE-----".repeat(60),
        b"-----END CERTIFICATE-----".repeat(size / 25),
        vec![b'-'; size],
        vec![b'{'; size],
        b"{\"a\":".repeat(size / 5),
        b"<a>".repeat(size / 3),
        [&b"<wap-provisioningdoc>"[..], &b"<a b='".repeat(size / 7)].concat(),
        [&b"<wap-provisioningdoc "[..], &b"a='' ".repeat(size / 6), b">"].concat(),
        b"a:\n".repeat(size / 3),
        b"Content-Type: text/plain\n\n".repeat(size / 26),
        vec![b'A'; size],
        vec![b'='; size],
        vec![0; size],
    ] {
        for type_ in TYPES {
            assert!(one(type_, &bytes).is_err());
        }
    }
}
