//! Collections on Discord: how they are shown, and their buttons.

mod custom_id;
mod denied;
mod offers;
mod pages;
mod pressed;
mod rolls;

use serenity::all::{ButtonStyle, CreateButton};

use super::Invocation;
use crate::domain::{
    character::CharacterId,
    collection::Rarity,
    ids::{self, GuildId, InteractionId, UserId},
};
use crate::error::{Error, Result};
use crate::features::collection::Collection;
use crate::i18n::{Args, Catalog, Locale, Text, texts};

pub(in crate::discord) use self::custom_id::CustomId;
pub(in crate::discord) use self::denied::denied;
#[cfg(test)]
pub(in crate::discord) use self::denied::every_denial;
pub(in crate::discord) use self::pressed::pressed;

/// Who asks, and where, as the features know them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asker {
    /// The member.
    pub(crate) user: UserId,
    /// The server; `None` in direct messages.
    pub(crate) guild: Option<GuildId>,
    /// The interaction.
    pub(crate) interaction: InteractionId,
}

impl Asker {
    /// Who asks by that interaction.
    ///
    /// # Errors
    /// A failure when Discord's ids are none.
    pub(crate) fn of(invocation: Invocation<'_>) -> Result<Self> {
        let actor = invocation.actor();
        let guild = actor.guild.map(|guild| GuildId::new(guild.get())).transpose();
        let read = || -> Result<Self, ids::NotAnId> {
            Ok(Self {
                user: UserId::new(actor.user.get())?,
                guild: guild?,
                interaction: InteractionId::new(actor.interaction.get())?,
            })
        };
        read().map_err(Error::failed)
    }
}

/// What shows collections: in whose language, and from what.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    catalog: &'a Catalog,
    locale: Locale,
    collection: &'a Collection,
    invocation: Invocation<'a>,
}

impl<'a> View<'a> {
    /// For who asks.
    pub(crate) fn of(invocation: Invocation<'a>) -> Self {
        let (catalog, locale) = (invocation.catalog(), invocation.locale());
        Self { catalog, locale, collection: &invocation.data().collection, invocation }
    }

    /// A text in their language.
    pub(crate) fn say(&self, text: Text, args: &Args<'_>) -> String {
        self.catalog.format(self.locale, text, args)
    }

    /// A text without arguments.
    pub(crate) fn text(&self, text: Text) -> String {
        self.catalog.text(self.locale, text)
    }

    /// A rarity's name.
    pub(crate) fn rarity(&self, rarity: Rarity) -> String {
        self.say(texts::COLLECTION_RARITY, &Args::new().trusted("rarity", rarity.name()))
    }

    /// A character's name, as text.
    fn name(&self, character: &CharacterId) -> String {
        self.collection.name(character)
    }

    /// The command to click on.
    fn command(&self, name: &str) -> String {
        self.invocation.data().mention(name, self.locale)
    }

    fn button(&self, id: &CustomId, label: Text, style: ButtonStyle) -> CreateButton {
        CreateButton::new(id.to_string()).label(self.text(label)).style(style)
    }
}

/// Somebody, as Discord shows them; nobody is told of it.
pub(crate) fn shown(user: UserId) -> String {
    format!("<@{user}>")
}
