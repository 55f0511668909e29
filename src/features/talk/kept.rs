//! Kept replies, for the buttons below them: read through a cache, shown, deleted.

use std::sync::Arc;

use futures::FutureExt;
use tracing::Instrument as _;

use super::{Talk, closing};
use crate::{
    cold::{BACKGROUND_BUDGET, COMMAND_BUDGET, ColdError, replies, replies::Reply},
    domain::{
        denial::Denial,
        ids::{InteractionId, Place, UserId},
    },
    hot::memory::{Between, DropTurn, Revise},
    trace,
};

/// Why a button that needs no model does nothing.
#[derive(Debug, thiserror::Error)]
pub enum ButtonError {
    /// It is not to be had; told as it is.
    #[error("denied: {0:?}")]
    Denied(Denial),
    /// PostgreSQL.
    #[error("the reply can't be read or changed now: {0}")]
    Cold(#[from] Arc<ColdError>),
}

impl From<ColdError> for ButtonError {
    fn from(error: ColdError) -> Self {
        Self::Cold(Arc::new(error))
    }
}

/// Who presses a button.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Presser {
    /// The member.
    pub user: UserId,
    /// Whether they may manage others' messages there.
    pub moderates: bool,
}

impl Talk {
    /// A kept reply, if it is still kept.
    ///
    /// # Errors
    /// PostgreSQL is away, and this process does not remember it.
    pub async fn kept(&self, id: InteractionId) -> Result<Option<Arc<Reply>>, Arc<ColdError>> {
        if self.0.gone.contains_key(&id) {
            return Ok(None);
        }
        let read = async {
            let found = self
                .0
                .cold
                .run(COMMAND_BUDGET, async |connection| replies::get(connection, id).await)
                .await?;
            Ok::<_, ColdError>(found.map(Arc::new))
        };
        if let Some(reply) = self.0.replies.get(&id).await {
            return Ok(Some(reply));
        }
        let found = read.boxed().await.map_err(Arc::new)?;
        // One that is not there is asked for again: it may be on its way.
        if let Some(reply) = &found {
            self.0.replies.insert(id, Arc::clone(reply)).await;
        }
        Ok(found)
    }

    /// Shows another of the answers to a line, counted from 0: from now on it is also what the character remembers.
    ///
    /// # Errors
    /// A [`ButtonError`].
    pub async fn show(&self, id: InteractionId, by: Presser, which: u8) -> Result<Arc<Reply>, ButtonError> {
        let reply = self.pressed(id, by).await?;
        if usize::from(which) >= reply.answers.len() {
            return Err(ButtonError::Denied(Denial::AnswerGone));
        }
        let owner = reply.user;
        let write = async |connection: &mut _| replies::show(connection, id, owner, which).await;
        // What is known here is shown in any case: its row may still be on its way, or PostgreSQL away.
        if let Err(error) = self.0.cold.run(COMMAND_BUDGET, write).await {
            tracing::warn!(%error, interaction = %id, "which answer is shown is not kept");
        }
        let reply = Arc::new(Reply { shown: which, ..Reply::clone(&reply) });
        self.0.replies.insert(id, Arc::clone(&reply)).await;
        let revised = self.remembered(place(&reply), &reply, reply.answer());
        self.0.hot.ask(&Revise(revised)).await;
        Ok(reply)
    }

    /// Deletes an exchange: kept answers and the character's memory of it. Its messages are the caller's to delete.
    ///
    /// # Errors
    /// A [`ButtonError`].
    pub async fn delete(&self, id: InteractionId, by: Presser) -> Result<Arc<Reply>, ButtonError> {
        let reply = self.pressed(id, by).await?;
        // First, so that a record under way leaves the words out.
        self.0.gone.insert(id, ()).await;
        self.0.replies.invalidate(&id).await;
        let between = Between { place: place(&reply), user: reply.user, character: reply.character.clone() };
        self.0.hot.ask(&DropTurn { between, interaction: id }).await;
        let delete = async |connection: &mut _| replies::delete(connection, id).await;
        if let Err(error) = self.0.cold.run(COMMAND_BUDGET, delete).await {
            // It is still there, and so is the button.
            self.0.gone.invalidate(&id).await;
            self.0.replies.insert(id, reply).await;
            return Err(error.into());
        }
        Ok(reply)
    }

    /// Says where an answer is to be seen now, when its messages were posted after [`super::Exchange::end`]; off the
    /// caller's path.
    pub async fn posted(&self, id: InteractionId, messages: Vec<u64>, by_webhook: bool) {
        if let Some(reply) = self.0.replies.get(&id).await {
            let changed = Reply { messages: messages.clone(), by_webhook, ..Reply::clone(&reply) };
            self.0.replies.insert(id, Arc::new(changed)).await;
        }
        let talk = self.clone();
        let keep = async move {
            let write =
                async |connection: &mut _| replies::set_messages(connection, id, &messages, by_webhook).await;
            if let Err(error) = talk.0.cold.run(BACKGROUND_BUDGET, write).await {
                closing::lost("where an answer is shown", id, &error);
            }
        };
        self.0.tracker.spawn(keep.instrument(trace::child!("keep")));
    }

    async fn pressed(&self, id: InteractionId, by: Presser) -> Result<Arc<Reply>, ButtonError> {
        let reply = self.kept(id).await?.ok_or(ButtonError::Denied(Denial::AnswerGone))?;
        if reply.user == by.user || by.moderates {
            Ok(reply)
        } else {
            Err(ButtonError::Denied(Denial::NotYours))
        }
    }
}

/// Where the two talk.
fn place(reply: &Reply) -> Place {
    reply.guild.map_or(Place::Direct(reply.user), Place::Guild)
}
