//! Searches the chain of sources of an error by type, and recognizes the error for an X.509 version 1 certificate.

use std::error::Error as StdError;
use std::io;

use rustls::CertificateError;

/// Returns the first error of type `T` in the chain. The `source` of an `io::Error` skips the error that the
/// `io::Error` wraps; this search includes the wrapped error.
pub(super) fn find<'a, T: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    chain(error).find_map(|error| error.downcast_ref::<T>())
}

/// Returns the innermost `io::Error` of the chain.
pub(super) fn deepest_io<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a io::Error> {
    chain(error).filter_map(|error| error.downcast_ref::<io::Error>()).last()
}

fn chain<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error| match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inner) => Some(inner as &(dyn StdError + 'static)),
        None => error.source(),
    })
}

/// True if the certificate is X.509 version 1, which rustls-webpki does not accept.
pub(super) fn is_version_1(error: &CertificateError) -> bool {
    let CertificateError::Other(error) = error else { return false };
    matches!(find::<webpki::Error>(&*error.0), Some(webpki::Error::UnsupportedCertVersion))
}
