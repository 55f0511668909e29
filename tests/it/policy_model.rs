//! Copies of policies: both hot stores answer alike, and no copy goes back in time while its fence or a newer one stands.

use std::time::Duration;

use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, TestRunner},
};
use troupe::{
    domain::ids::GuildId,
    hot::{
        key::RawKey,
        keys,
        policy::{Copy, FencePolicy, PutPolicy, ReadPolicy},
    },
};

use crate::support::{both::Both, redis::Redis};

/// As the fence and the copies live.
const FENCE_S: i64 = 15;
const LIFE_S: i64 = 60;

#[derive(Debug, Clone)]
enum Step {
    Read { guild: u64, have: Option<i64> },
    Put { guild: u64, version: i64 },
    Fence { guild: u64, version: i64 },
    Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let (guild, version) = (|| 1..3_u64, || 0..6_i64);
    prop_oneof![
        4 => (guild(), prop::option::of(version())).prop_map(|(guild, have)| Step::Read { guild, have }),
        4 => (guild(), version()).prop_map(|(guild, version)| Step::Put { guild, version }),
        2 => (guild(), version()).prop_map(|(guild, version)| Step::Fence { guild, version }),
        2 => (1..70_u64).prop_map(Step::Wait),
    ]
}

/// What must hold of one copy, in seconds of the test's clock.
#[derive(Debug, Default, Clone, std::marker::Copy)]
struct Expected {
    copy: Option<i64>,
    /// The oldest version that is taken, and until when that counts.
    fence: Option<(i64, i64)>,
    ends: i64,
}

impl Expected {
    fn at(self, now: i64) -> Self {
        if now < self.ends { self } else { Self::default() }
    }
}

fn key(guild: u64) -> RawKey {
    keys::GuildPolicy::of(GuildId::new(guild).expect("an id")).into_raw()
}

async fn play(server: &Redis, steps: Vec<Step>) {
    let mut both = Both::start(server).await;
    let mut expected = [Expected::default(); 3];
    for step in steps {
        let now = both.now_ms() / 1_000;
        let of = |guild: u64| usize::try_from(guild).expect("one of a few");
        match step {
            Step::Read { guild, have } => {
                let answer = both.ask(&ReadPolicy { key: key(guild), have }).await;
                let right = match expected[of(guild)].at(now).copy {
                    None => Copy::Absent,
                    Some(version) if have == Some(version) => Copy::Same,
                    Some(version) => Copy::Other { version, body: format!("{{\"v\":{version}}}") },
                };
                assert_eq!(answer, right);
            }
            Step::Put { guild, version } => {
                let put = PutPolicy { key: key(guild), version, body: format!("{{\"v\":{version}}}") };
                let was_put = both.ask(&put).await;
                let held = expected[of(guild)].at(now);
                let newer = held.copy.is_some_and(|copy| version < copy);
                let fenced = held.fence.is_some_and(|(floor, until)| now < until && version < floor);
                assert_eq!(was_put, !newer && !fenced);
                if was_put {
                    expected[of(guild)] = Expected { copy: Some(version), ends: now + LIFE_S, ..held };
                }
            }
            Step::Fence { guild, version } => {
                both.ask(&FencePolicy { key: key(guild), version }).await;
                let floor =
                    expected[of(guild)].at(now).fence.map_or(version, |(floor, _)| floor.max(version));
                let ends = now + FENCE_S;
                expected[of(guild)] = Expected { copy: None, fence: Some((floor, ends)), ends };
            }
            Step::Wait(seconds) => both.advance(Duration::from_secs(seconds)).await,
        }
    }
}

#[test]
fn a_copy_never_goes_back_in_time() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let server = runtime.block_on(Redis::start());
    let mut runner = TestRunner::new(Config { cases: 64, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&vec(step(), 1..60), |steps| {
        runtime.block_on(play(&server, steps));
        Ok(())
    });
    outcome.expect("the same answers, and the right ones");
}
