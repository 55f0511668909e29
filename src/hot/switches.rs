//! Kill switches as all processes share them: a copy of PostgreSQL's with its version, which admission looks at.
//!
//! The copy never goes back in time. Beside it lie switches that an operator set and that PostgreSQL has yet to be
//! told of: they hold at once, stay while older or equal versions are put, and go when a version comes that has them.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use redis::Script;

use super::{
    HotError, keys, limits::Notice, local::LocalDb, operation::Operation, redis::Call, redis::Redis,
};

static PUT: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("switches_put.lua")));
static ADD: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("switches_add.lua")));
static DROP: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("switches_drop.lua")));

/// Where changes are told: the version, or [`PENDING`].
pub const CHANNEL: &str = "switches";
/// The message that a switch was set of which PostgreSQL has yet to be told.
pub const PENDING: &str = "pending";

/// The field of the version. No switch has that name.
const VERSION: &str = "version";
/// What comes before the field of a switch that PostgreSQL has yet to be told of.
const PENDING_PREFIX: &str = "pending:";

/// A switch as the copy holds it. `Debug` shows the field alone: the text is an operator's.
#[derive(Clone, PartialEq, Eq)]
pub struct Kept {
    /// Which one, by [`crate::domain::oversight::SwitchTarget::field`].
    pub field: String,
    /// Since when, in milliseconds since 1970.
    pub since: i64,
    /// Until when, in milliseconds since 1970; `None`: until it is cleared.
    pub ends_at: Option<i64>,
    /// Why, as members are told; may be empty.
    pub reason: String,
}

impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.field)
    }
}

impl Kept {
    fn notice(&self) -> String {
        Notice::text_of(self.ends_at, &self.reason)
    }
}

/// What became of putting a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placed {
    /// Nothing: the copy there is newer.
    Older,
    /// It was there already.
    Same,
    /// It is there now, and all processes are told.
    Changed,
}

/// Puts PostgreSQL's switches in place of the copy, unless a newer one is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PutSwitches {
    /// PostgreSQL's version.
    pub version: i64,
    /// All that are in force, each field once.
    pub switches: Vec<Kept>,
    /// Those that PostgreSQL has yet to be told of, as this process knows them: put again where the whole copy was lost.
    pub pending: Vec<Kept>,
}

/// Adds a switch that PostgreSQL has yet to be told of. Answers whether it was added: not when it, or a later one of
/// its field, is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddPending(pub Kept);

/// Takes such a switch out again, its field with it. Answers whether it was there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DropPending(pub String);

/// Reads the copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadSwitches;

/// The copy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Copy {
    /// Its version; `None`: there is no copy, or only pending ones.
    pub version: Option<i64>,
    /// What holds, by field, the pending ones among them.
    pub notices: Vec<Notice>,
    /// Those that PostgreSQL has yet to be told of.
    pub pending: Vec<Kept>,
}

impl Operation for PutSwitches {
    type Answer = Placed;
    const NAME: &'static str = "switches.put";

    async fn on_redis(&self, redis: &Redis) -> Result<Placed, HotError> {
        let mut call = redis.script(&PUT).key(&keys::AiDisabled::key());
        call = call.arg(self.version).arg(redis.channel(CHANNEL));
        call = push(push(call, &self.switches), &self.pending);
        match call.ask().await? {
            0 => Ok(Placed::Older),
            1 => Ok(Placed::Same),
            2 => Ok(Placed::Changed),
            _ => Err(HotError::Unexpected("switches were put in no known way")),
        }
    }

    fn on_local(&self, db: &mut LocalDb) -> Placed {
        let key = keys::AiDisabled::key();
        let held = db.hash_all(&key);
        let known = held.get(VERSION).and_then(|text| text.parse::<i64>().ok());
        if known.is_some_and(|known| self.version < known) {
            return Placed::Older;
        }
        let mut changed = known != Some(self.version);
        let mut wanted: BTreeMap<_, _> =
            self.switches.iter().map(|switch| (switch.field.clone(), switch.notice())).collect();
        let since: BTreeMap<_, _> =
            self.switches.iter().map(|switch| (switch.field.as_str(), switch.since)).collect();
        let mut pending: BTreeMap<_, _> = held
            .iter()
            .filter_map(|(field, text)| Some((field.strip_prefix(PENDING_PREFIX)?.to_owned(), split(text)?)))
            .collect();
        for switch in self.pending.iter().filter(|_| known.is_none()) {
            if pending.get(&switch.field).is_none_or(|(there, _)| *there < switch.since) {
                pending.insert(switch.field.clone(), (switch.since, switch.notice()));
                db.hash_set(&key, &pending_field(&switch.field), &pending_text(switch));
                changed = true;
            }
        }
        for (field, (began, notice)) in pending {
            if since.get(field.as_str()).is_some_and(|since| *since >= began) {
                db.hash_delete(&key, &pending_field(&field));
                changed = true;
            } else {
                wanted.insert(field, notice);
            }
        }
        if changed {
            let stays = |field: &str| field == VERSION || field.starts_with(PENDING_PREFIX);
            for field in held.keys().filter(|field| !wanted.contains_key(*field) && !stays(field)) {
                db.hash_delete(&key, field);
            }
        }
        for (field, notice) in &wanted {
            if held.get(field) != Some(notice) {
                db.hash_set(&key, field, notice);
                changed = true;
            }
        }
        if !changed {
            return Placed::Same;
        }
        db.hash_set(&key, VERSION, &self.version.to_string());
        Placed::Changed
    }
}

impl Operation for AddPending {
    type Answer = bool;
    const NAME: &'static str = "switches.add";

    async fn on_redis(&self, redis: &Redis) -> Result<bool, HotError> {
        let call = redis.script(&ADD).key(&keys::AiDisabled::key()).arg(&self.0.field).arg(self.0.since);
        call.arg(self.0.notice()).arg(redis.channel(CHANNEL)).ask().await
    }

    fn on_local(&self, db: &mut LocalDb) -> bool {
        let key = keys::AiDisabled::key();
        let field = pending_field(&self.0.field);
        let there = db.hash_get(&key, &field).and_then(split);
        if there.is_some_and(|(since, _)| since >= self.0.since) {
            return false;
        }
        db.hash_set(&key, &field, &pending_text(&self.0));
        db.hash_set(&key, &self.0.field, &self.0.notice());
        true
    }
}

impl Operation for DropPending {
    type Answer = bool;
    const NAME: &'static str = "switches.drop";

    async fn on_redis(&self, redis: &Redis) -> Result<bool, HotError> {
        let call = redis.script(&DROP).key(&keys::AiDisabled::key()).arg(&self.0);
        call.arg(redis.channel(CHANNEL)).ask().await
    }

    fn on_local(&self, db: &mut LocalDb) -> bool {
        let key = keys::AiDisabled::key();
        let there = db.hash_delete(&key, &pending_field(&self.0));
        if there {
            db.hash_delete(&key, &self.0);
        }
        there
    }
}

impl Operation for ReadSwitches {
    type Answer = Copy;
    const NAME: &'static str = "switches.read";
    const READS_ONLY: bool = true;

    async fn on_redis(&self, redis: &Redis) -> Result<Copy, HotError> {
        redis.command("HGETALL").key(&keys::AiDisabled::key()).ask().await.map(|held| Copy::read(&held))
    }

    fn on_local(&self, db: &mut LocalDb) -> Copy {
        Copy::read(&db.hash_all(&keys::AiDisabled::key()))
    }
}

impl Copy {
    fn read(held: &BTreeMap<String, String>) -> Self {
        let mut copy = Self::default();
        for (field, text) in held {
            if field == VERSION {
                copy.version = text.parse().ok();
            } else if let Some(field) = field.strip_prefix(PENDING_PREFIX) {
                let Some((since, notice)) = split(text) else { continue };
                let Notice { ends_at, text, .. } = Notice::read(None, &notice);
                copy.pending.push(Kept { field: field.to_owned(), since, ends_at, reason: text });
            } else {
                copy.notices.push(Notice::read(Some(field), text));
            }
        }
        copy
    }

    /// The fields of the pending ones.
    pub fn pending_fields(&self) -> BTreeSet<&str> {
        self.pending.iter().map(|switch| switch.field.as_str()).collect()
    }
}

fn push<'a>(mut call: Call<'a>, switches: &[Kept]) -> Call<'a> {
    call = call.arg(switches.len());
    for switch in switches {
        call = call.arg(&switch.field).arg(switch.since).arg(switch.notice());
    }
    call
}

fn pending_field(field: &str) -> String {
    format!("{PENDING_PREFIX}{field}")
}

fn pending_text(switch: &Kept) -> String {
    format!("{} {}", switch.since, switch.notice())
}

/// Since when, and the notice, of a pending switch.
fn split(text: &str) -> Option<(i64, String)> {
    let (since, notice) = text.split_once(' ')?;
    Some((since.parse().ok()?, notice.to_owned()))
}
