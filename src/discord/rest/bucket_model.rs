//! The bucket against a model of Discord's fixed windows, in virtual time: whatever the network does, no 429.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

/// Discord's side: a window opens with the first request after the last one closed.
struct Server {
    limit: u32,
    window: u64,
    closes: u64,
    used: u32,
}

impl Server {
    /// Counts a request that arrives at `now`, in ms; `None` is a 429.
    fn take(&mut self, now: u64) -> Option<Observed> {
        if now >= self.closes {
            self.closes = now + self.window;
            self.used = 0;
        }
        (self.used < self.limit).then(|| {
            self.used += 1;
            Observed {
                limit: self.limit,
                remaining: self.limit - self.used,
                reset_after: Duration::from_millis(self.closes - now),
                window_id: Some(1_700_000_000_000 + self.closes),
            }
        })
    }
}

/// What the network does to one request: ms to Discord, ms back, and whether the answer is lost.
#[derive(Debug, Clone, Copy)]
struct Fate {
    there: u64,
    back: u64,
    lost: bool,
}

#[derive(Debug, Clone, Copy)]
enum Event {
    Arrives(Fate),
    Answered(Observed),
    GivenUp,
    Wake,
}

struct Run {
    now: u64,
    start: Instant,
    events: BTreeMap<(u64, usize), Event>,
    sequence: usize,
}

impl Run {
    fn at(&mut self, time: u64, event: Event) {
        self.sequence += 1;
        self.events.insert((time, self.sequence), event);
    }

    fn instant(&self) -> Instant {
        self.start + Duration::from_millis(self.now)
    }
}

/// Sends one request for each fate as early as the bucket allows; the ms it took, or where a 429 came.
fn run(limit: u32, window: u64, fates: &[Fate]) -> Result<u64, String> {
    let mut server = Server { limit, window, closes: 0, used: 0 };
    let mut bucket = Bucket::default();
    let mut run = Run { now: 0, start: Instant::now(), events: BTreeMap::new(), sequence: 0 };
    let mut waiting = fates.iter();
    let mut next = waiting.next();
    run.at(0, Event::Wake);
    while let Some(((now, _), event)) = run.events.pop_first() {
        run.now = now;
        match event {
            Event::Arrives(fate) => {
                let seen =
                    server.take(now).ok_or_else(|| format!("429 at {now} ms, {} to go", waiting.len()))?;
                if !fate.lost {
                    run.at(now + fate.back, Event::Answered(seen));
                }
            }
            Event::Answered(seen) => {
                bucket.finish();
                bucket.learn(run.instant(), &seen);
            }
            Event::GivenUp => {
                bucket.finish();
                bucket.lose(run.instant());
            }
            Event::Wake => {}
        }
        while let Some(fate) = next {
            match bucket.admit(run.instant()) {
                Admission::Go => {
                    run.at(now + fate.there, Event::Arrives(*fate));
                    if fate.lost {
                        run.at(now + fate.back, Event::GivenUp);
                    }
                    next = waiting.next();
                }
                Admission::At(at) => {
                    let wait = at.duration_since(run.instant());
                    run.at(now + u64::try_from(wait.as_micros().div_ceil(1000)).unwrap(), Event::Wake);
                    break;
                }
                Admission::AfterAnswer => break,
            }
        }
    }
    if next.is_some() { Err("stuck".to_owned()) } else { Ok(run.now) }
}

fn fates(longest: u64, losses: bool) -> impl Strategy<Value = Vec<Fate>> {
    let fate = (0..longest, 0..longest, prop::bool::weighted(if losses { 0.15 } else { 0.0 }));
    prop::collection::vec(fate.prop_map(|(there, back, lost)| Fate { there, back, lost }), 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    #[test]
    fn no_network_makes_us_cause_a_429(
        limit in 1_u32..12,
        window in prop::sample::select(vec![250_u64, 1_000, 2_000, 5_000]),
        fates in fates(900, false),
    ) {
        let took = run(limit, window, &fates).map_err(TestCaseError::fail)?;
        // At the worst each window costs its length, a round trip and the slack.
        let windows = fates.len() as u64 / u64::from(limit) + 2;
        prop_assert!(took <= windows * (window + 1_800 + 10), "{took} ms");
    }

    #[test]
    fn lost_requests_make_us_careful(
        limit in 1_u32..12,
        window in prop::sample::select(vec![1_000_u64, 2_000, 5_000]),
        mut fates in fates(900, true),
    ) {
        // The first answer tells the window's length; before it, nothing can be known of a lost request's window.
        fates[0].lost = false;
        run(limit, window, &fates).map_err(TestCaseError::fail)?;
    }
}

#[test]
fn a_fresh_bucket_goes_at_full_speed() {
    let fates = vec![Fate { there: 10, back: 10, lost: false }; 20];
    let took = run(5, 5_000, &fates).unwrap();
    assert!((15_000..15_200).contains(&took), "{took}");
}

#[test]
fn a_block_holds_and_a_settled_bucket_is_idle() {
    let now = Instant::now();
    let mut bucket = Bucket::new(Some(Shape { limit: 2, window: Duration::from_secs(1) }));
    assert!(bucket.is_idle(now));
    assert_eq!(bucket.admit(now), Admission::Go);
    assert!(!bucket.is_idle(now));
    bucket.finish();
    bucket.block(now + Duration::from_secs(3));
    assert_eq!(bucket.admit(now), Admission::At(now + Duration::from_secs(3) + SLACK));
    assert!(!bucket.is_idle(now + Duration::from_secs(2)));
    assert!(bucket.is_idle(now + Duration::from_secs(4)));
}
