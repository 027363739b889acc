//! Describes damaged credentials and private keys in the terms of an administrator.

use crate::credential::{Breakage, DateFault, Flaw, InvalidDate, KeyDamage, Wrapping};

impl Breakage {
    /// Describes the damaged content. The text follows the word "holds".
    pub(super) fn words(self) -> String {
        let words = match self {
            Self::CutOff => "a certificate of which a part is missing (a PEM block without its BEGIN or END line)",
            Self::NotBase64 => "a PEM certificate with something in it that is not base64",
            Self::NotACertificate => "what begins as a certificate and is damaged or cut off",
            Self::MoreFollows => "a certificate with other data glued to its end",
            Self::Frame => {
                "a PEM certificate whose BEGIN or END line is damaged (five hyphens, not dashes, belong on each side of capital letters)"
            }
            Self::Date(date) => return date.words(),
            Self::DepMessage => "what begins as an encrypted DEP server token and is damaged or cut off",
            Self::VppToken(flaw) => return flaw.words("a VPP content token"),
            Self::DepJson(flaw) => return flaw.words("a decrypted DEP server token"),
            Self::EnrollmentToken(flaw) => return flaw.words("a Windows Phone enrollment token"),
        };
        words.to_owned()
    }
}

impl InvalidDate {
    fn words(self) -> String {
        let field = self.field;
        match self.fault {
            DateFault::Impossible => format!("a certificate whose {field} is a date that does not exist"),
            DateFault::Form => format!("a certificate whose {field} is not a date in the form that X.509 requires"),
        }
    }
}

impl Flaw {
    fn words(self, what: &str) -> String {
        match self {
            Self::Broken => format!("what begins as {what} and is damaged or cut off"),
            Self::NotBase64 => format!("{what} with something in it that is not base64"),
            Self::CutOff => format!("{what} that is damaged or incomplete (its end is missing)"),
            Self::Lacks(name) => format!("{what} without its {name}"),
            Self::Unreadable(name) => format!("{what} whose {name} can't be read"),
            Self::EmptyDate(name) => {
                format!("{what} whose {name} is in 1970 or earlier, which is not a valid expiry date")
            }
            Self::Edited(wrapping) => format!("{what} {}, damaged or cut off", wrapping.words()),
            Self::Twice(name) => format!("{what} in which {name} stands twice"),
        }
    }
}

impl KeyDamage {
    /// Describes the private key and its damage. The text follows the word "contains".
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::CutOff => "a private key of which a part is missing (a PEM block without its END line)",
            Self::Frame => {
                "a private key whose BEGIN or END line is damaged (five hyphens, not dashes, belong on each side of capital letters)"
            }
            Self::NotBase64 => "a private key with something in it that is not base64",
            Self::Content => "a private key that is damaged or incomplete",
            Self::OpenSsh => "a private key in OpenSSH's own form (\"ssh-keygen -p -m PEM -f FILE\" changes the form)",
        }
    }
}

impl Wrapping {
    /// Describes the layer, as an apposition to its content.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Json => "inside another JSON document",
            Self::RichText => "saved as rich text (RTF)",
            Self::Typography => "with typographic quotation marks, dashes or spaces",
            Self::Quotes => "in quotation marks",
            Self::Label => "after a label",
            Self::Escapes => "with a backslash before each quotation mark",
            Self::Reply => "quoted in a reply",
            Self::OtherText => "with other text around it",
            Self::Mail => "inside an e-mail",
        }
    }
}
