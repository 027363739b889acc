//! Finds the PEM blocks of a text, as tolerantly as possible without guessing.
//!
//! Text before, between and after the blocks is ignored. Blocks may lack a line end between them, be indented, or be on
//! one line. Three defects are reported instead of being ignored: a block without its END line, a certificate's BEGIN
//! or END line outside of any block, and a damaged BEGIN or END line.

use zeroize::Zeroizing;

use super::base64_text;
use super::breakage::Breakage;
use super::bytes::{find, split};
use super::garbled::{GarbledBlock, garbled};

/// The maximum number of blocks of one value.
pub(super) const MAX_BLOCKS: usize = 64;

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
const DASHES: &[u8] = b"-----";
/// The maximum length of a label in bytes. Labels in use are shorter.
const MAX_LABEL: usize = 64;

/// A PEM block.
pub(super) struct Block<'a> {
    /// The label after BEGIN.
    pub label: &'a [u8],
    /// True if the headers mark the block as encrypted.
    pub encrypted: bool,
    /// The headers, with all lines before the base64.
    pub headers: &'a [u8],
    /// The text between the BEGIN line and the END line.
    pub text: &'a [u8],
    /// The decoded content, or the damage of the block.
    pub body: Result<Zeroizing<Vec<u8>>, Breakage>,
}

impl<'a> Block<'a> {
    fn cut_off(label: &'a [u8], text: &'a [u8]) -> Self {
        Self { label, encrypted: false, headers: &[], text, body: Err(Breakage::CutOff) }
    }

    /// Returns a block for a damaged BEGIN or END line in `text`. None if no line is damaged, or if the block can't
    /// have contained a certificate or a private key.
    fn garbled(text: &[u8]) -> Option<Self> {
        let label: &[u8] = match garbled(text)? {
            GarbledBlock::Certificate => b"CERTIFICATE",
            GarbledBlock::PrivateKey => b"PRIVATE KEY",
            GarbledBlock::Other => return None,
        };
        Some(Self { label, encrypted: false, headers: &[], text: &[], body: Err(Breakage::Frame) })
    }
}

/// The failure for a text with more than [`MAX_BLOCKS`] blocks.
pub(super) struct TooMany;

/// True if the text contains the beginning of a block, or a BEGIN or END line of a certificate, even without hyphens
/// before the words.
pub(super) fn is_pem(text: &[u8]) -> bool {
    find(text, BEGIN).is_some() || has_remains(text)
}

/// True if the text contains a certificate or a private key with a damaged BEGIN or END line.
pub(super) fn is_garbled(text: &[u8]) -> bool {
    Block::garbled(text).is_some()
}

/// Returns all blocks, in the order of the text.
pub(super) fn blocks(text: &[u8]) -> Result<Vec<Block<'_>>, TooMany> {
    let mut marks = 0_usize;
    let mut rest = text;
    while let Some((_, after)) = split(rest, BEGIN) {
        marks += 1;
        rest = after;
    }
    if marks > MAX_BLOCKS {
        return Err(TooMany);
    }

    let mut blocks = Vec::new();
    let mut remains = false;
    let mut garbled = None;
    let mut rest = text;
    while let Some((before, after)) = split(rest, BEGIN) {
        remains |= has_remains(before);
        garbled = garbled.or_else(|| Block::garbled(before));
        let (segment, next) = after.split_at(find(after, BEGIN).unwrap_or(after.len()));
        let label = split(segment.get(..MAX_LABEL.min(segment.len())).unwrap_or_default(), DASHES);
        let Some((label, _)) = label.filter(|(label, _)| label.iter().all(|byte| matches!(byte, b' '..=b'~'))) else {
            // If hyphens are missing after the label, other programs do not find the block, so its damage is reported.
            let begin = BEGIN.len().saturating_add(segment.len());
            let whole = text.get(text.len().saturating_sub(next.len()).saturating_sub(begin)..).unwrap_or_default();
            let whole = whole.get(..begin).unwrap_or_default();
            blocks.push(Block::garbled(whole).unwrap_or(Block::cut_off(b"", &[])));
            rest = next;
            continue;
        };
        let body = segment.get(label.len() + DASHES.len()..).unwrap_or_default();
        let end = [END, label, DASHES].concat();
        match split(body, &end) {
            Some((body, _)) => {
                blocks.push(block(label, body));
                rest = after.get(label.len() + DASHES.len() + body.len() + end.len()..).unwrap_or_default();
            }
            None => {
                blocks.push(Block::cut_off(label, body));
                rest = next;
            }
        }
    }
    if remains || has_remains(rest) {
        blocks.push(Block::cut_off(b"CERTIFICATE", &[]));
    }
    blocks.extend(garbled.or_else(|| Block::garbled(rest)));
    Ok(blocks)
}

/// Removes the headers of RFC 1421 and decodes the rest.
fn block<'a>(label: &'a [u8], body: &'a [u8]) -> Block<'a> {
    let mut encrypted = false;
    let mut rest = body;
    loop {
        let (line, after) = split(rest, b"\n").unwrap_or((rest, &[]));
        let is_header = line.contains(&b':');
        encrypted |= is_header && find(line, b"ENCRYPTED").is_some();
        if rest.is_empty() || !(is_header || line.trim_ascii().is_empty()) {
            break;
        }
        rest = after;
    }
    let headers = body.get(..body.len().saturating_sub(rest.len())).unwrap_or_default();
    Block { label, encrypted, headers, text: body, body: base64_text::decode(rest).ok_or(Breakage::NotBase64) }
}

/// True if the text contains a BEGIN or END line of a certificate, even without hyphens before the words.
fn has_remains(text: &[u8]) -> bool {
    find(text, b"BEGIN CERTIFICATE-").is_some() || find(text, b"END CERTIFICATE-").is_some()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    fn read(text: &str) -> Vec<(String, bool, Result<Vec<u8>, Breakage>)> {
        let blocks = blocks(text.as_bytes()).ok().unwrap();
        let own = |block: Block<'_>| {
            (String::from_utf8(block.label.to_vec()).unwrap(), block.encrypted, block.body.map(|body| body.to_vec()))
        };
        blocks.into_iter().map(own).collect()
    }

    #[test]
    fn text_around_glue_crlf_and_single_lines_are_passed_over() {
        let text = "Bag Attributes\r\n  subject=x\r\n-----BEGIN A-----\r\naGVs\r\nbG8=\r\n-----END A----------BEGIN B----- aGVs bG8 -----END B-----";
        let hello = Ok(b"hello".to_vec());
        assert_eq!(read(text), [("A".to_owned(), false, hello.clone()), ("B".to_owned(), false, hello)]);
    }

    #[test]
    fn headers_tell_that_a_block_is_encrypted() {
        let text = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\naGVsbG8=\n-----END RSA PRIVATE KEY-----\n";
        assert_eq!(read(text), [("RSA PRIVATE KEY".to_owned(), true, Ok(b"hello".to_vec()))]);
    }

    #[test]
    fn breakages_are_told() {
        let cut = "-----BEGIN CERTIFICATE-----\naGVs";
        assert_eq!(read(cut)[0].2, Err(Breakage::CutOff));
        assert_eq!(read("-----BEGIN CERTIFICATE")[0].2, Err(Breakage::CutOff));
        assert_eq!(read(&format!("{cut}\n-----END PRIVATE KEY-----\n"))[0].2, Err(Breakage::CutOff));
        assert_eq!(read(&format!("{cut}*\n-----END CERTIFICATE-----\n"))[0].2, Err(Breakage::NotBase64));
        assert_eq!(read("aGVs\n-----END CERTIFICATE-----\n")[0].2, Err(Breakage::CutOff));
        let glued = read(&format!("{cut}{cut}\n-----END CERTIFICATE-----\n"));
        assert_eq!((glued[0].2.clone(), glued[1].2.clone()), (Err(Breakage::CutOff), Ok(b"hel".to_vec())));
        let shared_dashes = "-----BEGIN CERTIFICATE-----\naGVs\n-----END CERTIFICATE-----BEGIN CERTIFICATE-----\naGVs\n-----END CERTIFICATE-----";
        assert!(read(shared_dashes).iter().any(|block| block.2.is_err()));
    }

    #[test]
    fn blocks_are_counted_before_any_is_read() {
        let one = "-----BEGIN A-----\n*\n-----END A-----\n";
        assert!(blocks(one.repeat(64).as_bytes()).is_ok());
        assert!(blocks(one.repeat(65).as_bytes()).is_err());
    }
}
