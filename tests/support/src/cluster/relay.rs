//! A connection to the API server that a test can cut: what a network does, without a word to either side's program.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub struct Relay {
    /// Where to connect to instead.
    pub address: SocketAddr,
    open: watch::Sender<bool>,
    /// True while the server's answers are passed on.
    answers: watch::Sender<bool>,
    freezes: watch::Sender<u32>,
    accepting: JoinHandle<()>,
}

impl Relay {
    /// Passes on all connections to this server.
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
                    // While it is cut, what connects is hung up on.
                    if !*state.borrow_and_update() {
                        return;
                    }
                    let Ok(mut far) = TcpStream::connect(server).await else { return };
                    tokio::select! {
                        _ = pass_on(&mut near, &mut far, answered) => {}
                        _ = state.changed() => {}
                        // Not a byte more, and no end.
                        _ = frozen.changed() => { state.changed().await.ok(); }
                    }
                });
            }
        });
        Self { address, open, answers, freezes, accepting }
    }

    /// Holds back what the server answers, until [`Self::release_answers`]. Requests reach it.
    pub fn hold_answers(&self) {
        self.answers.send_replace(false);
    }

    /// Passes on what was held back, and what follows.
    pub fn release_answers(&self) {
        self.answers.send_replace(true);
    }

    /// Cuts all connections, and takes none.
    pub async fn cut(&self) {
        self.open.send_replace(false);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }

    /// Passes nothing on any more on the connections that there are, and does not end them. New ones are as any.
    pub async fn freeze(&self) {
        self.freezes.send_modify(|freezes| *freezes += 1);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }

    /// Takes connections again.
    pub fn mend(&self) {
        self.open.send_replace(true);
    }
}

/// Passes on both directions until one of them ends.
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
