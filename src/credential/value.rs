//! What one value of a Secret holds: certificates, private keys, or something else.

use super::base64_text;
use super::classify;
use super::der;
use super::kind::{Breakage, Kind, Limit, Problem};
use super::pem;
use super::private_key;
use super::public_key::PublicKey;
use super::shape::{Shape, shape};
use super::x509::{self, Certificate, Tail};
use crate::api::status::Format;

/// The most bytes that are read of one value.
const MAX_BYTES: usize = 256 * 1024;

/// A private key that was found: of the key itself nothing is kept.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum PrivateKey {
    /// The public key that belongs to it.
    Readable(PublicKey),
    /// It is encrypted, damaged, or of an algorithm that is not read.
    Unreadable,
}

/// What a value holds.
#[derive(Debug, Default)]
pub(super) struct Value {
    /// Its certificates; none where anything that begins as one is broken.
    pub certificates: Vec<Certificate>,
    /// Its private keys.
    pub private_keys: Vec<PrivateKey>,
    /// What it is instead, where it has no certificates.
    pub problem: Option<Problem>,
}

/// Reads a value. Of private keys at most `keys_left` are computed with, the others are left unread.
pub(super) fn read(bytes: &[u8], keys_left: &mut usize) -> Value {
    if bytes.len() > MAX_BYTES {
        return Value { problem: Some(Problem::Limit(Limit::Value)), ..Value::default() };
    }
    let mut reader = Reader { value: Value::default(), keys_left };
    reader.any(bytes, Layer::Outer);
    let mut value = reader.value;
    if matches!(value.problem, Some(Problem::Malformed(_) | Problem::Limit(_))) {
        value.certificates.clear();
    } else if !value.certificates.is_empty() {
        value.problem = None;
    }
    value
}

/// Whether base64 was taken off already.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Layer {
    Outer,
    Inner,
}

struct Reader<'a> {
    value: Value,
    keys_left: &'a mut usize,
}

impl Reader<'_> {
    /// Anything at all.
    fn any(&mut self, bytes: &[u8], layer: Layer) {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let text = bytes.trim_ascii();
        if let Some(shape) = shape(bytes) {
            self.der(bytes, shape, Format::DER, Tail::Lines);
        } else if classify::is_utf16(bytes) {
            self.wrong(Kind::Utf16);
        } else if pem::is_pem(text) {
            self.pem(text);
        } else if !self.base64(text, layer) {
            self.wrong(classify::text(text));
        }
    }

    /// Takes one more layer of base64 off. False where that leads to nothing known, and the text is just text.
    fn base64(&mut self, text: &[u8], layer: Layer) -> bool {
        let whole = base64_text::decode(text);
        let is_whole = whole.is_some();
        let inner = match whole {
            Some(inner) => inner,
            // What is encoded and broken still tells what it was: these begin a PEM block, and DER.
            None if text.starts_with(b"LS0tLS1CRUdJTi") || text.starts_with(b"MII") => {
                base64_text::decode_prefix(text).0
            }
            None => return false,
        };
        if inner.len() < 16 {
            return false;
        }
        if layer == Layer::Inner {
            let is_known = shape(&inner).is_some() || pem::is_pem(&inner) || classify::text(&inner) != Kind::Binary;
            if is_known {
                self.wrong(Kind::TwiceEncoded);
            }
            return is_known;
        }
        let mut reader = Reader { value: Value::default(), keys_left: &mut *self.keys_left };
        reader.any(&inner, Layer::Inner);
        let inner = reader.value;
        let is_unknown =
            matches!(inner.problem, Some(Problem::Wrong(Kind::Text | Kind::Binary | Kind::Empty | Kind::Utf16)));
        if is_unknown && inner.certificates.is_empty() && inner.private_keys.is_empty() {
            return false;
        }
        if !is_whole && !inner.certificates.is_empty() {
            self.problem(Problem::Malformed(Breakage::NotBase64));
        }
        self.value.certificates.extend(inner.certificates);
        self.value.private_keys.extend(inner.private_keys);
        if let Some(problem) = inner.problem {
            self.problem(problem);
        }
        true
    }

    /// All blocks of a PEM text.
    fn pem(&mut self, text: &[u8]) {
        let Ok(blocks) = pem::blocks(text) else {
            return self.problem(Problem::Limit(Limit::Blocks));
        };
        for block in blocks {
            self.block(&block);
        }
        if self.value.certificates.is_empty() && self.value.problem.is_none() {
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
                _ if block.encrypted => self.unreadable_key(Kind::EncryptedPrivateKey),
                _ => self.unreadable_key(Kind::PrivateKey),
            },
            (b"EC PARAMETERS" | b"DH PARAMETERS" | b"DSA PARAMETERS", _) => {}
            (b"MESSAGE", _) => self.wrong(Kind::DepJson),
            (b"X509 CRL", _) => self.wrong(Kind::RevocationList),
            (label, _) if label.ends_with(b"CERTIFICATE REQUEST") => self.wrong(Kind::SigningRequest),
            (label, _) if label.ends_with(b"PUBLIC KEY") => self.wrong(Kind::PublicKey),
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
                Ok(certificate) => self.value.certificates.push(certificate),
                Err(problem) => self.problem(problem),
            },
            Shape::Pkcs1Key | Shape::Pkcs8Key | Shape::Sec1Key => self.private_key(bytes),
            Shape::EncryptedKey => self.unreadable_key(Kind::EncryptedPrivateKey),
            Shape::Request => self.wrong(Kind::SigningRequest),
            Shape::RevocationList => self.wrong(Kind::RevocationList),
            Shape::PublicKey => self.wrong(Kind::PublicKey),
            Shape::Pkcs12 => self.problem(Problem::Keystore),
            Shape::EncryptedMessage => self.wrong(Kind::DepMessage),
            Shape::SignedMessage => self.wrong(Kind::SignedMessage),
        }
    }

    fn private_key(&mut self, bytes: &[u8]) {
        let Some(left) = self.keys_left.checked_sub(1) else {
            return self.unreadable_key(Kind::PrivateKey);
        };
        *self.keys_left = left;
        // Line ends may follow.
        let rest = der::first(bytes).map_or(0, |element| element.rest.len());
        let whole = bytes.get(..bytes.len().saturating_sub(rest)).unwrap_or_default();
        match private_key::public_key(whole) {
            Some(key) => {
                self.value.private_keys.push(PrivateKey::Readable(key));
                self.wrong(Kind::PrivateKey);
            }
            None => self.unreadable_key(Kind::PrivateKey),
        }
    }

    fn unreadable_key(&mut self, kind: Kind) {
        self.value.private_keys.push(PrivateKey::Unreadable);
        self.wrong(kind);
    }

    fn wrong(&mut self, kind: Kind) {
        self.problem(Problem::Wrong(kind));
    }

    /// Keeps the most telling problem.
    fn problem(&mut self, problem: Problem) {
        if self.value.problem.is_none_or(|known| problem.rank() < known.rank()) {
            self.value.problem = Some(problem);
        }
    }
}
