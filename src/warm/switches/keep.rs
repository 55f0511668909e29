//! What keeps one process's knowledge of the kill switches and Redis's copy true: when to look, and what a look does.

use std::time::Duration;

use metrics::gauge;
use tokio::{sync::watch, time::Instant};
use tokio_util::sync::CancellationToken;

use super::{Switches, table};
use crate::hot::{
    Mode, Side,
    pubsub::{Heard, Subscription},
    switches::{CHANNEL, ReadSwitches},
};

/// How often PostgreSQL is asked when nothing happens: messages get lost, and Redis with all in it.
const LOOK_EVERY: Duration = Duration::from_secs(15);
/// How often while a store is away. Without Redis no process can tell the others, and there may be many: each asks for
/// itself, one short statement, so that a switch holds everywhere within about a second all the same.
const LOOK_OFTEN: Duration = Duration::from_secs(1);
/// Longest wait for PostgreSQL.
const LOOK_BUDGET: Duration = Duration::from_millis(800);

impl Switches {
    /// Keeps this process's knowledge and Redis's copy true until `stop`. One a process.
    pub async fn keep(self, stop: CancellationToken) {
        let mut heard = self.0.hot.redis().map(|redis| redis.subscribe(CHANNEL, &stop));
        let kept = async {
            let mut modes = self.0.hot.modes();
            loop {
                let begun = Instant::now();
                let answered = self.look().await;
                self.measure();
                let often = !answered || modes.borrow_and_update().is_local();
                let next_look = begun + if often { LOOK_OFTEN } else { LOOK_EVERY };
                self.wait(next_look, &mut heard, &mut modes).await;
            }
        };
        stop.run_until_cancelled(kept).await;
    }

    /// Looks at both stores; whether PostgreSQL answered.
    async fn look(&self) -> bool {
        let (begun, at) = (Instant::now(), self.now());
        let copy = self.0.hot.ask_at(Side::Redis, &ReadSwitches).await.ok();
        if let Some(copy) = &copy {
            self.0.known().heed(copy, begun);
        }
        let read = async |connection: &mut _| table::in_force(connection, at).await;
        let answered = match self.0.cold.run(LOOK_BUDGET, read).await {
            Ok(standing) => {
                self.0.known().learn(standing, begun);
                self.write_pending().await;
                true
            }
            Err(error) => {
                tracing::debug!(%error, "the kill switches can't be read from PostgreSQL");
                if let Some(copy) = &copy {
                    self.0.known().believe(copy, at);
                }
                false
            }
        };
        self.spread().await;
        answered
    }

    /// Writes what waits for PostgreSQL, now that it answers.
    async fn write_pending(&self) {
        let due = self.0.known().due();
        for switch in due {
            let (begun, at) = (Instant::now(), self.now());
            let written = self.0.cold.transaction(LOOK_BUDGET, move |connection| {
                Box::pin(async move {
                    table::land(connection, &switch).await?;
                    table::in_force(connection, at).await
                })
            });
            match written.await {
                Ok(standing) => self.0.known().learn(standing, begun),
                Err(error) => tracing::warn!(%error, "a kill switch still waits to be written to PostgreSQL"),
            }
        }
    }

    /// Waits until there is a reason to look again; tells meanwhile of switches that end.
    async fn wait(
        &self,
        next_look: Instant,
        heard: &mut Option<Subscription>,
        modes: &mut watch::Receiver<Mode>,
    ) {
        let was_local = modes.borrow().is_local();
        loop {
            tokio::select! {
                () = tokio::time::sleep_until(next_look) => return,
                () = self.0.look.notified() => return,
                heard = Subscription::next_of(heard) => match heard {
                    Heard::Message(version) if self.knows(&version) => {}
                    _ => return,
                },
                // The sender is in the hot store that this holds: it does not go.
                Ok(()) = modes.changed() => {
                    if modes.borrow_and_update().is_local() != was_local {
                        return;
                    }
                }
                () = self.next_end() => self.tell(),
            }
        }
    }

    /// Whether a message tells of the version that is known.
    fn knows(&self, version: &str) -> bool {
        version.parse::<i64>().is_ok_and(|version| self.0.known().version == Some(version))
    }

    /// Waits until the next switch ends by itself.
    async fn next_end(&self) {
        let now = self.now();
        let end = self.0.known().next_end(now);
        match end {
            Some(end) => tokio::time::sleep((end - now).to_std().unwrap_or_default()).await,
            None => std::future::pending().await,
        }
    }

    fn measure(&self) {
        let count = u32::try_from(self.in_force().switches.len()).unwrap_or(u32::MAX);
        gauge!("troupe_switches_in_force").set(f64::from(count));
        let waiting = u32::try_from(self.0.known().pending.len()).unwrap_or(u32::MAX);
        gauge!("troupe_switches_unwritten").set(f64::from(waiting));
        if let Some(confirmed) = self.0.known().confirmed {
            gauge!("troupe_switches_age_seconds").set(confirmed.elapsed().as_secs_f64());
        }
    }
}
