//! Counts requests to the API server, below kube's client, so that watches are counted too.

use std::task::{Context, Poll};

use futures::FutureExt;
use futures::future::BoxFuture;
use http::{Request, Response};
use kube::{Client, Config};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use tower::{Layer, Service};

use lapsewatch_cluster::connect;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    method: &'static str,
    resource: &'static str,
    code: Code,
}

/// An HTTP status code. None if no answer arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Code(Option<u16>);

impl prometheus_client::encoding::EncodeLabelValue for Code {
    fn encode(&self, encoder: &mut prometheus_client::encoding::LabelValueEncoder<'_>) -> Result<(), std::fmt::Error> {
        match self.0 {
            Some(code) => code.encode(encoder),
            None => "none".encode(encoder),
        }
    }
}

/// The number of requests by method, resource and status code. Clones share their values.
#[derive(Clone, Default)]
pub struct Requests(Family<RequestLabels, Counter>);

impl Requests {
    /// Returns the counters, to be registered in a registry.
    pub(super) fn counted(&self) -> impl prometheus_client::registry::Metric + use<> {
        self.0.clone()
    }

    fn count(&self, method: &'static str, resource: &'static str, code: Option<u16>) {
        self.0.get_or_create(&RequestLabels { method, resource, code: Code(code) }).inc();
    }
}

/// Builds a client whose requests are counted.
///
/// # Errors
/// If the credentials, certificates or proxy of the configuration can't be used.
pub fn counted_client(config: Config, requests: &Requests) -> Result<Client, connect::ConnectError> {
    Ok(connect::builder(config)?.with_layer(requests).build())
}

impl<S> Layer<S> for Requests {
    type Service = Counting<S>;

    fn layer(&self, inner: S) -> Self::Service {
        Counting { inner, requests: self.clone() }
    }
}

/// A service that counts its requests.
#[derive(Clone)]
pub struct Counting<S> {
    inner: S,
    requests: Requests,
}

impl<S, A, B> Service<Request<A>> for Counting<S>
where
    S: Service<Request<A>, Response = Response<B>>,
    S::Future: Send + 'static,
    S::Error: 'static,
    B: 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<S::Response, S::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<A>) -> Self::Future {
        let (method, resource) = (method(request.method()), resource(request.uri().path()));
        let requests = self.requests.clone();
        let answer = self.inner.call(request);
        let counted = answer.map(move |answer| {
            requests.count(method, resource, answer.as_ref().ok().map(|answer| answer.status().as_u16()));
            answer
        });
        counted.boxed()
    }
}

fn method(method: &http::Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        _ => "other",
    }
}

/// Returns the resource of a path as a label value. All resources that the operator does not use share one value, so
/// the number of series is limited.
fn resource(path: &str) -> &'static str {
    let mut parts = path.split('/').skip_while(|part| !matches!(*part, "api" | "apis"));
    // Skip the version, and the group of a path below `/apis`.
    match parts.next() {
        Some("api") => parts.next(),
        _ => parts.nth(1),
    };
    let mut parts = parts.peekable();
    if parts.peek() == Some(&"namespaces") {
        parts.nth(1);
    }
    let (resource, _name, part) = (parts.next(), parts.next(), parts.next());
    match (resource, part) {
        (Some("secrets"), None) => "secrets",
        (Some("events"), None) => "events",
        (Some("leases"), None) => "leases",
        (Some("tenantcredentials"), None) => "tenantcredentials",
        (Some("tenantcredentials"), Some("status")) => "tenantcredentials/status",
        (Some("mdmtenants"), None) => "mdmtenants",
        (Some("mdmtenants"), Some("status")) => "mdmtenants/status",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_of_one_of_the_resources_that_are_used() {
        for (path, expected) in [
            ("/api/v1/secrets", "secrets"),
            ("/api/v1/namespaces/a/secrets/b", "secrets"),
            ("/api/v1/namespaces/secrets/secrets/secrets", "secrets"),
            ("/apis/lapsewatch.dev/v1alpha1/tenantcredentials", "tenantcredentials"),
            ("/apis/lapsewatch.dev/v1alpha1/namespaces/a/tenantcredentials/b/status", "tenantcredentials/status"),
            ("/apis/lapsewatch.dev/v1alpha1/namespaces/a/mdmtenants/b/status", "mdmtenants/status"),
            ("/prefix/apis/events.k8s.io/v1/namespaces/a/events", "events"),
            ("/apis/coordination.k8s.io/v1/namespaces/a/leases/b", "leases"),
            ("/api/v1/namespaces/a/pods/b", "other"),
            ("/version", "other"),
            ("", "other"),
        ] {
            assert_eq!(resource(path), expected, "{path}");
        }
    }
}
