//! Kinds of writes that may wait for PostgreSQL: what each holds, how it is applied, and whom it is about.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::sql_types::{Array, BigInt, Date, Nullable, Text};
use diesel_async::RunQueryDsl;
use futures::{FutureExt, future::BoxFuture};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{
    ColdError, Connection,
    after_call::{self, AfterCall},
    analytics,
    applied::ApplyError,
    audit::{self, Entry},
};
use crate::domain::ids::{GuildId, UserId};

/// A write that may wait.
///
/// Its serde form is kept in files and in Redis, and read by newer builds: fields may be added with a default, and
/// never renamed.
pub trait Queued: Serialize + DeserializeOwned + Send + Sync {
    /// Its name: lower-case letters and `_`, at most 64.
    const KIND: &'static str;
    /// Whether it happens once by keys of its own, also outside of such a transaction.
    const ONCE_BY_ITSELF: bool = false;

    /// Writes it, within a transaction that makes it happen once.
    fn apply(&self, connection: &mut Connection) -> impl Future<Output = Result<(), ColdError>> + Send;

    /// The members whom it is about.
    fn users(&self) -> Vec<UserId>;

    /// What is left of it when that member is erased; `None` when nothing is.
    fn without(self, user: UserId) -> Option<Self>;
}

/// A kind of [`Queued`] whose type is known at run time only.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// Its name.
    pub name: &'static str,
    /// Whether it happens once by keys of its own: then a first try needs no claim.
    pub once_by_itself: bool,
    /// Applies a payload, within a transaction that makes it happen once.
    pub apply: for<'c> fn(&'c mut Connection, &'c Value) -> BoxFuture<'c, Result<(), ApplyError>>,
    /// The members whom a payload is about.
    pub users: fn(&Value) -> Result<Vec<UserId>, ApplyError>,
    /// A payload without a member who is erased; `None` when nothing is left of it.
    pub without: fn(&Value, UserId) -> Result<Option<Value>, ApplyError>,
}

/// Every kind.
pub const KINDS: &[Kind] =
    &[kind::<AfterCall>(), kind::<DailyMetrics>(), kind::<Entry>(), kind::<FirstSeen>()];

/// The kind of that name.
pub fn find(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}

const fn kind<T: Queued>() -> Kind {
    Kind {
        name: T::KIND,
        once_by_itself: T::ONCE_BY_ITSELF,
        apply: apply::<T>,
        users: users::<T>,
        without: without::<T>,
    }
}

fn apply<'c, T: Queued>(
    connection: &'c mut Connection,
    payload: &'c Value,
) -> BoxFuture<'c, Result<(), ApplyError>> {
    async move { Ok(read::<T>(payload)?.apply(connection).await?) }.boxed()
}

fn users<T: Queued>(payload: &Value) -> Result<Vec<UserId>, ApplyError> {
    Ok(read::<T>(payload)?.users())
}

fn without<T: Queued>(payload: &Value, user: UserId) -> Result<Option<Value>, ApplyError> {
    let left = read::<T>(payload)?.without(user);
    left.map(|left| serde_json::to_value(left).map_err(|error| ApplyError::Payload(error.to_string())))
        .transpose()
}

fn read<T: Queued>(payload: &Value) -> Result<T, ApplyError> {
    T::deserialize(payload).map_err(|error| ApplyError::Payload(error.to_string()))
}

impl Queued for AfterCall {
    const KIND: &'static str = "after_call";
    /// The ledger's row decides.
    const ONCE_BY_ITSELF: bool = true;

    async fn apply(&self, connection: &mut Connection) -> Result<(), ColdError> {
        after_call::record(connection, self).await.map(drop)
    }

    fn users(&self) -> Vec<UserId> {
        self.user.into_iter().collect()
    }

    /// The call was made and cost what it cost: the row stays, without the member.
    fn without(mut self, user: UserId) -> Option<Self> {
        self.forget(user);
        Some(self)
    }
}

impl Queued for Entry {
    const KIND: &'static str = "audit";

    async fn apply(&self, connection: &mut Connection) -> Result<(), ColdError> {
        audit::append(connection, self).await.map(drop)
    }

    fn users(&self) -> Vec<UserId> {
        self.actor.into_iter().chain(self.user).collect()
    }

    /// The record stays, as in the table: without the member, and without what may hold their words.
    fn without(self, user: UserId) -> Option<Self> {
        let other = |id: &UserId| *id != user;
        let (actor, about) = (self.actor.filter(other), self.user.filter(other));
        Some(Self { actor, user: about, before: None, after: None, reason: None, ..self })
    }
}

/// Numbers to add to a day's sums.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DailyMetrics {
    /// The day, in UTC.
    pub day: NaiveDate,
    /// Where; `None` outside of guilds.
    pub guild: Option<GuildId>,
    /// What to add to each metric.
    pub add: BTreeMap<String, i64>,
}

impl Queued for DailyMetrics {
    const KIND: &'static str = "daily_metrics";

    async fn apply(&self, connection: &mut Connection) -> Result<(), ColdError> {
        // In one order everywhere, so that two never wait for each other.
        let (names, values): (Vec<&String>, Vec<i64>) =
            self.add.iter().map(|(name, value)| (name, *value)).unzip();
        let insert = "INSERT INTO analytics_daily_metrics (day, guild_id, metric, value)
            SELECT $1, $2, added.metric, added.value FROM unnest($3, $4) AS added (metric, value)
            ON CONFLICT (day, guild_key, metric) DO UPDATE SET value = analytics_daily_metrics.value + EXCLUDED.value";
        diesel::sql_query(insert)
            .bind::<Date, _>(self.day)
            .bind::<Nullable<BigInt>, _>(self.guild.map(GuildId::to_i64))
            .bind::<Array<Text>, _>(names)
            .bind::<Array<BigInt>, _>(values)
            .execute(connection)
            .await?;
        Ok(())
    }

    fn users(&self) -> Vec<UserId> {
        Vec::new()
    }

    fn without(self, _user: UserId) -> Option<Self> {
        Some(self)
    }
}

/// A member was seen; the earliest day counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstSeen {
    /// Who.
    pub user: UserId,
    /// The day, in UTC.
    pub day: NaiveDate,
}

impl Queued for FirstSeen {
    const KIND: &'static str = "first_seen";

    async fn apply(&self, connection: &mut Connection) -> Result<(), ColdError> {
        analytics::seen(connection, self.user, self.day).await.map(drop)
    }

    fn users(&self) -> Vec<UserId> {
        vec![self.user]
    }

    fn without(self, user: UserId) -> Option<Self> {
        (self.user != user).then_some(self)
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::domain::oversight::{Action, Reason};

    #[test]
    fn kinds_have_names_of_their_own_that_the_table_takes() {
        for (n, kind) in KINDS.iter().enumerate() {
            assert!(kind.name.chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{}", kind.name);
            assert!(KINDS[..n].iter().all(|other| other.name != kind.name), "{} twice", kind.name);
        }
        assert!(find("audit").is_some() && find("nonsense").is_none());
    }

    #[test]
    fn what_is_left_without_a_member_does_not_name_them() {
        let [me, other] = [1_u64, 2].map(|id| UserId::new(id).expect("an id"));
        let audit = Entry {
            user: Some(me),
            after: Some("words".into()),
            reason: Some(Reason::new("words").expect("a reason")),
            ..Entry::new(Some(other), Action::BLOCK_SET, DateTime::UNIX_EPOCH)
        };
        let payload = serde_json::to_value(&audit).expect("JSON");
        let kind = find(Entry::KIND).expect("a kind");
        let left = (kind.without)(&payload, me).expect("of the form").expect("something");
        assert_eq!((kind.users)(&left).expect("of the form"), [other]);
        assert!(!left.to_string().contains("words"));

        let seen = serde_json::to_value(FirstSeen { user: me, day: NaiveDate::MIN }).expect("JSON");
        let kind = find(FirstSeen::KIND).expect("a kind");
        assert_eq!((kind.without)(&seen, me).expect("of the form"), None);
        assert!(matches!((kind.users)(&Value::Null), Err(ApplyError::Payload(_))));
    }
}
