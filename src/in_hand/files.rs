//! Files to the values of a Secret that is not there yet.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::api::status::Selection;
use crate::secret::{SecretBytes, SecretData};
use crate::terminal::plain;

/// What one file may hold at most: a Secret as a whole can hold no more.
const MAX_FILE: u64 = 1 << 20;
/// Where a password stands, which no file's name can take: Secrets have no such key.
const PASSWORD: &str = "password/";

/// Files as the values of a Secret: each under its file's name, as `kubectl create secret --from-file` names them.
#[derive(Debug)]
pub struct InHand {
    /// The values.
    pub data: SecretData,
    /// Which of them is the password.
    pub selection: Selection,
}

/// Reads the files; what they hold is not looked at.
///
/// # Errors
/// A sentence that names the file.
pub fn read(paths: &[PathBuf], password: Option<SecretBytes>) -> Result<InHand, String> {
    let mut values = BTreeMap::new();
    for path in paths {
        let name = plain(&path.display().to_string());
        let bytes = open(path).map_err(|error| format!("{name}: {}", why(&error)))?;
        let key = key(path);
        if values.insert(key.clone(), bytes).is_some() {
            return Err(format!("{name}: another file that was given is called {key} too"));
        }
    }
    let mut selection = Selection::default();
    if let Some(password) = password {
        values.insert(PASSWORD.to_owned(), password);
        selection.password_key = Some(PASSWORD.to_owned());
    }
    Ok(InHand { data: SecretData { type_: None, values }, selection })
}

/// Whether that is where [`read`] keeps the password.
pub fn is_password(key: &str) -> bool {
    key == PASSWORD
}

/// The file's name with what a Secret's key can't have replaced.
fn key(path: &Path) -> String {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let mut key: String = name.chars().map(|c| if allowed(c) { c } else { '-' }).take(253).collect();
    if key.is_empty() || key == "." || key.starts_with("..") {
        key = format!("file{}", key.trim_start_matches('.'));
    }
    key
}

fn open(path: &Path) -> io::Result<SecretBytes> {
    let file = File::open(path)?;
    let size = usize::try_from(file.metadata()?.len().min(MAX_FILE)).unwrap_or_default();
    // Reserved at once: a buffer that grows leaves copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(size.saturating_add(1)));
    if file.take(MAX_FILE + 1).read_to_end(&mut bytes)? as u64 > MAX_FILE {
        return Err(io::Error::other("it is larger than 1 MiB, which is more than a Secret can hold"));
    }
    Ok(SecretBytes::new(std::mem::take(&mut *bytes)))
}

fn why(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "this user may not read it".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder: name a file".to_owned(),
        _ => error.to_string(),
    }
}
