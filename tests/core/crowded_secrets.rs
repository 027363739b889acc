//! Tests Secrets with very many small values. The reading time grows linearly with the size, not quadratically.

use std::time::{Duration, Instant};

use lapsewatch_core::api::credential::CredentialType::X509Certificate;
use lapsewatch_core::api::reasons::FailureReason::{Ambiguous, LimitExceeded};
use lapsewatch_core::api::status::KeySelection;
use lapsewatch_core::secret::SecretData;

fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = u16::try_from(content.len()).unwrap().to_be_bytes();
    let head: &[u8] = if content.len() < 128 { &[tag, length[1]] } else { &[tag, 0x82, length[0], length[1]] };
    [head, &content].concat()
}

/// Builds a minimal certificate.
fn certificate(serial: u16, public_key: &[u8]) -> Vec<u8> {
    let algorithm = element(0x30, &[&element(0x06, &[&[0x2a, 0x03]])]);
    let serial = element(0x02, &[&[1], &serial.to_be_bytes()]);
    let validity = element(0x30, &[&element(0x17, &[b"300101000000Z"]), &element(0x17, &[b"310101000000Z"])]);
    let version = element(0xa0, &[&element(0x02, &[&[2]])]);
    let nobody = element(0x30, &[]);
    let signed = element(0x30, &[&version, &serial, &algorithm, &nobody, &validity, &nobody, public_key]);
    element(0x30, &[&signed, &algorithm, &element(0x03, &[&[0]])])
}

/// Returns a public key with an unknown algorithm.
fn unknown() -> Vec<u8> {
    element(0x30, &[&element(0x30, &[&element(0x06, &[&[0x2a, 0x03]])]), &element(0x03, &[&[0, 0]])])
}

/// Returns the base point of P-384 in compressed form. Decompression takes the longest of the three supported curves.
fn compressed() -> Vec<u8> {
    let x = "aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7";
    let x: Vec<u8> = (0..48).map(|at| u8::from_str_radix(&x[2 * at..2 * at + 2], 16).unwrap()).collect();
    let elliptic = element(0x06, &[&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01]]);
    let p384 = element(0x06, &[&[0x2b, 0x81, 0x04, 0x00, 0x22]]);
    element(0x30, &[&element(0x30, &[&elliptic, &p384]), &element(0x03, &[&[0, 2], &x])])
}

fn time_of(count: u16, public_key: &[u8]) -> Duration {
    let secret: SecretData =
        (0..count).map(|serial| (format!("{serial:05}"), certificate(serial, public_key))).collect();
    let begun = Instant::now();
    let failure = lapsewatch_core::read(X509Certificate, &secret, &KeySelection::default()).unwrap_err();
    assert_eq!(failure.reason, Ambiguous, "{}", failure.message);
    begun.elapsed()
}

/// Returns the best of five measurements, because other tests run at the same time.
fn best_of(count: u16, public_key: &[u8]) -> Duration {
    (0..5).map(|_| time_of(count, public_key)).min().unwrap()
}

#[test]
fn two_thousand_certificates_take_not_much_longer_each_than_two_hundred() {
    let (few, many) = (best_of(200, &unknown()), best_of(2_000, &unknown()));
    assert!(many < few * 30, "{few:?} for 200, {many:?} for 2000");
}

#[test]
fn more_than_2048_entries_are_refused_before_the_rest_is_read() {
    let secret: SecretData =
        (0..12_000).map(|serial| (format!("{serial:05}"), certificate(serial, &unknown()))).collect();
    let failure = lapsewatch_core::read(X509Certificate, &secret, &KeySelection::default()).unwrap_err();
    assert_eq!(failure.reason, LimitExceeded, "{}", failure.message);
    assert!(failure.message.contains("more than the 2048 certificates"), "{}", failure.message);
    let one = |key: &str| Some(key.to_owned());
    let named = KeySelection { key: one("00007"), private_key_key: one("00008"), ..KeySelection::default() };
    assert!(lapsewatch_core::read(X509Certificate, &secret, &named).is_ok());
}

#[test]
fn a_compressed_point_takes_not_much_longer_than_a_key_that_is_not_read() {
    let (unread, read) = (best_of(1_000, &unknown()), best_of(1_000, &compressed()));
    assert!(read * 2 < unread * 5, "{unread:?} for unknown keys, {read:?} for compressed points");
}
