//! lapsewatch warns before the certificates and tokens of a mobile device management tenant lapse, are used twice, or
//! are renewed wrongly.
pub mod api;
pub mod credential;
pub mod secret;
