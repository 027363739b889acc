//! What the readers of encrypted containers share: BER, ciphers, and keys derived from passwords within a budget.

pub(super) mod ber;
pub(super) mod budget;
pub(super) mod cipher;
pub(super) mod der_reader;
pub(super) mod hash;
pub(super) mod oid;
pub(super) mod password;
pub(super) mod pbes2;
pub(super) mod scheme;

#[cfg(test)]
pub(super) mod fixture;

/// Why a container stays closed. No parser's own text, and nothing of what is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OpenError {
    /// It is encrypted, no password is given, and the empty one does not open it.
    PasswordRequired,
    /// The password given does not open it.
    PasswordWrong,
    /// The private key is none of those it was encrypted for.
    NoMatchingKey,
    /// It is not what it begins as, or is cut off.
    Malformed,
    /// A scheme that is not read.
    NotSupported,
    /// The key derivation that it asks for is beyond the limits.
    TooCostly,
    /// It nests deeper than is read.
    TooDeep,
    /// It is encrypted for more than are tried.
    ManyRecipients,
    /// More private keys are given than are tried, and none of those that were tried opens it.
    ManyKeys,
    /// None of the private keys opens it, and one of them can't be read.
    KeyUnreadable,
}
