//! Users and guilds that operators have blocked. Each change is recorded in the same transaction.

use chrono::{DateTime, Utc};
use diesel::{BoolExpressionMethods, ExpressionMethods, QueryDsl, SelectableHelper, upsert::excluded};
use diesel_async::{AsyncConnection, RunQueryDsl};
use serde_json::json;

use super::{
    ColdError, Connection,
    audit::{self, Entry},
    schema::blocks,
};
use crate::domain::{
    ids::{GuildId, UserId},
    oversight::{Action, BlockKind, Blocked, Reason},
};

/// A block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Whom it bars.
    pub subject: Blocked,
    /// Why.
    pub reason: Option<Reason>,
    /// The operator; `None` for the bot itself, and once that person is erased.
    pub by: Option<UserId>,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Until when, later than `since`; `None`: until an operator lifts it.
    pub until: Option<DateTime<Utc>>,
}

#[derive(diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = blocks, check_for_backend(diesel::pg::Pg))]
struct Row {
    kind: BlockKind,
    subject_id: i64,
    reason: String,
    blocked_by: Option<UserId>,
    blocked_at: DateTime<Utc>,
    blocked_until: Option<DateTime<Utc>>,
}

impl TryFrom<Row> for Block {
    type Error = ColdError;

    fn try_from(row: Row) -> Result<Self, ColdError> {
        let subject = match row.kind {
            BlockKind::User => UserId::try_from(row.subject_id).map(Blocked::User),
            BlockKind::Guild => GuildId::try_from(row.subject_id).map(Blocked::Guild),
        };
        Ok(Self {
            subject: subject.map_err(|error| diesel::result::Error::DeserializationError(Box::new(error)))?,
            reason: Reason::new(&row.reason).ok(),
            by: row.blocked_by,
            since: row.blocked_at,
            until: row.blocked_until,
        })
    }
}

const fn number(subject: Blocked) -> i64 {
    match subject {
        Blocked::User(user) => user.to_i64(),
        Blocked::Guild(guild) => guild.to_i64(),
    }
}

fn entry(action: Action, subject: Blocked, by: Option<UserId>, at: DateTime<Utc>) -> Entry {
    let (user, guild) = match subject {
        Blocked::User(user) => (Some(user), None),
        Blocked::Guild(guild) => (None, Some(guild)),
    };
    Entry { user, guild, target: subject.kind().to_string(), ..Entry::new(by, action, at) }
}

/// Blocks, or changes a block.
///
/// # Errors
/// [`ColdError::Query`], also when it would end before it begins.
pub async fn set(connection: &mut Connection, block: &Block) -> Result<(), ColdError> {
    let mut entry = entry(Action::BLOCK_SET, block.subject, block.by, block.since);
    entry.reason.clone_from(&block.reason);
    entry.after = Some(json!({ "until": block.until }));
    connection
        .transaction(async |connection| {
            diesel::insert_into(blocks::table)
                .values((
                    blocks::kind.eq(block.subject.kind()),
                    blocks::subject_id.eq(number(block.subject)),
                    blocks::reason.eq(block.reason.as_ref().map_or("", Reason::as_str)),
                    blocks::blocked_by.eq(block.by),
                    blocks::blocked_at.eq(block.since),
                    blocks::blocked_until.eq(block.until),
                ))
                .on_conflict((blocks::kind, blocks::subject_id))
                .do_update()
                .set((
                    blocks::reason.eq(excluded(blocks::reason)),
                    blocks::blocked_by.eq(excluded(blocks::blocked_by)),
                    blocks::blocked_at.eq(excluded(blocks::blocked_at)),
                    blocks::blocked_until.eq(excluded(blocks::blocked_until)),
                ))
                .execute(connection)
                .await?;
            audit::append(connection, &entry).await?;
            Ok(())
        })
        .await
}

/// Lifts a block; whether there was one. Only then it is recorded.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn lift(
    connection: &mut Connection,
    subject: Blocked,
    by: Option<UserId>,
    at: DateTime<Utc>,
) -> Result<bool, ColdError> {
    connection
        .transaction(async |connection| {
            let row = blocks::table.find((subject.kind(), number(subject)));
            let lifted = diesel::delete(row).execute(connection).await? > 0;
            if lifted {
                audit::append(connection, &entry(Action::BLOCK_LIFTED, subject, by, at)).await?;
            }
            Ok(lifted)
        })
        .await
}

/// The blocks in force at a moment, in the order of kind and id, from after that one on.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn active(
    connection: &mut Connection,
    at: DateTime<Utc>,
    after: Option<Blocked>,
    limit: u16,
) -> Result<Vec<Block>, ColdError> {
    let mut query = blocks::table
        .filter(blocks::blocked_until.is_null().or(blocks::blocked_until.gt(at)))
        .order((blocks::kind, blocks::subject_id))
        .limit(limit.into())
        .select(Row::as_select())
        .into_boxed();
    if let Some(last) = after {
        let same = blocks::kind.eq(last.kind()).and(blocks::subject_id.gt(number(last)));
        query = query.filter(blocks::kind.gt(last.kind()).or(same));
    }
    let rows: Vec<Row> = query.load(connection).await?;
    rows.into_iter().map(Block::try_from).collect()
}
