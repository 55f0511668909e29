//! A member's words among the writes that wait or failed: what an export must show beside both stores.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    Durable, ForgetError, Write,
    journal::{Shelf, look_at},
};
use crate::{
    cold::queued,
    domain::ids::UserId,
    hot::queue::{List, Spot},
};

/// Writes of one place that are looked through, in Redis and in files: as many as can wait there.
const MOST: usize = 100_000;
/// Writes asked for at once.
const PAGE: usize = 200;

/// A write about a member that has not landed.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Unlanded {
    /// Its key.
    pub key: String,
    /// What it writes.
    pub kind: String,
    /// What it holds.
    pub payload: Value,
}

impl Durable {
    /// Everything about a member that has not landed: in Redis, and in all files of this machine, those of other
    /// running processes too. What lands meanwhile may or may not be among it.
    ///
    /// # Errors
    /// A [`ForgetError`]: half of an answer is none.
    pub async fn about(&self, user: UserId) -> Result<Vec<Unlanded>, ForgetError> {
        let in_files = self.0.journal.with(move |shelf| in_files(shelf, user)).await??;
        let mut found: BTreeMap<_, _> =
            in_files.into_iter().map(|write| (write.key.clone(), write)).collect();
        if self.0.has_redis {
            for spot in [Spot::Waiting, Spot::Later, Spot::Taken, Spot::Dead] {
                let writes = self.in_redis(spot, user).await?;
                found.extend(writes.into_iter().map(|write| (write.key.clone(), write)));
            }
        }
        Ok(found.into_values().collect())
    }

    async fn in_redis(&self, spot: Spot, user: UserId) -> Result<Vec<Unlanded>, ForgetError> {
        let mut found = Vec::new();
        for skip in (0..MOST).step_by(PAGE) {
            let page = self.shared(&List { spot, skip, most: PAGE, texts: true }).await?;
            found.extend(page.iter().filter_map(|listed| unlanded(&listed.text, user)));
            if page.len() < PAGE {
                break;
            }
        }
        Ok(found)
    }
}

fn in_files(shelf: &mut Shelf, user: UserId) -> Result<Vec<Unlanded>, super::journal::JournalError> {
    let theirs = shelf.take_over()?.theirs;
    let stored = shelf.all(MOST).into_iter().chain(look_at(&theirs));
    Ok(stored.filter_map(|stored| unlanded(&stored.item.text, user)).collect())
}

/// `None` for a write that does not name the member, or that this build can't read.
fn unlanded(text: &str, user: UserId) -> Option<Unlanded> {
    let write = Write::parse(text).ok()?;
    let users = (queued::find(write.kind())?.users)(write.payload()).ok()?;
    users.contains(&user).then(|| Unlanded {
        key: write.key().to_owned(),
        kind: write.kind().to_owned(),
        payload: write.payload().clone(),
    })
}
