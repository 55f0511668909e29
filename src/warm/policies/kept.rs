//! What kinds of policies there are, and where each is kept.

use std::{fmt::Display, future::Future, hash::Hash, str::FromStr};

use chrono::{DateTime, Utc};
use moka::future::Cache;
use serde::{Serialize, de::DeserializeOwned};

use super::{Held, Shared};
use crate::{
    cold::{
        ColdError, Connection,
        policies::{self, Stamped},
    },
    domain::{
        ids::{GuildId, UserId},
        policy::{GuildPolicy, UserPolicy},
    },
    hot::{key::RawKey, keys},
};

/// A kind of policy.
pub(super) trait Kept: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Whose it is.
    type Id: Copy + Display + Eq + FromStr + Hash + Send + Sync + 'static;
    /// Its name in notices and metrics.
    const KIND: &'static str;

    /// Redis's copy.
    fn key(id: Self::Id) -> RawKey;

    /// PostgreSQL's, at that moment.
    fn read(
        connection: &mut Connection,
        id: Self::Id,
        at: DateTime<Utc>,
    ) -> impl Future<Output = Result<Stamped<Self>, ColdError>> + Send
    where
        Self: Sized;

    /// This process's.
    fn cache(shared: &Shared) -> &Cache<Self::Id, Held<Self>>
    where
        Self: Sized;
}

impl Kept for GuildPolicy {
    type Id = GuildId;
    const KIND: &'static str = "guild";

    fn key(id: GuildId) -> RawKey {
        keys::GuildPolicy::of(id).into_raw()
    }

    async fn read(
        connection: &mut Connection,
        id: GuildId,
        at: DateTime<Utc>,
    ) -> Result<Stamped<Self>, ColdError> {
        policies::guild(connection, id, at).await
    }

    fn cache(shared: &Shared) -> &Cache<GuildId, Held<Self>> {
        &shared.guilds
    }
}

impl Kept for UserPolicy {
    type Id = UserId;
    const KIND: &'static str = "user";

    fn key(id: UserId) -> RawKey {
        keys::UserPolicy::of(id).into_raw()
    }

    async fn read(
        connection: &mut Connection,
        id: UserId,
        at: DateTime<Utc>,
    ) -> Result<Stamped<Self>, ColdError> {
        policies::user(connection, id, at).await
    }

    fn cache(shared: &Shared) -> &Cache<UserId, Held<Self>> {
        &shared.users
    }
}
