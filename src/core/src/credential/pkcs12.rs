//! Reads PKCS#12 keystores (RFC 7292) from old and current tools.
//!
//! No crate meets all requirements: accept BER, bound the key derivation for a whole Secret, distinguish a wrong
//! password from a damaged file, and return certificates unchanged.

use super::der::{CONTEXT_0, DerReader, OCTET_STRING, SEQUENCE, ber};
use super::oid;
use super::pbe::OpenError;
use super::pbe::budget::KdfBudget;
use super::pbe::password::{self, Password};
use super::pkcs12_bags::{Contents, Keystore};
use super::pkcs12_mac;

/// Opens a keystore with the given password, or with the empty password if none is given.
pub(super) fn open(bytes: &[u8], password: Option<&[u8]>, budget: &mut KdfBudget) -> Result<Keystore, OpenError> {
    let der = ber::to_der(bytes)?;
    let mut file = DerReader::new(&der).enter(SEQUENCE)?;
    if file.number()? != 3 {
        return Err(OpenError::NotSupported);
    }
    let mut info = file.enter(SEQUENCE)?;
    if info.oid()? != oid::DATA {
        // A signature, not a password, protects the integrity of such a keystore (RFC 7292, section 4).
        return Err(OpenError::NotSupported);
    }
    let safe = info.enter(CONTEXT_0)?.expect(OCTET_STRING)?;
    let candidates = password::candidates(password);
    let candidates = match file.optional(SEQUENCE)? {
        Some(mac) => vec![pkcs12_mac::matching(mac, safe, candidates, budget)?.ok_or(password::refused(password))?],
        None => candidates,
    };
    let safe = ber::to_der(safe)?;
    let safe = DerReader::new(&safe).enter(SEQUENCE)?;
    tried(safe, &candidates, password::refused(password), budget)
}

/// Opens the contents with each reading of the password. Returns the first complete result, or else the first result in
/// which only a private key can't be opened.
fn tried(
    safe: DerReader<'_>,
    candidates: &[Password],
    refused: OpenError,
    budget: &mut KdfBudget,
) -> Result<Keystore, OpenError> {
    let mut best = Err(refused);
    for candidate in candidates {
        let opened = Contents::new(candidate, refused, budget).read(safe);
        match opened {
            Ok(keystore) if keystore.key_failure.is_none() => return Ok(keystore),
            Ok(keystore) => best = best.or(Ok(keystore)),
            Err(failure) if failure == refused => {}
            // A reading that exceeds the budget may be the right one, so the earlier failures do not decide.
            Err(failure) => return best.or(Err(failure)),
        }
    }
    best
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;
    use crate::credential::pbe::fixture::{block, file, names};
    use crate::credential::private_key::public_key;
    use proptest::prelude::*;

    fn opened(name: &str, password: Option<&str>) -> Result<Keystore, OpenError> {
        let bytes = file(&format!("containers/p12/{name}.p12"));
        open(&bytes, password.map(str::as_bytes), &mut KdfBudget::new())
    }

    /// True if the keystore contains the certificate and the private key of the fixtures.
    fn holds_both(keystore: &Keystore) -> bool {
        let key = public_key(&file("apns/a.key.der"));
        keystore.certificates.contains(&block("apns/a.pem"))
            && keystore.private_keys.len() == 1
            && keystore.private_keys.iter().all(|read| public_key(read) == key)
            && keystore.key_failure.is_none()
    }

    #[test]
    fn every_scheme_is_read() {
        for name in [
            "openssl3",
            "legacy",
            "named",
            "chain-legacy",
            "nomac",
            "nomac-legacy",
            "clear-certificates",
            "clear-certificates-nomac",
            "one-iteration",
            "pbkdf2-600000",
            "mac-sha1",
            "mac-sha224",
            "mac-sha256",
            "mac-sha384",
            "mac-sha512",
            "mac-md5",
            "rc2-40",
            "rc2-128",
            "3des",
            "2des",
            "rc4-128",
            "rc4-40",
            "pbes2-aes-128-cbc",
            "pbes2-aes-192-cbc",
            "pbes2-aes-256-cbc",
            "pbes2-des-ede3-cbc",
            "pbes2-des",
            "keytool",
            "keytool-legacy",
            "python-aes256-sha256",
            "python-3des-sha1",
            "pbmac1",
            "ber-outside",
            "ber-throughout",
            "trailing",
        ] {
            let keystore = opened(name, Some("secret")).unwrap_or_else(|failure| panic!("{name}: {failure:?}"));
            assert!(holds_both(&keystore), "{name}");
            if name == "clear-certificates-nomac" {
                continue;
            }
            assert_eq!(opened(name, Some("other")).err(), Some(OpenError::PasswordWrong), "{name}");
            assert_eq!(opened(name, None).err(), Some(OpenError::PasswordRequired), "{name}");
        }
    }

    #[test]
    fn line_ends_after_the_password_do_no_harm() {
        for password in ["secret\n", "secret\r\n"] {
            assert!(holds_both(&opened("openssl3", Some(password)).unwrap()));
        }
        assert_eq!(opened("openssl3", Some("secret ")).unwrap_err(), OpenError::PasswordWrong);
    }

    #[test]
    fn letters_beyond_ascii_are_read() {
        for name in ["umlaut", "umlaut-legacy"] {
            assert!(holds_both(&opened(name, Some("pässwörd")).unwrap()), "{name}");
            assert_eq!(opened(name, Some("passwörd")).unwrap_err(), OpenError::PasswordWrong);
        }
    }

    #[test]
    fn empty_and_missing_passwords_are_the_same() {
        for name in ["empty", "empty-legacy", "nomac-empty-legacy", "clear", "no-password"] {
            for password in [None, Some(""), Some("\n")] {
                assert!(holds_both(&opened(name, password).unwrap()), "{name}");
            }
        }
    }

    #[test]
    fn several_certificates_and_none_keep_their_order() {
        let chain = opened("chain-legacy", Some("secret")).unwrap();
        assert_eq!((chain.certificates.len(), &chain.certificates[0]), (4, &block("apns/a.pem")));
        assert_eq!(opened("named", Some("secret")).unwrap().certificates.len(), 2);
        let lone = opened("certificates-only", Some("secret")).unwrap();
        assert_eq!((lone.certificates.len(), lone.private_keys.len()), (1, 0));
    }

    #[test]
    fn a_certificate_in_the_clear_is_read_beside_a_locked_key() {
        let name = "clear-certificates-nomac";
        for (password, failure) in [(None, OpenError::PasswordRequired), (Some("other"), OpenError::PasswordWrong)] {
            let keystore = opened(name, password).unwrap();
            assert_eq!((keystore.certificates.len(), keystore.private_keys.len()), (1, 0));
            assert_eq!(keystore.key_failure, Some(failure));
        }
    }

    #[test]
    fn derivations_beyond_the_budget_are_refused_and_not_run() {
        // Each of these derivations would take minutes or days.
        for count in ["2-31", "50000000", "2-80"] {
            for place in ["mac", "bags"] {
                let mut budget = KdfBudget::new();
                let bytes = file(&format!("containers/p12/hostile-{place}-{count}.p12"));
                assert_eq!(open(&bytes, Some(b"secret"), &mut budget).unwrap_err(), OpenError::TooCostly);
                assert_eq!(budget.spend(1_000_000), Ok(()), "nothing was spent");
                assert_eq!(budget.spend(1_000_000), Ok(()), "nothing was spent");
            }
        }
        assert_eq!(opened("too-costly", Some("secret")).unwrap_err(), OpenError::TooCostly);
        assert_eq!(opened("hostile-nested", None).unwrap_err(), OpenError::TooDeep);
    }

    #[test]
    fn one_budget_holds_for_all_keystores_of_a_secret() {
        let bytes = file("containers/p12/pbkdf2-600000.p12");
        let mut budget = KdfBudget::new();
        assert!(open(&bytes, Some(b"secret"), &mut budget).is_ok());
        assert_eq!(open(&bytes, Some(b"secret"), &mut budget).unwrap_err(), OpenError::TooCostly);
    }

    #[test]
    fn damaged_files_are_malformed() {
        assert_eq!(opened("truncated", Some("secret")).unwrap_err(), OpenError::Malformed);
        for bytes in [&b""[..], b"\x30\x00", b"\x30\x03\x02\x01\x03", b"no keystore at all"] {
            assert_eq!(open(bytes, None, &mut KdfBudget::new()).unwrap_err(), OpenError::Malformed);
        }
        assert_eq!(open(b"\x30\x03\x02\x01\x04", None, &mut KdfBudget::new()).unwrap_err(), OpenError::NotSupported);
    }

    fn mutated() -> impl Strategy<Value = Vec<u8>> {
        let names: Vec<&str> = names("p12").into_iter().filter(|name| !name.contains("600000")).collect();
        let change = (any::<prop::sample::Index>(), any::<u8>());
        (prop::sample::select(names), prop::collection::vec(change, 0..6), any::<prop::sample::Index>(), any::<bool>())
            .prop_map(|(name, changes, end, cut)| {
                let mut bytes = file(name);
                for (at, byte) in changes {
                    let at = at.index(bytes.len().min(400));
                    bytes[at] = byte;
                }
                if cut {
                    bytes.truncate(end.index(bytes.len()));
                }
                bytes
            })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]
        #[test]
        fn nothing_that_is_damaged_panics(bytes in mutated()) {
            // A nearly empty budget keeps the test quick.
            let mut budget = KdfBudget::new();
            while budget.spend(10_000).is_ok() && budget.spend(990_000).is_ok() {}
            let _ = open(&bytes, Some(b"secret"), &mut budget);
            let _ = open(&bytes, None, &mut KdfBudget::new());
        }
    }
}
