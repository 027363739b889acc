//! Builds the client of a cluster. The client sets a User-Agent, limits every wait, and explains failed connections.

use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderValue, header};
use hyper_timeout::TimeoutConnector;
use hyper_util::rt::TokioExecutor;
use kube::client::middleware::AuthLayer;
use kube::client::{Body, ClientBuilder, ConfigExt};
use kube::{Client, Config};
use tower::ServiceBuilder;
use tower::util::BoxCloneService;

use super::dial::Dialer;
use super::kubeconfig::{self, ConfigError};
use super::login::{LoginError, Plugin};
use super::proxy::{Proxy, ProxyUrlError, address};
use super::unreachable::Unreachable;

/// The longest time to establish a connection, including the proxy and the TLS handshake.
const CONNECT: Duration = Duration::from_secs(15);
/// The longest silence of the API server before a connection counts as broken. Each request and watch has a shorter
/// time limit. Therefore `SILENCE` only ends connections whose request or watch was given up.
const SILENCE: Duration = Duration::from_secs(90);

/// The longest time that an idle connection is kept for the next request. If a connection broke while it was idle, the
/// next request on it would fail only at the request's time limit.
const IDLE: Duration = Duration::from_secs(10);

/// The reasons why no client could be built.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The configuration can't be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The configuration names credentials that can't be used.
    #[error("{}", sentences(.0))]
    Unreachable(Unreachable),
    /// The certificate authority can't be used.
    #[error(
        "the kubeconfig's certificate authority cannot be used. Check certificate-authority-data: it must contain PEM \
certificates"
    )]
    Authority,
    /// kube could not build the client, for a reason without a variant here.
    #[error("the kubeconfig's user or cluster cannot be used. Check it with kubectl get --raw /readyz")]
    Client,
}

fn sentences(unreachable: &Unreachable) -> String {
    format!("{unreachable}. {}", unreachable.advice().trim_end_matches('.'))
}

/// Builds a client for `context` of `kubeconfig`. If `kubeconfig` is None, the configuration is found as kubectl finds
/// it.
///
/// # Errors
/// If no usable configuration is found. This function sends no request to the cluster.
pub async fn connect(kubeconfig: Option<&Path>, context: Option<&str>) -> Result<Client, ConnectError> {
    client(config(kubeconfig, context).await?)
}

/// Reads the configuration from which [`connect`] builds a client.
///
/// # Errors
/// If no usable configuration is found.
pub async fn config(kubeconfig: Option<&Path>, context: Option<&str>) -> Result<Config, ConnectError> {
    Ok(kubeconfig::config(kubeconfig, context).await?)
}

/// Builds a client from a configuration. The operator uses [`builder`] instead, to add a layer that counts requests.
///
/// # Errors
/// If the credentials, certificates or proxy of the configuration can't be used.
pub fn client(config: Config) -> Result<Client, ConnectError> {
    Ok(builder(config)?.build())
}

/// The service below kube's client, which sends a request to the API server and returns the response.
pub type Exchange = BoxCloneService<http::Request<Body>, http::Response<hyper::body::Incoming>, tower::BoxError>;

/// Returns the builder of a client, to which a caller can add layers. The client has the same layers as kube's own
/// client, but another connector. The layers are assembled here, because kube does not let a caller choose the
/// connector.
///
/// # Errors
/// If the credentials, certificates or proxy of the configuration can't be used.
pub fn builder(mut config: Config) -> Result<ClientBuilder<Exchange>, ConnectError> {
    if config.headers.iter().all(|(name, _)| name != header::USER_AGENT) {
        let agent = HeaderValue::from_static(concat!("lapsewatch/", env!("CARGO_PKG_VERSION")));
        config.headers.push((header::USER_AGENT, agent));
    }
    let plugin = config.auth_info.exec.as_ref().map(|exec| Plugin {
        program: exec.command.as_deref().map(lapsewatch_core::sanitize::sanitize_line),
        hint: exec
            .install_hint
            .as_deref()
            .map(|hint| lapsewatch_core::sanitize::sanitize_line(hint.trim()))
            .filter(|h| !h.is_empty()),
    });
    let plugin = plugin.unwrap_or_default();
    let server = address(&config.cluster_url);
    let failed = |error: kube::Error| explained(error, &server, &plugin);
    // This step comes first, because it runs the exec plugin and reports the plugin's errors. The later steps ignore
    // these errors.
    let auth = authentication(&config)?.map_err(failed)?;
    let proxy = config.proxy_url.as_ref().map(|url| Proxy::parse(&url.to_string())).transpose();
    let proxy = proxy.map_err(|error: ProxyUrlError| ConfigError::Proxy { place: "the kubeconfig", error })?;
    // Like kubectl, use the cluster's TLS settings also for a proxy with an https URL.
    let dialer = Dialer::new(proxy.as_ref(), |tcp| config.rustls_https_connector_with_connector(tcp));
    let dialer = dialer.map_err(failed)?;
    let mut connector = TimeoutConnector::new(config.rustls_https_connector_with_connector(dialer).map_err(failed)?);
    connector.set_connect_timeout(Some(CONNECT));
    connector.set_read_timeout(Some(SILENCE));
    connector.set_reset_reader_on_write(true);
    connector.set_write_timeout(Some(SILENCE));
    let mut http = hyper_util::client::legacy::Builder::new(TokioExecutor::new());
    let http = http.pool_idle_timeout(IDLE).build::<_, Body>(connector);
    let service = ServiceBuilder::new()
        .layer(config.base_uri_layer())
        .option_layer(auth)
        .layer(config.extra_headers_layer().map_err(failed)?)
        .map_err(tower::BoxError::from)
        .service(http);
    let (server, plugin) = (Arc::<str>::from(server), Arc::new(plugin));
    let service = ServiceBuilder::new()
        .map_err(move |error: tower::BoxError| match Unreachable::find(&*error, &server, &plugin) {
            Some(unreachable) => tower::BoxError::from(unreachable),
            None => error,
        })
        .service(service);
    Ok(ClientBuilder::new(BoxCloneService::new(service), config.default_namespace))
}

/// Returns the layer that adds the credentials to each request. kube's `auth_layer` may panic on a token that is not a
/// valid header value, so a panic becomes an error.
fn authentication(config: &Config) -> Result<Result<Option<AuthLayer>, kube::Error>, ConnectError> {
    let no_header = || ConnectError::Unreachable(Unreachable::Credentials(LoginError::NoHeader));
    if let Some(token) = &config.auth_info.token
        && HeaderValue::from_str(secrecy::ExposeSecret::expose_secret(token)).is_err()
    {
        return Err(no_header());
    }
    let layer = AssertUnwindSafe(|| config.auth_layer());
    std::panic::catch_unwind(layer).map_err(|_| no_header())
}

fn explained(error: kube::Error, server: &str, plugin: &Plugin) -> ConnectError {
    match error {
        kube::Error::InferKubeconfig(error) => ConnectError::Config(kubeconfig::unusable(error)),
        kube::Error::RustlsTls(error) => match LoginError::from_tls(&error) {
            Some(credentials) => ConnectError::Unreachable(Unreachable::Credentials(credentials)),
            None => ConnectError::Authority,
        },
        error => Unreachable::find(&error, server, plugin).map_or(ConnectError::Client, ConnectError::Unreachable),
    }
}
