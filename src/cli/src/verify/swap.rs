//! The new files put where they belong: the Secret as it would be.

use std::collections::BTreeMap;

use super::place::{InstalledSecret, RenewalTarget};
use crate::local_files::{self, LocalCredential};
use lapsewatch_core::api::status::KeySelection;
use lapsewatch_core::credential;
use lapsewatch_core::messages::verify_remarks;
use lapsewatch_core::secret::{SecretBytes, SecretData};

/// The Secret as it would be.
pub struct Swapped {
    /// Its values.
    pub data: SecretData,
    /// Which of them are named.
    pub selection: KeySelection,
    /// Nothing else can stand there.
    pub is_all: bool,
    /// Which file stands for what.
    pub remarks: Vec<String>,
}

/// Puts the files into the place. A private key goes where the private key is, the credential where the credential is,
/// the password where the password is; anything else, and what has no place yet, stands under its file's name.
pub fn put(new: LocalCredential, place: &mut RenewalTarget) -> Swapped {
    let selection = place.selection.clone();
    let used = place.status.credential.as_ref().and_then(|facts| facts.keys.clone()).unwrap_or_default();
    let for_credential = selection.key.clone().or(used.credential);
    let for_key = selection.private_key_key.clone().or(used.private_key);
    // A bundle holds both: the certificate's file takes its place, and the key then needs one of its own.
    let for_key = for_key.filter(|key| Some(key) != for_credential.as_ref());
    let for_password = selection.password_key.clone().or(used.password);

    let (mut data, is_all) = match std::mem::replace(&mut place.beside, InstalledSecret::Unseen) {
        // Files that are compared are not all there is.
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
            // Files have no place to take: the new one comes, the old one goes.
            target.map(|old| data.values.remove(&old));
            data.values.insert(name, bytes);
            continue;
        }
        let key = target.unwrap_or_else(|| local_files::secret_key(&name));
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
        // What was not seen may be there.
        for key in [&mut selection.key, &mut selection.private_key_key, &mut selection.password_key] {
            *key = key.take().filter(|key| data.values.contains_key(key));
        }
    }
    Swapped { data, selection, is_all, remarks }
}

/// Which of the files is the credential: the one that can be read as one, else the first that is no private key.
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
    // The only one needs no look.
    let found = several.peek().and_then(|_| others().find(|(name, bytes)| read(name, bytes)));
    found.or_else(|| others().next()).map(|(name, _)| name.clone())
}
