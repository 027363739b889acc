//! The operator's endpoints, on one port: `/livez`, `/readyz` and `/metrics`.
//!
//! Whoever reaches the port can't keep the operator from its work: connections are few, each answers one request and
//! ends soon, and what the operator is asked is answered by copies.

pub mod answer;
pub mod objects;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::controller::snapshot::Asker;
use crate::metrics::Metrics;
use answer::Endpoints;

/// Connections at once. Others wait in the system's queue.
const CONNECTIONS: usize = 64;
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
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(place) = room.clone().acquire_owned().await else { return };
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(problem) => {
                tracing::warn!("a connection can't be accepted: {problem}");
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        let endpoints = endpoints.clone();
        tokio::spawn(async move {
            let answer = service_fn(|request| {
                let endpoints = endpoints.clone();
                async move { Ok::<_, Infallible>(endpoints.answer(&request).await) }
            });
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEADERS)
                .max_buf_size(HEAD)
                .keep_alive(false)
                .serve_connection(TokioIo::new(stream), answer);
            // Whoever broke it off, or was too slow, is told nothing.
            tokio::time::timeout(CONNECTION, connection).await.ok();
            drop(place);
        });
    }
}
