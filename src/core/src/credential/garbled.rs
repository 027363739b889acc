//! Finds a PEM block with a damaged BEGIN or END line: with fewer hyphens, with dashes of a word processor in place of
//! hyphens, in lower case or misspelled. Such a block is reported and not read, since other programs reject the block
//! too.

use std::sync::LazyLock;

use regex::bytes::Regex;

use super::bytes::find;

/// The content that a damaged line announces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GarbledBlock {
    Certificate,
    PrivateKey,
    Other,
}

/// Matches a damaged BEGIN line before base64. Headers of RFC 1421 may separate the two.
static BEGIN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?ix-u)
        (?: (?:[-=*~] | \xe2\x80[\x90-\x95] | \xe2\x88\x92 | \xc2\xad)+ [\ \t]* [a-z]{3,7}
          | (?:^ | [\r\n]) [\ \t'\x22>]* begin )
        [\ \t_-]+ ( (?:[a-z0-9]+ [\ \t_-]+){0,3} (?:cert|key|priv|request) [a-z]* (?:[\ _-][a-z]+)? )
        [^a-z0-9+/]{0,60}
        (?: [\r\n] [a-z-]+: [^\r\n]* [\r\n\ \t]* )*
        [a-z0-9+/]{32}",
    )
    .ok()
});

/// Matches base64 before an END line. In text outside of complete blocks, a match means that the BEGIN line is missing.
static END: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?ix-u)
        [a-z0-9+/]{32} [a-z0-9+/=\ \t\r\n]* (?:[-=*~] | \xe2\x80[\x90-\x95] | \xe2\x88\x92 | \xc2\xad)+ [\ \t]*
        end [\ \t_-]+ ( (?:[a-z0-9]+ [\ \t_-]+){0,3} (?:cert|key|priv|request) [a-z]* (?:[\ _-][a-z]+)? )",
    )
    .ok()
});

/// Returns the content of the first damaged block. `text` is text outside of whole blocks.
pub(super) fn garbled(text: &[u8]) -> Option<GarbledBlock> {
    let captures = [&BEGIN, &END].into_iter().find_map(|regex| regex.as_ref()?.captures(text))?;
    let label = captures.get(1)?.as_bytes().to_ascii_lowercase();
    let has = |word: &[u8]| find(&label, word).is_some();
    Some(if has(b"request") || has(b"public") {
        GarbledBlock::Other
    } else if has(b"cert") {
        GarbledBlock::Certificate
    } else {
        GarbledBlock::PrivateKey
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC0\nFxwAu1==";

    #[test]
    fn damaged_frames_are_told() {
        for (begin, end, expected) in [
            ("----BEGIN PRIVATE KEY----", "----END PRIVATE KEY----", GarbledBlock::PrivateKey),
            ("-----begin certificate-----", "-----end certificate-----", GarbledBlock::Certificate),
            ("\u{2014}-BEGIN CERTIFICATE\u{2014}-", "\u{2014}-END CERTIFICATE\u{2014}-", GarbledBlock::Certificate),
            ("-BEGIN CERTIFICATE-", "-END CERTIFICATE-", GarbledBlock::Certificate),
            ("BEGIN RSA PRIVATE KEY", "END RSA PRIVATE KEY", GarbledBlock::PrivateKey),
            ("-----BEGINN CERTIFICATE-----", "-----END CERTIFICATE-----", GarbledBlock::Certificate),
            ("-----BEGIN_CERTIFICATE-----", "-----END_CERTIFICATE-----", GarbledBlock::Certificate),
            ("-----BEIGN CERTIFCATE-----", "-----END CERTIFCATE-----", GarbledBlock::Certificate),
            ("- ----BEGIN PRIVATE KEY-----", "", GarbledBlock::PrivateKey),
            ("", "-----END PRIVATE KEY-----", GarbledBlock::PrivateKey),
            ("-----Begin Certificate Request-----", "", GarbledBlock::Other),
            (
                "---BEGIN RSA PRIVATE KEY---\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00FF\n",
                "",
                GarbledBlock::PrivateKey,
            ),
        ] {
            let text = format!("{begin}\n{BODY}\n{end}\n");
            assert_eq!(garbled(text.as_bytes()), Some(expected), "{text}");
            let crlf = text.replace('\n', "\r\n");
            assert_eq!(garbled(crlf.as_bytes()), Some(expected), "{crlf}");
        }
        let one_line = format!("----BEGIN PRIVATE KEY----{}----END PRIVATE KEY----", BODY.replace('\n', ""));
        assert_eq!(garbled(one_line.as_bytes()), Some(GarbledBlock::PrivateKey));
    }

    #[test]
    fn other_text_is_left_alone() {
        for text in [
            "",
            BODY,
            "-- a note on the certificate --\nit was renewed by the administrator in May of this year",
            "certificate: MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC0",
            "BEGIN CERTIFICATE",
        ] {
            assert_eq!(garbled(text.as_bytes()), None, "{text}");
        }
    }
}
