//! Limits in this process alone: what the scripts do, over the in-process store.

use std::time::Duration;

use super::{
    Check, DONE, Held, Notice, Refusal, Reserve, Reserved, Settled, Spent, Standing, budget_life,
    check::{Penalty, Window},
    millis,
    settle::End,
};
use crate::hot::{key::RawKey, local::LocalDb};

/// A window's key outlives the window by this.
const WINDOW_GRACE: Duration = Duration::from_secs(5);

/// How a check stands.
pub(super) fn standing(db: &LocalDb, check: &Check) -> Standing {
    match check {
        Check::Absent(key) => {
            let notice = db.get(key).map(|text| Notice::read(None, text));
            Standing::Notice(notice.filter(|notice| notice.holds(db.now())))
        }
        Check::Off { key, fields } => {
            let read = |field: &String| Some(Notice::read(Some(field), db.hash_get(key, field)?));
            let mut notices = fields.iter().filter_map(read);
            Standing::Notice(notices.find(|notice| notice.holds(db.now())))
        }
        Check::Window(Window { key, limit, period, .. }) => {
            let (used, free) = counted(db, key, db.now() - millis(*period), *limit);
            Standing::Window { used, limit: *limit, renews_at: free.map(|at| at + millis(*period)) }
        }
        Check::Budget(budget) => {
            let on = |key: &RawKey| db.get(key).and_then(|text| text.parse().ok()).unwrap_or(0);
            Standing::Budget(Spent { by_day: budget.days.iter().map(on).collect(), limit: budget.limit })
        }
        Check::Slot { key, cap } => {
            let (used, free_at) = counted(db, key, db.now(), *cap);
            Standing::Slot { used, cap: *cap, free_at }
        }
    }
}

/// How many members have a score above `floor`, and the score at which the next place within `limit` becomes free.
fn counted(db: &LocalDb, key: &RawKey, floor: i64, limit: u32) -> (u64, Option<i64>) {
    let scores: Vec<i64> =
        db.sorted_all(key).into_iter().map(|(_, score)| score).filter(|score| *score > floor).collect();
    let before = scores.len().saturating_sub(usize::try_from(limit).unwrap_or(usize::MAX));
    (scores.len() as u64, scores.get(before).copied())
}

/// reserve.lua.
pub(super) fn reserve(db: &mut LocalDb, asked: &Reserve) -> Reserved {
    let (held, lease) = (asked.held(), asked.lease.to_string());
    let again = match db.get(&held.record()) {
        Some(holder) if holder != asked.holder.to_string() => return Reserved::Repeated,
        record => record.is_some(),
    };
    if again && !holds_slots(db, &held) {
        return Reserved::Repeated;
    }
    let standings: Vec<_> = asked.checks.iter().map(|check| standing(db, check)).collect();
    if !again {
        for (index, (check, standing)) in asked.checks.iter().zip(&standings).enumerate() {
            if let Some(refusal) = standing.clone().refusal(check) {
                let penalty = match check {
                    Check::Window(Window { penalty: Some(penalty), .. }) => strike(db, penalty, &lease),
                    _ => None,
                };
                let refusal = penalty.map_or(refusal, |ends_at| Refusal::Penalty { ends_at });
                return Reserved::Refused { index, refusal };
            }
        }
        count(db, asked, &held);
    }
    let left = |(check, standing): (&Check, &Standing)| {
        let takes = match check {
            _ if again => 0,
            Check::Budget(budget) => budget.amount,
            _ => 1,
        };
        standing.left().map(|left| left.saturating_sub(takes))
    };
    Reserved::Granted { left: asked.checks.iter().zip(&standings).map(left).collect() }
}

/// Notes an overrun. Answers when the penalty ends that it led to.
fn strike(db: &mut LocalDb, penalty: &Penalty, lease: &str) -> Option<i64> {
    let (strikes, now) = (&penalty.strikes, db.now());
    db.sorted_remove_up_to(strikes, now - millis(penalty.within));
    if db.sorted_score(strikes, lease).is_none() {
        db.sorted_add(strikes, lease, now);
    }
    db.expire(strikes, penalty.within);
    if db.sorted_all(strikes).len() < usize::try_from(penalty.most).unwrap_or(usize::MAX) {
        return None;
    }
    db.delete(strikes);
    let level = db.incr(&penalty.level, 1);
    db.expire(&penalty.level, penalty.quiet);
    let length = penalty.length(level);
    let ends_at = now + millis(length);
    db.set(&penalty.lock, &Notice::text_of(Some(ends_at), &level.to_string()), Some(length));
    Some(ends_at)
}

fn count(db: &mut LocalDb, asked: &Reserve, held: &Held) {
    let (now, lease) = (db.now(), held.lease.to_string());
    db.set(&held.record(), &held.holder.to_string(), Some(held.record_life()));
    for check in &asked.checks {
        if let Check::Window(Window { key, period, .. }) = check {
            db.sorted_remove_up_to(key, now - millis(*period));
            db.sorted_add(key, &lease, now);
            db.expire(key, *period + WINDOW_GRACE);
        }
    }
    for (key, amount) in &held.charges {
        add(db, key, i64::from(*amount));
    }
    for key in &held.slots {
        db.sorted_remove_up_to(key, now);
        hold(db, key, held);
    }
}

/// Budgets hold only what is above 0: what was given back leaves nothing behind.
fn add(db: &mut LocalDb, key: &RawKey, added: i64) {
    if added == 0 {
        return;
    }
    let sum = db.incr(key, added);
    if sum <= 0 {
        db.delete(key);
    } else if sum == added {
        db.expire(key, budget_life(key));
    }
}

fn hold(db: &mut LocalDb, slot: &RawKey, held: &Held) {
    db.sorted_add(slot, &held.lease.to_string(), db.now() + millis(held.life));
    if db.left_ms(slot).flatten().is_none_or(|left| left < millis(held.life)) {
        db.expire(slot, held.life);
    }
}

fn holds_slots(db: &LocalDb, held: &Held) -> bool {
    let lease = held.lease.to_string();
    held.slots.iter().all(|slot| db.sorted_score(slot, &lease).is_some_and(|ends| ends > db.now()))
}

/// renew.lua.
pub(super) fn renew(db: &mut LocalDb, held: &Held) -> bool {
    let kept = db.get(&held.record()) == Some(&held.holder.to_string()) && holds_slots(db, held);
    if kept {
        db.expire(&held.record(), held.record_life());
        held.slots.iter().for_each(|slot| hold(db, slot, held));
    }
    kept
}

/// settle.lua.
pub(super) fn end(db: &mut LocalDb, end: &End<'_>) -> Settled {
    let (held, record) = (end.held, end.held.record());
    match db.get(&record) {
        Some(DONE) => return Settled::Before,
        Some(holder) if holder == held.holder.to_string() => {}
        _ => return Settled::Unknown,
    }
    let left = db.left_ms(&record).flatten().and_then(|left| u64::try_from(left).ok());
    db.set(&record, DONE, left.map(Duration::from_millis));
    for ((key, _), added) in held.charges.iter().zip(&end.added) {
        add(db, key, *added);
    }
    for set in end.sets() {
        db.sorted_remove(set, &held.lease.to_string());
    }
    Settled::Now
}
