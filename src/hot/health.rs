//! Whether Redis is in charge or this process alone, and the one that watches over Redis and takes the way back.
//!
//! Any operation that meets a Redis which is no help turns the switch to this process, and with it answers every
//! operation that waits at that moment. From then on only the watch asks Redis, with pauses that grow from 0.1 to
//! 2 s and differ between processes, so that many don't come back in the same instant. It demands two good answers
//! in a row, each of a script that writes, and by then the connection stands and knows its password. A Redis that
//! fails again soon after is met with the longer pauses it had earned.
//!
//! In a cluster any master that fails turns the switch for all keys: which keys are on which side would else change
//! under an operation's feet, and the two sides don't share counts.

use std::time::{Duration, Instant, SystemTime};

use metrics::{counter, gauge};
use tokio::sync::watch;

use super::{
    HotError, Reason, check,
    pause::{Backoff, jittered},
    redis::Redis,
};

/// How often a Redis in charge is looked at, at most: it may go while nobody asks it.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// Between the two good answers that bring Redis back.
const BETWEEN: Duration = Duration::from_millis(100);
/// A Redis that was in charge for so long has earned short pauses again.
const STEADY: Duration = Duration::from_secs(10);

/// Who is in charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Redis: limits hold for all processes together.
    Redis,
    /// This process alone.
    Local {
        /// Since when.
        since: SystemTime,
        /// Why.
        reason: Reason,
    },
}

impl Mode {
    /// This process alone, from now on.
    pub(super) fn local(reason: Reason) -> Self {
        Self::Local { since: SystemTime::now(), reason }
    }

    /// Whether this process is alone.
    pub fn is_local(self) -> bool {
        matches!(self, Self::Local { .. })
    }
}

/// The switch between the two.
#[derive(Debug)]
pub(super) struct Switch(watch::Sender<Mode>);

impl Switch {
    pub(super) fn new(mode: Mode) -> Self {
        Self(watch::Sender::new(mode))
    }

    pub(super) fn mode(&self) -> Mode {
        *self.0.borrow()
    }

    pub(super) fn subscribe(&self) -> watch::Receiver<Mode> {
        self.0.subscribe()
    }

    /// Redis is no help: from now on this process alone, or still so and for another reason.
    pub(super) fn leave(&self, why: Reason) {
        let mut left = false;
        self.0.send_if_modified(|mode| match mode {
            Mode::Redis => {
                *mode = Mode::local(why);
                left = true;
                true
            }
            Mode::Local { reason, .. } => std::mem::replace(reason, why) != why,
        });
        if left {
            gauge!("troupe_hot_redis").set(0.0);
            counter!("troupe_hot_switches_total", "to" => "local", "reason" => why.name()).increment(1);
        }
    }

    /// Redis in charge was seen to work: listeners are told each time. Says nothing where an operation has met
    /// trouble meanwhile.
    fn confirm(&self) {
        if self.0.send_if_modified(|mode| !mode.is_local()) {
            gauge!("troupe_hot_redis").set(1.0);
        }
    }

    /// Redis is in charge again.
    fn come_back(&self) {
        self.0.send_replace(Mode::Redis);
        gauge!("troupe_hot_redis").set(1.0);
        counter!("troupe_hot_switches_total", "to" => "redis", "reason" => "recovered").increment(1);
    }
}

/// Watches over Redis, for ever.
pub(super) async fn watch_over(redis: &Redis, switch: &Switch) {
    let mut backoff = Backoff::new();
    let mut modes = switch.subscribe();
    let mut in_charge_since = Instant::now();
    loop {
        if switch.mode().is_local() {
            backoff.pause().await;
            match twice(redis).await {
                Ok(()) => {
                    in_charge_since = Instant::now();
                    switch.come_back();
                }
                Err(error) => switch.leave(because(&error)),
            }
        } else {
            match look(redis).await {
                Ok(()) => switch.confirm(),
                Err(error) => switch.leave(because(&error)),
            }
            if in_charge_since.elapsed() > STEADY {
                backoff.reset();
            }
            let trouble = async {
                // The sender is this very switch, so that it is there to wait for.
                let _local = modes.wait_for(|mode| mode.is_local()).await;
            };
            let _or_in_time = tokio::time::timeout(jittered(LOOK_EVERY), trouble).await;
        }
    }
}

/// One look at a Redis in charge. A connection that was closed while it idled is no fault: the next one counts.
async fn look(redis: &Redis) -> Result<(), HotError> {
    match check::probe(redis).await {
        Err(error) if error.is_closed() => check::probe(redis).await,
        outcome => outcome,
    }
}

async fn twice(redis: &Redis) -> Result<(), HotError> {
    check::probe(redis).await?;
    tokio::time::sleep(jittered(BETWEEN)).await;
    check::probe(redis).await
}

fn because(error: &HotError) -> Reason {
    error.reason().unwrap_or(Reason::Unfit)
}
