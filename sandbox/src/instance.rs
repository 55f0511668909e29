//! One sandbox: its parts, shared by every connection. Many may live in one process.

use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::watch;

use crate::clock::Clock;
use crate::faults::Faults;
use crate::gateway::Hub;
use crate::ids::Mint;
use crate::inspect::Inspector;
use crate::journal::Journal;
use crate::limits::Limits;
use crate::links::Links;
use crate::model::ModelServer;
use crate::rest::check::Checks;
use crate::rules::Rules;
use crate::world::World;

/// A running sandbox's shared state; clones are the same sandbox.
#[derive(Clone)]
pub struct Sandbox(Arc<Parts>);

/// The parts of a sandbox.
pub struct Parts {
    /// Time, as everything in here measures it.
    pub clock: Clock,
    /// Where new ids come from.
    pub mint: Arc<Mint>,
    /// Which of Discord's rules are enforced.
    pub rules: Rules,
    /// Rate limits, and the ban for invalid requests.
    pub limits: Limits,
    /// What goes wrong on command.
    pub faults: Faults,
    /// What was asked of the API.
    pub journal: Journal,
    /// The check of request bodies, and what becomes of those that fail it.
    pub checks: Checks,
    /// What bots did about interactions.
    pub inspector: Inspector,
    /// The gateway's sessions.
    pub hub: Hub,
    /// The model server.
    pub model: ModelServer,
    /// Ways to a bot's stores, which can be cut.
    pub links: Links,
    /// `host:port` that clients reach this sandbox at.
    pub authority: String,
    world: Mutex<World>,
    /// Counts changes of the world, so that whoever waits for one can look again.
    changes: watch::Sender<u64>,
}

impl std::ops::Deref for Sandbox {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl Sandbox {
    /// An empty sandbox that will be reached at `authority`.
    pub fn new(authority: impl Into<String>) -> Self {
        let clock = Clock::new();
        let mint = Arc::new(Mint::new(clock.clone()));
        let authority = authority.into();
        let rules = Rules::default();
        let world = World::new(clock.clone(), Arc::clone(&mint), rules.clone(), authority.clone());
        Self(Arc::new(Parts {
            limits: Limits::new(clock.clone(), rules.clone()),
            faults: Faults::default(),
            journal: Journal::default(),
            checks: Checks::default(),
            inspector: Inspector::default(),
            model: ModelServer::new(),
            links: Links::default(),
            hub: Hub::new(clock.clone(), rules.clone()),
            world: Mutex::new(world),
            changes: watch::Sender::new(0),
            rules,
            authority,
            clock,
            mint,
        }))
    }

    /// Reads the world.
    pub fn read<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        look(&self.world.lock())
    }

    /// Changes the world. The events that the change emits reach the gateway's sessions in the order
    /// of the changes, because both happen under the world's lock (sending never waits).
    pub fn change<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        let result = {
            let mut world = self.world.lock();
            let result = act(&mut world);
            for event in world.take_events() {
                self.inspector.heard(&event, self.clock.now_ms());
                self.hub.dispatch(&event);
            }
            result
        };
        self.changes.send_modify(|count| *count += 1);
        result
    }

    /// Waits until `ready` finds what it looks for in the world. Bound it with a timeout.
    pub async fn wait_for<T>(&self, mut ready: impl FnMut(&World) -> Option<T>) -> T {
        let mut changes = self.changes.subscribe();
        loop {
            changes.mark_unchanged();
            if let Some(found) = self.read(&mut ready) {
                return found;
            }
            if changes.changed().await.is_err() {
                // The sender lives as long as `self`: this is never reached.
                std::future::pending::<()>().await;
            }
        }
    }
}
