//! What each path answers.

use std::time::Duration;

use http::{Method, Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use prometheus_client::encoding::text;
use prometheus_client::registry::Registry;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::objects::Objects;
use crate::controller::snapshot::{Asker, Snapshot};
use crate::metrics::Metrics;

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";
/// Scrapes at once, until the last byte is sent: each holds all its text in memory.
const SCRAPES: usize = 4;
/// How long a scrape waits for its turn.
const TURN: Duration = Duration::from_secs(5);

/// What the endpoints tell of.
pub struct Endpoints {
    asker: Asker,
    metrics: Metrics,
    scrapes: std::sync::Arc<Semaphore>,
}

/// A scrape's text, which holds its turn until it is sent.
struct Text {
    text: String,
    _turn: OwnedSemaphorePermit,
}

impl AsRef<[u8]> for Text {
    fn as_ref(&self) -> &[u8] {
        self.text.as_bytes()
    }
}

impl Endpoints {
    /// Of this operator.
    pub fn new(asker: Asker, metrics: Metrics) -> Self {
        Self { asker, metrics, scrapes: std::sync::Arc::new(Semaphore::new(SCRAPES)) }
    }

    /// What a request is answered.
    pub async fn answer(&self, request: &Request<Incoming>) -> Response<Full<Bytes>> {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return said(StatusCode::METHOD_NOT_ALLOWED, "only GET is answered here\n");
        }
        match request.uri().path() {
            "/livez" => match self.asker.ask(false).await {
                Some(_) => said(StatusCode::OK, "ok\n"),
                None => said(StatusCode::SERVICE_UNAVAILABLE, "the operator does not answer\n"),
            },
            "/readyz" => match self.asker.ask(false).await {
                Some(Snapshot { unready: None, is_leader: true, .. }) => said(StatusCode::OK, "ok: leading\n"),
                Some(Snapshot { unready: None, .. }) => said(StatusCode::OK, "ok: standing by\n"),
                Some(Snapshot { unready: Some(why), .. }) => said(StatusCode::SERVICE_UNAVAILABLE, &format!("{why}\n")),
                None => said(StatusCode::SERVICE_UNAVAILABLE, "the operator does not answer\n"),
            },
            "/metrics" => self.metrics().await,
            _ => said(StatusCode::NOT_FOUND, "there are /livez, /readyz and /metrics\n"),
        }
    }

    async fn metrics(&self) -> Response<Full<Bytes>> {
        let turn = tokio::time::timeout(TURN, self.scrapes.clone().acquire_owned()).await;
        let Ok(Ok(turn)) = turn else {
            return said(StatusCode::SERVICE_UNAVAILABLE, "too many scrapes at once\n");
        };
        // Without what is known of objects a scrape fails: served without them, they would look like gone.
        let Some(snapshot) = self.asker.ask(true).await else {
            return said(StatusCode::SERVICE_UNAVAILABLE, "the operator does not answer\n");
        };
        match render(snapshot, &self.metrics) {
            Ok(text) => body(StatusCode::OK, OPEN_METRICS, Bytes::from_owner(Text { text, _turn: turn })),
            Err(_) => said(StatusCode::INTERNAL_SERVER_ERROR, "the metrics can't be written\n"),
        }
    }
}

/// All series, as text.
///
/// # Errors
/// Never, as far as is known: text can always be written to memory.
pub fn render(snapshot: Snapshot, metrics: &Metrics) -> Result<String, std::fmt::Error> {
    // About what a credential of which little is to be said takes.
    let mut out = String::with_capacity(16 * 1024 + snapshot.credentials.len() * 220);
    let mut objects = Registry::default();
    objects.register_collector(Box::new(Objects(snapshot)));
    text::encode_registry(&mut out, &objects)?;
    text::encode_registry(&mut out, &metrics.registry())?;
    text::encode_eof(&mut out)?;
    Ok(out)
}

fn said(status: StatusCode, text: &str) -> Response<Full<Bytes>> {
    body(status, TEXT, Bytes::copy_from_slice(text.as_bytes()))
}

fn body(status: StatusCode, type_: &'static str, bytes: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(bytes));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static(type_));
    response
}
