//! What each day added to a bond. The statement that adds to a bond writes it.

use chrono::NaiveDate;
use diesel::{
    ExpressionMethods, QueryDsl,
    sql_types::{BigInt, Date},
};
use diesel_async::RunQueryDsl;

use crate::cold::{
    ColdError, Connection,
    schema::bond_history,
    statement::{Bind, statement},
    types::count,
};
use crate::domain::{character::CharacterId, ids::UserId};

/// A day on which a bond grew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// The day, in UTC.
    pub day: NaiveDate,
    /// Experience gained on it; never 0.
    pub gained: u64,
    /// Experience at its end, or so far.
    pub xp_after: u64,
}

/// The newest days of a bond, newest first.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn history(
    connection: &mut Connection,
    user: UserId,
    character: &CharacterId,
    limit: u16,
) -> Result<Vec<Day>, ColdError> {
    let rows: Vec<(NaiveDate, i32, i64)> = bond_history::table
        .filter(bond_history::user_id.eq(user))
        .filter(bond_history::character_id.eq(character))
        .order(bond_history::day.desc())
        .limit(limit.into())
        .select((bond_history::day, bond_history::gained, bond_history::xp_after))
        .load(connection)
        .await?;
    let day = |(day, gained, after): (NaiveDate, i32, i64)| Day {
        day,
        gained: count(gained.into()),
        xp_after: count(after),
    };
    Ok(rows.into_iter().map(day).collect())
}

/// Deletes days before that one, `most` rows at most. Answers how many went.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn prune_history(
    connection: &mut Connection,
    before: NaiveDate,
    most: i64,
) -> Result<usize, ColdError> {
    const PRUNE: &str = "DELETE FROM bond_history AS old USING (
            SELECT user_id, character_id, day FROM bond_history WHERE day < $1 ORDER BY day LIMIT $2
        ) AS due
        WHERE (old.user_id, old.character_id, old.day) = (due.user_id, due.character_id, due.day)";
    let pruned = statement(PRUNE).bind::<Date, _>(before).bind::<BigInt, _>(most).execute(connection).await?;
    Ok(pruned)
}
