//! A wish understood: who answers what, as far as it is known before admission.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use chrono::{DateTime, Utc};

use super::{
    Speaker, Talk, Wish,
    prompt::{Newest, Script, Voice, clean, plan},
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
    features::characters::Viewer,
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
    /// The conversation's own number.
    pub(super) conversation: u64,
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
    pub(super) const GO_ON: &'static str = "continue";

    /// What lorebooks call it.
    pub(super) const fn trigger(&self) -> &'static str {
        match self {
            Self::Say(_) => "normal",
            Self::Again(_) => "swipe",
            Self::GoOn(_) => Self::GO_ON,
        }
    }

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

    /// What macros stand for, for a member of that name.
    pub(super) fn voice<'a>(&self, speaker: &Speaker, member: &'a str, now: DateTime<Utc>) -> Voice<'a> {
        voice(member, self.conversation, speaker, now)
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
        let viewer = speaker.viewer();
        let open = async |id: &CharacterId| self.0.characters.open(viewer, id).await;
        let (persona, task) = match wish {
            Wish::Say { character, text } => {
                let persona = self.whom(viewer, character).await?;
                let said = clean::said(&text, &persona.called)?;
                (persona, Task::Say(said))
            }
            Wish::Again(of) => {
                let reply = self.theirs(of, speaker.user).await?;
                (open(&reply.character).await?, Task::Again(reply))
            }
            Wish::GoOn(of) => {
                let reply = self.theirs(of, speaker.user).await?;
                (open(&reply.character).await?, Task::GoOn(reply))
            }
        };
        let member = clean::name(&speaker.name);
        let conversation = conversation(speaker, &persona);
        let voice = voice(&member, conversation, speaker, self.clock().now());
        let script = self.script(&persona, voice).await;
        Ok(Order { persona, script, member, conversation, task })
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

    /// The character that was asked for, or the one who answers there: whom the member has chosen, whom the guild has,
    /// or the default one.
    ///
    /// # Errors
    /// A [`Denial`] where nobody may answer, or nobody can say who.
    pub async fn whom(&self, viewer: Viewer, character: Option<CharacterId>) -> Result<Arc<Persona>, Denial> {
        let characters = &self.0.characters;
        if let Some(character) = character {
            return characters.open(viewer, &character).await;
        }
        let chosen = characters.chosen(viewer.user, viewer.place.guild()).await;
        // One that was deleted, or is no longer shared, is not insisted on.
        if let Some(chosen) = chosen
            && let Ok(persona) = characters.open(viewer, &chosen).await
        {
            return Ok(persona);
        }
        let Place::Guild(guild) = viewer.place else { return Ok(characters.cast().default()) };
        // Admission asks whether this still holds; a default that changed a moment ago may answer once more.
        let held = self.0.policies.held_guild(guild).await.map_err(|error| {
            tracing::warn!(%error, "a talk is refused: its server's settings were never read");
            Denial::SettingsUnknown
        })?;
        if let Some(default) = &held.policy.default_character
            && let Ok(persona) = characters.open(viewer, default).await
        {
            return Ok(persona);
        }
        Ok(characters.cast().default())
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

    /// How a character's prompts begin: a shipped one's for everybody alike, counted once a version, and a card's for who
    /// asks.
    pub(super) async fn script(&self, persona: &Arc<Persona>, voice: Voice<'_>) -> Arc<Script> {
        let count = |text: &str| self.0.ai.count(text);
        if persona.card.is_some() {
            return Arc::new(Script::for_member(persona, &voice, self.0.settings.cards, &count));
        }
        let key = (persona.id.clone(), persona.version.clone());
        let make = async { Arc::new(Script::new(persona, &count)) };
        self.0.scripts.get_with(key, make).await
    }
}

fn voice<'a>(member: &'a str, conversation: u64, speaker: &Speaker, now: DateTime<Utc>) -> Voice<'a> {
    Voice { member, conversation, seed: speaker.interaction.get(), now }
}

/// The same for the same two at the same place, as long as the program is built the same.
fn conversation(speaker: &Speaker, persona: &Persona) -> u64 {
    let mut hasher = DefaultHasher::new();
    (speaker.viewer(), &persona.id).hash(&mut hasher);
    hasher.finish()
}
