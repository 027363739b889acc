//! Opens connections to the API server, directly or through an HTTP or SOCKS5 proxy. Each failure names the server that
//! failed. TLS to the API server is added by the caller.

use std::error::Error as StdError;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;

use http::{HeaderValue, Uri};
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::GaiResolver;
use hyper_util::client::legacy::connect::proxy::{SocksV5, Tunnel};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tower::Service;

use super::lookup::Resolver;
use super::proxy::{Proxy, address};
use super::unreachable::{ConnectionFault, Peer, Unreachable};

type Stream = MaybeHttpsStream<TokioIo<TcpStream>>;
type DialFuture<T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send>>;
/// A connector without TLS.
pub type Plain = HttpConnector<Resolver>;

/// The longest time to establish one TCP connection, and for a proxy to open the tunnel.
const CONNECT: Duration = Duration::from_secs(10);
/// The idle time before the kernel sends the first TCP keepalive probe.
const KEEPALIVE: Duration = Duration::from_secs(20);
/// The time between two keepalive probes. A connection counts as broken 40 seconds after its last byte.
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(5);
const KEEPALIVE_RETRIES: u32 = 4;

/// Opens connections to the API server. The caller runs the TLS handshake with the API server on each connection.
#[derive(Clone)]
pub struct Dialer {
    tcp: Plain,
    way: Way,
}

#[derive(Clone)]
enum Way {
    Direct,
    Http(Uri, Option<HeaderValue>),
    Https(Uri, Option<HeaderValue>, Box<HttpsConnector<Plain>>),
    Socks(Uri, Option<(String, String)>),
}

impl Dialer {
    /// Returns a dialer for this proxy, or for direct connections. `tls` builds the connector for a proxy with an https
    /// URL.
    ///
    /// # Errors
    /// If `tls` fails.
    pub fn new<E>(
        proxy: Option<&Proxy>,
        tls: impl FnOnce(Plain) -> Result<HttpsConnector<Plain>, E>,
    ) -> Result<Self, E> {
        let mut tcp = HttpConnector::new_with_resolver(Resolver(GaiResolver::new()));
        tcp.enforce_http(false);
        tcp.set_connect_timeout(Some(CONNECT));
        tcp.set_keepalive(Some(KEEPALIVE));
        tcp.set_keepalive_interval(Some(KEEPALIVE_INTERVAL));
        tcp.set_keepalive_retries(Some(KEEPALIVE_RETRIES));
        let way = match proxy.cloned() {
            None => Way::Direct,
            Some(Proxy::Http { uri, auth }) if uri.scheme_str() == Some("https") => {
                Way::Https(uri, auth, Box::new(tls(tcp.clone())?))
            }
            Some(Proxy::Http { uri, auth }) => Way::Http(uri, auth),
            Some(Proxy::Socks { uri, auth }) => Way::Socks(uri, auth),
        };
        Ok(Self { tcp, way })
    }
}

impl Service<Uri> for Dialer {
    type Response = Stream;
    type Error = Unreachable;
    type Future = DialFuture<Stream, Unreachable>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Unreachable>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, server: Uri) -> Self::Future {
        let mut tcp = self.tcp.clone();
        match self.way.clone() {
            Way::Direct => Box::pin(async move {
                let peer = Peer::Server(address(&server));
                let stream = tcp.call(server).await;
                stream.map(MaybeHttpsStream::Http).map_err(|error| trouble(peer, ConnectionFault::from_error(&error)))
            }),
            Way::Http(proxy, auth) => Box::pin(async move {
                let first = FirstHop::new(tcp);
                let failed = first.failed.clone();
                let tunnel = with_auth(Tunnel::new(proxy.clone(), first), auth);
                through(tunnel, server, &failed, &proxy).await.map(MaybeHttpsStream::Http)
            }),
            Way::Https(proxy, auth, tls) => Box::pin(async move {
                let first = FirstHop::new(*tls);
                let failed = first.failed.clone();
                let tunnel = with_auth(Tunnel::new(proxy.clone(), first), auth);
                through(tunnel, server, &failed, &proxy).await
            }),
            Way::Socks(proxy, auth) => Box::pin(async move {
                let first = FirstHop::new(tcp);
                let failed = first.failed.clone();
                let mut socks = SocksV5::new(proxy.clone(), first);
                if let Some((user, password)) = auth {
                    socks = socks.with_auth(user, password);
                }
                through(socks, server, &failed, &proxy).await.map(MaybeHttpsStream::Http)
            }),
        }
    }
}

fn with_auth<C>(tunnel: Tunnel<C>, auth: Option<HeaderValue>) -> Tunnel<C> {
    match auth {
        Some(auth) => tunnel.with_auth(auth),
        None => tunnel,
    }
}

/// Connects through a proxy. The proxy's connector hides the reason why the connection to the proxy failed, so
/// [`FirstHop`] records the reason in `failed`.
async fn through<S: Service<Uri>>(
    mut tunnel: S,
    server: Uri,
    failed: &OnceLock<ConnectionFault>,
    proxy: &Uri,
) -> Result<S::Response, Unreachable> {
    let trouble_of = |otherwise| trouble(Peer::Proxy(address(proxy)), failed.get().cloned().unwrap_or(otherwise));
    match tokio::time::timeout(CONNECT, tunnel.call(server)).await {
        Ok(result) => result.map_err(|_| trouble_of(ConnectionFault::NotPassedOn)),
        Err(_) => Err(trouble_of(ConnectionFault::TimedOut)),
    }
}

fn trouble(peer: Peer, trouble: ConnectionFault) -> Unreachable {
    Unreachable::Peer { peer, trouble }
}

/// A connector to a proxy that records in `failed` why a connection to the proxy failed.
#[derive(Clone)]
struct FirstHop<C> {
    inner: C,
    failed: Arc<OnceLock<ConnectionFault>>,
}

impl<C> FirstHop<C> {
    fn new(inner: C) -> Self {
        Self { inner, failed: Arc::default() }
    }
}

impl<C> Service<Uri> for FirstHop<C>
where
    C: Service<Uri>,
    C::Future: Send + 'static,
    C::Error: Into<Box<dyn StdError + Send + Sync>>,
{
    type Response = C::Response;
    type Error = HopFailed;
    type Future = DialFuture<C::Response, HopFailed>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), HopFailed>> {
        self.inner.poll_ready(context).map_err(|_| HopFailed)
    }

    fn call(&mut self, proxy: Uri) -> Self::Future {
        let (connecting, failed) = (self.inner.call(proxy), self.failed.clone());
        Box::pin(async move {
            connecting.await.map_err(|error| {
                let error: Box<dyn StdError + Send + Sync> = error.into();
                failed.get_or_init(|| ConnectionFault::from_error(&*error));
                HopFailed
            })
        })
    }
}

/// The connection to a proxy failed. [`FirstHop`] contains the reason.
#[derive(Debug, thiserror::Error)]
#[error("no connection to the proxy")]
struct HopFailed;

impl fmt::Debug for Dialer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The fields contain the proxy's user name and password, which must not reach a log.
        f.debug_struct("Dialer").finish_non_exhaustive()
    }
}
