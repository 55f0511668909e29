//! The state of the gateway connection, shard by shard, for whoever wants to know.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::time::Duration;

use serenity::all::{ConnectionStage, ShardManager};
use tokio::sync::watch;

/// How often serenity is asked. It tells only event handlers about changes, and having one costs a copy of every event.
const POLL: Duration = Duration::from_secs(1);

/// One shard's connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShardState {
    /// On its way: not started, shaking hands or resuming.
    Connecting,
    /// Receives events.
    Connected,
    /// Lost, and not on its way yet.
    Down,
}

/// All shards of this process.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GatewayState {
    /// Each shard's connection by its number; empty until the gateway is known.
    pub shards: BTreeMap<u32, ShardState>,
}

impl GatewayState {
    /// How many shards receive events.
    pub fn connected(&self) -> usize {
        self.shards.values().filter(|state| **state == ShardState::Connected).count()
    }

    /// Whether every shard receives events.
    pub fn is_connected(&self) -> bool {
        !self.shards.is_empty() && self.connected() == self.shards.len()
    }
}

/// Tells the state on.
pub(super) struct Reporter(watch::Sender<GatewayState>);

impl Reporter {
    pub(super) fn new() -> Self {
        Self(watch::Sender::default())
    }

    pub(super) fn subscribe(&self) -> watch::Receiver<GatewayState> {
        self.0.subscribe()
    }

    /// So many shards are about to connect.
    pub(super) fn starting(&self, shards: u32) {
        self.0
            .send_modify(|state| state.shards = (0..shards).map(|id| (id, ShardState::Connecting)).collect());
    }

    /// A shard said so itself.
    pub(super) fn connected(&self, shard: u32) {
        self.0.send_if_modified(|state| {
            state.shards.insert(shard, ShardState::Connected) != Some(ShardState::Connected)
        });
    }

    /// Asks serenity again and again; ends when dropped.
    pub(super) async fn poll(&self, manager: &ShardManager) -> Infallible {
        let mut ticks = tokio::time::interval(POLL);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            let stages: BTreeMap<u32, ConnectionStage> =
                manager.runners.lock().await.iter().map(|(id, runner)| (id.0, runner.stage)).collect();
            self.0.send_if_modified(|state| update(state, &stages));
        }
    }
}

/// Takes in what serenity says; whether anything changed.
fn update(state: &mut GatewayState, stages: &BTreeMap<u32, ConnectionStage>) -> bool {
    let mut changed = false;
    for (shard, known) in &mut state.shards {
        let new = match (stages.get(shard), *known) {
            (Some(ConnectionStage::Connected), _) => ShardState::Connected,
            // A shard is gone from serenity's list while it is replaced, and not in it before its first start.
            (Some(ConnectionStage::Disconnected) | None, ShardState::Connected | ShardState::Down) => {
                ShardState::Down
            }
            _ => ShardState::Connecting,
        };
        if new != *known {
            tracing::info!(shard, from = ?known, to = ?new, "a shard's connection changed");
            *known = new;
            changed = true;
        }
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shard_goes_its_way() {
        let reporter = Reporter::new();
        let watch = reporter.subscribe();
        assert!(!watch.borrow().is_connected());
        reporter.starting(2);
        reporter.connected(0);
        assert!(!watch.borrow().is_connected());
        let mut state = watch.borrow().clone();
        let stages = |stage| BTreeMap::from([(0, ConnectionStage::Connected), (1, stage)]);
        for (stage, expected) in [
            (ConnectionStage::Disconnected, ShardState::Connecting),
            (ConnectionStage::Identifying, ShardState::Connecting),
            (ConnectionStage::Connected, ShardState::Connected),
            (ConnectionStage::Disconnected, ShardState::Down),
            (ConnectionStage::Resuming, ShardState::Connecting),
            (ConnectionStage::Connected, ShardState::Connected),
        ] {
            update(&mut state, &stages(stage));
            assert_eq!(state.shards[&1], expected, "{stage:?}");
        }
        assert!(state.is_connected());
        assert!(!update(&mut state, &stages(ConnectionStage::Connected)));
        assert!(update(&mut state, &BTreeMap::new()));
        assert_eq!(state.shards[&0], ShardState::Down);
    }
}
