//! Short memory: the latest turns between a member and a character at a place, capped by count and by bytes.
//!
//! A turn is one entry of a list: what the member said and what the character answered come together and leave
//! together. It is known by its interaction, so remembering it twice, as after an answer that did not come in time,
//! keeps it once. The words are the member's: they are gone when the list's time is over, when it is forgotten, and
//! when the member is erased ([`super::privacy`]).

use std::{fmt, sync::LazyLock, time::Duration};

use redis::Script;
use serde::{Deserialize, Serialize};

use super::{
    HotError,
    key::Key,
    keys::{self, Memory},
    local::LocalDb,
    millis,
    operation::Operation,
    redis::Redis,
};
use crate::domain::{
    character::CharacterId,
    ids::{InteractionId, Place, UserId},
};

static SCRIPT: LazyLock<Script> = LazyLock::new(|| {
    Script::new(concat!(include_str!("memory.lua"), "return change_memory(KEYS[1], unpack(ARGV))\n"))
});

/// Whose memory.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Between {
    /// Where they talk.
    pub place: Place,
    /// The member.
    pub user: UserId,
    /// The character.
    pub character: CharacterId,
}

/// Who said a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// The member.
    User,
    /// The character.
    Character,
}

/// One line. `Debug` shows its length only: the words belong in no log.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Who said it.
    pub who: Who,
    /// What they said.
    pub text: String,
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} ({} bytes)", self.who, self.text.len())
    }
}

/// Lines that were said for one interaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// The interaction: the turn's identity.
    pub interaction: InteractionId,
    /// The lines in order.
    pub lines: Vec<Line>,
    /// What whoever remembers keeps with it, in a form of their own; counts among the bytes.
    pub note: Option<String>,
}

/// How much a memory holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// Most lines.
    pub lines: usize,
    /// Most bytes, as stored: JSON, about 40 bytes a line and 40 a turn beside the words.
    pub bytes: usize,
}

/// What became of a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stored {
    /// It is remembered.
    Kept,
    /// Nothing was done: the turn to remember was there before, or the one to revise was not.
    Unchanged,
    /// Nothing was done: alone it is more than the caps allow.
    TooLarge,
}

/// Adds a turn, and forgets the oldest ones while there is more than the caps allow. The memory's time begins anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remember {
    /// Whose memory.
    pub between: Between,
    /// What was said.
    pub turn: Turn,
    /// How much it holds.
    pub caps: Caps,
    /// How long it lasts when nothing more is said.
    pub life: Duration,
}

/// Replaces the turn of the same interaction where it stands, as when an answer is made anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revise(pub Remember);

/// A change of a memory that rides along with something else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Adds a turn.
    Remember(Remember),
    /// Replaces one.
    Revise(Revise),
}

/// Takes one turn out, as when an answer is deleted. Answers whether it was there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DropTurn {
    /// Whose memory.
    pub between: Between,
    /// The turn's interaction.
    pub interaction: InteractionId,
}

/// All turns, oldest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recall(pub Between);

/// Forgets everything between the two there. Answers whether there was anything. All of a member's memories at a
/// place go by [`super::privacy::forget_memories`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forget(pub Between);

impl Operation for Remember {
    type Answer = Stored;
    const NAME: &'static str = "memory.remember";

    async fn on_redis(&self, redis: &Redis) -> Result<Stored, HotError> {
        self.store_on_redis(redis, "add").await
    }

    fn on_local(&self, db: &mut LocalDb) -> Stored {
        self.store_on_local(db, |db, key, turn, found| {
            let is_new = found.is_none();
            if is_new {
                db.push(key, turn);
            }
            is_new
        })
    }
}

impl Operation for Revise {
    type Answer = Stored;
    const NAME: &'static str = "memory.revise";

    async fn on_redis(&self, redis: &Redis) -> Result<Stored, HotError> {
        self.0.store_on_redis(redis, "revise").await
    }

    fn on_local(&self, db: &mut LocalDb) -> Stored {
        self.0.store_on_local(db, |db, key, turn, found| found.is_some_and(|at| db.list_set(key, at, turn)))
    }
}

impl Operation for DropTurn {
    type Answer = bool;
    const NAME: &'static str = "memory.drop";

    async fn on_redis(&self, redis: &Redis) -> Result<bool, HotError> {
        let key = self.between.key();
        redis.script(&SCRIPT).key(&key).arg("drop").arg(self.interaction.to_string()).ask().await
    }

    fn on_local(&self, db: &mut LocalDb) -> bool {
        let key = self.between.key();
        place_of(self.interaction, &db.list(&key)).is_some_and(|at| db.list_remove(&key, at))
    }
}

impl Operation for Recall {
    type Answer = Vec<Turn>;
    const NAME: &'static str = "memory.recall";
    const READS_ONLY: bool = true;

    async fn on_redis(&self, redis: &Redis) -> Result<Vec<Turn>, HotError> {
        let texts: Vec<String> = redis.command("LRANGE").key(&self.0.key()).arg(0).arg(-1).ask().await?;
        Self::read(&texts)
    }

    fn on_local(&self, db: &mut LocalDb) -> Vec<Turn> {
        let texts = db.list(&self.0.key());
        texts.iter().map(|text| Turn::from_text(text).expect("this file wrote it")).collect()
    }
}

impl Recall {
    /// Reads a list's texts.
    pub(super) fn read(texts: &[String]) -> Result<Vec<Turn>, HotError> {
        let turns: Option<Vec<_>> = texts.iter().map(|text| Turn::from_text(text)).collect();
        turns.ok_or(HotError::Unexpected("a memory holds what is no turn"))
    }
}

impl Change {
    /// Whose memory.
    pub fn between(&self) -> &Between {
        &self.remember().between
    }

    fn remember(&self) -> &Remember {
        match self {
            Self::Remember(remember) | Self::Revise(Revise(remember)) => remember,
        }
    }

    /// What change_memory takes after the key; `None` for a turn that is too large to be stored.
    pub(super) fn arguments(&self) -> Option<[String; 6]> {
        let how = if matches!(self, Self::Remember(_)) { "add" } else { "revise" };
        self.remember().arguments(how)
    }
}

impl Operation for Change {
    type Answer = Stored;
    const NAME: &'static str = "memory.change";

    async fn on_redis(&self, redis: &Redis) -> Result<Stored, HotError> {
        match self {
            Self::Remember(remember) => remember.on_redis(redis).await,
            Self::Revise(revise) => revise.on_redis(redis).await,
        }
    }

    fn on_local(&self, db: &mut LocalDb) -> Stored {
        match self {
            Self::Remember(remember) => remember.on_local(db),
            Self::Revise(revise) => revise.on_local(db),
        }
    }
}

impl Operation for Forget {
    type Answer = bool;
    const NAME: &'static str = "memory.forget";

    async fn on_redis(&self, redis: &Redis) -> Result<bool, HotError> {
        redis.command("DEL").key(&self.0.key()).ask().await
    }

    fn on_local(&self, db: &mut LocalDb) -> bool {
        db.delete(&self.0.key())
    }
}

impl Between {
    pub(super) fn key(&self) -> Key<Memory> {
        keys::Memory::of(self.place, self.user, &self.character)
    }
}

impl Caps {
    fn hold(self, lines: usize, bytes: usize) -> bool {
        lines <= self.lines && bytes <= self.bytes
    }
}

impl Remember {
    async fn store_on_redis(&self, redis: &Redis, how: &str) -> Result<Stored, HotError> {
        let Some(arguments) = self.arguments(how) else { return Ok(Stored::TooLarge) };
        let done: bool = redis.script(&SCRIPT).key(&self.between.key()).arg(&arguments[..]).ask().await?;
        Ok(if done { Stored::Kept } else { Stored::Unchanged })
    }

    fn arguments(&self, how: &str) -> Option<[String; 6]> {
        let turn = self.turn.to_text();
        self.caps.hold(self.turn.lines.len(), turn.len()).then(|| {
            [
                how.to_owned(),
                self.turn.interaction.to_string(),
                turn,
                self.caps.lines.to_string(),
                self.caps.bytes.to_string(),
                millis(self.life).to_string(),
            ]
        })
    }

    /// `store` gets the turn as a text and where one of its interaction stands, and says whether it stored it.
    fn store_on_local(
        &self,
        db: &mut LocalDb,
        store: impl FnOnce(&mut LocalDb, &Key<Memory>, &str, Option<usize>) -> bool,
    ) -> Stored {
        let turn = self.turn.to_text();
        if !self.caps.hold(self.turn.lines.len(), turn.len()) {
            return Stored::TooLarge;
        }
        let key = self.between.key();
        let found = place_of(self.turn.interaction, &db.list(&key));
        if !store(db, &key, &turn, found) {
            return Stored::Unchanged;
        }
        let turns = db.list(&key);
        let (mut lines, mut bytes) = (0, 0);
        let fits = |text: &&String| {
            lines += head(text).1;
            bytes += text.len();
            self.caps.hold(lines, bytes)
        };
        let kept = turns.iter().rev().take_while(fits).count();
        for _ in kept..turns.len() {
            db.pop_oldest(&key);
        }
        db.expire(&key, self.life);
        Stored::Kept
    }
}

/// A turn as it is stored. The script reads the first two fields by their place: their order matters.
#[derive(Serialize, Deserialize)]
struct Written<L> {
    interaction: InteractionId,
    count: usize,
    lines: L,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl Turn {
    fn to_text(&self) -> String {
        let (count, lines) = (self.lines.len(), self.lines.as_slice());
        let written = Written { interaction: self.interaction, count, lines, note: self.note.clone() };
        serde_json::to_string(&written).expect("texts and numbers become JSON")
    }

    fn from_text(text: &str) -> Option<Self> {
        let written: Written<Vec<Line>> = serde_json::from_str(text).ok()?;
        Some(Self { interaction: written.interaction, lines: written.lines, note: written.note })
    }
}

/// A stored turn's interaction and its number of lines, as the script reads them: without its words.
fn head(text: &str) -> (&str, usize) {
    let fields = text.strip_prefix("{\"interaction\":\"").and_then(|rest| {
        let (interaction, rest) = rest.split_once("\",\"count\":")?;
        Some((interaction, rest.split_once(',')?.0.parse().ok()?))
    });
    fields.expect("this file wrote it")
}

fn place_of(interaction: InteractionId, turns: &[String]) -> Option<usize> {
    let interaction = interaction.to_string();
    turns.iter().position(|text| head(text).0 == interaction)
}
