//! Peers: who else holds the same credential, among all that are looked at.
//!
//! [`Index`] is kept up to date holder by holder, at a cost that does not grow with their number. What it tells of one
//! of them names few others, and that there are more, so that who comes or goes changes what is said of few.

mod holder;
mod index;
mod partial;
mod remembered;
mod shared_credential;
mod succession;

pub use holder::{End, Holder, is_exclusive};
pub use index::{Index, Reveal};
pub(super) use partial::{Permitted, permitted};
pub use remembered::remembered;

use crate::verdict::View;

/// The most others that are named.
pub const NAMED: usize = 5;

/// The knowledge about the other holders. A view is none if this object holds nothing at present.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Peers {
    /// No other object was looked at.
    #[default]
    Pending,
    /// Some objects were looked at. The view holds those, and there may be more.
    Partial(Option<View>),
    /// All objects were looked at.
    Known(Option<View>),
}
