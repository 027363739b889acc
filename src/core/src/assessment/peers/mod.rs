//! Finds the peers of an object: other objects that use the same credential, or a newer credential of the same
//! identity.
//!
//! Each such object is a holder of the credential. A [`View`] describes the situation of one holder: its relation to
//! the other holders, a few of their names, and if there are more. Because a view names only a few, a holder that
//! appears or disappears usually changes only a few views and statuses.
//!
//! A claimant is a holder whose spec sets `vppToken.override: Enabled`, and so assumes control of a shared VPP token.

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

/// The maximum number of other holders that a view names. A claimant is named in addition.
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
