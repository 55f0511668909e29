//! Interactions seen lately, so that one delivered twice is answered once. Fixed in size, without locks.

use std::sync::atomic::{AtomicU64, Ordering};

use serenity::all::InteractionId;

/// Places in the table: 64 KiB. Two interactions that share a place push each other out; Discord itself refuses a second
/// answer (40060), so that a miss costs a request and no more.
const PLACES: usize = 8_192;

/// The ids of the latest interactions.
pub(super) struct Seen(Box<[AtomicU64]>);

impl Seen {
    pub(super) fn new() -> Self {
        Self((0..PLACES).map(|_| AtomicU64::new(0)).collect())
    }

    /// Whether this is the first time; remembers it.
    pub(super) fn is_first(&self, id: InteractionId) -> bool {
        // The low bits count up within a millisecond, the middle ones are the time: mix both.
        let id = id.get();
        let mixed = id.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
        let place = usize::try_from(mixed).expect("32 bits") % self.0.len();
        self.0[place].swap(id, Ordering::Relaxed) != id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_delivery_counts() {
        let seen = Seen::new();
        for id in (1..1_000_u64).map(|n| InteractionId::new(n << 22)) {
            assert!(seen.is_first(id));
            assert!(!seen.is_first(id));
        }
    }
}
