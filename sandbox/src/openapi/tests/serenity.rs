//! Bodies that serenity's builders produce.

use ::serenity::all::*;
use serde::Serialize;
use serde_json::{Value, json};

use super::{EXCEPTIONS, OpenApi, real};

pub(crate) type Body = (&'static str, &'static str, &'static str, Value);

fn body(what: &'static str, method: &'static str, path: &'static str, builder: impl Serialize) -> Body {
    (what, method, path, serde_json::to_value(builder).unwrap())
}

const MESSAGES: &str = "/channels/1/messages";
const MESSAGE: &str = "/channels/1/messages/2";
const WEBHOOK: &str = "/webhooks/1/token";
const WEBHOOK_MESSAGE: &str = "/webhooks/1/token/messages/2";
const ORIGINAL: &str = "/webhooks/1/token/messages/@original";
const CALLBACK: &str = "/interactions/1/token/callback";
const COMMANDS: &str = "/applications/1/commands";
const GUILD_COMMANDS: &str = "/applications/1/guilds/2/commands";

fn embed() -> CreateEmbed {
    CreateEmbed::new()
        .title("Title")
        .description("Text")
        .url("https://example.com/a?b=c")
        .color(0x00ff_00ff)
        .timestamp(Timestamp::from_unix_timestamp(1_700_000_000).unwrap())
        .author(
            CreateEmbedAuthor::new("Ann").url("https://example.com").icon_url("https://example.com/a.png"),
        )
        .footer(CreateEmbedFooter::new("Foot").icon_url("https://example.com/f.png"))
        .image("attachment://a.png")
        .thumbnail("https://example.com/t.png")
        .field("Name", "Value", true)
}

fn rows() -> Vec<CreateActionRow> {
    vec![
        CreateActionRow::Buttons(vec![
            CreateButton::new("one").label("One").emoji('🎲').style(ButtonStyle::Danger),
            CreateButton::new("two").emoji(ReactionType::Custom {
                animated: true,
                id: EmojiId::new(3),
                name: Some("dice".into()),
            }),
            CreateButton::new("bare").emoji(EmojiId::new(4)).disabled(true),
            CreateButton::new_link("https://example.com").label("Link"),
            CreateButton::new_premium(SkuId::new(5)),
        ]),
        select(
            "string",
            CreateSelectMenuKind::String {
                options: vec![
                    CreateSelectMenuOption::new("A", "a")
                        .description("First")
                        .emoji('🎲')
                        .default_selection(true),
                    CreateSelectMenuOption::new("B", "b"),
                ],
            },
        ),
        select("user", CreateSelectMenuKind::User { default_users: Some(vec![UserId::new(1)]) }),
        select("role", CreateSelectMenuKind::Role { default_roles: None }),
        select(
            "channel",
            CreateSelectMenuKind::Channel {
                channel_types: Some(vec![ChannelType::Text, ChannelType::PublicThread]),
                default_channels: Some(vec![ChannelId::new(1)]),
            },
        ),
    ]
}

fn select(id: &str, kind: CreateSelectMenuKind) -> CreateActionRow {
    CreateActionRow::SelectMenu(
        CreateSelectMenu::new(id, kind).placeholder("Pick").min_values(0).max_values(1).disabled(false),
    )
}

fn mentions() -> CreateAllowedMentions {
    CreateAllowedMentions::new().everyone(true).all_roles(true).users([UserId::new(1)]).replied_user(false)
}

fn poll() -> CreatePoll<create_poll::Ready> {
    CreatePoll::new()
        .question("Tea?")
        .answers(vec![
            CreatePollAnswer::new().text("Yes").emoji("🍵".to_owned()),
            CreatePollAnswer::new().text("No").emoji(EmojiId::new(4)),
        ])
        .duration(std::time::Duration::from_secs(7200))
        .layout_type(PollLayoutType::Default)
        .allow_multiselect()
}

fn file() -> CreateAttachment {
    CreateAttachment::bytes(*b"abc", "a.png").description("A picture")
}

fn messages() -> Vec<Body> {
    let reference = MessageReference::from((ChannelId::new(1), MessageId::new(2)));
    vec![
        body("a bare message", "POST", MESSAGES, CreateMessage::new().content("hi")),
        body(
            "a message with everything",
            "POST",
            MESSAGES,
            CreateMessage::new()
                .content("hi")
                .nonce(Nonce::Number(5))
                .enforce_nonce(true)
                .tts(false)
                .embed(embed())
                .allowed_mentions(mentions())
                .reference_message(reference)
                .components(rows())
                .flags(MessageFlags::SUPPRESS_NOTIFICATIONS)
                .sticker_id(StickerId::new(7))
                .add_file(file()),
        ),
        body(
            "a mentionable select",
            "POST",
            MESSAGES,
            CreateMessage::new().components(vec![select(
                "m",
                CreateSelectMenuKind::Mentionable { default_users: None, default_roles: None },
            )]),
        ),
        body("a poll", "POST", MESSAGES, CreateMessage::new().poll(poll())),
        body("a nonce in letters", "POST", MESSAGES, CreateMessage::new().nonce(Nonce::String("n".into()))),
        body(
            "no mentions",
            "POST",
            MESSAGES,
            CreateMessage::new().content("hi").allowed_mentions(CreateAllowedMentions::new()),
        ),
        body("an edit", "PATCH", MESSAGE, EditMessage::new().content("hi").embed(embed()).components(rows())),
        body(
            "an edit of attachments",
            "PATCH",
            MESSAGE,
            EditMessage::new().suppress_embeds(true).attachments(
                EditAttachments::new().keep(AttachmentId::new(1_100_000_000_000_000_000)).add(file()),
            ),
        ),
        body(
            "a bulk delete",
            "POST",
            "/channels/1/messages/bulk-delete",
            json!({"messages": [MessageId::new(2), MessageId::new(3)]}),
        ),
    ]
}

fn webhooks() -> Vec<Body> {
    vec![
        body(
            "execute",
            "POST",
            WEBHOOK,
            ExecuteWebhook::new()
                .content("hi")
                .username("Ann")
                .avatar_url("https://example.com/ann.png")
                .embed(embed())
                .components(rows())
                .allowed_mentions(CreateAllowedMentions::new())
                .flags(MessageFlags::SUPPRESS_EMBEDS)
                .add_file(file())
                .tts(false),
        ),
        body("execute in a new thread", "POST", WEBHOOK, ExecuteWebhook::new().content("hi")),
        body(
            "edit",
            "PATCH",
            WEBHOOK_MESSAGE,
            EditWebhookMessage::new()
                .content("hi")
                .embed(embed())
                .components(rows())
                .allowed_mentions(mentions())
                .new_attachment(file())
                .keep_existing_attachment(AttachmentId::new(1_100_000_000_000_000_000)),
        ),
        body(
            "edit @original",
            "PATCH",
            ORIGINAL,
            EditInteractionResponse::new().content("hi").embed(embed()).components(rows()),
        ),
        body(
            "follow-up",
            "POST",
            WEBHOOK,
            CreateInteractionResponseFollowup::new()
                .content("hi")
                .embed(embed())
                .components(rows())
                .ephemeral(true)
                .allowed_mentions(mentions())
                .poll(poll())
                .add_file(file()),
        ),
        body("create", "POST", "/channels/1/webhooks", CreateWebhook::new("Ann").audit_log_reason("r")),
        body("modify", "PATCH", "/webhooks/1", EditWebhook::new().name("Ann").channel_id(ChannelId::new(5))),
        body("modify with token", "PATCH", WEBHOOK, EditWebhook::new().name("Ann").delete_avatar()),
    ]
}

fn callbacks() -> Vec<Body> {
    let message = CreateInteractionResponseMessage::new()
        .content("hi")
        .embed(embed())
        .components(rows())
        .ephemeral(true)
        .tts(false)
        .allowed_mentions(mentions())
        .add_file(file());
    let modal = CreateModal::new("form", "Title").components(vec![
        CreateActionRow::InputText(
            CreateInputText::new(InputTextStyle::Paragraph, "Label", "input")
                .placeholder("…")
                .min_length(1)
                .max_length(4000)
                .value("v")
                .required(true),
        ),
        CreateActionRow::InputText(CreateInputText::new(InputTextStyle::Short, "Label", "other")),
    ]);
    let choices = CreateAutocompleteResponse::new()
        .add_string_choice("A", "a")
        .set_choices(vec![AutocompleteChoice::new("A", "a").add_localized_name("de", "Ä")]);
    let call = |what, response| body(what, "POST", CALLBACK, response);
    vec![
        call("pong", CreateInteractionResponse::Pong),
        call("message", CreateInteractionResponse::Message(message.clone())),
        call(
            "poll",
            CreateInteractionResponse::Message(CreateInteractionResponseMessage::new().poll(poll())),
        ),
        call(
            "defer",
            CreateInteractionResponse::Defer(CreateInteractionResponseMessage::new().ephemeral(true)),
        ),
        call("defer, bare", CreateInteractionResponse::Defer(CreateInteractionResponseMessage::new())),
        call("acknowledge", CreateInteractionResponse::Acknowledge),
        call("update", CreateInteractionResponse::UpdateMessage(message)),
        call("modal", CreateInteractionResponse::Modal(modal)),
        call("choices", CreateInteractionResponse::Autocomplete(choices)),
        call(
            "number choices",
            CreateInteractionResponse::Autocomplete(
                CreateAutocompleteResponse::new().add_int_choice("One", 1).add_number_choice("Half", 0.5),
            ),
        ),
        call("no choices", CreateInteractionResponse::Autocomplete(CreateAutocompleteResponse::new())),
        call("launch", CreateInteractionResponse::LaunchActivity),
    ]
}

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

fn commands() -> Vec<Body> {
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

fn guilds() -> Vec<Body> {
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

/// Every body, with what it is and where it goes.
pub(crate) fn all() -> Vec<Body> {
    [messages(), webhooks(), callbacks(), commands(), guilds()].concat()
}

/// Everything that the file has against serenity's bodies.
pub(super) fn refusals(api: &OpenApi) -> Vec<String> {
    let mut refused = Vec::new();
    for (what, method, path, body) in all() {
        match api.check_body(method, path, "application/json", Some(&body)) {
            Ok(checked) => refused.extend(
                checked.violations.iter().map(|found| format!("{what} ({}): {found}", checked.operation)),
            ),
            Err(mismatch) => refused.push(format!("{what}: {mismatch}")),
        }
    }
    refused
}

#[test]
fn what_serenity_sends_is_accepted() {
    let Some(api) = real(EXCEPTIONS) else { return };
    let refused = refusals(&api);
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}
