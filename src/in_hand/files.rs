//! Files to the values of a Secret that is not there yet.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::password;
use crate::api::status::Selection;
use crate::secret::{SecretBytes, SecretData, Source};
use crate::terminal::plain;

/// What one file may hold at most: a Secret as a whole can hold no more.
const MAX_FILE: u64 = 1 << 20;
/// What stands for a name of the standard input.
const STDIN: &str = "stdin";
/// Where a password stands, which no file's name can take: Secrets have no such key.
const PASSWORD: &str = "password/";

/// Files as the values of a Secret: each under its file's name, as `kubectl create secret --from-file` names them.
#[derive(Debug)]
pub struct InHand {
    /// The values.
    pub data: SecretData,
    /// Which of them is the password.
    pub selection: Selection,
    /// What the files were called when they were given, by the keys of their values.
    pub paths: BTreeMap<String, PathBuf>,
}

impl InHand {
    /// Sets the password, also in place of another one.
    pub fn unlock(&mut self, password: SecretBytes) {
        self.data.values.insert(PASSWORD.to_owned(), password);
        self.selection.password_key = Some(PASSWORD.to_owned());
    }

    /// The password.
    pub fn password(&self) -> Option<&SecretBytes> {
        self.data.values.get(PASSWORD)
    }
}

/// Reads the files; what they hold is not looked at.
///
/// # Errors
/// A sentence that names the file.
pub fn read(paths: &[PathBuf], password: Option<SecretBytes>) -> Result<InHand, String> {
    let (mut in_hand, mut problems) = collect(paths, None);
    if !problems.is_empty() {
        return Err(problems.swap_remove(0));
    }
    if let Some(password) = password {
        in_hand.unlock(password);
    }
    Ok(in_hand)
}

/// Reads the files that can be read, and the password, and says in a sentence each which can't be and why. `-` is the
/// standard input.
pub fn gather(paths: &[PathBuf], password_file: Option<&Path>, stdin: &mut dyn Read) -> (InHand, Vec<String>) {
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

fn collect(paths: &[PathBuf], mut stdin: Option<&mut dyn Read>) -> (InHand, Vec<String>) {
    let data = SecretData { source: Source::Files, ..SecretData::default() };
    let mut in_hand = InHand { data, selection: Selection::default(), paths: BTreeMap::new() };
    let mut problems = Vec::new();
    for path in paths {
        let name = plain(&path.display().to_string());
        let (key, bytes) = match &mut stdin {
            Some(stdin) if is_stdin(path) => (STDIN.to_owned(), limited(stdin, MAX_FILE)),
            _ => (key(path), open(path)),
        };
        match bytes {
            Err(error) => problems.push(format!("{name}: {}", why(&error))),
            Ok(_) if in_hand.paths.contains_key(&key) => problems.push(format!(
                "{name}: another file that was given is called {key} too; give one of the two another name"
            )),
            Ok(bytes) => {
                in_hand.data.values.insert(key.clone(), bytes);
                in_hand.paths.insert(key, path.clone());
            }
        }
    }
    (in_hand, problems)
}

/// Whether a path stands for the standard input.
pub fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
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

/// The bytes of one file.
pub(super) fn open(path: &Path) -> io::Result<SecretBytes> {
    // To open a pipe that nobody writes to would be to wait. Those of a shell's own have their writer.
    let is_of_a_shell = ["/dev/fd", "/proc"].iter().any(|folder| path.starts_with(folder));
    if !is_of_a_shell && fs::metadata(path)?.file_type().is_fifo() {
        return Err(io::Error::other("it is a named pipe: name a file"));
    }
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    // What is no plain file has no length to go by.
    let size = if metadata.is_file() && metadata.len() > 0 { metadata.len() } else { MAX_FILE };
    limited(file, size)
}

/// Reads to the end, or fails at the first byte beyond the limit.
pub(super) fn limited(reader: impl Read, size: u64) -> io::Result<SecretBytes> {
    let size = usize::try_from(size.min(MAX_FILE)).unwrap_or_default();
    // Reserved at once: a buffer that grows leaves copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(size.saturating_add(1)));
    if reader.take(MAX_FILE + 1).read_to_end(&mut bytes)? as u64 > MAX_FILE {
        return Err(io::Error::other("it is larger than 1 MiB, which is more than a Secret can hold"));
    }
    Ok(SecretBytes::new(std::mem::take(&mut *bytes)))
}

/// What is wrong with a file, in words.
pub(super) fn why(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "this user may not read it".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder: name a file".to_owned(),
        _ => error.to_string(),
    }
}
