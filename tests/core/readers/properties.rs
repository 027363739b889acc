//! Tests the readers with random, truncated and damaged input.

use std::sync::OnceLock;

use proptest::prelude::*;

use crate::readers::*;

/// A fixture and the password that opens it.
pub struct Artefact {
    pub bytes: Vec<u8>,
    pub password: String,
}

/// Parts of the names of slow fixtures. Their many rounds or large tables test nothing that faster fixtures do not.
const SLOW: [&str; 5] = ["scrypt", "600000", "too-costly", "keytool", "make"];
/// A text that is appended to the input and must not occur in any message.
const MARK: &str = "hunter2";

/// Returns every fixture except slow fixtures and the scripts that create fixtures.
pub fn artefacts() -> &'static [Artefact] {
    static ALL: OnceLock<Vec<Artefact>> = OnceLock::new();
    ALL.get_or_init(|| {
        let folder = lapsewatch_test_support::root().join("tests/fixtures");
        let kinds =
            ["apns", "x509", "wrong", "vpp", "dep", "symantec", "containers/p12", "containers/key", "containers/cms"];
        let mut paths: Vec<_> = kinds
            .iter()
            .flat_map(|kind| std::fs::read_dir(folder.join(kind)).unwrap())
            .map(|it| it.unwrap().path())
            .collect();
        paths.retain(|path| SLOW.iter().all(|slow| !path.display().to_string().contains(slow)));
        paths.sort();
        let artefact = |path: &std::path::PathBuf| Artefact {
            bytes: std::fs::read(path).unwrap(),
            password: password(&path.strip_prefix(&folder).unwrap().display().to_string()).to_owned(),
        };
        paths.iter().map(artefact).collect()
    })
}

fn password(name: &str) -> &'static str {
    match name {
        _ if name.contains("umlaut") => "pässwörd",
        _ if name.contains("empty") || name.contains("no-password") => "",
        _ if name.starts_with("containers/") => "secret",
        _ => "fixture",
    }
}

/// Reads the bytes as every type, and checks the limits on facts and messages.
pub fn said(bytes: &[u8], password: &str) {
    let push = fixture("apns/a.key");
    let server = fixture("dep/server.key");
    let opened = KeySelection { password_key: Some("password".to_owned()), ..KeySelection::default() };
    for type_ in TYPES {
        let alone = secret(&[("value", bytes)]);
        let private_key = if type_ == DEPToken { &server } else { &push };
        let beside = secret(&[("other", private_key), ("password", password.as_bytes()), ("value", bytes)]);
        for result in [read(type_, &alone), lapsewatch_core::read(type_, &beside, &opened)] {
            match result {
                Ok(facts) => {
                    assert!(facts.identity.is_none_or(|identity| identity.chars().count() <= 256));
                    assert!(
                        facts
                            .subject
                            .is_none_or(|name| name.chars().count() <= 512 && !name.contains(char::is_control))
                    );
                    assert!(facts.serial_number.is_none_or(|serial| serial.len() <= 82));
                }
                Err(failure) => {
                    let message = &failure.message;
                    assert!(message.len() < 600 && message.is_ascii(), "{message}");
                    assert!(!message.contains(MARK), "{message}");
                    assert!(quotes_nothing(message, bytes), "{message}");
                }
            }
        }
    }
}

/// Checks the unchanged input, and the input with [`MARK`] at its end. No message may contain the mark.
pub fn survives(bytes: &[u8], password: &str) {
    said(bytes, password);
    let marked = [bytes, MARK.as_bytes()].concat();
    assert!(TYPES.into_iter().all(|type_| one(type_, &marked).err().is_none_or(|it| !it.message.contains(MARK))));
}

/// True if the message contains no run of 24 letters and digits of the input. No word in the readers' own messages is
/// that long.
fn quotes_nothing(message: &str, bytes: &[u8]) -> bool {
    let runs = message.split(|letter: char| !letter.is_ascii_alphanumeric());
    runs.filter(|run| run.len() >= 24).all(|run| !bytes.windows(run.len()).any(|window| window == run.as_bytes()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        survives(&bytes, "secret");
    }

    #[test]
    fn any_der_like_bytes_are_survived(bytes in proptest::collection::vec(prop_oneof![
        Just(0x30_u8), Just(0x31), Just(0x02), Just(0x03), Just(0x04), Just(0x06), Just(0x17), Just(0x80), Just(0x82), Just(0xa0), Just(0x01), any::<u8>()
    ], 0..300)) {
        survives(&bytes, "secret");
    }

    #[test]
    fn damaged_files_are_survived(
        file in any::<proptest::sample::Index>(),
        flips in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 0..6),
        cut in any::<proptest::sample::Index>(),
        how in 0..5_u8,
    ) {
        let artefact = file.get(artefacts());
        let mut bytes = artefact.bytes.clone();
        if !bytes.is_empty() {
            for (at, value) in flips {
                let at = at.index(bytes.len());
                bytes[at] = value;
            }
            let at = cut.index(bytes.len());
            match how {
                0 => bytes.truncate(at),
                1 => drop(bytes.drain(..at)),
                2 => bytes.extend_from_within(at..),
                3 => { let front = bytes[..at].to_vec(); bytes.splice(0..0, front); }
                _ => {}
            }
        }
        survives(&bytes, &artefact.password);
    }
}
