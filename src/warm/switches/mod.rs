//! The kill switches that operators set while the bot runs: PostgreSQL, Redis and every process's memory.
//!
//! - **Who knows.** PostgreSQL is right. Redis has a copy, which admission looks at, and each process has one in memory,
//!   which whatever waits or streams is told of. A change is told over pub/sub, so that it holds everywhere at once; a
//!   message that was lost is made up for by looking again ([`Switches::keep`]).
//! - **Stopping must always work.** A switch holds in memory and in Redis before PostgreSQL is asked. When PostgreSQL
//!   does not take it, it goes on to hold there as *pending*, and is written as soon as that is possible, once.
//! - **Starting again needs PostgreSQL.** What can't be known to be cleared stays off: an AI that is silent for too long
//!   is the smaller harm.
//! - **Without Redis too** a switch holds in the process that was told, and in the others once one of the two stores
//!   is back. The environment's own kill switch needs neither.

mod keep;
mod known;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use tokio::{
    sync::{Notify, watch},
    time::Instant,
};

use self::known::{Known, Pending, kept, to_the_millisecond};
use crate::{
    cold::{
        COMMAND_BUDGET, Cold, ColdError,
        switches::{self as table, Switch},
    },
    domain::{ids::UserId, oversight::SwitchTarget},
    hot::{
        Hot, Side,
        switches::{AddPending, DropPending, PutSwitches},
    },
};

/// The switches in force, as this process knows them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InForce {
    /// Grows with each change of PostgreSQL.
    pub version: i64,
    /// All that are set; those whose time is over may still be among them.
    pub switches: Vec<Switch>,
}

impl InForce {
    /// The first of these targets that is switched off at that moment.
    pub fn first(&self, targets: &[SwitchTarget], at: DateTime<Utc>) -> Option<&Switch> {
        let holds = |switch: &&Switch| switch.until.is_none_or(|until| until > at);
        targets
            .iter()
            .find_map(|target| self.switches.iter().filter(holds).find(|switch| switch.target == *target))
    }
}

/// Where a switch that was set holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// In PostgreSQL: everywhere, and over any restart.
    Written,
    /// In all processes, over Redis, and in PostgreSQL as soon as that is back.
    Shared,
    /// In this process alone, and in the others as soon as Redis or PostgreSQL is back.
    Alone,
}

/// All switches. Clones share them.
#[derive(Debug, Clone)]
pub struct Switches(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    hot: Hot,
    cold: Cold,
    known: Mutex<Known>,
    told: watch::Sender<Arc<InForce>>,
    /// There is a reason to look at the stores at once.
    look: Notify,
}

impl Switches {
    /// Over both stores; nothing is known until [`Switches::keep`] runs.
    pub fn new(hot: Hot, cold: Cold) -> Self {
        Self(Arc::new(Shared {
            hot,
            cold,
            known: Mutex::default(),
            told: watch::Sender::default(),
            look: Notify::new(),
        }))
    }

    /// What is in force, as this process knows it.
    pub fn in_force(&self) -> Arc<InForce> {
        self.0.told.borrow().clone()
    }

    /// Told of each change, of a switch that ends by itself too.
    pub fn changes(&self) -> watch::Receiver<Arc<InForce>> {
        self.0.told.subscribe()
    }

    /// Those that PostgreSQL has yet to be told of, as far as this process knows.
    pub fn unwritten(&self) -> Vec<SwitchTarget> {
        self.0.known().pending.iter().map(|pending| pending.switch.target.clone()).collect()
    }

    /// Sets a switch, at once: in this process's memory and in Redis, which tells every process, then in PostgreSQL
    /// with its line in the audit log. A PostgreSQL that is away keeps it from nothing: see [`Held`].
    ///
    /// # Errors
    /// [`ColdError::Query`] when PostgreSQL finds fault with the switch itself: it is not set.
    pub async fn set(&self, switch: Switch) -> Result<Held, ColdError> {
        let switch = to_the_millisecond(switch);
        let target = switch.target.clone();
        // One that would have ended already is left to PostgreSQL to refuse.
        let is_held = switch.until.is_none_or(|until| until > switch.since);
        let mut shared = false;
        if is_held {
            self.0.known().hold(Pending::being_written(switch.clone()));
            self.tell();
            shared = self.share_pending().await;
        }
        let (begun, at) = (Instant::now(), self.now());
        let written = self.0.cold.transaction(COMMAND_BUDGET, move |connection| {
            Box::pin(async move {
                table::set(connection, &switch).await?;
                table::in_force(connection, at).await
            })
        });
        match written.await {
            Ok(standing) => {
                {
                    let mut known = self.0.known();
                    known.learn(standing, begun);
                    known.let_go(&target);
                }
                self.spread().await;
                Ok(Held::Written)
            }
            Err(error) if error.is_refused() => {
                if is_held {
                    self.drop_pending(&target).await;
                    self.spread().await;
                }
                Err(error)
            }
            Err(error) if !is_held => Err(error),
            Err(error) => {
                tracing::warn!(%error, "a kill switch holds, and waits to be written to PostgreSQL");
                self.0.known().leave_to_be_written(&target);
                self.0.look.notify_one();
                Ok(if shared { Held::Shared } else { Held::Alone })
            }
        }
    }

    /// Clears a switch; whether it was set.
    ///
    /// # Errors
    /// As [`Cold::run`]: it holds on, unless the commit alone was not heard of.
    pub async fn clear(
        &self,
        target: SwitchTarget,
        by: Option<UserId>,
        at: DateTime<Utc>,
    ) -> Result<bool, ColdError> {
        let pending = self.0.known().pending_of(&target).cloned();
        let (begun, row) = (Instant::now(), target.clone());
        let written = self.0.cold.transaction(COMMAND_BUDGET, move |connection| {
            Box::pin(async move {
                // Both are on record, in their order.
                if let Some(pending) = pending {
                    table::land(connection, &pending.switch).await?;
                }
                let cleared = table::clear(connection, &row, by, at).await?;
                Ok((cleared, table::in_force(connection, at).await?))
            })
        });
        let (cleared, standing) = written.await?;
        let held = self.drop_pending(&target).await;
        self.0.known().learn(standing, begun);
        self.spread().await;
        Ok(cleared || held)
    }

    /// The time that switches begin and end by.
    fn now(&self) -> DateTime<Utc> {
        self.0.hot.clock().now()
    }

    /// Takes a pending switch out of memory and both sides of the hot store; whether it was anywhere.
    async fn drop_pending(&self, target: &SwitchTarget) -> bool {
        let here = self.0.known().let_go(target);
        let drop = DropPending(target.field());
        let there = self.0.hot.ask_at(Side::Redis, &drop).await.unwrap_or(false);
        let local = self.0.hot.ask_at(Side::Local, &drop).await.unwrap_or(false);
        here || there || local
    }

    /// Tells this process and both sides of the hot store what is known.
    async fn spread(&self) {
        self.tell();
        self.share_pending().await;
        let put = {
            let at = self.now();
            let known = self.0.known();
            PutSwitches {
                version: known.version.unwrap_or(0),
                switches: known.written(at).map(kept).collect(),
                pending: known.pending.iter().map(|pending| kept(&pending.switch)).collect(),
            }
        };
        // Both: when Redis goes, admission moves to this process's own store.
        let _always_there = self.0.hot.ask_at(Side::Local, &put).await;
        let _or_when_it_is_back = self.0.hot.ask_at(Side::Redis, &put).await;
    }

    /// Puts what is pending and not yet there; whether Redis has all of it now.
    async fn share_pending(&self) -> bool {
        let unshared: Vec<_> = {
            let known = self.0.known();
            let unshared = known.pending.iter().filter(|pending| pending.shared.is_none());
            unshared.map(|pending| pending.switch.clone()).collect()
        };
        let mut all = true;
        for switch in unshared {
            let add = AddPending(kept(&switch));
            let _always_there = self.0.hot.ask_at(Side::Local, &add).await;
            if self.0.hot.ask_at(Side::Redis, &add).await.is_ok() {
                self.0.known().shared(&switch);
            } else {
                all = false;
            }
        }
        all
    }

    /// Tells whoever in this process waits for changes.
    fn tell(&self) {
        let fresh = self.0.known().in_force(self.now());
        self.0.told.send_if_modified(|told| {
            let changed = **told != fresh;
            if changed {
                *told = Arc::new(fresh);
            }
            changed
        });
    }
}

impl Shared {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
