//! The connection to a cluster: from a kubeconfig, or from the pod's service account.

use std::path::Path;
use std::time::Duration;

use kube::client::ClientBuilder;
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};

use crate::metrics::requests::Requests;

/// How long the API server may be silent before a connection counts as broken.
const SILENCE: Duration = Duration::from_secs(310);

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The kubeconfig can't be used.
    #[error("the kubeconfig {0} can't be used: check that the file exists, is a kubeconfig and has the context")]
    Kubeconfig(String),
    /// Neither a kubeconfig nor a service account was found.
    #[error("no cluster to connect to: give --kubeconfig FILE, set KUBECONFIG, or run in a pod with a service account")]
    Nothing,
    /// The configuration names something that can't be used.
    #[error("the connection's certificates or address can't be used: check the kubeconfig's user and cluster")]
    Client,
}

/// A client for `context` of `kubeconfig`, or for what is found without them.
///
/// # Errors
/// Where no usable configuration is found; the cluster itself is not asked.
pub async fn connect(kubeconfig: Option<&Path>, context: Option<&str>) -> Result<Client, Error> {
    client(config(kubeconfig, context).await?)
}

/// What [`connect`] makes a client of.
///
/// # Errors
/// Where no usable configuration is found.
pub async fn config(kubeconfig: Option<&Path>, context: Option<&str>) -> Result<Config, Error> {
    let options = KubeConfigOptions { context: context.map(str::to_owned), ..KubeConfigOptions::default() };
    let config = match (kubeconfig, context) {
        (Some(path), _) => {
            let name = || path.display().to_string();
            let kubeconfig = Kubeconfig::read_from(path).map_err(|_| Error::Kubeconfig(name()))?;
            Config::from_custom_kubeconfig(kubeconfig, &options).await.map_err(|_| Error::Kubeconfig(name()))?
        }
        (None, Some(context)) => Config::from_kubeconfig(&options)
            .await
            .map_err(|_| Error::Kubeconfig(format!("(with the context {context})")))?,
        (None, None) => Config::infer().await.map_err(|_| Error::Nothing)?,
    };
    Ok(config)
}

/// A client as the operator needs it.
///
/// # Errors
/// Where what the configuration names can't be used.
pub fn client(config: Config) -> Result<Client, Error> {
    Client::try_from(patient(config)).map_err(|_| Error::Client)
}

/// The same, with its requests counted.
///
/// # Errors
/// Where what the configuration names can't be used.
pub fn counted(config: Config, requests: &Requests) -> Result<Client, Error> {
    let builder = ClientBuilder::try_from(patient(config)).map_err(|_| Error::Client)?;
    Ok(builder.with_layer(requests).build())
}

/// How long is waited for what.
fn patient(mut config: Config) -> Config {
    config.connect_timeout = Some(Duration::from_secs(10));
    // A list or the beginning of a watch that nobody answers would be waited for without end. Longer than a watch may be
    // silent: the API server ends one within 290 s.
    config.read_timeout = Some(SILENCE);
    config.reset_reader_on_write = true;
    // The operator tries again by itself, within minutes; the client would wait up to a quarter of an hour.
    config.default_retry = false;
    config
}
