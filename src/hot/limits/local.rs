//! Limits in this process alone: what the scripts do, over the in-process store.

use std::time::Duration;

use super::{
    Budget, Check, Confirmed, DONE, Granted, Held, Notice, Refusal, Reserve, Reserved, Settled, Spent,
    Standing, budget_life,
    check::{self, Charge, Penalty, Window},
    line::{self, Waiter},
    millis,
    record::{self, Record, Void},
    settle::End,
};
use crate::hot::{key::RawKey, local::LocalDb, memory::Recall, operation::Operation};

/// A window's key outlives the window by this.
const WINDOW_GRACE: Duration = Duration::from_secs(5);

/// How a check stands, when what is void counts no more.
pub(super) fn standing(db: &LocalDb, check: &Check, void: &Void) -> Standing {
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
        Check::Version { key, version } => Standing::Version(confirmed(db, key, *version)),
        Check::Never => Standing::Never,
        Check::Window(Window { key, limit, period, .. }) => {
            let (used, free) = counted(db, key, db.now() - millis(*period), *limit, void);
            Standing::Window { used, limit: *limit, renews_at: free.map(|at| at + millis(*period)) }
        }
        Check::Budget(budget) => {
            let held = |key: &RawKey| db.get(key).and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
            let on = |key: &RawKey| {
                held(key).saturating_sub(void.charges.get(key.name()).copied().unwrap_or_default())
            };
            Standing::Budget(Spent { by_day: budget.days.iter().map(on).collect(), limit: budget.limit })
        }
        Check::Slot { key, cap } => {
            let (used, free_at) = counted(db, key, db.now(), *cap, void);
            Standing::Slot { used, waiting: line::waiters(db, key).len() as u64, cap: *cap, free_at }
        }
    }
}

fn confirmed(db: &LocalDb, key: &RawKey, version: i64) -> Confirmed {
    let number = |field| db.hash_get(key, field).and_then(|text| text.parse::<i64>().ok());
    let fenced = number("fenced_until").is_some_and(|until| db.now() < until);
    if fenced && number("floor").is_some_and(|floor| version < floor) {
        return Confirmed::Stale;
    }
    match (number("version"), db.hash_get(key, "body")) {
        (Some(held), Some(_)) if held == version => Confirmed::Same,
        (_, Some(_)) => Confirmed::Stale,
        (_, None) => Confirmed::Unknown,
    }
}

/// How many members have a score above `floor`, and the score at which the next place within `limit` becomes free.
fn counted(db: &LocalDb, key: &RawKey, floor: i64, limit: u32, void: &Void) -> (u64, Option<i64>) {
    let gone = void.windows.get(key.name());
    let counts =
        |(member, score): &(String, i64)| *score > floor && gone.is_none_or(|gone| !gone.contains(member));
    let scores: Vec<i64> = db.sorted_all(key).into_iter().filter(counts).map(|(_, score)| score).collect();
    let before = scores.len().saturating_sub(usize::try_from(limit).unwrap_or(usize::MAX));
    (scores.len() as u64, scores.get(before).copied())
}

/// reserve.lua.
pub(super) fn reserve(db: &mut LocalDb, asked: &Reserve) -> Reserved {
    let held = asked.holding();
    let known = match db.get(&held.record()).map(Record::read) {
        Some(Some(record)) if record.is_of(asked.holder) => Some(record),
        Some(_) => return Reserved::Repeated,
        None => None,
    };
    if let Some(record) = known {
        if !holds_slots(db, &held) {
            return Reserved::Repeated;
        }
        let charged = charges(asked).into_iter().map(|Charge { key, .. }| (record.charged(&key), key));
        let charged = charged.map(|(amount, key)| (key, amount)).collect();
        let standings: Vec<_> = asked.checks.iter().map(|check| own_standing(db, check, asked)).collect();
        return Reserved::Granted(granted(db, asked, &standings, charged, false));
    }
    for slots in held.slots.iter().filter(|slots| !line::is_fair(slots)) {
        record::heal(db, asked.place, slots);
    }
    let (lease, holder) = (asked.lease.to_string(), asked.holder.to_string());
    let is_other = |waiter: &Waiter| waiter.lease == lease && waiter.holder != holder;
    if held.slots.iter().any(|slots| line::waiters(db, slots).iter().any(is_other)) {
        return Reserved::Repeated;
    }
    let answer = decide(db, asked, &held);
    if asked.wait.is_some() && !matches!(answer, Reserved::Waiting { .. }) {
        leave(db, asked, &held.slots);
    }
    answer
}

/// All but the repetitions and the lines' end.
fn decide(db: &mut LocalDb, asked: &Reserve, held: &Held) -> Reserved {
    let me = line_entry(db, asked, held);
    let mut standings = Vec::with_capacity(asked.checks.len());
    let mut blocked = None;
    for (index, check) in asked.checks.iter().enumerate() {
        let standing = own_standing(db, check, asked);
        let refusal = match (check, &me) {
            (Check::Slot { .. }, _) if blocked.is_some() => None,
            (Check::Slot { key, cap }, Some(me)) => {
                let used = db.sorted_all(key).iter().filter(|(_, score)| *score > db.now()).count();
                let ahead = line::ahead(&line::waiters(db, key), me, line::is_fair(key));
                let full = used + ahead.len() >= usize::try_from(*cap).unwrap_or(usize::MAX);
                if full && me.ends > db.now() {
                    blocked = Some((key, ahead));
                    None
                } else {
                    let Standing::Slot { free_at, .. } = standing else { unreachable!("a slot's") };
                    full.then_some(Refusal::Slot { free_at })
                }
            }
            _ => standing.clone().refusal(check),
        };
        if let Some(refusal) = refusal {
            let penalty = match check {
                Check::Window(Window { penalty: Some(penalty), .. }) => {
                    strike(db, penalty, &asked.lease.to_string())
                }
                _ => None,
            };
            let refusal = penalty.map_or(refusal, |ends_at| Refusal::Penalty { ends_at });
            return Reserved::Refused { index, refusal };
        }
        standings.push(standing);
    }
    if let (Some((key, ahead)), Some(me)) = (blocked, me) {
        return stand_in_line(db, asked, held, &me, key, &ahead);
    }
    let charged = charge(asked, &standings);
    count(db, asked, &Held { charges: charged.clone(), ..held.clone() });
    Reserved::Granted(granted(db, asked, &standings, charged, true))
}

/// The call as one who waits.
fn line_entry(db: &LocalDb, asked: &Reserve, held: &Held) -> Option<Waiter> {
    let (wait, first) = (asked.wait?, held.slots.first()?);
    let mut me = Waiter {
        ends: db.now() + wait.until_ms.saturating_sub(db.now()).clamp(0, line::LONGEST),
        place: asked.place.to_string(),
        lease: asked.lease.to_string(),
        holder: asked.holder.to_string(),
        arrived: db.now(),
    };
    let line = line::waiters(db, first);
    me.arrived = match (line::mine(&line, &me), line.last()) {
        (Some(mine), _) => mine.arrived,
        (None, Some(last)) => me.arrived.max(last.arrived + 1),
        (None, None) => me.arrived,
    };
    Some(me)
}

/// Stands in line for the slot that is missing and for those before it.
fn stand_in_line(
    db: &mut LocalDb,
    asked: &Reserve,
    held: &Held,
    me: &Waiter,
    blocking: &RawKey,
    ahead: &[Waiter],
) -> Reserved {
    let most = asked.wait.map_or(0, |wait| wait.most.min(line::MOST)) as usize;
    let at = held.slots.iter().position(|slots| slots == blocking).expect("one of the list's");
    for slots in &held.slots[..=at] {
        let line = line::waiters(db, slots);
        if line.len() >= most && line::mine(&line, me).is_none() {
            return Reserved::LineFull {
                retry_at: retry_at(db, slots, line.first().map(|first| first.ends)),
            };
        }
    }
    for slots in &held.slots[..=at] {
        line::join(db, slots, me);
    }
    leave(db, asked, &held.slots[at + 1..]);
    let small = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    Reserved::Waiting {
        place: small(ahead.len() + 1),
        of: small(line::waiters(db, blocking).len()),
        retry_at: retry_at(db, blocking, ahead.iter().map(|waiter| waiter.ends).min()),
    }
}

/// When one who waits may try again at the latest: a lease runs out, or one ahead gives up.
fn retry_at(db: &LocalDb, slots: &RawKey, ends: Option<i64>) -> Option<i64> {
    let next = db.sorted_all(slots).into_iter().map(|(_, score)| score).find(|score| *score > db.now());
    next.into_iter().chain(ends).min()
}

fn leave(db: &mut LocalDb, asked: &Reserve, slots: &[RawKey]) {
    if slots.iter().filter(|slots| line::remove(db, slots, asked.lease, asked.holder)).count() > 0 {
        line::tell(db, slots);
    }
}

/// How a check stands for this call: its own place in line does not count.
fn own_standing(db: &LocalDb, check: &Check, asked: &Reserve) -> Standing {
    // What is abandoned has been taken back.
    let mut standing = standing(db, check, &Void::default());
    if let (Standing::Slot { waiting, .. }, Check::Slot { key, .. }) = (&mut standing, check) {
        let (lease, holder) = (asked.lease.to_string(), asked.holder.to_string());
        let line = line::waiters(db, key);
        *waiting =
            line.iter().filter(|waiter| waiter.lease != lease || waiter.holder != holder).count() as u64;
    }
    standing
}

fn charges(asked: &Reserve) -> Vec<Charge> {
    check::charges(asked.checks.iter())
}

/// What is charged: as much as all budgets of a key hold.
fn charge(asked: &Reserve, standings: &[Standing]) -> Vec<(RawKey, u32)> {
    let room = |key: &RawKey| {
        let of = |(check, standing): (&Check, &Standing)| match check {
            Check::Budget(Budget { days, .. }) if days.first()?.name() == key.name() => standing.left(),
            _ => None,
        };
        asked.checks.iter().zip(standings).filter_map(of).min().unwrap_or(u32::MAX)
    };
    charges(asked)
        .into_iter()
        .map(|it| (it.most.min(room(&it.key)).max(it.amount), it.key))
        .map(|(n, key)| (key, n))
        .collect()
}

/// `takes`: whether the standings are those before this call was counted.
fn granted(
    db: &mut LocalDb,
    asked: &Reserve,
    standings: &[Standing],
    charged: Vec<(RawKey, u32)>,
    takes: bool,
) -> Granted {
    let all = || asked.checks.iter().zip(standings);
    let left = |(check, standing): (&Check, &Standing)| {
        let takes = match check {
            _ if !takes => 0,
            Check::Budget(Budget { days, .. }) => {
                let of = |(key, _): &&(RawKey, u32)| days.first().is_some_and(|day| day.name() == key.name());
                charged.iter().find(of).map_or(0, |(_, amount)| *amount)
            }
            _ => 1,
        };
        standing.left().map(|left| left.saturating_sub(takes))
    };
    let unknown = |(_, standing): &(usize, &Standing)| **standing == Standing::Version(Confirmed::Unknown);
    let left = all().map(left).collect();
    let unconfirmed = standings.iter().enumerate().filter(unknown).map(|(index, _)| index).collect();
    let turns = asked.recall.clone().map(|between| Recall(between).on_local(db)).unwrap_or_default();
    Granted { left, unconfirmed, charged, turns }
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
    let record = Record {
        holder: held.holder.to_string(),
        charges: held.charges.iter().map(|(key, amount)| (key.name().to_owned(), *amount)).collect(),
        windows: held.windows.iter().map(|key| key.name().to_owned()).collect(),
    };
    db.set(&held.record(), &record.to_string(), Some(held.record_life()));
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
        db.sorted_remove_between(key, 0, now);
        hold(db, key, held);
    }
}

/// Budgets hold only what is above 0: what was given back leaves nothing behind.
pub(super) fn add(db: &mut LocalDb, key: &RawKey, added: i64) {
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
    live_at_least(db, slot, held.slots_life(slot));
}

/// Lets a key live at least so long.
pub(super) fn live_at_least(db: &mut LocalDb, key: &RawKey, life: Duration) {
    if db.left_ms(key).flatten().is_none_or(|left| left < millis(life)) {
        db.expire(key, life);
    }
}

/// SET KEEPTTL.
pub(super) fn overwrite(db: &mut LocalDb, key: &RawKey, text: &str) {
    let left = db.left_ms(key).flatten().and_then(|left| u64::try_from(left).ok());
    db.set(key, text, left.map(Duration::from_millis));
}

fn holds_slots(db: &LocalDb, held: &Held) -> bool {
    let lease = held.lease.to_string();
    held.slots.iter().all(|slot| db.sorted_score(slot, &lease).is_some_and(|ends| ends > db.now()))
}

/// renew.lua.
pub(super) fn renew(db: &mut LocalDb, held: &Held) -> bool {
    let record = db.get(&held.record()).and_then(Record::read);
    let kept = record.is_some_and(|record| record.is_of(held.holder)) && holds_slots(db, held);
    if kept {
        db.expire(&held.record(), held.record_life());
        held.slots.iter().for_each(|slot| hold(db, slot, held));
    }
    kept
}

/// settle.lua.
pub(super) fn end(db: &mut LocalDb, end: &End<'_>) -> Settled {
    if let Some(change) = end.memory {
        change.on_local(db);
    }
    let (held, key) = (end.held, end.held.record());
    let record = match db.get(&key).map(Record::read) {
        Some(None) => return Settled::Before,
        Some(Some(record)) if record.is_of(held.holder) => record,
        _ => return Settled::Unknown,
    };
    db.set(&key, DONE, Some(held.done_life()));
    for ((key, _), used) in held.charges.iter().zip(&end.used) {
        add(db, key, i64::from(*used) - i64::from(record.charged(key)));
    }
    let lease = held.lease.to_string();
    let freed: Vec<_> = held.slots.iter().filter(|slots| db.sorted_remove(slots, &lease)).collect();
    line::tell(db, freed);
    for window in end.windows() {
        db.sorted_remove(window, &lease);
    }
    Settled::Now
}
