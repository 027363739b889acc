//! Explains why no connection to the API server could be made.
//!
//! Each reason is found by the type of an error in the chain of sources. No text of another program or library is kept,
//! because the text may contain output of a credential plugin.

use std::error::Error as StdError;
use std::fmt;
use std::io;

use chrono::{DateTime, SecondsFormat};
use kube::client::AuthError;
use rustls::{CertificateError, Error as TlsError};

use super::chain::{deepest_io, find, is_version_1};
use super::login::{LoginError, Plugin};
use super::lookup::LookupError;

/// A connection that could not be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unreachable {
    /// The connection to the API server or the proxy failed.
    Peer {
        /// The server whose connection failed.
        peer: Peer,
        /// The reason why the connection failed.
        trouble: ConnectionFault,
    },
    /// The credentials of the kubeconfig can't be used.
    Credentials(LoginError),
    /// No connection could be made, and the reason is unknown.
    Other,
}

/// The API server or the proxy, by host and port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Peer {
    /// The API server.
    Server(String),
    /// The proxy.
    Proxy(String),
}

/// A reason why the connection to the API server or the proxy failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConnectionFault {
    /// The host name was not resolved.
    UnknownHost,
    /// The connection was refused.
    Refused,
    /// No answer arrived within the time limit.
    TimedOut,
    /// The network has no route.
    NoRoute,
    /// The connection was closed before it could be used.
    Closed,
    /// The server does not use TLS.
    NotTls,
    /// Client and server support no common TLS version or cipher.
    Handshake,
    /// The server certificate was issued by an unknown authority.
    NotTrusted,
    /// The server certificate has expired. Contains the end of its validity, if known, in seconds since 1970.
    Expired(Option<i64>),
    /// The server certificate is not valid yet. Contains the start of its validity, if known, in seconds since 1970.
    NotYetValid(Option<i64>),
    /// The server certificate does not contain the requested name.
    OtherName {
        /// The requested name. Empty if unknown.
        expected: String,
        /// The names in the certificate.
        presented: Vec<String>,
    },
    /// The server certificate is X.509 version 1.
    Version1,
    /// The server certificate can't be used, for a reason without a variant here.
    BadCertificate,
    /// The server refused the TLS connection with an alert, for example because the client certificate is not accepted.
    RefusedByAlert,
    /// The proxy did not open a tunnel to the API server.
    NotPassedOn,
}

impl Unreachable {
    /// Finds the reason in the chain of sources of `error`. `server` is the host and port of the API server. None if
    /// the connection was established and broke later.
    pub fn find(error: &(dyn StdError + 'static), server: &str, plugin: &Plugin) -> Option<Self> {
        if let Some(found) = find::<Self>(error) {
            return Some(found.clone());
        }
        if let Some(error) = find::<AuthError>(error) {
            return Some(Self::Credentials(LoginError::from_auth(error, plugin)));
        }
        let is_connecting = find::<hyper_util::client::legacy::Error>(error).is_some_and(|error| error.is_connect());
        match ConnectionFault::find(error) {
            // In TLS 1.3 the server checks the client certificate after the client has finished the handshake (RFC
            // 8446, section 2). Therefore the server's alert arrives on an established connection.
            Some(trouble) if is_connecting || trouble == ConnectionFault::RefusedByAlert => {
                Some(Self::Peer { peer: Peer::Server(server.to_owned()), trouble })
            }
            _ => is_connecting.then_some(Self::Other),
        }
    }

    /// Returns the advice for the user, such as the setting to check.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Peer { peer, trouble } => trouble.advice(peer),
            Self::Credentials(credentials) => credentials.advice(),
            Self::Other => "Check that the cluster can be reached with kubectl get --raw /readyz.",
        }
    }
}

impl StdError for Unreachable {}

impl fmt::Display for Unreachable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Peer { peer, trouble } => trouble.write(peer, f),
            Self::Credentials(credentials) => credentials.fmt(f),
            Self::Other => f.write_str("the API server cannot be reached"),
        }
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Server(name) => write!(f, "the API server {name}"),
            Self::Proxy(name) => write!(f, "the proxy {name}"),
        }
    }
}

impl Peer {
    fn name(&self) -> &str {
        match self {
            Self::Server(name) | Self::Proxy(name) => name,
        }
    }
}

impl ConnectionFault {
    /// Returns the reason why a connection to a server failed, from the chain of sources of `error`. If no error of the
    /// chain is recognized, the result is `Closed`.
    pub fn from_error(error: &(dyn StdError + 'static)) -> Self {
        Self::find(error).unwrap_or(Self::Closed)
    }

    fn find(error: &(dyn StdError + 'static)) -> Option<Self> {
        if find::<LookupError>(error).is_some() {
            return Some(Self::UnknownHost);
        }
        if let Some(error) = find::<TlsError>(error) {
            return Some(Self::from_tls(error));
        }
        match deepest_io(error)?.kind() {
            io::ErrorKind::ConnectionRefused => Some(Self::Refused),
            io::ErrorKind::TimedOut => Some(Self::TimedOut),
            io::ErrorKind::HostUnreachable
            | io::ErrorKind::NetworkUnreachable
            | io::ErrorKind::AddrNotAvailable
            | io::ErrorKind::NotConnected => Some(Self::NoRoute),
            io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::UnexpectedEof => Some(Self::Closed),
            _ => None,
        }
    }

    fn from_tls(error: &TlsError) -> Self {
        match error {
            TlsError::InvalidCertificate(error) => Self::from_certificate(error),
            TlsError::NoCertificatesPresented | TlsError::UnsupportedNameType => Self::BadCertificate,
            TlsError::InvalidMessage(_) | TlsError::InappropriateMessage { .. } => Self::NotTls,
            TlsError::AlertReceived(_) => Self::RefusedByAlert,
            _ => Self::Handshake,
        }
    }

    fn from_certificate(error: &CertificateError) -> Self {
        match error {
            CertificateError::Expired => Self::Expired(None),
            CertificateError::ExpiredContext { not_after, .. } => Self::Expired(seconds(not_after.as_secs())),
            CertificateError::NotValidYet => Self::NotYetValid(None),
            CertificateError::NotValidYetContext { not_before, .. } => Self::NotYetValid(seconds(not_before.as_secs())),
            CertificateError::UnknownIssuer | CertificateError::BadSignature => Self::NotTrusted,
            CertificateError::NotValidForName => Self::OtherName { expected: String::new(), presented: Vec::new() },
            CertificateError::NotValidForNameContext { expected, presented } => {
                Self::OtherName { expected: expected.to_str().into_owned(), presented: presented.clone() }
            }
            error if is_version_1(error) => Self::Version1,
            _ => Self::BadCertificate,
        }
    }

    fn write(&self, peer: &Peer, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownHost => {
                let host = peer.name().rsplit_once(':').map_or(peer.name(), |(host, _)| host);
                match peer {
                    Peer::Server(_) => write!(f, "the host name \"{host}\" of the API server cannot be resolved"),
                    Peer::Proxy(_) => write!(f, "the host name \"{host}\" of the proxy cannot be resolved"),
                }
            }
            Self::Refused => write!(f, "{peer} refused the connection"),
            Self::TimedOut => write!(f, "{peer} did not answer in time"),
            Self::NoRoute => write!(f, "the network has no route to {peer}"),
            Self::Closed => write!(f, "{peer} closed the connection before it could be used"),
            Self::NotTls => write!(f, "{peer} does not use TLS"),
            Self::Handshake => write!(f, "{peer} and lapsewatch have no TLS version or cipher in common"),
            Self::NotTrusted => write!(f, "the certificate of {peer} was issued by an unknown authority"),
            Self::Expired(at) => {
                write!(f, "the certificate of {peer} expired")?;
                written(*at, f)
            }
            Self::NotYetValid(at) => {
                write!(f, "the certificate of {peer} is not valid yet")?;
                if at.is_some() {
                    f.write_str(", its validity begins")?;
                }
                written(*at, f)
            }
            Self::OtherName { expected, presented } => {
                write!(f, "the certificate of {peer} is for another name")?;
                if !expected.is_empty() {
                    write!(f, ": expected \"{expected}\", found {}", named(presented))?;
                }
                Ok(())
            }
            Self::Version1 => {
                write!(f, "the certificate of {peer} is X.509 version 1, and the TLS library accepts version 3 only")
            }
            Self::BadCertificate => write!(f, "the certificate of {peer} cannot be used"),
            Self::RefusedByAlert => write!(f, "{peer} refused the TLS connection"),
            Self::NotPassedOn => write!(f, "{peer} did not pass the connection on to the API server"),
        }
    }

    fn advice(&self, peer: &Peer) -> &'static str {
        match (self, peer) {
            (Self::NotPassedOn, _) => {
                "Check that the proxy allows the API server's address, and whether the proxy needs a user name and a \
password in its URL."
            }
            (Self::UnknownHost | Self::Refused | Self::TimedOut | Self::NoRoute | Self::Closed, Peer::Proxy(_)) => {
                "Check proxy-url in the kubeconfig and the environment variable HTTPS_PROXY, or name the API server in \
NO_PROXY."
            }
            (Self::NotTls | Self::Handshake, Peer::Proxy(_)) => {
                "Check the scheme of the proxy's URL: http:// for a proxy without TLS."
            }
            (Self::NotTrusted, Peer::Proxy(_)) => {
                "Have the proxy's certificate issued by an authority that this machine trusts, or use an http:// URL for \
the proxy."
            }
            (Self::OtherName { .. }, Peer::Proxy(_)) => {
                "Use one of the certificate's names in proxy-url or HTTPS_PROXY."
            }
            (Self::Expired(_) | Self::Version1 | Self::BadCertificate, Peer::Proxy(_)) => {
                "Have the proxy's administrator reissue its certificate."
            }
            (Self::RefusedByAlert, Peer::Proxy(_)) => {
                "Check with the proxy's administrator which TLS clients the proxy accepts."
            }
            (Self::UnknownHost | Self::NoRoute, _) => {
                "Check the server address in the kubeconfig, and whether this machine needs a VPN or a proxy."
            }
            (Self::Refused | Self::TimedOut | Self::Closed, _) => {
                "Check that the API server is running and that the server address in the kubeconfig is correct."
            }
            (Self::NotTls | Self::Handshake, _) => {
                "Check the port and the scheme of the server address in the kubeconfig."
            }
            (Self::NotTrusted, _) => {
                "Check certificate-authority-data in the kubeconfig: it must contain the authority that issued the API \
server's certificate."
            }
            (Self::Expired(_) | Self::Version1 | Self::BadCertificate, _) => {
                "Have the cluster's administrator reissue the API server's certificate."
            }
            (Self::NotYetValid(_), _) => "Check this machine's clock.",
            (Self::OtherName { .. }, _) => {
                "Use one of the certificate's names in the server address, or set tls-server-name in the kubeconfig."
            }
            (Self::RefusedByAlert, _) => "Check the client certificate of the kubeconfig's user: it may have expired.",
        }
    }
}

fn seconds(seconds: u64) -> Option<i64> {
    i64::try_from(seconds).ok()
}

fn written(at: Option<i64>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match at.and_then(|at| DateTime::from_timestamp(at, 0)) {
        Some(time) => write!(f, " at {}", time.to_rfc3339_opts(SecondsFormat::Secs, true)),
        None => Ok(()),
    }
}

/// Lists a few names of a certificate. rustls presents them in Rust's debug format: `DnsName("a")`,
/// `IpAddress(127.0.0.1)`.
fn named(presented: &[String]) -> String {
    const MOST: usize = 5;
    let bare = |name: &String| {
        let inner = name.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')')).unwrap_or(name);
        format!("\"{}\"", inner.trim_matches('"'))
    };
    let shown: Vec<String> = presented.iter().take(MOST).map(bare).collect();
    match (shown.is_empty(), presented.len().saturating_sub(MOST)) {
        (true, _) => "no name".to_owned(),
        (_, 0) => shown.join(", "),
        (_, more) => format!("{} and {more} more", shown.join(", ")),
    }
}
