#![no_main]

use lapsewatch_core::api::credential::CredentialType;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    // One opens the messages of the folder dep, the other those of containers.
    let keys =
        concat!(include_str!("../../tests/fixtures/dep/server.key"), include_str!("../../tests/fixtures/apns/a.key"));
    lapsewatch_fuzz::beside(CredentialType::DEPToken, keys.as_bytes(), b"fixture", input);
});
