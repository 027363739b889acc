//! The vocabulary of verdicts: plain enums that the assessment returns and that messages convert to sentences. Contains
//! no rules of the assessment and no sentences.

mod finding_kind;
mod identity_match;
mod sharing_state;
mod stage;
mod verify_finding;

pub use finding_kind::FindingKind;
pub use identity_match::IdentityMatch;
pub use sharing_state::{Other, SharingState, Unlisted, View};
pub use stage::{Stage, days_within};
pub use verify_finding::{VerifyCause, VerifyFinding, VerifyOutcome};
