//! The section of docs/formats.md on encodings: the same files in every encoding that people and tools produce.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use crate::readers::page::{Table, outcome};
use crate::readers::*;

/// One valid file of each form with its type.
const FILES: [(&str, CredentialType); 9] = [
    ("apns/a.pem", APNsCertificate),
    ("apns/a.der", APNsCertificate),
    ("x509/rsa.pem", X509Certificate),
    ("symantec/a.pem", WindowsSymantecCertificate),
    ("symantec/a.aetx", WindowsSymantecCertificate),
    ("vpp/a.vpptoken", VPPToken),
    ("vpp/a.json", VPPToken),
    ("dep/a.json", DEPToken),
    ("dep/a.p7m", DEPToken),
];

type Clothing = (&'static str, fn(&[u8]) -> Vec<u8>);

const CLOTHES: [Clothing; 20] = [
    ("as it is", <[u8]>::to_vec),
    ("without a line end at its end", |file| file.trim_ascii_end().to_vec()),
    ("with more line ends at its end", |file| [file, b"\r\n\n"].concat()),
    ("with blank lines before it", |file| [b"\n\n", file].concat()),
    ("lines that end in CRLF", |file| lines(file, "\r\n")),
    ("lines that end in CR", |file| lines(file, "\r")),
    ("lines that are indented", |file| lines(file, "\n    ")),
    ("all on one line", |file| lines(file, " ")),
    ("after a byte order mark", |file| [b"\xef\xbb\xbf", file].concat()),
    ("in UTF-16", |file| {
        let text = String::from_utf8_lossy(file).into_owned();
        [vec![0xff, 0xfe], text.encode_utf16().flat_map(u16::to_le_bytes).collect()].concat()
    }),
    ("in base64, on one line", |file| STANDARD.encode(file).into()),
    ("in base64, lines of 76", |file| wrapped(&STANDARD.encode(file), 76)),
    ("in base64, lines of 64, CRLF", |file| lines(&wrapped(&STANDARD.encode(file), 64), "\r\n")),
    ("in URL-safe base64 without padding", |file| URL_SAFE_NO_PAD.encode(file).into()),
    ("in base64 of base64", |file| STANDARD.encode(STANDARD.encode(file)).into()),
    ("after other text", |file| [b"subject=CN = x\n", file].concat()),
    ("before other text", |file| [file, b"\nthe end\n"].concat()),
    ("twice", |file| [file, file].concat()),
    ("its first half", |file| file[..file.len() / 2].to_vec()),
    ("its second half", |file| file[file.len() / 2..].to_vec()),
];

fn lines(file: &[u8], joint: &str) -> Vec<u8> {
    match std::str::from_utf8(file) {
        Ok(text) => text.lines().collect::<Vec<_>>().join(joint).into_bytes(),
        // A binary file has no lines.
        Err(_) => file.to_vec(),
    }
}

fn wrapped(text: &str, width: usize) -> Vec<u8> {
    text.as_bytes().chunks(width).flat_map(|line| [line, b"\n"].concat()).collect()
}

/// Returns certificates before and after other certificates, and in other PEM blocks.
fn chains() -> Vec<(&'static str, Vec<u8>)> {
    let (pem, ca, key) = (fixture("apns/a.pem"), fixture("x509/ca.pem"), fixture("apns/a.key"));
    let text = String::from_utf8(pem.clone()).unwrap();
    vec![
        ("its chain after it", [&*pem, &ca].concat()),
        ("its chain before it", [&*ca, &pem].concat()),
        ("its private key after it", [&*pem, &key].concat()),
        ("its private key before it", [&*key, &pem].concat()),
        ("private key, chain and certificate glued without a line end", fixture("apns/a-glued.pem")),
        ("bag attributes, private key in PKCS#1, chain, certificate", fixture("apns/a-bundle.pem")),
        ("in a block X509 CERTIFICATE", text.replace("CERTIFICATE", "X509 CERTIFICATE").into_bytes()),
        ("in a block TRUSTED CERTIFICATE", text.replace("CERTIFICATE", "TRUSTED CERTIFICATE").into_bytes()),
        ("in a block of another name", text.replace("CERTIFICATE", "SOMETHING").into_bytes()),
        ("another certificate of the same topic after it", [&*pem, &fixture("apns/a-renewed.pem")].concat()),
        ("user ID first, in UTF-8", fixture("apns/a.pem")),
        ("user ID in the middle, printable", fixture("apns/middle.pem")),
        ("user ID last, printable", fixture("apns/b.pem")),
        ("user ID in one part of the name with others", fixture("apns/joined.pem")),
        ("X.509 version 1, no extensions", fixture("apns/v1.pem")),
        ("negative serial number", fixture("apns/negative-serial.pem")),
        ("without a user ID", fixture("apns/no-uid.pem")),
        ("user ID that is no topic", fixture("wrong/other-uid.pem")),
    ]
}

pub fn section() -> String {
    let mut clothes = Table::of(&["clothing"], &FILES.map(|(file, _)| file));
    for (name, dress) in CLOTHES {
        let cell = |(file, type_): (&str, CredentialType)| {
            let bytes = dress(&fixture(file));
            // The Secret contains the private key of an encrypted token, so the outcome shows if the token was
            // recognized.
            let key = fixture("dep/server.key");
            let values: &[(&str, &[u8])] =
                if file == "dep/a.p7m" { &[("key", &key), ("value", &bytes)] } else { &[("value", &bytes)] };
            outcome(read(type_, &secret(values)))
        };
        clothes.row(name, FILES.map(cell).to_vec());
    }
    let mut chains_table = Table::of(&["a push certificate"], &["APNsCertificate", "X509Certificate"]);
    for (name, bytes) in chains() {
        let cells = [APNsCertificate, X509Certificate].map(|type_| outcome(one(type_, &bytes)));
        chains_table.row(name, cells.to_vec());
    }
    format!(
        "## The same file in other clothes\n\n\
         One right file of each form, each for its type, as people and tools save them. The encrypted DEP token has its\n\
         private key beside it. Binary files have no lines, so those rows leave them as they are.\n\n{clothes}\n\
         ## Certificates with others, and odd ones\n\n{chains_table}\n"
    )
}
