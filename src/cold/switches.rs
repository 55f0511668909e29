//! Kill switches of AI, as they survive a restart. Each change is recorded in the same transaction.

use chrono::{DateTime, Utc};
use diesel::{BoolExpressionMethods, ExpressionMethods, QueryDsl, SelectableHelper, upsert::excluded};
use diesel_async::{AsyncConnection, RunQueryDsl};
use serde_json::json;

use super::{
    ColdError, Connection,
    audit::{self, Entry},
    schema::ai_switches,
};
use crate::domain::{
    ids::UserId,
    oversight::{Action, Reason, SwitchScope, SwitchTarget},
};

/// Most switches in force that are looked at: far more than operators set.
const MOST: i64 = 1000;

/// A kill switch in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Switch {
    /// What it stops.
    pub target: SwitchTarget,
    /// Why, as members are told.
    pub reason: Option<Reason>,
    /// The operator; `None` for the bot itself, and once that person is erased.
    pub by: Option<UserId>,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Until when, later than `since`; `None`: until an operator clears it.
    pub until: Option<DateTime<Utc>>,
}

#[derive(diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = ai_switches, check_for_backend(diesel::pg::Pg))]
struct Row {
    scope: SwitchScope,
    target: String,
    reason: String,
    disabled_by: Option<UserId>,
    disabled_at: DateTime<Utc>,
    disabled_until: Option<DateTime<Utc>>,
}

impl TryFrom<Row> for Switch {
    type Error = ColdError;

    fn try_from(row: Row) -> Result<Self, ColdError> {
        let unreadable = |error| diesel::result::Error::DeserializationError(Box::new(error));
        Ok(Self {
            target: SwitchTarget::new(row.scope, &row.target).map_err(unreadable)?,
            reason: Reason::new(&row.reason).ok(),
            by: row.disabled_by,
            since: row.disabled_at,
            until: row.disabled_until,
        })
    }
}

fn entry(action: Action, target: &SwitchTarget, by: Option<UserId>, at: DateTime<Utc>) -> Entry {
    let guild = if let SwitchTarget::Guild(guild) = target { Some(*guild) } else { None };
    let name = format!("{} {}", target.scope(), target.target());
    let name = name.trim_end().chars().take(200).collect();
    Entry { guild, target: name, ..Entry::new(by, action, at) }
}

/// Sets a switch, or changes one that is set.
///
/// # Errors
/// [`ColdError::Query`], also when it would end before it begins.
pub async fn set(connection: &mut Connection, switch: &Switch) -> Result<(), ColdError> {
    let mut entry = entry(Action::SWITCH_SET, &switch.target, switch.by, switch.since);
    entry.reason.clone_from(&switch.reason);
    entry.after = Some(json!({ "until": switch.until }));
    connection
        .transaction(async |connection| {
            diesel::insert_into(ai_switches::table)
                .values((
                    ai_switches::scope.eq(switch.target.scope()),
                    ai_switches::target.eq(switch.target.target()),
                    ai_switches::reason.eq(switch.reason.as_ref().map_or("", Reason::as_str)),
                    ai_switches::disabled_by.eq(switch.by),
                    ai_switches::disabled_at.eq(switch.since),
                    ai_switches::disabled_until.eq(switch.until),
                ))
                .on_conflict((ai_switches::scope, ai_switches::target))
                .do_update()
                .set((
                    ai_switches::reason.eq(excluded(ai_switches::reason)),
                    ai_switches::disabled_by.eq(excluded(ai_switches::disabled_by)),
                    ai_switches::disabled_at.eq(excluded(ai_switches::disabled_at)),
                    ai_switches::disabled_until.eq(excluded(ai_switches::disabled_until)),
                ))
                .execute(connection)
                .await?;
            audit::append(connection, &entry).await?;
            Ok(())
        })
        .await
}

/// Clears a switch; whether it was set. Only then it is recorded.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn clear(
    connection: &mut Connection,
    target: &SwitchTarget,
    by: Option<UserId>,
    at: DateTime<Utc>,
) -> Result<bool, ColdError> {
    connection
        .transaction(async |connection| {
            let row = ai_switches::table.find((target.scope(), target.target()));
            let cleared = diesel::delete(row).execute(connection).await? > 0;
            if cleared {
                audit::append(connection, &entry(Action::SWITCH_CLEARED, target, by, at)).await?;
            }
            Ok(cleared)
        })
        .await
}

/// The switches in force at a moment, newest first; 1,000 at most.
///
/// # Errors
/// [`ColdError::Query`], also when a row is of a kind that only a newer program knows.
pub async fn active(connection: &mut Connection, at: DateTime<Utc>) -> Result<Vec<Switch>, ColdError> {
    let rows: Vec<Row> = ai_switches::table
        .filter(ai_switches::disabled_until.is_null().or(ai_switches::disabled_until.gt(at)))
        .order((ai_switches::disabled_at.desc(), ai_switches::scope, ai_switches::target))
        .limit(MOST)
        .select(Row::as_select())
        .load(connection)
        .await?;
    rows.into_iter().map(Switch::try_from).collect()
}
