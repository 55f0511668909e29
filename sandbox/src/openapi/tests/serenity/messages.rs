//! Messages: in channels, through webhooks, in answer to interactions.

use ::serenity::all::*;
use serde_json::json;

use super::{Body, body, embed, file, mentions, poll, rows, select};

const MESSAGES: &str = "/channels/1/messages";
const MESSAGE: &str = "/channels/1/messages/2";
const WEBHOOK: &str = "/webhooks/1/token";
const WEBHOOK_MESSAGE: &str = "/webhooks/1/token/messages/2";
const ORIGINAL: &str = "/webhooks/1/token/messages/@original";
const CALLBACK: &str = "/interactions/1/token/callback";

pub(super) fn channels() -> Vec<Body> {
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

pub(super) fn webhooks() -> Vec<Body> {
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

pub(super) fn callbacks() -> Vec<Body> {
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
