//! Explains why the credentials of a kubeconfig can't be used. Output of a credential plugin is discarded, because it
//! may contain a credential.

use std::fmt;
use std::io;

use kube::client::{AuthError, RustlsTlsError};
use rustls::Error as TlsError;

use super::chain::is_version_1;

/// A reason why the credentials of the kubeconfig can't be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoginError {
    /// The client certificate is X.509 version 1.
    ClientCertificateVersion1,
    /// The client certificate or its private key can't be used.
    ClientCertificate,
    /// The program of the exec plugin does not exist.
    PluginMissing {
        /// The program.
        program: String,
        /// The kubeconfig's `installHint`.
        hint: Option<String>,
    },
    /// The program of the exec plugin could not be started. Contains the program.
    PluginNotStarted(String),
    /// The program of the exec plugin failed.
    PluginFailed {
        /// The program.
        program: String,
        /// The exit code. None if a signal ended the program.
        code: Option<i32>,
    },
    /// The program of the exec plugin printed no valid credential. Contains the program.
    PluginOutput(String),
    /// The token file can't be read. Contains its path.
    TokenFile(String),
    /// The kubeconfig's authentication method is not supported.
    NotSupported,
    /// The token or password contains characters that are not valid in an HTTP header.
    NoHeader,
}

/// The exec plugin of a kubeconfig's user.
#[derive(Debug, Clone, Default)]
pub struct Plugin {
    /// The program. None if the user has no exec plugin.
    pub program: Option<String>,
    /// The kubeconfig's `installHint`, trimmed and sanitized.
    pub hint: Option<String>,
}

impl LoginError {
    /// Converts an authentication error of kube.
    pub(super) fn from_auth(error: &AuthError, plugin: &Plugin) -> Self {
        let program = || plugin.program.clone().unwrap_or_default();
        match error {
            AuthError::AuthExecStart(error) if error.kind() == io::ErrorKind::NotFound => {
                Self::PluginMissing { program: program(), hint: plugin.hint.clone() }
            }
            AuthError::AuthExecStart(_) => Self::PluginNotStarted(program()),
            AuthError::AuthExecRun { out, .. } => Self::PluginFailed { program: program(), code: out.status.code() },
            AuthError::AuthExecParse(_)
            | AuthError::ExecPluginFailed
            | AuthError::UnrefreshableTokenResponse
            | AuthError::MalformedTokenExpirationDate(_)
            | AuthError::ParseTokenKey(_) => Self::PluginOutput(program()),
            AuthError::ReadTokenFile(_, path) => Self::TokenFile(path.display().to_string()),
            AuthError::InvalidBasicAuth(_) | AuthError::InvalidBearerToken(_) => Self::NoHeader,
            _ => Self::NotSupported,
        }
    }

    /// Converts a TLS error of kube. None if the error does not concern the client certificate.
    pub fn from_tls(error: &RustlsTlsError) -> Option<Self> {
        match error {
            RustlsTlsError::InvalidPrivateKey(TlsError::InvalidCertificate(error)) if is_version_1(error) => {
                Some(Self::ClientCertificateVersion1)
            }
            RustlsTlsError::InvalidPrivateKey(_)
            | RustlsTlsError::InvalidIdentityPem(_)
            | RustlsTlsError::MissingPrivateKey
            | RustlsTlsError::MissingCertificate
            | RustlsTlsError::UnknownPrivateKeyFormat => Some(Self::ClientCertificate),
            _ => None,
        }
    }

    /// Returns the advice for the user, such as the setting to check.
    pub(super) fn advice(&self) -> &'static str {
        match self {
            Self::ClientCertificateVersion1 => {
                "Reissue the certificate as version 3, for example with openssl x509 -req -extfile FILE. FILE must contain \
extendedKeyUsage=clientAuth."
            }
            Self::ClientCertificate => {
                "Check client-certificate and client-key of the kubeconfig's user: PEM files that belong together."
            }
            Self::PluginMissing { .. } => "Install the program, or check the command in the kubeconfig.",
            Self::PluginNotStarted(_) | Self::PluginFailed { .. } | Self::PluginOutput(_) => {
                "Run kubectl get --raw /readyz with the same kubeconfig to see what the program reports."
            }
            Self::TokenFile(_) => "Check tokenFile of the kubeconfig's user.",
            Self::NotSupported => "Use a client certificate, a token or an exec plugin in the kubeconfig.",
            Self::NoHeader => {
                "Log in again, and check that a token file contains the token alone, without a line break."
            }
        }
    }
}

impl fmt::Display for LoginError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ClientCertificateVersion1 => f.write_str(
                "the client certificate of the kubeconfig's user is X.509 version 1, and the TLS library accepts \
version 3 only",
            ),
            Self::ClientCertificate => {
                f.write_str("the client certificate of the kubeconfig's user or its private key cannot be used")
            }
            Self::PluginMissing { program, hint } => {
                write!(f, "the program \"{program}\", which the kubeconfig runs for credentials, was not found")?;
                hint.as_deref().map_or(Ok(()), |hint| write!(f, ". The kubeconfig's hint: {hint}"))
            }
            Self::PluginNotStarted(program) => {
                write!(f, "the program \"{program}\", which the kubeconfig runs for credentials, could not be started")
            }
            Self::PluginFailed { program, code } => {
                write!(f, "the program \"{program}\", which the kubeconfig runs for credentials, failed")?;
                code.map_or(Ok(()), |code| write!(f, " with exit code {code}"))
            }
            Self::PluginOutput(program) => {
                write!(f, "the program \"{program}\", which the kubeconfig runs for credentials, printed no credential")
            }
            Self::TokenFile(path) => write!(f, "the token file \"{path}\" of the kubeconfig's user cannot be read"),
            Self::NotSupported => f.write_str("lapsewatch does not support the kubeconfig's way to log in"),
            Self::NoHeader => {
                f.write_str("the token or password of the kubeconfig's user has characters that HTTP does not allow")
            }
        }
    }
}
