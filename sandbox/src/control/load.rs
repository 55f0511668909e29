//! `POST /load`: many interactions at once, fired from inside, and how fast the bot answers.
//!
//! One task opens them in batches and hears of each callback by the world's feed: no request, task or
//! timer for each, so that what is measured is the bot.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};

use super::act::{self, Slash};
use super::input::Given;
use super::names::{Named, Names};
use super::refusal::{Answer, Refusal};
use crate::clock::whole_ms;
use crate::feed::Note;
use crate::ids::Id;
use crate::instance::Sandbox;
use crate::rules::Rule;
use crate::world::guild::Member;
use crate::world::interaction::{ACKNOWLEDGE_MS, Opening};
use crate::world::user::User;

/// The most interactions of a load: each keeps a sample of 4 bytes.
const MAX_TOTAL: usize = 5_000_000;
/// The most interactions under way.
const MAX_IN_FLIGHT: usize = 10_000;
/// How long a load lasts at most unless told otherwise, in milliseconds.
const TIMEOUT_MS: u64 = 300_000;
/// The longest that a load may last, in milliseconds.
const MAX_TIMEOUT_MS: u64 = 3_600_000;
/// How long an interaction may stay unanswered while no rule says so.
const PATIENCE: Duration = Duration::from_secs(15);
/// How often overdue interactions are looked for.
const SWEEP: Duration = Duration::from_millis(250);
/// How many passers-by stay in the guild after they acted, for what the bot does later.
const LINGERING: usize = 1_024;

/// A load to put on the bot.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Load {
    /// Who acts; with `distinct_users`, whose like they are. Max, if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<Named>,
    /// Where.
    pub channel: Named,
    /// Which command.
    pub command: String,
    /// Option values by name.
    #[serde(default)]
    pub options: Map<String, Value>,
    /// Which application's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app: Option<Named>,
    /// How many interactions: 5,000,000 at most.
    pub total: usize,
    /// How many at a time: 10,000 at most.
    pub in_flight: usize,
    /// Whether each comes from a user who was never there before.
    #[serde(default)]
    pub distinct_users: bool,
    /// How long it lasts at most, in milliseconds; five minutes if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u64>,
}

/// What a load showed.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Loaded {
    /// Interactions that the bot acknowledged.
    pub completed: usize,
    /// Interactions that it did not, in time.
    pub failed: usize,
    /// How long it all took.
    pub elapsed_ms: u64,
    /// Acknowledged interactions a second.
    pub per_second: f64,
    /// From the event's write to its callback.
    pub latency_us: Latency,
}

/// Latencies, in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Latency {
    /// Half were faster.
    pub p50: u32,
    /// 9 of 10 were faster.
    pub p90: u32,
    /// 99 of 100 were faster.
    pub p99: u32,
    /// The slowest.
    pub max: u32,
}

/// `POST /load`
pub(super) async fn load(State(sandbox): State<Sandbox>, Given(load): Given<Load>) -> Answer<Loaded> {
    if !(1..=MAX_TOTAL).contains(&load.total) || !(1..=MAX_IN_FLIGHT).contains(&load.in_flight) {
        return Err(Refusal::bad(format!(
            "a load has a total of 1 to {MAX_TOTAL}, and 1 to {MAX_IN_FLIGHT} in flight"
        )));
    }
    let timeout_ms = load.timeout_ms.unwrap_or(TIMEOUT_MS);
    if timeout_ms > MAX_TIMEOUT_MS {
        return Err(Refusal::bad(format!("a load lasts {MAX_TIMEOUT_MS} ms at most")));
    }
    let timeout = Duration::from_millis(timeout_ms);
    let (total, in_flight) = (load.total, load.in_flight);
    let mut run = Run::prepare(&sandbox, load)?;
    let started = Instant::now();
    // The time is up: what is under way counts as failed.
    let finished = tokio::time::timeout(timeout, run.drive(total, in_flight)).await.is_ok();
    let elapsed = started.elapsed();
    if !finished {
        run.failed += run.open.len();
    }
    let (samples, failed) = (std::mem::take(&mut run.samples), run.failed);
    let completed = samples.len();
    let latency_us = tokio::task::spawn_blocking(move || percentiles(samples)).await.unwrap_or_default();
    // Counts of millions are exact in a float.
    #[allow(clippy::cast_precision_loss)]
    let per_second = completed as f64 / elapsed.as_secs_f64().max(f64::EPSILON);
    Ok(Json(Loaded { completed, failed, elapsed_ms: whole_ms(elapsed), per_second, latency_us }))
}

fn percentiles(mut samples: Vec<u32>) -> Latency {
    samples.sort_unstable();
    let at = |percent: usize| {
        let rank = (samples.len() * percent).div_ceil(100).saturating_sub(1);
        samples.get(rank).copied().unwrap_or_default()
    };
    Latency { p50: at(50), p90: at(90), p99: at(99), max: at(100) }
}

/// A load under way.
struct Run {
    sandbox: Sandbox,
    notes: Receiver<Note>,
    opening: Opening,
    passers_by: Option<PassersBy>,
    /// When each interaction under way was opened.
    open: HashMap<Id, Instant>,
    samples: Vec<u32>,
    failed: usize,
    patience: Duration,
}

impl Run {
    fn prepare(sandbox: &Sandbox, load: Load) -> Result<Self, Refusal> {
        let user = match load.user {
            Some(user) => user,
            None => sandbox.read(|world| Names(world).user(&"Max".into()))?.into(),
        };
        let slash = Slash {
            user,
            channel: load.channel,
            command: load.command,
            options: load.options,
            app: load.app,
            focused: None,
            wait: None,
            timeout_ms: None,
            quiet_ms: None,
        };
        let (opening, guild, notes) = sandbox.change(|world| {
            let invocation = act::invocation(world, slash)?;
            let opening = world.prepare(&invocation)?;
            let guild = world.channel(opening.channel).and_then(|channel| channel.guild);
            Ok::<_, Refusal>((opening, guild, world.feed.watch()))
        })?;
        if !sandbox.hub.sessions().iter().any(|session| session.app == opening.app && session.connected) {
            return Err(Refusal::conflict("no bot is connected that could answer"));
        }
        let passers_by = match (load.distinct_users, guild) {
            (false, _) => None,
            (true, Some(guild)) => Some(PassersBy::new(sandbox, guild, load.in_flight)),
            (true, None) => return Err(Refusal::bad("distinct users need a guild's channel")),
        };
        let patience = if sandbox.rules.on(Rule::AcknowledgeIn3s) {
            Duration::from_millis(ACKNOWLEDGE_MS) + SWEEP
        } else {
            PATIENCE
        };
        Ok(Self {
            sandbox: sandbox.clone(),
            notes,
            opening,
            passers_by,
            open: HashMap::with_capacity(load.in_flight),
            samples: Vec::with_capacity(load.total),
            failed: 0,
            patience,
        })
    }

    async fn drive(&mut self, total: usize, in_flight: usize) {
        let mut sent = 0;
        let mut sweep = tokio::time::interval(SWEEP);
        while sent < total || !self.open.is_empty() {
            let batch = in_flight.saturating_sub(self.open.len()).min(total - sent);
            self.send(batch);
            sent += batch;
            tokio::select! {
                note = self.notes.recv() => match note {
                    Ok(note) => self.hear(note),
                    Err(RecvError::Lagged(_)) => self.recount(),
                    Err(RecvError::Closed) => return,
                },
                _ = sweep.tick() => self.give_up(),
            }
            self.hear_more();
        }
    }

    /// Opens so many interactions.
    fn send(&mut self, batch: usize) {
        if batch == 0 {
            return;
        }
        let Self { sandbox, opening, passers_by, open, .. } = self;
        sandbox.change(|world| {
            for _ in 0..batch {
                let mut opening = opening.clone();
                if let Some(passers_by) = passers_by {
                    opening.user = passers_by.arrive(world);
                }
                open.insert(world.open(opening), Instant::now());
            }
        });
    }

    fn hear(&mut self, note: Note) {
        let Note::Acknowledged { interaction, at } = note else { return };
        if let Some(opened) = self.open.remove(&interaction) {
            let written = self.sandbox.hub.sent_at(interaction).unwrap_or(opened);
            let micros = at.saturating_duration_since(written).as_micros();
            self.samples.push(u32::try_from(micros).unwrap_or(u32::MAX));
        }
    }

    /// Hears what else has come already.
    fn hear_more(&mut self) {
        loop {
            match self.notes.try_recv() {
                Ok(note) => self.hear(note),
                Err(TryRecvError::Lagged(_)) => self.recount(),
                Err(TryRecvError::Empty | TryRecvError::Closed) => return,
            }
        }
    }

    /// After notes were lost: looks which interactions are acknowledged. Their latency is counted to now.
    fn recount(&mut self) {
        let done: Vec<Id> = self.sandbox.read(|world| {
            let acknowledged = |id: &&Id| world.interaction(**id).is_none_or(|it| it.acknowledged.is_some());
            self.open.keys().filter(acknowledged).copied().collect()
        });
        let at = Instant::now();
        for interaction in done {
            self.hear(Note::Acknowledged { interaction, at });
        }
    }

    /// Counts those that were not answered in time as failed.
    fn give_up(&mut self) {
        let before = self.open.len();
        let patience = self.patience;
        self.open.retain(|_, opened| opened.elapsed() < patience);
        self.failed += before - self.open.len();
    }
}

/// Users who come once: each is a member while the bot answers, and goes when enough others came.
struct PassersBy {
    sandbox: Sandbox,
    guild: Id,
    here: VecDeque<Id>,
    most: usize,
}

impl PassersBy {
    fn new(sandbox: &Sandbox, guild: Id, in_flight: usize) -> Self {
        Self { sandbox: sandbox.clone(), guild, here: VecDeque::new(), most: in_flight + LINGERING }
    }

    fn arrive(&mut self, world: &mut crate::world::World) -> Id {
        let id = world.next_id();
        let username = format!("passer-by-{id}");
        let user = User { id, username, global_name: None, bot: false, locale: "en-US".into() };
        world.users.insert(id, user);
        let member = Member { joined_ms: world.now_ms(), ..Member::default() };
        if let Some(guild) = world.guilds.get_mut(&self.guild) {
            guild.members.insert(id, member);
        }
        self.here.push_back(id);
        if self.here.len() > self.most
            && let Some(gone) = self.here.pop_front()
        {
            self.leave(world, gone);
        }
        id
    }

    fn leave(&self, world: &mut crate::world::World, gone: Id) {
        world.users.remove(&gone);
        if let Some(guild) = world.guilds.get_mut(&self.guild) {
            guild.members.remove(&gone);
        }
    }
}

impl Drop for PassersBy {
    fn drop(&mut self) {
        let here = std::mem::take(&mut self.here);
        self.sandbox.clone().change(|world| here.into_iter().for_each(|gone| self.leave(world, gone)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_ranks() {
        let latency = percentiles((1..=1_000).rev().collect());
        assert_eq!(latency, Latency { p50: 500, p90: 900, p99: 990, max: 1_000 });
        assert_eq!(percentiles(vec![7]), Latency { p50: 7, p90: 7, p99: 7, max: 7 });
        assert_eq!(percentiles(Vec::new()), Latency::default());
    }
}
