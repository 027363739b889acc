//! Tests files inside other files. No message quotes the input, whatever the nesting.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;

use crate::readers::properties::{artefacts, said, survives};
use crate::readers::*;

const LABELS: [&str; 10] = [
    "CERTIFICATE",
    "TRUSTED CERTIFICATE",
    "CERTIFICATE REQUEST",
    "PRIVATE KEY",
    "RSA PRIVATE KEY",
    "ENCRYPTED PRIVATE KEY",
    "PUBLIC KEY",
    "PKCS7",
    "MESSAGE",
    "PKCS12",
];

/// One file of each kind. The random tests add others.
const KINDS: [&str; 12] = [
    "apns/a.der",
    "apns/a.key",
    "apns/a.pem",
    "containers/cms/aes128-stream-der.p7m",
    "containers/key/v2-aes-256-cbc.pem",
    "containers/p12/clear.p12",
    "containers/p12/one-iteration.p12",
    "dep/a.json",
    "dep/a.p7m",
    "symantec/a.aetx",
    "vpp/a.vpptoken",
    "wrong/page.html",
];

fn base64(bytes: &[u8]) -> Vec<u8> {
    STANDARD.encode(bytes).into_bytes()
}

/// Returns a DER element whose length is encoded in four bytes.
fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    [&[tag, 0x84][..], &length, content].concat()
}

fn pem(label: &str, text: &[u8]) -> Vec<u8> {
    let mut pem = format!("-----BEGIN {label}-----\n").into_bytes();
    for line in text.chunks(64) {
        pem.extend_from_slice(line);
        pem.push(b'\n');
    }
    [pem.as_slice(), format!("-----END {label}-----\n").as_bytes()].concat()
}

/// Returns a ContentInfo of the Cryptographic Message Syntax (RFC 5652, section 3).
fn content_info(oid: &[u8], content: &[u8]) -> Vec<u8> {
    element(0x30, &[element(0x06, oid), element(0xa0, content)].concat())
}

/// Returns every wrapping with its name.
fn wrapped(inner: &[u8], other: &[u8]) -> Vec<(String, Vec<u8>)> {
    const DATA: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01];
    const ENVELOPED: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x03];
    let text = STANDARD.encode(inner);
    let octets = element(0x04, inner);
    let pfx = element(0x30, &[element(0x02, &[3]), content_info(&DATA, &octets)].concat());
    let enveloped = element(0x30, &[element(0x02, &[0]), element(0x31, &[]), octets.clone()].concat());
    let vpp = serde_json::json!({"token": text, "expDate": "2031-01-01T00:00:00+0000", "orgName": text});
    let dep = serde_json::json!({
        "consumer_key": text, "consumer_secret": text, "access_token": text, "access_secret": text,
        "access_token_expiry": "2031-01-01T00:00:00Z",
    });
    let aetx = format!(
        "<wap-provisioningdoc><characteristic type='EnterpriseAppManagement'><parm name='EnrollmentToken' \
         value='{text}'/></characteristic></wap-provisioningdoc>"
    );
    let named = |name: &str, bytes: Vec<u8>| (name.to_owned(), bytes);
    let mut all = vec![
        named("base64", base64(inner)),
        named("base64 twice", base64(&base64(inner))),
        named("VPP token", vpp.to_string().into_bytes()),
        named("VPP token in base64", base64(vpp.to_string().as_bytes())),
        named("DEP token", dep.to_string().into_bytes()),
        named("aetx", aetx.into_bytes()),
        named("text message", [b"Content-Type: text/plain\r\n\r\n", inner].concat()),
        named("S/MIME", [b"Content-Type: application/pkcs7-mime\r\n\r\n", inner].concat()),
        named("S/MIME in base64", [b"Content-Type: application/pkcs7-mime\r\n\r\n", &*base64(inner)].concat()),
        named("OCTET STRING", octets),
        named("CMS", content_info(&ENVELOPED, &enveloped)),
        named("PKCS#12", pfx),
        named("glued before", [inner, other].concat()),
        named("glued behind", [other, inner].concat()),
        named("glued by a line", [inner, b"\n", other].concat()),
    ];
    for label in LABELS {
        all.push(named(label, pem(label, text.as_bytes())));
        all.push(named(label, pem(label, inner)));
    }
    all
}

/// Layers that the readers remove do not change the credential.
#[test]
fn one_layer_around_an_artefact_is_taken_off() {
    for (type_, file) in [
        (APNsCertificate, "apns/a.der"),
        (VPPToken, "vpp/a.json"),
        (DEPToken, "dep/a.json"),
        (WindowsSymantecCertificate, "symantec/a.aetx"),
        (X509Certificate, "x509/ec.pem"),
    ] {
        let inner = fixture(file);
        let plain = one(type_, &inner).unwrap();
        let all = wrapped(&inner, b"\n");
        let bytes = &all.iter().find(|(name, _)| name == "base64").unwrap().1;
        assert_eq!(one(type_, bytes).unwrap().fingerprint, plain.fingerprint, "{file}");
        let twice = &all.iter().find(|(name, _)| name == "base64 twice").unwrap().1;
        if type_ != VPPToken {
            is(&one(type_, twice).unwrap_err(), WrongFile, &["base64 of base64"]);
        }
    }
}

#[test]
fn each_kind_inside_each_other_is_survived() {
    for kind in KINDS {
        let inner = fixture(kind);
        for (_, bytes) in wrapped(&inner, b"") {
            said(&bytes, "secret");
        }
        for other in KINDS.map(fixture) {
            said(&[inner.as_slice(), &other].concat(), "secret");
            said(&[inner.as_slice(), b"\n", &other].concat(), "secret");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_artefact_in_any_wrapping_is_survived(
        inner in any::<proptest::sample::Index>(),
        other in any::<proptest::sample::Index>(),
        layers in proptest::collection::vec(any::<proptest::sample::Index>(), 1..4),
        flip in proptest::option::of((any::<proptest::sample::Index>(), any::<u8>())),
    ) {
        let all = artefacts();
        let (first, other) = (inner.get(all), other.get(all));
        let mut bytes = first.bytes.clone();
        for layer in layers {
            let wrapped = wrapped(&bytes, &other.bytes);
            bytes = layer.get(&wrapped).1.clone();
        }
        if let Some((at, value)) = flip {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        survives(&bytes, &first.password);
    }
}
