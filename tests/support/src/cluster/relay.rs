//! A relay to the API server that a test can cut or freeze, like a network that fails without an error to either side.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub struct Relay {
    /// The address to connect to instead of the server's.
    pub address: SocketAddr,
    open: watch::Sender<bool>,
    /// True while the server's answers are forwarded.
    answers: watch::Sender<bool>,
    freezes: watch::Sender<u32>,
    accepting: JoinHandle<()>,
}

impl Relay {
    /// Forwards all connections to this server.
    pub async fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (open, answers) = (watch::Sender::new(true), watch::Sender::new(true));
        let (state, answered) = (open.subscribe(), answers.subscribe());
        let freezes = watch::Sender::new(0);
        let frozen = freezes.subscribe();
        let accepting = tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let (mut state, answered, mut frozen) = (state.clone(), answered.clone(), frozen.clone());
                frozen.borrow_and_update();
                tokio::spawn(async move {
                    // While the relay is cut, new connections are closed.
                    if !*state.borrow_and_update() {
                        return;
                    }
                    let Ok(mut far) = TcpStream::connect(server).await else { return };
                    tokio::select! {
                        _ = pass_on(&mut near, &mut far, answered) => {}
                        _ = state.changed() => {}
                        // A frozen connection gets no more data, and is not closed.
                        _ = frozen.changed() => { state.changed().await.ok(); }
                    }
                });
            }
        });
        Self { address, open, answers, freezes, accepting }
    }

    /// Holds back the server's answers until [`Self::release_answers`]. Requests still reach the server.
    pub fn hold_answers(&self) {
        self.answers.send_replace(false);
    }

    /// Forwards the answers that were held back, and all later answers.
    pub fn release_answers(&self) {
        self.answers.send_replace(true);
    }

    /// Cuts all connections, and refuses new connections.
    pub async fn cut(&self) {
        self.open.send_replace(false);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }

    /// Stops forwarding on the existing connections without closing them. New connections work normally.
    pub async fn freeze(&self) {
        self.freezes.send_modify(|freezes| *freezes += 1);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }

    /// Accepts connections again.
    pub fn mend(&self) {
        self.open.send_replace(true);
    }
}

/// Forwards both directions until one of them ends.
async fn pass_on(
    near: &mut TcpStream,
    far: &mut TcpStream,
    mut answered: watch::Receiver<bool>,
) -> std::io::Result<()> {
    let (mut near_in, mut near_out) = near.split();
    let (mut far_in, mut far_out) = far.split();
    let answers = async {
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let length = far_in.read(&mut buffer).await?;
            if length == 0 {
                return near_out.shutdown().await;
            }
            answered.wait_for(|passes| *passes).await.ok();
            near_out.write_all(&buffer[..length]).await?;
        }
    };
    tokio::select! {
        result = tokio::io::copy(&mut near_in, &mut far_out) => result.map(drop),
        result = answers => result,
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}
