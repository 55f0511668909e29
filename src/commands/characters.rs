//! The option that names a character: what is suggested while a member types, and whom they mean.

use std::sync::Arc;

use serenity::all::{AutocompleteChoice, CreateAutocompleteResponse, GuildId};

use crate::discord::{Context, Invocation};
use crate::domain::persona::Persona;
use crate::error::Result;
use crate::features::characters::{Suggestion, Viewer};

/// Discord shows this many suggestions at most, and so many characters of each.
const MAX_CHOICES: usize = 25;
const MAX_CHOICE: usize = 100;

/// Characters that may be meant by what is typed so far.
pub(super) async fn suggest<'a>(ctx: Context<'a>, typed: &'a str) -> CreateAutocompleteResponse {
    let of = ctx.interaction;
    let found = match Viewer::new(of.user.id.get(), of.guild_id.map(GuildId::get)) {
        Ok(viewer) => ctx.framework.user_data.characters.suggest(viewer, typed, MAX_CHOICES).await,
        Err(_) => Vec::new(),
    };
    let choices = found.into_iter().map(|Suggestion { id, name, beside, .. }| {
        let label = if beside.is_empty() { name } else { format!("{name} – {beside}") };
        AutocompleteChoice::new(label.chars().take(MAX_CHOICE).collect::<String>(), id.to_string())
    });
    CreateAutocompleteResponse::new().set_choices(choices.collect())
}

/// Whoever is meant: by the id that a suggestion gives, or by the name as typed; nobody when nothing is typed.
///
/// # Errors
/// A [`Denial`](crate::domain::denial::Denial) that says why nobody is.
pub(super) async fn meant(invocation: &Invocation<'_>, typed: Option<&str>) -> Result<Option<Arc<Persona>>> {
    let Some(typed) = typed else { return Ok(None) };
    Ok(Some(invocation.data().characters.resolve(invocation.actor().viewer(), typed).await?))
}
