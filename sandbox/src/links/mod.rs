//! Links: ports of 127.0.0.1 that forward to a server, and are cut, hung or slowed on command.
//!
//! A link stands between a bot and a store that it needs, so that the store can be "off" for the bot without being
//! stopped. It forwards bytes and knows nothing of what they mean; [`StoreUrl`] is the only place that knows how the
//! addresses of stores are written.
//!
//! Every task has an owner: [`Links`] ends them all, and dropping it does too.

mod address;
mod connection;
mod link;
mod mode;
mod pump;
mod target;

use std::io;
use std::time::Duration;

use parking_lot::Mutex;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

pub use address::{AddressError, StoreUrl};
pub use link::{Counts, Link, MOST_CONNECTIONS};
pub use mode::{MAX_DELAY, Mode};
pub use target::Target;

/// How many links a sandbox has at most.
const MOST_LINKS: usize = 64;
/// The longest name of a link, in bytes.
const LONGEST_NAME: usize = 64;
/// How long connections may take to close once they were told to.
const CLOSE_BOUND: Duration = Duration::from_secs(1);

/// The links of a sandbox; dropping it closes them.
#[derive(Debug, Default)]
pub struct Links {
    /// In the order of their opening.
    open: Mutex<Vec<Link>>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

/// Why a link can't be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is one of that name.
    #[error("there is a link {0} already: give this one another name")]
    Taken(String),
    /// The name is not one.
    #[error("a link's name has 1 to {LONGEST_NAME} of a-z, 0-9, _ and -")]
    Name,
    /// There are too many.
    #[error("a sandbox has {MOST_LINKS} links at most")]
    TooMany,
    /// No port can be had.
    #[error("can't listen on a port of 127.0.0.1 for the link {0}: {1}")]
    Port(String, io::Error),
}

impl Links {
    /// Opens a link to `target` on a free port of 127.0.0.1. The target is not asked: it may come later.
    ///
    /// # Errors
    /// An [`OpenError`].
    pub async fn open(&self, name: &str, target: Target) -> Result<Link, OpenError> {
        let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte);
        if name.is_empty() || name.len() > LONGEST_NAME || !name.bytes().all(letter) {
            return Err(OpenError::Name);
        }
        let bound = link::bind().await.map_err(|error| OpenError::Port(name.to_owned(), error))?;
        let mut open = self.open.lock();
        if open.iter().any(|link| link.name() == name) {
            return Err(OpenError::Taken(name.to_owned()));
        }
        if open.len() == MOST_LINKS {
            return Err(OpenError::TooMany);
        }
        let link = Link::start(name, target, bound, &self.stop, &self.tasks);
        open.push(link.clone());
        Ok(link)
    }

    /// The link of this name.
    pub fn get(&self, name: &str) -> Option<Link> {
        self.open.lock().iter().find(|link| link.name() == name).cloned()
    }

    /// All links, in the order of their opening.
    pub fn list(&self) -> Vec<Link> {
        self.open.lock().clone()
    }

    /// Closes all links when it is dropped.
    pub(crate) fn guard(&self) -> DropGuard {
        self.stop.clone().drop_guard()
    }

    /// Closes all links, and waits until their sockets are closed, a second at most.
    pub async fn stop(&self) {
        self.stop.cancel();
        self.tasks.close();
        if tokio::time::timeout(CLOSE_BOUND, self.tasks.wait()).await.is_err() {
            tracing::warn!(tasks = self.tasks.len(), "links are still open after a stop");
        }
    }
}

impl Drop for Links {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
