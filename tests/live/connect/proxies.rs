//! Tests of proxies between the command and a real API server.

use std::net::SocketAddr;
use std::path::PathBuf;

use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::connect::empty_bed;
use crate::connect::program::Folder;
use crate::connect::proxy::Proxy;
use lapsewatch_test_support::cluster::bed::Bed;

/// A name that neither DNS nor the API server's certificate contains.
const NAME: &str = "api.lapsewatch.invalid";

/// Returns the API server's address.
async fn server(bed: &Bed) -> SocketAddr {
    let url = bed.config_as(None).await.cluster_url;
    format!("{}:{}", url.host().unwrap(), url.port_u16().unwrap()).parse().unwrap()
}

/// Writes a kubeconfig whose server name only a proxy can resolve.
fn by_name(folder: &Folder, bed: &Bed, more: Value) -> PathBuf {
    let text = std::fs::read_to_string(&bed.kubeconfig).unwrap();
    let mut kubeconfig: Value = serde_norway::from_str(&text).unwrap();
    let cluster = &mut kubeconfig["clusters"][0]["cluster"];
    cluster["server"] = format!("https://{NAME}:6443").into();
    cluster["tls-server-name"] = "kubernetes".into();
    cluster.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    folder.write("by-name", &kubeconfig.to_string())
}

#[tokio::test]
async fn the_proxy_of_the_environment_is_taken_unless_no_proxy_names_the_server() {
    let bed = empty_bed();
    let (folder, proxy) = (Folder::new(), Proxy::http(server(bed).await, None).await);
    let kubeconfig = by_name(&folder, bed, json!({}));
    let url = format!("http://{}", proxy.address);
    for name in ["HTTPS_PROXY", "https_proxy"] {
        folder.status(&kubeconfig, &[(name, &url)]).await.is_fine();
        let asked = proxy.asked();
        assert!(!asked.is_empty() && asked.iter().all(|(target, _)| *target == format!("{NAME}:6443")), "{asked:?}");
    }
    // kubectl behaves the same way.
    let mut kubectl = std::process::Command::new(bed.assets.join("kubectl"));
    kubectl.args(["get", "--raw", "/version", "--kubeconfig"]).arg(&kubeconfig).env("HTTPS_PROXY", &url);
    let kubectl = tokio::task::spawn_blocking(move || kubectl.output().unwrap()).await.unwrap();
    assert!(kubectl.status.success(), "{}", String::from_utf8_lossy(&kubectl.stderr));
    assert_eq!(proxy.asked().len(), 1);
    for exempt in [NAME, ".invalid", "*.lapsewatch.invalid", "10.0.0.0/8, ,api.lapsewatch.invalid:6443,", "*"] {
        let ran = folder.status(&kubeconfig, &[("HTTPS_PROXY", &url), ("NO_PROXY", exempt)]).await;
        ran.complains(&[&format!("the host name \"{NAME}\" of the API server cannot be resolved")]);
        assert_eq!(proxy.asked(), [], "NO_PROXY={exempt}");
    }
    // Requests to this machine itself do not use the proxy.
    folder.status(&bed.kubeconfig, &[("HTTPS_PROXY", &url)]).await.is_fine();
    assert_eq!(proxy.asked(), []);
}

#[tokio::test]
async fn the_proxy_of_the_kubeconfig_comes_first_and_its_password_goes_to_nobody_else() {
    let bed = empty_bed();
    // `user:pa@ss` in base64, the output of `printf user:pa@ss | base64`.
    let (folder, proxy) = (Folder::new(), Proxy::http(server(bed).await, Some("dXNlcjpwYUBzcw==")).await);
    let url = |user: &str| format!("http://{user}{}", proxy.address);
    let kubeconfig = by_name(&folder, bed, json!({"proxy-url": url("user:pa%40ss@")}));
    // The environment variables are ignored if the kubeconfig has a proxy.
    let environment = [("HTTPS_PROXY", "http://127.0.0.1:1"), ("NO_PROXY", "*")];
    folder.status(&kubeconfig, &environment).await.is_fine();
    assert!(!proxy.asked().is_empty());
    for wrong in ["", "user:wr0ng-word@"] {
        let kubeconfig = by_name(&folder, bed, json!({"proxy-url": url(wrong)}));
        let ran = folder.status(&kubeconfig, &[]).await;
        ran.complains(&[
            &format!("the proxy {} did not pass the connection on to the API server", proxy.address),
            "a user name and a password",
        ]);
        assert!(!ran.err.contains("wr0ng-word"), "{}", ran.err);
    }
}

#[tokio::test]
async fn a_proxy_by_socks_resolves_the_name() {
    let bed = empty_bed();
    let (folder, proxy) = (Folder::new(), Proxy::socks(server(bed).await).await);
    for scheme in ["socks5", "socks5h"] {
        let url = format!("{scheme}://{}", proxy.address);
        let kubeconfig = by_name(&folder, bed, json!({"proxy-url": url}));
        folder.status(&kubeconfig, &[]).await.is_fine();
        let asked = proxy.asked();
        assert!(!asked.is_empty() && asked.iter().all(|(target, _)| *target == format!("{NAME}:6443")), "{asked:?}");
    }
}

#[tokio::test]
async fn a_proxy_that_cannot_be_used_is_named() {
    let bed = empty_bed();
    let folder = Folder::new();
    let kubeconfig = by_name(&folder, bed, json!({}));
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    for scheme in ["http", "https", "socks5"] {
        let url = format!("{scheme}://user:pa55word@127.0.0.1:{port}");
        let ran = folder.status(&kubeconfig, &[("HTTPS_PROXY", &url)]).await;
        ran.complains(&[&format!("the proxy 127.0.0.1:{port} refused the connection"), "HTTPS_PROXY", "NO_PROXY"]);
        assert!(!ran.err.contains("pa55word"), "{}", ran.err);
    }
    let ran = folder.status(&kubeconfig, &[("HTTPS_PROXY", "http://proxy.lapsewatch.invalid:3128")]).await;
    ran.complains(&["the host name \"proxy.lapsewatch.invalid\" of the proxy cannot be resolved"]);
    for url in ["ftp://user:pa55word@proxy:21", "http://user:pa 55word@proxy"] {
        let ran = folder.status(&kubeconfig, &[("HTTPS_PROXY", url)]).await;
        ran.complains(&["the proxy URL in the environment variable HTTPS_PROXY", "not a URL with the scheme"]);
        assert!(!ran.err.contains("55word"), "{}", ran.err);
        let another = Folder::new();
        let kubeconfig = by_name(&another, bed, json!({"proxy-url": url}));
        let ran = folder.status(&kubeconfig, &[]).await;
        ran.complains(&["the proxy URL in the kubeconfig's proxy-url", "not a URL with the scheme"]);
        assert!(!ran.err.contains("55word"), "{}", ran.err);
    }
}
