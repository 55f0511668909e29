//! The sync queue's half on disk: each process keeps its own waiting writes in a file of its own, so that the loss of
//! Redis loses none. One thread does all file work; whoever asks it waits with a deadline.
//!
//! A file belongs to the process that holds its lock, which a crash releases: the next process takes over what waits
//! in it. Writes that come at once share one wait for the disk.

mod look;
mod record;
mod segment;
mod shelf;

use std::{io, path::Path, path::PathBuf, thread, time::Duration};

use tokio::sync::{mpsc, oneshot};

pub use self::{
    look::look_at,
    shelf::{Change, Shelf, Shelved, Stored, TakenOver},
};
use crate::hot::queue::Item;

/// Requests that may wait for the thread.
const WAITING: usize = 256;
/// Longest wait for the disk.
const DEADLINE: Duration = Duration::from_secs(5);

/// Why the journal does not keep a write. Says what to do about it, and nothing of the write.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JournalError {
    /// Its bound.
    #[error(
        "the queue's file is full ({most_bytes} bytes): bring PostgreSQL back, or raise QUEUE_FILE_BYTES"
    )]
    Full {
        /// The bound.
        most_bytes: u64,
    },
    /// The disk, or the rights.
    #[error("{}: {reason}: give DATA_DIR space, and this user the right to write there", path.display())]
    File {
        /// Where.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// The disk gives no answer.
    #[error("the disk of DATA_DIR gave no answer within {} s", DEADLINE.as_secs())]
    Deadline,
}

impl JournalError {
    fn file(path: &Path, error: &io::Error) -> Self {
        Self::File { path: path.to_owned(), reason: error.to_string() }
    }
}

enum Request {
    Keep { item: Item, reply: oneshot::Sender<Result<(), JournalError>> },
    Other(Box<dyn FnOnce(&mut Shelf) + Send>),
}

/// The journal. Clones share it; with the last of them its thread ends.
#[derive(Clone, Debug)]
pub struct Journal {
    requests: mpsc::Sender<Request>,
}

impl Journal {
    /// Starts the thread. Touches no file yet.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub fn start(folder: &Path, most_bytes: u64) -> io::Result<Self> {
        let (requests, received) = mpsc::channel(WAITING);
        let shelf = Shelf::new(folder, most_bytes);
        thread::Builder::new().name("journal".to_owned()).spawn(move || serve(shelf, received))?;
        Ok(Self { requests })
    }

    /// Keeps a write; when this answers, the disk has it.
    ///
    /// # Errors
    /// A [`JournalError`]; after [`JournalError::Deadline`] it may still come to be kept.
    pub async fn keep(&self, item: Item) -> Result<(), JournalError> {
        let (reply, answer) = oneshot::channel();
        self.request(Request::Keep { item, reply }, answer).await?
    }

    /// Does something with the shelf.
    ///
    /// # Errors
    /// [`JournalError::Deadline`]; it may still come to be done.
    pub async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Shelf) -> T + Send + 'static,
    ) -> Result<T, JournalError> {
        let (reply, answer) = oneshot::channel();
        // Whoever asked may have gone.
        let work = Box::new(move |shelf: &mut Shelf| drop(reply.send(work(shelf))));
        self.request(Request::Other(work), answer).await
    }

    async fn request<T>(&self, request: Request, answer: oneshot::Receiver<T>) -> Result<T, JournalError> {
        let asked = async {
            self.requests.send(request).await.ok()?;
            answer.await.ok()
        };
        tokio::time::timeout(DEADLINE, asked).await.ok().flatten().ok_or(JournalError::Deadline)
    }
}

fn serve(mut shelf: Shelf, mut requests: mpsc::Receiver<Request>) {
    while let Some(first) = requests.blocking_recv() {
        let mut kept = Vec::new();
        let mut next = Some(first);
        while let Some(request) = next {
            match request {
                Request::Keep { item, reply } => kept.push((item, reply)),
                Request::Other(work) => {
                    keep(&mut shelf, &mut kept);
                    work(&mut shelf);
                }
            }
            next = if kept.len() < WAITING { requests.try_recv().ok() } else { None };
        }
        keep(&mut shelf, &mut kept);
    }
}

/// All that came while the disk was busy, with one wait for it.
fn keep(shelf: &mut Shelf, kept: &mut Vec<(Item, oneshot::Sender<Result<(), JournalError>>)>) {
    let (items, replies): (Vec<_>, Vec<_>) = std::mem::take(kept).into_iter().unzip();
    for (answer, reply) in shelf.keep(&items).into_iter().zip(replies) {
        // Whoever asked may have gone.
        let _gone = reply.send(answer);
    }
}
