//! Who asks, and where an answer can stand: what the kinds of interactions and messages have in common.

use std::borrow::Borrow;

use serenity::all::{
    AuthorizingIntegrationOwner, ChannelId, CommandInteraction, ComponentInteraction, GuildId,
    InteractionContext, Member, MessageFlags, ModalInteraction, PartialChannel, Permissions, RoleId, User,
};

use crate::discord::rest::RestError;
use crate::domain::ids::{self, NotAnId, Place};
use crate::features::talk::Speaker;

/// What it takes to post in a channel as a character.
const TO_POST: Permissions = Permissions::VIEW_CHANNEL.union(Permissions::SEND_MESSAGES);
const TO_POST_IN_THREADS: Permissions =
    Permissions::VIEW_CHANNEL.union(Permissions::SEND_MESSAGES_IN_THREADS);

/// Somebody who asks, and where.
#[derive(Debug)]
pub(super) struct Asked {
    /// Who, as talking needs it.
    pub(super) speaker: Speaker,
    /// The channel, or the thread.
    pub(super) channel: ChannelId,
    /// The thread's channel.
    pub(super) parent: Option<ChannelId>,
    /// What the bot may do in that channel.
    pub(super) posting: Posting,
    /// Whether the member moderates the channel's messages.
    pub(super) moderates: bool,
    /// Whether it is the direct message with the bot itself.
    pub(super) with_bot: bool,
    /// Whether what they acted on is shown to them alone.
    pub(super) in_private: bool,
}

/// What the bot may do in a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Posting {
    /// Nothing: it has the interaction's response alone.
    No,
    /// Post as itself.
    AsBot,
    /// Have a webhook, and so post as a character.
    AsCharacter,
}

/// The fields that the kinds of interactions share.
struct Common<'a> {
    id: u64,
    user: &'a User,
    member: Option<&'a Member>,
    guild: Option<GuildId>,
    channel: ChannelId,
    place: Option<&'a PartialChannel>,
    permissions: Option<Permissions>,
    /// Whether the bot is a member there; `None`: the interaction does not say.
    installed: Option<bool>,
    context: Option<InteractionContext>,
    in_private: bool,
}

/// What every kind of interaction says under the same names; of the rest, nothing.
macro_rules! common {
    ($of:expr) => {
        Common {
            id: $of.id.get(),
            user: &$of.user,
            member: $of.member.as_ref().map(Borrow::borrow),
            guild: $of.guild_id,
            channel: $of.channel_id,
            place: $of.channel.as_ref(),
            permissions: $of.app_permissions,
            installed: None,
            context: None,
            in_private: false,
        }
    };
}

impl Asked {
    /// A command's.
    pub(super) fn command(of: &CommandInteraction) -> Result<Self, NotAnId> {
        let installed = installed(&of.authorizing_integration_owners.0);
        Common { installed, context: of.context, ..common!(of) }.asked()
    }

    /// A button's.
    pub(super) fn component(of: &ComponentInteraction) -> Result<Self, NotAnId> {
        let installed = installed(&of.authorizing_integration_owners.0);
        let in_private = is_ephemeral(of.message.flags);
        Common { installed, context: of.context, in_private, ..common!(of) }.asked()
    }

    /// A form's.
    pub(super) fn modal(of: &ModalInteraction) -> Result<Self, NotAnId> {
        let in_private = of.message.as_ref().is_some_and(|message| is_ephemeral(message.flags));
        Common { in_private, ..common!(of) }.asked()
    }
}

impl Common<'_> {
    fn asked(self) -> Result<Asked, NotAnId> {
        let parent = self.place.filter(|place| is_thread(place)).and_then(|place| place.parent_id);
        let roles = self.member.map_or(&[][..], |member| &member.roles);
        let nick = self.member.and_then(|member| member.nick.as_deref());
        let speaker = speaker(self.id, self.user, nick, self.guild, (self.channel, parent), roles)?;
        let permissions = self.permissions.unwrap_or_default();
        let to_post = if parent.is_some() { TO_POST_IN_THREADS } else { TO_POST };
        let may_post = self.guild.is_some() && self.installed != Some(false) && permissions.contains(to_post);
        let theirs = self.member.and_then(|member| member.permissions).unwrap_or_default();
        Ok(Asked {
            speaker,
            channel: self.channel,
            parent,
            posting: match (may_post, permissions.contains(Permissions::MANAGE_WEBHOOKS)) {
                (false, _) => Posting::No,
                (true, false) => Posting::AsBot,
                (true, true) => Posting::AsCharacter,
            },
            moderates: theirs.contains(Permissions::MANAGE_MESSAGES),
            with_bot: self.context == Some(InteractionContext::BotDm),
            in_private: self.in_private,
        })
    }
}

/// A speaker, from Discord's ids.
pub(super) fn speaker(
    interaction: u64,
    user: &User,
    nick: Option<&str>,
    guild: Option<GuildId>,
    (channel, parent): (ChannelId, Option<ChannelId>),
    roles: &[RoleId],
) -> Result<Speaker, NotAnId> {
    let id = ids::UserId::new(user.id.get())?;
    let name = nick.or(user.global_name.as_deref()).unwrap_or(&user.name);
    Ok(Speaker {
        interaction: ids::InteractionId::new(interaction)?,
        user: id,
        name: name.to_owned(),
        place: match guild {
            Some(guild) => Place::Guild(ids::GuildId::new(guild.get())?),
            None => Place::Direct(id),
        },
        channel: ids::ChannelId::new(channel.get())?,
        parent: parent.map(|parent| ids::ChannelId::new(parent.get())).transpose()?,
        roles: roles.iter().map(|role| ids::RoleId::new(role.get())).collect::<Result<_, _>>()?,
    })
}

/// Whether what Discord says about a failed post means that the bot may not post there.
pub(super) fn is_forbidden(error: &RestError) -> bool {
    error.status() == Some(403)
}

fn installed(owners: &[AuthorizingIntegrationOwner]) -> Option<bool> {
    // A stand-in for Discord may name nobody.
    let named = !owners.is_empty();
    named.then(|| owners.iter().any(|owner| matches!(owner, AuthorizingIntegrationOwner::GuildInstall(_))))
}

fn is_thread(place: &PartialChannel) -> bool {
    use serenity::all::ChannelType as Kind;
    matches!(place.kind, Kind::PublicThread | Kind::PrivateThread | Kind::NewsThread)
}

fn is_ephemeral(flags: Option<MessageFlags>) -> bool {
    flags.is_some_and(|flags| flags.contains(MessageFlags::EPHEMERAL))
}
