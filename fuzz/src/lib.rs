//! Shared code of the fuzz targets: reads a Secret made from the input, and checks that the results keep their limits.
//!
//! The targets do not assert that messages quote no content, because an input may contain the words of a message. The
//! tests in `tests/core/readers/` use planted markers for this check.

use lapsewatch_core::api::credential::CredentialType;
use lapsewatch_core::api::status::KeySelection;
use lapsewatch_core::secret::SecretData;

/// The credential types that [`door`] can select.
const TYPES: [CredentialType; 5] = [
    CredentialType::APNsCertificate,
    CredentialType::X509Certificate,
    CredentialType::VPPToken,
    CredentialType::DEPToken,
    CredentialType::WindowsSymantecCertificate,
];

/// Reads the input as the only unknown value, beside a private key and a password that open the fixtures.
pub fn beside(type_: CredentialType, private_key: &[u8], password: &[u8], input: &[u8]) {
    let values = [("file", input), ("key", private_key), ("password", password)];
    let selection = KeySelection { password_key: Some("password".to_owned()), ..KeySelection::default() };
    check(type_, &secret(None, &values), &selection);
}

/// Reads a Secret whose values, type and selection all come from the input:
///
/// | byte | meaning |
/// |---|---|
/// | 0 | the credential's type |
/// | 1 | bits: 1 the Secret has the type `kubernetes.io/tls`, 2 `passwordKey` is set, 4 `key`, 8 `privateKeyKey` |
/// | 2 | the password's length in bytes |
/// | 3, 4 | the private key's length in bytes, big-endian |
/// | 5, 6 | the second file's length in bytes, big-endian |
/// | 7… | the password, the private key, the second file, and in the remaining bytes the first file |
pub fn door(input: &[u8]) {
    if let Some((type_, secret, selection)) = taken_apart(input) {
        check(type_, &secret, &selection);
    }
}

/// Splits the input into the credential type, the Secret and the selection that [`door`] reads.
pub fn taken_apart(input: &[u8]) -> Option<(CredentialType, SecretData, KeySelection)> {
    let (&[type_, bits, password, key_1, key_0, second_1, second_0], rest) = input.split_first_chunk::<7>()?;
    let (password, rest) = split(rest, usize::from(password));
    let (key, rest) = split(rest, usize::from(u16::from_be_bytes([key_1, key_0])));
    let (second, first) = split(rest, usize::from(u16::from_be_bytes([second_1, second_0])));

    let mut values = vec![("tls.crt", first), ("tls.key", key), ("password", password)];
    if !second.is_empty() {
        values.push(("other", second));
    }
    let named = |bit: u8, name: &str| (bits & bit != 0).then(|| name.to_owned());
    let selection = KeySelection {
        password_key: named(2, "password"),
        key: named(4, "tls.crt"),
        private_key_key: named(8, "tls.key"),
    };
    let type_ = TYPES[usize::from(type_) % TYPES.len()];
    Some((type_, secret(named(1, "kubernetes.io/tls"), &values), selection))
}

fn split(bytes: &[u8], at: usize) -> (&[u8], &[u8]) {
    bytes.split_at(at.min(bytes.len()))
}

fn secret(type_: Option<String>, values: &[(&str, &[u8])]) -> SecretData {
    SecretData { type_, ..values.iter().map(|(name, bytes)| (*name, bytes.to_vec())).collect() }
}

fn check(type_: CredentialType, secret: &SecretData, selection: &KeySelection) {
    match lapsewatch_core::read(type_, secret, selection) {
        Ok(facts) => {
            assert!(facts.identity.is_none_or(|identity| identity.chars().count() <= 256));
            assert!(facts.subject.is_none_or(|name| name.chars().count() <= 512 && !name.contains(char::is_control)));
            assert!(facts.serial_number.is_none_or(|serial| serial.len() <= 82));
        }
        // The Secret keys are ASCII, and a message contains nothing else from the input.
        Err(failure) => assert!(failure.message.len() <= 2048 && failure.message.is_ascii(), "{}", failure.message),
    }
}
