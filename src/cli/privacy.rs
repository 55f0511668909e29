//! `troupe privacy`: everything about one user, as a file for them, or erased.

use std::{
    fmt::Write as _,
    fs::OpenOptions,
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use clap::Subcommand;

use super::{Failure, database, print, start_log};
use crate::{
    cold::Cold,
    config::{Settings, Sources},
    domain::ids::UserId,
    hot::{Address, Clock, Hot, Redis},
    warm::{
        privacy::{Erased, Places},
        queue::{self, Durable},
    },
};

/// Connections for one command.
const CONNECTIONS: u32 = 1;

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum Privacy {
    /// Write all that is kept about a user, as JSON
    Export {
        /// The user's Discord id
        user_id: UserId,
        /// Into this new file, readable by you alone, in place of the standard output
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Erase all that is kept about a user; without --yes, only say what that would be
    Erase {
        /// The user's Discord id
        user_id: UserId,
        /// Yes, erase it: only a backup could bring it back
        #[arg(long)]
        yes: bool,
    },
}

pub(super) async fn execute(sources: &Sources, what: Privacy) -> Result<(), Failure> {
    let loaded = sources.load()?;
    start_log(&loaded)?;
    let settings = &loaded.settings;
    let hot = hot(settings)?;
    database::with(settings, async |url| {
        let cold = Cold::with_connections(url, CONNECTIONS);
        let folder = queue::folder(&settings.ops.data_dir);
        let durable =
            Durable::new(cold.clone(), hot.clone(), hot.redis().is_some(), &folder, settings.ops.queue_file_bytes)
                .map_err(|error| Failure::Failed(format!("can't read the waiting writes: {error}")))?;
        let places = Places { cold, hot, durable };
        if places.hot.redis().is_none() {
            let note = "REDIS_URL is not set: what a running bot keeps in its own memory is out of reach from here, \
                        and gone when it is restarted";
            writeln!(io::stderr(), "{note}")?;
        }
        match &what {
            Privacy::Export { user_id, out } => export(&places, *user_id, out.as_deref()).await,
            Privacy::Erase { user_id, yes: true } => tell(&places.erase(*user_id).await, "erased"),
            Privacy::Erase { user_id, yes: false } => {
                tell(&places.would_erase(*user_id).await, "would be erased")?;
                print("nothing is changed: add --yes to erase it\n")
            }
        }
    })
    .await
}

fn hot(settings: &Settings) -> Result<Hot, Failure> {
    let bad = |error: crate::hot::HotError| Failure::Configuration(error.to_string());
    let address = Address::from_settings(&settings.hot).map_err(bad)?;
    let redis = address.map(|address| Redis::at(address, &settings.hot.prefix, Clock::System)).transpose();
    Ok(Hot::new(redis.map_err(bad)?, Clock::System))
}

async fn export(places: &Places, user: UserId, out: Option<&Path>) -> Result<(), Failure> {
    let shown = places.export(user).await.map_err(|error| {
        Failure::Failed(format!("nothing is exported, because half would be missing: {error}"))
    })?;
    let text = format!("{shown:#}\n");
    let Some(path) = out else { return print(&text) };
    let failed = |error: io::Error| Failure::Failed(format!("can't write {}: {error}", path.display()));
    // Never in place of another file, and nobody else's to read.
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes())).map_err(failed)?;
    print(&format!("{} ({} bytes)\n", path.display(), text.len()))
}

/// Says what was done, place by place, and fails when a place is left.
fn tell(erased: &Erased, verb: &str) -> Result<(), Failure> {
    let mut text = String::new();
    let mut left = Vec::new();
    match &erased.rows {
        Ok(rows) => {
            let total: usize = rows.erased.values().sum();
            push(&mut text, &format!("PostgreSQL: {total} rows {verb}"));
            for (table, rows) in &rows.erased {
                push(&mut text, &format!("  {table}: {rows}"));
            }
            for (table, (rows, why)) in &rows.kept {
                push(&mut text, &format!("  {table}: {rows} kept: {why}"));
            }
        }
        Err(error) => left.push(error),
    }
    match &erased.keys {
        Ok(keys) => push(&mut text, &format!("hot store: {keys} keys {verb}")),
        Err(error) => left.push(error),
    }
    match &erased.writes {
        Ok(writes) => push(&mut text, &format!("waiting writes: {writes} {verb}")),
        Err(error) => left.push(error),
    }
    print(&text)?;
    if left.is_empty() {
        return Ok(());
    }
    let left: Vec<_> = left.iter().map(|error| format!("NOT done: {error}")).collect();
    Err(Failure::Failed(format!(
        "{}\nmend that and run this again: what is done stays done",
        left.join("\n")
    )))
}

fn push(text: &mut String, line: &str) {
    writeln!(text, "{line}").expect("a string takes any text");
}
