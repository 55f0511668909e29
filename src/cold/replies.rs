//! Characters' answers with the lines they answer, kept for their buttons: other answers, once more, go on, delete.

mod change;
mod forgotten;

use std::fmt;

use chrono::{DateTime, Utc};
use diesel::{
    ExpressionMethods, OptionalExtension, QueryDsl, SelectableHelper,
    pg::Pg,
    sql_types::{BigInt, SmallInt, Timestamptz},
};
use diesel_async::RunQueryDsl;
use serde::{Deserialize, Serialize};

pub use self::change::ReplyChange;
pub(super) use self::change::{Columns, reply_change};
pub use self::forgotten::{forget_at, prune_forgotten};
use super::{
    ColdError, Connection,
    schema::talk_replies,
    statement::{Bind, statement},
};
use crate::domain::{
    character::CharacterId,
    ids::{ChannelId, GuildId, InteractionId, UserId},
};

/// Most answers to one line.
pub const MOST_ANSWERS: usize = 10;
/// Most characters of a member's line; the rest is cut off.
pub const LONGEST_SAID: usize = 8_000;
/// Most characters of an answer; the rest is cut off.
pub const LONGEST_ANSWER: usize = 20_000;
/// Most messages that show one answer; further ones are not known to it.
pub const MOST_MESSAGES: usize = 50;

/// One exchange.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// The interaction, or message, that the line came with: the identity.
    pub interaction: InteractionId,
    /// The guild; `None` in direct messages.
    pub guild: Option<GuildId>,
    /// Where it is shown.
    pub channel: ChannelId,
    /// Who asked.
    pub user: UserId,
    /// Who answered.
    pub character: CharacterId,
    /// The member's line, [`LONGEST_SAID`] characters at most.
    #[serde(serialize_with = "change::said")]
    pub said: String,
    /// The answers, oldest first, 1 to [`MOST_ANSWERS`], each [`LONGEST_ANSWER`] characters at most.
    #[serde(serialize_with = "change::answers")]
    pub answers: Vec<String>,
    /// Which of them is shown, from 0.
    pub shown: u8,
    /// The messages that show it, in order; empty where it could not be shown.
    pub messages: Vec<u64>,
    /// Whether a webhook has posted them; else the bot itself, or the interaction's response.
    pub by_webhook: bool,
    /// The bot's own message that shows the member's line; `None` where there is none.
    #[serde(default)]
    pub line_message: Option<u64>,
    /// When it was made.
    pub made_at: DateTime<Utc>,
}

impl Reply {
    /// The answer that is shown.
    pub fn answer(&self) -> &str {
        self.answers.get(usize::from(self.shown)).map_or("", String::as_str)
    }
}

/// Without the words, which are the member's own.
impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("interaction", &self.interaction)
            .field("guild", &self.guild)
            .field("channel", &self.channel)
            .field("user", &self.user)
            .field("character", &self.character)
            .field("answers", &self.answers.len())
            .field("shown", &self.shown)
            .field("messages", &self.messages)
            .field("by_webhook", &self.by_webhook)
            .field("line_message", &self.line_message)
            .field("made_at", &self.made_at)
            .finish_non_exhaustive()
    }
}

#[derive(diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = talk_replies, check_for_backend(Pg))]
struct Row {
    interaction_id: InteractionId,
    guild_id: Option<GuildId>,
    channel_id: ChannelId,
    user_id: UserId,
    character_id: CharacterId,
    said: String,
    answers: Vec<String>,
    shown: i16,
    message_ids: Vec<i64>,
    by_webhook: bool,
    made_at: DateTime<Utc>,
    line_message_id: Option<i64>,
}

impl From<Row> for Reply {
    fn from(row: Row) -> Self {
        Self {
            interaction: row.interaction_id,
            guild: row.guild_id,
            channel: row.channel_id,
            user: row.user_id,
            character: row.character_id,
            said: row.said,
            answers: row.answers,
            // Checked by the database: below the number of answers, and those are few.
            shown: u8::try_from(row.shown).unwrap_or_default(),
            messages: row.message_ids.into_iter().map(i64::unsigned_abs).collect(),
            by_webhook: row.by_webhook,
            line_message: row.line_message_id.map(i64::unsigned_abs),
            made_at: row.made_at,
        }
    }
}

/// One of them.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn get(
    connection: &mut Connection,
    interaction: InteractionId,
) -> Result<Option<Reply>, ColdError> {
    let query = talk_replies::table.find(interaction).select(Row::as_select());
    Ok(query.first(connection).await.optional()?.map(Reply::from))
}

/// Says which answer to a member's line is shown; whether there is such an answer to such a line of theirs.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn show(
    connection: &mut Connection,
    interaction: InteractionId,
    user: UserId,
    which: u8,
) -> Result<bool, ColdError> {
    const SHOW: &str = "UPDATE talk_replies SET shown = $3
        WHERE interaction_id = $1 AND user_id = $2 AND $3 < cardinality(answers)";
    let shown = statement(SHOW)
        .bind::<BigInt, _>(interaction)
        .bind::<BigInt, _>(user)
        .bind::<SmallInt, _>(i16::from(which))
        .execute(connection)
        .await?;
    Ok(shown > 0)
}

/// Says where the answer is to be seen now, in order; whether it is kept at all.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn set_messages(
    connection: &mut Connection,
    interaction: InteractionId,
    messages: &[u64],
    by_webhook: bool,
) -> Result<bool, ColdError> {
    let columns = talk_replies::message_ids.eq(change::message_ids(messages));
    let set = diesel::update(talk_replies::table.find(interaction))
        .set((columns, talk_replies::by_webhook.eq(by_webhook)));
    Ok(set.execute(connection).await? > 0)
}

/// Deletes one, and tells what it was.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn delete(
    connection: &mut Connection,
    interaction: InteractionId,
) -> Result<Option<Reply>, ColdError> {
    let gone = diesel::delete(talk_replies::table.find(interaction)).returning(Row::as_returning());
    Ok(gone.get_result(connection).await.optional()?.map(Reply::from))
}

/// Deletes those made before that moment, the oldest first, `most` at most. Answers how many went.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn prune(
    connection: &mut Connection,
    before: DateTime<Utc>,
    most: i64,
) -> Result<usize, ColdError> {
    const PRUNE: &str = "DELETE FROM talk_replies WHERE interaction_id IN (
        SELECT interaction_id FROM talk_replies WHERE made_at < $1 ORDER BY made_at LIMIT $2)";
    let pruned =
        statement(PRUNE).bind::<Timestamptz, _>(before).bind::<BigInt, _>(most).execute(connection).await?;
    Ok(pruned)
}
