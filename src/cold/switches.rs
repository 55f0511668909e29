//! Kill switches of AI, as they survive a restart. Each change is recorded in the same transaction.

use chrono::{DateTime, Utc};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, IntoSql, JoinOnDsl, QueryDsl, SelectableHelper, dsl::exists,
    query_dsl::methods, sql_types::Bool, upsert::excluded,
};
use diesel_async::{AsyncConnection, RunQueryDsl};
use serde_json::json;

use super::{
    ColdError, Connection,
    audit::{self, Entry},
    schema::{ai_switch_state, ai_switches, audit_log},
};
use crate::domain::{
    ids::UserId,
    oversight::{Action, Reason, SwitchTarget},
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

/// All switches in force, with their version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Grows with each change of any of them.
    pub version: i64,
    /// Newest first.
    pub switches: Vec<Switch>,
}

#[derive(diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = ai_switches, check_for_backend(diesel::pg::Pg))]
struct Row {
    scope: String,
    target: String,
    reason: String,
    disabled_by: Option<UserId>,
    disabled_at: DateTime<Utc>,
    disabled_until: Option<DateTime<Utc>>,
}

impl Row {
    fn read(self) -> Option<Switch> {
        let target = self.scope.parse().ok().and_then(|scope| SwitchTarget::new(scope, &self.target).ok());
        if target.is_none() {
            metrics::counter!("troupe_switches_unreadable_total").increment(1);
            tracing::debug!(scope = self.scope, "a kill switch of a kind that this program does not know");
        }
        Some(Switch {
            target: target?,
            reason: Reason::new(&self.reason).ok(),
            by: self.disabled_by,
            since: self.disabled_at,
            until: self.disabled_until,
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
    write(connection, switch, false).await.map(drop)
}

async fn write(connection: &mut Connection, switch: &Switch, only_newer: bool) -> Result<bool, ColdError> {
    let mut entry = entry(Action::SWITCH_SET, &switch.target, switch.by, switch.since);
    entry.reason.clone_from(&switch.reason);
    entry.after = Some(json!({ "until": switch.until }));
    connection
        .transaction(async |connection| {
            let upsert = diesel::insert_into(ai_switches::table)
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
                ));
            let takes = ai_switches::disabled_at
                .lt(excluded(ai_switches::disabled_at))
                .or(only_newer.into_sql::<Bool>().eq(false));
            let written = methods::FilterDsl::filter(upsert, takes).execute(connection).await?;
            if written > 0 {
                audit::append(connection, &entry).await?;
            }
            Ok(written > 0)
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

/// Writes a switch that an operator set while PostgreSQL was away, unless this one or a later one of its target is
/// there, or it was cleared since. Whether it was written; only then it is recorded.
///
/// # Errors
/// As [`set`].
pub async fn land(connection: &mut Connection, switch: &Switch) -> Result<bool, ColdError> {
    let known_as = entry(Action::SWITCH_CLEARED, &switch.target, None, switch.since).target;
    connection
        .transaction(async |connection| {
            // Whoever clears it at this moment holds this row until that is on record.
            let _held: i64 = ai_switch_state::table
                .select(ai_switch_state::version)
                .for_update()
                .first(connection)
                .await?;
            let cleared = audit_log::table
                .filter(audit_log::action.eq(Action::SWITCH_CLEARED.as_str()))
                .filter(audit_log::target.eq(known_as))
                .filter(audit_log::at.ge(switch.since));
            let cleared: bool = diesel::select(exists(cleared)).get_result(connection).await?;
            if cleared { Ok(false) } else { write(connection, switch, true).await }
        })
        .await
}

/// The switches in force at a moment, newest first, 1,000 at most; with the version of all together. One statement.
/// A switch of a kind that only a newer program knows is left out.
///
/// # Errors
/// [`ColdError::Query`], also when the version was deleted.
pub async fn in_force(connection: &mut Connection, at: DateTime<Utc>) -> Result<Standing, ColdError> {
    let holds = ai_switches::disabled_until.is_null().or(ai_switches::disabled_until.gt(at));
    let rows: Vec<(i64, Option<Row>)> = ai_switch_state::table
        .left_join(ai_switches::table.on(holds))
        .order((ai_switches::disabled_at.desc(), ai_switches::scope, ai_switches::target))
        .limit(MOST)
        .select((ai_switch_state::version, Option::<Row>::as_select()))
        .load(connection)
        .await?;
    let version = rows.as_slice().first().ok_or(diesel::result::Error::NotFound)?.0;
    let switches = rows.into_iter().filter_map(|(_, row)| row?.read()).collect();
    Ok(Standing { version, switches })
}
