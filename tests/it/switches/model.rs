//! The copies of the kill switches in both hot stores: random programs, the same answers, and what must always hold.

use std::collections::{BTreeMap, BTreeSet};

use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, TestRunner},
};
use troupe::hot::{
    keys,
    limits::{Check, Look, Notice, Standing},
    switches::{AddPending, Copy, DropPending, Kept, Placed, PutSwitches, ReadSwitches},
};

use crate::support::{both::Both, redis::Redis};

const FIELDS: [&str; 4] = ["global", "feature:talk", "model:a/b:free", "provider:pending:x"];

#[derive(Debug, Clone)]
enum Step {
    /// Puts what PostgreSQL has, after so many changes there.
    Put {
        changes: i64,
        switches: Vec<(usize, i64, String)>,
        pending: bool,
    },
    /// The copy of a process that is behind.
    PutOld {
        by: i64,
    },
    Add {
        field: usize,
        since: i64,
        reason: String,
    },
    Drop(usize),
    Flush,
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), "[a-z %\n:0-9ß🎭]{0,12}", Just("7 is not an end".to_owned())]
}

fn step() -> impl Strategy<Value = Step> {
    let since = || 1..40_i64;
    let switches = vec((0..4_usize, since(), text()), 0..5);
    prop_oneof![
        5 => (0..3_i64, switches, any::<bool>())
            .prop_map(|(changes, switches, pending)| Step::Put { changes, switches, pending }),
        1 => (1..3_i64).prop_map(|by| Step::PutOld { by }),
        4 => (0..4_usize, since(), text()).prop_map(|(field, since, reason)| Step::Add { field, since, reason }),
        2 => (0..4_usize).prop_map(Step::Drop),
        1 => Just(Step::Flush),
    ]
}

fn kept((field, since, reason): (usize, i64, String)) -> Kept {
    let ends_at = (since % 3 == 0).then_some(1 << 50);
    Kept { field: FIELDS[field].to_owned(), since, ends_at, reason }
}

#[test]
fn both_stores_keep_the_same_copy_and_lose_nothing_that_is_pending() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let server = runtime.block_on(Redis::start());
    let mut runner = TestRunner::new(Config { cases: 48, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&vec(step(), 1..40), |steps| {
        runtime.block_on(async {
            let mut play = Play::start(&server).await;
            for step in steps {
                play.take(step).await;
            }
        });
        Ok(())
    });
    outcome.expect("the same answers");
}

struct Play<'a> {
    both: Both<'a>,
    server: &'a Redis,
    version: i64,
    /// What PostgreSQL has, with its version; one version has one content.
    written: Vec<Kept>,
    /// What must be pending, by field.
    pending: BTreeMap<String, Kept>,
}

impl<'a> Play<'a> {
    async fn start(server: &'a Redis) -> Self {
        let both = Both::start(server).await;
        Self { both, server, version: 0, written: Vec::new(), pending: BTreeMap::new() }
    }

    async fn take(&mut self, step: Step) {
        match step {
            Step::Put { changes, switches, pending } => {
                self.version += changes;
                if changes > 0 {
                    let mut seen = BTreeSet::new();
                    self.written = switches
                        .into_iter()
                        .map(kept)
                        .filter(|kept| seen.insert(kept.field.clone()))
                        .collect();
                }
                // What a process remembers of the pending ones matters only where the copy was lost.
                let remembered = if pending { self.pending.values().cloned().collect() } else { Vec::new() };
                self.put(remembered).await;
            }
            Step::PutOld { by } => {
                let before = self.read().await;
                let old =
                    PutSwitches { version: self.version - by, switches: Vec::new(), pending: Vec::new() };
                let placed = self.both.ask(&old).await;
                if before.version == Some(self.version) {
                    assert_eq!(placed, Placed::Older);
                    assert_eq!(self.read().await, before);
                } else {
                    self.put(Vec::new()).await;
                }
            }
            Step::Add { field, since, reason } => {
                let kept = kept((field, since, reason));
                let newer = self.pending.get(&kept.field).is_none_or(|there| there.since < since);
                assert_eq!(self.both.ask(&AddPending(kept.clone())).await, newer);
                if newer {
                    self.pending.insert(kept.field.clone(), kept);
                }
            }
            Step::Drop(field) => {
                let there = self.pending.remove(FIELDS[field]).is_some();
                assert_eq!(self.both.ask(&DropPending(FIELDS[field].to_owned())).await, there);
                self.put(Vec::new()).await;
            }
            Step::Flush => {
                let _: String = self.server.run(&::redis::cmd("FLUSHALL")).await;
                self.both.local.delete(&keys::AiDisabled::key());
                self.put(self.pending.values().cloned().collect()).await;
            }
        }
        self.check().await;
    }

    async fn put(&mut self, pending: Vec<Kept>) {
        let put = PutSwitches { version: self.version, switches: self.written.clone(), pending };
        let placed = self.both.ask(&put).await;
        assert_ne!(placed, Placed::Older);
        assert_eq!(self.both.ask(&put).await, Placed::Same, "put twice");
        let written = &self.written;
        self.pending.retain(|field, held| {
            !written.iter().any(|written| written.field == *field && written.since >= held.since)
        });
        let copy = self.read().await;
        assert_eq!(copy.version, Some(self.version));
        for switch in self.written.iter().filter(|switch| !self.pending.contains_key(&switch.field)) {
            assert_eq!(notice(&copy, &switch.field), Some(Expected::of(switch)));
        }
        if placed == Placed::Changed {
            let fields: BTreeSet<_> = copy.notices.iter().filter_map(|notice| notice.field.clone()).collect();
            let wanted = self.written.iter().map(|switch| switch.field.clone());
            assert_eq!(fields, wanted.chain(self.pending.keys().cloned()).collect());
        }
    }

    async fn read(&mut self) -> Copy {
        self.both.ask(&ReadSwitches).await
    }

    /// What is pending is there, holds, and is what admission sees.
    async fn check(&mut self) {
        let copy = self.read().await;
        let there: BTreeMap<_, _> =
            copy.pending.iter().map(|kept| (kept.field.clone(), kept.clone())).collect();
        assert_eq!(there, self.pending);
        for kept in self.pending.values() {
            assert_eq!(notice(&copy, &kept.field), Some(Expected::of(kept)));
        }
        let fields = FIELDS.map(str::to_owned).to_vec();
        let off = Check::Off { key: keys::AiDisabled::key().into_raw(), fields };
        let standing = self.both.ask(&Look { checks: vec![off] }).await;
        let Standing::Notice(found) = &standing[0] else { panic!("{standing:?}") };
        assert_eq!(found.is_some(), !copy.notices.is_empty());
    }
}

/// What a notice says of a switch.
#[derive(Debug, PartialEq)]
struct Expected(Option<i64>, String);

impl Expected {
    fn of(kept: &Kept) -> Self {
        Self(kept.ends_at, kept.reason.clone())
    }
}

fn notice(copy: &Copy, field: &str) -> Option<Expected> {
    let found: Option<&Notice> = copy.notices.iter().find(|notice| notice.field.as_deref() == Some(field));
    found.map(|notice| Expected(notice.ends_at, notice.text.clone()))
}
