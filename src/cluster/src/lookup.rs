//! Resolves host names, so that a failed lookup can be distinguished from other I/O errors.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper_util::client::legacy::connect::dns::{GaiAddrs, GaiResolver, Name};
use tower::Service;

/// Resolves host names with the system's resolver.
#[derive(Clone)]
pub struct Resolver(pub(super) GaiResolver);

/// The host name was not resolved. The system's error is wrapped because its type does not distinguish a failed lookup
/// from other I/O errors.
#[derive(Debug, thiserror::Error)]
#[error("the host name was not resolved")]
pub struct LookupError(#[source] io::Error);

impl Service<Name> for Resolver {
    type Response = GaiAddrs;
    type Error = LookupError;
    type Future = Pin<Box<dyn Future<Output = Result<GaiAddrs, LookupError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), LookupError>> {
        self.0.poll_ready(context).map_err(LookupError)
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let looking = self.0.call(name);
        Box::pin(async move { looking.await.map_err(LookupError) })
    }
}
