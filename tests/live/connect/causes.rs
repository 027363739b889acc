//! Tests of the messages for each way in which a server can't be used.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::connect::empty_bed;
use crate::connect::program::{Folder, Ran, data, tls};

/// Starts a TLS server with this certificate, and returns its port.
async fn server(certificate: &str) -> u16 {
    let chain = vec![CertificateDer::from_pem_file(tls(certificate)).unwrap()];
    let key = PrivateKeyDer::from_pem_file(tls("server.key")).unwrap();
    let config =
        ServerConfig::builder_with_provider(Arc::new(default_provider())).with_safe_default_protocol_versions();
    let config = config.unwrap().with_no_client_auth().with_single_cert(chain, key).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                if let Ok(mut stream) = acceptor.accept(stream).await {
                    // The client sends first, so the server waits for the request.
                    assert!(stream.read(&mut [0; 4096]).await.unwrap_or(0) > 0);
                    stream.write_all(b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n").await.ok();
                }
            });
        }
    });
    port
}

async fn status(cluster: Value) -> Ran {
    let folder = Folder::new();
    let kubeconfig = folder.kubeconfig(cluster, json!({"token": "hunter2"}));
    let ran = folder.status(&kubeconfig, &[]).await;
    assert!(!ran.err.contains("hunter2") && !ran.out.contains("hunter2"), "{}", ran.err);
    ran
}

/// Runs the operator against the same server until its log contains `part`.
async fn run(cluster: Value, part: &str) {
    let folder = Folder::new();
    let kubeconfig = folder.kubeconfig(cluster, json!({"token": "hunter2"}));
    let log = folder.write("log", "");
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_lapsewatch"))
        .args(["run", "--kubeconfig", kubeconfig.to_str().unwrap()])
        .env_remove("HTTPS_PROXY")
        .stderr(std::fs::File::create(&log).unwrap())
        .spawn()
        .unwrap();
    let begun = std::time::Instant::now();
    let found = loop {
        let text = std::fs::read_to_string(&log).unwrap();
        if text.contains(part) || begun.elapsed().as_secs() > 60 {
            break text;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    };
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(found.contains(part), "{found}");
    assert!(!found.contains("hunter2"), "{found}");
}

#[tokio::test]
async fn a_certificate_that_is_not_trusted_is_named() {
    let port = server("good.pem").await;
    let cluster = |authority: &str| json!({"server": format!("https://localhost:{port}"), "certificate-authority-data": data(authority)});
    let said = format!("the certificate of the API server localhost:{port} was issued by an unknown authority");
    status(cluster("other-ca.pem")).await.complains(&[&said, "Check certificate-authority-data"]);
    run(cluster("other-ca.pem"), &said).await;
    // With the correct CA the server is reached.
    status(cluster("ca.pem")).await.complains(&["the API server answered 500"]);
}

#[tokio::test]
async fn a_certificate_that_has_expired_is_named_with_its_time() {
    let cluster =
        |port| json!({"server": format!("https://localhost:{port}"), "certificate-authority-data": data("ca.pem")});
    let port = server("expired.pem").await;
    let said = format!("the certificate of the API server localhost:{port} expired at 2025-01-02T03:04:05Z");
    status(cluster(port)).await.complains(&[&said, "reissue"]);
    let port = server("not-yet.pem").await;
    status(cluster(port)).await.complains(&["is not valid yet, its validity begins at 2125-01-01T00:00:00Z", "clock"]);
}

#[tokio::test]
async fn a_certificate_for_another_name_is_named_with_its_names() {
    let port = server("other-name.pem").await;
    let cluster = json!({"server": format!("https://localhost:{port}"), "certificate-authority-data": data("ca.pem")});
    status(cluster).await.complains(&[
        "is for another name: expected \"localhost\", found \"api.example.com\", \"api.internal\"",
        "tls-server-name",
    ]);
    let cluster = json!({"server": format!("https://localhost:{port}"), "tls-server-name": "api.internal",
        "certificate-authority-data": data("ca.pem")});
    status(cluster).await.complains(&["the API server answered 500"]);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named() {
    let cluster = |server: &str| json!({"server": server});
    // A port that was free a moment ago, so no process listens there.
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let refused = cluster(&format!("https://127.0.0.1:{port}"));
    let said = format!("the API server 127.0.0.1:{port} refused the connection");
    status(refused.clone()).await.complains(&[&said, "Check that the API server is running"]);
    run(refused, &said).await;
    // RFC 6761, section 6.4, reserves the domain `invalid.`, so this name never resolves.
    let unknown = cluster("https://api.lapsewatch.invalid:6443");
    let said = "the host name \"api.lapsewatch.invalid\" of the API server cannot be resolved";
    status(unknown.clone()).await.complains(&[said, "Check the server address"]);
    run(unknown, said).await;
}

#[tokio::test]
async fn a_server_without_tls_and_one_that_hangs_up_are_told_apart() {
    let listen = |answer: &'static [u8]| async move {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    // The client sends first, so the server waits for its first bytes.
                    assert!(stream.read(&mut [0; 4096]).await.unwrap_or(0) > 0);
                    stream.write_all(answer).await.ok();
                });
            }
        });
        json!({"server": format!("https://localhost:{port}"), "certificate-authority-data": data("ca.pem")})
    };
    status(listen(b"HTTP/1.0 400 Bad Request\r\n\r\n").await).await.complains(&["does not use TLS", "scheme"]);
    status(listen(b"").await).await.complains(&["closed the connection before it could be used"]);
}

#[tokio::test]
async fn every_request_says_who_asks() {
    let bed = empty_bed();
    let before = bed.mark();
    let folder = Folder::new();
    folder.status(&bed.kubeconfig, &[]).await.is_fine();
    let agent = format!("lapsewatch/{}", env!("CARGO_PKG_VERSION"));
    let asked = bed.audit(before);
    let ours = |resource: &str| {
        lapsewatch_test_support::cluster::audit::count(&asked, |r| r.user_agent == agent && r.resource == resource)
    };
    assert!(ours("tenantcredentials") > 0 && ours("mdmtenants") > 0, "{asked:#?}");
    // Every request has a user agent.
    assert_eq!(lapsewatch_test_support::cluster::audit::count(&asked, |r| r.user_agent.is_empty()), 0, "{asked:#?}");
}
