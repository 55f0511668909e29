//! Gifts and trades: proposed, confirmed by who gives, accepted by who receives; the exchange is one transaction.
//!
//! Each change takes the lock on both members' collections first, and so sees all that others did before.

mod exchange;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, SelectableHelper,
    sql_types::{BigInt, Timestamptz},
};
use diesel_async::{AsyncConnection, RunQueryDsl};

use self::exchange::lack_of;
pub use self::exchange::{Slots, accept};
use super::{
    ColdError, Connection,
    collection::lock,
    schema::trades,
    statement::{Bind, statement},
    types::count,
};
use crate::domain::{
    character::CharacterId,
    ids::{GuildId, InteractionId, UserId},
    trade::{Lack, Side, Terms, TradeState},
};

/// A gift or a trade.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trade {
    /// What for what, between whom.
    pub terms: Terms,
    /// When it was proposed.
    pub made_at: DateTime<Utc>,
    /// Until when it can be accepted.
    pub expires_at: DateTime<Utc>,
    /// What became of it.
    pub state: TradeState,
}

/// What became of proposing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proposed {
    /// It is there, to be confirmed by its proposer; or was, by this very interaction.
    There(Trade),
    /// The proposer has as many open offers as one may have; nothing changed.
    TooMany,
    /// It could not happen as things are; nothing changed.
    Lacks(Lack),
}

/// What became of a step that a member took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stepped {
    /// It is done.
    Now(Trade),
    /// It was past that step before, as its state says; nothing changed.
    Before(Trade),
    /// There is no such trade.
    Unknown,
    /// That step is not this member's; nothing changed.
    NotTheirs,
    /// The proposer has as many open offers as one may have; nothing changed.
    TooMany,
    /// A side lacks what it takes; nothing changed, and it can be tried again.
    Lacks(Trade, Lack),
}

/// How a member ends what is not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Its proposer takes it back.
    Withdraw,
    /// Its receiver declines.
    Decline,
}

#[derive(diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = trades, check_for_backend(diesel::pg::Pg))]
struct Row {
    trade_id: InteractionId,
    guild_id: GuildId,
    proposer_id: UserId,
    receiver_id: UserId,
    gives: CharacterId,
    gets: Option<CharacterId>,
    made_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    state: TradeState,
}

impl From<Row> for Trade {
    fn from(row: Row) -> Self {
        let terms = Terms {
            id: row.trade_id,
            guild: row.guild_id,
            proposer: row.proposer_id,
            receiver: row.receiver_id,
            gives: row.gives,
            gets: row.gets,
        };
        Self { terms, made_at: row.made_at, expires_at: row.expires_at, state: row.state }
    }
}

/// One of them, as it stands.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn get(connection: &mut Connection, id: InteractionId) -> Result<Option<Trade>, ColdError> {
    let query = trades::table.find(id).select(Row::as_select());
    Ok(query.first(connection).await.optional()?.map(Trade::from))
}

/// Proposes terms at that moment, to be confirmed by their proposer. An earlier proposal of theirs that they did not confirm is
/// withdrawn by that. `checked` are the sides that must have now what they would give.
///
/// # Errors
/// [`ColdError::Query`], also when a member deals with themselves or a character is given for itself.
pub async fn propose(
    connection: &mut Connection,
    terms: &Terms,
    at: DateTime<Utc>,
    life: TimeDelta,
    most: u32,
    checked: &[Side],
) -> Result<Proposed, ColdError> {
    connection
        .transaction(async |connection| {
            lock(connection, &[terms.proposer, terms.receiver]).await?;
            if let Some(there) = get(connection, terms.id).await? {
                return Ok(Proposed::There(there));
            }
            if open_offers(connection, terms.proposer, at).await? >= u64::from(most) {
                return Ok(Proposed::TooMany);
            }
            for side in checked {
                if let Some(lack) = lack_of(connection, terms, *side).await? {
                    return Ok(Proposed::Lacks(lack));
                }
            }
            let unconfirmed = trades::table
                .filter(trades::proposer_id.eq(terms.proposer))
                .filter(trades::state.eq(TradeState::Proposed));
            diesel::update(unconfirmed).set(ended(TradeState::Withdrawn, at)).execute(connection).await?;
            let row: Row = diesel::insert_into(trades::table)
                .values((
                    trades::trade_id.eq(terms.id),
                    trades::guild_id.eq(terms.guild),
                    trades::proposer_id.eq(terms.proposer),
                    trades::receiver_id.eq(terms.receiver),
                    trades::gives.eq(&terms.gives),
                    trades::gets.eq(&terms.gets),
                    trades::made_at.eq(at),
                    trades::expires_at.eq(at + life),
                ))
                .returning(Row::as_returning())
                .get_result(connection)
                .await?;
            Ok(Proposed::There(row.into()))
        })
        .await
}

/// Confirms one's own proposal: from then on it is an offer that the receiver may accept.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn confirm(
    connection: &mut Connection,
    id: InteractionId,
    user: UserId,
    most: u32,
    at: DateTime<Utc>,
) -> Result<Stepped, ColdError> {
    connection
        .transaction(async |connection| {
            let Some(trade) = locked(connection, id, at).await? else { return Ok(Stepped::Unknown) };
            if trade.terms.proposer != user {
                return Ok(Stepped::NotTheirs);
            }
            if trade.state != TradeState::Proposed {
                return Ok(Stepped::Before(trade));
            }
            if open_offers(connection, user, at).await? >= u64::from(most) {
                return Ok(Stepped::TooMany);
            }
            let change = trades::state.eq(TradeState::Confirmed);
            let row = diesel::update(trades::table.find(id)).set(change).returning(Row::as_returning());
            let row: Option<Row> = row.get_result(connection).await.optional()?;
            Ok(row.map_or(Stepped::Unknown, |row| Stepped::Now(row.into())))
        })
        .await
}

/// Ends what is not done.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn end(
    connection: &mut Connection,
    id: InteractionId,
    user: UserId,
    ending: Ending,
    at: DateTime<Utc>,
) -> Result<Stepped, ColdError> {
    connection
        .transaction(async |connection| {
            let Some(trade) = locked(connection, id, at).await? else { return Ok(Stepped::Unknown) };
            let (side, state) = match ending {
                Ending::Withdraw => (Side::Proposer, TradeState::Withdrawn),
                Ending::Decline => (Side::Receiver, TradeState::Declined),
            };
            let is_known = side == Side::Proposer || trade.state != TradeState::Proposed;
            if trade.terms.who(side) != user || !is_known {
                return Ok(Stepped::NotTheirs);
            }
            if !trade.state.is_open() {
                return Ok(Stepped::Before(trade));
            }
            Ok(close(connection, id, state, at).await?.map_or(Stepped::Unknown, Stepped::Now))
        })
        .await
}

/// Marks open ones whose time is over at that moment, `most` at most; how many.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn expire(connection: &mut Connection, at: DateTime<Utc>, most: i64) -> Result<usize, ColdError> {
    // One whose row is in use is being ended, or comes next time.
    const EXPIRE: &str = "UPDATE trades SET state = 'expired', ended_at = $1 WHERE trade_id IN (
        SELECT trade_id FROM trades WHERE state IN ('proposed', 'confirmed') AND expires_at <= $1
        ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)";
    let expire = statement(EXPIRE).bind::<Timestamptz, _>(at).bind::<BigInt, _>(most);
    Ok(expire.execute(connection).await?)
}

/// Deletes those that ended before that moment, `most` at most; how many.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn prune(
    connection: &mut Connection,
    before: DateTime<Utc>,
    most: i64,
) -> Result<usize, ColdError> {
    const PRUNE: &str = "DELETE FROM trades WHERE trade_id IN (
        SELECT trade_id FROM trades WHERE ended_at < $1 ORDER BY ended_at LIMIT $2)";
    let pruned =
        statement(PRUNE).bind::<Timestamptz, _>(before).bind::<BigInt, _>(most).execute(connection).await?;
    Ok(pruned)
}

/// It, under the lock of both members' collections. One whose time is over is marked first.
async fn locked(
    connection: &mut Connection,
    id: InteractionId,
    at: DateTime<Utc>,
) -> Result<Option<Trade>, ColdError> {
    // Who the two are never changes: it can be read before the lock.
    let Some(Trade { terms, .. }) = get(connection, id).await? else { return Ok(None) };
    lock(connection, &[terms.proposer, terms.receiver]).await?;
    let late = trades::table.find(id).filter(trades::ended_at.is_null().and(trades::expires_at.le(at)));
    diesel::update(late).set(ended(TradeState::Expired, at)).execute(connection).await?;
    get(connection, id).await
}

/// Brings it to its last state; `None` when it was erased meanwhile.
async fn close(
    connection: &mut Connection,
    id: InteractionId,
    state: TradeState,
    at: DateTime<Utc>,
) -> Result<Option<Trade>, ColdError> {
    let row = diesel::update(trades::table.find(id)).set(ended(state, at)).returning(Row::as_returning());
    Ok(row.get_result(connection).await.optional()?.map(|row: Row| row.into()))
}

/// How many offers of a member's are open at that moment.
async fn open_offers(connection: &mut Connection, user: UserId, at: DateTime<Utc>) -> Result<u64, ColdError> {
    let query = trades::table
        .filter(trades::proposer_id.eq(user))
        .filter(trades::state.eq(TradeState::Confirmed))
        .filter(trades::expires_at.gt(at))
        .count();
    Ok(count(query.get_result(connection).await?))
}

type Ended = (diesel::dsl::Eq<trades::state, TradeState>, diesel::dsl::Eq<trades::ended_at, DateTime<Utc>>);

fn ended(state: TradeState, at: DateTime<Utc>) -> Ended {
    (trades::state.eq(state), trades::ended_at.eq(at))
}
