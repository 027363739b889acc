//! Tests the memory that the readers use beyond the Secret itself. The allocator counts the whole process, so this file
//! contains a single test and nothing runs at the same time.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lapsewatch_core::api::credential::CredentialType::{
    self, APNsCertificate, DEPToken, VPPToken, WindowsSymantecCertificate, X509Certificate,
};
use lapsewatch_core::api::status::KeySelection;
use lapsewatch_core::secret::SecretData;
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const TYPES: [CredentialType; 5] = [APNsCertificate, VPPToken, DEPToken, WindowsSymantecCertificate, X509Certificate];
/// The maximum size of a value that is read, in bytes.
const VALUE: usize = 256 << 10;
const SECRET: usize = 1 << 20;
const BOUND: usize = 8 << 20;

/// Fixtures whose many rounds take time but no memory. They are read without mutations, and [`SLOWEST`] is skipped.
const SLOW: [&str; 3] = ["containers/key/scrypt-4m.pem", "containers/p12/keytool-legacy.p12", SLOWEST];
const SLOWEST: &str = "containers/p12/pbkdf2-600000.p12";
/// Parts of the names of files that a password or a private key opens.
const SEALED: [&str; 5] = [".key", ".p7m", ".p12", ".pfx", "containers/"];
/// The shortest text that is treated as a private key.
const BEGUN: &[u8] = b"-----BEGIN PRIVATE KEY-----";
/// One fixture of each kind, with which Secrets are filled to their limit.
const LARGE: [&str; 9] = [
    "apns/a.der",
    "apns/a.key.der",
    "containers/cms/aes128-stream-der.p7m",
    "containers/key/legacy-aes128.pem",
    "containers/p12/clear.p12",
    "containers/p12/one-iteration.p12",
    "dep/a.json",
    "symantec/a.aetx",
    "vpp/a.vpptoken",
];

/// The highest memory use, and the input that caused it.
#[derive(Default)]
struct Most {
    bytes: usize,
    by: String,
}

impl Most {
    /// Reads the Secret as every type, and measures the peak of the memory beyond the Secret itself.
    fn read(&mut self, name: &str, secret: &SecretData) {
        let password_key = secret.values.contains_key("password").then(|| "password".to_owned());
        let selection = KeySelection { password_key, ..KeySelection::default() };
        for type_ in TYPES {
            MEMORY.reset_peak_usage();
            let before = MEMORY.current_usage();
            drop(lapsewatch_core::read(type_, secret, &selection));
            let bytes = MEMORY.peak_usage() - before;
            assert!(bytes <= BOUND, "{name} as {type_:?} takes {bytes} bytes, expected at most {BOUND}");
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
    values.iter().map(|(key, value)| (*key, value.to_vec())).collect()
}

/// Returns a Secret with the fixture and everything that opens it: the password, the private key, and for a private key
/// its certificate.
fn with_what_opens(name: &str, bytes: &[u8]) -> SecretData {
    let password = match name {
        _ if name.contains("umlaut") => "pässwörd",
        _ if name.contains("empty") || name.contains("no-password") => "",
        _ if name.contains("containers/") => "secret",
        _ => "fixture",
    };
    let key = if name.contains("containers/cms/") { "apns/a.key" } else { "dep/server.key" };
    let (key, push) = (fixture(key), fixture("apns/a.pem"));
    let mut values = vec![("other", key.as_slice()), ("password", password.as_bytes()), ("value", bytes)];
    if name.contains(".key") || name.contains("/key/") {
        values.push(("push.pem", &push));
    }
    secret(&values)
}

/// Returns a pseudorandom number below `end`. The sequence is the same in each run.
fn below_end(seed: &mut u64, end: usize) -> usize {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    usize::try_from(*seed % end as u64).unwrap()
}

/// Returns mutations of the file: truncated, doubled, with flipped bits and nested.
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
        // A wrong length near the beginning could make a reader allocate too much.
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
    let (mut bare, mut opened, mut large) = (Most::default(), Most::default(), Most::default());
    let mut seed = 0x9e37_79b9_7f4a_7c15;
    for (name, bytes) in files.iter().filter(|(name, _)| name != SLOWEST) {
        bare.read(name, &secret(&[("value", bytes)]));
        opened.read(name, &with_what_opens(name, bytes));
        if SLOW.contains(&name.as_str()) {
            continue;
        }
        for (how, bytes) in mutants(bytes, &mut seed) {
            let name = format!("{name}, {how},");
            bare.read(&name, &secret(&[("value", &bytes)]));
            if SEALED.iter().any(|part| name.contains(part)) {
                opened.read(&name, &with_what_opens(&name, &bytes));
            }
        }
    }
    large.read("values of nothing", &(0..60_000).map(|number| (format!("{number:05}"), Vec::new())).collect());
    large.read("the beginnings of keys", &(0..50_000).map(|number| (format!("{number:05}"), BEGUN.to_vec())).collect());
    // Values and Secrets of the maximum size.
    for file in LARGE {
        let bytes = fixture(file);
        let full = bytes.repeat(VALUE / bytes.len());
        large.read(&format!("{file}, to the brim,"), &with_what_opens(file, &full));
        let names: Vec<String> = (0..SECRET / bytes.len()).map(|number| format!("{number:05}")).collect();
        let mut all = with_what_opens(file, &bytes);
        all.values.extend(names.into_iter().map(|name| (name, bytes.clone().into())));
        // With a password, the Secret can also require scrypt.
        all.values.insert("scrypt".to_owned(), fixture("containers/key/scrypt-4m.pem").into());
        large.read(&format!("{file}, all over, with scrypt,"), &all);
    }
    for (what, most) in [("nothing beside", bare), ("what opens it", opened), ("as much as there can be", large)] {
        println!("with {what}: {} KiB, {}", most.bytes.div_ceil(1024), most.by);
    }
}
