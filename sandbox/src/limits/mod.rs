//! Discord's rate limits: route buckets, the global limit, and the ban for invalid requests.
//!
//! All are measured on the sandbox's clock. Windows are fixed: one opens with a request and ends a set
//! time later, whatever comes between. A bucket is counted by caller and by what the route is about
//! (its channel, guild, or webhook with token); with a token in the path the caller makes no difference.

mod answer;
mod invalid;
mod table;
mod window;

use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use parking_lot::Mutex;

pub use answer::{Quota, Scope, TooMany};
pub use invalid::{BanPolicy, Who};
pub use table::Traits;

use crate::clock::Clock;
use crate::ids::Id;
use crate::rest::pattern::Route;
use crate::rest::request::Caller;
use crate::rules::{Rule, Rules};
use invalid::Invalid;
use table::Table;
use window::Windows;

/// Requests a second that a bot has in all.
const GLOBAL_LIMIT: u32 = 50;
const GLOBAL_WINDOW_MS: u64 = 1000;

/// A limit that can't be.
#[derive(Debug, thiserror::Error)]
pub enum BadLimit {
    /// A limit or a window of nothing.
    #[error(
        "a limit admits at least 1 request, in at least 1 ms; to switch limits off, switch off their rule"
    )]
    Zero,
    /// Not an HTTP method.
    #[error("{0:?} is no HTTP method; write it as POST or PATCH")]
    Method(String),
}

/// A sandbox's limits.
#[derive(Debug)]
pub struct Limits {
    clock: Clock,
    rules: Rules,
    table: Table,
    buckets: Mutex<Windows<Bucket>>,
    hasher: RandomState,
    global_limit: AtomicU32,
    global: Mutex<Windows<Id>>,
    invalid: Invalid,
}

/// One count of a group. What it is about is kept as a hash, for an interaction's token is long: with
/// a million open windows two of them meet once in 37 million runs.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Bucket {
    group: u32,
    caller: Id,
    about: u64,
}

impl Limits {
    /// Limits at Discord's defaults.
    pub fn new(clock: Clock, rules: Rules) -> Self {
        Self {
            clock,
            rules,
            table: Table::default(),
            buckets: Mutex::default(),
            hasher: RandomState::new(),
            global_limit: AtomicU32::new(GLOBAL_LIMIT),
            global: Mutex::default(),
            invalid: Invalid::default(),
        }
    }

    /// Sets what a route's buckets allow. Routes that share a bucket change with it; open windows keep
    /// their end.
    pub fn set(&self, method: &str, template: &str, limit: u32, window_ms: u64) -> Result<(), BadLimit> {
        if limit == 0 || window_ms == 0 {
            return Err(BadLimit::Zero);
        }
        if Method::from_bytes(method.as_bytes()).is_err() || method.chars().any(char::is_lowercase) {
            return Err(BadLimit::Method(method.into()));
        }
        self.table.set(method, template, limit, window_ms);
        Ok(())
    }

    /// Sets how many requests a second a bot has in all.
    pub fn set_global(&self, limit: u32) -> Result<(), BadLimit> {
        if limit == 0 {
            return Err(BadLimit::Zero);
        }
        self.global_limit.store(limit, Ordering::Relaxed);
        Ok(())
    }

    /// Sets when invalid requests lead to a ban.
    pub fn set_ban(&self, policy: BanPolicy) -> Result<(), BadLimit> {
        if policy.threshold == 0 || policy.window_ms == 0 {
            return Err(BadLimit::Zero);
        }
        self.invalid.set(policy);
        Ok(())
    }

    /// Closes all windows and lifts all bans; what was set stays.
    pub fn forget(&self) {
        self.buckets.lock().clear();
        self.global.lock().clear();
        self.invalid.clear();
    }

    /// Takes one of a bot's requests of this second.
    ///
    /// # Errors
    /// When none is left.
    pub fn take_global(&self, bot: Id) -> Result<(), TooMany> {
        if !self.rules.on(Rule::GlobalLimit) {
            return Ok(());
        }
        let now = self.clock.now_ms();
        let limit = self.global_limit.load(Ordering::Relaxed);
        let taken = self.global.lock().take(bot, now, limit, GLOBAL_WINDOW_MS);
        if taken.allowed {
            return Ok(());
        }
        Err(TooMany { scope: Scope::Global, retry_after_ms: taken.reset_ms - now })
    }

    /// Takes one of a route's bucket: how it stands then, and a refusal if nothing was left. `None`
    /// where no bucket applies.
    pub fn take_route(
        &self,
        route: &Route<'_>,
        caller: Caller,
        traits: Traits,
    ) -> Option<(Quota, Option<TooMany>)> {
        if !self.rules.on(Rule::RouteLimits) {
            return None;
        }
        let group = self.table.group(route, traits)?;
        let caller = match caller {
            Caller::Bot(bot) if !route.carries_token() => bot,
            _ => Id(0),
        };
        let bucket = Bucket { group: group.index, caller, about: self.hasher.hash_one(about(route)) };
        let (limit, window_ms) = group.allows();
        let now = self.clock.now_ms();
        let taken = self.buckets.lock().take(bucket, now, limit, window_ms);
        let quota = Quota {
            limit,
            remaining: limit.saturating_sub(taken.used),
            reset_ms: taken.reset_ms,
            reset_after_ms: taken.reset_ms - now,
            bucket: group.hash.clone(),
        };
        let refusal =
            (!taken.allowed).then_some(TooMany { scope: Scope::User, retry_after_ms: quota.reset_after_ms });
        Some((quota, refusal))
    }

    /// What a banned caller gets.
    pub fn ban(&self, who: Who) -> Option<Response> {
        if !self.rules.on(Rule::InvalidRequests) {
            return None;
        }
        self.invalid.ban_left(who, self.clock.now_ms()).map(answer::banned)
    }

    /// Counts an answer if it is of the kind that leads to a ban.
    pub fn count_if_invalid(&self, who: Who, status: StatusCode, headers: &HeaderMap) {
        let invalid = match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => true,
            StatusCode::TOO_MANY_REQUESTS => !answer::is_shared(headers),
            _ => false,
        };
        if invalid && self.rules.on(Rule::InvalidRequests) {
            self.invalid.count(who, self.clock.now_ms());
        }
    }
}

impl Who {
    /// Whom to count a caller's invalid requests for.
    pub fn new(caller: Caller, address: IpAddr) -> Self {
        match caller {
            Caller::Bot(bot) => Self::Bot(bot),
            Caller::Anonymous | Caller::Unknown => Self::Address(address),
        }
    }
}

/// The part of a path that a bucket is counted by: a channel, a guild, a webhook with its token.
fn about<'a>(route: &Route<'a>) -> Option<(&'a str, Option<&'a str>)> {
    match route.segment(0)? {
        "channels" | "guilds" => Some((route.segment(1)?, None)),
        "webhooks" | "interactions" => {
            let token = if route.is_parameter(2) { route.segment(2) } else { None };
            Some((route.segment(1)?, token))
        }
        _ => None,
    }
}
