//! The task that keeps the server running: one that dies is started again, each time a little later.

use std::time::{Duration, Instant};

use tokio::process::Child;
use tokio_util::sync::CancellationToken;

use super::{LocalError, lock::Lock, place::Place, programs::Programs, server};

/// Pause before the first new start; it doubles with each failure.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// Longest pause between two starts.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// A server that ran for so long has not failed at its start.
const SETTLED: Duration = Duration::from_secs(60);
/// How often the length of the log is looked at.
const LOG_PACE: Duration = Duration::from_secs(60);

/// The cluster's keeper.
#[derive(Debug)]
pub(super) struct Keeper {
    pub(super) place: Place,
    pub(super) programs: Programs,
    /// Held until the server has stopped.
    pub(super) lock: Lock,
}

impl Keeper {
    /// Keeps the server running until `stop`, then stops it.
    pub(super) async fn keep(self, mut server: Child, stop: CancellationToken) {
        let mut pause = FIRST_PAUSE;
        loop {
            let begun = Instant::now();
            let Some(why) = stop.run_until_cancelled(self.until_ended(&mut server)).await else {
                server::stop(&mut server).await;
                break;
            };
            tracing::error!(why, "the private PostgreSQL ended: starting it again");
            pause = if begun.elapsed() > SETTLED { FIRST_PAUSE } else { pause };
            match self.start_again(&mut pause, &stop).await {
                Some(started) => server = started,
                None => break,
            }
        }
        drop(self.lock);
    }

    async fn until_ended(&self, server: &mut Child) -> String {
        let mut tick = tokio::time::interval(LOG_PACE);
        loop {
            tokio::select! {
                ended = server.wait() => {
                    return match ended {
                        Ok(status) => server::ended(&self.place, status),
                        Err(error) => error.to_string(),
                    };
                }
                _ = tick.tick() => {
                    if let Err(error) = server::bound_log(&self.place) {
                        tracing::warn!(%error, "the log of the private PostgreSQL grows");
                    }
                }
            }
        }
    }

    /// Tries until it starts; `None` when it is no longer wanted.
    async fn start_again(&self, pause: &mut Duration, stop: &CancellationToken) -> Option<Child> {
        loop {
            stop.run_until_cancelled(tokio::time::sleep(*pause)).await?;
            *pause = (*pause * 2).min(LONGEST_PAUSE);
            // Not cut off by a stop: it is short, and half of it would leave a server without a keeper.
            match server::start(&self.place, &self.programs).await {
                Ok(server) => {
                    tracing::info!("the private PostgreSQL was started again");
                    return Some(server);
                }
                Err(error) => self.tell(&error),
            }
        }
    }

    fn tell(&self, error: &LocalError) {
        tracing::error!(%error, folder = %self.place.folder.display(), "the private PostgreSQL does not start");
    }
}
