//! The few settings that may change while the bot runs, and the channel on which changes are told.

use std::sync::Arc;

use tokio::sync::watch;

/// Values that SIGHUP rereads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveSettings {
    /// The kill switch of the environment: no AI call may start or go on.
    pub ai_disabled: bool,
    /// Log filter, as given; [`crate::ops::logging`] adds the defaults for chatty libraries.
    pub log_filter: String,
}

/// A handle to the present [`LiveSettings`]. Clones see the same value.
#[derive(Debug, Clone)]
pub struct Live {
    sender: Arc<watch::Sender<LiveSettings>>,
}

impl Live {
    /// Starts with the values read at start.
    pub fn new(settings: LiveSettings) -> Self {
        Self { sender: Arc::new(watch::Sender::new(settings)) }
    }

    /// Whether AI is switched off right now.
    pub fn ai_disabled(&self) -> bool {
        self.sender.borrow().ai_disabled
    }

    /// A copy of the present values.
    pub fn current(&self) -> LiveSettings {
        self.sender.borrow().clone()
    }

    /// Told of each change from now on; for what must act on one at once, such as calls under way.
    pub fn subscribe(&self) -> watch::Receiver<LiveSettings> {
        self.sender.subscribe()
    }

    /// Replaces the values; subscribers hear of it only if something changed. Returns whether it did.
    pub fn replace(&self, settings: LiveSettings) -> bool {
        self.sender.send_if_modified(|present| {
            let changed = *present != settings;
            *present = settings;
            changed
        })
    }
}
