//! The connection to a cluster: from a kubeconfig, or from the pod's service account.

use std::path::Path;

use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};

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
    let options = KubeConfigOptions { context: context.map(str::to_owned), ..KubeConfigOptions::default() };
    let mut config = match (kubeconfig, context) {
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
    config.connect_timeout = Some(std::time::Duration::from_secs(10));
    Client::try_from(config).map_err(|_| Error::Client)
}
