//! Reserving a call: every check of a list, all or nothing.

use std::{sync::LazyLock, time::Duration};

use redis::Script;
use uuid::Uuid;

use super::{
    Check, Held, LeaseId, Refusal, check, local, millis, parts,
    wire::{self, Reply},
};
use crate::{
    domain::ids::Place,
    hot::{HotError, local::LocalDb, operation::Operation, redis::Redis},
};

static RESERVE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(concat!(include_str!("clock.lua"), include_str!("checks.lua"), include_str!("reserve.lua")))
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
}

/// What comes of a [`Reserve`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reserved {
    /// All is counted, now or when the same holder asked before.
    Granted {
        /// What each check has left after this call; `None` where it counts nothing.
        left: Vec<Option<u32>>,
    },
    /// Nothing is counted.
    Refused {
        /// Which check refuses.
        index: usize,
        /// Why.
        refusal: Refusal,
    },
    /// This lease is another holder's, or its time is over. Nothing is counted.
    Repeated,
}

impl Reserve {
    /// What the holder has when this is granted.
    pub fn held(&self) -> Held {
        let windows = self.checks.iter().filter_map(|check| match check {
            Check::Window(window) => Some(window.key.clone()),
            _ => None,
        });
        let slots = self.checks.iter().filter_map(|check| match check {
            Check::Slot { key, .. } => Some(key.clone()),
            _ => None,
        });
        Held {
            lease: self.lease,
            place: self.place,
            holder: self.holder,
            life: self.life,
            charges: check::charges(&self.checks),
            windows: windows.collect(),
            slots: slots.collect(),
        }
    }
}

impl Operation for Reserve {
    type Answer = Reserved;
    const NAME: &'static str = "limits_reserve";

    async fn on_redis(&self, redis: &Redis) -> Result<Reserved, HotError> {
        if redis.is_cluster() {
            return parts::reserve(redis, self).await;
        }
        ask(redis, self, &self.checks.iter().collect::<Vec<_>>()).await
    }

    fn on_local(&self, db: &mut LocalDb) -> Reserved {
        local::reserve(db, self)
    }
}

/// One trip, over those of the checks whose keys lie together; places in the answer are theirs.
pub(super) async fn ask(redis: &Redis, asked: &Reserve, checks: &[&Check]) -> Result<Reserved, HotError> {
    let held = asked.held();
    let call = redis.script(&RESERVE).now();
    let call = call.arg(asked.lease.to_string()).arg(asked.holder.to_string());
    let call = call.arg(millis(asked.life)).arg(millis(held.record_life()));
    let mut call = wire::checks(call, checks).arg(held.charges.len());
    let days: Vec<_> = checks.iter().flat_map(|check| check::days(check)).collect();
    for (key, amount) in &held.charges {
        let place =
            days.iter().position(|day| day.name() == key.name()).expect("a charge is a check's first day");
        call = call.arg(place + 1).arg(*amount).arg(millis(super::budget_life(key)));
    }
    read(checks, Reply::new(call.key(&held.record()).ask().await?))
}

fn read(checks: &[&Check], mut reply: Reply) -> Result<Reserved, HotError> {
    match reply.int()? {
        0 => {
            let index = usize::try_from(reply.int()?).unwrap_or(usize::MAX);
            let check =
                checks.get(index).ok_or(HotError::Unexpected("a limits script refused by no check"))?;
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
        1 => {
            let left = |check: &&Check| {
                let left = reply.int()?;
                let counts = !matches!(check, Check::Absent(_) | Check::Off { .. });
                Ok(counts.then(|| u32::try_from(left).unwrap_or(0)))
            };
            Ok(Reserved::Granted { left: checks.iter().map(left).collect::<Result<_, HotError>>()? })
        }
        2 => Ok(Reserved::Repeated),
        _ => Err(HotError::Unexpected("a limits script gave no known answer")),
    }
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
            ints(&[1]),
            ints(&[1, -1]),
            ints(&[0]),
            ints(&[0, -1]),
            ints(&[0, 2, 1, 1]),
            ints(&[0, 0, 1, 1]),
            ints(&[0, 0, 0]),
            ints(&[0, 1, 1]),
            ints(&[0, 1, -1, 1]),
            ints(&[0, 1, 0, -1]),
        ];
        for reply in bad {
            let answer = read(&[&lock, &slot], Reply::new(reply.clone()));
            assert!(matches!(answer, Err(HotError::Unexpected(_))), "{reply:?}: {answer:?}");
        }
        let refused =
            read(&[&lock, &slot], Reply::new(vec![Value::Int(0), Value::Int(0), Value::Int(1), text()]));
        assert!(matches!(refused, Ok(Reserved::Refused { index: 0, refusal: Refusal::Notice(_) })));
    }
}
