//! Rolls: the draw, its price, the luck it changes and its result as one record, and what was decided about it.
//!
//! A roll is written before anybody sees its result, so that it neither repeats nor vanishes when a process dies. A
//! member has one undecided roll at most.

mod look;

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, SelectableHelper, dsl::sum, upsert::excluded};
use diesel_async::{AsyncConnection, RunQueryDsl};

pub use self::look::{Window, keep_odds, latest, odds, window};
use super::{
    ColdError, Connection,
    collection::{Given, Item, Taken, clear, lock, put},
    schema::{roll_state, rolls},
    types::{bigint, count, integer},
};
use crate::domain::{
    character::CharacterId,
    collection::{Decision, Origin, Pity, Rarity},
    ids::{GuildId, InteractionId, UserId},
};

/// A roll that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRoll {
    /// The interaction that asks for it: the same one never rolls twice.
    pub id: InteractionId,
    /// Who rolls.
    pub user: UserId,
    /// Where; `None` in direct messages.
    pub guild: Option<GuildId>,
    /// What the random generator gave: any number from 0 to 2^63 − 1.
    pub draw: u64,
    /// Which odds were in force, 1 to 100 characters.
    pub odds_version: String,
    /// What it costs of the window's rolls.
    pub cost: u16,
    /// When.
    pub at: DateTime<Utc>,
    /// The window: rolls count from that moment on,
    pub window_begins: DateTime<Utc>,
    /// and may cost so many together.
    pub window_most: u32,
}

/// A roll as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roll {
    /// The interaction that asked for it.
    pub id: InteractionId,
    /// What the random generator gave.
    pub draw: u64,
    /// Which odds were in force.
    pub odds_version: String,
    /// What it cost.
    pub cost: u64,
    /// The luck it began with.
    pub pity: Pity,
    /// Its result.
    pub character: CharacterId,
    /// How rare that is.
    pub rarity: Rarity,
    /// When.
    pub rolled_at: DateTime<Utc>,
    /// What was decided.
    pub decision: Decision,
    /// Whose place the result took.
    pub replaced: Option<CharacterId>,
}

/// What became of asking for a roll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rolled {
    /// It was drawn now.
    Now(Roll),
    /// This interaction had rolled before, with this result.
    Before(Roll),
    /// An earlier roll waits for the member's decision; nothing changed.
    Undecided(Roll),
    /// The window's rolls are used up; nothing changed.
    Spent,
}

/// What a member does with a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice<'a> {
    /// Take it in.
    Add,
    /// Take it in, in the place of that one, which goes with all its copies.
    Replace(&'a CharacterId),
    /// Let it go.
    Release,
}

/// What became of deciding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decided {
    /// It is done.
    Now(Roll),
    /// It had been decided before, as the roll says; nothing changed.
    Before(Roll),
    /// The member has no such roll.
    Unknown,
    /// All slots are taken; nothing changed.
    Full,
    /// The one to be replaced is not in the collection; nothing changed.
    NotOwned,
    /// The one to be replaced is locked; nothing changed.
    Locked,
}

#[derive(diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = rolls, check_for_backend(diesel::pg::Pg))]
struct Row {
    roll_id: InteractionId,
    draw: i64,
    odds_version: String,
    cost: i32,
    since_epic_before: i32,
    since_legendary_before: i32,
    character_id: CharacterId,
    rarity: Rarity,
    rolled_at: DateTime<Utc>,
    decision: Decision,
    replaced_character: Option<CharacterId>,
}

impl From<Row> for Roll {
    fn from(row: Row) -> Self {
        Self {
            id: row.roll_id,
            draw: count(row.draw),
            odds_version: row.odds_version,
            cost: count(row.cost.into()),
            pity: pity(row.since_epic_before, row.since_legendary_before),
            character: row.character_id,
            rarity: row.rarity,
            rolled_at: row.rolled_at,
            decision: row.decision,
            replaced: row.replaced_character,
        }
    }
}

fn pity(since_epic: i32, since_legendary: i32) -> Pity {
    Pity { since_epic: since_epic.unsigned_abs(), since_legendary: since_legendary.unsigned_abs() }
}

/// Rolls: `result` turns luck and draw into a character and its rarity. All or nothing, in one transaction.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn roll(
    connection: &mut Connection,
    new: &NewRoll,
    result: impl FnOnce(Pity, u64) -> (CharacterId, Rarity) + Send,
) -> Result<Rolled, ColdError> {
    connection
        .transaction(async |connection| {
            lock(connection, &[new.user]).await?;
            if let Some(roll) = find(connection, new.user, new.id).await? {
                return Ok(Rolled::Before(roll));
            }
            if let Some(roll) = undecided(connection, new.user).await? {
                return Ok(Rolled::Undecided(roll));
            }
            let spent = spent_since(connection, new.user, new.window_begins).await?;
            if spent + u64::from(new.cost) > u64::from(new.window_most) {
                return Ok(Rolled::Spent);
            }
            let before = luck(connection, new.user).await?;
            let (character, rarity) = result(before, new.draw);
            write(connection, new, before, (&character, rarity)).await.map(Rolled::Now)
        })
        .await
}

async fn write(
    connection: &mut Connection,
    new: &NewRoll,
    before: Pity,
    (character, rarity): (&CharacterId, Rarity),
) -> Result<Roll, ColdError> {
    let after = before.after(rarity);
    let row: Row = diesel::insert_into(rolls::table)
        .values((
            rolls::roll_id.eq(new.id),
            rolls::user_id.eq(new.user),
            rolls::guild_id.eq(new.guild),
            rolls::draw.eq(bigint(new.draw)),
            rolls::odds_version.eq(&new.odds_version),
            rolls::cost.eq(i32::from(new.cost)),
            (
                rolls::since_epic_before.eq(integer(before.since_epic)),
                rolls::since_epic_after.eq(integer(after.since_epic)),
                rolls::since_legendary_before.eq(integer(before.since_legendary)),
                rolls::since_legendary_after.eq(integer(after.since_legendary)),
            ),
            rolls::character_id.eq(character),
            rolls::rarity.eq(rarity),
            rolls::rolled_at.eq(new.at),
        ))
        .returning(Row::as_returning())
        .get_result(connection)
        .await?;
    diesel::insert_into(roll_state::table)
        .values((
            roll_state::user_id.eq(new.user),
            roll_state::rolls.eq(1),
            roll_state::since_epic.eq(integer(after.since_epic)),
            roll_state::since_legendary.eq(integer(after.since_legendary)),
        ))
        .on_conflict(roll_state::user_id)
        .do_update()
        .set((
            roll_state::rolls.eq(roll_state::rolls + 1),
            roll_state::since_epic.eq(excluded(roll_state::since_epic)),
            roll_state::since_legendary.eq(excluded(roll_state::since_legendary)),
        ))
        .execute(connection)
        .await?;
    Ok(row.into())
}

/// Decides about a roll at that moment, once and for good, in one transaction with what it does to the collection.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn decide(
    connection: &mut Connection,
    user: UserId,
    id: InteractionId,
    choice: Choice<'_>,
    slots: u32,
    at: DateTime<Utc>,
) -> Result<Decided, ColdError> {
    connection
        .transaction(async |connection| {
            lock(connection, &[user]).await?;
            let Some(roll) = find(connection, user, id).await? else { return Ok(Decided::Unknown) };
            if roll.decision != Decision::Pending {
                return Ok(Decided::Before(roll));
            }
            let (decision, slots) = match choice {
                Choice::Add => (Decision::Added, slots),
                Choice::Release => (Decision::Released, slots),
                Choice::Replace(old) => match clear(connection, user, old).await? {
                    // The slot that has just come free may be above a bound that was lowered since.
                    Taken::Done => (Decision::Replaced, u32::MAX),
                    Taken::NotOwned => return Ok(Decided::NotOwned),
                    Taken::Locked => return Ok(Decided::Locked),
                },
            };
            if decision != Decision::Released {
                let item =
                    Item { character: &roll.character, rarity: Some(roll.rarity), origin: Origin::Roll };
                if put(connection, user, item, slots).await? == Given::Full {
                    return Ok(Decided::Full);
                }
            }
            let replaced = if let Choice::Replace(old) = choice { Some(old) } else { None };
            let row: Row = diesel::update(rolls::table.find(id))
                .set((
                    rolls::decision.eq(decision),
                    rolls::decided_at.eq(at),
                    rolls::replaced_character.eq(replaced),
                ))
                .returning(Row::as_returning())
                .get_result(connection)
                .await?;
            Ok(Decided::Now(row.into()))
        })
        .await
}

/// A member's roll, if they have made it.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn find(
    connection: &mut Connection,
    user: UserId,
    id: InteractionId,
) -> Result<Option<Roll>, ColdError> {
    let query = rolls::table.find(id).filter(rolls::user_id.eq(user)).select(Row::as_select());
    Ok(query.first(connection).await.optional()?.map(Roll::from))
}

/// The roll that waits for a member's decision.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn undecided(connection: &mut Connection, user: UserId) -> Result<Option<Roll>, ColdError> {
    let query = rolls::table
        .filter(rolls::user_id.eq(user))
        .filter(rolls::decision.eq(Decision::Pending))
        .select(Row::as_select());
    Ok(query.first(connection).await.optional()?.map(Roll::from))
}

/// A member's luck: rolls since something rare.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn luck(connection: &mut Connection, user: UserId) -> Result<Pity, ColdError> {
    let query = roll_state::table.find(user).select((roll_state::since_epic, roll_state::since_legendary));
    let row: Option<(i32, i32)> = query.first(connection).await.optional()?;
    Ok(row.map_or_else(Pity::default, |(epic, legendary)| pity(epic, legendary)))
}

/// What a member's rolls since a moment have cost.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn spent_since(
    connection: &mut Connection,
    user: UserId,
    since: DateTime<Utc>,
) -> Result<u64, ColdError> {
    let query = rolls::table
        .filter(rolls::user_id.eq(user))
        .filter(rolls::rolled_at.ge(since))
        .select(sum(rolls::cost));
    let spent: Option<i64> = query.get_result(connection).await?;
    Ok(count(spent.unwrap_or(0)))
}
