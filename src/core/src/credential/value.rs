//! Reads one value of a Secret: certificates, private keys, tokens, keystores, encrypted messages, or another kind of
//! file.

use zeroize::Zeroizing;

use super::aetx;
use super::base64_text;
use super::breakage::Breakage;
use super::classify;
use super::container::EncryptedKey;
use super::der;
use super::escaped;
use super::file_kind::{FileEncoding, FileKind, is_for};
use super::foreign::{self, ForeignFile};
use super::found_key::FoundPrivateKey;
use super::key_damage::KeyDamage;
use super::mime;
use super::pem;
use super::read_problem::{Limit, ReadProblem};
use super::rich_text;
use super::shape::{DerShape, shape};
use super::signed_data;
use super::token;
use super::wrapping;
use super::x509::{self, Certificate, Tail};
use crate::api::credential::CredentialType;
use crate::api::status::{CredentialFacts, Format};

/// The maximum number of bytes of one value.
const MAX_BYTES: usize = 256 * 1024;

/// The content of one value.
#[derive(Default)]
pub(super) struct Value {
    /// The certificates. Empty if a part of the value is damaged or exceeds a limit.
    pub certificates: Vec<Certificate>,
    /// The private keys.
    pub private_keys: Vec<FoundPrivateKey>,
    /// The facts of the tokens that the type accepts. Other tokens are reported as `problem`.
    pub tokens: Vec<CredentialFacts>,
    /// The PKCS#12 keystores, not opened.
    pub keystores: Vec<Zeroizing<Vec<u8>>>,
    /// The encrypted messages, not opened. Empty if the type does not accept encrypted messages.
    pub messages: Vec<Zeroizing<Vec<u8>>>,
    /// The reason why the value contains neither certificates nor tokens. None if the value contains a certificate or a
    /// token.
    pub problem: Option<ReadProblem>,
}

impl Value {
    /// Returns the number of entries.
    pub(super) fn entries(&self) -> usize {
        let (sealed, keys) = (self.keystores.len() + self.messages.len(), self.private_keys.len());
        self.certificates.len() + self.tokens.len() + sealed + keys
    }

    /// Adds the entries of another value, without its problem.
    pub(super) fn extend(&mut self, other: Self) {
        self.certificates.extend(other.certificates);
        self.private_keys.extend(other.private_keys);
        self.tokens.extend(other.tokens);
        self.keystores.extend(other.keystores);
        self.messages.extend(other.messages);
    }

    /// Records a problem, unless a problem of higher priority is recorded already.
    pub(super) fn note(&mut self, problem: ReadProblem) {
        if self.problem.is_none_or(|known| problem.rank() < known.rank()) {
            self.problem = Some(problem);
        }
    }
}

/// Reads a value as the given type. The public keys of at most `keys_left` private keys are computed. Further private
/// keys remain unread.
pub(super) fn read(type_: CredentialType, bytes: &[u8], keys_left: &mut usize) -> Value {
    if bytes.len() > MAX_BYTES {
        return Value { problem: Some(ReadProblem::Limit(Limit::Value)), ..Value::default() };
    }
    let lines = line_ends(bytes);
    let spare = &mut MAX_BYTES.saturating_mul(2);
    let mut reader = Reader { type_, value: Value::default(), keys_left, layers: 0, spare };
    reader.any(lines.as_deref().map_or(bytes, Vec::as_slice), Taken::default());
    let mut value = reader.value;
    if matches!(value.problem, Some(ReadProblem::Malformed(_) | ReadProblem::Limit(_))) {
        value.certificates.clear();
        value.tokens.clear();
    } else if !(value.certificates.is_empty() && value.tokens.is_empty()) {
        value.problem = None;
    }
    // Most values contain one entry, but a vector of one entry reserves room for four. A Secret may have thousands of
    // values.
    value.certificates.shrink_to_fit();
    value.private_keys.shrink_to_fit();
    value.tokens.shrink_to_fit();
    value
}

/// Replaces carriage returns with line feeds, if the lines end in carriage returns alone. None if nothing changes.
fn line_ends(bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let is_old = bytes.contains(&b'\r') && !bytes.iter().any(|byte| matches!(byte, b'\n' | 0));
    is_old.then(|| Zeroizing::new(bytes.iter().map(|byte| if *byte == b'\r' { b'\n' } else { *byte }).collect()))
}

/// The layers that were removed already. Each kind is removed at most once, which bounds the nesting.
#[derive(Clone, Copy, Default)]
pub(super) struct Taken {
    pub base64: bool,
    pub mime: bool,
}

pub(super) struct Reader<'a> {
    pub(super) type_: CredentialType,
    pub(super) value: Value,
    keys_left: &'a mut usize,
    /// The number of removed layers other than those in [`Taken`].
    pub(super) layers: u8,
    /// The number of bytes that may still be read inside such layers.
    pub(super) spare: &'a mut usize,
}

impl Reader<'_> {
    /// Recognizes and reads content of any kind.
    fn any(&mut self, bytes: &[u8], taken: Taken) {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let text = bytes.trim_ascii();
        if let Some(shape) = shape(bytes) {
            self.der(bytes, shape, Format::DER, Tail::Lines);
        } else if classify::is_utf16(bytes) {
            self.wrong(FileKind::Utf16);
        } else if let Some(kind) = classify::property_list(text) {
            // The PEM text in a property list, such as the certificate chain of a push certificate request, is not a
            // credential of the user.
            self.wrong(kind);
        } else if rich_text::is_rich(text) && self.wrapped(text) {
        } else if let Some(file) = foreign::container(bytes) {
            self.wrong(FileKind::Foreign(file));
        } else if let Some((content, body)) = mime::split(text).filter(|_| !taken.mime) {
            let taken = Taken { mime: true, ..taken };
            match content {
                mime::Content::Plain => self.any(body, taken),
                mime::Content::Pkcs7 => self.message(body),
            }
        } else if self.mail(text) || wrapping::is_quoted_message(text) && self.wrapped(text) {
        } else if pem::is_pem(text) || escaped::is_percent_encoded(text) {
            self.pem(escaped::unescaped(text).bytes());
        } else {
            let unescaped = escaped::unescaped(text);
            // A damaged BEGIN or END line shows what the value was meant to contain, so this damage is reported first.
            let is_garbled = pem::is_garbled(unescaped.bytes());
            if self.whole_base64(text, taken) || !is_garbled && self.wrapped(text) || self.base64(text, taken) {
            } else if is_garbled {
                self.pem(unescaped.bytes());
            } else {
                self.text(text);
            }
        }
    }

    /// Reads bytes separately and returns their content, with `layers` as the number of removed layers.
    pub(super) fn nested(&mut self, bytes: &[u8], taken: Taken, layers: u8) -> Value {
        let (keys_left, spare) = (&mut *self.keys_left, &mut *self.spare);
        let mut reader = Reader { type_: self.type_, value: Value::default(), keys_left, layers, spare };
        reader.any(bytes, taken);
        reader.value
    }

    /// Reads the body after the headers of an S/MIME message.
    fn message(&mut self, body: &[u8]) {
        let broken = ReadProblem::Malformed(Breakage::DepMessage);
        if let Some(shape) = shape(body) {
            return self.der(body, shape, Format::SMIME, Tail::Lines);
        }
        match base64_text::decode(body) {
            Some(body) => match shape(&body) {
                Some(shape) => self.der(&body, shape, Format::SMIME, Tail::Lines),
                None => self.problem(broken),
            },
            None => self.problem(broken),
        }
    }

    /// Reads text that is not PEM, such as a token.
    fn text(&mut self, text: &[u8]) {
        let read = match (token::json(text), classify::text(text)) {
            // JSON that is not a token may be the output of another tool, stored in place of the file. `kind` names
            // this tool.
            (Some(Err(ReadProblem::Wrong(FileKind::OtherJson))), kind) => return self.wrong(kind),
            (Some(read), _) => read,
            (None, kind @ FileKind::EnrollmentToken) => aetx::read(text).map(|facts| (kind, facts)),
            (None, kind) => return self.wrong(kind),
        };
        match read {
            Ok((kind, facts)) if is_for(self.type_, kind) => self.value.tokens.push(facts),
            Ok((kind, _)) => self.wrong(kind),
            Err(problem) => self.problem(problem),
        }
    }

    /// Reads all blocks of a PEM text.
    fn pem(&mut self, text: &[u8]) {
        let Ok(blocks) = pem::blocks(text) else {
            return self.problem(ReadProblem::Limit(Limit::Blocks));
        };
        for block in blocks {
            self.block(&block);
        }
        let value = &self.value;
        let is_empty = value.certificates.is_empty() && value.tokens.is_empty();
        if is_empty && value.keystores.is_empty() && value.messages.is_empty() && value.problem.is_none() {
            self.wrong(FileKind::OtherPem);
        }
    }

    fn block(&mut self, block: &pem::Block<'_>) {
        if let Some(file @ (ForeignFile::Placeholder | ForeignFile::Template)) = foreign::text(block.text.trim_ascii())
        {
            // The block comes from a template, and nobody has replaced its placeholder with base64.
            if block.label.ends_with(b"PRIVATE KEY") {
                self.value.private_keys.push(FoundPrivateKey::Damaged(KeyDamage::Content));
            }
            return self.wrong(FileKind::Foreign(file));
        }
        let shape = block.body.as_ref().ok().and_then(|body| shape(body));
        match (block.label, &block.body) {
            (b"CERTIFICATE" | b"X509 CERTIFICATE" | b"TRUSTED CERTIFICATE" | b"", body) => {
                let tail = if block.label.starts_with(b"TRUSTED") { Tail::Trust } else { Tail::Lines };
                match (body, shape) {
                    (Ok(body), Some(shape)) => self.der(body, shape, Format::PEM, tail),
                    (Ok(_), None) => self.problem(ReadProblem::Malformed(Breakage::NotACertificate)),
                    (Err(breakage), _) => self.problem(ReadProblem::Malformed(*breakage)),
                }
            }
            (label, body) if label.ends_with(b"PRIVATE KEY") => match (body, shape) {
                (Ok(body), Some(shape)) if !block.encrypted => self.der(body, shape, Format::PEM, Tail::Lines),
                (Ok(body), _) if block.encrypted => self.encrypted_key(block.headers, body),
                (Ok(body), _) => self.damaged_key(KeyDamage::of_body(body)),
                (Err(breakage), _) => self.damaged_key(KeyDamage::of_frame(*breakage)),
            },
            (b"EC PARAMETERS" | b"DH PARAMETERS" | b"DSA PARAMETERS", _) => {}
            (b"MESSAGE", _) => {
                let text = block.text.trim_ascii();
                if !self.wrapped(text) {
                    self.text(text);
                }
            }
            (b"X509 CRL", _) => self.wrong(FileKind::RevocationList),
            (label, _) if label.ends_with(b"CERTIFICATE REQUEST") => self.wrong(FileKind::SigningRequest),
            (label, _) if label.ends_with(b"PUBLIC KEY") => self.wrong(FileKind::PublicKey),
            (b"AGE ENCRYPTED FILE", _) => self.wrong(FileKind::Foreign(ForeignFile::AgeEncrypted)),
            (label, _) if label.starts_with(b"PGP ") => self.wrong(FileKind::Foreign(ForeignFile::OpenPgp)),
            (_, Ok(body)) => match shape {
                Some(shape) => self.der(body, shape, Format::PEM, Tail::Lines),
                None => self.wrong(FileKind::OtherPem),
            },
            _ => self.wrong(FileKind::OtherPem),
        }
    }

    /// Reads DER of a known shape.
    fn der(&mut self, bytes: &[u8], shape: DerShape, format: Format, tail: Tail) {
        match shape {
            DerShape::Certificate => match x509::read(bytes, format, tail) {
                Ok(certificate) => self.certificate(certificate),
                Err(problem) => self.problem(problem),
            },
            DerShape::Pkcs1Key | DerShape::Pkcs8Key | DerShape::Sec1Key => self.private_key(bytes),
            DerShape::EncryptedKey => self.encrypted_key(&[], bytes),
            DerShape::Request => self.wrong(FileKind::SigningRequest),
            DerShape::RevocationList => self.wrong(FileKind::RevocationList),
            DerShape::PublicKey => self.wrong(FileKind::PublicKey),
            DerShape::Pkcs12 => {
                self.value.keystores.push(Zeroizing::new(bytes.to_vec()));
                self.wrong(FileKind::Keystore);
            }
            DerShape::EncryptedMessage if is_for(self.type_, FileKind::DepMessage) => {
                self.value.messages.push(Zeroizing::new(bytes.to_vec()));
            }
            DerShape::EncryptedMessage => self.wrong(FileKind::DepMessage),
            DerShape::OtherMessage => {
                let encoding = if format == Format::PEM { FileEncoding::Pem } else { FileEncoding::Der };
                self.wrong(signed_data::kind(bytes, encoding));
            }
        }
    }

    /// Keeps a certificate for the types that accept certificates. For token types, the certificate is only reported.
    fn certificate(&mut self, certificate: Certificate) {
        match certificate.misfit(self.type_) {
            Some(kind) if token::is_token(self.type_) => self.wrong(kind),
            _ => self.value.certificates.push(certificate),
        }
    }

    fn private_key(&mut self, bytes: &[u8]) {
        // Line ends may follow the DER of the key.
        let whole = der::recognize(bytes).map_or(bytes, |element| element.whole);
        self.value.private_keys.push(FoundPrivateKey::read(whole, self.keys_left));
        self.wrong(FileKind::PrivateKey);
    }

    fn encrypted_key(&mut self, headers: &[u8], body: &[u8]) {
        let key = EncryptedKey { headers: headers.to_vec(), body: Zeroizing::new(body.to_vec()) };
        self.value.private_keys.push(FoundPrivateKey::Encrypted(key));
        self.wrong(FileKind::EncryptedPrivateKey);
    }

    fn damaged_key(&mut self, damage: KeyDamage) {
        self.value.private_keys.push(FoundPrivateKey::Damaged(damage));
        self.wrong(FileKind::PrivateKey);
    }

    pub(super) fn wrong(&mut self, kind: FileKind) {
        self.problem(ReadProblem::Wrong(kind));
    }

    pub(super) fn problem(&mut self, problem: ReadProblem) {
        self.value.note(problem.seen_for(self.type_));
    }
}
