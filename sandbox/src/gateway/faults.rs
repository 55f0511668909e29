//! What goes wrong on command, by application and shard.

use std::collections::HashMap;

use super::commands::Target;
use crate::ids::Id;

/// Standing orders.
#[derive(Debug, Default)]
pub(super) struct Faults(HashMap<Target, Fault>);

/// What one target suffers.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Fault {
    /// Heartbeats are not acknowledged.
    pub(super) zombie: bool,
    /// Sessions can't be resumed.
    pub(super) refuse_resume: bool,
    /// How many more events of a name are sent twice.
    pub(super) duplicate: HashMap<String, u32>,
    /// By how many milliseconds events of a name are late.
    pub(super) delay: HashMap<String, u64>,
}

impl Faults {
    /// Changes what a target suffers.
    pub(super) fn set(&mut self, target: Target, change: impl FnOnce(&mut Fault)) {
        let fault = self.0.entry(target).or_default();
        change(fault);
        if *fault == Fault::default() {
            self.0.remove(&target);
        }
    }

    /// Whether any order that covers this shard says so.
    pub(super) fn any(&self, app: Id, shard: u64, says: impl Fn(&Fault) -> bool) -> bool {
        covering(app, shard).iter().filter_map(|target| self.0.get(target)).any(says)
    }

    /// How late an event comes, in milliseconds; the longest delay holds.
    pub(super) fn delay_ms(&self, app: Id, shard: u64, event: &str) -> u64 {
        if self.0.is_empty() {
            return 0;
        }
        let orders = covering(app, shard);
        let delays = orders.iter().filter_map(|target| self.0.get(target)?.delay.get(event));
        delays.copied().max().unwrap_or(0)
    }

    /// How many times an event is sent: once, or twice as often as was ordered.
    pub(super) fn copies(&mut self, app: Id, shard: u64, event: &str) -> usize {
        if self.0.is_empty() {
            return 1;
        }
        for target in covering(app, shard) {
            let left = self.0.get_mut(&target).and_then(|fault| fault.duplicate.get_mut(event));
            if let Some(left) = left {
                *left -= 1;
                if *left == 0 {
                    self.set(target, |fault| _ = fault.duplicate.remove(event));
                }
                return 2;
            }
        }
        1
    }
}

/// The targets that a shard belongs to.
fn covering(app: Id, shard: u64) -> [Target; 2] {
    [Target { app, shard: Some(shard) }, Target { app, shard: None }]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_hold_for_their_shard_alone() {
        let mut faults = Faults::default();
        faults.set(Target::app(Id(1)).shard(2), |fault| fault.zombie = true);
        assert!(faults.any(Id(1), 2, |fault| fault.zombie));
        assert!(!faults.any(Id(1), 0, |fault| fault.zombie));
        assert!(!faults.any(Id(2), 2, |fault| fault.zombie));
        faults.set(Target::app(Id(1)).shard(2), |fault| fault.zombie = false);
        assert!(faults.0.is_empty(), "nothing is left behind");
    }

    #[test]
    fn doubles_are_counted_down() {
        let mut faults = Faults::default();
        faults.set(Target::app(Id(1)), |fault| _ = fault.duplicate.insert("A".into(), 2));
        let copies = [0, 1, 0].map(|shard| faults.copies(Id(1), shard, "A"));
        assert_eq!(copies, [2, 2, 1]);
        assert!(faults.0.is_empty());
    }
}
