//! What one value of a Secret holds: certificates, private keys, tokens, containers, or something else.

use zeroize::Zeroizing;

use super::aetx;
use super::base64_text;
use super::classify;
use super::container::EncryptedKey;
use super::der;
use super::escaped;
use super::foreign::{self, ForeignFile};
use super::key_damage::KeyDamage;
use super::kind::{Breakage, Flaw, Kind, Limit, Problem};
use super::mime;
use super::pem;
use super::private_key;
use super::public_key::PublicKey;
use super::sealed::walk::is_whole_sequence;
use super::shape::{Shape, shape};
use super::signed_data::{self, Encoding};
use super::token;
use super::x509::{self, Certificate, Tail};
use crate::api::credential::CredentialType;
use crate::api::status::{CredentialFacts, Format};

/// The most bytes that are read of one value.
const MAX_BYTES: usize = 256 * 1024;
/// What the base64 of PEM, of DER and of a JSON object begins with.
const BEGINNINGS: [&[u8]; 6] = [b"LS0tLS1CRUdJTi", b"MII", b"eyJ", b"ewo", b"eyA", b"ew0K"];

/// A private key that was found.
pub(super) enum PrivateKey {
    /// The public key that belongs to it, and its own DER.
    Readable(PublicKey, Zeroizing<Vec<u8>>),
    /// A password may open it.
    Encrypted(EncryptedKey),
    /// A password opened it.
    Opened(Box<PrivateKey>),
    /// A part of it is missing or changed, so that no program reads it.
    Damaged(KeyDamage),
    /// It is of an algorithm that is not read, or one key too many.
    Unreadable,
}

/// A private key in base64 of which a part is no base64.
const DAMAGED: PrivateKey = PrivateKey::Damaged(KeyDamage::NotBase64);

/// What a value holds.
#[derive(Default)]
pub(super) struct Value {
    /// Its certificates; none where anything that begins as one is broken.
    pub certificates: Vec<Certificate>,
    /// Its private keys.
    pub private_keys: Vec<PrivateKey>,
    /// The facts of its tokens; only of those that the type is for.
    pub tokens: Vec<CredentialFacts>,
    /// Its PKCS#12 keystores, closed.
    pub keystores: Vec<Zeroizing<Vec<u8>>>,
    /// Its encrypted messages, closed; only where the type is for them.
    pub messages: Vec<Zeroizing<Vec<u8>>>,
    /// What it is instead, where it has neither certificates nor tokens.
    pub problem: Option<Problem>,
}

impl Value {
    /// How many things it holds.
    pub(super) fn entries(&self) -> usize {
        let (sealed, keys) = (self.keystores.len() + self.messages.len(), self.private_keys.len());
        self.certificates.len() + self.tokens.len() + sealed + keys
    }

    /// Keeps the most telling problem.
    pub(super) fn note(&mut self, problem: Problem) {
        if self.problem.is_none_or(|known| problem.rank() < known.rank()) {
            self.problem = Some(problem);
        }
    }
}

/// Reads a value for a type. Of private keys at most `keys_left` are computed with, the others are left unread.
pub(super) fn read(type_: CredentialType, bytes: &[u8], keys_left: &mut usize) -> Value {
    if bytes.len() > MAX_BYTES {
        return Value { problem: Some(Problem::Limit(Limit::Value)), ..Value::default() };
    }
    let mut reader = Reader { type_, value: Value::default(), keys_left };
    reader.any(bytes, Taken::default());
    let mut value = reader.value;
    if matches!(value.problem, Some(Problem::Malformed(_) | Problem::Limit(_))) {
        value.certificates.clear();
        value.tokens.clear();
    } else if !(value.certificates.is_empty() && value.tokens.is_empty()) {
        value.problem = None;
    }
    // One is the rule, and a vector of one has room for four: with thousands of values that adds up.
    value.certificates.shrink_to_fit();
    value.private_keys.shrink_to_fit();
    value.tokens.shrink_to_fit();
    value
}

/// The layers that were taken off already: one of each, so that nothing nests without end.
#[derive(Clone, Copy, Default)]
struct Taken {
    base64: bool,
    mime: bool,
}

struct Reader<'a> {
    type_: CredentialType,
    value: Value,
    keys_left: &'a mut usize,
}

impl Reader<'_> {
    /// Anything at all.
    fn any(&mut self, bytes: &[u8], taken: Taken) {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let text = bytes.trim_ascii();
        if let Some(shape) = shape(bytes) {
            self.der(bytes, shape, Format::DER, Tail::Lines);
        } else if classify::is_utf16(bytes) {
            self.wrong(Kind::Utf16);
        } else if let Some(kind) = classify::property_list(text) {
            // The PEM text in it is not for whoever has the file.
            self.wrong(kind);
        } else if let Some(file) = foreign::container(bytes) {
            self.wrong(Kind::Foreign(file));
        } else if let Some((content, body)) = mime::split(text).filter(|_| !taken.mime) {
            let taken = Taken { mime: true, ..taken };
            match content {
                mime::Content::Plain => self.any(body, taken),
                mime::Content::Pkcs7 => self.message(body),
            }
        } else if pem::is_pem(text) || escaped::is_percent_encoded(text) {
            self.pem(escaped::unescaped(text).bytes());
        } else if !self.base64(text, taken) {
            let unescaped = escaped::unescaped(text);
            match pem::is_garbled(unescaped.bytes()) {
                true => self.pem(unescaped.bytes()),
                false => self.text(text),
            }
        }
    }

    /// Takes one more layer of base64 off. False where that leads to nothing known, and the text is just text.
    fn base64(&mut self, text: &[u8], taken: Taken) -> bool {
        let whole = base64_text::decode(text);
        let is_whole = whole.is_some();
        let inner = match whole {
            Some(inner) => inner,
            // What is encoded and broken still tells what it was.
            None if BEGINNINGS.iter().any(|beginning| text.starts_with(beginning)) => {
                base64_text::decode_prefix(text).0
            }
            None => return false,
        };
        if inner.len() < 16 {
            return false;
        }
        if taken.base64 {
            let is_known = shape(&inner).is_some() || pem::is_pem(&inner) || classify::text(&inner) != Kind::Binary;
            if is_known {
                self.wrong(Kind::TwiceEncoded);
            }
            return is_known;
        }
        let mut reader = Reader { type_: self.type_, value: Value::default(), keys_left: &mut *self.keys_left };
        reader.any(&inner, Taken { base64: true, ..taken });
        let inner = reader.value;
        let is_unknown =
            matches!(inner.problem, Some(Problem::Wrong(Kind::Text | Kind::Binary | Kind::Empty | Kind::Utf16)));
        if is_unknown && inner.certificates.is_empty() && inner.private_keys.is_empty() {
            return false;
        }
        if !is_whole && !inner.certificates.is_empty() {
            self.problem(Problem::Malformed(Breakage::NotBase64));
        }
        if !is_whole && !inner.tokens.is_empty() {
            self.problem(Problem::Malformed(token::breakage(self.type_, Flaw::NotBase64)));
        }
        self.value.certificates.extend(inner.certificates);
        match is_whole {
            true => self.value.private_keys.extend(inner.private_keys),
            // Other programs do not read the key that precedes the damage.
            false => self.value.private_keys.extend(inner.private_keys.iter().map(|_| DAMAGED)),
        }
        self.value.tokens.extend(inner.tokens);
        self.value.keystores.extend(inner.keystores);
        self.value.messages.extend(inner.messages);
        if let Some(problem) = inner.problem {
            self.problem(problem);
        }
        true
    }

    /// What follows the headers of an S/MIME message.
    fn message(&mut self, body: &[u8]) {
        let broken = Problem::Malformed(Breakage::DepMessage);
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

    /// Text that is no PEM: tokens among others.
    fn text(&mut self, text: &[u8]) {
        let read = match (token::json(text), classify::text(text)) {
            // JSON of no token may be what another tool wrote in a file's place.
            (Some(Err(Problem::Wrong(Kind::OtherJson))), kind) => return self.wrong(kind),
            (Some(read), _) => read,
            (None, kind @ Kind::EnrollmentToken) => aetx::read(text).map(|facts| (kind, facts)),
            (None, kind) => return self.wrong(kind),
        };
        match read {
            Ok((kind, facts)) if token::is_for(self.type_, kind) => self.value.tokens.push(facts),
            Ok((kind, _)) => self.wrong(kind),
            Err(problem) => self.problem(problem),
        }
    }

    /// All blocks of a PEM text.
    fn pem(&mut self, text: &[u8]) {
        let Ok(blocks) = pem::blocks(text) else {
            return self.problem(Problem::Limit(Limit::Blocks));
        };
        for block in blocks {
            self.block(&block);
        }
        let value = &self.value;
        let is_empty = value.certificates.is_empty() && value.tokens.is_empty();
        if is_empty && value.keystores.is_empty() && value.messages.is_empty() && value.problem.is_none() {
            self.wrong(Kind::OtherPem);
        }
    }

    fn block(&mut self, block: &pem::Block<'_>) {
        let shape = block.body.as_ref().ok().and_then(|body| shape(body));
        match (block.label, &block.body) {
            (b"CERTIFICATE" | b"X509 CERTIFICATE" | b"TRUSTED CERTIFICATE" | b"", body) => {
                let tail = if block.label.starts_with(b"TRUSTED") { Tail::Trust } else { Tail::Lines };
                match (body, shape) {
                    (Ok(body), Some(shape)) => self.der(body, shape, Format::PEM, tail),
                    (Ok(_), None) => self.problem(Problem::Malformed(Breakage::NotACertificate)),
                    (Err(breakage), _) => self.problem(Problem::Malformed(*breakage)),
                }
            }
            (label, body) if label.ends_with(b"PRIVATE KEY") => match (body, shape) {
                (Ok(body), Some(shape)) if !block.encrypted => self.der(body, shape, Format::PEM, Tail::Lines),
                (Ok(body), _) if block.encrypted => self.encrypted_key(block.headers, body),
                (Ok(body), _) => self.damaged_key(KeyDamage::of_body(body)),
                (Err(breakage), _) => self.damaged_key(KeyDamage::of_frame(*breakage)),
            },
            (b"EC PARAMETERS" | b"DH PARAMETERS" | b"DSA PARAMETERS", _) => {}
            (b"MESSAGE", _) => self.text(block.text.trim_ascii()),
            (b"X509 CRL", _) => self.wrong(Kind::RevocationList),
            (label, _) if label.ends_with(b"CERTIFICATE REQUEST") => self.wrong(Kind::SigningRequest),
            (label, _) if label.ends_with(b"PUBLIC KEY") => self.wrong(Kind::PublicKey),
            (b"AGE ENCRYPTED FILE", _) => self.wrong(Kind::Foreign(ForeignFile::AgeEncrypted)),
            (label, _) if label.starts_with(b"PGP ") => self.wrong(Kind::Foreign(ForeignFile::OpenPgp)),
            (_, Ok(body)) => match shape {
                Some(shape) => self.der(body, shape, Format::PEM, Tail::Lines),
                None => self.wrong(Kind::OtherPem),
            },
            _ => self.wrong(Kind::OtherPem),
        }
    }

    /// DER of a known shape.
    fn der(&mut self, bytes: &[u8], shape: Shape, format: Format, tail: Tail) {
        match shape {
            Shape::Certificate => match x509::read(bytes, format, tail) {
                Ok(certificate) => self.certificate(certificate),
                Err(problem) => self.problem(problem),
            },
            Shape::Pkcs1Key | Shape::Pkcs8Key | Shape::Sec1Key => self.private_key(bytes),
            Shape::EncryptedKey => self.encrypted_key(&[], bytes),
            Shape::Request => self.wrong(Kind::SigningRequest),
            Shape::RevocationList => self.wrong(Kind::RevocationList),
            Shape::PublicKey => self.wrong(Kind::PublicKey),
            Shape::Pkcs12 => {
                self.value.keystores.push(Zeroizing::new(bytes.to_vec()));
                self.wrong(Kind::Keystore);
            }
            Shape::EncryptedMessage if token::is_for(self.type_, Kind::DepMessage) => {
                self.value.messages.push(Zeroizing::new(bytes.to_vec()));
            }
            Shape::EncryptedMessage => self.wrong(Kind::DepMessage),
            Shape::OtherMessage => {
                let encoding = if format == Format::PEM { Encoding::Pem } else { Encoding::Der };
                self.wrong(signed_data::kind(bytes, encoding));
            }
        }
    }

    /// Certificates are kept where a type is for any, else only named.
    fn certificate(&mut self, certificate: Certificate) {
        match certificate.misfit(self.type_) {
            Some(kind) if token::is_token(self.type_) => self.wrong(kind),
            _ => self.value.certificates.push(certificate),
        }
    }

    fn private_key(&mut self, bytes: &[u8]) {
        // Line ends may follow.
        let rest = der::first(bytes).map_or(0, |element| element.rest.len());
        let whole = bytes.get(..bytes.len().saturating_sub(rest)).unwrap_or_default();
        self.value.private_keys.push(PrivateKey::read(whole, self.keys_left));
        self.wrong(Kind::PrivateKey);
    }

    fn encrypted_key(&mut self, headers: &[u8], body: &[u8]) {
        let key = EncryptedKey { headers: headers.to_vec(), body: Zeroizing::new(body.to_vec()) };
        self.value.private_keys.push(PrivateKey::Encrypted(key));
        self.wrong(Kind::EncryptedPrivateKey);
    }

    fn damaged_key(&mut self, damage: KeyDamage) {
        self.value.private_keys.push(PrivateKey::Damaged(damage));
        self.wrong(Kind::PrivateKey);
    }

    fn wrong(&mut self, kind: Kind) {
        self.problem(Problem::Wrong(kind));
    }

    fn problem(&mut self, problem: Problem) {
        self.value.note(problem.seen_for(self.type_));
    }
}

impl PrivateKey {
    /// The public key that belongs to it.
    pub(super) fn public_key(&self) -> Option<&PublicKey> {
        match self {
            Self::Readable(key, _) => Some(key),
            Self::Opened(private) => private.public_key(),
            Self::Encrypted(_) | Self::Damaged(_) | Self::Unreadable => None,
        }
    }

    /// Its own DER.
    pub(super) fn der(&self) -> Option<&[u8]> {
        match self {
            Self::Readable(_, der) => Some(der),
            Self::Opened(private) => private.der(),
            Self::Encrypted(_) | Self::Damaged(_) | Self::Unreadable => None,
        }
    }

    /// Whether a password opened it.
    pub(super) fn is_opened(&self) -> bool {
        matches!(self, Self::Opened(_))
    }

    /// Whether it belongs to the certificate.
    pub(super) fn belongs_to(&self, certificate: &Certificate) -> bool {
        self.public_key().is_some_and(|key| certificate.public_key.as_ref() == Some(key))
    }

    /// Reads the DER of a private key, as long as `keys_left` is not used up.
    pub(super) fn read(der: &[u8], keys_left: &mut usize) -> Self {
        let Some(left) = keys_left.checked_sub(1) else {
            return if is_whole_sequence(der) { Self::Unreadable } else { Self::Damaged(KeyDamage::Content) };
        };
        *keys_left = left;
        match private_key::public_key(der) {
            Some(key) => Self::Readable(key, Zeroizing::new(der.to_vec())),
            None if !is_whole_sequence(der) => Self::Damaged(KeyDamage::Content),
            None => Self::Unreadable,
        }
    }
}
