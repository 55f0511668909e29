//! One way of a connection: what is read is written, when the link's mode lets it.

use std::collections::VecDeque;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::{Buf as _, Bytes};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::mode::Mode;

/// The largest chunk, in bytes.
const CHUNK: usize = 16 * 1024;
/// Bytes that may wait. When so many do, no more are read, and the sender's own buffers fill.
const MOST_BYTES: usize = 128 * 1024;
/// Chunks that may wait, for those of a few bytes.
const MOST_CHUNKS: usize = 1_024;

/// Forwards from one side to the other until the end, and hands that on too. `count` counts bytes that were written.
///
/// # Errors
/// When either side breaks, or the link is gone.
pub(super) async fn pump(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut mode: watch::Receiver<Mode>,
    count: &AtomicU64,
) -> io::Result<()> {
    let (mut waiting, mut buffer) = (Waiting::default(), vec![0; CHUNK]);
    loop {
        // Looked at again after each change: a connection that waits is switched at once.
        let due = waiting.oldest().and_then(|arrived| mode.borrow_and_update().due(arrived));
        let ripe = due.is_some_and(|due| due <= Instant::now());
        tokio::select! {
            biased;
            changed = mode.changed() => changed.map_err(io::Error::other)?,
            sent = waiting.send(&mut to), if ripe => match sent? {
                Sent::Bytes(bytes) => drop(count.fetch_add(bytes as u64, Ordering::Relaxed)),
                Sent::End => return Ok(()),
            },
            read = from.read(&mut buffer), if waiting.takes_more() => waiting.push(match read {
                Ok(0) => Piece::End,
                Ok(length) => Piece::Bytes(Bytes::copy_from_slice(&buffer[..length])),
                Err(error) => Piece::Broken(error),
            }),
            () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() && !ripe => {}
        }
    }
}

/// What was read and not written yet, with the time when it came.
#[derive(Default)]
struct Waiting {
    pieces: VecDeque<(Instant, Piece)>,
    bytes: usize,
    /// Nothing comes any more.
    ended: bool,
}

enum Piece {
    Bytes(Bytes),
    /// The sender has said all.
    End,
    /// The sender is gone. It takes its turn like everything: a frozen connection doesn't tell.
    Broken(io::Error),
}

enum Sent {
    Bytes(usize),
    End,
}

impl Waiting {
    fn oldest(&self) -> Option<Instant> {
        self.pieces.front().map(|(arrived, _)| *arrived)
    }

    fn takes_more(&self) -> bool {
        !self.ended && self.bytes < MOST_BYTES && self.pieces.len() < MOST_CHUNKS
    }

    fn push(&mut self, piece: Piece) {
        match &piece {
            Piece::Bytes(bytes) => self.bytes += bytes.len(),
            Piece::End | Piece::Broken(_) => self.ended = true,
        }
        self.pieces.push_back((Instant::now(), piece));
    }

    /// Writes of the oldest piece what the receiver takes. Dropped before it is done, it has written nothing.
    async fn send(&mut self, to: &mut (impl AsyncWrite + Unpin)) -> io::Result<Sent> {
        let Some((_, piece)) = self.pieces.front_mut() else { return Ok(Sent::Bytes(0)) };
        match piece {
            Piece::Bytes(bytes) => {
                let written = to.write(bytes).await?;
                if written == 0 {
                    return Err(io::ErrorKind::WriteZero.into());
                }
                bytes.advance(written);
                self.bytes -= written;
                if bytes.is_empty() {
                    self.pieces.pop_front();
                }
                Ok(Sent::Bytes(written))
            }
            Piece::End => to.shutdown().await.map(|()| Sent::End),
            Piece::Broken(error) => Err(std::mem::replace(error, io::ErrorKind::BrokenPipe.into())),
        }
    }
}
