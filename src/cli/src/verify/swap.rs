//! Builds the Secret that would result from putting the new files in place.

use std::collections::BTreeMap;

use super::place::{InstalledSecret, RenewalTarget};
use crate::local_files::LocalCredential;
use lapsewatch_core::api::names;
use lapsewatch_core::api::status::KeySelection;
use lapsewatch_core::credential;
use lapsewatch_core::messages::verify_remarks;
use lapsewatch_core::secret::{SecretBytes, SecretData};

/// The Secret with the new files in place.
pub struct Swapped {
    /// The values of the Secret.
    pub data: SecretData,
    /// The Secret keys from which the credential, the private key and the password are read, as far as the spec names
    /// them.
    pub selection: KeySelection,
    /// True if `data` is the whole Secret. False if the present Secret was not read, or if only files are compared.
    pub is_all: bool,
    /// Remarks on the Secret key that each file replaces.
    pub remarks: Vec<String>,
}

/// Puts the new files in place. The credential, the private key and the password each replace the value of the same
/// purpose. Any other file is stored under a Secret key named after the file.
pub fn put(new: LocalCredential, place: &mut RenewalTarget) -> Swapped {
    let selection = place.selection.clone();
    let used = place.status.credential.as_ref().and_then(|facts| facts.keys.clone()).unwrap_or_default();
    let for_credential = selection.key.clone().or(used.credential);
    let for_key = selection.private_key_key.clone().or(used.private_key);
    // A bundle has the certificate and the private key under one Secret key. The new certificate takes this Secret key,
    // so the new private key needs another Secret key.
    let for_key = for_key.filter(|key| Some(key) != for_credential.as_ref());
    let for_password = selection.password_key.clone().or(used.password);

    let (mut data, is_all) = match std::mem::replace(&mut place.beside, InstalledSecret::Unseen) {
        // Without an object, `data` has the values of files, which may be only a part of a Secret.
        InstalledSecret::Seen(data) => (data, place.key.is_some()),
        InstalledSecret::Missing => (SecretData::default(), true),
        InstalledSecret::Unseen => (SecretData::default(), false),
    };
    let mut selection = KeySelection { password_key: None, ..selection };
    let LocalCredential { data: files, selection: of_files, .. } = new;
    let mut files = files.values;
    let mut remarks = Vec::new();
    let password = of_files.password_key.as_ref().and_then(|key| files.remove_entry(key));
    let credential = main(place, &files, password.as_ref());
    let private_key = files.iter().find(|(_, bytes)| credential::is_private_key(bytes)).map(|(name, _)| name.clone());

    for (name, bytes) in files {
        let target = match &name {
            name if Some(name) == credential.as_ref() => for_credential.clone(),
            name if Some(name) == private_key.as_ref() => for_key.clone(),
            _ => None,
        };
        if place.key.is_none() {
            // If only files are compared, the values have file names as keys. The new file is added and the old file is
            // removed.
            target.map(|old| data.values.remove(&old));
            data.values.insert(name, bytes);
            continue;
        }
        let key = target.unwrap_or_else(|| names::to_secret_key(&name));
        let is_new = is_all && !data.values.contains_key(&key);
        remarks.push(verify_remarks::stands_for(&name, &key, &place.spec, is_new));
        data.values.insert(key, bytes);
    }
    selection.password_key = match password {
        Some((own, bytes)) => {
            let key = for_password.unwrap_or(own);
            data.values.insert(key.clone(), bytes);
            Some(key)
        }
        None => place.selection.password_key.clone(),
    };
    if !is_all {
        // A selected key that is not in `data` may be in the part of the Secret that was not read. It is deselected,
        // because the selection of a missing key would be an error.
        for key in [&mut selection.key, &mut selection.private_key_key, &mut selection.password_key] {
            *key = key.take().filter(|key| data.values.contains_key(key));
        }
    }
    Swapped { data, selection, is_all, remarks }
}

/// Chooses the file with the credential: the first file that can be read as a credential. If no file can be read, the
/// first file that is not a private key is chosen.
fn main(
    place: &RenewalTarget,
    files: &BTreeMap<String, SecretBytes>,
    password: Option<&(String, SecretBytes)>,
) -> Option<String> {
    let others = || files.iter().filter(|(_, bytes)| !credential::is_private_key(bytes));
    let selection = KeySelection { password_key: password.map(|(key, _)| key.clone()), ..KeySelection::default() };
    let copy = |bytes: &SecretBytes| SecretBytes::new(bytes.expose().to_vec());
    let mut several = others().skip(1).peekable();
    let read = |name: &str, bytes: &SecretBytes| {
        let pairs = password.iter().map(|(key, bytes)| (key.as_str(), bytes)).chain([(name, bytes)]);
        let alone: SecretData = pairs.map(|(key, bytes)| (key.to_owned(), copy(bytes))).collect();
        credential::read(place.spec.type_, &alone, &selection).is_ok()
    };
    // The files are read only if there are at least two candidates.
    let found = several.peek().and_then(|_| others().find(|(name, bytes)| read(name, bytes)));
    found.or_else(|| others().next()).map(|(name, _)| name.clone())
}
