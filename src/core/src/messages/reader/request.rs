//! Describes the requested credential in messages: its noun, its source, and the place where the reader looked for it.

use crate::api::credential::CredentialType;
use crate::credential::{PasswordDress, ReadRequest};
use crate::secret::ValueSource;

impl ReadRequest {
    /// Selects the wording for values of a Secret or for values of files.
    pub(super) fn words<T>(self, of_secret: T, of_files: T) -> T {
        match self.source {
            ValueSource::Secret => of_secret,
            ValueSource::Files => of_files,
        }
    }

    /// Returns the noun for the place of one value: a Secret key or a file.
    pub(super) fn place(self) -> &'static str {
        self.words("key", "file")
    }

    /// Returns the noun phrase for all values together.
    pub(super) fn whole(self) -> &'static str {
        self.words("the Secret", "the files")
    }

    /// Returns a hint if the password contains characters that are probably not intended, such as quotation marks
    /// around the password. Otherwise empty.
    pub(super) fn password_hint(self) -> String {
        let Some(dress) = self.password else { return String::new() };
        let password = self.words("The password in the Secret", "The password file");
        let looks = match dress {
            PasswordDress::ByteOrderMark => "begins with a byte order mark",
            PasswordDress::Utf16 => "is text in UTF-16",
            PasswordDress::Quoted => "has quotation marks around the password",
            PasswordDress::Blank => "has white space or invisible characters around the password",
        };
        let how = "Write the password alone, in UTF-8, such as with: printf %s \"$PASSWORD\" > FILE";
        format!(". {password} {looks}. {how}")
    }

    /// Returns the description of the expected credential and its source.
    pub(super) fn expected(self) -> &'static str {
        const ANY: &str = "an MDM push certificate, a VPP content token, a DEP server token with the private key that opens it, a Windows Symantec certificate or enrollment token, or another X.509 certificate";
        self.type_.map_or(ANY, expected)
    }
}

/// Returns the noun for a credential of the type, for use inside a sentence.
pub(super) fn noun(type_: CredentialType) -> &'static str {
    match type_ {
        CredentialType::APNsCertificate => "MDM push certificate",
        CredentialType::VPPToken => "VPP content token",
        CredentialType::DEPToken => "DEP server token",
        CredentialType::WindowsSymantecCertificate => "Windows Symantec certificate",
        CredentialType::X509Certificate | CredentialType::DeclaredExpiry => "certificate",
    }
}

/// Returns the description of the credential that the type accepts, and its source.
fn expected(type_: CredentialType) -> &'static str {
    match type_ {
        CredentialType::APNsCertificate => {
            "the MDM push certificate, in PEM or DER, from Apple's push portal (identity.apple.com/pushcert)"
        }
        CredentialType::VPPToken => {
            "the content token (.vpptoken) of the location, from Apple Business Manager or Apple School Manager (Payments and Billing, Apps and Books, content tokens)"
        }
        CredentialType::DEPToken => {
            "the server token (.p7m, with the private key that opens it, or decrypted), from Apple Business Manager or Apple School Manager (MDM servers, Download Token)"
        }
        CredentialType::WindowsSymantecCertificate => {
            "the enterprise mobile code-signing certificate (PEM, DER or .pfx) or the enrollment token made with it (.aetx), from Symantec, now DigiCert"
        }
        CredentialType::X509Certificate | CredentialType::DeclaredExpiry => {
            "an X.509 certificate, in PEM or DER, from whoever issues it"
        }
    }
}
