//! Measures the reading of the slowest known Secrets of 1 MiB, without a password. The results form the table of the
//! worst cases in docs/benchmarks.md.
#![allow(missing_docs, clippy::unwrap_used, reason = "it ends where something fails")]

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use divan::Bencher;
use lapsewatch_core::api::credential::CredentialType::{
    self, APNsCertificate, DEPToken, VPPToken, WindowsSymantecCertificate, X509Certificate,
};
use lapsewatch_core::api::status::KeySelection;
use lapsewatch_core::secret::SecretData;

const VALUE: usize = 256 << 10;
const SECRET: usize = 1 << 20;

fn main() {
    divan::main();
}

fn fixture(file: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(file)).unwrap()
}

fn measure(bencher: Bencher<'_, '_>, type_: CredentialType, secret: &SecretData) {
    bencher.bench(|| lapsewatch_core::read(type_, secret, &KeySelection::default()));
}

/// Fills a Secret with as many copies of the value as fit, each under its own Secret key.
fn filled(value: &[u8]) -> SecretData {
    (0..SECRET / value.len()).map(|number| (format!("{number:05}"), value.to_vec())).collect()
}

fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let [.., high, low] = content.len().to_be_bytes();
    let head = if content.len() < 128 { vec![tag, low] } else { vec![tag, 0x82, high, low] };
    [head, content.to_vec()].concat()
}

fn pem(label: &str, body: &[u8]) -> Vec<u8> {
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(body)).into_bytes()
}

/// Builds an invalid RSA key of almost 16,384 bits, whose exponents are as long as the modulus.
fn large_rsa_key() -> Vec<u8> {
    let number = |bytes: usize| element(2, &[&[0x7f][..], &vec![0xe5; bytes - 1]].concat());
    let whole = number(2047);
    let (version, half) = (element(2, &[0]), number(2047));
    element(0x30, &[&version[..], &whole, &whole, &whole, &half, &half, &whole, &whole, &whole].concat())
}

fn message(content: &[u8], end: &[u8]) -> Vec<u8> {
    let enveloped = [0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 3];
    [&[0x30, 0x80][..], &enveloped, &[0xa0, 0x80], content, end].concat()
}

#[divan::bench]
fn a_certificates(bencher: Bencher<'_, '_>) {
    measure(bencher, X509Certificate, &filled(&fixture("apns/a.der")));
}

#[divan::bench]
fn b_certificates_in_pem(bencher: Bencher<'_, '_>) {
    measure(bencher, APNsCertificate, &filled(&fixture("apns/a.pem").repeat(64)));
}

#[divan::bench]
fn c_rsa_keys(bencher: Bencher<'_, '_>) {
    measure(bencher, APNsCertificate, &filled(&fixture("apns/a.key.der")));
}

#[divan::bench]
fn d_rsa_keys_of_16384_bits(bencher: Bencher<'_, '_>) {
    measure(bencher, APNsCertificate, &filled(&large_rsa_key()));
}

#[divan::bench]
fn e_p521_keys(bencher: Bencher<'_, '_>) {
    measure(bencher, X509Certificate, &filled(&fixture("x509/p521.key")));
}

#[divan::bench]
fn f_p521_certificates(bencher: Bencher<'_, '_>) {
    measure(bencher, X509Certificate, &filled(&fixture("x509/p521.pem")));
}

#[divan::bench]
fn g_pem_blocks(bencher: Bencher<'_, '_>) {
    measure(bencher, X509Certificate, &filled(&pem("SOMETHING", &[b'-'; 3000]).repeat(64)));
}

#[divan::bench]
fn h_base64_of_base64(bencher: Bencher<'_, '_>) {
    let once = STANDARD.encode([0x30; VALUE * 9 / 16 - 1]);
    measure(bencher, X509Certificate, &filled(STANDARD.encode(once).as_bytes()));
}

#[divan::bench]
fn i_messages_with_keys_that_do_not_fit(bencher: Bencher<'_, '_>) {
    let mut secret = filled(&fixture("containers/cms/two-recipients.p7m"));
    let other = fixture("apns/other.key");
    secret.values.extend((0..64).map(|number| (format!("-key-{number:02}"), other.clone().into())));
    measure(bencher, DEPToken, &secret);
}

/// Measures one operation with the longest private key that can open a message.
#[divan::bench]
fn o_message_for_6144_bits(bencher: Bencher<'_, '_>) {
    let values = [("key", "containers/cms/long.key"), ("message", "containers/cms/long-der.p7m")];
    measure(bencher, DEPToken, &values.map(|(key, file)| (key, fixture(file))).into_iter().collect());
}

#[divan::bench]
fn p_messages_beside_p521_keys(bencher: Bencher<'_, '_>) {
    let mut secret = filled(&fixture("containers/cms/two-recipients.p7m"));
    let private = |number| if number == 0 { fixture("apns/other.key") } else { fixture("x509/p521.key") };
    secret.values.extend((0..64).map(|number| (format!("-key-{number:02}"), private(number).into())));
    measure(bencher, DEPToken, &secret);
}

#[divan::bench]
fn j_deep_messages_in_pieces(bencher: Bencher<'_, '_>) {
    let content = [&[0x30, 0x80].repeat(28)[..], &[0x04, 0x01, 0x00].repeat(87_000)].concat();
    let mut secret = filled(&message(&content, &[0, 0].repeat(30)));
    secret.values.extend((0..16).map(|number| (format!("-key-{number:02}"), fixture("dep/server.key").into())));
    measure(bencher, DEPToken, &secret);
}

#[divan::bench]
fn k_keystores_without_a_password(bencher: Bencher<'_, '_>) {
    measure(bencher, APNsCertificate, &filled(&fixture("containers/p12/clear.p12")));
}

#[divan::bench]
fn l_json_of_many_names(bencher: Bencher<'_, '_>) {
    let names: Vec<String> = (0..16_000).map(|number| format!("\"{number:08}\":1")).collect();
    measure(bencher, VPPToken, &filled(format!("{{\"token\":\"\",{}}}", names.join(",")).as_bytes()));
}

#[divan::bench]
fn m_aetx_of_many_parms(bencher: Bencher<'_, '_>) {
    let parms = "<parm name='EnrollmentToken' value=''/>".repeat(6_500);
    let text = format!(
        "<wap-provisioningdoc><characteristic type='EnterpriseAppManagement'>{parms}</characteristic></wap-provisioningdoc>"
    );
    measure(bencher, WindowsSymantecCertificate, &filled(text.as_bytes()));
}

#[divan::bench]
fn n_tokens(bencher: Bencher<'_, '_>) {
    measure(bencher, VPPToken, &filled(&fixture("vpp/a.json")));
}
