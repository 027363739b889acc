//! The operator's endpoints, on one port: `/livez`, `/readyz` and `/metrics`.
//!
//! Whoever reaches the port can't keep the operator from its work, nor others from an answer, by keeping connections:
//! there is room for so many, each is for one request and ends soon, and where there is none left the oldest goes.

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

/// Connections at once that have yet to send their request.
const SILENT: usize = 256;
/// Connections at once that are being answered.
const ANSWERED: usize = 256;
/// How long a connection may take until its request is there.
const HEADERS: Duration = Duration::from_secs(5);
/// How long a connection may take in all.
const CONNECTION: Duration = Duration::from_secs(15);
/// How long to wait where a connection can't be accepted, as for want of file descriptors.
const PAUSE: Duration = Duration::from_millis(100);
/// The longest head of a request, in bytes.
const HEAD: usize = 16 * 1024;

/// Takes the port.
///
/// # Errors
/// Where that is not possible; the sentence names the address.
pub async fn listen(address: SocketAddr) -> Result<TcpListener, anyhow::Error> {
    TcpListener::bind(address)
        .await
        .map_err(|problem| anyhow::anyhow!("can't listen on {address} ({problem}): give another --listen ADDRESS"))
}

/// Serves until it is dropped.
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
            // Its request is there: it is of another sort now.
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
        // Whoever broke it off, was too slow or gave way is told nothing.
        tokio::spawn(Abortable::new(tokio::time::timeout(CONNECTION, connection), registration));
    }
}
