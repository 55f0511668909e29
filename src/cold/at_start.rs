//! Brings the schema up to date beside the starting bot, as soon as PostgreSQL answers.

use std::time::Duration;

use secrecy::SecretString;

use super::{
    connect::connect,
    migrations::{self, Direction, MigrateError, Standing},
};

/// Server-side bound of the statements that only look.
const LOOK_TIMEOUT: Duration = Duration::from_secs(5);
/// Pause after the first failure; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// Longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Tries until the schema is one that this build can work with, and returns then. With `may_migrate`, that takes
/// applying what is pending; without, it is only said. `report` is told what stands in the way. An older build
/// goes on with a newer schema: what migrations take away, they take away only when no build in use needs it.
pub async fn bring_up_to_date(url: &SecretString, may_migrate: bool, report: impl Fn(&str)) {
    let mut pause = FIRST_PAUSE;
    let mut told = String::new();
    loop {
        match try_once(url, may_migrate).await {
            Ok(()) => return,
            Err(error) => {
                let text = error.to_string();
                report(&text);
                // Once for each reason: the same one again is no news.
                if text != told {
                    tracing::warn!(error = text, "the database is not up to date yet; trying on");
                    told = text;
                }
            }
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

async fn try_once(url: &SecretString, may_migrate: bool) -> Result<(), MigrateError> {
    let mut connection = connect(url, LOOK_TIMEOUT).await?;
    let Standing { pending, unknown, .. } = migrations::standing(&mut connection).await?;
    drop(connection);
    if !unknown.is_empty() {
        tracing::warn!(?unknown, "the database is ahead: it belongs to a newer build");
    }
    if pending.is_empty() {
        return Ok(());
    }
    if !may_migrate {
        tracing::warn!(?pending, "the database is behind: run `troupe migrate`");
        return Ok(());
    }
    let applied = migrations::migrate(url, Direction::Up).await?;
    // Nothing is left when another process, started with this one, was first.
    tracing::info!(?applied, "the database is up to date");
    Ok(())
}
