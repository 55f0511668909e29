//! A lease's record: who holds it and what is counted for it, so that whoever finds it abandoned can take it back.
//!
//! A text: the holder, then `KEY=AMOUNT` for each charge and `KEY` for each window, or `done` once it has ended. One
//! that was taken back has nothing but its holder left, who may still come and settle.

use std::{
    collections::{HashMap, HashSet},
    fmt,
};

use uuid::Uuid;

use super::{Check, DONE, LeaseId, line, local};
use crate::{
    domain::ids::{InteractionId, Place},
    hot::{
        key::{Family, RawKey},
        keys::{self, FAMILIES},
        local::LocalDb,
    },
};

/// Leases that one call takes back at most.
const MOST: usize = 100;

/// What a record says of a lease that has not ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) holder: String,
    pub(super) charges: Vec<(String, u32)>,
    pub(super) windows: Vec<String>,
}

impl Record {
    /// `None` for one that has ended.
    pub(super) fn read(text: &str) -> Option<Self> {
        if text == DONE {
            return None;
        }
        let mut parts = text.split(' ');
        let holder = parts.next()?.to_owned();
        let (mut charges, mut windows) = (Vec::new(), Vec::new());
        for part in parts {
            match part.split_once('=') {
                Some((key, amount)) => charges.push((key.to_owned(), amount.parse().ok()?)),
                None => windows.push(part.to_owned()),
            }
        }
        Some(Self { holder, charges, windows })
    }

    pub(super) fn is_of(&self, holder: Uuid) -> bool {
        self.holder == holder.to_string()
    }

    /// What was charged to that key.
    pub(super) fn charged(&self, key: &RawKey) -> u32 {
        self.charges.iter().find(|(name, _)| name == key.name()).map_or(0, |(_, amount)| *amount)
    }
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.holder)?;
        self.charges.iter().try_for_each(|(key, amount)| write!(f, " {key}={amount}"))?;
        self.windows.iter().try_for_each(|key| write!(f, " {key}"))
    }
}

/// What abandoned leases count for, by the names of keys.
#[derive(Debug, Default)]
pub(super) struct Void {
    /// In budgets: how much.
    pub(super) charges: HashMap<String, u64>,
    /// In windows: which leases.
    pub(super) windows: HashMap<String, HashSet<String>>,
}

/// The slots of a place whose abandoned leases are taken back; `None` for other checks, and for slots with others'.
pub(super) fn healed(check: &Check) -> Option<(Place, &RawKey)> {
    let Check::Slot { key, .. } = check else { return None };
    let place = key.tag().parse().ok().filter(|_| !line::is_fair(key))?;
    Some((place, key))
}

/// The name of a place's records without the lease.
pub(super) fn stem(place: Place) -> String {
    let lease = LeaseId { interaction: InteractionId::new(1).expect("an id"), call: 0 };
    let name = keys::Lease::of(place, lease).into_raw().name().to_owned();
    name.strip_suffix(&lease.to_string()).expect("its record's name ends in the lease").to_owned()
}

/// look.lua: what abandoned leases of these slots count for.
pub(super) fn void<'a>(db: &LocalDb, slots: impl Iterator<Item = (Place, &'a RawKey)>) -> Void {
    let mut void = Void::default();
    for (place, slots) in slots {
        for lease in abandoned(db, slots) {
            let Some((_, record)) = counted(db, place, &lease) else { continue };
            for (name, amount) in record.charges {
                *void.charges.entry(name).or_default() += u64::from(amount);
            }
            for name in record.windows {
                void.windows.entry(name).or_default().insert(lease.clone());
            }
        }
    }
    void
}

/// The leases of these slots that ran out, some at a time.
fn abandoned(db: &LocalDb, slots: &RawKey) -> Vec<String> {
    let over = |(_, score): &(String, i64)| (0..=db.now()).contains(score);
    db.sorted_all(slots).into_iter().filter(over).take(MOST).map(|(lease, _)| lease).collect()
}

/// The record of a lease that ran out, if anything is counted for it yet.
fn counted(db: &LocalDb, place: Place, lease: &str) -> Option<(RawKey, Record)> {
    let key = keys::Lease::of(place, lease.parse().ok()?).into_raw();
    let record = db.get(&key).and_then(Record::read)?;
    Some((key, record))
}

/// heal.lua: takes back what abandoned leases of these slots count for.
pub(super) fn heal(db: &mut LocalDb, place: Place, slots: &RawKey) {
    for lease in abandoned(db, slots) {
        db.sorted_remove(slots, &lease);
        let Some((key, record)) = counted(db, place, &lease) else { continue };
        for (name, amount) in &record.charges {
            if let Some(budget) = found(name) {
                local::add(db, &budget, -i64::from(*amount));
            }
        }
        for window in record.windows.iter().filter_map(|name| found(name)) {
            db.sorted_remove(&window, &lease);
        }
        local::overwrite(db, &key, &record.holder);
    }
}

fn found(name: &str) -> Option<RawKey> {
    Family::of(name, FAMILIES).map(|family| RawKey::found(family, name))
}
