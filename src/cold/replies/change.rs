//! What a call of a model changes in the kept replies: written in the statement that records the call.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize, Serializer};

use super::{LONGEST_ANSWER, LONGEST_SAID, MOST_ANSWERS, MOST_MESSAGES, Reply};
use crate::domain::{
    character::CharacterId,
    ids::{ChannelId, GuildId, InteractionId},
};

/// What a call changes. It may wait as JSON with its call: fields are added with a default, and never renamed.
///
/// Each brings the whole line, because calls may land in another order than they were made: whichever lands first makes
/// the row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReplyChange {
    /// A line with its first answer.
    New(Reply),
    /// One more answer to the line, and no other of them; it is shown from now on. When there are too many, the oldest
    /// leaves.
    Another(Reply),
    /// The whole of an answer that went on, and no other of them. It takes the place of the one that is shown.
    Longer(Reply),
}

impl ReplyChange {
    /// The line, with the answer that this brings.
    pub fn reply(&self) -> &Reply {
        match self {
            Self::New(reply) | Self::Another(reply) | Self::Longer(reply) => reply,
        }
    }
}

/// A change as the statement takes it. Whatever would break a rule of the table is cut off: a call is recorded in any
/// case, whatever it said.
#[derive(Default)]
pub(in crate::cold) struct Columns<'a> {
    /// The line; `None` when nothing changes.
    pub(in crate::cold) interaction: Option<InteractionId>,
    pub(in crate::cold) channel: Option<ChannelId>,
    pub(in crate::cold) guild: Option<GuildId>,
    pub(in crate::cold) character: Option<&'a CharacterId>,
    pub(in crate::cold) said: Option<String>,
    pub(in crate::cold) answers: Vec<String>,
    pub(in crate::cold) shown: i16,
    pub(in crate::cold) messages: Vec<i64>,
    pub(in crate::cold) by_webhook: bool,
    pub(in crate::cold) made_at: Option<DateTime<Utc>>,
    /// `None`: a new line's; else whether it takes another's place.
    pub(in crate::cold) replaces: Option<bool>,
    pub(in crate::cold) line_message: Option<i64>,
}

impl<'a> Columns<'a> {
    pub(in crate::cold) fn of(change: Option<&'a ReplyChange>) -> Self {
        let Some(change) = change else { return Self::default() };
        let reply = change.reply();
        // Without an answer nothing is kept.
        let Some(last) = reply.answers.len().checked_sub(1) else { return Self::default() };
        let last = i16::try_from(last.min(MOST_ANSWERS - 1)).unwrap_or_default();
        Self {
            interaction: Some(reply.interaction),
            channel: Some(reply.channel),
            guild: reply.guild,
            character: Some(&reply.character),
            said: Some(shortened(&reply.said, LONGEST_SAID)),
            answers: cut(kept(&reply.answers)),
            shown: i16::from(reply.shown).min(last),
            messages: message_ids(&reply.messages),
            by_webhook: reply.by_webhook,
            made_at: Some(reply.made_at),
            replaces: match change {
                ReplyChange::New(_) => None,
                ReplyChange::Another(_) => Some(false),
                ReplyChange::Longer(_) => Some(true),
            },
            line_message: message_ids(reply.line_message.as_slice()).pop(),
        }
    }
}

/// The part of a statement that keeps a reply, where its part `written` has a row. Its parameters are [`Columns`],
/// from `$19` on. What its member has had forgotten since is not kept.
macro_rules! reply_change {
    () => {
        "kept AS (
            INSERT INTO talk_replies AS reply (interaction_id, channel_id, guild_id, user_id, character_id, said, answers,
                shown, message_ids, by_webhook, made_at, line_message_id)
            SELECT $19, $20, $21, user_id, $22, $23, $24, $25, $26, $27, $28, $30 FROM written
            WHERE $19 IS NOT NULL AND user_id IS NOT NULL AND NOT EXISTS (
                SELECT FROM talk_forgotten AS forgotten
                WHERE forgotten.user_id = written.user_id AND forgotten.guild_id IS NOT DISTINCT FROM $21
                    AND (forgotten.character_id IS NULL OR forgotten.character_id = $22) AND forgotten.forgotten_at >= $28
            )
            ON CONFLICT (interaction_id) DO UPDATE SET
                answers = CASE
                    WHEN $29 THEN reply.answers[:reply.shown] || excluded.answers || reply.answers[reply.shown + 2:]
                    WHEN $29 IS NULL THEN (excluded.answers || reply.answers)[greatest(1, cardinality(reply.answers) - 8):]
                    ELSE (reply.answers || excluded.answers)[greatest(1, cardinality(reply.answers) - 8):] END,
                shown = CASE
                    WHEN $29 THEN reply.shown
                    WHEN $29 IS NULL THEN least(reply.shown + 1, 9)
                    ELSE least(cardinality(reply.answers), 9) END,
                message_ids = CASE WHEN cardinality(excluded.message_ids) = 0
                    OR ($29 IS NULL AND cardinality(reply.message_ids) > 0) THEN reply.message_ids
                    ELSE excluded.message_ids END,
                by_webhook = CASE WHEN cardinality(excluded.message_ids) = 0
                    OR ($29 IS NULL AND cardinality(reply.message_ids) > 0) THEN reply.by_webhook
                    ELSE excluded.by_webhook END,
                line_message_id = coalesce(reply.line_message_id, excluded.line_message_id)
        )"
    };
}
pub(in crate::cold) use reply_change;

/// The newest answers that a line may have.
fn kept(answers: &[String]) -> &[String] {
    &answers[answers.len().saturating_sub(MOST_ANSWERS)..]
}

fn cut(answers: &[String]) -> Vec<String> {
    answers.iter().map(|answer| shortened(answer, LONGEST_ANSWER)).collect()
}

/// As a text waits in JSON: as short as it will be kept, so that its write is never refused.
pub(super) fn said<S: Serializer>(said: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&shortened(said, LONGEST_SAID))
}

pub(super) fn answers<S: Serializer>(answers: &[String], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(cut(kept(answers)))
}

/// PostgreSQL's texts have no NUL.
fn shortened(text: &str, most: usize) -> String {
    text.chars().filter(|char| *char != '\0').take(most).collect()
}

/// Messages as their column takes them: ids are never 0, and have 63 bits.
pub(super) fn message_ids(messages: &[u64]) -> Vec<i64> {
    let ids = messages.iter().filter_map(|id| i64::try_from(*id).ok()).filter(|id| *id > 0);
    ids.take(MOST_MESSAGES).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(answers: Vec<String>) -> Reply {
        Reply {
            interaction: InteractionId::new(1).expect("an id"),
            guild: None,
            channel: ChannelId::new(2).expect("an id"),
            user: crate::domain::ids::UserId::new(3).expect("an id"),
            character: "shipped:mira".parse().expect("an id"),
            said: "a secret of mine".to_owned(),
            answers,
            shown: 0,
            messages: vec![],
            by_webhook: false,
            line_message: None,
            made_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn no_words_in_debug() {
        let shown = format!("{:?}", ReplyChange::New(reply(vec!["a secret of theirs".to_owned()])));
        assert!(!shown.contains("secret") && shown.contains("mira"), "{shown}");
    }

    #[test]
    fn what_is_too_long_is_cut_where_it_waits_and_where_it_is_kept() {
        let long = Reply { said: "é\0".repeat(9_000), shown: 200, ..reply(vec!["x".repeat(30_000); 12]) };
        let change = ReplyChange::New(long);
        let text = serde_json::to_string(&change).expect("JSON");
        let ReplyChange::New(waited) = serde_json::from_str(&text).expect("a change") else {
            panic!("a new one")
        };
        assert_eq!(waited.said, "é".repeat(LONGEST_SAID));
        assert_eq!(waited.answers, vec!["x".repeat(LONGEST_ANSWER); MOST_ANSWERS]);
        let columns = Columns::of(Some(&change));
        assert_eq!((columns.said, columns.answers, columns.shown), (Some(waited.said), waited.answers, 9));
        assert_eq!(Columns::of(Some(&ReplyChange::New(reply(vec![])))).interaction, None);
    }
}
