//! Bodies that serenity's builders produce.

mod messages;
mod setup;

use ::serenity::all::*;
use serde::Serialize;
use serde_json::Value;

use super::{EXCEPTIONS, OpenApi, real};

pub(crate) type Body = (&'static str, &'static str, &'static str, Value);

fn body(what: &'static str, method: &'static str, path: &'static str, builder: impl Serialize) -> Body {
    (what, method, path, serde_json::to_value(builder).unwrap())
}

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

/// Every body, with what it is and where it goes.
pub(crate) fn all() -> Vec<Body> {
    [messages::channels(), messages::webhooks(), messages::callbacks(), setup::commands(), setup::guilds()]
        .concat()
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
