//! Limits: their rules, random programs against both stores and an independent account, and many at once.

mod load;
mod random;
mod rules;

use std::time::Duration;

use troupe::{
    domain::ids::{GuildId, InteractionId, Place, UserId},
    hot::{
        key::RawKey,
        keys::{self, Kind},
        limits::{Budget, Check, Held, LeaseId, Penalty, Reserve, Window},
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
    }
}

/// What a reservation that was granted holds.
fn held(reserve: &Reserve) -> Held {
    reserve.held()
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
    Check::Budget(Budget { days: (0..days).map(|before| calls_key(now_ms, before)).collect(), amount, limit })
}

fn slot(cap: u32) -> Check {
    Check::Slot { key: keys::ConcurrencyGuild::of(guild(1)).into_raw(), cap }
}

fn global_slot(cap: u32) -> Check {
    Check::Slot { key: keys::ConcurrencyGlobal::key().into_raw(), cap }
}
