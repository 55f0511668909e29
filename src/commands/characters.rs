//! The option that names a character: what is suggested while a member types, and whom they mean.

use std::sync::Arc;

use serenity::all::{AutocompleteChoice, CreateAutocompleteResponse};

use crate::discord::Context;
use crate::domain::denial::Denial;
use crate::domain::persona::Persona;
use crate::error::Result;
use crate::features::cast::Cast;

/// Discord shows this many suggestions at most, and so many characters of each.
const MAX_CHOICES: usize = 25;
const MAX_CHOICE: usize = 100;

/// Characters that may be meant by what is typed so far.
pub(super) async fn suggest<'a>(ctx: Context<'a>, typed: &'a str) -> CreateAutocompleteResponse {
    let found = ctx.framework.user_data.talk.cast().search(typed, MAX_CHOICES);
    let choices = found.into_iter().map(|member| {
        let persona = &member.persona;
        let label = format!("{} – {}", persona.name, persona.tagline);
        AutocompleteChoice::new(label.chars().take(MAX_CHOICE).collect::<String>(), persona.id.to_string())
    });
    CreateAutocompleteResponse::new().set_choices(choices.collect())
}

/// Whoever is meant: by the id that a suggestion gives, or by the name as typed; nobody when nothing is typed.
///
/// # Errors
/// [`Denial::NoSuchCharacter`].
pub(super) fn meant(cast: &Cast, typed: Option<&str>) -> Result<Option<Arc<Persona>>> {
    let found = typed.map(|typed| cast.resolve(typed).ok_or(Denial::NoSuchCharacter)).transpose();
    Ok(found?)
}
