//! Which values the Secret has, and under which keys.

use crate::local_files::{self, LocalCredential};
use lapsewatch_core::credential::Identified;
use lapsewatch_core::secret::SecretBytes;

use super::names;

/// The most bytes that the API server takes in one Secret.
const MAX_SECRET: usize = 1 << 20;

/// One value of the Secret.
pub(super) struct SecretEntry<'a> {
    /// Its key.
    pub key: String,
    /// The key that it has among the files in hand; none for the password.
    pub file: Option<&'a str>,
    /// Its bytes.
    pub bytes: &'a SecretBytes,
}

/// All values, sorted by key: the credential and its private key under the field's usual names, others under those of
/// their files, and the password where it was needed.
///
/// # Errors
/// Where no Secret can hold them.
pub(super) fn entries<'a>(
    identified: &Identified,
    in_hand: &'a LocalCredential,
) -> Result<Vec<SecretEntry<'a>>, String> {
    let used = identified.facts.keys.clone().unwrap_or_default();
    let is_other = |file: &str, key: &str| {
        in_hand.paths.keys().any(|other| other != file && local_files::secret_key(other) == key)
    };
    let mut entries = Vec::new();
    for file in in_hand.paths.keys() {
        let Some(bytes) = in_hand.data.values.get(file) else { continue };
        let usual = if used.credential.as_ref() == Some(file) {
            Some(names::key(identified.type_, identified.facts.format))
        } else if used.private_key.as_ref() == Some(file) {
            Some(names::private_key(identified.type_))
        } else {
            None
        };
        // Another file may have that name already.
        let usual = usual.filter(|usual| !is_other(file, usual)).map(str::to_owned);
        let key = usual.unwrap_or_else(|| local_files::secret_key(file));
        entries.push(SecretEntry { key, file: Some(file), bytes });
    }
    if let (Some(_), Some(bytes)) = (&used.password, in_hand.password()) {
        let mut key = "password".to_owned();
        while entries.iter().any(|entry| entry.key == key) {
            key.push_str("-of-keystore");
        }
        entries.push(SecretEntry { key, file: None, bytes });
    }
    entries.sort_by(|a, b| a.key.cmp(&b.key));
    match entries.iter().map(|entry| entry.bytes.expose().len()).sum::<usize>() {
        0..=MAX_SECRET => Ok(entries),
        _ => Err("the files together are larger than 1 MiB, which is more than a Secret can hold".to_owned()),
    }
}
