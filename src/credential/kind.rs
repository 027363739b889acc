//! The kinds of file that stand where a certificate should, in an administrator's words.

/// Something else than what was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    AppPushCertificate,
    VendorCertificate,
    DeviceCertificate,
    OtherUserId,
    NoUserId,
    SigningRequest,
    PushRequest,
    RevocationList,
    PublicKey,
    PrivateKey,
    EncryptedPrivateKey,
    JavaKeystore,
    VppToken,
    DepMessage,
    DepJson,
    SignedMessage,
    EnrollmentToken,
    HtmlPage,
    PropertyList,
    OtherXml,
    OtherJson,
    TwiceEncoded,
    Utf16,
    OtherPem,
    Text,
    Binary,
    Empty,
}

/// How something that begins as a certificate breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Breakage {
    CutOff,
    NotBase64,
    NotACertificate,
    MoreFollows,
}

/// What is larger than is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Limit {
    Value,
    Blocks,
    RsaKey,
}

/// Why a value gives no certificate that fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    Malformed(Breakage),
    Wrong(Kind),
    Keystore,
    Limit(Limit),
}

impl Problem {
    /// How much it tells where several values give none: the least first.
    pub(super) fn rank(self) -> u8 {
        match self {
            Self::Malformed(_) => 0,
            Self::Wrong(
                Kind::AppPushCertificate | Kind::VendorCertificate | Kind::DeviceCertificate | Kind::OtherUserId,
            ) => 1,
            Self::Keystore => 2,
            Self::Wrong(Kind::NoUserId) => 3,
            Self::Limit(_) => 4,
            Self::Wrong(Kind::SigningRequest | Kind::PushRequest) => 5,
            Self::Wrong(Kind::Empty) => 7,
            Self::Wrong(Kind::PrivateKey | Kind::EncryptedPrivateKey) => 8,
            // A password or a note stands beside many a credential.
            Self::Wrong(Kind::Text | Kind::Binary | Kind::OtherPem) => 9,
            Self::Wrong(_) => 6,
        }
    }

    /// Whether a certificate may stand in the value that can't be read there, or was to stand there.
    pub(super) fn may_hide_a_certificate(self) -> bool {
        match self {
            Self::Malformed(_) | Self::Keystore | Self::Limit(_) => true,
            Self::Wrong(kind) => matches!(
                kind,
                Kind::JavaKeystore | Kind::SignedMessage | Kind::TwiceEncoded | Kind::Utf16 | Kind::Empty
            ),
        }
    }
}

impl Kind {
    /// What it is, as the object of "holds".
    pub(super) fn words(self) -> &'static str {
        match self {
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
            Self::PushRequest => "a push certificate request as it is uploaded to Apple's push portal",
            Self::RevocationList => "a certificate revocation list",
            Self::PublicKey => "a public key",
            Self::PrivateKey => "a private key without its certificate",
            Self::EncryptedPrivateKey => "an encrypted private key without its certificate",
            Self::JavaKeystore => "a Java keystore",
            Self::VppToken => "a VPP content token (a .vpptoken file, which type VPPToken is for)",
            Self::DepMessage => {
                "an encrypted message, as a DEP server token is (a .p7m file, which type DEPToken is for)"
            }
            Self::DepJson => "a decrypted DEP server token (which type DEPToken is for)",
            Self::SignedMessage => "a PKCS#7 message or bundle",
            Self::EnrollmentToken => {
                "a Windows Phone enrollment token (an .aetx file, which type WindowsSymantecCertificate is for)"
            }
            Self::HtmlPage => "an HTML page, such as a sign-in page saved in place of the download",
            Self::PropertyList => "a property list, such as a configuration profile",
            Self::OtherXml => "an XML document",
            Self::OtherJson => "JSON",
            Self::TwiceEncoded => "base64 of base64 (encoded at least twice over)",
            Self::Utf16 => "text in UTF-16 (save it as UTF-8 or ASCII)",
            Self::OtherPem => "PEM text without a certificate",
            Self::Text => "plain text",
            Self::Binary => "binary data of no known kind",
            Self::Empty => "nothing",
        }
    }
}

impl Breakage {
    /// What is wrong with it, as the object of "holds".
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::CutOff => "a certificate of which a part is missing (a PEM block without its BEGIN or END line)",
            Self::NotBase64 => "a PEM certificate with something in it that is not base64",
            Self::NotACertificate => "what begins as a certificate and is damaged or cut off",
            Self::MoreFollows => "a certificate with other data glued to its end",
        }
    }
}
