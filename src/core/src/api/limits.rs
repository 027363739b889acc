//! The limits for strings and lists of the API. The schema enforces these limits, so values are cut before publication.

/// 0001-01-01T00:00:00Z in seconds since 1970: the earliest timestamp of the Common Expression Language (CEL).
pub const FIRST_TIME: i64 = -62_135_596_800;
/// 9999-01-01T00:00:00Z in seconds since 1970. A notAfter at or after this time means that the credential does not
/// expire. RFC 5280, section 4.1.2.5, uses 9999-12-31T23:59:59Z for such certificates.
pub const NO_EXPIRY_FROM: i64 = 253_370_764_800;

/// The pattern of a time in the spec (RFC 3339, section 5.6).
///
/// The API server's own check also accepts two other forms: a comma before the fraction, and time zone offsets of 24
/// hours or more. RFC 3339 parsers refuse both forms, so such an object would be stored but never assessed.
pub const TIME: &str = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:[0-5]\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$";

/// The pattern of a text in the spec that Events quote: no control characters.
pub const PLAIN: &str = r"^[^\x00-\x1f\x7f]+$";

/// Maximum number of entries in `spec.warnBeforeDays`.
pub const WARN_DAYS: usize = 10;
/// Maximum length of an identity, in characters.
pub const IDENTITY: usize = 256;
/// Maximum length of a distinguished name, in characters.
pub const NAME: usize = 512;
/// Maximum length of a serial number in hexadecimal, in characters.
pub const SERIAL: usize = 80;
/// Maximum number of entries in `status.credential.otherCertificates`.
pub const CERTIFICATES: usize = 8;
/// Maximum length of a name or account that Events quote, in characters.
pub const LABEL: usize = 128;
/// Maximum length of a Secret key or of an object's name, in characters.
pub const KEY: usize = 253;
/// Maximum length of the text of a condition or notification, in characters.
pub const TEXT: usize = 2048;
/// Maximum length of a reason, in characters.
pub const REASON: usize = 128;
/// Maximum number of entries in `status.duplicates`: five objects with the same credential, and one entry for all
/// objects in other namespaces.
pub const DUPLICATES: usize = 6;
/// Maximum number of entries in `status.notifications`, `conditions`, `announced` and `pendingEvents`.
pub const ENTRIES: usize = 32;
/// Maximum number of TenantCredentials that one list in the status of an MDMTenant names.
pub const NAMES: usize = 10;

/// Maximum length of the note of an Event, in bytes. The API server refuses a longer note.
pub const NOTE_BYTES: usize = 1024;

/// Cuts a text to at most `max` characters. A cut text ends with an ellipsis.
pub fn cut(text: &mut String, max: usize) {
    if text.len() <= max || text.chars().count() <= max {
        return;
    }
    let end = text.char_indices().nth(max.saturating_sub(1)).map_or(text.len(), |(at, _)| at);
    text.truncate(end);
    text.push('…');
}

/// Cuts a text to at most `max` bytes of UTF-8, but never inside a character. A cut text ends with an ellipsis.
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
