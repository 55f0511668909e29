//! Pauses between tries, longer each time and never the same for two processes.

use std::time::Duration;

/// The first pause, at most.
const SHORTEST: Duration = Duration::from_millis(100);
/// The longest pause.
const LONGEST: Duration = Duration::from_secs(2);

/// Exponential backoff with jitter.
#[derive(Debug)]
pub(super) struct Backoff {
    next: Duration,
}

impl Backoff {
    pub(super) fn new() -> Self {
        Self { next: SHORTEST }
    }

    /// Things went well: the next pause is a short one.
    pub(super) fn reset(&mut self) {
        self.next = SHORTEST;
    }

    /// Waits, and makes the next wait up to twice as long.
    pub(super) async fn pause(&mut self) {
        let pause = jittered(self.next);
        self.next = LONGEST.min(self.next * 2);
        tokio::time::sleep(pause).await;
    }
}

/// Between half of `most` and all of it.
pub(super) fn jittered(most: Duration) -> Duration {
    most.mul_f64(rand::random_range(0.5..1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn pauses_grow_to_their_bound_and_start_again_short() {
        let mut backoff = Backoff::new();
        let mut lengths = Vec::new();
        for _ in 0..8 {
            let begun = tokio::time::Instant::now();
            backoff.pause().await;
            lengths.push(begun.elapsed());
        }
        // The clock counts whole milliseconds.
        assert!(
            lengths[0] >= SHORTEST / 2 && lengths[0] <= SHORTEST + Duration::from_millis(1),
            "{lengths:?}"
        );
        assert!(lengths[7] >= LONGEST / 2 && lengths[7] <= LONGEST + Duration::from_millis(1), "{lengths:?}");
        backoff.reset();
        assert_eq!(backoff.next, SHORTEST);
    }
}
