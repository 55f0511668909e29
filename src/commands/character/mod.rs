//! `/character`: who there is, whom to talk with, and characters of one's own.

mod files;
mod look;
mod own;

use serenity::all::{AutocompleteChoice, CreateAutocompleteResponse};

use crate::discord::character::Visit;
use crate::discord::{Context, Invocation};
use crate::error::Result;
use crate::features::characters::Viewer;

/// Discord shows so many characters of a suggestion.
const MOST_CHOICE: usize = 100;

/// See `assets/locales/en/character.ftl`.
#[poise::command(
    slash_command,
    subcommand_required,
    subcommands(
        "look::info",
        "look::list",
        "look::select",
        "look::default",
        "own::create",
        "own::edit",
        "own::share",
        "own::delete",
        "own::restore",
        "files::import",
        "files::export"
    )
)]
#[expect(clippy::unused_async, reason = "poise awaits it")]
pub(super) async fn character(_: Context<'_>) -> Result<()> {
    Ok(())
}

fn visit(ctx: Context<'_>) -> Visit<'_> {
    Visit::new(Invocation::from(ctx), &ctx.interaction.user)
}

/// A member's own characters that may be meant by what is typed so far.
async fn suggest_own<'a>(ctx: Context<'a>, typed: &'a str) -> CreateAutocompleteResponse {
    let of = ctx.interaction;
    let characters = &ctx.framework.user_data.characters;
    let found = match Viewer::new(of.user.id.get(), None) {
        Ok(viewer) => characters.own(viewer.user, typed).await.unwrap_or_default(),
        Err(_) => Vec::new(),
    };
    let choices = found.into_iter().map(|entry| {
        let label: String = entry.name.chars().take(MOST_CHOICE).collect();
        AutocompleteChoice::new(label, format!("custom:{}", entry.id.hyphenated()))
    });
    CreateAutocompleteResponse::new().set_choices(choices.collect())
}
