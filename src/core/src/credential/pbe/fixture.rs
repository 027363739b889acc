//! Provides the containers that the tests open, and the expected content.

#![allow(clippy::unwrap_used)]

use crate::credential::{base64_text, pem};

macro_rules! files {
    ($($name:literal,)*) => {
        /// The files with their names.
        const FILES: &[(&str, &[u8])] =
            &[$(($name, include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/", $name)))),*];
    };
}

files! {
    "containers/p12/2des.p12",
    "containers/p12/3des.p12",
    "containers/p12/ber-outside.p12",
    "containers/p12/ber-throughout.p12",
    "containers/p12/certificates-only.p12",
    "containers/p12/chain-legacy.p12",
    "containers/p12/clear-certificates-nomac.p12",
    "containers/p12/clear-certificates.p12",
    "containers/p12/clear.p12",
    "containers/p12/empty-legacy.p12",
    "containers/p12/empty.p12",
    "containers/p12/hostile-bags-2-31.p12",
    "containers/p12/hostile-bags-2-80.p12",
    "containers/p12/hostile-bags-50000000.p12",
    "containers/p12/hostile-mac-2-31.p12",
    "containers/p12/hostile-mac-2-80.p12",
    "containers/p12/hostile-mac-50000000.p12",
    "containers/p12/hostile-nested.p12",
    "containers/p12/keytool-legacy.p12",
    "containers/p12/keytool.p12",
    "containers/p12/legacy.p12",
    "containers/p12/mac-md5.p12",
    "containers/p12/mac-sha1.p12",
    "containers/p12/mac-sha224.p12",
    "containers/p12/mac-sha256.p12",
    "containers/p12/mac-sha384.p12",
    "containers/p12/mac-sha512.p12",
    "containers/p12/named.p12",
    "containers/p12/no-password.p12",
    "containers/p12/nomac-empty-legacy.p12",
    "containers/p12/nomac-legacy.p12",
    "containers/p12/nomac.p12",
    "containers/p12/one-iteration.p12",
    "containers/p12/openssl3.p12",
    "containers/p12/pbes2-aes-128-cbc.p12",
    "containers/p12/pbes2-aes-192-cbc.p12",
    "containers/p12/pbes2-aes-256-cbc.p12",
    "containers/p12/pbes2-des-ede3-cbc.p12",
    "containers/p12/pbes2-des.p12",
    "containers/p12/pbkdf2-600000.p12",
    "containers/p12/pbmac1.p12",
    "containers/p12/python-3des-sha1.p12",
    "containers/p12/python-aes256-sha256.p12",
    "containers/p12/rc2-128.p12",
    "containers/p12/rc2-40.p12",
    "containers/p12/rc4-128.p12",
    "containers/p12/rc4-40.p12",
    "containers/p12/too-costly.p12",
    "containers/p12/trailing.p12",
    "containers/p12/truncated.p12",
    "containers/p12/umlaut-legacy.p12",
    "containers/p12/umlaut.p12",
    "containers/key/ber.der",
    "containers/key/legacy-aes128.pem",
    "containers/key/legacy-aes192.pem",
    "containers/key/legacy-aes256.pem",
    "containers/key/legacy-des.pem",
    "containers/key/legacy-des3.pem",
    "containers/key/legacy-ec.pem",
    "containers/key/python.der",
    "containers/key/scrypt-16m.pem",
    "containers/key/scrypt-4m.pem",
    "containers/key/scrypt-8m.pem",
    "containers/key/scrypt-wide.pem",
    "containers/key/too-costly.pem",
    "containers/key/truncated.der",
    "containers/key/umlaut-v1.pem",
    "containers/key/umlaut.pem",
    "containers/key/v1-PBE-MD5-DES.pem",
    "containers/key/v1-PBE-MD5-RC2-64.pem",
    "containers/key/v1-PBE-SHA1-2DES.pem",
    "containers/key/v1-PBE-SHA1-3DES.pem",
    "containers/key/v1-PBE-SHA1-DES.pem",
    "containers/key/v1-PBE-SHA1-RC2-128.pem",
    "containers/key/v1-PBE-SHA1-RC2-40.pem",
    "containers/key/v1-PBE-SHA1-RC2-64.pem",
    "containers/key/v1-PBE-SHA1-RC4-128.pem",
    "containers/key/v1-PBE-SHA1-RC4-40.pem",
    "containers/key/v2-aes-128-cbc.pem",
    "containers/key/v2-aes-192-cbc.pem",
    "containers/key/v2-aes-256-cbc.pem",
    "containers/key/v2-des3.pem",
    "containers/key/v2-hmacWithSHA1.pem",
    "containers/key/v2-hmacWithSHA224.pem",
    "containers/key/v2-hmacWithSHA256.pem",
    "containers/key/v2-hmacWithSHA384.pem",
    "containers/key/v2-hmacWithSHA512.pem",
    "containers/cms/17-recipients.p7m",
    "containers/cms/aes128-der.p7m",
    "containers/cms/aes128-stream-der.p7m",
    "containers/cms/aes128-stream.p7m",
    "containers/cms/aes192-der.p7m",
    "containers/cms/aes256-stream.p7m",
    "containers/cms/base64.txt",
    "containers/cms/des3-stream-der.p7m",
    "containers/cms/elliptic-der.p7m",
    "containers/cms/gcm-der.p7m",
    "containers/cms/hostile-composite.key.der",
    "containers/cms/hostile-even.key.der",
    "containers/cms/keyid-der.p7m",
    "containers/cms/negative-serial.p7m",
    "containers/cms/oaep-sha256-der.p7m",
    "containers/cms/oaep-sha256-sha1-der.p7m",
    "containers/cms/oaep-stream-der.p7m",
    "containers/cms/plain.txt",
    "containers/cms/rc2-der.p7m",
    "containers/cms/long-der.p7m",
    "containers/cms/long.key",
    "containers/cms/short-der.p7m",
    "containers/cms/short.key",
    "containers/cms/signed.p7m",
    "containers/cms/smime.p7m",
    "containers/cms/two-recipients.p7m",
    "apns/a.key",
    "apns/a.key.der",
    "apns/a.pem",
    "apns/a.pkcs1.key",
    "apns/b.key",
    "apns/other.key",
    "x509/ec-pkcs8.key",
}

/// Returns a file of the fixtures.
pub(in crate::credential) fn file(name: &str) -> Vec<u8> {
    FILES.iter().find(|(known, _)| *known == name).unwrap().1.to_vec()
}

/// Returns the names of the containers of one kind.
pub(in crate::credential) fn names(kind: &str) -> Vec<&'static str> {
    let folder = format!("containers/{kind}/");
    FILES.iter().map(|(name, _)| *name).filter(|name| name.starts_with(&folder)).collect()
}

/// Returns the decoded content of the only PEM block of a file.
pub(in crate::credential) fn block(name: &str) -> Vec<u8> {
    let file = file(name);
    pem::blocks(&file).ok().unwrap().remove(0).body.unwrap().to_vec()
}

/// Returns the headers of a PEM block and its decoded content.
pub(in crate::credential) fn legacy_block(name: &str) -> (Vec<u8>, Vec<u8>) {
    let text = String::from_utf8(file(name)).unwrap();
    let (head, rest) = text.split_once("\n\n").unwrap();
    let (body, _) = rest.split_once("-----END").unwrap();
    let (_, headers) = head.split_once('\n').unwrap();
    (headers.as_bytes().to_vec(), base64_text::decode(body.as_bytes()).unwrap().to_vec())
}
