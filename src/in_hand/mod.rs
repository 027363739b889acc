//! Files in hand: what an administrator has on disk before it stands in a Secret, read as if it stood there.

mod files;
mod look;
pub mod password;

pub use files::{InHand, gather, read};
pub use look::{Look, look, spec};
