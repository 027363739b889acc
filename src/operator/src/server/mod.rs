//! Serves the operator's endpoints on one port: `/livez`, `/readyz` and `/metrics`.
//!
//! Clients can't block the operator or other clients by keeping connections open. The number of connections is limited,
//! and each connection serves one request within a time limit. A new connection beyond the limit aborts the oldest
//! connection.

pub mod answer;
mod connection_limiter;
pub mod exposition;
pub mod objects;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::future::{AbortHandle, Abortable};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;

use crate::controller::snapshot::Asker;
use crate::metrics::Metrics;
use answer::Endpoints;
use connection_limiter::ConnectionLimiter;

/// The most connections that have not sent their request yet.
const SILENT: usize = 256;
/// The most connections whose request is being answered.
const ANSWERED: usize = 256;
/// The longest time until the request's headers are complete.
const HEADERS: Duration = Duration::from_secs(5);
/// The longest duration of a connection.
const CONNECTION: Duration = Duration::from_secs(15);
/// The wait after a connection could not be accepted, for example because no file descriptor was free.
const PAUSE: Duration = Duration::from_millis(100);
/// The size of the read buffer, which limits a request's line and headers, in bytes.
const HEAD: usize = 16 * 1024;

/// Binds the port.
///
/// # Errors
/// If the address can't be bound. The message contains the address.
pub async fn listen(address: SocketAddr) -> Result<TcpListener, anyhow::Error> {
    TcpListener::bind(address)
        .await
        .map_err(|problem| anyhow::anyhow!("can't listen on {address} ({problem}): give another --listen ADDRESS"))
}

/// Serves until the future is dropped.
pub async fn serve(listener: TcpListener, asker: Asker, metrics: Metrics) {
    let endpoints = Arc::new(Endpoints::new(asker, metrics));
    let (silent, answered) = (ConnectionLimiter::new(SILENT), ConnectionLimiter::new(ANSWERED));
    for number in 0.. {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(problem) => {
                tracing::warn!("a connection can't be accepted: {problem}");
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        let (connection, registration) = AbortHandle::new_pair();
        let place = Mutex::new(silent.enter(number, connection.clone()));
        let (endpoints, answered) = (endpoints.clone(), answered.clone());
        let answer = service_fn(move |request| {
            // The request has arrived: the connection moves from the silent to the answered connections.
            let now = answered.enter(number, connection.clone());
            *place.lock().unwrap_or_else(PoisonError::into_inner) = now;
            let (endpoints, connection) = (endpoints.clone(), connection.clone());
            async move { Ok::<_, Infallible>(endpoints.answer(&request, number, connection).await) }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADERS)
            .max_buf_size(HEAD)
            .keep_alive(false)
            .serve_connection(TokioIo::new(stream), answer);
        // Errors, timeouts and aborts of a connection are not reported.
        tokio::spawn(Abortable::new(tokio::time::timeout(CONNECTION, connection), registration));
    }
}
