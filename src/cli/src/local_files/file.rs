//! One file that is given, or the standard input in its place.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::FileTypeExt;
use std::path::Path;

use zeroize::Zeroizing;

use lapsewatch_core::secret::SecretBytes;

/// What one file may hold at most: a Secret as a whole can hold no more.
pub const MAX_FILE: u64 = 1 << 20;

/// Whether a path stands for the standard input.
pub fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// The bytes of one file.
pub fn open(path: &Path) -> io::Result<SecretBytes> {
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
pub fn limited(reader: impl Read, size: u64) -> io::Result<SecretBytes> {
    let size = usize::try_from(size.min(MAX_FILE)).unwrap_or_default();
    // Reserved at once: a buffer that grows leaves copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(size.saturating_add(1)));
    if reader.take(MAX_FILE + 1).read_to_end(&mut bytes)? as u64 > MAX_FILE {
        return Err(io::Error::other("it is larger than 1 MiB, which is more than a Secret can hold"));
    }
    Ok(SecretBytes::new(std::mem::take(&mut *bytes)))
}

/// What is wrong with a file, in words.
pub fn why(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "this user may not read it".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder: name a file".to_owned(),
        _ => error.to_string(),
    }
}
