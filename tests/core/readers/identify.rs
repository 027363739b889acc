//! Tests files without a given type, and messages for files that are not in a Secret.

use lapsewatch_core::credential::identify;
use lapsewatch_core::messages::reader;
use lapsewatch_core::secret::ValueSource;

use super::*;

/// Returns all fixtures of these folders. Each is a Secret or a set of files by itself.
fn each(source: ValueSource) -> Vec<(String, SecretData)> {
    let root = lapsewatch_test_support::root().join("tests/fixtures");
    let mut all = Vec::new();
    for folder in ["apns", "x509", "vpp", "dep", "symantec", "wrong"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let file = format!("{folder}/{}", entry.unwrap().file_name().to_string_lossy());
            let data = SecretData { source, ..files(&[("value", &file)]) };
            all.push((file, data));
        }
    }
    assert!(all.len() > 150);
    all
}

#[test]
fn what_one_type_reads_is_of_that_type_and_other_certificates_are_x509() {
    let mut seen = std::collections::BTreeSet::new();
    for (file, data) in each(ValueSource::Secret) {
        let of: Vec<_> = TYPES.into_iter().filter(|type_| read(*type_, &data).is_ok()).collect();
        let found = identify(None, &data, &KeySelection::default());
        match of.as_slice() {
            [] => assert!(found.is_err(), "{file}"),
            [first, ..] => {
                let found = found.unwrap_or_else(|failure| panic!("{file}: {failure:?}"));
                assert_eq!(found.type_, *first, "{file}");
                assert_eq!(found.facts, read(*first, &data).unwrap(), "{file}");
                seen.insert(*first);
            }
        }
    }
    assert_eq!(seen.len(), TYPES.len());
}

/// A user with files has no Secret and no spec to change.
#[test]
fn of_files_no_message_speaks_of_a_secret() {
    let mut cases = each(ValueSource::Files);
    for several in [
        &[("a", "apns/a.pem"), ("b", "apns/b.pem")][..],
        &[("a", "dep/a.p7m"), ("b", "dep/server.encrypted.key")],
        &[("a", "dep/a.p7m"), ("b", "apns/other.key")],
        &[("a", "wrong/truncated.pem"), ("b", "x509/ca.pem")],
        &[],
    ] {
        cases.push((format!("{several:?}"), SecretData { source: ValueSource::Files, ..files(several) }));
    }
    let many = (0..2049).map(|n| (format!("k{n}"), fixture("apns/a.pem")));
    cases.push(("many".to_owned(), SecretData { source: ValueSource::Files, ..many.collect() }));
    let mut failures = 0;
    for (file, data) in cases {
        for password in [None, Some("wrong")] {
            let mut data = SecretData { source: data.source, ..copy(&data) };
            let mut selection = KeySelection::default();
            if let Some(password) = password {
                data.values.insert("password/".to_owned(), password.as_bytes().to_vec().into());
                selection.password_key = Some("password/".to_owned());
            }
            // Key derivation from a wrong password is slow, so that case runs without a type only.
            for type_ in TYPES.into_iter().map(Some).filter(|_| password.is_none()).chain([None]) {
                let Err(failure) = identify(type_, &data, &selection) else { continue };
                let failure = reader::failure(&failure);
                failures += 1;
                let text = &failure.message;
                let is_of_a_secret = text.contains("Secret") || text.contains("spec.") || text.starts_with("key");
                assert!(!is_of_a_secret, "{file} as {type_:?}: {text}");
                assert!(text.contains("file") && !text.contains("password/"), "{file} as {type_:?}: {text}");
            }
        }
    }
    assert!(failures > 500, "{failures}");
}

fn copy(data: &SecretData) -> SecretData {
    data.values.iter().map(|(key, value)| (key.clone(), value.expose().to_vec())).collect()
}
