#![no_main]

use lapsewatch::api::credential::CredentialType;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let key = include_bytes!("../../tests/fixtures/dep/server.key");
    lapsewatch_fuzz::beside(CredentialType::DEPToken, key, b"fixture", input);
});
