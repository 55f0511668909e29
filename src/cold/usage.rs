//! What calls of models have used, read from the ledger.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, QueryDsl, QueryableByName, SelectableHelper,
    sql_types::{BigInt, Nullable, Text, Timestamptz},
};
use diesel_async::RunQueryDsl;

use super::{
    ColdError, Connection,
    schema::usage_ledger,
    statement::{Bind, statement},
    types::count,
};
use crate::domain::{
    character::CharacterId,
    ids::{GuildId, InteractionId, UserId},
    snowflake,
    usage::{Feature, Outcome},
};

/// Most rows of a breakdown; what is beyond them is left out, cheapest first.
const MOST_GROUPS: i64 = 100;
/// An interaction is older than the calls it asks for, by less than this.
const LONGEST_ANSWER: TimeDelta = TimeDelta::days(1);

/// Whose use is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Whose {
    /// That guild's alone.
    pub guild: Option<GuildId>,
    /// That member's alone.
    pub user: Option<UserId>,
}

/// Calls from a moment on, up to but without another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first moment.
    pub from: DateTime<Utc>,
    /// The first moment after.
    pub to: DateTime<Utc>,
}

/// Sums over calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sums {
    /// Calls.
    pub calls: u64,
    /// Tokens of prompts.
    pub prompt_tokens: u64,
    /// Tokens of answers.
    pub completion_tokens: u64,
    /// Cost in millionths of a US dollar, of calls whose price is known.
    pub cost_micros: u64,
    /// Calls whose price is not known.
    pub unpriced: u64,
}

/// The sums of one feature and model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// What for.
    pub feature: Feature,
    /// Whose model.
    pub provider: String,
    /// Which model.
    pub model: String,
    /// Its sums.
    pub sums: Sums,
}

/// One call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The interaction that asked for it.
    pub interaction: InteractionId,
    /// Which of that interaction's calls.
    pub ordinal: u64,
    /// The member; `None` once erased.
    pub user: Option<UserId>,
    /// Who was to answer.
    pub character: Option<CharacterId>,
    /// What for.
    pub feature: Feature,
    /// Which model.
    pub model: String,
    /// Tokens of the prompt.
    pub prompt_tokens: u64,
    /// Tokens of the answer.
    pub completion_tokens: u64,
    /// Cost in millionths of a US dollar, where the price is known.
    pub cost_micros: Option<u64>,
    /// How it ended.
    pub outcome: Outcome,
    /// When it was made.
    pub called_at: DateTime<Utc>,
}

#[derive(QueryableByName)]
struct SumsRow {
    #[diesel(sql_type = BigInt)]
    calls: i64,
    #[diesel(sql_type = BigInt)]
    prompt_tokens: i64,
    #[diesel(sql_type = BigInt)]
    completion_tokens: i64,
    #[diesel(sql_type = BigInt)]
    cost_micros: i64,
    #[diesel(sql_type = BigInt)]
    unpriced: i64,
}

impl From<SumsRow> for Sums {
    fn from(row: SumsRow) -> Self {
        Self {
            calls: count(row.calls),
            prompt_tokens: count(row.prompt_tokens),
            completion_tokens: count(row.completion_tokens),
            cost_micros: count(row.cost_micros),
            unpriced: count(row.unpriced),
        }
    }
}

#[derive(QueryableByName)]
struct ShareRow {
    #[diesel(sql_type = Text)]
    feature: Feature,
    #[diesel(sql_type = Text)]
    provider: String,
    #[diesel(sql_type = Text)]
    model: String,
    #[diesel(embed)]
    sums: SumsRow,
}

macro_rules! sums {
    () => {
        "count(*) AS calls, coalesce(sum(prompt_tokens), 0)::bigint AS prompt_tokens,
         coalesce(sum(completion_tokens), 0)::bigint AS completion_tokens,
         coalesce(sum(cost_micros), 0)::bigint AS cost_micros, count(*) - count(cost_micros) AS unpriced
         FROM usage_ledger
         WHERE ($1 IS NULL OR guild_id = $1) AND ($2 IS NULL OR user_id = $2) AND called_at >= $3 AND called_at < $4
            AND interaction_id >= $5 AND interaction_id < $6"
    };
}

/// The ids whose interactions can have calls in that span: they keep a search to its months.
fn ids(span: Span) -> (i64, i64) {
    let first = |at: DateTime<Utc>| snowflake::first_at(at.timestamp_millis());
    (first(span.from - LONGEST_ANSWER), first(span.to + LONGEST_ANSWER))
}

/// The sums of a span.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn sums(connection: &mut Connection, whose: Whose, span: Span) -> Result<Sums, ColdError> {
    let (first, last) = ids(span);
    let row: SumsRow = statement(concat!("SELECT ", sums!()))
        .bind::<Nullable<BigInt>, _>(whose.guild)
        .bind::<Nullable<BigInt>, _>(whose.user)
        .bind::<Timestamptz, _>(span.from)
        .bind::<Timestamptz, _>(span.to)
        .bind::<BigInt, _>(first)
        .bind::<BigInt, _>(last)
        .get_result(connection)
        .await?;
    Ok(row.into())
}

/// The sums of a span by feature, provider and model, dearest first; 100 at most.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn shares(connection: &mut Connection, whose: Whose, span: Span) -> Result<Vec<Share>, ColdError> {
    const SHARES: &str = concat!(
        "SELECT feature, provider, model, ",
        sums!(),
        " GROUP BY feature, provider, model ORDER BY cost_micros DESC, calls DESC, feature, provider, model LIMIT $7"
    );
    let (first, last) = ids(span);
    let rows: Vec<ShareRow> = statement(SHARES)
        .bind::<Nullable<BigInt>, _>(whose.guild)
        .bind::<Nullable<BigInt>, _>(whose.user)
        .bind::<Timestamptz, _>(span.from)
        .bind::<Timestamptz, _>(span.to)
        .bind::<BigInt, _>(first)
        .bind::<BigInt, _>(last)
        .bind::<BigInt, _>(MOST_GROUPS)
        .load(connection)
        .await?;
    let share = |row: ShareRow| Share {
        feature: row.feature,
        provider: row.provider,
        model: row.model,
        sums: row.sums.into(),
    };
    Ok(rows.into_iter().map(share).collect())
}

#[derive(diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = usage_ledger, check_for_backend(diesel::pg::Pg))]
struct CallRow {
    interaction_id: InteractionId,
    ordinal: i16,
    user_id: Option<UserId>,
    character_id: Option<CharacterId>,
    feature: Feature,
    model: String,
    prompt_tokens: i32,
    completion_tokens: i32,
    cost_micros: Option<i64>,
    outcome: Outcome,
    called_at: DateTime<Utc>,
}

impl From<CallRow> for Call {
    fn from(row: CallRow) -> Self {
        Self {
            interaction: row.interaction_id,
            ordinal: count(row.ordinal.into()),
            user: row.user_id,
            character: row.character_id,
            feature: row.feature,
            model: row.model,
            prompt_tokens: count(row.prompt_tokens.into()),
            completion_tokens: count(row.completion_tokens.into()),
            cost_micros: row.cost_micros.map(count),
            outcome: row.outcome,
            called_at: row.called_at,
        }
    }
}

/// The newest calls, newest first, from before that one on.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn newest(
    connection: &mut Connection,
    whose: Whose,
    before: Option<&Call>,
    limit: u8,
) -> Result<Vec<Call>, ColdError> {
    let mut query = usage_ledger::table.select(CallRow::as_select()).into_boxed();
    if let Some(guild) = whose.guild {
        query = query.filter(usage_ledger::guild_id.eq(guild));
    }
    if let Some(user) = whose.user {
        query = query.filter(usage_ledger::user_id.eq(user));
    }
    if let Some(last) = before {
        let ordinal = i16::try_from(last.ordinal).unwrap_or(i16::MAX);
        let same = usage_ledger::interaction_id.eq(last.interaction).and(usage_ledger::ordinal.lt(ordinal));
        query = query.filter(usage_ledger::interaction_id.lt(last.interaction).or(same));
    }
    let rows: Vec<CallRow> = query
        .order((usage_ledger::interaction_id.desc(), usage_ledger::ordinal.desc()))
        .limit(limit.into())
        .load(connection)
        .await?;
    Ok(rows.into_iter().map(Call::from).collect())
}
