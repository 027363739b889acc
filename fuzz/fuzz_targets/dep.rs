#![no_main]

use lapsewatch_core::api::credential::CredentialType;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    // The first private key opens the messages in tests/fixtures/dep, and the second opens those in
    // tests/fixtures/containers.
    let keys =
        concat!(include_str!("../../tests/fixtures/dep/server.key"), include_str!("../../tests/fixtures/apns/a.key"));
    lapsewatch_fuzz::beside(CredentialType::DEPToken, keys.as_bytes(), b"fixture", input);
});
