//! Everything that knows Discord: the connection, the one pipeline of every command, and what members see when it fails.

mod bot;
mod components;
mod framework;
mod gateway;
pub(crate) mod localise;
mod on_error;
mod pipeline;
mod register;
mod reply;
pub mod rest;
mod seen;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use secrecy::SecretString;
use serenity::all::ApplicationId;
use url::Url;

use crate::i18n::Catalog;
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
    /// The ids of the registered commands, once they are known.
    pub command_ids: OnceLock<CommandIds>,
}

/// A command's view of its invocation.
pub type Context<'a> = poise::ApplicationContext<'a, Data, crate::error::Error>;
/// A command of this bot.
pub type Command = poise::Command<Data, crate::error::Error>;
