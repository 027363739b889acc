//! lapsewatch warns before the certificates and tokens of a mobile device management tenant lapse, or are renewed
//! wrongly.

pub mod api;
pub mod assessment;
pub mod credential;
pub mod secret;
