//! Policies as memory holds them, for a caller that checks their versions with what else it asks Redis.

use std::{sync::Arc, time::Duration};

use moka::ops::compute::Op;

use super::{Held, Kept, Policies, Unknown, count};
use crate::domain::{
    ids::{GuildId, UserId},
    policy::{GuildPolicy, UserPolicy},
};

/// Time for which what is in memory may be gone on with when its version is checked in the same breath.
const TRUSTED: Duration = Duration::from_secs(10 * 60);

/// A policy with the version that it is of.
#[derive(Debug)]
pub struct Versioned<P> {
    /// PostgreSQL's version of it.
    pub version: i64,
    /// The policy.
    pub policy: Arc<P>,
}

impl Policies {
    /// A guild's policy without a trip to any store, where memory has one: up to ten minutes old. The caller checks
    /// its version with what else it asks Redis ([`crate::hot::limits::Check::Version`]), and calls [`Policies::doubt_guild`] where it
    /// no longer holds. While Redis is away it is asked for as by [`Policies::guild`].
    ///
    /// # Errors
    /// [`Unknown`].
    pub async fn held_guild(&self, guild: GuildId) -> Result<Versioned<GuildPolicy>, Unknown> {
        self.held(guild).await
    }

    /// A user's policy, as [`Policies::held_guild`] gives a guild's.
    ///
    /// # Errors
    /// [`Unknown`].
    pub async fn held_user(&self, user: UserId) -> Result<Versioned<UserPolicy>, Unknown> {
        self.held(user).await
    }

    /// Forgets that memory holds that version of a guild's policy, so that the next who asks asks a store.
    pub async fn doubt_guild(&self, guild: GuildId, version: i64) {
        self.doubt_version::<GuildPolicy>(guild, version).await;
    }

    /// As [`Policies::doubt_guild`], for a user's.
    pub async fn doubt_user(&self, user: UserId, version: i64) {
        self.doubt_version::<UserPolicy>(user, version).await;
    }

    async fn held<P: Kept>(&self, id: P::Id) -> Result<Versioned<P>, Unknown> {
        let trusted = |held: &Held<P>| !held.doubted && held.confirmed.elapsed() < TRUSTED;
        let held = match P::cache(&self.0).get(&id).await {
            Some(held) if trusted(&held) && !self.0.hot.mode().is_local() => {
                count::<P>("memory");
                held
            }
            _ => self.get_held(id).await?,
        };
        Ok(Versioned { version: held.version, policy: held.policy })
    }

    async fn doubt_version<P: Kept>(&self, id: P::Id, version: i64) {
        let doubt =
            async |entry: Option<moka::Entry<P::Id, Held<P>>>| match entry.map(moka::Entry::into_value) {
                Some(held) if held.version == version => Op::Put(Held { doubted: true, ..held }),
                _ => Op::Nop,
            };
        P::cache(&self.0).entry(id).and_compute_with(doubt).await;
    }
}
