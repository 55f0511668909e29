//! The ban that follows too many invalid requests: 10,000 answers of 401, 403 or 429 in 10 minutes.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;

use super::window::Windows;
use crate::ids::Id;

/// Whom invalid requests are counted for: a bot, or for those without a valid token their address.
/// (Discord bans addresses. Here every bot has the same one, and each shall bear its own faults.)
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Who {
    /// A bot with a valid token.
    Bot(Id),
    /// Anybody else.
    Address(IpAddr),
}

/// When invalid requests lead to a ban.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BanPolicy {
    /// The invalid request that brings the ban.
    pub threshold: u32,
    /// Within how many milliseconds from the first.
    pub window_ms: u64,
    /// How many milliseconds the ban lasts.
    pub ban_ms: u64,
}

impl Default for BanPolicy {
    fn default() -> Self {
        Self { threshold: 10_000, window_ms: 600_000, ban_ms: 3_600_000 }
    }
}

/// Counts and bans.
#[derive(Debug, Default)]
pub(super) struct Invalid {
    /// Spares the lock for the many who never see a ban.
    any: AtomicBool,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    policy: BanPolicy,
    counts: Windows<Who>,
    /// Until when, in milliseconds since the Unix epoch.
    bans: HashMap<Who, u64>,
}

impl Invalid {
    pub(super) fn set(&self, policy: BanPolicy) {
        self.state.lock().policy = policy;
    }

    /// Milliseconds that are left of a ban.
    pub(super) fn ban_left(&self, who: Who, now: u64) -> Option<u64> {
        if !self.any.load(Ordering::Acquire) {
            return None;
        }
        let mut state = self.state.lock();
        let until = *state.bans.get(&who)?;
        if until > now {
            return Some(until - now);
        }
        state.bans.remove(&who);
        None
    }

    /// Counts an invalid request.
    pub(super) fn count(&self, who: Who, now: u64) {
        let mut state = self.state.lock();
        let BanPolicy { threshold, window_ms, ban_ms } = state.policy;
        let taken = state.counts.take(who, now, threshold, window_ms);
        if taken.used >= threshold {
            state.counts.remove(&who);
            state.bans.insert(who, now.saturating_add(ban_ms));
            self.any.store(true, Ordering::Release);
        }
    }

    pub(super) fn clear(&self) {
        let mut state = self.state.lock();
        state.counts.clear();
        state.bans.clear();
        self.any.store(false, Ordering::Release);
    }
}
