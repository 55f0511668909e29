//! One connection through a link, from its client to the server and back.

use std::io;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use super::link::{Passage, reset};
use super::mode::Mode;
use super::pump::pump;
use super::target::Reached;

/// Forwards until both sides have closed. When either breaks, the server can't be reached, or the link cuts it, the
/// client sees a reset.
pub(super) async fn serve(mut client: TcpStream, passage: Passage) {
    let cut = passage.cut.clone();
    match cut.run_until_cancelled(forward(&mut client, &passage)).await {
        Some(Ok(())) => return,
        Some(Err(error)) => {
            let (link, target) = (passage.link.name(), passage.link.target());
            tracing::debug!(link, %target, %error, "a connection broke");
        }
        None => {}
    }
    reset(&client);
}

async fn forward(client: &mut TcpStream, passage: &Passage) -> io::Result<()> {
    client.set_nodelay(true)?;
    // A frozen server takes connections, and is not asked for more.
    let mut mode = passage.mode.clone();
    mode.wait_for(|mode| *mode != Mode::Hang).await.map_err(io::Error::other)?;
    match passage.link.target().connect().await? {
        Reached::Tcp(mut server) => both(client.split(), server.split(), passage).await,
        Reached::Unix(mut server) => both(client.split(), server.split(), passage).await,
    }
}

/// Each way ends by itself: a side that has said all may still listen.
async fn both(
    client: (impl AsyncRead + Unpin, impl AsyncWrite + Unpin),
    server: (impl AsyncRead + Unpin, impl AsyncWrite + Unpin),
    passage: &Passage,
) -> io::Result<()> {
    let traffic = passage.link.traffic();
    tokio::try_join!(
        pump(client.0, server.1, passage.mode.clone(), &traffic.bytes_in),
        pump(server.0, client.1, passage.mode.clone(), &traffic.bytes_out),
    )?;
    Ok(())
}
