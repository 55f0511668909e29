//! A wish understood: who answers what, as far as it is known before admission.

use std::sync::Arc;

use super::{
    Speaker, Talk, Wish,
    prompt::{Newest, Script, clean, plan},
};
use crate::{
    cold::replies::Reply,
    domain::{
        character::CharacterId,
        denial::Denial,
        ids::{InteractionId, Place, UserId},
        persona::Persona,
        usage::Feature,
    },
    gates::Ask,
};

/// What is to be answered, by whom.
#[derive(Clone)]
pub(super) struct Order {
    /// Who answers.
    pub(super) persona: Arc<Persona>,
    /// How every prompt of theirs begins.
    pub(super) script: Arc<Script>,
    /// What the member is called, cleaned.
    pub(super) member: String,
    /// What is to be done.
    pub(super) task: Task,
}

/// What is to be done.
#[derive(Clone)]
pub(super) enum Task {
    /// Answer a new line, cleaned.
    Say(String),
    /// Answer an earlier line once more.
    Again(Arc<Reply>),
    /// Carry on with the shown answer.
    GoOn(Arc<Reply>),
}

impl Task {
    /// Its name in metrics.
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Say(_) => "say",
            Self::Again(_) => "again",
            Self::GoOn(_) => "go_on",
        }
    }
}

impl Order {
    /// The member's line.
    pub(super) fn said(&self) -> &str {
        match &self.task {
            Task::Say(said) => said,
            Task::Again(reply) | Task::GoOn(reply) => &reply.said,
        }
    }

    /// What the answer goes on from.
    pub(super) fn before(&self) -> &str {
        match &self.task {
            Task::GoOn(reply) => reply.answer(),
            Task::Say(_) | Task::Again(_) => "",
        }
    }

    /// The line's identity.
    pub(super) fn line(&self, speaker: &Speaker) -> InteractionId {
        match &self.task {
            Task::Say(_) => speaker.interaction,
            Task::Again(reply) | Task::GoOn(reply) => reply.interaction,
        }
    }

    /// What a prompt ends with.
    pub(super) fn newest(&self) -> Newest<'_> {
        match &self.task {
            Task::Say(said) => Newest::Line(said),
            Task::Again(reply) => Newest::Line(&reply.said),
            Task::GoOn(reply) => Newest::Rest { said: &reply.said, before: reply.answer() },
        }
    }
}

impl Talk {
    /// Finds out who is to answer what.
    pub(super) async fn understand(&self, speaker: &Speaker, wish: Wish) -> Result<Order, Denial> {
        let (persona, task) = match wish {
            Wish::Say { character, text } => {
                let persona = self.whom(speaker.place, character).await?;
                let said = clean::said(&text, &persona.name)?;
                (persona, Task::Say(said))
            }
            Wish::Again(of) => {
                let reply = self.theirs(of, speaker.user).await?;
                (self.persona(&reply.character)?, Task::Again(reply))
            }
            Wish::GoOn(of) => {
                let reply = self.theirs(of, speaker.user).await?;
                (self.persona(&reply.character)?, Task::GoOn(reply))
            }
        };
        let script = self.script(&persona).await;
        Ok(Order { persona, script, member: clean::name(&speaker.name), task })
    }

    /// What admission is asked for.
    pub(super) fn ask(&self, speaker: &Speaker, order: &Order) -> Ask {
        let most = self.0.settings.prompt_tokens;
        let tokens = plan(&order.script, &order.member, order.newest(), most, &|text| self.0.ai.count(text));
        Ask {
            interaction: speaker.interaction,
            user: speaker.user,
            place: speaker.place,
            channel: speaker.channel,
            parent: speaker.parent,
            roles: speaker.roles.clone(),
            feature: Feature::Talk,
            character: order.persona.id.clone(),
            tokens,
            recall: true,
        }
    }

    /// The character that was asked for, or the one who answers there.
    async fn whom(&self, place: Place, character: Option<CharacterId>) -> Result<Arc<Persona>, Denial> {
        if let Some(character) = character {
            return self.persona(&character);
        }
        let Place::Guild(guild) = place else { return Ok(self.0.cast.default()) };
        // Admission asks whether this still holds; a default that changed a moment ago may answer once more.
        let held = self.0.policies.held_guild(guild).await.map_err(|error| {
            tracing::warn!(%error, "a talk is refused: its server's settings were never read");
            Denial::SettingsUnknown
        })?;
        let chosen = held.policy.default_character.as_ref().and_then(|id| self.0.cast.get(id));
        Ok(chosen.unwrap_or_else(|| self.0.cast.default()))
    }

    pub(super) fn persona(&self, character: &CharacterId) -> Result<Arc<Persona>, Denial> {
        self.0.cast.get(character).ok_or(Denial::NoSuchCharacter)
    }

    /// A kept reply of that member's.
    async fn theirs(&self, of: InteractionId, user: UserId) -> Result<Arc<Reply>, Denial> {
        let reply = self.kept(of).await.map_err(|error| {
            tracing::warn!(%error, "a kept reply can't be read");
            Denial::AnswersAway
        })?;
        let reply = reply.ok_or(Denial::AnswerGone)?;
        if reply.user == user { Ok(reply) } else { Err(Denial::NotYours) }
    }

    /// How a character's prompts begin, counted once a version.
    async fn script(&self, persona: &Arc<Persona>) -> Arc<Script> {
        let key = (persona.id.clone(), persona.version.clone());
        let make = async { Arc::new(Script::new(persona, &|text| self.0.ai.count(text))) };
        self.0.scripts.get_with(key, make).await
    }
}
