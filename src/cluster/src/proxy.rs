//! Chooses the proxy for an API server as kubectl does: `proxy-url` of the kubeconfig's cluster, else the environment
//! variables HTTPS_PROXY, HTTP_PROXY and NO_PROXY.

use std::net::IpAddr;

use http::{HeaderValue, Uri};
use hyper_util::client::proxy::matcher::Matcher;

/// A proxy. Its address does not contain the user name and password.
#[derive(Clone)]
pub enum Proxy {
    /// An HTTP proxy, used with the method CONNECT (RFC 9110, section 9.3.6).
    Http {
        /// The address. The scheme is https if the connection to the proxy uses TLS.
        uri: Uri,
        /// The user name and password as the value of the header Proxy-Authorization.
        auth: Option<HeaderValue>,
    },
    /// A SOCKS version 5 proxy (RFC 1928). The proxy resolves host names.
    Socks {
        /// The address.
        uri: Uri,
        /// The user name and password.
        auth: Option<(String, String)>,
    },
}

/// A proxy URL that can't be used. The error does not contain the URL, because the URL may contain a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a URL with the scheme http, https or socks5")]
pub struct ProxyUrlError;

impl Proxy {
    /// Parses the URL of a proxy.
    ///
    /// # Errors
    /// If `url` is not a URL, or its scheme is not http, https, socks5 or socks5h.
    pub fn parse(url: &str) -> Result<Self, ProxyUrlError> {
        // The matcher is used only to split the proxy URL. It needs some server, and any server works.
        let proxy = Matcher::builder().https(url).build().intercept(&Uri::from_static("https://server"));
        let proxy = proxy.ok_or(ProxyUrlError)?;
        let uri = proxy.uri().clone();
        match uri.scheme_str() {
            Some("http" | "https") => Ok(Self::Http { uri: uri.clone(), auth: proxy.basic_auth().cloned() }),
            Some("socks5" | "socks5h") => {
                let auth = proxy.raw_auth().map(|(user, password)| (user.to_owned(), password.to_owned()));
                Ok(Self::Socks { uri, auth })
            }
            _ => Err(ProxyUrlError),
        }
    }
}

/// The proxy settings of the environment.
#[derive(Debug, Clone, Default)]
pub struct ProxyEnvironment {
    /// The value of HTTPS_PROXY or https_proxy.
    pub https: Option<String>,
    /// The value of HTTP_PROXY or http_proxy.
    pub http: Option<String>,
    /// The value of NO_PROXY or no_proxy.
    pub exempt: Option<String>,
}

impl ProxyEnvironment {
    /// Reads the environment variables of this process.
    pub fn from_process() -> Self {
        let first = |names: [&str; 2]| {
            names.into_iter().filter_map(|name| std::env::var(name).ok()).find(|value| !value.trim().is_empty())
        };
        Self {
            https: first(["HTTPS_PROXY", "https_proxy"]),
            http: first(["HTTP_PROXY", "http_proxy"]),
            exempt: first(["NO_PROXY", "no_proxy"]),
        }
    }

    /// Returns the URL of the proxy for this server. Loopback addresses never use a proxy, as in Go's
    /// `golang.org/x/net/http/httpproxy`, which kubectl uses.
    pub fn proxy_for(&self, server: &Uri) -> Option<&str> {
        let url = if server.scheme_str() == Some("http") { self.http.as_deref()? } else { self.https.as_deref()? };
        let host = server.host()?.trim_start_matches('[').trim_end_matches(']');
        let is_local = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        (!is_local && !self.exempts(server)).then_some(url)
    }

    /// True if NO_PROXY lists the server by name, domain, address or network, each with or without a port.
    fn exempts(&self, server: &Uri) -> bool {
        let Some(exempt) = &self.exempt else { return false };
        let port = port(server);
        let entries: Vec<String> = exempt.split(',').filter_map(|entry| normalized(entry.trim(), port)).collect();
        // The proxy URL does not matter, because only the exemption is evaluated.
        let matcher = Matcher::builder().all("http://proxy").no(entries.join(",")).build();
        matcher.intercept(server).is_none()
    }
}

/// Converts an entry of NO_PROXY to the matcher's syntax, which has no ports. None if the entry has a port other than
/// `port`.
fn normalized(entry: &str, port: u16) -> Option<String> {
    let entry = entry.strip_prefix("*.").map_or_else(|| entry.to_owned(), |domain| format!(".{domain}"));
    let of_host = |host: &str| host.trim_start_matches('[').trim_end_matches(']').to_owned();
    if entry.parse::<IpAddr>().is_ok() {
        return Some(entry);
    }
    match entry.rsplit_once(':') {
        Some((host, given)) if given.bytes().all(|byte| byte.is_ascii_digit()) => {
            (given.parse() == Ok(port)).then(|| of_host(host))
        }
        _ => Some(of_host(&entry)),
    }
}

fn port(server: &Uri) -> u16 {
    server.port_u16().unwrap_or(if server.scheme_str() == Some("http") { 80 } else { 443 })
}

/// Returns host and port for messages, without user name and password.
pub fn address(server: &Uri) -> String {
    format!("{}:{}", server.host().unwrap_or_default(), port(server))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(exempt: &str, server: &str) -> bool {
        let environment = ProxyEnvironment {
            https: Some("http://proxy:3128".to_owned()),
            http: None,
            exempt: Some(exempt.to_owned()),
        };
        environment.proxy_for(&server.parse().unwrap()).is_some()
    }

    #[test]
    fn no_proxy_is_read_as_kubectl_reads_it() {
        for (exempt, server, is_proxied) in [
            ("", "https://api.example.com:6443", true),
            ("", "https://localhost:6443", false),
            ("", "https://127.0.0.1:6443", false),
            ("", "https://[::1]:6443", false),
            ("", "https://10.0.0.1", true),
            ("*", "https://api.example.com", false),
            ("api.example.com", "https://api.example.com:6443", false),
            ("example.com", "https://api.example.com", false),
            (".example.com", "https://api.example.com", false),
            ("*.example.com", "https://api.example.com", false),
            ("other.com, ,example.com,", "https://api.example.com", false),
            ("example.com", "https://notexample.com", true),
            ("api.example.com:6443", "https://api.example.com:6443", false),
            ("api.example.com:443", "https://api.example.com", false),
            ("api.example.com:443", "https://api.example.com:6443", true),
            ("10.0.0.0/8", "https://10.2.3.4:6443", false),
            ("10.0.0.0/8", "https://11.2.3.4:6443", true),
            ("10.2.3.4", "https://10.2.3.4:6443", false),
            ("10.2.3.4:6443", "https://10.2.3.4:6443", false),
            ("fd00::/8", "https://[fd00::1]:6443", false),
            ("fd00::1", "https://[fd00::1]:6443", false),
            ("[fd00::1]:6443", "https://[fd00::1]:6443", false),
        ] {
            assert_eq!(chosen(exempt, server), is_proxied, "NO_PROXY={exempt} {server}");
        }
    }

    #[test]
    fn a_server_without_tls_is_asked_through_the_other_variable() {
        let environment = ProxyEnvironment { https: Some("http://a".to_owned()), ..ProxyEnvironment::default() };
        assert_eq!(environment.proxy_for(&"http://api.example.com".parse().unwrap()), None);
    }

    #[test]
    fn a_url_gives_the_address_without_the_password() {
        let shown = |url: &str| match Proxy::parse(url) {
            Ok(Proxy::Http { uri, auth }) => format!("{} {}", address(&uri), auth.is_some()),
            Ok(Proxy::Socks { uri, auth }) => format!("socks {} {auth:?}", address(&uri)),
            Err(error) => error.to_string(),
        };
        assert_eq!(shown("http://user:pa%40ss@proxy:3128"), "proxy:3128 true");
        assert_eq!(shown("proxy.example:3128"), "proxy.example:3128 false");
        assert_eq!(shown("https://proxy"), "proxy:443 false");
        assert_eq!(shown("socks5://u:p@proxy:1080"), "socks proxy:1080 Some((\"u\", \"p\"))");
        for wrong in ["ftp://proxy", "http://", "http://user:pa^ss@proxy", "socks4://proxy:1080"] {
            assert_eq!(shown(wrong), "not a URL with the scheme http, https or socks5", "{wrong}");
        }
    }
}
