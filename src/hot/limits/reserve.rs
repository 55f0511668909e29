//! Reserving a call: every check of a list, all or nothing.

use std::{sync::LazyLock, time::Duration};

use redis::Script;
use uuid::Uuid;

use super::{
    Check, Held, LeaseId, Refusal, Wait,
    check::{self, Charge},
    line, local, millis, parts,
    wire::{self, Reply},
};
use crate::{
    domain::ids::Place,
    hot::{
        HotError,
        key::RawKey,
        local::LocalDb,
        memory::{Between, Recall, Turn},
        operation::Operation,
        redis::{Call, Redis},
    },
};

static RESERVE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(concat!(
        include_str!("clock.lua"),
        include_str!("checks.lua"),
        include_str!("line.lua"),
        include_str!("heal.lua"),
        include_str!("reserve.lua")
    ))
});

/// Asks to count a call on everything that its checks name.
#[derive(Debug, Clone)]
pub struct Reserve {
    /// Which call.
    pub lease: LeaseId,
    /// Where.
    pub place: Place,
    /// Who asks: made anew for each delivery of an interaction, kept when the same question is asked again.
    pub holder: Uuid,
    /// What it must pass; the first that refuses answers.
    pub checks: Vec<Check>,
    /// How long its slots are held without a renewal.
    pub life: Duration,
    /// The short memory that comes along when it is granted.
    pub recall: Option<Between>,
    /// Whether to stand in line when slots are all that refuses. Who stands in line asks again in the same way, until
    /// an answer other than [`Reserved::Waiting`], or leaves by [`super::Leave`].
    pub wait: Option<Wait>,
}

/// What comes of a [`Reserve`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reserved {
    /// All is counted, now or when the same holder asked before.
    Granted(Granted),
    /// Nothing is counted.
    Refused {
        /// Which check refuses.
        index: usize,
        /// Why.
        refusal: Refusal,
    },
    /// Nothing is counted; the call stands in line for a slot.
    Waiting {
        /// Its place in line, from 1.
        place: u32,
        /// How many are in line.
        of: u32,
        /// When to ask again at the latest, in milliseconds since 1970: a lease runs out, or one ahead gives up.
        retry_at: Option<i64>,
    },
    /// Nothing is counted: no slot is free, and as many wait as may.
    LineFull {
        /// When the next lease runs out unless renewed, or the first in line gives up, in milliseconds since 1970.
        retry_at: Option<i64>,
    },
    /// This lease is another holder's, or its time is over. Nothing is counted.
    Repeated,
}

/// What was counted, and what came along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    /// What each check has left after this call; `None` where it counts nothing.
    pub left: Vec<Option<u32>>,
    /// The places of those [`Check::Version`]s whose shared copy is not there, so that nothing speaks against them:
    /// the policy should be read anew behind the call.
    pub unconfirmed: Vec<usize>,
    /// What was charged, by today's key, each once.
    pub charged: Vec<(RawKey, u32)>,
    /// The short memory that was asked for, oldest first.
    pub turns: Vec<Turn>,
}

impl Granted {
    /// What was charged to that key; 0 where nothing.
    pub fn charged_to(&self, key: &RawKey) -> u32 {
        self.charged.iter().find(|(charged, _)| charged.name() == key.name()).map_or(0, |(_, amount)| *amount)
    }
}

impl Reserve {
    /// What the holder has, given what was granted.
    pub fn held(&self, granted: &Granted) -> Held {
        Held { charges: granted.charged.clone(), ..self.holding() }
    }

    /// What it has, but for the charges.
    pub(super) fn holding(&self) -> Held {
        let windows = self.checks.iter().filter_map(|check| match check {
            Check::Window(window) => Some(window.key.clone()),
            _ => None,
        });
        Held {
            lease: self.lease,
            place: self.place,
            holder: self.holder,
            life: self.life,
            charges: Vec::new(),
            windows: windows.collect(),
            slots: slots(self.checks.iter()).cloned().collect(),
        }
    }
}

/// The slots' keys of a list.
pub(super) fn slots<'a>(checks: impl Iterator<Item = &'a Check>) -> impl Iterator<Item = &'a RawKey> {
    checks.filter_map(|check| match check {
        Check::Slot { key, .. } => Some(key),
        _ => None,
    })
}

impl Operation for Reserve {
    type Answer = Reserved;
    const NAME: &'static str = "limits_reserve";

    async fn on_redis(&self, redis: &Redis) -> Result<Reserved, HotError> {
        if redis.is_cluster() {
            return parts::reserve(redis, self).await;
        }
        let checks: Vec<_> = self.checks.iter().collect();
        let lines: Vec<_> = slots(self.checks.iter()).collect();
        Ok(ask(redis, self, &checks, &lines, self.recall.as_ref()).await?.0)
    }

    fn on_local(&self, db: &mut LocalDb) -> Reserved {
        local::reserve(db, self)
    }
}

/// One trip, over those of the checks whose keys lie together, all slots that lie with them (of checks that are left out
/// as well), and the memory where it lies there too; places in the answer are those of `checks`. Comes with when a call
/// that waits came in line, less than 0 where it has not joined.
pub(super) async fn ask(
    redis: &Redis,
    asked: &Reserve,
    checks: &[&Check],
    lines: &[&RawKey],
    recall: Option<&Between>,
) -> Result<(Reserved, Option<i64>), HotError> {
    let held = asked.holding();
    let call = redis.script(&RESERVE).now().arg(redis.prefix());
    let call = call.arg(asked.lease.to_string()).arg(asked.holder.to_string());
    let call = call.arg(millis(asked.life)).arg(millis(held.record_life()));
    let call = lines.iter().fold(call.arg(lines.len()), |call, slots| call.arg(line::is_fair(slots)));
    let mut call = wait(call, redis, asked);
    if asked.wait.is_some() {
        call = call.arg(lines.len() < slots(asked.checks.iter()).count());
    }
    let call = call.arg(recall.is_some());
    let charges = check::charges(checks.iter().copied());
    let mut call = wire::checks(call, checks).arg(charges.len());
    let days: Vec<_> = checks.iter().flat_map(|check| check::days(check)).collect();
    for Charge { key, amount, most } in &charges {
        let place =
            days.iter().position(|day| day.name() == key.name()).expect("a charge is a check's first day");
        call = call.arg(place + 1).arg(*amount).arg(*most).arg(millis(super::budget_life(key)));
    }
    call = lines.iter().copied().fold(call, Call::key);
    if let Some(between) = recall {
        call = call.key(&between.key());
    }
    let mut reply = Reply::new(call.key(&held.record()).ask().await?);
    read(checks, &charges, recall.is_some(), &mut reply)
}

/// How it would wait: how long yet and among how many, or nothing at all. By how long and not until when, because
/// Redis's clock may be another.
pub(super) fn wait<'a>(call: Call<'a>, redis: &Redis, asked: &Reserve) -> Call<'a> {
    let Some(Wait { until_ms, most }) = asked.wait else { return call.arg("") };
    let left = until_ms.saturating_sub(redis.clock().now_ms()).clamp(0, line::LONGEST);
    call.arg(left).arg(most.min(line::MOST)).arg(asked.place.to_string())
}

fn read(
    checks: &[&Check],
    charges: &[Charge],
    recalls: bool,
    reply: &mut Reply,
) -> Result<(Reserved, Option<i64>), HotError> {
    let answer = match reply.int()? {
        0 => refused(checks, reply)?,
        1 => {
            let arrived = Some(reply.int()?).filter(|arrived| *arrived != -1);
            return Ok((Reserved::Granted(granted(checks, charges, recalls, reply)?), arrived));
        }
        2 => Reserved::Repeated,
        3 => Reserved::Waiting { place: reply.small()?, of: reply.small()?, retry_at: reply.moment()? },
        4 => Reserved::LineFull { retry_at: reply.moment()? },
        _ => return Err(HotError::Unexpected("a limits script gave no known answer")),
    };
    Ok((answer, None))
}

fn refused(checks: &[&Check], reply: &mut Reply) -> Result<Reserved, HotError> {
    let index = usize::try_from(reply.int()?).unwrap_or(usize::MAX);
    let check = checks.get(index).ok_or(HotError::Unexpected("a limits script refused by no check"))?;
    let standing = reply.standing(check)?;
    let penalty = if matches!(check, Check::Window(_)) { reply.moment()? } else { None };
    let refusal = match penalty {
        Some(ends_at) => Refusal::Penalty { ends_at },
        None => standing
            .refusal(check)
            .ok_or(HotError::Unexpected("a limits script refused where there is room"))?,
    };
    Ok(Reserved::Refused { index, refusal })
}

fn granted(
    checks: &[&Check],
    charges: &[Charge],
    recalls: bool,
    reply: &mut Reply,
) -> Result<Granted, HotError> {
    let (mut left, mut unconfirmed) = (Vec::with_capacity(checks.len()), Vec::new());
    for (index, check) in checks.iter().enumerate() {
        let of_one = reply.int()?;
        if matches!(check, Check::Version { .. }) && of_one == 1 {
            unconfirmed.push(index);
        }
        let counts = matches!(check, Check::Window(_) | Check::Budget(_) | Check::Slot { .. });
        left.push(counts.then(|| u32::try_from(of_one).unwrap_or(0)));
    }
    let charge = |charge: &Charge| Ok((charge.key.clone(), reply.small()?));
    let charged = charges.iter().map(charge).collect::<Result<_, HotError>>()?;
    let turns = if recalls { Recall::read(&reply.texts()?)? } else { Vec::new() };
    Ok(Granted { left, unconfirmed, charged, turns })
}

#[cfg(test)]
mod tests {
    use redis::Value;

    use super::*;
    use crate::hot::keys;

    #[test]
    fn replies_that_no_script_gives_are_errors() {
        let slot = Check::Slot { key: keys::ConcurrencyGlobal::key().into_raw(), cap: 1 };
        let lock = Check::Off { key: keys::AiDisabled::key().into_raw(), fields: vec!["global".to_owned()] };
        let text = || Value::BulkString(b"0 off".to_vec());
        let ints = |numbers: &[i64]| numbers.iter().copied().map(Value::Int).collect::<Vec<_>>();
        let bad = [
            Vec::new(),
            vec![Value::Nil],
            vec![text()],
            ints(&[3]),
            ints(&[3, 1]),
            ints(&[3, -1, 1, 1]),
            ints(&[4]),
            ints(&[5]),
            ints(&[1]),
            ints(&[1, -1]),
            ints(&[1, -1, -1]),
            ints(&[0]),
            ints(&[0, -1]),
            ints(&[0, 2, 1, 1]),
            ints(&[0, 0, 1, 1]),
            ints(&[0, 0, 0]),
            ints(&[0, 1, 1]),
            ints(&[0, 1, 1, 0]),
            ints(&[0, 1, -1, 0, 1]),
            ints(&[0, 1, 0, 0, -1]),
        ];
        for reply in bad {
            let answer = read(&[&lock, &slot], &[], false, &mut Reply::new(reply.clone()));
            assert!(matches!(answer, Err(HotError::Unexpected(_))), "{reply:?}: {answer:?}");
        }
        let refused = vec![Value::Int(0), Value::Int(0), Value::Int(1), text()];
        let refused = read(&[&lock, &slot], &[], false, &mut Reply::new(refused));
        assert!(matches!(refused, Ok((Reserved::Refused { index: 0, refusal: Refusal::Notice(_) }, None))));
    }
}
