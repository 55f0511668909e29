//! What is set up: commands, threads, channels, roles, members, guilds.

use ::serenity::all::*;
use serde_json::json;

use super::{Body, body};

const COMMANDS: &str = "/applications/1/commands";
const GUILD_COMMANDS: &str = "/applications/1/guilds/2/commands";

fn option(kind: CommandOptionType, name: &str) -> CreateCommandOption {
    CreateCommandOption::new(kind, name, "What it is")
        .name_localized("de", "wort")
        .description_localized("de", "Wort")
}

fn options() -> Vec<CreateCommandOption> {
    use CommandOptionType as Kind;
    vec![
        option(Kind::String, "text").required(true).min_length(1).max_length(100),
        option(Kind::String, "choice").add_string_choice("A", "a").add_string_choice_localized(
            "B",
            "b",
            [("de", "Ä")],
        ),
        option(Kind::Integer, "int").min_int_value(1).max_int_value(9),
        option(Kind::Integer, "ints").add_int_choice("One", 1).add_int_choice_localized(
            "Two",
            2,
            [("de", "Zwei")],
        ),
        option(Kind::Number, "number").min_number_value(0.5).max_number_value(2.0),
        option(Kind::Number, "numbers").add_number_choice("Half", 0.5),
        option(Kind::Boolean, "bool"),
        option(Kind::User, "user"),
        option(Kind::Channel, "channel").channel_types(vec![ChannelType::Text, ChannelType::Forum]),
        option(Kind::Role, "role"),
        option(Kind::Mentionable, "mentionable"),
        option(Kind::Attachment, "attachment"),
        option(Kind::String, "auto").set_autocomplete(true),
    ]
}

pub(super) fn commands() -> Vec<Body> {
    use CommandOptionType as Kind;
    let full = CreateCommand::new("talk")
        .description("Talk")
        .name_localized("de", "sprechen")
        .description_localized("de", "Sprechen")
        .default_member_permissions(Permissions::MANAGE_GUILD)
        .add_integration_type(InstallationContext::Guild)
        .add_integration_type(InstallationContext::User)
        .contexts(vec![
            InteractionContext::Guild,
            InteractionContext::BotDm,
            InteractionContext::PrivateChannel,
        ])
        .nsfw(false)
        .set_options(options());
    let group = CreateCommand::new("scene").description("Scenes").dm_permission(false).set_options(vec![
        option(Kind::SubCommand, "start").set_sub_options(options()),
        option(Kind::SubCommandGroup, "cast").add_sub_option(option(Kind::SubCommand, "add")),
    ]);
    let user = CreateCommand::new("Talk to").kind(CommandType::User);
    let message = CreateCommand::new("Answer").kind(CommandType::Message);
    let all = vec![full.clone(), group.clone(), user.clone(), message];
    vec![
        body("command", "POST", COMMANDS, &full),
        body("subcommands", "POST", GUILD_COMMANDS, &group),
        body("user command", "POST", COMMANDS, &user),
        body("all commands", "PUT", COMMANDS, &all),
        body("all guild commands", "PUT", GUILD_COMMANDS, &all),
        body("edit", "PATCH", "/applications/1/commands/2", &full),
    ]
}

pub(super) fn guilds() -> Vec<Body> {
    let overwrite = PermissionOverwrite {
        allow: Permissions::VIEW_CHANNEL,
        deny: Permissions::SEND_MESSAGES,
        kind: PermissionOverwriteType::Role(RoleId::new(1)),
    };
    vec![
        body(
            "thread",
            "POST",
            "/channels/1/threads",
            CreateThread::new("Scene")
                .kind(ChannelType::PublicThread)
                .auto_archive_duration(AutoArchiveDuration::OneDay)
                .invitable(true)
                .rate_limit_per_user(5),
        ),
        body("thread on a message", "POST", "/channels/1/messages/2/threads", CreateThread::new("Scene")),
        body(
            "forum post",
            "POST",
            "/channels/1/threads",
            CreateForumPost::new("Scene", CreateMessage::new().content("hi"))
                .add_applied_tag(ForumTagId::new(1)),
        ),
        body(
            "thread edit",
            "PATCH",
            "/channels/1",
            EditThread::new().name("Scene").archived(true).locked(true).rate_limit_per_user(1),
        ),
        body(
            "channel",
            "POST",
            "/guilds/1/channels",
            CreateChannel::new("general")
                .kind(ChannelType::Text)
                .topic("Talk")
                .rate_limit_per_user(5)
                .permissions(vec![overwrite.clone()])
                .category(ChannelId::new(2))
                .nsfw(false)
                .position(1),
        ),
        body(
            "channel edit",
            "PATCH",
            "/channels/1",
            EditChannel::new()
                .name("general")
                .topic("Talk")
                .permissions(vec![overwrite])
                .rate_limit_per_user(5),
        ),
        body(
            "role",
            "POST",
            "/guilds/1/roles",
            EditRole::new()
                .name("Fan")
                .colour(0x00ff_0000)
                .hoist(true)
                .permissions(Permissions::SEND_MESSAGES),
        ),
        body(
            "member",
            "PATCH",
            "/guilds/1/members/2",
            EditMember::new().nickname("Ann").roles([RoleId::new(1)]),
        ),
        body("direct messages", "POST", "/users/@me/channels", json!({ "recipient_id": UserId::new(1) })),
        body(
            "guild",
            "PATCH",
            "/guilds/1",
            EditGuild::new().name("Guild").system_channel_id(Some(ChannelId::new(1))),
        ),
        body(
            "test entitlement",
            "POST",
            "/applications/1/entitlements",
            json!({ "sku_id": SkuId::new(1), "owner_id": "5", "owner_type": 1 }),
        ),
    ]
}
