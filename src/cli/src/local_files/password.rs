//! Reads the password of a keystore or of an encrypted private key from a file or from the terminal. A password is
//! never a command-line argument, because every user of the machine can see the arguments of a process.

use std::io::{self, IsTerminal, Read};
use std::path::Path;

use zeroize::Zeroizing;

use super::file::{is_stdin, limited, open, why};
use lapsewatch_core::credential;
use lapsewatch_core::sanitize::sanitize_line;
use lapsewatch_core::secret::SecretBytes;

/// The maximum size of a password, in bytes. A larger file is certainly a different file, given by mistake.
const MAX_BYTES: u64 = 4096;

/// Reads the password from a file, or from standard input (`-`), as plain text without its line end.
///
/// # Errors
/// If the file can't be read or is too large: a sentence that names the file.
pub fn from_file(path: &Path, stdin: &mut dyn Read) -> Result<SecretBytes, String> {
    let bytes = if is_stdin(path) { limited(stdin, MAX_BYTES) } else { open(path) };
    let name = || sanitize_line(&path.display().to_string());
    let bytes = bytes.map_err(|error| format!("{}: {}", name(), why(&error)))?;
    let password = credential::plain_password(bytes.expose());
    if password.len() as u64 > MAX_BYTES {
        return Err(format!("{}: it is larger than {MAX_BYTES} bytes, which is no password", name()));
    }
    Ok(SecretBytes::new(password.to_vec()))
}

/// True if standard input is a terminal, where a user can enter a password.
pub fn can_be_asked_for() -> bool {
    io::stdin().is_terminal()
}

/// Asks for the password at the terminal, which does not show the entered text. None if the user enters nothing.
///
/// # Errors
/// If the terminal can't be read.
pub fn ask(prompt: &str) -> io::Result<Option<SecretBytes>> {
    let entered = Zeroizing::new(rpassword::prompt_password(prompt)?);
    Ok(Some(SecretBytes::new(entered.as_bytes().to_vec())).filter(|password| !password.expose().is_empty()))
}
