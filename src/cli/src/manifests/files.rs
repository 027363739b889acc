//! Reads the given files, the manifests in the given folders, and standard input: each file once and up to a size
//! limit.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::source::location::STDIN;

/// The maximum size of one file, in bytes.
const MAX_FILE: u64 = 16 << 20;

/// The content of a file. The bytes may contain Secrets, so they are zeroized when dropped.
pub struct ManifestFile {
    /// The path as given by the user, or as found in a folder.
    pub name: String,
    /// The file's content.
    pub bytes: Zeroizing<Vec<u8>>,
    /// True if the user named the file itself. A broken part in such a file is always an error. False if the file was
    /// found in a folder.
    pub named: bool,
}

/// A file or folder that could not be read.
pub struct Unreadable {
    /// The file or folder.
    pub name: String,
    /// The reason, as text.
    pub why: String,
}

/// Reads all of `paths`; the path `-` means `stdin`. Passes each result to `each`: first the named files, then the
/// files found in folders, sorted by path. A file that is reached twice is read once.
pub fn read(paths: &[PathBuf], stdin: &mut dyn Read, each: &mut dyn FnMut(Result<ManifestFile, Unreadable>)) {
    let mut seen = HashSet::new();
    let mut stdin = Some(stdin);
    let is_stdin = |path: &Path| path.as_os_str() == "-";
    for path in paths.iter().filter(|path| is_stdin(path) || !path.is_dir()) {
        if is_stdin(path) {
            if let Some(stdin) = stdin.take() {
                each(source(STDIN.to_owned(), true, limited(stdin, 0)));
            }
        } else if is_new(path, &mut seen) {
            each(source(name(path), true, open(path)));
        }
    }
    for folder in paths.iter().filter(|path| !is_stdin(path) && path.is_dir()) {
        for found in walk(folder, &mut seen) {
            each(found.and_then(|path| source(path.display().to_string(), false, open(&path))));
        }
    }
}

/// Returns the displayed name of a file. A file named "standard input" becomes "./standard input".
fn name(path: &Path) -> String {
    let name = path.display().to_string();
    if name == STDIN { format!("./{name}") } else { name }
}

fn source(name: String, named: bool, bytes: io::Result<Zeroizing<Vec<u8>>>) -> Result<ManifestFile, Unreadable> {
    match bytes {
        Ok(mut bytes) => {
            // In YAML a lone carriage return ends a line (YAML 1.2, section 5.4). This crate counts line feeds, so the
            // returns are replaced.
            if !bytes.contains(&b'\n') {
                bytes.iter_mut().filter(|byte| **byte == b'\r').for_each(|byte| *byte = b'\n');
            }
            Ok(ManifestFile { name, bytes, named })
        }
        Err(error) => Err(Unreadable { name, why: why(&error) }),
    }
}

fn open(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    let file = File::open(path)?;
    let size = file.metadata()?.len();
    limited(file, size)
}

/// Reads to the end, or to the first byte beyond the limit. Reserves `size` bytes in advance, because a growing buffer
/// leaves copies of its content in memory.
fn limited(reader: impl Read, size: u64) -> io::Result<Zeroizing<Vec<u8>>> {
    let size = usize::try_from(size.min(MAX_FILE)).unwrap_or_default();
    let mut bytes = Zeroizing::new(Vec::with_capacity(size.saturating_add(1)));
    let read = reader.take(MAX_FILE + 1).read_to_end(&mut bytes)?;
    if read as u64 > MAX_FILE {
        return Err(io::Error::other("it is larger than the 16 MiB that are read of one file"));
    }
    Ok(bytes)
}

/// True if this file or folder was not reached before under this or another name.
fn is_new(path: &Path, seen: &mut HashSet<PathBuf>) -> bool {
    // A pipe, for example, may have no canonical path. Such an input is read each time the user names the path.
    fs::canonicalize(path).map_or(true, |path| seen.insert(path))
}

/// Finds the manifests in a folder and all folders below. Links are followed, but no folder is entered twice.
fn walk(root: &Path, seen: &mut HashSet<PathBuf>) -> Vec<Result<PathBuf, Unreadable>> {
    let mut found = Vec::new();
    let mut failed = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        if !is_new(&folder, seen) {
            continue;
        }
        let entries = fs::read_dir(&folder).and_then(|entries| entries.collect::<io::Result<Vec<_>>>());
        match entries {
            Ok(entries) => {
                for path in entries.into_iter().map(|entry| entry.path()) {
                    match path.is_dir() {
                        true if !is_hidden(&path) => folders.push(path),
                        // A broken link is reported when the file is opened.
                        false if is_manifest(&path) && (path.is_file() || !path.exists()) => found.push(path),
                        // Opening a pipe would block.
                        false if is_manifest(&path) => {
                            let why = "it is not a regular file, so that it is not read from a folder".to_owned();
                            failed.push(Unreadable { name: path.display().to_string(), why });
                        }
                        _ => {}
                    }
                }
            }
            Err(error) => failed.push(Unreadable { name: folder.display().to_string(), why: why(&error) }),
        }
    }
    found.sort();
    found.retain(|path| is_new(path, seen));
    failed.sort_by(|a, b| a.name.cmp(&b.name));
    failed.into_iter().map(Err).chain(found.into_iter().map(Ok)).collect()
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}

fn is_manifest(path: &Path) -> bool {
    path.extension().is_some_and(|extension| ["yaml", "yml", "json"].iter().any(|known| extension == *known))
}

fn why(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file or folder".to_owned(),
        io::ErrorKind::PermissionDenied => "this user may not read it".to_owned(),
        _ => error.to_string(),
    }
}
