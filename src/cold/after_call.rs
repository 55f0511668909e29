//! What is written after each call of a model: its row in the ledger, the bond's gain, the member's first day, and the
//! answer with its line.
//!
//! All of it is one statement, and so one transaction and one round trip. The ledger's row comes first and its key
//! (interaction and ordinal) is unique; the rest happens only where that row is new. A second try, by whomever and
//! whenever, changes nothing. Three statements in a transaction, through the bare driver, did 1,188 a second with one
//! client and 3,642 with eight; this does 2,166 and 4,518 (`script/bench stores writes`).

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Bool, Date, Integer, Nullable, SmallInt, Text, Timestamptz},
};
use diesel_async::RunQueryDsl;
use futures::{FutureExt, future::BoxFuture};
use serde::{Deserialize, Serialize};

use super::{
    ColdError, Connection,
    bonds::{GainRow, bond_gain, bond_gain_columns},
    months,
    partitions::{Key, Partitioned},
    replies::{Columns, ReplyChange, reply_change},
    statement::{Bind, statement},
    types::{bigint, integer},
};
use crate::domain::{
    bond::{Gain, Reward},
    character::CharacterId,
    ids::{GuildId, InteractionId, UserId},
    usage::{Feature, Outcome},
};

/// One call of a model, as it is recorded. It may wait as JSON for PostgreSQL to come back: a later version of the
/// program reads what an earlier one wrote, so fields are added with a default and never change their meaning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AfterCall {
    /// The interaction that asked for it.
    pub interaction: InteractionId,
    /// Tells apart the calls made for one interaction, from 0.
    pub ordinal: u8,
    /// The guild; `None` in direct messages.
    pub guild: Option<GuildId>,
    /// The member; `None` once they asked to be forgotten.
    pub user: Option<UserId>,
    /// Who was to answer.
    pub character: Option<CharacterId>,
    /// What for.
    pub feature: Feature,
    /// The provider's name, 1 to 100 characters; longer ones are cut off.
    pub provider: String,
    /// The model's name, 1 to 200 characters; longer ones are cut off.
    pub model: String,
    /// Tokens of the prompt.
    pub prompt_tokens: u32,
    /// Tokens of the answer.
    pub completion_tokens: u32,
    /// Cost in millionths of a US dollar, where the price is known.
    pub cost_micros: Option<u64>,
    /// How it ended.
    pub outcome: Outcome,
    /// From the request to the end, in milliseconds.
    pub latency_ms: u32,
    /// From the request to the first token, in milliseconds, if one came.
    pub first_token_ms: Option<u32>,
    /// When it was made.
    pub called_at: DateTime<Utc>,
    /// What the bond between member and character gains; `None` when nothing.
    pub reward: Option<Reward>,
    /// What it changes in the kept replies; `None` when nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply: Option<ReplyChange>,
}

impl AfterCall {
    /// Tells this write from all others, for good: `aftercall:<interaction>:<ordinal>`.
    pub fn key(&self) -> String {
        format!("aftercall:{}:{}", self.interaction, self.ordinal)
    }

    /// Takes a member out of a write that still waits, as erasing them does with rows; whether they were in it.
    pub fn forget(&mut self, user: UserId) -> bool {
        let theirs = self.user == Some(user);
        if theirs {
            self.user = None;
            self.reward = None;
            self.reply = None;
        }
        theirs
    }
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    /// It was written now.
    Now {
        /// What the bond gained; `None` without a reward, a member or a character that still exists.
        gain: Option<Gain>,
    },
    /// It had been written before; nothing changed.
    Before,
}

#[derive(QueryableByName)]
struct RecordedRow {
    #[diesel(sql_type = Bool)]
    written: bool,
    #[diesel(sql_type = Bool)]
    rewarded: bool,
    #[diesel(embed)]
    gain: GainRow,
}

/// A custom character may have been deleted while it spoke: the call is recorded all the same, without a bond.
const RECORD: &str = concat!(
    "WITH written AS (
        INSERT INTO usage_ledger (interaction_id, ordinal, guild_id, user_id, character_id, feature, provider, model,
            prompt_tokens, completion_tokens, cost_micros, outcome, latency_ms, first_token_ms, called_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
        ON CONFLICT (interaction_id, ordinal) DO NOTHING
        RETURNING user_id, character_id, called_at
    ), seen AS (
        INSERT INTO user_first_seen AS known (user_id, day)
        SELECT user_id, $18 FROM written
        WHERE user_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM user_first_seen AS earlier WHERE earlier.user_id = written.user_id AND earlier.day <= $18
        )
        ON CONFLICT (user_id) DO UPDATE SET day = least(known.day, excluded.day)
    ), reward AS (
        SELECT user_id, character_id, $16 AS amount, $17 AS cap, $18 AS day, called_at AS at FROM written
        WHERE $16 IS NOT NULL AND user_id IS NOT NULL AND character_id IS NOT NULL AND (
            troupe_custom_id(character_id) IS NULL
            OR EXISTS (SELECT FROM character_custom_styles WHERE id = troupe_custom_id(written.character_id))
        )
    ), ",
    bond_gain!(),
    ", ",
    reply_change!(),
    " SELECT EXISTS (SELECT FROM written) AS written, EXISTS (SELECT FROM reward) AS rewarded, ",
    bond_gain_columns!(),
    " FROM (SELECT) AS one LEFT JOIN gained ON true LEFT JOIN locked ON true"
);

/// Writes it all, once. One statement, unless the month of the interaction has no partition yet.
///
/// # Errors
/// [`ColdError::Query`]; nothing was written then, or, when the connection was lost, all of it or nothing.
pub async fn record(connection: &mut Connection, call: &AfterCall) -> Result<Recorded, ColdError> {
    let month = (Partitioned::UsageLedger, Key::Id(call.interaction.to_i64()));
    months::insert(connection, month, call, write).await
}

fn write<'a>(
    connection: &'a mut Connection,
    call: &'a AfterCall,
) -> BoxFuture<'a, Result<Recorded, ColdError>> {
    async move {
        let reply = Columns::of(call.reply.as_ref());
        let row: RecordedRow = statement(RECORD)
            .bind::<BigInt, _>(call.interaction)
            .bind::<SmallInt, _>(i16::from(call.ordinal))
            .bind::<Nullable<BigInt>, _>(call.guild)
            .bind::<Nullable<BigInt>, _>(call.user)
            .bind::<Nullable<Text>, _>(call.character.as_ref())
            .bind::<Text, _>(call.feature)
            .bind::<Text, _>(shortened(&call.provider, 100))
            .bind::<Text, _>(shortened(&call.model, 200))
            .bind::<Integer, _>(integer(call.prompt_tokens))
            .bind::<Integer, _>(integer(call.completion_tokens))
            .bind::<Nullable<BigInt>, _>(call.cost_micros.map(bigint))
            .bind::<Text, _>(call.outcome)
            .bind::<Integer, _>(integer(call.latency_ms))
            .bind::<Nullable<Integer>, _>(call.first_token_ms.map(|ms| integer(ms.min(call.latency_ms))))
            .bind::<Timestamptz, _>(call.called_at)
            .bind::<Nullable<Integer>, _>(call.reward.map(|reward| i32::from(reward.amount)))
            .bind::<Nullable<Integer>, _>(call.reward.map(|reward| i32::from(reward.daily_cap)))
            .bind::<Date, _>(call.called_at.date_naive())
            .bind::<Nullable<BigInt>, _>(reply.interaction)
            .bind::<Nullable<BigInt>, _>(reply.channel)
            .bind::<Nullable<BigInt>, _>(reply.guild)
            .bind::<Nullable<Text>, _>(reply.character)
            .bind::<Nullable<Text>, _>(reply.said)
            .bind::<Array<Text>, _>(reply.answers)
            .bind::<SmallInt, _>(reply.shown)
            .bind::<Array<BigInt>, _>(reply.messages)
            .bind::<Bool, _>(reply.by_webhook)
            .bind::<Nullable<Timestamptz>, _>(reply.made_at)
            .bind::<Nullable<Bool>, _>(reply.replaces)
            .bind::<Nullable<BigInt>, _>(reply.line_message)
            .get_result(connection)
            .await?;
        Ok(if row.written {
            Recorded::Now { gain: row.rewarded.then(|| row.gain.into()) }
        } else {
            Recorded::Before
        })
    }
    .boxed()
}

/// A name that settings or a provider gave, cut to what its column takes: a call is recorded in any case.
fn shortened(name: &str, most: usize) -> String {
    let kept: String = name.chars().filter(|char| *char != '\0').take(most).collect();
    if kept.is_empty() { "unknown".to_owned() } else { kept }
}
