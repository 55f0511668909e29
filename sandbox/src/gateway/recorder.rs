//! When each interaction was written to a socket, for measuring how fast a bot answers.

use std::collections::{HashMap, VecDeque};
use std::time::Instant;

use parking_lot::Mutex;

use crate::ids::Id;

/// How many interactions are remembered; the oldest is forgotten first.
const REMEMBERED: usize = 65_536;

/// Remembers the first time each interaction was written.
#[derive(Debug, Default)]
pub(super) struct Recorder(Mutex<Times>);

#[derive(Debug, Default)]
struct Times {
    at: HashMap<Id, Instant>,
    order: VecDeque<Id>,
}

impl Recorder {
    /// Notes interactions that go to the socket now.
    pub(super) fn note(&self, interactions: &[Id], now: Instant) {
        if interactions.is_empty() {
            return;
        }
        let mut times = self.0.lock();
        for id in interactions {
            if times.at.contains_key(id) {
                continue;
            }
            if times.order.len() == REMEMBERED
                && let Some(oldest) = times.order.pop_front()
            {
                times.at.remove(&oldest);
            }
            times.order.push_back(*id);
            times.at.insert(*id, now);
        }
    }

    pub(super) fn at(&self, interaction: Id) -> Option<Instant> {
        self.0.lock().at.get(&interaction).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_time_counts_and_the_oldest_is_forgotten() {
        let recorder = Recorder::default();
        let (first, later) = (Instant::now(), Instant::now() + std::time::Duration::from_secs(1));
        recorder.note(&[Id(1)], first);
        recorder.note(&[Id(1), Id(2)], later);
        assert_eq!(recorder.at(Id(1)), Some(first));
        assert_eq!(recorder.at(Id(2)), Some(later));
        let many: Vec<_> = (10..10 + REMEMBERED as u64).map(Id).collect();
        recorder.note(&many, later);
        assert_eq!(recorder.at(Id(1)), None);
        assert_eq!(recorder.0.lock().at.len(), REMEMBERED);
    }
}
