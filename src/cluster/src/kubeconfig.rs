//! Finds and reads the configuration of a connection: one kubeconfig, several merged kubeconfigs, or the pod's service
//! account.
//!
//! Like kubectl, this module skips entries of KUBECONFIG that do not exist. If merged files set the same value, the
//! first file takes precedence.

use std::io;
use std::path::{Path, PathBuf};

use kube::Config;
use kube::config::{KubeConfigOptions, Kubeconfig, KubeconfigError, LoadDataError};

use super::proxy::{Proxy, ProxyEnvironment, ProxyUrlError};

/// The most names that a message lists.
const MOST: usize = 10;

/// A configuration that can't be used. The messages contain names and paths, but no content of a file.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The given kubeconfig does not exist.
    #[error("the kubeconfig \"{}\" does not exist. Give another file with --kubeconfig", .0.display())]
    Missing(PathBuf),
    /// A file can't be read.
    #[error("the kubeconfig \"{}\" cannot be read ({}). Check its permissions", .0.display(), .1)]
    Unreadable(PathBuf, io::ErrorKind),
    /// A file is not a valid kubeconfig.
    #[error("the kubeconfig \"{}\" is not valid YAML of the kind Config. Check it with kubectl config view", .0.display())]
    Invalid(PathBuf),
    /// The files have different kinds or versions.
    #[error("the files of KUBECONFIG cannot be merged: they have different kinds or versions")]
    Merge,
    /// The kubeconfig does not contain the context.
    #[error("the kubeconfig has no context \"{name}\". {known}", known = listed(.known))]
    NoContext {
        /// The given name, or the current context.
        name: String,
        /// The contexts of the kubeconfig.
        known: Vec<String>,
    },
    /// No context was given, and the kubeconfig has no current context. Contains the names of its contexts.
    #[error("the kubeconfig has no current context. Give one with --context. {known}", known = listed(.0))]
    NoCurrentContext(Vec<String>),
    /// The kubeconfig does not contain the cluster that the context names.
    #[error("the kubeconfig has no cluster \"{0}\", which its context names")]
    NoCluster(String),
    /// The cluster has no server address, or the address is not a URL.
    #[error("the cluster of the kubeconfig's context has no server address, or one that is not a URL")]
    NoServer,
    /// A file that the kubeconfig names can't be read.
    #[error("the file \"{}\", which the kubeconfig names for {what}, cannot be read ({kind})", .path.display())]
    File {
        /// The purpose of the file.
        what: &'static str,
        /// The path of the file.
        path: PathBuf,
        /// The system's error kind.
        kind: io::ErrorKind,
    },
    /// A value of the kubeconfig is missing or is not base64-encoded PEM. Contains the name of its field.
    #[error("the kubeconfig's {0} is missing or is not base64-encoded PEM")]
    Value(&'static str),
    /// The proxy's URL can't be used.
    #[error("the proxy URL in {place} is {error}")]
    Proxy {
        /// The field or environment variable that contains the URL.
        place: &'static str,
        /// The reason.
        error: ProxyUrlError,
    },
    /// Neither a kubeconfig nor a service account was found. Contains the entries of KUBECONFIG that do not exist.
    #[error(
        "no cluster to connect to: give --kubeconfig FILE, set KUBECONFIG, or run in a pod with a service \
account{missing}", missing = missing(.0)
    )]
    Nothing(Vec<PathBuf>),
    /// The pod's service account can't be used.
    #[error("the pod's service account cannot be used: its token, namespace or certificate authority cannot be read")]
    ServiceAccount,
}

fn listed(names: &[String]) -> String {
    let quoted = |name: &String| format!("\"{}\"", lapsewatch_core::sanitize::sanitize_line(name));
    let shown: Vec<String> = names.iter().take(MOST).map(quoted).collect();
    match (names.len(), names.len().saturating_sub(MOST)) {
        (0, _) => "The kubeconfig has no contexts".to_owned(),
        (1, _) => format!("Its only context is {}", shown.join("")),
        (_, 0) => format!("Its contexts are {}", shown.join(", ")),
        (_, more) => format!("Its contexts are {} and {more} more", shown.join(", ")),
    }
}

fn missing(paths: &[PathBuf]) -> String {
    let shown: Vec<String> = paths.iter().take(MOST).map(|path| format!("\"{}\"", path.display())).collect();
    if shown.is_empty() {
        String::new()
    } else {
        format!(". The files of KUBECONFIG do not exist: {}", shown.join(", "))
    }
}

/// Reads the configuration for `context` of `kubeconfig`. If `kubeconfig` is None, reads the files of KUBECONFIG or
/// `~/.kube/config`. If no context is given or found, uses the pod's service account.
///
/// # Errors
/// If no usable configuration is found. This function sends no request to the cluster.
pub async fn config(kubeconfig: Option<&Path>, context: Option<&str>) -> Result<Config, ConfigError> {
    let (kubeconfig, skipped) = match kubeconfig {
        Some(path) => (read_file(path)?, Vec::new()),
        None => read_found()?,
    };
    let name = context.map(str::to_owned).or_else(|| kubeconfig.current_context.clone());
    if kubeconfig.contexts.is_empty() && context.is_none() {
        return in_pod(skipped);
    }
    let known = || kubeconfig.contexts.iter().map(|context| context.name.clone()).collect();
    let Some(name) = name else { return Err(ConfigError::NoCurrentContext(known())) };
    let Some(chosen) = kubeconfig.contexts.iter().find(|known| known.name == name).and_then(|c| c.context.as_ref())
    else {
        return Err(ConfigError::NoContext { name, known: known() });
    };
    let cluster = kubeconfig.clusters.iter().find(|known| known.name == chosen.cluster);
    let proxy_url = cluster
        .and_then(|named| named.cluster.as_ref())
        .ok_or_else(|| ConfigError::NoCluster(chosen.cluster.clone()))?
        .proxy_url
        .clone()
        .filter(|url| !url.trim().is_empty());
    let environment = ProxyEnvironment::from_process();
    let options = KubeConfigOptions { context: Some(name), ..KubeConfigOptions::default() };
    let config = Config::from_custom_kubeconfig(kubeconfig, &options).await;
    let mut config = config.map_err(|error| explained(error, proxy_url.is_some()))?;
    config.proxy_url = match proxy_url {
        Some(url) => Some(usable(&url, "the kubeconfig's proxy-url")?),
        None => environment
            .proxy_for(&config.cluster_url)
            .map(|url| usable(url, "the environment variable HTTPS_PROXY"))
            .transpose()?,
    };
    Ok(config)
}

/// Returns the names of all contexts of the kubeconfig.
///
/// # Errors
/// If the kubeconfig can't be read.
pub fn contexts(kubeconfig: Option<&Path>) -> Result<Vec<String>, ConfigError> {
    let kubeconfig = match kubeconfig {
        Some(path) => read_file(path)?,
        None => read_found()?.0,
    };
    Ok(kubeconfig.contexts.into_iter().map(|context| context.name).collect())
}

fn usable(url: &str, place: &'static str) -> Result<http::Uri, ConfigError> {
    let error = |error| ConfigError::Proxy { place, error };
    Proxy::parse(url).map_err(error)?;
    // A URL without a scheme names an HTTP proxy.
    let url = if url.contains("://") { url.to_owned() } else { format!("http://{url}") };
    url.parse().map_err(|_| error(ProxyUrlError))
}

fn read_file(path: &Path) -> Result<Kubeconfig, ConfigError> {
    let read = Kubeconfig::read_from(path).map_err(|error| match error {
        KubeconfigError::ReadConfig(error, _) if error.kind() == io::ErrorKind::NotFound => {
            ConfigError::Missing(path.to_owned())
        }
        KubeconfigError::ReadConfig(error, _) if error.kind() != io::ErrorKind::InvalidData => {
            ConfigError::Unreadable(path.to_owned(), error.kind())
        }
        _ => ConfigError::Invalid(path.to_owned()),
    });
    let mut kubeconfig = read?;
    // kubectl writes an empty name if no context is chosen.
    kubeconfig.current_context = kubeconfig.current_context.filter(|name| !name.is_empty());
    Ok(kubeconfig)
}

/// Reads and merges the files of KUBECONFIG, or reads the kubeconfig in the home directory. Also returns the entries of
/// KUBECONFIG that do not exist.
fn read_found() -> Result<(Kubeconfig, Vec<PathBuf>), ConfigError> {
    let entries = std::env::var_os("KUBECONFIG").unwrap_or_default();
    let mut paths: Vec<PathBuf> = std::env::split_paths(&entries).filter(|path| !path.as_os_str().is_empty()).collect();
    let is_named = !paths.is_empty();
    if !is_named {
        paths.extend(std::env::home_dir().map(|home| home.join(".kube").join("config")));
    }
    let mut merged = Kubeconfig::default();
    let mut skipped = Vec::new();
    for path in paths {
        match read_file(&path) {
            Ok(next) => merged = merged.merge(next).map_err(|_| ConfigError::Merge)?,
            Err(ConfigError::Missing(path)) => skipped.extend(is_named.then_some(path)),
            Err(error) => return Err(error),
        }
    }
    Ok((merged, skipped))
}

fn in_pod(skipped: Vec<PathBuf>) -> Result<Config, ConfigError> {
    use kube::config::InClusterError;
    Config::incluster().map_err(|error| match error {
        InClusterError::ReadEnvironmentVariable(_) => ConfigError::Nothing(skipped),
        _ => ConfigError::ServiceAccount,
    })
}

/// Converts an error of kube. The result contains no text of kube, which may quote the content of a file.
fn explained(error: KubeconfigError, has_proxy_url: bool) -> ConfigError {
    let load = |what: &'static str, value: &'static str, error: LoadDataError| match error {
        LoadDataError::ReadFile(error, path) => ConfigError::File { what, path, kind: error.kind() },
        LoadDataError::DecodeBase64(_) | LoadDataError::NoBase64DataOrFile => ConfigError::Value(value),
    };
    match error {
        KubeconfigError::LoadCertificateAuthority(error) => {
            load("the certificate authority", "certificate-authority-data", error)
        }
        KubeconfigError::LoadClientCertificate(error) => {
            load("the client certificate", "client-certificate-data", error)
        }
        KubeconfigError::LoadClientKey(error) => load("the client key", "client-key-data", error),
        KubeconfigError::ParseCertificates(_) => ConfigError::Value("certificate-authority-data"),
        KubeconfigError::ParseProxyUrl(_) => ConfigError::Proxy {
            place: if has_proxy_url { "the kubeconfig's proxy-url" } else { "the environment variable HTTPS_PROXY" },
            error: ProxyUrlError,
        },
        _ => ConfigError::NoServer,
    }
}

/// Converts an error that appears only when the client is built, such as an unreadable file that the kubeconfig names.
pub fn unusable(error: KubeconfigError) -> ConfigError {
    explained(error, false)
}
