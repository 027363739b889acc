//! Reads local files as the values of a Secret that does not exist yet.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::file::{MAX_FILE, is_stdin, limited, open, why};
use super::password;
use lapsewatch_core::api::names;
use lapsewatch_core::api::status::KeySelection;
use lapsewatch_core::credential;
use lapsewatch_core::messages;
use lapsewatch_core::sanitize::sanitize_line;
use lapsewatch_core::secret::{SecretBytes, SecretData, ValueSource};

/// The name under which standard input is read.
const STDIN: &str = "stdin";
/// The key of the password among the values. The slash prevents a conflict: neither a file's name nor a key of a Secret
/// can contain a slash.
const PASSWORD: &str = "password/";

/// Files as the values of a Secret. The key of a value is the name of its file; [`names::to_secret_key`] converts this
/// name to a valid key of a Secret.
#[derive(Debug)]
pub struct LocalCredential {
    /// The contents of the files, by file name, and the password under an internal key.
    pub data: SecretData,
    /// The key of the password, if a password was given. The purpose of all other values is detected from
    /// their content.
    pub selection: KeySelection,
    /// The path of each file, as given on the command line. The keys are the same as in `data`.
    pub paths: BTreeMap<String, PathBuf>,
}

impl LocalCredential {
    /// Sets the password, and replaces a previous password.
    pub fn unlock(&mut self, password: SecretBytes) {
        self.data.values.insert(PASSWORD.to_owned(), password);
        self.selection.password_key = Some(PASSWORD.to_owned());
    }

    /// Returns the password. None if no password was given.
    pub fn password(&self) -> Option<&SecretBytes> {
        self.data.values.get(PASSWORD)
    }
}

/// Reads the files without parsing them. `-` has no special meaning here.
///
/// # Errors
/// If a file can't be read: a sentence that names the file.
pub fn read(paths: &[PathBuf], password: Option<SecretBytes>) -> Result<LocalCredential, String> {
    let (mut in_hand, mut problems) = collect(paths, None);
    if !problems.is_empty() {
        return Err(problems.swap_remove(0));
    }
    if let Some(password) = password {
        in_hand.unlock(password);
    }
    Ok(in_hand)
}

/// Reads all readable files and the password, and returns a sentence for each file that can't be read. `-` means
/// standard input.
pub fn gather(paths: &[PathBuf], password_file: Option<&Path>, stdin: &mut dyn Read) -> (LocalCredential, Vec<String>) {
    let password = match password_file {
        Some(file) if is_stdin(file) && paths.iter().any(|path| is_stdin(path)) => {
            Some(Err("-: the standard input can't be a file and the password at once".to_owned()))
        }
        file => file.map(|file| password::from_file(file, stdin)),
    };
    let (mut in_hand, mut problems) = collect(paths, Some(stdin));
    match password {
        Some(Ok(password)) => in_hand.unlock(password),
        Some(Err(problem)) => problems.push(problem),
        None => {}
    }
    (in_hand, problems)
}

fn collect(paths: &[PathBuf], mut stdin: Option<&mut dyn Read>) -> (LocalCredential, Vec<String>) {
    let data = SecretData { source: ValueSource::Files, ..SecretData::default() };
    let mut in_hand = LocalCredential { data, selection: KeySelection::default(), paths: BTreeMap::new() };
    let mut problems = Vec::new();
    for path in paths {
        let name = sanitize_line(&path.display().to_string());
        let (key, bytes) = match &mut stdin {
            Some(stdin) if is_stdin(path) => (STDIN.to_owned(), limited(stdin, MAX_FILE)),
            _ => (name_of(path), open(path)),
        };
        match bytes {
            Err(error) => problems.push(format!("{name}: {}", why(&error))),
            // Two names can become the same key of a Secret, so the converted names are compared.
            Ok(_) if in_hand.paths.keys().any(|known| names::to_secret_key(known) == names::to_secret_key(&key)) => {
                problems.push(format!(
                    "{name}: another file that was given is called {key} too; give one of the two another name"
                ))
            }
            Ok(bytes) => {
                in_hand.data.values.insert(key.clone(), bytes);
                in_hand.paths.insert(key, path.clone());
            }
        }
    }
    (in_hand, problems)
}

/// Returns a sentence for each file whose content has no known format.
pub fn not_understood(in_hand: &LocalCredential) -> Vec<String> {
    let files = in_hand.paths.keys().filter_map(|name| Some((name, in_hand.data.values.get(name)?)));
    let unknown = files.filter_map(|(name, bytes)| Some((name, credential::not_understood(bytes)?)));
    unknown.map(|(name, what)| messages::not_understood(name, what)).collect()
}

/// True if this is the key under which [`LocalCredential`] contains the password.
pub fn is_password(key: &str) -> bool {
    key == PASSWORD
}

/// Returns the file's name without characters that move a cursor or reverse the order of letters.
fn name_of(path: &Path) -> String {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let name = sanitize_line(&name);
    if name.is_empty() { "file".to_owned() } else { name }
}
