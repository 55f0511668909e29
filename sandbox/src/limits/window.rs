//! Fixed windows by key: so many in so long, from the first request on; idle ones are forgotten.

use std::collections::HashMap;
use std::hash::Hash;

/// Below this many windows none is looked for that could be forgotten.
const SWEEP_FLOOR: usize = 1024;

/// Windows of one kind. Its size follows the windows that are open: the others are swept out whenever
/// the number has doubled, so a request costs a constant on average.
#[derive(Debug)]
pub(super) struct Windows<K> {
    open: HashMap<K, Window>,
    sweep_at: usize,
}

#[derive(Clone, Copy, Debug)]
struct Window {
    used: u32,
    reset_ms: u64,
}

/// What a request finds in its window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Taken {
    /// Whether it fits.
    pub(super) allowed: bool,
    /// How many the window has admitted, this one included.
    pub(super) used: u32,
    /// When the window ends, in milliseconds since the Unix epoch.
    pub(super) reset_ms: u64,
}

impl<K> Default for Windows<K> {
    fn default() -> Self {
        Self { open: HashMap::new(), sweep_at: SWEEP_FLOOR }
    }
}

impl<K: Hash + Eq> Windows<K> {
    /// Takes one of `limit` in `key`'s window, which is opened for `window_ms` if none is open.
    pub(super) fn take(&mut self, key: K, now: u64, limit: u32, window_ms: u64) -> Taken {
        if self.open.len() >= self.sweep_at {
            self.sweep(now);
        }
        let window = self.open.entry(key).or_insert(Window { used: 0, reset_ms: 0 });
        if window.reset_ms <= now {
            *window = Window { used: 0, reset_ms: now.saturating_add(window_ms) };
        }
        let allowed = window.used < limit;
        if allowed {
            window.used += 1;
        }
        Taken { allowed, used: window.used, reset_ms: window.reset_ms }
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Forgets one key.
    pub(super) fn remove(&mut self, key: &K) {
        self.open.remove(key);
    }

    fn sweep(&mut self, now: u64) {
        self.open.retain(|_, window| window.reset_ms > now);
        self.sweep_at = (self.open.len() * 2).max(SWEEP_FLOOR);
        self.open.shrink_to(self.sweep_at);
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        self.open.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_admits_its_limit_and_opens_anew_when_it_ends() {
        let mut windows = Windows::default();
        let taken = |allowed, used, reset_ms| Taken { allowed, used, reset_ms };
        assert_eq!(windows.take('a', 1000, 2, 500), taken(true, 1, 1500));
        assert_eq!(windows.take('a', 1400, 2, 500), taken(true, 2, 1500));
        assert_eq!(windows.take('a', 1499, 2, 500), taken(false, 2, 1500));
        assert_eq!(windows.take('b', 1499, 2, 500), taken(true, 1, 1999));
        assert_eq!(windows.take('a', 1500, 2, 500), taken(true, 1, 2000));
    }

    #[test]
    fn a_million_keys_that_come_once_take_no_more_room_than_those_still_open() {
        let mut windows = Windows::default();
        for n in 0..1_000_000_u64 {
            // One a millisecond, for windows of five seconds: 5,000 are open.
            windows.take(n, n, 5, 5000);
            assert!(windows.len() <= 10_001, "{} windows after {n} keys", windows.len());
        }
    }
}
