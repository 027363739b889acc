//! Reads one local file, or standard input instead, without leaving copies of its content in memory.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::FileTypeExt;
use std::path::Path;

use zeroize::Zeroizing;

use lapsewatch_core::secret::SecretBytes;

/// The maximum size of a file: 1 MiB, the limit of a whole Secret (Kubernetes documentation, "Secrets").
pub const MAX_FILE: u64 = 1 << 20;

/// True if the path means standard input.
pub fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Reads the content of a file of at most [`MAX_FILE`] bytes.
pub fn open(path: &Path) -> io::Result<SecretBytes> {
    // Opening a named pipe blocks until a program writes to the pipe, so named pipes are refused. The pipes of a
    // shell's process substitution, `<(command)`, are accepted, because they always have a writer.
    let is_of_a_shell = ["/dev/fd", "/proc"].iter().any(|folder| path.starts_with(folder));
    if !is_of_a_shell && fs::metadata(path)?.file_type().is_fifo() {
        return Err(io::Error::other("it is a named pipe: name a file"));
    }
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    // Only a regular file has a length. Some regular files, such as those in /proc, report 0 although they have
    // content.
    let size = if metadata.is_file() && metadata.len() > 0 { metadata.len() } else { MAX_FILE };
    limited(file, size)
}

/// Reads to the end, or fails at the first byte beyond [`MAX_FILE`]. `size` is the expected number of bytes, for which
/// memory is reserved.
pub fn limited(reader: impl Read, size: u64) -> io::Result<SecretBytes> {
    let size = usize::try_from(size.min(MAX_FILE)).unwrap_or_default();
    // The buffer gets its capacity at once, because a buffer that grows leaves copies of the content in freed memory.
    let mut bytes = Zeroizing::new(Vec::with_capacity(size.saturating_add(1)));
    if reader.take(MAX_FILE + 1).read_to_end(&mut bytes)? as u64 > MAX_FILE {
        return Err(io::Error::other("it is larger than 1 MiB, which is more than a Secret can hold"));
    }
    Ok(SecretBytes::new(std::mem::take(&mut *bytes)))
}

/// Describes the error of a file in words.
pub fn why(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "this user may not read it".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder: name a file".to_owned(),
        _ => error.to_string(),
    }
}
