//! Finds a sequence of bytes in a text that need not be UTF-8.

/// Returns the position at which `needle` begins.
pub(super) fn find(text: &[u8], needle: &[u8]) -> Option<usize> {
    text.windows(needle.len()).position(|window| window == needle)
}

/// Splits the text into the parts before and after the first `needle`.
pub(super) fn split<'a>(text: &'a [u8], needle: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let (before, rest) = text.split_at_checked(find(text, needle)?)?;
    Some((before, rest.get(needle.len()..)?))
}
