#![no_main]

use lapsewatch_core::api::credential::CredentialType;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let key = include_bytes!("../../tests/fixtures/x509/rsa.key");
    lapsewatch_fuzz::beside(CredentialType::X509Certificate, key, b"secret", input);
});
