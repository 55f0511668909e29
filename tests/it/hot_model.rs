//! The two hot stores against each other: the same random operations and clock, the same answers.

use std::time::Duration;

use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, TestRunner},
};
use troupe::{domain::ids::InteractionId, hot::seen::MarkSeen};

use crate::support::{both::Both, redis::Redis};

#[derive(Debug, Clone)]
enum Step {
    See(u64),
    Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![4 => (1..6_u64).prop_map(Step::See), 1 => (1..1_000_u64).prop_map(Step::Wait)]
}

#[test]
fn an_interaction_is_seen_once() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let server = runtime.block_on(Redis::start());
    let mut runner = TestRunner::new(Config { cases: 32, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&vec(step(), 1..40), |steps| {
        runtime.block_on(async {
            let mut both = Both::start(&server).await;
            for step in steps {
                match step {
                    Step::See(id) => {
                        both.ask(&MarkSeen(InteractionId::new(id).expect("an id"))).await;
                    }
                    Step::Wait(seconds) => both.advance(Duration::from_secs(seconds)).await,
                }
            }
        });
        Ok(())
    });
    outcome.expect("the same answers");
}
