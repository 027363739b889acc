//! Recognizes files that are not credentials but are often stored in a credential's place: archives, documents,
//! pointers, encrypted files and placeholders. The first bytes, or words that a tool always writes, identify a file.

use super::bytes::find;

/// The maximum length in bytes of a text that may be a placeholder or a path.
const SHORT: usize = 256;
/// The number of bytes at the beginning or end of a text in which keywords are searched.
const HEAD: usize = 8192;

/// A file that another tool wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ForeignFile {
    AgeEncrypted,
    AnsibleVault,
    AppleDouble,
    BinaryPropertyList,
    Executable,
    GitAnnexPointer,
    GitCrypt,
    GitLfsPointer,
    Gzip,
    Image,
    Keychain,
    Manifest,
    OfficeDocument,
    OpenPgp,
    OtherArchive,
    Path,
    Pdf,
    Placeholder,
    PuttyKey,
    Rtf,
    Sops,
    SqliteDatabase,
    Template,
    VaultTransit,
    Zip,
}

/// The first bytes of files, and the files that begin with them.
const SIGNATURES: [(&[u8], ForeignFile); 26] = [
    (b"PK\x03\x04", ForeignFile::Zip),
    (b"PK\x05\x06", ForeignFile::Zip),
    (b"\x1f\x8b", ForeignFile::Gzip),
    (b"BZh", ForeignFile::OtherArchive),
    (b"\xfd7zXZ\0", ForeignFile::OtherArchive),
    (b"\x28\xb5\x2f\xfd", ForeignFile::OtherArchive),
    (b"7z\xbc\xaf\x27\x1c", ForeignFile::OtherArchive),
    (b"Rar!\x1a\x07", ForeignFile::OtherArchive),
    (b"xar!", ForeignFile::OtherArchive),
    // The compound files of Microsoft Office up to 2003 and of messages that Outlook saves.
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ForeignFile::OfficeDocument),
    (b"%PDF-", ForeignFile::Pdf),
    (b"{\\rtf", ForeignFile::Rtf),
    (b"\x89PNG\r\n\x1a\n", ForeignFile::Image),
    (b"\xff\xd8\xff", ForeignFile::Image),
    (b"GIF8", ForeignFile::Image),
    (b"\0GITCRYPT\0", ForeignFile::GitCrypt),
    (b"version https://git-lfs.github.com/spec/", ForeignFile::GitLfsPointer),
    (b"/annex/objects/", ForeignFile::GitAnnexPointer),
    (b"age-encryption.org/v1", ForeignFile::AgeEncrypted),
    (b"$ANSIBLE_VAULT;", ForeignFile::AnsibleVault),
    (b"vault:v", ForeignFile::VaultTransit),
    (b"PuTTY-User-Key-File-", ForeignFile::PuttyKey),
    (b"bplist0", ForeignFile::BinaryPropertyList),
    // The second file that macOS writes for each file on foreign disks and in ZIP archives (AppleDouble, RFC 1740).
    (b"\x00\x05\x16\x07", ForeignFile::AppleDouble),
    (b"SQLite format 3\0", ForeignFile::SqliteDatabase),
    (b"\x7fELF", ForeignFile::Executable),
];

/// Returns the kind of a file whose PEM text, if there is any, must not be read. The first bytes identify the file.
pub(super) fn container(bytes: &[u8]) -> Option<ForeignFile> {
    let is_tar = bytes.get(257..262) == Some(b"ustar");
    let known = SIGNATURES.iter().find(|(signature, _)| bytes.starts_with(signature)).map(|(_, file)| *file);
    match known {
        Some(ForeignFile::Zip) if is_office(bytes) => Some(ForeignFile::OfficeDocument),
        None if is_tar => Some(ForeignFile::OtherArchive),
        None if bytes.starts_with(b"kych") => Some(ForeignFile::Keychain),
        known => known,
    }
}

/// Returns the kind of a text that is not a credential. `text` is trimmed.
pub(super) fn text(text: &[u8]) -> Option<ForeignFile> {
    let head = text.get(..HEAD.min(text.len())).unwrap_or_default();
    let tail = text.get(text.len().saturating_sub(HEAD)..).unwrap_or_default();
    let has = |words: &[u8]| find(head, words).is_some();
    let is_sops = (has(b"ENC[AES256_GCM,") || has(b"\"sops\"")) && (has(b"sops") || find(tail, b"sops").is_some());
    if is_sops {
        return Some(ForeignFile::Sops);
    }
    if begins_a_line(head, b"apiVersion:") && begins_a_line(head, b"kind:") {
        return Some(ForeignFile::Manifest);
    }
    let short = std::str::from_utf8(text).ok().filter(|text| text.len() <= SHORT)?;
    if is_template(short) {
        Some(ForeignFile::Template)
    } else if is_placeholder(short) {
        Some(ForeignFile::Placeholder)
    } else if is_path(short) {
        Some(ForeignFile::Path)
    } else {
        None
    }
}

/// True for a ZIP archive that Microsoft Office, LibreOffice or Apple's iWork wrote. These programs write the searched
/// entries first.
fn is_office(zip: &[u8]) -> bool {
    let head = zip.get(..HEAD.min(zip.len())).unwrap_or_default();
    let parts: [&[u8]; 5] =
        [b"[Content_Types].xml", b"_rels/.rels", b"mimetypeapplication/vnd.oasis", b"Index/Document.iwa", b"docProps/"];
    parts.iter().any(|part| find(head, part).is_some())
}

fn begins_a_line(text: &[u8], words: &[u8]) -> bool {
    text.split(|byte| *byte == b'\n').any(|line| line.starts_with(words))
}

/// True for a text with a variable that a tool was meant to replace: of Helm, Jinja, a shell, Ansible or a pipeline.
fn is_template(text: &str) -> bool {
    let pairs = [("{{", "}}"), ("${", "}"), ("$(", ")"), ("<%", "%>"), ("#{", "}"), ("((", "))")];
    pairs.iter().any(|(open, close)| text.find(open).is_some_and(|at| text.get(at..).unwrap_or("").contains(close)))
        || text.strip_prefix('$').is_some_and(|name| {
            !name.is_empty()
                && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
        })
}

/// True for a text that marks the place of a missing value.
fn is_placeholder(text: &str) -> bool {
    const WORDS: [&str; 17] = [
        "changeme",
        "replaceme",
        "replacethis",
        "replacewith",
        "placeholder",
        "todo",
        "tbd",
        "fixme",
        "fillme",
        "fillin",
        "yourcertificate",
        "yourkey",
        "insertyour",
        "pasteyour",
        "redacted",
        "dummy",
        "putyour",
    ];
    const WHOLE: [&str; 4] = ["null", "none", "nil", "undefined"];
    let letters: String = text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let words = text.strip_prefix('<').and_then(|text| text.strip_suffix('>'));
    let is_markup = |words: &str| ["html", "head", "body"].iter().any(|tag| words.eq_ignore_ascii_case(tag));
    let is_bracketed = words.is_some_and(|words| !is_markup(words) && !words.contains(['<', '>', '/', '?', '!', '\n']));
    let is_filler = letters.len() >= 3 && letters.bytes().all(|byte| byte == b'x')
        || matches!(text, "..." | "…")
        || text.len() >= 3 && text.bytes().all(|byte| byte == b'*');
    is_bracketed || is_filler || WORDS.iter().any(|word| letters.contains(word)) || WHOLE.contains(&letters.as_str())
}

/// True if the text is only the path or web address of a file, stored in place of the file's content.
fn is_path(text: &str) -> bool {
    const BEGINNINGS: [&str; 9] = ["/", "./", "../", "~/", "file:", "http://", "https://", "s3://", "@"];
    const ENDS: [&str; 12] =
        [".pem", ".crt", ".cer", ".key", ".p12", ".pfx", ".p7m", ".p7b", ".vpptoken", ".aetx", ".csr", ".der"];
    let is_one_word = !text.is_empty() && !text.contains(|letter: char| letter.is_whitespace() && letter != ' ');
    let lower = text.to_ascii_lowercase();
    let is_windows = lower.get(1..3) == Some(":\\");
    let has_end = ENDS.iter().any(|end| lower.ends_with(end));
    is_one_word
        && (has_end || is_windows || BEGINNINGS.iter().any(|begin| lower.starts_with(begin)) && lower.contains('.'))
}

impl ForeignFile {
    /// True if the file contains or replaces the credential, unlike a document about the credential.
    pub(super) fn replaces_a_credential(self) -> bool {
        let is_document = matches!(
            self,
            Self::Executable
                | Self::Image
                | Self::Manifest
                | Self::OfficeDocument
                // A web address is often stored beside the certificate of a CA.
                | Self::Path
                | Self::Pdf
                | Self::PuttyKey
                | Self::Rtf
                | Self::SqliteDatabase
        );
        !is_document
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn binary_files_are_told_by_their_first_bytes() {
        let mut tar = vec![0; 512];
        tar.splice(257..262, *b"ustar");
        for (bytes, file) in [
            (&b"PK\x03\x04\x14\0\0\0cert.pem"[..], ForeignFile::Zip),
            (b"PK\x03\x04\x14\0\0\0[Content_Types].xml", ForeignFile::OfficeDocument),
            (b"PK\x03\x04\x14\0\0\0mimetypeapplication/vnd.oasis.opendocument.text", ForeignFile::OfficeDocument),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", ForeignFile::OfficeDocument),
            (b"\x1f\x8b\x08....", ForeignFile::Gzip),
            (b"%PDF-1.7", ForeignFile::Pdf),
            (b"\0GITCRYPT\0....", ForeignFile::GitCrypt),
            (b"version https://git-lfs.github.com/spec/v1\noid", ForeignFile::GitLfsPointer),
            (&tar, ForeignFile::OtherArchive),
        ] {
            assert_eq!(container(bytes), Some(file));
        }
        assert_eq!(container(b"-----BEGIN CERTIFICATE-----"), None);
        assert_eq!(container(b""), None);
    }

    #[test]
    fn texts_in_place_of_a_file_are_told() {
        for (words, file) in [
            ("REPLACE_ME", ForeignFile::Placeholder),
            ("change-me!", ForeignFile::Placeholder),
            ("<paste the certificate here>", ForeignFile::Placeholder),
            ("<base64 of push.pem>", ForeignFile::Placeholder),
            ("TODO", ForeignFile::Placeholder),
            ("xxxxxxxx", ForeignFile::Placeholder),
            ("null", ForeignFile::Placeholder),
            ("********", ForeignFile::Placeholder),
            ("{{ .Values.apns.cert | b64enc }}", ForeignFile::Template),
            ("${APNS_CERT}", ForeignFile::Template),
            ("$APNS_CERT", ForeignFile::Template),
            ("$(cat push.pem)", ForeignFile::Template),
            ("/etc/mdm/push.pem", ForeignFile::Path),
            ("push.pem", ForeignFile::Path),
            ("@push.pem", ForeignFile::Path),
            ("C:\\mdm\\push", ForeignFile::Path),
            ("https://example.com/push.pem", ForeignFile::Path),
            ("{\"data\": \"ENC[AES256_GCM,data:x]\", \"sops\": {}}", ForeignFile::Sops),
            ("apiVersion: v1\nkind: Secret\ndata:\n  a: b", ForeignFile::Manifest),
        ] {
            assert_eq!(text(words.as_bytes()), Some(file), "{words}");
        }
        for other in
            ["", "hunter2", "mdm@example.com", "a note about the push certificate", "<a></a>", "{\"a\": 1}", "p/ss.w"]
        {
            assert_eq!(text(other.as_bytes()), None, "{other}");
        }
    }
}
