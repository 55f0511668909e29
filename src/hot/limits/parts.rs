//! Limits in a Redis Cluster, where a script's keys must lie in one slot: the place's part first, then the rest.
//!
//! What does not share the place's hash tag is read before it (notices, versions) or taken after it (slots); when such
//! a slot refuses, the place's part is undone, record and all. In between, others may see the place's part counted; a
//! holder that dies in between leaves the call counted, and its slots run out by themselves.

use std::sync::LazyLock;

use redis::Script;

use super::{
    Check, Confirmed, Held, Leave, Look, Refusal, Renew, Reserve, Reserved, Settle, Settled, Standing, check,
    line, look as looking, millis, renew as renewing, reserve as reserving,
    settle::{End, GiveBack},
    wire::Reply,
};
use crate::hot::{HotError, key::RawKey, local::LocalDb, memory::Recall, operation::Operation, redis::Redis};

static SLOT: LazyLock<Script> = LazyLock::new(|| {
    Script::new(concat!(include_str!("clock.lua"), include_str!("line.lua"), include_str!("slot.lua")))
});
static FREE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(concat!(include_str!("clock.lua"), include_str!("line.lua"), include_str!("free.lua")))
});

/// Reserves: notices and versions elsewhere, the place, slots elsewhere, memory elsewhere.
pub(super) async fn reserve(redis: &Redis, asked: &Reserve) -> Result<Reserved, HotError> {
    let list = List::of(redis, asked);
    let mut unconfirmed = Vec::new();
    for (index, check) in &list.elsewhere {
        if matches!(check, Check::Slot { .. }) {
            continue;
        }
        let standing = stands(redis, check).await?;
        if standing == Standing::Version(Confirmed::Unknown) {
            unconfirmed.push(*index);
        }
        if let Some(refusal) = standing.refusal(check)
            && let Some(answer) = list.refused_at(*index, refusal).await?
        {
            list.leave().await?;
            return Ok(answer);
        }
    }
    let recall_here = asked.recall.as_ref().filter(|between| between.key().tag() == list.tag);
    let place: Vec<_> = list.place.iter().map(|(_, check)| *check).collect();
    let (mut granted, arrived) = match reserving::ask(redis, asked, &place, &list.slots, recall_here).await? {
        (Reserved::Granted(granted), arrived) => (granted, arrived),
        (Reserved::Repeated, _) => return Ok(Reserved::Repeated),
        (answer, _) => {
            // The place's part has left its own line, if it had to.
            list.leave_elsewhere().await?;
            return Ok(list.placed(answer));
        }
    };
    let of_place = std::mem::replace(&mut granted.left, vec![None; asked.checks.len()]);
    list.place.iter().zip(of_place).for_each(|((index, _), left)| granted.left[*index] = left);
    granted.unconfirmed.iter_mut().for_each(|at| *at = list.place[*at].0);
    granted.unconfirmed.extend(unconfirmed);
    granted.unconfirmed.sort_unstable();

    let held = asked.held(&granted);
    for (index, check) in &list.elsewhere {
        let Check::Slot { key, cap } = check else { continue };
        match slot(redis, &held, key, Some((*cap, asked, arrived))).await? {
            Came::Holds(left) => granted.left[*index] = Some(left),
            came => {
                end(redis, &End { forget: true, ..End::give_back(&held) }).await?;
                return list.not_elsewhere(&held, (*index, check), came, arrived).await;
            }
        }
    }
    if arrived.is_some_and(|arrived| arrived >= 0) {
        line::leave(redis, asked.lease, asked.holder, list.slots.iter().copied()).await?;
    }
    if let Some(between) = asked.recall.as_ref().filter(|_| recall_here.is_none()) {
        granted.turns = Recall(between.clone()).on_redis(redis).await?;
    }
    Ok(Reserved::Granted(granted))
}

/// A list in two: the place's checks, and those elsewhere, with where they stand in the whole.
struct List<'a> {
    redis: &'a Redis,
    asked: &'a Reserve,
    tag: String,
    place: Vec<(usize, &'a Check)>,
    elsewhere: Vec<(usize, &'a Check)>,
    /// The place's.
    slots: Vec<&'a RawKey>,
}

impl<'a> List<'a> {
    fn of(redis: &'a Redis, asked: &'a Reserve) -> Self {
        let tag = asked.holding().record().tag().to_owned();
        // Windows and budgets are always a place's.
        let here = |check: &Check| {
            matches!(check, Check::Window(_) | Check::Budget(_))
                || check::tag(check).is_none_or(|other| other == tag)
        };
        let (place, elsewhere): (Vec<_>, Vec<_>) =
            asked.checks.iter().enumerate().partition(|(_, check)| here(check));
        let slots = reserving::slots(place.iter().map(|(_, check)| *check)).collect();
        Self { redis, asked, tag, place, elsewhere, slots }
    }

    /// What it comes to when the check elsewhere at that place refuses, given those before it: `None` for a lease that
    /// is known, which is not refused any more.
    async fn refused_at(&self, index: usize, refusal: Refusal) -> Result<Option<Reserved>, HotError> {
        let never = Check::Never;
        let mut before: Vec<_> =
            self.place.iter().take_while(|(at, _)| *at < index).map(|(_, check)| *check).collect();
        before.push(&never);
        Ok(match reserving::ask(self.redis, self.asked, &before, &self.slots, None).await?.0 {
            Reserved::Refused { index: at, .. } if at + 1 == before.len() => {
                Some(Reserved::Refused { index, refusal })
            }
            Reserved::Granted(_) => None,
            answer => Some(self.placed(answer)),
        })
    }

    /// An answer of the place's part, as one of the whole.
    fn placed(&self, answer: Reserved) -> Reserved {
        match answer {
            Reserved::Refused { index, refusal } => Reserved::Refused { index: self.place[index].0, refusal },
            other => other,
        }
    }

    /// What it comes to when a slot elsewhere is not to be had, the place's part being undone.
    async fn not_elsewhere(
        &self,
        held: &Held,
        (index, check): (usize, &Check),
        came: Came,
        arrived: Option<i64>,
    ) -> Result<Reserved, HotError> {
        if matches!(came, Came::InLine { .. } | Came::LineFull(_)) {
            // It keeps its place in the place's line as well, or gets one.
            for key in &self.slots {
                if let Came::LineFull(retry_at) =
                    slot(self.redis, held, key, Some((0, self.asked, arrived))).await?
                {
                    self.leave().await?;
                    return Ok(Reserved::LineFull { retry_at });
                }
            }
        }
        if let Came::InLine { place, of, retry_at } = came {
            return Ok(Reserved::Waiting { place, of, retry_at });
        }
        self.leave().await?;
        let (used, waiting, free_at) = match came {
            Came::LineFull(retry_at) => return Ok(Reserved::LineFull { retry_at }),
            Came::Not { used, waiting, free_at } => (used, waiting, free_at),
            Came::Holds(_) | Came::InLine { .. } => return Err(HotError::Unexpected("a slot is held")),
        };
        let cap = if let Check::Slot { cap, .. } = check { *cap } else { 0 };
        let refusal = Standing::Slot { used, waiting, cap, free_at }.refusal(check);
        let refusal = refusal.ok_or(HotError::Unexpected("a slot was refused where there is one"))?;
        Ok(Reserved::Refused { index, refusal })
    }

    /// Whoever is refused waits no more.
    async fn leave(&self) -> Result<(), HotError> {
        if self.asked.wait.is_some() {
            let Reserve { lease, place, holder, .. } = *self.asked;
            Leave { lease, place, holder }.in_parts(self.redis).await?;
        }
        Ok(())
    }

    async fn leave_elsewhere(&self) -> Result<(), HotError> {
        let Reserve { lease, holder, wait: Some(_), .. } = self.asked else { return Ok(()) };
        for key in reserving::slots(self.elsewhere.iter().map(|(_, check)| *check)) {
            line::leave(self.redis, *lease, *holder, [key].into_iter()).await?;
        }
        Ok(())
    }
}

async fn stands(redis: &Redis, check: &Check) -> Result<Standing, HotError> {
    let standing = looking::ask(redis, &[check]).await?.pop();
    standing.ok_or(HotError::Unexpected("a limits script said nothing of a check"))
}

/// What came of asking for a slot.
enum Came {
    /// It is held, and so many are left.
    Holds(u32),
    Not {
        used: u64,
        waiting: u64,
        free_at: Option<i64>,
    },
    InLine {
        place: u32,
        of: u32,
        retry_at: Option<i64>,
    },
    LineFull(Option<i64>),
}

/// Takes a slot under a cap, or waits for it, having come at that time; without a cap keeps one.
async fn slot(
    redis: &Redis,
    held: &Held,
    key: &RawKey,
    take: Option<(u32, &Reserve, Option<i64>)>,
) -> Result<Came, HotError> {
    let call = redis.script(&SLOT).key(key).now().arg(redis.prefix());
    let call = call.arg(held.lease.to_string()).arg(held.holder.to_string()).arg(millis(held.life));
    let call = match take {
        None => call.arg(""),
        Some((cap, asked, arrived)) => {
            let call = reserving::wait(call.arg(cap).arg(line::is_fair(key)), redis, asked);
            call.arg(arrived.map(|at| at.abs().to_string()).unwrap_or_default())
        }
    };
    let mut reply = Reply::new(call.ask().await?);
    Ok(match reply.int()? {
        1 => Came::Holds(reply.small()?),
        0 => Came::Not { used: reply.count()?, waiting: reply.count()?, free_at: reply.moment()? },
        3 => Came::InLine { place: reply.small()?, of: reply.small()?, retry_at: reply.moment()? },
        4 => Came::LineFull(reply.moment()?),
        _ => return Err(HotError::Unexpected("a limits script gave no known answer")),
    })
}

/// Ends a lease: the place, then its slots and the memory elsewhere.
pub(super) async fn end(redis: &Redis, end: &End<'_>) -> Result<Settled, HotError> {
    let record = end.held.record();
    let (place, elsewhere): (Vec<_>, Vec<_>) =
        end.held.slots.iter().partition(|key| key.tag() == record.tag());
    let memory_here = end.memory.filter(|change| change.between().key().tag() == record.tag());
    let settled = end.ask(redis, &place, memory_here).await?;
    // Also when it was ended before: whoever did may have died in between.
    if settled != Settled::Unknown {
        for key in elsewhere {
            let call = redis.script(&FREE).key(key).now().arg(redis.prefix());
            call.arg(end.held.lease.to_string()).ask::<i64>().await?;
        }
    }
    if let Some(change) = end.memory.filter(|_| memory_here.is_none()) {
        change.on_redis(redis).await?;
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
        if !matches!(slot(redis, held, key, None).await?, Came::Holds(_)) {
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

macro_rules! in_parts {
    ($($operation:ty => $answer:ty: |$redis:ident, $asked:ident| $ask:expr;)*) => {$(
        impl Operation for InParts<$operation> {
            type Answer = $answer;
            const NAME: &'static str = <$operation>::NAME;

            async fn on_redis(&self, $redis: &Redis) -> Result<$answer, HotError> {
                let $asked = &self.0;
                $ask.await
            }

            fn on_local(&self, db: &mut LocalDb) -> $answer {
                self.0.on_local(db)
            }
        }
    )*};
}

in_parts! {
    Reserve => Reserved: |redis, asked| reserve(redis, asked);
    Settle<'_> => Settled: |redis, asked| end(redis, &End::settle(asked));
    GiveBack<'_> => Settled: |redis, asked| end(redis, &End::give_back(asked.held));
    Renew<'_> => bool: |redis, asked| renew(redis, asked.held);
    Look => Vec<Standing>: |redis, asked| look(redis, &asked.checks);
    Leave => bool: |redis, asked| asked.in_parts(redis);
}
