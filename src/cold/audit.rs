//! The audit log: who changed which setting, switch, block or entitlement. Rows are added and never changed.

use chrono::{DateTime, Utc};
use diesel::{BoolExpressionMethods, ExpressionMethods, QueryDsl, SelectableHelper};
use diesel_async::RunQueryDsl;
use futures::{FutureExt, future::BoxFuture};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::{
    ColdError, Connection, months,
    partitions::{Key, Partitioned},
    schema::audit_log,
};
use crate::domain::{
    ids::{GuildId, UserId},
    oversight::{Action, Reason},
};

/// Something that was done. It may wait as JSON for PostgreSQL to come back: fields may be added with a default, and
/// never renamed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Tells it from all others. Given anew by [`Entry::new`], in the order of time.
    pub id: Uuid,
    /// When.
    pub at: DateTime<Utc>,
    /// Who did it; `None` for the bot itself, and once that person is erased.
    pub actor: Option<UserId>,
    /// The guild it concerns, if one.
    pub guild: Option<GuildId>,
    /// The member it was done to, if one; `None` once erased.
    pub user: Option<UserId>,
    /// What was done.
    pub action: Action,
    /// What was changed, 200 characters at most: a setting, a switch, a character, never a user.
    pub target: String,
    /// What it was before.
    pub before: Option<Value>,
    /// What it is now.
    pub after: Option<Value>,
    /// Why.
    pub reason: Option<Reason>,
}

impl Entry {
    /// An entry of that moment; what it does not say may be set in its fields.
    pub fn new(actor: Option<UserId>, action: Action, at: DateTime<Utc>) -> Self {
        Self {
            id: Uuid::now_v7(),
            at,
            actor,
            guild: None,
            user: None,
            action,
            target: String::new(),
            before: None,
            after: None,
            reason: None,
        }
    }
}

#[derive(diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = audit_log, check_for_backend(diesel::pg::Pg))]
struct Row {
    id: Uuid,
    at: DateTime<Utc>,
    actor_id: Option<UserId>,
    guild_id: Option<GuildId>,
    user_id: Option<UserId>,
    action: Action,
    target: String,
    before: Option<Value>,
    after: Option<Value>,
    reason: Option<Reason>,
}

impl From<Row> for Entry {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            at: row.at,
            actor: row.actor_id,
            guild: row.guild_id,
            user: row.user_id,
            action: row.action,
            target: row.target,
            before: row.before,
            after: row.after,
            reason: row.reason,
        }
    }
}

/// Adds an entry; whether it was not there before. Whatever it records belongs into the same transaction.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn append(connection: &mut Connection, entry: &Entry) -> Result<bool, ColdError> {
    months::insert(connection, (Partitioned::AuditLog, Key::At(entry.at)), entry, write).await
}

fn write<'a>(connection: &'a mut Connection, entry: &'a Entry) -> BoxFuture<'a, Result<bool, ColdError>> {
    async move {
        let added = diesel::insert_into(audit_log::table)
            .values((
                audit_log::id.eq(entry.id),
                audit_log::at.eq(entry.at),
                audit_log::actor_id.eq(entry.actor),
                audit_log::guild_id.eq(entry.guild),
                audit_log::user_id.eq(entry.user),
                audit_log::action.eq(&entry.action),
                audit_log::target.eq(&entry.target),
                audit_log::before.eq(&entry.before),
                audit_log::after.eq(&entry.after),
                audit_log::reason.eq(&entry.reason),
            ))
            .on_conflict_do_nothing()
            .execute(connection)
            .await?;
        Ok(added > 0)
    }
    .boxed()
}

/// What was done in a guild, or with `None` everywhere, newest first, from before that entry on.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn list(
    connection: &mut Connection,
    guild: Option<GuildId>,
    before: Option<&Entry>,
    limit: u8,
) -> Result<Vec<Entry>, ColdError> {
    let mut query = audit_log::table.select(Row::as_select()).into_boxed();
    if let Some(guild) = guild {
        query = query.filter(audit_log::guild_id.eq(guild));
    }
    if let Some(last) = before {
        let same = audit_log::at.eq(last.at).and(audit_log::id.lt(last.id));
        query = query.filter(audit_log::at.lt(last.at).or(same));
    }
    let rows: Vec<Row> = query
        .order((audit_log::at.desc(), audit_log::id.desc()))
        .limit(limit.into())
        .load(connection)
        .await?;
    Ok(rows.into_iter().map(Entry::from).collect())
}
