use proptest::prelude::*;

use crate::*;

/// Every file of the fixtures.
fn corpus() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut files = Vec::new();
    for kind in ["apns", "x509", "wrong", "vpp", "dep", "symantec"] {
        let mut paths: Vec<_> =
            std::fs::read_dir(folder.join(kind)).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        files.extend(paths.iter().map(|path| std::fs::read(path).unwrap()));
    }
    files
}

/// Reads it in every way, alone and beside others. What comes out keeps within its limits and quotes nothing.
fn survives(bytes: &[u8]) {
    let beside = fixture("apns/other.key");
    for type_ in TYPES {
        for secret in [secret(&[("value", bytes)]), secret(&[("other", &beside), ("value", bytes)])] {
            match read(type_, &secret) {
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
                    assert!(failure.message.len() < 600 && failure.message.is_ascii(), "{}", failure.message)
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        survives(&bytes);
    }

    #[test]
    fn any_der_like_bytes_are_survived(bytes in proptest::collection::vec(prop_oneof![
        Just(0x30_u8), Just(0x31), Just(0x02), Just(0x03), Just(0x04), Just(0x06), Just(0x17), Just(0x80), Just(0x82), Just(0xa0), Just(0x01), any::<u8>()
    ], 0..300)) {
        survives(&bytes);
    }

    #[test]
    fn damaged_files_are_survived(
        file in any::<proptest::sample::Index>(),
        flips in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 0..6),
        cut in any::<proptest::sample::Index>(),
        how in 0..5_u8,
    ) {
        let corpus = corpus();
        let mut bytes = file.get(&corpus).clone();
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
        survives(&bytes);
    }
}
