//! The notice that a policy changed: from the process that changed it to all, over Redis's pub/sub.
//!
//! Notices may get lost, come twice or come late: they only make what is held be doubted. The version tells whether
//! there is anything new.

use std::{
    fmt,
    str::FromStr,
    sync::{PoisonError, atomic::Ordering},
    time::Duration,
};

use metrics::{counter, histogram};
use moka::ops::compute::Op;
use tokio_util::sync::CancellationToken;

use super::{BELIEVED, Held, Kept, Policies};
use crate::{
    domain::policy::{GuildPolicy, UserPolicy},
    hot::{Clock, Side, policy::FencePolicy, pubsub::Heard},
};

/// Where notices are published, below the namespace.
pub(super) const CHANNEL: &str = "policies";

/// Which policy changed, to which version, and when that was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Notice {
    kind: String,
    id: String,
    version: i64,
    /// Milliseconds since 1970.
    told_ms: i64,
}

impl Notice {
    pub(super) fn of<P: Kept>(id: P::Id, version: i64) -> Self {
        let told_ms = Clock::System.now_ms();
        Self { kind: P::KIND.to_owned(), id: id.to_string(), version, told_ms }
    }

    pub(super) fn version(&self) -> i64 {
        self.version
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, id, version, told_ms } = self;
        write!(f, "{kind} {id} {version} {told_ms}")
    }
}

impl FromStr for Notice {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let parts: Vec<_> = text.split(' ').collect();
        let [kind, id, version, told_ms] = parts.as_slice() else { return Err(()) };
        Ok(Self {
            kind: (*kind).to_owned(),
            id: (*id).to_owned(),
            version: version.parse().map_err(drop)?,
            told_ms: told_ms.parse().map_err(drop)?,
        })
    }
}

impl Policies {
    /// Hears of changes until `stop`.
    pub async fn listen(self, stop: CancellationToken) {
        let Some(redis) = self.0.hot.redis() else { return };
        let mut subscription = redis.subscribe(CHANNEL, &stop);
        while let Some(heard) = subscription.next().await {
            match heard {
                Heard::Message(text) => match text.parse::<Notice>() {
                    Ok(notice) => self.heard(&notice).await,
                    Err(()) => {
                        counter!("troupe_policy_notices_unreadable_total").increment(1);
                    }
                },
                Heard::Missed => {
                    self.doubt_everything();
                    self.fence_what_was_missed().await;
                }
            }
        }
    }

    /// Doubts the policy that a notice is about, unless that version is held.
    pub(super) async fn heard(&self, notice: &Notice) {
        let late = Clock::System.now_ms().saturating_sub(notice.told_ms).max(0);
        histogram!("troupe_policy_notice_seconds")
            .record(Duration::from_millis(late.unsigned_abs()).as_secs_f64());
        match notice.kind.as_str() {
            GuildPolicy::KIND => self.doubt::<GuildPolicy>(notice).await,
            UserPolicy::KIND => self.doubt::<UserPolicy>(notice).await,
            // A kind of a newer build.
            _ => {}
        }
    }

    async fn doubt<P: Kept>(&self, notice: &Notice) {
        let Ok(id) = notice.id.parse::<P::Id>() else { return };
        let cache = P::cache(&self.0);
        if !cache.contains_key(&id) {
            return;
        }
        cache
            .entry(id)
            .and_compute_with(|entry| async {
                match entry.map(moka::Entry::into_value) {
                    Some(held) if held.version < notice.version => {
                        let asked = held.asked.checked_sub(BELIEVED).unwrap_or(held.asked);
                        Op::Put(Held { asked, ..held })
                    }
                    _ => Op::Nop,
                }
            })
            .await;
    }

    fn doubt_everything(&self) {
        let now = u64::try_from(self.0.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        // Rounded up: what was asked within this very millisecond is doubted too.
        self.0.doubted_before.store(now.saturating_add(1), Ordering::Release);
    }

    /// Fences what was changed while Redis could not be told.
    pub(super) async fn fence_what_was_missed(&self) {
        let waiting: Vec<_> = {
            let mut unfenced = self.0.unfenced.lock().unwrap_or_else(PoisonError::into_inner);
            unfenced.drain().map(|(_, change)| change).collect()
        };
        for (key, notice) in waiting {
            let fence = FencePolicy { key: key.clone(), version: notice.version() };
            if self.0.hot.ask_at(Side::Redis, &fence).await.is_ok() {
                self.tell(&notice).await;
            } else {
                self.remember_to_fence(key, notice);
            }
        }
    }
}
