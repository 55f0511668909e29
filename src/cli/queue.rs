//! `troupe queue`: durable writes that wait or failed, in Redis and in files. Shows what they are, never what they hold.

use std::{collections::BTreeMap, time::SystemTime};

use clap::{Args, Subcommand};
use serde::Serialize;

use super::{Failure, Sources, print, start_log};
use crate::{
    config::Settings,
    hot::{
        Clock, Hot, Redis, Side,
        queue::{Drop, Item, List, Listed, Requeue, Spot},
    },
    warm::queue::{
        folder,
        journal::{Shelf, Stored, TakenOver, look_at},
    },
};

/// Most writes of one place that are listed.
const MOST: usize = 10_000;
/// Writes asked for at once.
const PAGE: usize = 500;

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum Queue {
    /// Show what waits: keys, kinds, ages, tries and reasons
    List(Options),
    /// Try a dead letter again, or a waiting write at once
    Retry {
        /// Its key
        #[arg(required_unless_present = "all", conflicts_with = "all")]
        key: Option<String>,
        /// All dead letters
        #[arg(long)]
        all: bool,
    },
    /// Throw a write away: what it holds is lost
    Drop {
        /// Its key
        key: String,
        /// Yes, throw it away
        #[arg(long)]
        yes: bool,
    },
}

/// What to list.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// Only those that failed for good
    #[arg(long)]
    dead: bool,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Serialize)]
struct Line {
    key: String,
    kind: String,
    priority: u8,
    state: &'static str,
    age_s: i64,
    attempts: u32,
    reason: String,
    redis: bool,
    file: bool,
}

pub(super) async fn execute(sources: &Sources, what: Queue) -> Result<(), Failure> {
    let loaded = sources.load()?;
    start_log(&loaded)?;
    let desk = Desk::open(&loaded.settings).await?;
    match what {
        Queue::List(options) => desk.list(&options).await,
        Queue::Retry { key, .. } => desk.retry(key).await,
        Queue::Drop { key, yes: true } => desk.drop(key).await,
        Queue::Drop { key, yes: false } => Err(Failure::Configuration(format!(
            "{key}: what it holds would be lost for good; add --yes if that is right"
        ))),
    }
}

/// Redis, the files of processes that are gone, and a view of the others'.
struct Desk {
    hot: Option<Hot>,
    shelf: Shelf,
    theirs: Vec<Stored>,
}

impl Desk {
    async fn open(settings: &Settings) -> Result<Self, Failure> {
        let url = settings.hot.url.as_ref();
        let redis = url.map(|url| Redis::new(url, &settings.hot.prefix, Clock::System)).transpose();
        let redis = redis.map_err(|error| Failure::Configuration(error.to_string()))?;
        let hot = redis.map(|redis| Hot::new(Some(redis), Clock::System));
        let (folder, most_bytes) = (folder(&settings.ops.data_dir), settings.ops.queue_file_bytes);
        let open = move || {
            let mut shelf = Shelf::new(&folder, most_bytes);
            let TakenOver { theirs, .. } = shelf.take_over()?;
            Ok((shelf, look_at(&theirs)))
        };
        let opened =
            tokio::task::spawn_blocking(open).await.expect("it does not panic, and nobody cancels it");
        let (shelf, theirs) = opened.map_err(|error: crate::warm::queue::journal::JournalError| {
            Failure::Failed(format!("can't read the queue's files: {error}"))
        })?;
        Ok(Self { hot, shelf, theirs })
    }

    async fn list(&self, options: &Options) -> Result<(), Failure> {
        let mut lines: Vec<_> = self.lines().await?.into_values().collect();
        lines.retain(|line| !options.dead || line.state == "dead");
        lines.sort_by(|a, b| (a.priority, b.age_s, &a.key).cmp(&(b.priority, a.age_s, &b.key)));
        if options.json {
            let json = serde_json::to_string_pretty(&lines).expect("texts and numbers are always JSON");
            return print(&format!("{json}\n"));
        }
        if lines.is_empty() {
            return print("nothing waits\n");
        }
        let text: String = lines.iter().map(Line::text).collect();
        print(&text)
    }

    /// Every write, by its key.
    async fn lines(&self) -> Result<BTreeMap<String, Line>, Failure> {
        let mut lines = BTreeMap::new();
        for stored in self.shelf.all(MOST).into_iter().chain(self.theirs.iter().take(MOST).cloned()) {
            lines.insert(stored.item.key.clone(), Line::of_file(stored));
        }
        for (spot, state) in
            [(Spot::Waiting, "waiting"), (Spot::Later, "later"), (Spot::Taken, "taken"), (Spot::Dead, "dead")]
        {
            for listed in self.in_redis(spot).await? {
                let file = lines.contains_key(&listed.key);
                lines.insert(listed.key.clone(), Line::of_redis(listed, state, file));
            }
        }
        Ok(lines)
    }

    async fn in_redis(&self, spot: Spot) -> Result<Vec<Listed>, Failure> {
        let Some(hot) = &self.hot else { return Ok(Vec::new()) };
        let mut all = Vec::new();
        while all.len() < MOST {
            let page =
                hot.ask_at(Side::Redis, &List { spot, skip: all.len(), most: PAGE, texts: false }).await;
            let page = page.map_err(|error| Failure::Failed(format!("can't ask Redis: {error}")))?;
            let last = page.len() < PAGE;
            all.extend(page);
            if last {
                break;
            }
        }
        Ok(all)
    }

    /// Of that key, or of all dead letters.
    async fn retry(mut self, key: Option<String>) -> Result<(), Failure> {
        let keys: Vec<_> = if let Some(key) = key {
            vec![key]
        } else {
            let lines = self.lines().await?.into_values();
            lines.filter(|line| line.state == "dead").map(|line| line.key).collect()
        };
        if keys.is_empty() {
            return print("nothing to retry\n");
        }
        for key in keys {
            let in_redis = self.ask(&Requeue(key.clone())).await?.unwrap_or(false);
            let in_file = self.on_shelf(&key, |shelf, key| shelf.revive(key, now_ms()));
            if !in_redis && !in_file {
                return Err(self.unknown(&key, "no dead letter"));
            }
            print(&format!("{key} will be tried again\n"))?;
        }
        Ok(())
    }

    async fn drop(mut self, key: String) -> Result<(), Failure> {
        let told = self.ask(&Drop(key.clone())).await?;
        let in_file = self.on_shelf(&key, |shelf, key| shelf.done(&[key.to_owned()]) > 0);
        let in_theirs = told.is_some() && self.holds(&key);
        if told != Some(true) && !in_file && !in_theirs {
            return Err(self.unknown(&key, "nothing"));
        }
        print(&format!("{key} is dropped\n"))
    }

    async fn ask<O: crate::hot::Operation>(&self, operation: &O) -> Result<Option<O::Answer>, Failure> {
        let Some(hot) = &self.hot else { return Ok(None) };
        let answer = hot.ask_at(Side::Redis, operation).await;
        answer.map(Some).map_err(|error| Failure::Failed(format!("can't ask Redis: {error}")))
    }

    fn on_shelf<T>(&mut self, key: &str, work: impl FnOnce(&mut Shelf, &str) -> T + Send) -> T {
        tokio::task::block_in_place(|| work(&mut self.shelf, key))
    }

    /// Whether a running process has it in its file.
    fn holds(&self, key: &str) -> bool {
        self.theirs.iter().any(|stored| stored.item.key == key)
    }

    fn unknown(&self, key: &str, what: &str) -> Failure {
        Failure::Failed(if self.holds(key) {
            format!(
                "{key} is in the file of a running process: give both the same REDIS_URL, or stop that process first"
            )
        } else {
            format!("{what} has the key {key}; `troupe queue list` shows what there is")
        })
    }
}

impl Line {
    fn of_file(stored: Stored) -> Self {
        let Stored { item: Item { key, rank, kind, .. }, attempts, since_ms, dead } = stored;
        let state = if dead.is_some() { "dead" } else { "waiting" };
        let (priority, reason) = (rank.priority(), dead.unwrap_or_default());
        Self {
            key,
            kind,
            priority,
            state,
            age_s: age_s(since_ms),
            attempts,
            reason,
            redis: false,
            file: true,
        }
    }

    fn of_redis(listed: Listed, state: &'static str, file: bool) -> Self {
        let Listed { key, kind, rank, attempts, since_ms, reason, .. } = listed;
        let priority = rank.priority();
        Self { key, kind, priority, state, age_s: age_s(since_ms), attempts, reason, redis: true, file }
    }

    fn text(&self) -> String {
        let Self { key, kind, priority, state, age_s, attempts, reason, .. } = self;
        let place = match (self.redis, self.file) {
            (true, true) => "both",
            (true, false) => "redis",
            _ => "file",
        };
        let reason = if reason.is_empty() { String::new() } else { format!("  {reason}") };
        format!("{state:8} {priority}  {key}  {kind}  {age_s} s  {attempts} tries  {place}{reason}\n")
    }
}

fn age_s(since_ms: i64) -> i64 {
    (now_ms() - since_ms).max(0) / 1_000
}

fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
