//! Limits in a Redis Cluster, where a script's keys must lie in one slot: the place's part first, then the rest.
//!
//! What does not share the place's hash tag is read before it (notices) or taken after it (slots); when such a slot
//! refuses, the place's part is undone, record and all. In between, others may see the place's part counted; a
//! holder that dies in between leaves the call counted, and its slots run out by themselves.

use std::sync::LazyLock;

use redis::Script;

use super::{
    Check, Held, Look, Renew, Reserve, Reserved, Settled, Standing, check, look as looking, millis,
    renew as renewing, reserve as reserving,
    settle::{End, GiveBack, Settle},
    wire::Reply,
};
use crate::hot::{HotError, key::RawKey, local::LocalDb, operation::Operation, redis::Redis};

static SLOT: LazyLock<Script> =
    LazyLock::new(|| Script::new(concat!(include_str!("clock.lua"), include_str!("slot.lua"))));

/// Reserves: notices elsewhere, the place, slots elsewhere.
pub(super) async fn reserve(redis: &Redis, asked: &Reserve) -> Result<Reserved, HotError> {
    let held = asked.held();
    let record = held.record();
    let here = |check: &Check| {
        // Windows and budgets are always a place's.
        let may_part = matches!(check, Check::Absent(_) | Check::Off { .. } | Check::Slot { .. });
        !may_part || check::tag(check).is_none_or(|tag| tag == record.tag())
    };
    let (place, elsewhere): (Vec<_>, Vec<_>) =
        asked.checks.iter().enumerate().partition(|(_, check)| here(check));

    for (index, check) in &elsewhere {
        if matches!(check, Check::Absent(_) | Check::Off { .. })
            && let Some(refusal) = stands(redis, check).await?.refusal(check)
        {
            // A lease that is known is not refused any more: the place's part tells what it is.
            if redis.command("EXISTS").key(&record).ask::<i64>().await? == 0 {
                return Ok(Reserved::Refused { index: *index, refusal });
            }
        }
    }

    let checks: Vec<_> = place.iter().map(|(_, check)| *check).collect();
    let mut left = vec![None; asked.checks.len()];
    match reserving::ask(redis, asked, &checks).await? {
        Reserved::Granted { left: of_place } => {
            place.iter().zip(of_place).for_each(|((index, _), of_one)| left[*index] = of_one);
        }
        Reserved::Refused { index, refusal } => {
            return Ok(Reserved::Refused { index: place[index].0, refusal });
        }
        Reserved::Repeated => return Ok(Reserved::Repeated),
    }

    for (index, check) in elsewhere {
        let Check::Slot { key, cap } = check else { continue };
        match slot(redis, &held, key, Some(*cap)).await? {
            Ok(of_one) => left[index] = Some(of_one),
            Err((used, free_at)) => {
                let undo = End { forget: true, ..End::give_back(&held) };
                end(redis, &undo).await?;
                let refusal = Standing::Slot { used, cap: *cap, free_at }.refusal(check);
                let refusal = refusal.ok_or(HotError::Unexpected("a slot was refused where there is one"))?;
                return Ok(Reserved::Refused { index, refusal });
            }
        }
    }
    Ok(Reserved::Granted { left })
}

async fn stands(redis: &Redis, check: &Check) -> Result<Standing, HotError> {
    let standing = looking::ask(redis, &[check]).await?.pop();
    standing.ok_or(HotError::Unexpected("a limits script said nothing of a check"))
}

/// Takes a slot, or without a cap keeps one: how many are left, or how many are held and when the next is free.
async fn slot(
    redis: &Redis,
    held: &Held,
    key: &RawKey,
    cap: Option<u32>,
) -> Result<Result<u32, (u64, Option<i64>)>, HotError> {
    let call = redis.script(&SLOT).key(key).now().arg(held.lease.to_string()).arg(millis(held.life));
    let call = call.arg(cap.map(|cap| cap.to_string()).unwrap_or_default());
    let mut reply = Reply::new(call.ask().await?);
    if reply.int()? == 1 {
        return Ok(Ok(u32::try_from(reply.count()?).unwrap_or(u32::MAX)));
    }
    Ok(Err((reply.count()?, reply.moment()?)))
}

/// Ends a lease: the place, then its slots elsewhere.
pub(super) async fn end(redis: &Redis, end: &End<'_>) -> Result<Settled, HotError> {
    let record = end.held.record();
    let (place, elsewhere): (Vec<_>, Vec<_>) = end.sets().partition(|key| key.tag() == record.tag());
    let settled = end.ask(redis, place.into_iter()).await?;
    // Also when it was ended before: whoever did may have died in between.
    if settled != Settled::Unknown {
        for key in elsewhere {
            redis.command("ZREM").key(key).arg(end.held.lease.to_string()).ask::<i64>().await?;
        }
    }
    Ok(settled)
}

/// Renews: the place, then its slots elsewhere.
pub(super) async fn renew(redis: &Redis, held: &Held) -> Result<bool, HotError> {
    let record = held.record();
    let (place, elsewhere): (Vec<_>, Vec<_>) = held.slots.iter().partition(|key| key.tag() == record.tag());
    if !renewing::ask(redis, held, place.into_iter()).await? {
        return Ok(false);
    }
    for key in elsewhere {
        if slot(redis, held, key, None).await?.is_err() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Looks: one trip for each slot of the cluster.
pub(super) async fn look(redis: &Redis, checks: &[Check]) -> Result<Vec<Standing>, HotError> {
    let mut groups: Vec<(Option<&str>, Vec<usize>)> = Vec::new();
    for (index, check) in checks.iter().enumerate() {
        let tag = check::tag(check);
        match groups.iter_mut().find(|(other, _)| *other == tag) {
            Some((_, group)) => group.push(index),
            None => groups.push((tag, vec![index])),
        }
    }
    let mut standings = Vec::with_capacity(checks.len());
    for (_, group) in groups {
        let asked: Vec<_> = group.iter().map(|index| &checks[*index]).collect();
        standings.extend(group.into_iter().zip(looking::ask(redis, &asked).await?));
    }
    standings.sort_by_key(|(index, _)| *index);
    Ok(standings.into_iter().map(|(_, standing)| standing).collect())
}

/// An operation as a cluster is asked, whatever the server is.
#[derive(Debug, Clone)]
pub struct InParts<O>(pub O);

impl Operation for InParts<Reserve> {
    type Answer = Reserved;
    const NAME: &'static str = Reserve::NAME;

    async fn on_redis(&self, redis: &Redis) -> Result<Reserved, HotError> {
        reserve(redis, &self.0).await
    }

    fn on_local(&self, db: &mut LocalDb) -> Reserved {
        self.0.on_local(db)
    }
}

impl Operation for InParts<Settle<'_>> {
    type Answer = Settled;
    const NAME: &'static str = Settle::NAME;

    async fn on_redis(&self, redis: &Redis) -> Result<Settled, HotError> {
        end(redis, &End::settle(&self.0)).await
    }

    fn on_local(&self, db: &mut LocalDb) -> Settled {
        self.0.on_local(db)
    }
}

impl Operation for InParts<GiveBack<'_>> {
    type Answer = Settled;
    const NAME: &'static str = GiveBack::NAME;

    async fn on_redis(&self, redis: &Redis) -> Result<Settled, HotError> {
        end(redis, &End::give_back(self.0.held)).await
    }

    fn on_local(&self, db: &mut LocalDb) -> Settled {
        self.0.on_local(db)
    }
}

impl Operation for InParts<Renew<'_>> {
    type Answer = bool;
    const NAME: &'static str = Renew::NAME;

    async fn on_redis(&self, redis: &Redis) -> Result<bool, HotError> {
        renew(redis, self.0.held).await
    }

    fn on_local(&self, db: &mut LocalDb) -> bool {
        self.0.on_local(db)
    }
}

impl Operation for InParts<Look> {
    type Answer = Vec<Standing>;
    const NAME: &'static str = Look::NAME;

    async fn on_redis(&self, redis: &Redis) -> Result<Vec<Standing>, HotError> {
        look(redis, &self.0.checks).await
    }

    fn on_local(&self, db: &mut LocalDb) -> Vec<Standing> {
        self.0.on_local(db)
    }
}
