//! Limits: their rules, what rides along, the line, random programs against both stores and an independent account, and many at once.

pub mod lines;
mod load;
mod looking;
mod random;
mod riders;
mod rules;

use std::time::Duration;

use troupe::{
    domain::ids::{GuildId, InteractionId, Place, UserId},
    hot::{
        key::RawKey,
        keys::{self, Kind},
        limits::{
            Budget, Check, Granted, Held, LeaseId, Penalty, Refusal, Reserve, Reserved, Settle, Window,
        },
    },
};
use uuid::Uuid;

const LIFE: Duration = Duration::from_secs(70);
const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn guild(number: u64) -> Place {
    Place::Guild(GuildId::new(number).expect("an id"))
}

fn user(number: u64) -> UserId {
    UserId::new(number).expect("an id")
}

fn holder(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

/// `YYYYMMDD` so many days before that moment's.
fn day(now_ms: i64, before: u64) -> u32 {
    let today = chrono::DateTime::from_timestamp_millis(now_ms).expect("a moment").date_naive();
    let day = today - chrono::Days::new(before);
    day.format("%Y%m%d").to_string().parse().expect("digits")
}

fn reserve(interaction: u64, checks: Vec<Check>) -> Reserve {
    let interaction = InteractionId::new(interaction).expect("an id");
    Reserve {
        lease: LeaseId { interaction, call: 0 },
        place: guild(1),
        holder: holder(1),
        checks,
        life: LIFE,
        recall: None,
        wait: None,
    }
}

/// What a reservation holds that was granted at the least that it asks for.
fn held(reserve: &Reserve) -> Held {
    let mut charged: Vec<(RawKey, u32)> = Vec::new();
    for check in &reserve.checks {
        if let Check::Budget(budget) = check
            && charged.iter().all(|(key, _)| *key != budget.days[0])
        {
            charged.push((budget.days[0].clone(), budget.amount));
        }
    }
    reserve.held(&Granted { left: Vec::new(), unconfirmed: Vec::new(), charged, turns: Vec::new() })
}

fn granted(reserved: Reserved) -> Granted {
    match reserved {
        Reserved::Granted(granted) => granted,
        other => panic!("not granted: {other:?}"),
    }
}

fn refused(reserved: Reserved) -> (usize, Refusal) {
    match reserved {
        Reserved::Refused { index, refusal } => (index, refusal),
        other => panic!("not refused: {other:?}"),
    }
}

fn settle(held: &Held) -> Settle<'_> {
    Settle { held, used: Vec::new(), memory: None }
}

fn penalty(place: Place, user: UserId) -> Penalty {
    Penalty {
        strikes: keys::Strikes::of(place, user, Kind::Ai).into_raw(),
        level: keys::PenaltyLevel::of(place, user, Kind::Ai).into_raw(),
        lock: keys::Penalty::of(place, user, Kind::Ai).into_raw(),
        most: 3,
        within: 10 * MINUTE,
        first: 10 * MINUTE,
        longest: 360 * MINUTE,
        quiet: 7 * DAY,
    }
}

fn user_window(limit: u32, seconds: u64, penalty: Option<Penalty>) -> Check {
    let key = keys::WindowUser::of(guild(1), user(1), Kind::Ai).into_raw();
    Check::Window(Window { key, limit, period: Duration::from_secs(seconds), penalty })
}

fn calls_key(now_ms: i64, before: u64) -> RawKey {
    keys::TalkCountUser::of(guild(1), user(1), day(now_ms, before)).into_raw()
}

/// A member's calls over the latest `days`.
fn calls(now_ms: i64, days: u64, amount: u32, limit: u32) -> Check {
    elastic(now_ms, days, (amount, amount), limit)
}

/// The same, between a least and a most.
fn elastic(now_ms: i64, days: u64, (amount, most): (u32, u32), limit: u32) -> Check {
    let days = (0..days).map(|before| calls_key(now_ms, before)).collect();
    Check::Budget(Budget { days, amount, most, limit })
}

fn slot(cap: u32) -> Check {
    Check::Slot { key: keys::ConcurrencyGuild::of(guild(1)).into_raw(), cap }
}

fn global_slot(cap: u32) -> Check {
    Check::Slot { key: keys::ConcurrencyGlobal::key().into_raw(), cap }
}
