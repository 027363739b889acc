//! Bytes in, facts out: what a credential is, whom it is for, how long it holds and whether its key belongs to it.
//!
//! No clock, no input or output, no Kubernetes. Readers go by content, never by the name of a key or file. A failure
//! names keys of the Secret and kinds of file; nothing of any content, and no parser's own text, gets into it.

mod apns;
mod base64_text;
mod classify;
#[cfg_attr(not(test), expect(dead_code, reason = "wired to the readers next"))]
mod cms;
mod cms_key;
mod declared;
mod der;
#[cfg_attr(not(test), expect(dead_code, reason = "wired to the readers next"))]
mod encrypted_key;
mod failure;
mod kind;
mod name;
mod pem;
#[cfg_attr(not(test), expect(dead_code, reason = "wired to the readers next"))]
mod pkcs12;
mod pkcs12_bags;
mod pkcs12_mac;
mod private_key;
mod public_key;
mod rsa;
mod sealed;
mod select;
mod shape;
mod validity;
mod value;
mod x509;

pub use declared::declared;

use crate::api::credential::CredentialType;
use crate::api::reasons::FailureReason;
use crate::api::status::{CredentialFacts, Failure, Selection};
use crate::secret::SecretData;

/// Counts the readers' changes: where a status was made by another revision, the Secret is read again.
pub const READER_REVISION: i64 = 1;

/// Reads the credential that a Secret holds.
///
/// # Errors
/// With the reason and a text for the administrator when none can be read.
pub fn read(type_: CredentialType, secret: &SecretData, selection: &Selection) -> Result<CredentialFacts, Failure> {
    let not_supported = |message: &str| Err(failure::failure(FailureReason::NotSupported, message.to_owned()));
    match type_ {
        CredentialType::APNsCertificate | CredentialType::X509Certificate => {
            select::certificate(type_, secret, selection)
        }
        CredentialType::VPPToken => not_supported("this version does not read VPP content tokens yet"),
        CredentialType::DEPToken => not_supported("this version does not read DEP server tokens yet"),
        CredentialType::WindowsSymantecCertificate => {
            not_supported("this version does not read Windows Symantec certificates yet")
        }
        CredentialType::DeclaredExpiry => {
            not_supported("a DeclaredExpiry is read from no Secret; its date stands in spec.expirationTime")
        }
    }
}
