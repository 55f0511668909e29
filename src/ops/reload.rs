//! SIGHUP: reads the configuration again and applies what may change while the bot runs.

use tokio_util::sync::CancellationToken;

use super::logging::LogControl;
use crate::config::{Live, Loaded, Settings, Sources, Values, changes_waiting_for_restart};

/// Rereads the configuration.
#[derive(Debug)]
pub struct Reloader {
    sources: Sources,
    started_with: Values,
    live: Live,
    log: LogControl,
}

impl Reloader {
    /// A reloader that compares with what the process started with.
    pub fn new(loaded: &Loaded, live: Live, log: LogControl) -> Self {
        Self { sources: loaded.sources.clone(), started_with: loaded.values.clone(), live, log }
    }

    /// Rereads on every SIGHUP until `stop`.
    ///
    /// # Errors
    /// When the signal can't be listened to.
    pub fn listen(self, stop: CancellationToken) -> std::io::Result<impl Future<Output = ()> + Send + use<>> {
        let mut hangups = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup())?;
        Ok(async move {
            let run = async {
                while hangups.recv().await.is_some() {
                    self.reload().await;
                }
            };
            stop.run_until_cancelled(run).await;
        })
    }

    /// Rereads once. Whatever is wrong anywhere keeps all old values: half a file is not what its author meant.
    async fn reload(&self) {
        let sources = self.sources.clone();
        let read = tokio::task::spawn_blocking(move || {
            let values = sources.read()?;
            let (_, live, warnings) = Settings::from_values(&values)?;
            Ok::<_, crate::config::Problems>((values, live, warnings))
        });
        let (values, live, warnings) = match read.await {
            Ok(Ok(read)) => read,
            Ok(Err(problems)) => {
                for problem in &problems.0 {
                    tracing::error!(%problem, "configuration not reread: the old values stay");
                }
                return;
            }
            Err(error) => {
                tracing::error!(%error, "configuration not reread: the old values stay");
                return;
            }
        };
        for warning in warnings {
            tracing::warn!("{warning}");
        }
        for variable in changes_waiting_for_restart(&self.started_with, &values) {
            tracing::warn!(variable, "changed, and takes effect at the next start");
        }
        if let Err(error) = self.log.set_filter(&live.log_filter) {
            tracing::error!(%error, "log filter not changed");
        }
        let (ai_disabled, log_filter) = (live.ai_disabled, live.log_filter.clone());
        let changed = self.live.replace(live);
        tracing::info!(changed, ai_disabled, log_filter, "configuration reread");
    }
}
