//! A member who is erased: no waiting write may bring them back, and none that failed may keep their words.

use super::{
    Durable, Write,
    journal::{Change, JournalError, Stored},
};
use crate::{
    cold::queued,
    domain::ids::UserId,
    hot::{
        HotError, Side,
        queue::{Bury, Drop, Forget, List, Spot},
    },
};

/// Dead letters that are looked at together.
const PAGE: usize = 50;

/// Why a member is not yet forgotten: try again.
#[derive(Debug, thiserror::Error)]
pub enum ForgetError {
    /// Redis.
    #[error("the queue in Redis could not be told: {0}")]
    Redis(#[from] HotError),
    /// The file.
    #[error("the queue's file could not be told: {0}")]
    File(#[from] JournalError),
}

impl Durable {
    /// Takes a member out of every write that was made before now. Call it before erasing them in PostgreSQL.
    ///
    /// Writes that wait elsewhere lose the member when they are applied; in this process's files, in those of processes
    /// that are gone, and among the dead letters they lose them at once. Answers how many of those there were. Idempotent.
    ///
    /// # Errors
    /// A [`ForgetError`]; calling it again does what is left.
    pub async fn forget(&self, user: UserId) -> Result<usize, ForgetError> {
        self.0.hot.ask_at(Side::Local, &Forget(user)).await?;
        let mut changed = 0;
        if self.0.has_redis {
            self.shared(&Forget(user)).await?;
            changed += self.forget_dead_letters(user).await?;
        }
        let rewritten = self.0.journal.with(move |shelf| {
            shelf.take_over()?;
            shelf.rewrite_with(|stored| left_of(stored, user))
        });
        let in_files = rewritten.await??;
        Ok(changed + in_files)
    }

    async fn forget_dead_letters(&self, user: UserId) -> Result<usize, ForgetError> {
        let (mut skip, mut changed) = (0, 0);
        loop {
            let page = self.shared(&List { spot: Spot::Dead, skip, most: PAGE, texts: true }).await?;
            let (count, mut gone) = (page.len(), 0);
            for listed in page {
                match without(&listed.text, user) {
                    Left::Same => continue,
                    Left::Nothing => {
                        self.shared(&Drop(listed.key)).await?;
                    }
                    Left::Less(write) => {
                        let (attempts, reason) = (listed.attempts, listed.reason);
                        self.shared(&Bury { item: write.item(), attempts, reason }).await?;
                    }
                }
                // Either way it has left its place in the page's order.
                gone += 1;
            }
            changed += gone;
            skip += count - gone;
            if count < PAGE {
                return Ok(changed);
            }
        }
    }
}

/// What is left of a write without a member.
enum Left {
    /// It does not name them.
    Same,
    /// Nothing.
    Nothing,
    /// This.
    Less(Write),
}

/// A write that can't be read, or whose kind this build does not know, is left to whoever applies it.
fn without(text: &str, user: UserId) -> Left {
    let Ok(write) = Write::parse(text) else { return Left::Same };
    let Some(kind) = queued::find(write.kind()) else { return Left::Same };
    if !(kind.users)(write.payload()).is_ok_and(|users| users.contains(&user)) {
        return Left::Same;
    }
    match (kind.without)(write.payload(), user) {
        Ok(Some(left)) => Left::Less(write.with_payload(left)),
        Ok(None) | Err(_) => Left::Nothing,
    }
}

fn left_of(stored: &Stored, user: UserId) -> Change {
    match without(&stored.item.text, user) {
        Left::Same => Change::None,
        Left::Nothing => Change::Gone,
        Left::Less(write) => Change::Text(write.item().text),
    }
}
