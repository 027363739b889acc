//! Searches for the word, and for longer pieces of the Secrets' content, in any encoding.

use std::collections::{BTreeMap, HashSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{CANARY, Case};

/// The number of equal letters that count as a piece of a Secret. Words of messages are shorter, or have other
/// neighbors.
const PIECE: usize = 16;
/// The shortest run of letters to search for. Shorter runs may be names in messages, such as `access_token_expiry`.
const RUN: usize = 24;

/// The texts that must not be found.
pub struct Search {
    /// The word in each encoding, with the name of the encoding.
    words: BTreeMap<String, &'static str>,
    pieces: HashSet<Vec<u8>>,
}

impl Search {
    /// Creates the search for the word and for the content of these cases.
    pub fn of(cases: &[Case]) -> Self {
        let mut search = Self { words: BTreeMap::new(), pieces: HashSet::new() };
        let hex: String = CANARY.bytes().map(|byte| format!("{byte:02x}")).collect();
        search.word(CANARY, ["in clear", "in base64", "in hex", "as numbers"]);
        // Tokens are hexadecimal, and so is the word in them.
        search.word(&hex, ["in hex", "in base64 of hex", "in hex of hex", "as numbers of hex"]);
        for (_, value) in cases.iter().flat_map(|case| &case.values) {
            search.value(value);
        }
        search
    }

    fn word(&mut self, word: &str, [clear, base64, hex, numbers]: [&'static str; 4]) {
        // The beginning is enough, since a text may be truncated.
        let begin = &word[..8];
        let joined = |text: fn(u8) -> String, joint| begin.bytes().map(text).collect::<Vec<_>>().join(joint);
        let mut add = |text: String, how| self.words.insert(normal(text.as_bytes()), how);
        add(begin.to_owned(), clear);
        add(joined(|byte| format!("{byte:02x}"), ""), hex);
        add(joined(|byte| byte.to_string(), ","), numbers);
        for text in in_base64(word.as_bytes()) {
            add(text, base64);
        }
    }

    /// Adds every long run of letters, and the whole value in base64, as in the Secret's JSON.
    fn value(&mut self, value: &[u8]) {
        let encoded = STANDARD.encode(value);
        // Binary content may include names that are published, such as a certificate's subject.
        let text = std::str::from_utf8(value).unwrap_or_default().as_bytes();
        let runs = text.split(|byte| matches!(byte, b' ' | b'"' | b'\'' | b'<' | b'>' | b'\r' | b'\n'));
        for run in runs.chain(encoded.as_bytes().chunks(64)).filter(|run| run.len() >= RUN && run.is_ascii()) {
            // A printed piece may begin anywhere. Pieces in steps of four find it.
            for piece in run.windows(PIECE).step_by(4) {
                let piece = normal(piece);
                if piece.len() == PIECE {
                    self.pieces.insert(piece.into_bytes());
                }
            }
        }
        // The secret numbers of a private key, at any byte offset. The modulus comes first and is public.
        let pem = String::from_utf8_lossy(value);
        if pem.starts_with("-----BEGIN PRIVATE KEY") {
            let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
            for part in STANDARD.decode(body).unwrap()[300..].chunks_exact(24) {
                let hex: String = part.iter().map(|byte| format!("{byte:02x}")).collect();
                for text in in_base64(part).into_iter().chain([hex]) {
                    self.pieces.insert(normal(&text.as_bytes()[..PIECE]).into_bytes());
                }
            }
        }
    }

    /// Fails if the text contains any of the word or the pieces.
    #[track_caller]
    pub fn finds_nothing(&self, place: &str, text: &str) {
        let normal = normal(text.as_bytes());
        let around = |at: usize| {
            String::from_utf8_lossy(&normal.as_bytes()[at.saturating_sub(200)..]).chars().take(400).collect::<String>()
        };
        for (word, how) in &self.words {
            if let Some(at) = normal.find(word) {
                panic!("{place}: contains the word {how}: {}", around(at));
            }
        }
        if let Some(at) = normal.as_bytes().windows(PIECE).position(|piece| self.pieces.contains(piece)) {
            panic!("{place}: contains a piece of a value: {}", around(at));
        }
    }
}

/// Returns the base64 of bytes within other bytes, without the letters that depend on neighboring bytes.
fn in_base64(bytes: &[u8]) -> [String; 3] {
    [0, 1, 2].map(|before| {
        let text = STANDARD.encode([vec![0; before], bytes.to_vec()].concat());
        let (begin, end) = ([0, 2, 3][before], (before + bytes.len()) * 8 / 6);
        text[begin..end].to_owned()
    })
}

/// Returns the text in lower case, without the characters that wrapping or escaping inserts.
fn normal(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text).to_lowercase();
    let text = text.replace("\\n", "").replace("\\u0000", "").replace('-', "+").replace('_', "/");
    text.chars().filter(|letter| !letter.is_whitespace() && !matches!(letter, '\0' | ':' | '\\')).collect()
}

#[test]
fn a_canary_is_found_however_it_is_written() {
    let search = Search::of(&super::cases());
    let key = String::from_utf8(super::file("push.key")).unwrap();
    let debug = format!("{:?}", CANARY.as_bytes());
    let spread: String = CANARY.chars().flat_map(|letter| [letter, '\0']).collect();
    let mut texts = vec![
        CANARY.to_uppercase(),
        format!("{}\n   {}", &CANARY[..5], &CANARY[5..]),
        CANARY[..9].to_owned(),
        debug,
        spread,
        key.lines().nth(9).unwrap().to_owned(),
        key.lines().nth(15).unwrap()[7..].to_owned(),
        STANDARD.encode(key),
        STANDARD.encode(super::file("push.p12"))[200..260].to_owned(),
        "63:61:6E:61:72:79:37:63:31".to_owned(),
    ];
    texts.extend(["", "a", "ab"].map(|before| STANDARD.encode(format!("{before}{CANARY}{{}}"))));
    for text in texts {
        let found = std::panic::catch_unwind(|| search.finds_nothing("", &format!("some {text} thing")));
        assert!(found.is_err(), "{text}");
    }
    search.finds_nothing(
        "",
        "key push.pem holds a PEM certificate; lacks access_token_expiry; CK_75b2eb55-7e6898243276cecf",
    );
}
