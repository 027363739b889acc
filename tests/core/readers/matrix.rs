//! Reads every fixture as every type and writes the results to docs/formats.md.

use std::fmt::Write as _;

use crate::readers::page::names;
use crate::readers::*;
use crate::readers::{page_clothes, page_opened, page_several};

const FOLDERS: [&str; 7] = ["apns", "x509", "vpp", "dep", "edited", "symantec", "wrong"];

/// Returns all fixtures except the random data from which tokens were made.
fn artefacts() -> Vec<String> {
    let mut files: Vec<String> =
        FOLDERS.into_iter().flat_map(names).filter(|name| !name.ends_with(".random")).collect();
    files.sort();
    files
}

/// Returns the outcome and a short description of the file.
fn said(type_: CredentialType, file: &str) -> (String, String) {
    match one(type_, &fixture(file)) {
        Ok(facts) => {
            let (form, expiry) = (facts.format.unwrap(), facts.expiry);
            let date = facts.not_after.map(|end| format!("until {}", end.format("%Y-%m-%d")));
            let date = date.unwrap_or_else(|| format!("expiry {expiry:?}").to_lowercase());
            ("read".to_owned(), format!("as {form:?}, {date}"))
        }
        Err(failure) => {
            let message = failure.message.as_str();
            let words = message.strip_prefix("key value ").or(message.strip_prefix("key \"value\" "));
            let words = words.expect("the message names the key").split("; ").next().unwrap();
            // The remedy follows in a separate sentence, which the page omits.
            let words = words.split_once(". ").map_or(words, |(words, _)| words);
            assert!(!words.is_empty(), "{file}");
            let words = words.strip_prefix("holds ").or(words.strip_prefix("contains ")).unwrap_or(words);
            (failure.reason.as_str().to_owned(), words.to_owned())
        }
    }
}

fn page() -> String {
    let mut page = String::from(
        "# What is read, and what is refused\n\n\
         Files of `tests/fixtures/`, in Secrets, for each type. The readers go by content; the names are only for people:\n\
         the scripts beside the files say how each was made. A test compares this page with what the readers say\n\
         (`LAPSEWATCH_WRITE=1 cargo test -p lapsewatch-core --test core matrix` writes it anew).\n\n\
         What was read is named by its format and by how the private key fits the certificate: `NoKey`, there is none;\n\
         `KeyUnreadable`, it could not be opened, and the certificate is watched all the same; `NotApplicable`, a token needs\n\
         none. What was not read is named by the reason of the condition Ready.\n\n\
         - [The same file in other clothes](#the-same-file-in-other-clothes): line ends, marks, layers of base64\n\
         - [Certificates with others, and odd ones](#certificates-with-others-and-odd-ones)\n\
         - [With a password](#with-a-password): keystores, encrypted private keys, encrypted DEP tokens\n\
         - [Several files in one Secret](#several-files-in-one-secret)\n\
         - [Limits](#limits)\n\
         - [Every file, for every type](#every-file-for-every-type), and what is said of it\n\n",
    );
    page.push_str(&page_clothes::section());
    page.push_str(&page_opened::section());
    page.push_str(&page_several::section());
    page.push_str(
        "## Limits\n\n\
         - Of a value 256 KiB and 64 PEM blocks; nesting 32 deep.\n\
         - Of a Secret 2,048 certificates, private keys, tokens and containers; private keys beyond 32 count as unreadable.\n\
         - RSA keys of 16,384 bits; a .p7m is opened with keys of up to 6,144.\n\
         - Private keys that open messages: of one Secret 16 times at 2,048 bits, and eight times less often each time the\n\
         \u{20} length doubles. Name the right one where there are many.\n\
         - Passwords: 1,000,000 rounds of key derivation each and 2,000,000 for a Secret; scrypt with 5 MiB of memory.\n\n",
    );
    page.push_str(
        "## Every file, for every type\n\n\
         Each file stands alone in its Secret here, without a password. Beside an encrypted DEP token without a private key\n\
         stands `NoMatchingKey`. Of an .aetx no date can be read, so its expiry is unknown; where the certificate stands\n\
         beside it, the certificate is what is watched.\n\n| file |",
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
        let _ = write!(page, "\n### {}\n\n| file | | what is said |\n|---|---|---|\n", type_.as_str());
        for file in &files {
            let (reason, words) = said(type_, file);
            let _ = writeln!(page, "| {file} | {reason} | {words} |");
        }
    }
    page
}

#[test]
fn the_page_of_formats_is_what_the_readers_say() {
    let path = lapsewatch_test_support::root().join("docs/formats.md");
    let page = page();
    assert!(!page.lines().any(|line| line.contains("|  |") || line.contains("| |") && !line.contains("| file | |")));
    if std::env::var_os("LAPSEWATCH_WRITE").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    let again = "LAPSEWATCH_WRITE=1 cargo test -p lapsewatch-core --test core matrix";
    assert!(written == page, "docs/formats.md is out of date: {again}");
}

/// A file of one type is refused as any other type. The exception is X.509, because every certificate is an X.509
/// certificate.
#[test]
fn no_file_is_read_for_two_types() {
    for file in artefacts() {
        let by: Vec<_> = TYPES.into_iter().filter(|type_| one(*type_, &fixture(&file)).is_ok()).collect();
        let special: Vec<_> = by.iter().filter(|type_| **type_ != X509Certificate).collect();
        assert!(special.len() <= 1, "{file}: {by:?}");
    }
}
