//! Describes the way to obtain a credential from a file that is not the credential itself, such as a request.

use super::file_kind::FileKind;
use super::signed_data::FileEncoding;

impl FileKind {
    /// Returns the instruction for obtaining the credential from a file of this kind. None if there is no such
    /// instruction.
    pub(super) fn remedy(self) -> Option<&'static str> {
        Some(match self {
            Self::PushRequest => {
                "This request is not the certificate. Upload it to the Apple Push Certificates Portal (identity.apple.com/pushcert), and use the certificate that the portal returns"
            }
            Self::SigningRequest => {
                "A request is not the certificate. For MDM push, have the MDM vendor sign it, upload the signed request to the Apple Push Certificates Portal (identity.apple.com/pushcert), and use the certificate that the portal returns. For any other certificate, send the request to its issuer, and use the certificate that the issuer returns"
            }
            Self::CertificateBundle(FileEncoding::Pem) => {
                "Extract the certificates with \"openssl pkcs7 -print_certs -in FILE -out certificates.pem\", and use the block of the right one"
            }
            Self::CertificateBundle(FileEncoding::Der) => {
                "Extract the certificates with \"openssl pkcs7 -inform DER -print_certs -in FILE -out certificates.pem\", and use the block of the right one"
            }
            Self::ProvisioningProfile => {
                "A provisioning profile is for apps and is not an MDM credential. To watch its first developer certificate with type X509Certificate, extract the certificate with: openssl smime -verify -noverify -inform DER -in FILE | python3 -c \"import plistlib, sys; sys.stdout.buffer.write(plistlib.loads(sys.stdin.buffer.read())['DeveloperCertificates'][0])\" > certificate.cer"
            }
            _ => return None,
        })
    }
}
