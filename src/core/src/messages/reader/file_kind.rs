//! Names the kinds of file that users often supply in place of a credential, in the terms of an administrator. For some
//! kinds, such as a certificate request, the instruction for obtaining the credential from the file is added.

use crate::api::credential::CredentialType;
use crate::credential::{FileEncoding, FileKind, ForeignFile};

impl FileKind {
    /// Describes the file and the credential type to which it belongs. The text follows the word "holds".
    pub(super) fn words(self) -> String {
        let (file, type_) = match self {
            Self::PushCertificate => ("", CredentialType::APNsCertificate),
            Self::WindowsCertificate => ("", CredentialType::WindowsSymantecCertificate),
            Self::VppToken => ("a .vpptoken file, ", CredentialType::VPPToken),
            Self::DepMessage => ("a .p7m file, ", CredentialType::DEPToken),
            Self::DepJson => ("", CredentialType::DEPToken),
            Self::EnrollmentToken => ("an .aetx file, ", CredentialType::WindowsSymantecCertificate),
            _ => return self.name().to_owned(),
        };
        format!("{} ({file}which type {type_} is for)", self.name())
    }

    /// Describes the file, with its article.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::PushCertificate => "an MDM push certificate",
            Self::WindowsCertificate => "a Windows code-signing certificate with a Publisher ID",
            Self::Certificate => "a certificate",
            Self::NoCodeSigning => {
                "a certificate that is not for code signing (its extended key usage does not say so), such as a server's or a CA's"
            }
            Self::NoPublisherId => {
                "a code-signing certificate without a Publisher ID (its subject has no numeric user ID)"
            }
            Self::Keystore => "a PKCS#12 keystore",
            Self::AppPushCertificate => {
                "an app's push certificate (for the notifications of one app, from Apple's developer portal)"
            }
            Self::VendorCertificate => {
                "an MDM vendor's certificate (with which a vendor signs its customers' requests)"
            }
            Self::DeviceCertificate => "a device's certificate",
            Self::OtherUserId => {
                "a certificate whose user ID is no topic of MDM push (those begin with com.apple.mgmt.)"
            }
            Self::NoUserId => {
                "a certificate without a topic (its subject has no user ID), such as a server's, a device's or a CA's"
            }
            Self::SigningRequest => "a certificate signing request",
            Self::PushRequest => "the push certificate signing request for the Apple Push Certificates Portal",
            Self::RevocationList => "a certificate revocation list",
            Self::PublicKey => "a public key",
            Self::PrivateKey => "a private key without its certificate",
            Self::EncryptedPrivateKey => "an encrypted private key without its certificate",
            Self::JavaKeystore => "a Java keystore",
            Self::VppToken => "a VPP content token",
            Self::DepMessage => "an encrypted message, as a DEP server token is",
            Self::DepJson => "a decrypted DEP server token",
            Self::OtherMessage => "a PKCS#7 message or bundle",
            Self::CertificateBundle(_) => "a PKCS#7 bundle of certificates (.p7b)",
            Self::ProvisioningProfile => "a provisioning profile (.mobileprovision)",
            Self::EnrollmentToken => "a Windows Phone enrollment token",
            Self::Foreign(file) => file.name(),
            Self::HtmlPage => "an HTML page, such as a sign-in page saved in place of the download",
            Self::PropertyList => "a property list, such as a configuration profile",
            Self::OtherXml => "an XML document",
            Self::OtherJson => "JSON",
            Self::TwiceEncoded => "base64 of base64 (encoded at least twice over)",
            Self::Utf16 => "text in UTF-16 (save it as UTF-8 or ASCII)",
            Self::OtherPem => "PEM text without a certificate",
            Self::Text => "plain text",
            Self::Binary => "binary data of no known kind",
            Self::Mail => "an e-mail without a credential that can be read (save its attachment, and use that file)",
            Self::Empty => "nothing",
        }
    }

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

impl ForeignFile {
    /// Returns the name of the file with its article, and the way to obtain the real content.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::AgeEncrypted => "a file that age encrypted (\"age --decrypt\" decrypts it)",
            Self::AnsibleVault => "a file that Ansible Vault encrypted (\"ansible-vault decrypt\" decrypts it)",
            Self::AppleDouble => {
                "a macOS metadata file (its name begins with \"._\": use the file without this prefix)"
            }
            Self::BinaryPropertyList => "a binary property list",
            Self::Executable => "a program",
            Self::GitAnnexPointer => "a git-annex pointer in place of the file (\"git annex get\" gets the file)",
            Self::GitCrypt => "a file that git-crypt encrypted (\"git-crypt unlock\" decrypts it)",
            Self::GitLfsPointer => "a Git LFS pointer in place of the file (\"git lfs pull\" gets the file)",
            Self::Gzip => "a gzip archive (unpack it and take the file in it)",
            Self::Image => "an image, such as a screenshot",
            Self::Keychain => "a macOS keychain (export the certificate and its private key as .p12)",
            Self::Manifest => "a Kubernetes manifest (\"lapsewatch check\" reads manifests)",
            Self::OfficeDocument => "an Office document",
            Self::OpenPgp => "an OpenPGP (PGP, GnuPG) message or key (\"gpg --decrypt\" decrypts a message)",
            Self::OtherArchive => "an archive (unpack it and take the file in it)",
            Self::Path => "the name or address of a file in place of the file's content",
            Self::Pdf => "a PDF document",
            Self::Placeholder => "a placeholder that nobody has replaced with the file",
            Self::PuttyKey => "a private key of PuTTY (PuTTYgen exports it as an OpenSSH key, for SSH only)",
            Self::Rtf => "a rich text document (RTF; save the text as plain text)",
            Self::Sops => "a file that SOPS encrypted (\"sops --decrypt\" decrypts it)",
            Self::SqliteDatabase => "an SQLite database",
            Self::Template => "a template variable that no tool has replaced with the file",
            Self::VaultTransit => "a text that HashiCorp Vault encrypted (\"vault write transit/decrypt\" decrypts it)",
            Self::Zip => "a ZIP archive (unpack it and take the file in it)",
        }
    }
}
