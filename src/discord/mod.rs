//! Everything that knows Discord: the connection, the one pipeline of every command, and what members see when it fails.

pub(crate) mod attachments;
pub(crate) mod bond;
mod bot;
pub(crate) mod character;
pub(crate) mod collection;
mod components;
pub(crate) mod denials;
mod framework;
mod gateway;
pub(crate) mod localise;
mod on_error;
mod pipeline;
mod register;
mod reply;
pub mod rest;
mod seen;
pub mod show;
pub mod talk;
#[cfg(test)]
mod tests;
mod traced;

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use secrecy::SecretString;
use serenity::all::ApplicationId;
use url::Url;

use crate::config::Live;
use crate::domain::clock::Clock;
use crate::features::characters::Characters;
use crate::features::collection::Collection;
use crate::features::talk::Talk;
use crate::gates::Gates;
use crate::i18n::{Catalog, Locale};
use crate::warm::policies::Policies;
use crate::warm::switches::Switches;
use rest::Rest;

pub use bot::{Bot, RunError, register};
pub use gateway::{GatewayState, ShardState};
pub use pipeline::{Actor, Invocation};
#[cfg(test)]
pub(crate) use register::wanted;
pub use register::{CommandIds, Report};
pub use reply::Reply;

/// How to reach Discord, and as whom.
#[derive(Debug, Clone)]
pub struct Connect {
    /// The bot's token.
    pub token: SecretString,
    /// The origin of a stand-in for Discord; `None`: Discord.
    pub api_url: Option<Url>,
    /// A PEM file with a CA to trust beside the usual ones.
    pub ca_file: Option<PathBuf>,
    /// How many shards; `None`: as many as Discord recommends.
    pub shards: Option<u32>,
    /// Requests a second that Discord allows.
    pub requests_per_second: NonZeroU32,
    /// Users who may use the owners' commands.
    pub owners: Vec<u64>,
    /// Where members find more.
    pub links: Links,
}

/// Addresses shown to members.
#[derive(Debug, Clone, Default)]
pub struct Links {
    /// The source code.
    pub source: Option<Url>,
    /// Where people help: a server's invite, a forum.
    pub support: Option<Url>,
    /// The privacy policy.
    pub privacy: Option<Url>,
}

/// What the bot's commands and buttons do their work with.
#[derive(Debug, Clone)]
pub struct Services {
    /// The kill switches that operators set.
    pub switches: Switches,
    /// The environment's kill switch.
    pub live: Live,
    /// What operators may name.
    pub names: ModelNames,
    /// Admission.
    pub gates: Gates,
    /// Talking to characters.
    pub talk: Talk,
    /// The characters.
    pub characters: Characters,
    /// Members' collections.
    pub collection: Collection,
    /// What admins decided.
    pub policies: Policies,
    /// What days and moments go by.
    pub clock: Clock,
}

/// Names of the settings, for suggestions.
#[derive(Debug, Clone, Default)]
pub struct ModelNames {
    /// Of providers.
    pub providers: Vec<String>,
    /// Of models.
    pub models: Vec<String>,
}

/// What every command can reach.
#[derive(Debug)]
pub struct Data {
    /// Discord's REST API.
    pub rest: Rest,
    /// All texts.
    pub catalog: Arc<Catalog>,
    /// The bot's application.
    pub application: ApplicationId,
    /// Addresses shown to members.
    pub links: Links,
    /// The kill switches that operators set.
    pub switches: Switches,
    /// The environment's kill switch.
    pub live: Live,
    /// What operators may name.
    pub names: ModelNames,
    /// Admission.
    pub gates: Gates,
    /// Talking to characters.
    pub talk: Talk,
    /// The characters.
    pub characters: Characters,
    /// Members' collections.
    pub collection: Collection,
    /// What admins decided.
    pub policies: Policies,
    /// What days and moments go by.
    pub clock: Clock,
    /// Where members' files come in.
    pub(crate) intake: character::Intake,
    /// Where answers appear.
    pub(crate) stage: show::Stage,
    /// What the ways to a character keep in memory.
    pub(crate) doors: talk::Doors,
    /// The ids of the registered commands, once they are known.
    pub command_ids: OnceLock<CommandIds>,
}

impl Data {
    /// A command to click on (`memory show`, too), or its plain name while Discord's id for it is not known.
    pub fn mention(&self, name: &str, locale: Locale) -> String {
        let command = name.split(' ').next().unwrap_or(name);
        match self.command_ids.get().and_then(|ids| ids.get(command)) {
            // Discord shows the name in the reader's language by itself.
            Some(id) => format!("</{name}:{id}>"),
            None => format!("`/{}`", self.catalog.command_name(locale, name)),
        }
    }
}

/// A command's view of its invocation.
pub type Context<'a> = poise::ApplicationContext<'a, Data, crate::error::Error>;
/// A command of this bot.
pub type Command = poise::Command<Data, crate::error::Error>;
