//! Reads the content inside a layer that people or their tools put around a credential: base64, an e-mail, and the
//! layers of `wrapping`.

use zeroize::Zeroizing;

use super::base64_text;
use super::breakage::{Breakage, Flaw, Wrapping};
use super::classify;
use super::file_kind::FileKind;
use super::found_key::DAMAGED;
use super::mail;
use super::pem;
use super::read_problem::{Limit, ReadProblem};
use super::shape::shape;
use super::token;
use super::value::{Reader, Taken, Value};
use super::wrapping;

/// The first characters of the base64 of PEM, of DER and of a JSON object.
const BEGINNINGS: [&[u8]; 6] = [b"LS0tLS1CRUdJTi", b"MII", b"eyJ", b"ewo", b"eyA", b"ew0K"];
/// The maximum number of layers that are removed one after the other.
const MAX_LAYERS: u8 = 5;

impl Reader<'_> {
    /// Reads an e-mail, or the headers and body of one of its parts. Returns false if the text is anything else.
    pub(super) fn mail(&mut self, text: &[u8]) -> bool {
        let bodies = mail::bodies(text);
        if bodies.is_empty() {
            return false;
        }
        if let Err(problem) = self.inside(Wrapping::Mail, &bodies) {
            self.problem(problem.unwrap_or(ReadProblem::Wrong(FileKind::Mail)));
        }
        true
    }

    /// Removes one layer and reads the content. Returns false if the content is of no known kind.
    pub(super) fn wrapped(&mut self, text: &[u8]) -> bool {
        // A complete token has no surrounding layer.
        if matches!(token::json(text), Some(Ok(_))) {
            return false;
        }
        let mut problems = Vec::new();
        for (wrapping, inner) in wrapping::layers(text) {
            match self.inside(wrapping, &inner) {
                Ok(()) => return true,
                Err(problem) => problems.extend(problem),
            }
        }
        let telling = problems.into_iter().min_by_key(|problem| problem.rank());
        telling.into_iter().for_each(|problem| self.problem(problem));
        telling.is_some()
    }

    /// Reads a text that consists only of base64. Returns false for any other text, and if
    /// [`Self::base64`] returns false.
    pub(super) fn whole_base64(&mut self, text: &[u8], taken: Taken) -> bool {
        base64_text::decode(text).is_some() && self.base64(text, taken)
    }

    /// Removes one layer of base64 and reads the content. Returns false if the content is of no known kind, so that the
    /// caller treats the text as plain text.
    pub(super) fn base64(&mut self, text: &[u8], taken: Taken) -> bool {
        let whole = base64_text::decode(text);
        let is_whole = whole.is_some();
        let inner = match whole {
            Some(inner) => inner,
            // Damaged base64 still shows the kind of the encoded content.
            None if BEGINNINGS.iter().any(|beginning| text.starts_with(beginning)) => {
                base64_text::decode_prefix(text).0
            }
            None => return false,
        };
        if inner.len() < 16 {
            return false;
        }
        if taken.base64 {
            let is_known = shape(&inner).is_some() || pem::is_pem(&inner) || classify::text(&inner) != FileKind::Binary;
            if is_known {
                self.wrong(FileKind::TwiceEncoded);
            }
            return is_known;
        }
        let mut inner = self.nested(&inner, Taken { base64: true, ..taken }, self.layers);
        let is_unknown = matches!(
            inner.problem,
            Some(ReadProblem::Wrong(FileKind::Text | FileKind::Binary | FileKind::Empty | FileKind::Utf16))
        );
        if is_unknown && inner.certificates.is_empty() && inner.private_keys.is_empty() {
            return false;
        }
        if !is_whole && !inner.certificates.is_empty() {
            self.problem(ReadProblem::Malformed(Breakage::NotBase64));
        }
        if !is_whole && !inner.tokens.is_empty() {
            self.problem(ReadProblem::Malformed(token::breakage(self.type_, Flaw::NotBase64)));
        }
        if let Some(problem) = inner.problem {
            self.problem(problem);
        }
        if !is_whole {
            // Other programs do not read a private key in damaged base64, even if the private key precedes the damage.
            inner.private_keys.fill_with(|| DAMAGED);
        }
        self.value.extend(inner);
        true
    }

    /// Reads the texts inside a layer, and adds their entries to the value.
    ///
    /// # Errors
    /// Returns the problem with the highest priority, if none of the texts has entries.
    fn inside(&mut self, wrapping: Wrapping, texts: &[Zeroizing<Vec<u8>>]) -> Result<(), Option<ReadProblem>> {
        let layers = self.layers + 1;
        let mut all = Value::default();
        for text in texts {
            let left = self.spare.checked_sub(text.len()).filter(|_| layers <= MAX_LAYERS);
            let Some(left) = left else {
                all.note(ReadProblem::Limit(Limit::Layers));
                break;
            };
            *self.spare = left;
            let inner = self.nested(text, Taken::default(), layers);
            // Texts without entries do not matter beside a text with entries.
            match inner.problem {
                Some(problem) if inner.entries() == 0 => all.note(problem),
                _ => all.extend(inner),
            }
        }
        if all.entries() > 0 {
            self.value.extend(all);
            return Ok(());
        }
        Err(match all.problem.ok_or(None)? {
            ReadProblem::Malformed(breakage) => Some(ReadProblem::Malformed(breakage.inside(wrapping))),
            problem => Some(problem).filter(|problem| problem.is_telling()),
        })
    }
}
