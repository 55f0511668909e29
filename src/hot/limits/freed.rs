//! Hearing that a slot may be free: one ear a process, for all who wait in it.

use std::sync::Arc;

use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::hot::{Hot, Mode, pubsub::Subscription};

/// Where the scripts tell it, below the namespace.
const CHANNEL: &str = "slots";

/// An ear for freed slots, in Redis and in this process. Clones share it; with the last one it ends.
#[derive(Debug, Clone)]
pub struct Freed {
    told: watch::Receiver<u64>,
    _stop: Arc<DropGuard>,
}

impl Freed {
    /// Listens until `stop`, or until the last clone is dropped. Needs a tokio runtime.
    pub fn over(hot: &Hot, stop: &CancellationToken) -> Self {
        let (tell, told) = watch::channel(0);
        let stop = stop.child_token();
        let ear = Ear {
            remote: hot.redis().map(|redis| redis.subscribe(CHANNEL, &stop)),
            local: hot.freed_here(),
            modes: hot.modes(),
            tell,
        };
        tokio::spawn(stop.clone().run_until_cancelled_owned(ear.listen()));
        Self { told, _stop: Arc::new(stop.drop_guard()) }
    }

    /// Changes whenever a slot may be free, or a place in line may have moved: then each waiter asks again. Also when
    /// something may have been missed, and when the other side takes over.
    pub fn listen(&self) -> watch::Receiver<u64> {
        self.told.clone()
    }
}

struct Ear {
    remote: Option<Subscription>,
    local: watch::Receiver<u64>,
    modes: watch::Receiver<Mode>,
    tell: watch::Sender<u64>,
}

impl Ear {
    async fn listen(mut self) {
        loop {
            let remote = async {
                match &mut self.remote {
                    Some(remote) => remote.next().await.is_some(),
                    None => std::future::pending().await,
                }
            };
            let goes_on = tokio::select! {
                goes_on = remote => goes_on,
                changed = self.local.changed() => changed.is_ok(),
                changed = self.modes.changed() => changed.is_ok(),
            };
            if !goes_on {
                return;
            }
            self.tell.send_modify(|count| *count = count.wrapping_add(1));
        }
    }
}
