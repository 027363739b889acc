//! Finds the peers of an object: other objects that use the same credential, or a newer credential of the same
//! identity.
//!
//! [`Index`] is updated holder by holder. A view names only a few other holders and states if there are more. Therefore
//! a holder that appears or disappears usually changes only a few views and statuses.

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

/// The maximum number of other holders that a view names, in addition to the claimant.
pub const NAMED: usize = 5;

/// The available information about other holders. The view is None if this object uses no credential at present.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Peers {
    /// No other object was read.
    #[default]
    Pending,
    /// Some objects were read. The view is based on these, and more holders may exist.
    Partial(Option<View>),
    /// All objects were read.
    Known(Option<View>),
}
