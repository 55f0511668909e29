//! A wire to PostgreSQL that counts round trips: a proxy which reads the client's side of the protocol.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy},
    net::{TcpListener, TcpStream, tcp::OwnedReadHalf, tcp::OwnedWriteHalf},
};
use tokio_util::sync::{CancellationToken, DropGuard};

pub struct Wire {
    pub port: u16,
    trips: Arc<AtomicUsize>,
    _stop: DropGuard,
}

impl Wire {
    /// A wire to a server that does not speak TLS.
    pub async fn to(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a loopback port");
        let port = listener.local_addr().expect("a bound address").port();
        let (trips, stop) = (Arc::<AtomicUsize>::default(), CancellationToken::new());
        let (count, ending) = (Arc::clone(&trips), stop.clone());
        tokio::spawn(stop.clone().run_until_cancelled_owned(async move {
            while let Ok((client, _)) = listener.accept().await {
                let Ok(server) = TcpStream::connect(("127.0.0.1", server)).await else { continue };
                let ((from_client, mut to_client), (mut from_server, to_server)) =
                    (client.into_split(), server.into_split());
                let up = forward(from_client, to_server, Arc::clone(&count));
                tokio::spawn(ending.clone().run_until_cancelled_owned(up));
                tokio::spawn(ending.clone().run_until_cancelled_owned(async move {
                    // Either side may end a connection as it likes.
                    let _ended = copy(&mut from_server, &mut to_client).await;
                }));
            }
        }));
        Self { port, trips, _stop: stop.drop_guard() }
    }

    /// Round trips so far, logins not counted.
    pub fn trips(&self) -> usize {
        self.trips.load(Ordering::SeqCst)
    }
}

/// Forwards message by message, and counts those that the server answers at once: Sync and simple queries.
async fn forward(
    mut client: OwnedReadHalf,
    mut server: OwnedWriteHalf,
    count: Arc<AtomicUsize>,
) -> Option<()> {
    // The first message has no type.
    let length = client.read_u32().await.ok()?;
    pass(&mut client, &mut server, &length.to_be_bytes(), length).await?;
    loop {
        let kind = client.read_u8().await.ok()?;
        let length = client.read_u32().await.ok()?;
        if matches!(kind, b'S' | b'Q') {
            count.fetch_add(1, Ordering::SeqCst);
        }
        let mut head = vec![kind];
        head.extend(length.to_be_bytes());
        pass(&mut client, &mut server, &head, length).await?;
    }
}

async fn pass(
    client: &mut OwnedReadHalf,
    server: &mut OwnedWriteHalf,
    head: &[u8],
    length: u32,
) -> Option<()> {
    let mut message = head.to_vec();
    message.resize(head.len() + length as usize - 4, 0);
    client.read_exact(&mut message[head.len()..]).await.ok()?;
    server.write_all(&message).await.ok()
}
