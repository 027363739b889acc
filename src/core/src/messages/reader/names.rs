//! Writes the names of Secret keys and files in messages.

use std::fmt::Write as _;

use crate::api::identity::is_unseen;
use crate::api::limits;
use crate::credential::KeyNames;

/// Lists the names, followed by the number of further names that `names` leaves out.
pub(super) fn list(names: &KeyNames) -> String {
    let KeyNames { first, more } = names;
    let mut text = String::new();
    for (at, name) in first.iter().enumerate() {
        let last = at + 1 == first.len() && *more == 0;
        let joint = match (at, last) {
            (0, _) => "",
            (_, true) => " and ",
            (_, false) => ", ",
        };
        text.push_str(joint);
        text.push_str(&shown(name));
    }
    if *more > 0 {
        let _ = write!(text, " and {more} more");
    }
    text
}

/// Returns the key of a Secret or the name of a file for display, cut to 150 characters. Characters that can't be seen,
/// move the cursor or reverse the text direction become question marks.
pub(super) fn shown(key: &str) -> String {
    let mut key: String =
        key.chars().take(limits::KEY + 1).map(|letter| if is_unseen(letter) { '?' } else { letter }).collect();
    // Ten names of this length leave room for the sentence around them.
    limits::cut(&mut key, 150);
    key
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credential::{FailureCause, ReadFailure, ReadRequest};
    use crate::messages::reader::failure;
    use crate::secret::ValueSource;

    #[test]
    fn at_most_ten_names_are_listed_sorted() {
        let list = |names: &[&str]| list(&names.iter().copied().collect());
        assert_eq!(list(&["b", "a"]), "a and b");
        assert_eq!(list(&["c", "b", "a"]), "a, b and c");
        let many: Vec<String> = (10..22).map(|number| format!("k{number}")).collect();
        let text = list(&many.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(text, "k10, k11, k12, k13, k14, k15, k16, k17, k18, k19 and 2 more");
    }

    #[test]
    fn names_are_cleaned_and_cut() {
        assert_eq!(shown("a\nb\u{202e}c"), "a?b?c");
        let long = "x".repeat(253);
        let present = [long.as_str(); 12].into_iter().collect();
        let request = ReadRequest { type_: None, source: ValueSource::Secret, password: None };
        let cause = FailureCause::KeyNotFound { field: "key", key: long, present };
        let message = failure(&ReadFailure { request, cause }).message;
        assert!(message.chars().count() <= limits::TEXT && message.ends_with("and 2 more"), "{message}");
    }
}
