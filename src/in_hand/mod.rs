//! Files in hand: what an administrator has on disk before it stands in a Secret, read as if it stood there.

mod files;

pub use files::{InHand, is_password, read};
