//! A member's own data: all of it shown, or all of it erased, as the registry of tables says.

use std::collections::BTreeMap;

use diesel::{
    result::Error,
    sql_types::{BigInt, Text},
};
use diesel_async::{AsyncConnection, RunQueryDsl};
use serde_json::{Map, Value};

use super::{
    connect::Connection,
    error::ColdError,
    tables::{Erase, TABLES, Table, Trace},
};
use crate::domain::ids::UserId;

/// What erasing a user did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Erasure {
    /// Rows deleted or blanked, by table; tables without any are left out.
    pub erased: BTreeMap<&'static str, usize>,
    /// Rows that stay, and why, by table; tables without any are left out.
    pub kept: BTreeMap<&'static str, (i64, &'static str)>,
}

#[derive(diesel::QueryableByName)]
struct Rows {
    #[diesel(sql_type = Text)]
    rows: String,
}

#[derive(diesel::QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// Everything that is kept about a user: an object with one list of rows a table, empty lists included, read as of
/// one moment. Discord's ids are strings. Columns that name somebody else are left out.
///
/// # Errors
/// [`ColdError::Query`] when a statement fails.
pub async fn export(connection: &mut Connection, user: UserId) -> Result<Value, ColdError> {
    let tables = connection
        .build_transaction()
        .read_only()
        .repeatable_read()
        .run::<_, Error, _>(async |connection| {
            let mut tables = Map::new();
            for table in personal() {
                let query = diesel::sql_query(export_query(table)).bind::<BigInt, _>(user.to_i64());
                let answer: Rows = query.get_result(connection).await?;
                let rows: Value = serde_json::from_str(&answer.rows)
                    .map_err(|error| Error::DeserializationError(Box::new(error)))?;
                tables.insert(table.name.to_owned(), ids_as_strings(rows));
            }
            Ok(tables)
        })
        .await?;
    Ok(Value::Object(tables))
}

/// Erases a user, all or nothing. Doing it again finds nothing more, unless something was written meanwhile: a
/// call under way settles after its answer. Archived months need nothing: they were blanked when archived.
///
/// # Errors
/// [`ColdError::Query`] when a statement fails; nothing is erased then.
pub async fn erase(connection: &mut Connection, user: UserId) -> Result<Erasure, ColdError> {
    let erasure = connection
        .transaction::<_, Error, _>(async |connection| erase_traces(connection, user).await)
        .await?;
    Ok(erasure)
}

/// What [`erase`] would do now. Changes nothing: does it, and takes it back.
///
/// # Errors
/// [`ColdError::Query`] when a statement fails.
pub async fn would_erase(connection: &mut Connection, user: UserId) -> Result<Erasure, ColdError> {
    let mut erasure = Erasure::default();
    let taken_back = connection
        .transaction::<(), Error, _>(async |connection| {
            erasure = erase_traces(connection, user).await?;
            Err(Error::RollbackTransaction)
        })
        .await;
    match taken_back {
        Err(Error::RollbackTransaction) => Ok(erasure),
        taken_back => Ok(taken_back.map(|()| erasure)?),
    }
}

async fn erase_traces(connection: &mut Connection, user: UserId) -> Result<Erasure, Error> {
    let mut erasure = Erasure::default();
    for table in personal() {
        for trace in table.traces {
            erase_trace(connection, table.name, trace, user, &mut erasure).await?;
        }
    }
    Ok(erasure)
}

fn personal() -> impl Iterator<Item = &'static Table> + Send {
    TABLES.iter().filter(|table| !table.traces.is_empty())
}

async fn erase_trace(
    connection: &mut Connection,
    table: &'static str,
    trace: &Trace,
    user: UserId,
    erasure: &mut Erasure,
) -> Result<(), Error> {
    let (name, named) = (quoted(table), naming(trace));
    let statement = match trace.erase {
        Erase::Row => format!("DELETE FROM {name} WHERE {named}"),
        Erase::Blank(columns) => {
            let blank: Vec<_> = columns.iter().map(|column| format!("{} = NULL", quoted(column))).collect();
            format!("UPDATE {name} SET {} WHERE {named}", blank.join(", "))
        }
        Erase::Unless { condition, why } => {
            let query = format!("SELECT count(*) AS count FROM {name} WHERE {named} AND ({condition})");
            let stays: Count =
                diesel::sql_query(query).bind::<BigInt, _>(user.to_i64()).get_result(connection).await?;
            if stays.count > 0 {
                erasure.kept.insert(table, (stays.count, why));
            }
            format!("DELETE FROM {name} WHERE {named} AND NOT ({condition})")
        }
    };
    let rows = diesel::sql_query(statement).bind::<BigInt, _>(user.to_i64()).execute(connection).await?;
    if rows > 0 {
        *erasure.erased.entry(table).or_default() += rows;
    }
    Ok(())
}

/// The rows that name the user, without the columns that name somebody else.
fn export_query(table: &Table) -> String {
    let others: Vec<_> = table
        .traces
        .iter()
        .map(|trace| format!("CASE WHEN {} THEN '' ELSE '{}' END", naming(trace), trace.column))
        .collect();
    let named: Vec<_> = table.traces.iter().map(naming).collect();
    format!(
        "SELECT coalesce(json_agg(to_jsonb(t) - ARRAY[{}]), '[]')::text AS rows FROM {} AS t WHERE {}",
        others.join(", "),
        quoted(table.name),
        named.join(" OR "),
    )
}

/// The condition under which a row names the user, who is `$1`.
fn naming(trace: &Trace) -> String {
    let column = quoted(trace.column);
    trace.among.map_or_else(|| format!("({column} = $1)"), |among| format!("({column} = $1 AND {among})"))
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Numbers of 64 bits don't fit those of every reader.
fn ids_as_strings(mut rows: Value) -> Value {
    for row in rows.as_array_mut().into_iter().flatten() {
        for (name, value) in row.as_object_mut().into_iter().flatten() {
            if value.is_i64() && (name.ends_with("_id") || name.ends_with("_by")) {
                *value = Value::String(value.to_string());
            }
            let several = value.as_array_mut().filter(|_| name.ends_with("_ids"));
            for value in several.into_iter().flatten() {
                *value = Value::String(value.to_string());
            }
        }
    }
    rows
}
