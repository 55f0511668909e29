//! `/about`: what Troupe is, what it keeps, and where to find more.

use std::sync::OnceLock;

use bytes::Bytes;
use serenity::all::{CreateActionRow, CreateButton, CreateEmbed};

use crate::discord::{Context, Data, Invocation, Reply};
use crate::error::Result;
use crate::i18n::{Locale, PerLocale, Text, texts};

/// The answers, ready to send: they never change while the bot runs.
type Prepared = OnceLock<PerLocale<Bytes>>;

/// See `assets/locales/en/about.ftl`.
#[poise::command(slash_command, custom_data = "Prepared::new()")]
pub(super) async fn about(ctx: Context<'_>) -> Result<()> {
    let invocation = Invocation::from(ctx);
    let prepared = ctx.command().custom_data.downcast_ref::<Prepared>().expect("set above");
    let answers =
        prepared.get_or_init(|| PerLocale::new(|locale| answer(invocation.data(), locale).callback()));
    Ok(invocation.reply_prepared(answers.get(invocation.locale()).clone()).await?)
}

fn answer(data: &Data, locale: Locale) -> Reply {
    let text = |text| data.catalog.text(locale, text);
    let embed = CreateEmbed::new()
        .title(text(texts::ABOUT_TITLE))
        .description(text(texts::ABOUT_BODY))
        .field(text(texts::ABOUT_PRIVACY_TITLE), text(texts::ABOUT_PRIVACY_BODY), false)
        .field(text(texts::ABOUT_VERSION_TITLE), env!("CARGO_PKG_VERSION"), true);
    Reply::embed(embed).components(vec![CreateActionRow::Buttons(links(data, locale))])
}

fn links(data: &Data, locale: Locale) -> Vec<CreateButton> {
    let invite = format!("https://discord.com/oauth2/authorize?client_id={}", data.application);
    let given = |url: &Option<url::Url>| url.as_ref().map(ToString::to_string);
    let links: [(Text, Option<String>); 4] = [
        (texts::ABOUT_LINK_INVITE, Some(invite)),
        (texts::ABOUT_LINK_SUPPORT, given(&data.links.support)),
        (texts::ABOUT_LINK_PRIVACY, given(&data.links.privacy)),
        (texts::ABOUT_LINK_SOURCE, given(&data.links.source)),
    ];
    let button = |(label, url): (Text, Option<String>)| {
        url.map(|url| CreateButton::new_link(url).label(data.catalog.text(locale, label)))
    };
    links.into_iter().filter_map(button).collect()
}
