//! The password of a keystore or of an encrypted private key: from a file, or asked for. Never an argument, which every
//! user of the machine can see.

use std::io::{self, IsTerminal, Read};
use std::path::Path;

use zeroize::Zeroizing;

use super::file::{is_stdin, limited, open, why};
use lapsewatch_core::credential;
use lapsewatch_core::sanitize::plain;
use lapsewatch_core::secret::SecretBytes;

/// More is no password, but another file given in its place.
const MAX_BYTES: u64 = 4096;

/// The password in a file, or in the standard input (`-`), as plain text without the end of its line.
///
/// # Errors
/// A sentence that names the file.
pub fn from_file(path: &Path, stdin: &mut dyn Read) -> Result<SecretBytes, String> {
    let bytes = if is_stdin(path) { limited(stdin, MAX_BYTES) } else { open(path) };
    let name = || plain(&path.display().to_string());
    let bytes = bytes.map_err(|error| format!("{}: {}", name(), why(&error)))?;
    let password = credential::plain_password(bytes.expose());
    if password.len() as u64 > MAX_BYTES {
        return Err(format!("{}: it is larger than {MAX_BYTES} bytes, which is no password", name()));
    }
    Ok(SecretBytes::new(password.to_vec()))
}

/// Whether somebody sits at the terminal who can be asked.
pub fn can_be_asked_for() -> bool {
    io::stdin().is_terminal()
}

/// Asks for it at the terminal, where it is not shown. `None` where nothing is entered.
///
/// # Errors
/// When the terminal can't be read.
pub fn ask(prompt: &str) -> io::Result<Option<SecretBytes>> {
    let entered = Zeroizing::new(rpassword::prompt_password(prompt)?);
    Ok(Some(SecretBytes::new(entered.as_bytes().to_vec())).filter(|password| !password.expose().is_empty()))
}
