//! The limits of the API's strings and lists: the schema states them, and what is published is cut to them.

/// The form of a time in the spec. The API server's own form takes a comma and zones of a day and more, which no reader
/// of RFC 3339 takes: such an object would be stored and never assessed again.
pub const TIME: &str = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:[0-5]\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$";

/// The form of a text that notices quote: no control characters.
pub const PLAIN: &str = r"^[^\x00-\x1f\x7f]+$";

/// Entries of `spec.warnBeforeDays`.
pub const WARN_DAYS: usize = 10;
/// Characters of an identity.
pub const IDENTITY: usize = 256;
/// Characters of a distinguished name.
pub const NAME: usize = 512;
/// Characters of a serial number in hex.
pub const SERIAL: usize = 80;
/// Entries of `status.credential.otherCertificates`.
pub const CERTIFICATES: usize = 8;
/// Characters of a name or account that notices quote.
pub const LABEL: usize = 128;
/// Characters of a key of a Secret.
pub const KEY: usize = 253;
/// Characters of a condition's or notification's text.
pub const TEXT: usize = 2048;
/// Characters of a reason.
pub const REASON: usize = 128;
/// Entries of `status.duplicates`: five others, and one for all those of other namespaces.
pub const DUPLICATES: usize = 6;
/// Entries of `status.notifications`, `conditions` and `announced`.
pub const ENTRIES: usize = 32;
/// Entries of a list of names in the status of a tenant.
pub const NAMES: usize = 10;

/// Bytes of an Event's note; the API server refuses more.
pub const NOTE_BYTES: usize = 1024;

/// Cuts to at most `max` characters; what was cut ends in an ellipsis.
pub fn cut(text: &mut String, max: usize) {
    if text.len() <= max || text.chars().count() <= max {
        return;
    }
    let end = text.char_indices().nth(max.saturating_sub(1)).map_or(text.len(), |(at, _)| at);
    text.truncate(end);
    text.push('…');
}

/// As [`cut`], but counted in bytes of UTF-8 and never inside a character.
pub fn cut_bytes(text: &mut String, max: usize) {
    if text.len() <= max {
        return;
    }
    let mut end = max.saturating_sub('…'.len_utf8());
    while !text.is_char_boundary(end) {
        end = end.saturating_sub(1);
    }
    text.truncate(end);
    text.push('…');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_is_left_alone_and_what_does_not_ends_in_an_ellipsis() {
        let mut text = "größer".to_owned();
        cut(&mut text, 6);
        assert_eq!(text, "größer");
        cut(&mut text, 4);
        assert_eq!(text, "grö…");
    }

    #[test]
    fn bytes_are_never_cut_inside_a_character() {
        let mut text = "ääääää".to_owned();
        cut_bytes(&mut text, 8);
        assert_eq!(text, "ää…");
        assert!(text.len() <= 8);
    }
}
