//! Measures the reading of one credential of each kind. The results form the middle table of docs/benchmarks.md.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "it ends where something fails")]

use std::path::Path;

use divan::Bencher;
use lapsewatch_core::api::credential::CredentialType::{
    self, APNsCertificate, DEPToken, VPPToken, WindowsSymantecCertificate, X509Certificate,
};
use lapsewatch_core::api::status::{KeyMatch, KeySelection};
use lapsewatch_core::secret::SecretData;

fn main() {
    divan::main();
}

fn fixture(file: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(file)).unwrap()
}

fn files(files: &[(&str, &str)]) -> SecretData {
    files.iter().map(|(key, file)| (*key, fixture(file))).collect()
}

/// Measures the reading alone, with a Secret prepared in advance.
fn measure(bencher: Bencher<'_, '_>, type_: CredentialType, secret: &SecretData, selection: &KeySelection) {
    bencher.bench(|| lapsewatch_core::read(type_, secret, selection));
}

/// Measures a Secret after a check that the credential is readable and has this result for its private key.
fn reads(bencher: Bencher<'_, '_>, type_: CredentialType, secret: &SecretData, key: KeyMatch) {
    let facts =
        lapsewatch_core::read(type_, secret, &KeySelection::default()).unwrap_or_else(|why| panic!("{}", why.message));
    assert_eq!(facts.key_match, key);
    measure(bencher, type_, secret, &KeySelection::default());
}

fn opens(bencher: Bencher<'_, '_>, values: &[(&str, &str)]) {
    let files = values.iter().map(|(key, file)| (*key, fixture(file)));
    let secret = files.chain([("password", b"secret".to_vec())]).collect();
    let selection = KeySelection { password_key: Some("password".to_owned()), ..KeySelection::default() };
    let facts =
        lapsewatch_core::read(APNsCertificate, &secret, &selection).unwrap_or_else(|why| panic!("{}", why.message));
    assert_eq!(facts.key_match, KeyMatch::Matches);
    measure(bencher, APNsCertificate, &secret, &selection);
}

/// Measures a Secret without a credential, which the reader must refuse.
fn refuses(bencher: Bencher<'_, '_>, type_: CredentialType, secret: &SecretData) {
    assert!(lapsewatch_core::read(type_, secret, &KeySelection::default()).is_err());
    measure(bencher, type_, secret, &KeySelection::default());
}

/// Generates pseudo-random bytes, the same in every run.
fn garbage(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_be_bytes()
    };
    std::iter::repeat_with(next).flatten().take(length).collect()
}

#[divan::bench]
fn a_apns_pem_with_key(bencher: Bencher<'_, '_>) {
    let secret = files(&[("push.key", "apns/a.key"), ("push.pem", "apns/a.pem")]);
    reads(bencher, APNsCertificate, &secret, KeyMatch::Matches);
}

#[divan::bench]
fn b_apns_der(bencher: Bencher<'_, '_>) {
    reads(bencher, APNsCertificate, &files(&[("push.cer", "apns/a.der")]), KeyMatch::NoKey);
}

#[divan::bench]
fn c_x509_chain(bencher: Bencher<'_, '_>) {
    reads(bencher, X509Certificate, &files(&[("chain.pem", "x509/chain.pem")]), KeyMatch::NoKey);
}

#[divan::bench]
fn d_x509_p256_with_key(bencher: Bencher<'_, '_>) {
    let secret = files(&[("tls.crt", "x509/ec.pem"), ("tls.key", "x509/ec-pkcs8.key")]);
    reads(bencher, X509Certificate, &secret, KeyMatch::Matches);
}

#[divan::bench]
fn e_x509_as_cert_manager_writes_it(bencher: Bencher<'_, '_>) {
    let mut secret = files(&[("ca.crt", "x509/ca.pem"), ("tls.crt", "x509/rsa.pem"), ("tls.key", "x509/rsa.key")]);
    secret.type_ = Some("kubernetes.io/tls".to_owned());
    reads(bencher, X509Certificate, &secret, KeyMatch::Matches);
}

#[divan::bench]
fn f_vpp_token(bencher: Bencher<'_, '_>) {
    reads(bencher, VPPToken, &files(&[("token", "vpp/a.vpptoken")]), KeyMatch::NotApplicable);
}

#[divan::bench]
fn g_dep_json(bencher: Bencher<'_, '_>) {
    reads(bencher, DEPToken, &files(&[("token", "dep/a.json")]), KeyMatch::NotApplicable);
}

#[divan::bench]
fn h_dep_encrypted_with_key(bencher: Bencher<'_, '_>) {
    let secret = files(&[("server.key", "dep/server.key"), ("token.p7m", "dep/a.p7m")]);
    let facts = lapsewatch_core::read(DEPToken, &secret, &KeySelection::default());
    assert!(facts.is_ok());
    measure(bencher, DEPToken, &secret, &KeySelection::default());
}

#[divan::bench]
fn i_symantec_aetx(bencher: Bencher<'_, '_>) {
    reads(bencher, WindowsSymantecCertificate, &files(&[("token", "symantec/a.aetx")]), KeyMatch::NotApplicable);
}

#[divan::bench]
fn j_symantec_pem(bencher: Bencher<'_, '_>) {
    reads(bencher, WindowsSymantecCertificate, &files(&[("pem", "symantec/a.pem")]), KeyMatch::NoKey);
}

#[divan::bench]
fn k_keystore_3des(bencher: Bencher<'_, '_>) {
    opens(bencher, &[("push.p12", "containers/p12/legacy.p12")]);
}

#[divan::bench]
fn l_keystore_openssl_3(bencher: Bencher<'_, '_>) {
    opens(bencher, &[("push.p12", "containers/p12/openssl3.p12")]);
}

#[divan::bench]
fn m_encrypted_pkcs8_key(bencher: Bencher<'_, '_>) {
    opens(bencher, &[("push.key", "containers/key/v2-aes-256-cbc.pem"), ("push.pem", "apns/a.pem")]);
}

#[divan::bench]
fn n_wrong_html(bencher: Bencher<'_, '_>) {
    refuses(bencher, APNsCertificate, &files(&[("page", "wrong/page.html")]));
}

#[divan::bench]
fn o_garbage_of_256_kib(bencher: Bencher<'_, '_>) {
    refuses(bencher, APNsCertificate, &[("garbage", garbage(256 << 10))].into_iter().collect());
}

#[divan::bench]
fn p_base64_of_garbage_of_256_kib(bencher: Bencher<'_, '_>) {
    use base64::Engine as _;
    let text = base64::engine::general_purpose::STANDARD.encode(garbage(192 << 10));
    refuses(bencher, APNsCertificate, &[("garbage", text.into_bytes())].into_iter().collect());
}

/// Measures different values of 1 KiB with the certificate among them.
#[divan::bench]
fn q_secret_of_1_mib(bencher: Bencher<'_, '_>) {
    let all = garbage(1 << 20);
    let values = all.chunks(1 << 10).enumerate().map(|(number, value)| (format!("value-{number:04}"), value.to_vec()));
    let secret = values.chain([("value-0500-push".to_owned(), fixture("apns/a.pem"))]).collect();
    reads(bencher, APNsCertificate, &secret, KeyMatch::NoKey);
}
