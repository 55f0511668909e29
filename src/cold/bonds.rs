//! Bonds: how close each member is to each character.
//!
//! What is gained is decided inside the statement that adds it, so that any number of processes lose no experience
//! and pass no cap together.

mod history;
mod leaders;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, QueryableByName, SelectableHelper,
    sql_types::{BigInt, Date, Integer, Text, Timestamptz},
    upsert::excluded,
};
use diesel_async::RunQueryDsl;

pub use self::{
    history::{Day, history, prune_history},
    leaders::{Place, leaders},
};
use super::{
    ColdError, Connection,
    schema::bond_state,
    statement::{Bind, statement},
    types::{bigint, count},
};
use crate::domain::{
    bond::{Band, Gain, Nickname, Reward},
    character::CharacterId,
    ids::UserId,
};

/// A member's bond with a character.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bond {
    /// The character.
    pub character: CharacterId,
    /// Experience; it never shrinks.
    pub xp: u64,
    /// What was gained on `day`.
    pub xp_today: u64,
    /// Day (UTC) of the newest gain.
    pub day: Option<NaiveDate>,
    /// What the character calls the member.
    pub nickname: Option<Nickname>,
    /// Whether the member wants it to stay as it is.
    pub paused: bool,
    /// When the two last spoke, unless it was paused then.
    pub last_spoke_at: Option<DateTime<Utc>>,
    /// The band up to which the member was told of them.
    pub told: Band,
}

#[derive(diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = bond_state, check_for_backend(diesel::pg::Pg))]
struct Row {
    character_id: CharacterId,
    xp: i64,
    xp_today: i32,
    xp_day: Option<NaiveDate>,
    nickname: Option<Nickname>,
    paused: bool,
    last_spoke_at: Option<DateTime<Utc>>,
    told_level: i64,
}

impl From<Row> for Bond {
    fn from(row: Row) -> Self {
        Self {
            character: row.character_id,
            xp: count(row.xp),
            xp_today: count(row.xp_today.into()),
            day: row.xp_day,
            nickname: row.nickname,
            paused: row.paused,
            last_spoke_at: row.last_spoke_at,
            told: Band::of(count(row.told_level)),
        }
    }
}

/// The part of a statement that adds to a bond what a row of `reward` (user_id, character_id, amount, cap, day, at)
/// says, and leaves `locked`, the bond before, and `gained`, the bond after; a paused bond has none.
///
/// The bond is locked first: the lock finds the newest row, where a plain read would find what was there when the
/// statement began. A gain that comes late, of a day before the newest gain's, counts to the newest day.
///
/// A day's row in the history is what the bond itself says of that day, so it is exact whoever comes first; the bond's
/// row is held meanwhile, so it never goes back.
macro_rules! bond_gain {
    () => {
        "locked AS (
            SELECT bond.xp, bond.xp_today FROM bond_state AS bond JOIN reward USING (user_id, character_id)
            FOR UPDATE OF bond
        ), gained AS (
            INSERT INTO bond_state AS bond (user_id, character_id, xp, xp_today, xp_day, last_spoke_at)
            SELECT user_id, character_id, least(amount, cap), least(amount, cap), day, at
            FROM reward, (SELECT count(*) FROM locked) AS locked_first
            ON CONFLICT (user_id, character_id) DO UPDATE SET (xp, xp_today, xp_day, last_spoke_at) = (
                SELECT bond.xp + gain, today + gain, greatest(bond.xp_day, day), greatest(bond.last_spoke_at, at)
                FROM reward,
                    LATERAL (SELECT CASE WHEN bond.xp_day >= day THEN bond.xp_today ELSE 0 END AS today) AS spent,
                    LATERAL (SELECT least(amount, greatest(0, cap - today)) AS gain) AS rest
            ) WHERE NOT bond.paused
            RETURNING bond.user_id, bond.character_id, bond.xp, bond.xp_today, bond.xp_day
        ), remembered AS (
            INSERT INTO bond_history AS known (user_id, character_id, day, gained, xp_after)
            SELECT user_id, character_id, xp_day, xp_today, xp FROM gained WHERE xp_today > 0
            ON CONFLICT (user_id, character_id, day) DO UPDATE SET gained = excluded.gained, xp_after = excluded.xp_after
            WHERE known.xp_after < excluded.xp_after
        )"
    };
}

/// The columns that tell the gain; they fit [`GainRow`]. The first two gains of a bond may race, and then the second
/// finds no row to lock: what it added is the whole amount, unless the cap was hit in that very moment.
macro_rules! bond_gain_columns {
    () => {
        "coalesce(gained.xp, locked.xp, 0)::bigint AS after,
         coalesce(locked.xp, gained.xp - least(gained.xp_today, (SELECT amount FROM reward)), 0)::bigint AS before,
         coalesce(gained.xp_today, locked.xp_today, 0)::bigint AS today"
    };
}
pub(super) use {bond_gain, bond_gain_columns};

#[derive(QueryableByName)]
pub(super) struct GainRow {
    #[diesel(sql_type = BigInt)]
    before: i64,
    #[diesel(sql_type = BigInt)]
    after: i64,
    #[diesel(sql_type = BigInt)]
    today: i64,
}

impl From<GainRow> for Gain {
    fn from(row: GainRow) -> Self {
        Self { before: count(row.before), after: count(row.after), today: count(row.today) }
    }
}

/// Adds experience, up to the day's cap; a paused bond gains none. One statement.
///
/// # Errors
/// [`ColdError::Query`], also when the character was made by a member and is gone.
pub async fn add_xp(
    connection: &mut Connection,
    user: UserId,
    character: &CharacterId,
    reward: Reward,
    at: DateTime<Utc>,
) -> Result<Gain, ColdError> {
    const ADD: &str = concat!(
        "WITH reward AS (
            SELECT $1 AS user_id, $2 AS character_id, $3 AS amount, $4 AS cap, $5 AS day, $6 AS at
        ), ",
        bond_gain!(),
        " SELECT ",
        bond_gain_columns!(),
        " FROM (SELECT) AS one LEFT JOIN gained ON true LEFT JOIN locked ON true"
    );
    let row: GainRow = statement(ADD)
        .bind::<BigInt, _>(user)
        .bind::<Text, _>(character)
        .bind::<Integer, _>(i32::from(reward.amount))
        .bind::<Integer, _>(i32::from(reward.daily_cap))
        .bind::<Date, _>(at.date_naive())
        .bind::<Timestamptz, _>(at)
        .get_result(connection)
        .await?;
    Ok(row.into())
}

/// One bond, if there is any.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn get(
    connection: &mut Connection,
    user: UserId,
    character: &CharacterId,
) -> Result<Option<Bond>, ColdError> {
    let query = bond_state::table.find((user, character)).select(Row::as_select());
    Ok(query.first(connection).await.optional()?.map(Bond::from))
}

/// A member's bonds, closest first, from after that one on.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn list(
    connection: &mut Connection,
    user: UserId,
    after: Option<&Bond>,
    limit: u8,
) -> Result<Vec<Bond>, ColdError> {
    let mut query = bond_state::table.filter(bond_state::user_id.eq(user)).into_boxed();
    if let Some(last) = after {
        let (xp, character) = (bigint(last.xp), &last.character);
        let tied = bond_state::xp.eq(xp).and(bond_state::character_id.gt(character));
        query = query.filter(bond_state::xp.lt(xp).or(tied));
    }
    let rows: Vec<Row> = query
        .order((bond_state::xp.desc(), bond_state::character_id))
        .limit(limit.into())
        .select(Row::as_select())
        .load(connection)
        .await?;
    Ok(rows.into_iter().map(Bond::from).collect())
}

/// Sets what the character calls the member, or takes it away. A bond begins with it where there was none.
///
/// # Errors
/// [`ColdError::Query`], also when the character was made by a member and is gone.
pub async fn set_nickname(
    connection: &mut Connection,
    user: UserId,
    character: &CharacterId,
    nickname: Option<&Nickname>,
) -> Result<(), ColdError> {
    diesel::insert_into(bond_state::table)
        .values((
            bond_state::user_id.eq(user),
            bond_state::character_id.eq(character),
            bond_state::nickname.eq(nickname),
        ))
        .on_conflict((bond_state::user_id, bond_state::character_id))
        .do_update()
        .set(bond_state::nickname.eq(excluded(bond_state::nickname)))
        .execute(connection)
        .await?;
    Ok(())
}

/// Pauses a bond or lets it go on. A bond begins with it where there was none.
///
/// # Errors
/// [`ColdError::Query`], also when the character was made by a member and is gone.
pub async fn set_paused(
    connection: &mut Connection,
    user: UserId,
    character: &CharacterId,
    paused: bool,
) -> Result<(), ColdError> {
    diesel::insert_into(bond_state::table)
        .values((
            bond_state::user_id.eq(user),
            bond_state::character_id.eq(character),
            bond_state::paused.eq(paused),
        ))
        .on_conflict((bond_state::user_id, bond_state::character_id))
        .do_update()
        .set(bond_state::paused.eq(excluded(bond_state::paused)))
        .execute(connection)
        .await?;
    Ok(())
}

/// Notes that the member is told of a band; whether this was the first to do so. Whoever is told of one knows those below.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn tell(
    connection: &mut Connection,
    user: UserId,
    character: &CharacterId,
    band: Band,
) -> Result<bool, ColdError> {
    let level = bigint(band.from_level());
    let untold = bond_state::table.find((user, character)).filter(bond_state::told_level.lt(level));
    let told = diesel::update(untold).set(bond_state::told_level.eq(level)).execute(connection).await?;
    Ok(told > 0)
}

/// Erases a bond and its history; whether there was one.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn delete(
    connection: &mut Connection,
    user: UserId,
    character: &CharacterId,
) -> Result<bool, ColdError> {
    let gone = diesel::delete(bond_state::table.find((user, character))).execute(connection).await?;
    Ok(gone > 0)
}
