//! Finding and reading what was given: files, folders and the standard input, each once and up to a size.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::source::location::STDIN;

/// What one file may hold at most.
const MAX_FILE: u64 = 16 << 20;

/// A file's bytes. They may hold Secrets, so they are zeroized when dropped.
pub struct ManifestFile {
    /// Its name as it was given, or found.
    pub name: String,
    /// What is in it.
    pub bytes: Zeroizing<Vec<u8>>,
    /// It was named itself, and not found in a folder.
    pub named: bool,
}

/// What could not be read, and why.
pub struct Unreadable {
    /// The file or folder.
    pub name: String,
    /// Why, in words.
    pub why: String,
}

/// Reads all of `paths` (`-` is `stdin`): what is named itself first, then what is found in folders, sorted by path.
/// What is reached twice is read once.
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

/// The file's name, which is never that of the standard input.
fn name(path: &Path) -> String {
    let name = path.display().to_string();
    if name == STDIN { format!("./{name}") } else { name }
}

fn source(name: String, named: bool, bytes: io::Result<Zeroizing<Vec<u8>>>) -> Result<ManifestFile, Unreadable> {
    match bytes {
        Ok(mut bytes) => {
            // To YAML each alone ends a line.
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

/// Reads to the end, or to the first byte beyond the limit. `size` is reserved at once: a buffer that grows leaves
/// copies behind.
fn limited(reader: impl Read, size: u64) -> io::Result<Zeroizing<Vec<u8>>> {
    let size = usize::try_from(size.min(MAX_FILE)).unwrap_or_default();
    let mut bytes = Zeroizing::new(Vec::with_capacity(size.saturating_add(1)));
    let read = reader.take(MAX_FILE + 1).read_to_end(&mut bytes)?;
    if read as u64 > MAX_FILE {
        return Err(io::Error::other("it is larger than the 16 MiB that are read of one file"));
    }
    Ok(bytes)
}

/// Whether this file or folder was not reached before, by this or another name.
fn is_new(path: &Path, seen: &mut HashSet<PathBuf>) -> bool {
    // What has no such path, as a pipe, is read each time that it is named.
    fs::canonicalize(path).map_or(true, |path| seen.insert(path))
}

/// The manifests of a folder and all below it. Links are followed, but no folder is entered twice.
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
                        // A link that leads nowhere is told when it is opened.
                        false if is_manifest(&path) && (path.is_file() || !path.exists()) => found.push(path),
                        // To open a pipe would be to wait.
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
