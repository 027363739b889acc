//! Selects the values of the Secret that `new` writes, and their keys.

use crate::local_files::LocalCredential;
use lapsewatch_core::api;
use lapsewatch_core::credential::Identified;
use lapsewatch_core::secret::SecretBytes;

use super::names;

/// The maximum size of a Secret's values, in bytes: 1 MiB (Kubernetes documentation, "Secrets").
const MAX_SECRET: usize = 1 << 20;

/// One value of the Secret.
pub(super) struct SecretEntry<'a> {
    /// The key in the Secret.
    pub key: String,
    /// The name of the file, which is the key in the [`LocalCredential`]. None for the password.
    pub file: Option<&'a str>,
    /// The content of the value.
    pub bytes: &'a SecretBytes,
}

/// Returns all values, sorted by key. The credential and its private key get their default keys, and other files get
/// keys from their names. The password is included if the credential needs a password.
///
/// # Errors
/// If the values are too large for a Secret.
pub(super) fn entries<'a>(
    identified: &Identified,
    in_hand: &'a LocalCredential,
) -> Result<Vec<SecretEntry<'a>>, String> {
    let used = identified.facts.keys.clone().unwrap_or_default();
    let is_other = |file: &str, key: &str| {
        in_hand.paths.keys().any(|other| other != file && api::names::to_secret_key(other) == key)
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
        // The default key is not used if a different file already gets the same key from its name.
        let usual = usual.filter(|usual| !is_other(file, usual)).map(str::to_owned);
        let key = usual.unwrap_or_else(|| api::names::to_secret_key(file));
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
