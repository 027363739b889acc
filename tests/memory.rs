//! How much memory reading takes beyond what is read, whatever that is. It counts what the whole process holds, so this
//! is one test in a file of its own: nothing else may run beside it.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lapsewatch::api::credential::CredentialType::{
    self, APNsCertificate, DEPToken, VPPToken, WindowsSymantecCertificate, X509Certificate,
};
use lapsewatch::api::status::Selection;
use lapsewatch::credential;
use lapsewatch::secret::{SecretBytes, SecretData};
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const TYPES: [CredentialType; 5] = [APNsCertificate, VPPToken, DEPToken, WindowsSymantecCertificate, X509Certificate];
/// What a value may have at most to be read at all.
const VALUE: usize = 256 << 10;
const SECRET: usize = 1 << 20;
const BOUND: usize = 8 << 20;
/// What scrypt is granted, where a password is given.
const SCRYPT: usize = 8 << 20;

/// What is opened with a password besides.
const CLOSED: usize = 1 << 20;
const SEALED: [&str; 6] = [
    "apns/a.encrypted.key",
    "containers/key/scrypt-16m.pem",
    "containers/key/scrypt-8m.pem",
    "containers/p12/hostile-nested.p12",
    "containers/p12/legacy.p12",
    "containers/p12/openssl3.p12",
];
const LARGE: [&str; 2] = ["apns/a.der", "symantec/a.aetx"];

/// What was most, and for what.
#[derive(Default)]
struct Most {
    bytes: usize,
    by: String,
}

impl Most {
    /// Reads it in every type's slot, and counts what that takes beyond the Secret itself.
    fn read(&mut self, name: &str, types: &[CredentialType], secret: &SecretData, selection: &Selection, bound: usize) {
        for type_ in types {
            MEMORY.reset_peak_usage();
            let before = MEMORY.current_usage();
            drop(credential::read(*type_, secret, selection));
            let bytes = MEMORY.peak_usage() - before;
            assert!(bytes <= bound, "{name} as {type_:?} takes {bytes} bytes, at most {bound}");
            if bytes > self.bytes {
                *self = Self { bytes, by: format!("{name} as {type_:?}") };
            }
        }
    }
}

fn below(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            below(&path, files);
        } else if path.metadata().unwrap().len() <= VALUE as u64 {
            files.push(path);
        }
    }
}

fn fixture(file: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(file)).unwrap()
}

fn fixtures() -> Vec<(String, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut paths = Vec::new();
    below(&root, &mut paths);
    paths.sort();
    let name = |path: &Path| path.strip_prefix(&root).unwrap().display().to_string();
    paths.iter().map(|path| (name(path), fs::read(path).unwrap())).collect()
}

fn secret(values: &[(&str, &[u8])]) -> SecretData {
    let values: BTreeMap<_, _> =
        values.iter().map(|(key, value)| ((*key).to_owned(), SecretBytes::new(value.to_vec()))).collect();
    SecretData { type_: None, values }
}

/// A number below `end` that looks like chance and is the same every time.
fn below_end(seed: &mut u64, end: usize) -> usize {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    usize::try_from(*seed % end as u64).unwrap()
}

/// Cut, doubled, flipped and nested.
fn mutants(bytes: &[u8], seed: &mut u64) -> Vec<(&'static str, Vec<u8>)> {
    let mut mutants = vec![
        ("doubled", bytes.repeat(2)),
        ("in base64", STANDARD.encode(bytes).into_bytes()),
        ("twice in base64", STANDARD.encode(STANDARD.encode(bytes)).into_bytes()),
        ("in a MIME message", [b"Content-Type: text/plain\r\n\r\n", bytes].concat()),
    ];
    if bytes.is_empty() {
        return mutants;
    }
    {
        let at = below_end(seed, bytes.len());
        mutants.push(("cut off", bytes[..at].to_vec()));
        mutants.push(("beheaded", bytes[at..].to_vec()));
        let mut flipped = bytes.to_vec();
        for _ in 0..4 {
            let at = below_end(seed, bytes.len());
            flipped[at] ^= 1 << below_end(seed, 8);
        }
        // Lengths are where a reader takes a file at its word.
        let at = below_end(seed, bytes.len().min(32));
        let mut lied = bytes.to_vec();
        lied[at] = 0xff;
        mutants.push(("flipped", flipped));
        mutants.push(("lying", lied));
    }
    mutants
}

#[test]
fn reading_takes_little_memory_whatever_is_read() {
    let files = fixtures();
    assert!(files.len() > 250, "{}", files.len());
    let (mut bare, mut closed, mut large) = (Most::default(), Most::default(), Most::default());
    let key = files.iter().find(|(name, _)| name == "dep/server.key").map(|(_, bytes)| bytes.as_slice()).unwrap();
    let nothing = Selection::default();
    let password = Selection { password_key: Some("password".to_owned()), ..Selection::default() };
    let mut seed = 0x9e37_79b9_7f4a_7c15;
    // Beside the private key that opens the encrypted tokens among them.
    let beside = |bytes: &[u8]| secret(&[("other", key), ("value", bytes)]);
    for (name, bytes) in &files {
        // The empty password is tried on every keystore, which takes time: the types for certificates do the same.
        let is_keystore = [".p12", ".pfx"].iter().any(|ending| name.ends_with(ending));
        let types = if is_keystore { &TYPES[..2] } else { &TYPES[..] };
        if is_keystore && !SEALED.contains(&name.as_str()) {
            bare.read(name, types, &secret(&[("value", bytes)]), &nothing, BOUND);
            continue;
        }
        bare.read(name, &TYPES, &secret(&[("value", bytes)]), &nothing, BOUND);
        let is_message = name.ends_with(".p7m");
        if is_message {
            bare.read(name, &[DEPToken], &beside(bytes), &nothing, BOUND);
        }
        for (how, bytes) in mutants(bytes, &mut seed) {
            let name = format!("{name}, {how},");
            bare.read(&name, types, &secret(&[("value", &bytes)]), &nothing, BOUND);
            if is_message {
                bare.read(&name, &[DEPToken], &beside(&bytes), &nothing, BOUND);
            }
        }
    }
    // Deriving takes time: one of each kind is opened.
    for file in SEALED {
        let (_, bytes) = files.iter().find(|(name, _)| name == file).unwrap();
        let sealed = secret(&[("password", b"secret"), ("push.pem", &fixture("apns/a.pem")), ("value", bytes)]);
        closed.read(file, &[APNsCertificate], &sealed, &password, SCRYPT + CLOSED);
    }
    // As much as a value, and as a Secret, can hold.
    for file in LARGE {
        let bytes = fixture(file);
        let full = bytes.repeat(VALUE / bytes.len());
        large.read(&format!("{file}, to the brim,"), &TYPES, &secret(&[("value", &full)]), &nothing, BOUND);
        let names: Vec<String> = (0..SECRET / bytes.len()).map(|number| format!("{number:05}")).collect();
        let values: Vec<_> = names.iter().map(|key| (key.as_str(), bytes.as_slice())).collect();
        large.read(&format!("{file}, all over,"), &[X509Certificate], &secret(&values), &nothing, BOUND);
    }
    for (what, most) in [("no password", bare), ("a password", closed), ("as much as there can be", large)] {
        println!("with {what}: {} KiB, {}", most.bytes.div_ceil(1024), most.by);
    }
}
