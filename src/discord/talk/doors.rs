//! What the ways to a character keep in memory, all of it bounded: nothing of it is missed after a restart.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use moka::future::Cache;
use secrecy::SecretString;
use serenity::all::{ChannelId, Timestamp, UserId};

use crate::domain::character::CharacterId;
use crate::domain::ids::InteractionId;
use crate::i18n::Locale;

/// A refusal in a channel, once a member in this time.
const REFUSAL_PACE: Duration = Duration::from_secs(60);
/// A channel in which the bot may not post is left alone for this long.
const MUTE: Duration = Duration::from_secs(10 * 60);
/// Where a thread belongs never changes; this is for those that nobody uses any more.
const PARENT_LIFE: Duration = Duration::from_secs(24 * 3600);
/// Whom a member talks to in direct messages, and in which language they read.
const HABIT_LIFE: Duration = Duration::from_secs(24 * 3600);
/// An interaction's token changes its messages for 15 minutes; what is begun must end before.
const RESPONSE_LIFE: Duration = Duration::from_secs(13 * 60);
/// Entries of each cache.
const MOST: u64 = 10_000;

/// What the doors remember.
#[derive(Debug)]
pub(crate) struct Doors {
    under_way: Arc<Mutex<HashSet<InteractionId>>>,
    refused: Cache<UserId, ()>,
    muted: Cache<ChannelId, ()>,
    /// A thread's channel; `None`: no thread.
    pub(super) parents: Cache<ChannelId, Option<ChannelId>>,
    /// Whom a member spoke with last in direct messages.
    pub(super) partners: Cache<UserId, CharacterId>,
    locales: Cache<UserId, Locale>,
    /// The response in which an answer of more than one page stands: nothing else reaches all of its pages.
    responses: Cache<InteractionId, Response>,
}

/// An interaction's response, which holds an answer.
#[derive(Debug, Clone)]
pub(super) struct Response {
    pub(super) token: SecretString,
    /// When the interaction came.
    pub(super) since: Timestamp,
}

/// An answer that is being made or changed; over when dropped.
#[derive(Debug)]
pub(super) struct UnderWay {
    all: Arc<Mutex<HashSet<InteractionId>>>,
    this: InteractionId,
}

impl Default for Doors {
    fn default() -> Self {
        Self {
            under_way: Arc::default(),
            refused: cache(REFUSAL_PACE),
            muted: cache(MUTE),
            parents: cache(PARENT_LIFE),
            partners: cache(HABIT_LIFE),
            locales: cache(HABIT_LIFE),
            responses: cache(RESPONSE_LIFE),
        }
    }
}

fn cache<K, V>(life: Duration) -> Cache<K, V>
where
    K: std::hash::Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    Cache::builder().max_capacity(MOST).time_to_live(life).build()
}

impl Doors {
    /// Begins to make or change the answer to that line; `None` while somebody does. One entry a press that is being
    /// served, and gone with it.
    pub(super) fn begin(&self, line: InteractionId) -> Option<UnderWay> {
        let mut all = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(line).then(|| UnderWay { all: Arc::clone(&self.under_way), this: line })
    }

    /// Whether a refusal may be shown to that member in a channel now; remembers that it was.
    pub(super) async fn may_refuse(&self, user: UserId) -> bool {
        self.refused.entry(user).or_insert(()).await.is_fresh()
    }

    /// Leaves a channel alone in which the bot may not post.
    pub(super) async fn mute(&self, channel: ChannelId) {
        self.muted.insert(channel, ()).await;
    }

    /// Whether the bot may not post there, as it found out lately.
    pub(super) fn is_muted(&self, channel: ChannelId) -> bool {
        self.muted.contains_key(&channel)
    }

    /// Remembers in which language a member reads: their messages don't say.
    pub(super) async fn reads(&self, user: UserId, locale: Locale) {
        if self.locales.get(&user).await != Some(locale) {
            self.locales.insert(user, locale).await;
        }
    }

    /// Remembers in which response the answer to that line stands.
    pub(super) async fn stands_in(&self, line: InteractionId, response: Response) {
        self.responses.insert(line, response).await;
    }

    /// The response in which the answer to that line stands, as long as it can be changed.
    pub(super) async fn response_of(&self, line: InteractionId, now: DateTime<Utc>) -> Option<Response> {
        let response = self.responses.get(&line).await?;
        let age = now.timestamp() - response.since.unix_timestamp();
        (age < RESPONSE_LIFE.as_secs().cast_signed()).then_some(response)
    }

    /// In which language a member reads, as far as they were met before.
    pub(super) async fn locale_of(&self, user: UserId) -> Locale {
        self.locales.get(&user).await.unwrap_or_default()
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.this);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_change_of_an_answer_at_a_time_and_one_refusal_a_minute() {
        let doors = Doors::default();
        let line = InteractionId::new(5).unwrap();
        let first = doors.begin(line).expect("nobody else");
        assert!(doors.begin(line).is_none());
        drop(first);
        assert!(doors.begin(line).is_some());

        let user = UserId::new(42);
        assert!(doors.may_refuse(user).await);
        assert!(!doors.may_refuse(user).await);
        assert!(doors.may_refuse(UserId::new(43)).await);
    }
}
