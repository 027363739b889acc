//! Proxies in the test's own process: HTTP and SOCKS 5. Both forward every connection to one server.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

/// The requested targets: `name:port`, and the user name and password in base64.
pub type Asked = Arc<Mutex<Vec<(String, Option<String>)>>>;

pub struct Proxy {
    pub address: SocketAddr,
    asked: Asked,
}

impl Proxy {
    /// Starts an HTTP proxy. If `user` is given, requests without these credentials are refused.
    pub async fn http(server: SocketAddr, user: Option<&'static str>) -> Self {
        Self::listen(move |mut near, asked: Asked| async move {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(near.read_u8().await.ok()?);
            }
            let head = String::from_utf8(head).ok()?;
            let target = head.strip_prefix("CONNECT ")?.split(' ').next()?.to_owned();
            let given =
                head.lines().find_map(|line| line.strip_prefix("Proxy-Authorization: Basic ")).map(str::to_owned);
            asked.lock().unwrap().push((target, given.clone()));
            if user.is_some_and(|user| given.as_deref() != Some(user)) {
                near.write_all(b"HTTP/1.1 407 Who\r\nContent-Length: 0\r\n\r\n").await.ok()?;
                return None;
            }
            near.write_all(b"HTTP/1.1 200 Go\r\n\r\n").await.ok()?;
            let mut far = TcpStream::connect(server).await.ok()?;
            copy_bidirectional(&mut near, &mut far).await.ok()?;
            Some(())
        })
        .await
    }

    /// Starts a SOCKS 5 proxy without authentication (RFC 1928).
    pub async fn socks(server: SocketAddr) -> Self {
        Self::listen(move |mut near, asked: Asked| async move {
            let mut methods = [0; 2];
            near.read_exact(&mut methods).await.ok()?;
            let mut offered = vec![0; usize::from(methods[1])];
            near.read_exact(&mut offered).await.ok()?;
            near.write_all(&[5, 0]).await.ok()?;
            let mut request = [0; 4];
            near.read_exact(&mut request).await.ok()?;
            let host = match request[3] {
                1 => {
                    let mut address = [0; 4];
                    near.read_exact(&mut address).await.ok()?;
                    std::net::Ipv4Addr::from(address).to_string()
                }
                3 => {
                    let mut name = vec![0; usize::from(near.read_u8().await.ok()?)];
                    near.read_exact(&mut name).await.ok()?;
                    String::from_utf8(name).ok()?
                }
                _ => return None,
            };
            let port = near.read_u16().await.ok()?;
            asked.lock().unwrap().push((format!("{host}:{port}"), None));
            near.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await.ok()?;
            let mut far = TcpStream::connect(server).await.ok()?;
            copy_bidirectional(&mut near, &mut far).await.ok()?;
            Some(())
        })
        .await
    }

    async fn listen<F>(serve: impl Fn(TcpStream, Asked) -> F + Send + 'static) -> Self
    where
        F: Future<Output = Option<()>> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Asked::default();
        let of_proxy = asked.clone();
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                tokio::spawn(serve(near, of_proxy.clone()));
            }
        });
        Self { address, asked }
    }

    /// Returns the targets that were requested since the last call.
    pub fn asked(&self) -> Vec<(String, Option<String>)> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }
}
