//! The section of docs/formats.md on keystores and encrypted files: outcomes with and without the right password or
//! private key.

use lapsewatch_core::secret::SecretData;

use crate::readers::page::{Table, names, outcome};
use crate::readers::*;

/// The passwords of the columns.
const PASSWORDS: [&str; 5] = ["right", "right, line end", "wrong", "empty", "none named"];

/// Returns the file name without its folder for the files in containers/.
fn short(file: &str) -> &str {
    file.strip_prefix("containers/").and_then(|file| file.split_once('/')).map_or(file, |(_, name)| name)
}

/// Returns the password of a file.
fn right(file: &str) -> &'static str {
    let name = file.rsplit('/').next().unwrap();
    match name {
        _ if name.starts_with("umlaut") => "pässwörd",
        _ if name.contains("empty") || name.starts_with("no-password") => "",
        "line-end.p12" => "secret\n",
        _ if file.starts_with("containers/") => "secret",
        _ => "fixture",
    }
}

/// Returns the outcomes with each of [`PASSWORDS`].
fn cells(type_: CredentialType, password: &str, values: &[(&str, &str)]) -> Vec<String> {
    let with = |password: Option<String>| {
        let mut data: SecretData = files(values);
        let password_key = password.map(|password| {
            data.values.insert("password".to_owned(), password.into_bytes().into());
            "password".to_owned()
        });
        outcome(lapsewatch_core::read(type_, &data, &KeySelection { password_key, ..KeySelection::default() }))
    };
    let given =
        [Some(password.to_owned()), Some(format!("{password}\n")), Some("wrong".to_owned()), Some(String::new()), None];
    given.map(with).to_vec()
}

fn keystores() -> Table {
    let mut table = Table::of(&["keystore", "type"], &PASSWORDS).joined();
    for file in names("containers/p12") {
        table.row(
            &format!("{} / APNsCertificate", short(&file)),
            cells(APNsCertificate, right(&file), &[("file", &file)]),
        );
    }
    for (file, type_) in [
        ("apns/a.p12", APNsCertificate),
        ("wrong/keystore.p12", APNsCertificate),
        ("wrong/keystore.p12", X509Certificate),
        ("symantec/a.pfx", WindowsSymantecCertificate),
        ("symantec/a-old.pfx", WindowsSymantecCertificate),
        ("symantec/a.pfx", APNsCertificate),
    ] {
        table.row(&format!("{file} / {}", type_.as_str()), cells(type_, right(file), &[("file", file)]));
    }
    table
}

fn private_keys() -> Table {
    let mut table = Table::of(&["private key, beside apns/a.pem"], &PASSWORDS).joined();
    let others = [
        "apns/a.encrypted.key",
        "apns/a.legacy-encrypted.key",
        "apns/a.key",
        "apns/a.pkcs1.key",
        "apns/a.key.der",
        "apns/other.key",
        "wrong/note.txt",
    ];
    for file in names("containers/key").into_iter().chain(others.map(str::to_owned)) {
        let values = [("push.pem", "apns/a.pem"), ("push.key", &file)];
        table.row(short(&file), cells(APNsCertificate, right(&file), &values));
    }
    table
}

/// Returns the private key of the recipient of a message.
fn recipient(message: &str) -> &'static str {
    match message {
        "containers/cms/negative-serial.p7m" => "apns/b.key",
        "containers/cms/short-der.p7m" => "containers/cms/short.key",
        "containers/cms/long-der.p7m" => "containers/cms/long.key",
        "containers/cms/elliptic-der.p7m" => "x509/ec-pkcs8.key",
        _ if message.starts_with("containers/") => "apns/a.key",
        _ => "dep/server.key",
    }
}

fn messages() -> Table {
    let mut table =
        Table::of(&["message"], &["with its private key", "with another private key", "with none"]).joined();
    let is_message = |file: &String| {
        file.ends_with(".p7m")
            || ["a-ber.der", "a-der.der", "a-pem.pem", "a-raw-base64.txt", "base64.txt"]
                .iter()
                .any(|name| file.ends_with(&format!("/{name}")))
    };
    for message in names("containers/cms").into_iter().chain(names("dep")).filter(is_message) {
        let with = |key: Option<&str>| {
            let values: Vec<_> =
                std::iter::once(("token", message.as_str())).chain(key.map(|key| ("key", key))).collect();
            outcome(read(DEPToken, &files(&values)))
        };
        table.row(short(&message), vec![with(Some(recipient(&message))), with(Some("apns/other.key")), with(None)]);
    }
    table
}

fn closed_keys() -> Table {
    let mut table = Table::of(&["private key, beside dep/a.p7m"], &PASSWORDS).joined();
    for key in ["dep/server.encrypted.key", "dep/server.p12", "dep/server.key", "apns/a.encrypted.key"] {
        table.row(key, cells(DEPToken, "fixture", &[("token.p7m", "dep/a.p7m"), ("key", key)]));
    }
    table
}

pub fn section() -> String {
    let (keystores, private_keys, messages, closed_keys) = (keystores(), private_keys(), messages(), closed_keys());
    format!(
        "## With a password\n\n\
         What comes of a container for each password: the right one, the right one with the line end that an editor adds,\n\
         a wrong one, an empty one, and where `spec.secretRef.passwordKey` names none. Those with the same outcome share a\n\
         row; their names say how they were encrypted. Where no folder is named, it is the one of `containers/`. The right\n\
         password of `empty` and `no-password` is the empty one; that of `line-end` has a line end of its own;\n\
         what is not encrypted at all needs none.\n\n\
         ### Keystores\n\n{keystores}\n### Encrypted private keys\n\n{private_keys}\n\
         ### Encrypted DEP tokens\n\n{messages}\n### Encrypted DEP tokens whose private key is encrypted too\n\n{closed_keys}\n"
    )
}
