//! Every file in the slot of every type: what comes of it stands in docs/formats.md, which this writes.

use std::fmt::Write as _;

use crate::*;

const FOLDERS: [&str; 6] = ["apns", "x509", "vpp", "dep", "symantec", "wrong"];

/// All files, with what they are drawn from left out.
fn artefacts() -> Vec<String> {
    let mut files = Vec::new();
    for folder in FOLDERS {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(folder);
        let names = std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        files.extend(names.filter(|name| !name.ends_with(".random")).map(|name| format!("{folder}/{name}")));
    }
    files.sort();
    files
}

/// What is said of one, in a few words.
fn said(type_: CredentialType, file: &str) -> (String, String) {
    match one(type_, &fixture(file)) {
        Ok(facts) => {
            let (form, expiry) = (facts.format.unwrap(), facts.expiry);
            let date = facts.not_after.map(|end| format!("until {}", end.format("%Y-%m-%d")));
            let date = date.unwrap_or_else(|| format!("expiry {expiry:?}").to_lowercase());
            ("read".to_owned(), format!("as {form:?}, {date}"))
        }
        Err(failure) => {
            let words = failure.message.strip_prefix("key value ").expect("it names the key");
            let words = words.split("; ").next().unwrap();
            assert!(!words.is_empty(), "{file}");
            (failure.reason.as_str().to_owned(), words.strip_prefix("holds ").unwrap_or(words).to_owned())
        }
    }
}

fn page() -> String {
    let mut page = String::from(
        "# What is read, and what is refused\n\n\
         Each file of `tests/fixtures/`, alone in a Secret, for each type. The readers go by content; the names are only\n\
         for people. A test compares this page with what the readers say (`LAPSEWATCH_WRITE=1 cargo test --test readers`\n\
         writes it anew).\n\n\
         Each file stands alone in its Secret here: keystores and encrypted DEP tokens are opened where the password, or the private key, stands beside them.\n\
         Beside an encrypted DEP token without a private key stands `NoMatchingKey`. Of an .aetx no date can be read, so\n\
         its expiry is unknown; where the certificate stands beside it, the certificate is what is watched.\n\n\
         ## Limits\n\n\
         - Of a value 256 KiB and 64 PEM blocks; nesting 32 deep.\n\
         - Of a Secret 2,048 certificates, private keys, tokens and containers; private keys beyond 32 count as unreadable.\n\
         - RSA keys of 16,384 bits; a .p7m is opened with keys of up to 8,192. Of one Secret such keys work 16 times at\n\
           2,048 bits, and eight times less often each time the length doubles: name the right one where there are many.\n\
         - Passwords: 1,000,000 rounds of key derivation each and 2,000,000 for a Secret; scrypt with 5 MiB of memory.\n\n\
         ## At a glance\n\n| file |",
    );
    for type_ in TYPES {
        let _ = write!(page, " {} |", type_.as_str());
    }
    page.push_str("\n|---|---|---|---|---|---|\n");
    let files = artefacts();
    for file in &files {
        let _ = write!(page, "| {file} |");
        for type_ in TYPES {
            let _ = write!(page, " {} |", said(type_, file).0);
        }
        page.push('\n');
    }
    for type_ in TYPES {
        let _ = write!(page, "\n## {}\n\n| file | | what is said |\n|---|---|---|\n", type_.as_str());
        for file in &files {
            let (reason, words) = said(type_, file);
            let _ = writeln!(page, "| {file} | {reason} | {words} |");
        }
    }
    page
}

#[test]
fn the_page_of_formats_is_what_the_readers_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/formats.md");
    let page = page();
    assert!(!page.lines().any(|line| line.contains("|  |") || line.contains("| |") && !line.contains("| file | |")));
    if std::env::var_os("LAPSEWATCH_WRITE").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == page, "docs/formats.md is out of date: LAPSEWATCH_WRITE=1 cargo test --test readers");
}

/// A file that is right for one type is refused by the others, but for X.509, which any certificate is.
#[test]
fn no_file_is_read_for_two_types() {
    for file in artefacts() {
        let by: Vec<_> = TYPES.into_iter().filter(|type_| one(*type_, &fixture(&file)).is_ok()).collect();
        let special: Vec<_> = by.iter().filter(|type_| **type_ != X509Certificate).collect();
        assert!(special.len() <= 1, "{file}: {by:?}");
    }
}
