//! Answers the requests to `/livez`, `/readyz` and `/metrics`.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use futures::future::AbortHandle;
use http::{HeaderMap, Method, Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use prometheus_client::encoding::text;
use prometheus_client::registry::Registry;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::connection_limiter::{ConnectionLimiter, ConnectionSlot};
use super::exposition::Exposition;
use super::objects::ObjectSeries;
use crate::controller::snapshot::{Asker, Snapshot};
use crate::metrics::Metrics;

const TEXT: &str = "text/plain; charset=utf-8";
/// The most scrapes at once. Each scrape keeps its whole text in memory until the last byte is sent.
const SCRAPES: usize = 4;
/// The longest wait of a scrape for one of the [`SCRAPES`] turns, before the oldest scrape is aborted. A scrape that
/// its client reads takes about a tenth of this time.
const TURN: Duration = Duration::from_secs(1);

/// The sources from which the endpoints answer.
pub struct Endpoints {
    asker: Asker,
    metrics: Metrics,
    turns: Arc<Semaphore>,
    scrapes: Arc<ConnectionLimiter>,
}

/// The body of a scrape. The turn ends when the body has been sent.
struct ScrapeBody {
    bytes: Vec<u8>,
    _turn: (OwnedSemaphorePermit, ConnectionSlot),
}

impl AsRef<[u8]> for ScrapeBody {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Endpoints {
    /// Creates the endpoints of this operator.
    pub fn new(asker: Asker, metrics: Metrics) -> Self {
        Self { asker, metrics, turns: Arc::new(Semaphore::new(SCRAPES)), scrapes: ConnectionLimiter::new(SCRAPES) }
    }

    /// Answers a request. `number` and `connection` identify the connection, so that a later scrape can abort this
    /// connection.
    pub async fn answer(
        &self,
        request: &Request<Incoming>,
        number: u64,
        connection: AbortHandle,
    ) -> Response<Full<Bytes>> {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return plain_response(StatusCode::METHOD_NOT_ALLOWED, "only GET is answered here\n");
        }
        match request.uri().path() {
            "/livez" => match self.asker.ask(false).await {
                Some(_) => plain_response(StatusCode::OK, "ok\n"),
                None => plain_response(StatusCode::SERVICE_UNAVAILABLE, "the operator does not answer\n"),
            },
            "/readyz" => match self.asker.ask(false).await {
                Some(Snapshot { unready: None, is_leader: true, .. }) => {
                    plain_response(StatusCode::OK, "ok: leading\n")
                }
                Some(Snapshot { unready: None, .. }) => plain_response(StatusCode::OK, "ok: standing by\n"),
                Some(Snapshot { unready: Some(why), .. }) => {
                    plain_response(StatusCode::SERVICE_UNAVAILABLE, &format!("{why}\n"))
                }
                None => plain_response(StatusCode::SERVICE_UNAVAILABLE, "the operator does not answer\n"),
            },
            "/metrics" => match self.turn(number, connection).await {
                Some(turn) => self.metrics(turn, request.headers()).await,
                None => plain_response(StatusCode::SERVICE_UNAVAILABLE, "too many scrapes at once\n"),
            },
            _ => plain_response(StatusCode::NOT_FOUND, "there are /livez, /readyz and /metrics\n"),
        }
    }

    /// Waits for the turn of a scrape. If no turn becomes free, the oldest scrape is aborted, so a client that does not
    /// read its answer does not block others.
    async fn turn(&self, number: u64, connection: AbortHandle) -> Option<(OwnedSemaphorePermit, ConnectionSlot)> {
        let mut turn = tokio::time::timeout(TURN, self.turns.clone().acquire_owned()).await;
        if turn.is_err() {
            self.scrapes.shed();
            turn = tokio::time::timeout(TURN, self.turns.clone().acquire_owned()).await;
        }
        Some((turn.ok()?.ok()?, self.scrapes.enter(number, connection)))
    }

    async fn metrics(
        &self,
        turn: (OwnedSemaphorePermit, ConnectionSlot),
        headers: &HeaderMap,
    ) -> Response<Full<Bytes>> {
        // Without the objects the scrape must fail: Prometheus would treat the missing series as deleted objects.
        let Some(snapshot) = self.asker.ask(true).await else {
            return plain_response(StatusCode::SERVICE_UNAVAILABLE, "the operator does not answer\n");
        };
        let Ok(text) = render(snapshot, &self.metrics) else {
            return plain_response(StatusCode::INTERNAL_SERVER_ERROR, "the metrics can't be written\n");
        };
        let format = Exposition::preferred(headers);
        let text = format.render(text);
        let zipped = if takes_gzip(headers) { gzip(&text).ok() } else { None };
        let is_zipped = zipped.is_some();
        let bytes = zipped.unwrap_or_else(|| text.into_bytes());
        let bytes = Bytes::from_owner(ScrapeBody { bytes, _turn: turn });
        let mut response = body(StatusCode::OK, format.content_type(), bytes);
        // A cache must not serve this answer to a request with other Accept headers.
        let vary = header::HeaderValue::from_static("accept, accept-encoding");
        response.headers_mut().insert(header::VARY, vary);
        if is_zipped {
            let gzip = header::HeaderValue::from_static("gzip");
            response.headers_mut().insert(header::CONTENT_ENCODING, gzip);
        }
        response
    }
}

/// True if the request accepts gzip (RFC 9110, section 12.5.3), as the requests of Prometheus do.
fn takes_gzip(headers: &HeaderMap) -> bool {
    let all = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|value| value.split(',')).any(|encoding| {
        let (name, weight) = encoding.split_once(';').unwrap_or((encoding, ""));
        let weight = weight.trim().strip_prefix("q=").map(|weight| weight.trim_end_matches(['0', '.']));
        name.trim().eq_ignore_ascii_case("gzip") && weight != Some("")
    })
}

/// Compresses the text. Series are repetitive, so the fastest level already reduces the size to about a tenth.
fn gzip(text: &str) -> std::io::Result<Vec<u8>> {
    let mut out = GzEncoder::new(Vec::with_capacity(text.len() / 8), Compression::fast());
    out.write_all(text.as_bytes())?;
    out.finish()
}

/// Renders all series in the OpenMetrics text format.
///
/// # Errors
/// In theory, if formatting fails. Writing to memory does not fail.
pub fn render(snapshot: Snapshot, metrics: &Metrics) -> Result<String, std::fmt::Error> {
    // An estimate in bytes: the operator's own series, and 220 bytes for each credential with few findings.
    let mut out = String::with_capacity(16 * 1024 + snapshot.credentials.len() * 220);
    let mut objects = Registry::default();
    objects.register_collector(Box::new(ObjectSeries(snapshot)));
    text::encode_registry(&mut out, &objects)?;
    text::encode_registry(&mut out, &metrics.registry())?;
    text::encode_eof(&mut out)?;
    Ok(out)
}

fn plain_response(status: StatusCode, text: &str) -> Response<Full<Bytes>> {
    body(status, TEXT, Bytes::copy_from_slice(text.as_bytes()))
}

fn body(status: StatusCode, type_: &'static str, bytes: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(bytes));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static(type_));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_taken_where_it_is_offered_and_not_refused() {
        for (offered, takes) in
            [("gzip", true), ("deflate, GZIP;q=0.5", true), ("gzip;q=0", false), ("gzip; q=0.0", false), ("br", false)]
        {
            let headers = [(header::ACCEPT_ENCODING, header::HeaderValue::from_static(offered))].into_iter().collect();
            assert_eq!(takes_gzip(&headers), takes, "{offered}");
        }
        assert!(!takes_gzip(&HeaderMap::new()));
    }

    #[tokio::test]
    async fn scrapes_that_nobody_reads_give_way_the_oldest_first() {
        use futures::future::Abortable;
        let (asker, _questions) = crate::controller::snapshot::questions();
        let endpoints = Arc::new(Endpoints::new(asker, Metrics::default()));
        let mut unread = Vec::new();
        for number in 0..SCRAPES as u64 {
            let (connection, registration) = AbortHandle::new_pair();
            let turn = endpoints.turn(number, connection).await.expect("there is room");
            unread.push(tokio::spawn(Abortable::new(
                async move {
                    let _held = turn;
                    std::future::pending::<()>().await;
                },
                registration,
            )));
        }
        let (connection, _registration) = AbortHandle::new_pair();
        assert!(endpoints.turn(99, connection).await.is_some());
        let first = unread.remove(0).await.unwrap();
        assert!(first.is_err(), "the oldest was ended");
        assert!(unread.iter().all(|held| !held.is_finished()));
    }
}
