//! Messages about the identity of a credential: the expected identity, the identity that was found, and the place where
//! two similar identities differ.

use super::{Words, identity_name};
use crate::api::CredentialType;
use crate::api::identity::{IdentityDifference, UNSEEN, overlooked};
use crate::verdict::IdentityMatch;

impl Words<'_> {
    /// Returns the message for the identity of the credential. `accepted` is the identity with which renewals are
    /// compared. `first` is true if no other credential was read before.
    pub fn identity(&self, standing: IdentityMatch, first: bool, accepted: Option<&str>) -> String {
        let (subject, name) = (self.subject(), identity_name(self.spec.type_));
        let identity = self.facts.identity.as_deref().unwrap_or("(none)");
        self.end(match (standing, self.pins()) {
            (IdentityMatch::NotIdentified, _) => match self.spec.type_ {
                CredentialType::X509Certificate | CredentialType::DeclaredExpiry => {
                    "this type has no identity: any replacement counts as a renewal".to_owned()
                }
                _ => format!("{subject} carries no {name}"),
            },
            (IdentityMatch::Unknown, _) => {
                format!("{subject} contains no {name}: expected {}, found none", self.expected(accepted))
            }
            (IdentityMatch::Changed, pins) => {
                let closest = pins.unwrap_or_default().iter().map(String::as_str).chain(accepted);
                let difference = closest.filter_map(|expected| overlooked(expected, identity)).next();
                let difference = difference.map(|difference| format!(". {}", place(&difference)));
                let source = if pins.is_some() { " in spec.expectedIdentities" } else { "" };
                format!(
                    "{subject} has another {name}: expected {}{source}, found \"{identity}\"{}",
                    self.expected(accepted),
                    difference.unwrap_or_default()
                )
            }
            (IdentityMatch::Accepted, Some(_)) => {
                format!("the {name} {identity} is one that spec.expectedIdentities names")
            }
            (IdentityMatch::Accepted, None) if first => {
                format!("the {name} {identity} is the first one read here, and is accepted from now on")
            }
            (IdentityMatch::Accepted, None) => format!("the {name} {identity} is the accepted one"),
        })
    }

    /// Returns the identities that are accepted: the pinned identities, or if none is pinned, the `accepted` identity.
    fn expected(&self, accepted: Option<&str>) -> String {
        let mut expected: Vec<String> = match self.pins() {
            Some(pins) => pins.iter().map(|pin| format!("\"{pin}\"")).collect(),
            None => accepted.map(|accepted| format!("\"{accepted}\"")).into_iter().collect(),
        };
        expected.sort_unstable();
        expected.join(" or ")
    }
}

/// Returns the sentence on the place where two similar identities differ.
fn place(difference: &IdentityDifference) -> String {
    format!(
        "The two first differ at character {}: expected {}, found {}",
        difference.at,
        letters(&difference.expected),
        letters(&difference.found)
    )
}

/// Lists characters with their code points, because characters may look alike.
fn letters(letters: &[char]) -> String {
    let one = |letter: &char| match *letter {
        UNSEEN => "an invisible character".to_owned(),
        ' ' => "a space".to_owned(),
        letter => format!("\"{letter}\" (U+{:04X})", u32::from(letter)),
    };
    match letters {
        [] => "nothing".to_owned(),
        letters => letters.iter().map(one).collect::<Vec<_>>().join(" "),
    }
}
