//! What is suggested while a member types a character: only what they could mean.

use serenity::all::{AutocompleteChoice, CreateAutocompleteResponse, ResolvedValue, Unresolved};

use crate::cold::collection::Owned;
use crate::discord::collection::Asker;
use crate::discord::{Context, Invocation};
use crate::domain::{character::CharacterId, denial::Denial, ids::UserId};
use crate::error::Result;
use crate::features::cast::Cast;

/// Discord shows this many suggestions at most.
const MOST_CHOICES: usize = 25;

/// All that the member has.
pub(super) async fn own<'a>(ctx: Context<'a>, typed: &'a str) -> CreateAutocompleteResponse {
    choices(ctx, typed, None, |_| true).await
}

/// What the member has and may give away.
pub(super) async fn free<'a>(ctx: Context<'a>, typed: &'a str) -> CreateAutocompleteResponse {
    choices(ctx, typed, None, |one| !one.locked).await
}

/// What the other member of a trade has and may give away.
pub(super) async fn theirs<'a>(ctx: Context<'a>, typed: &'a str) -> CreateAutocompleteResponse {
    let member = ctx.args.iter().find(|option| option.name == "member");
    let other = match member.map(|option| &option.value) {
        Some(ResolvedValue::User(user, _)) => Some(user.id),
        Some(ResolvedValue::Unresolved(Unresolved::User(id))) => Some(*id),
        _ => None,
    };
    match other.and_then(|other| UserId::new(other.get()).ok()) {
        Some(other) => choices(ctx, typed, Some(other), |one| !one.locked).await,
        None => CreateAutocompleteResponse::new(),
    }
}

async fn choices(
    ctx: Context<'_>,
    typed: &str,
    owner: Option<UserId>,
    applies: impl Fn(&Owned) -> bool + Send,
) -> CreateAutocompleteResponse {
    let invocation = Invocation::from(ctx);
    let collection = &invocation.data().collection;
    let none = CreateAutocompleteResponse::new();
    let Ok(Asker { user, guild, .. }) = Asker::of(invocation) else { return none };
    // Whatever is wrong is told when the command is sent.
    let Ok(shelf) = collection.shelf(user, owner.unwrap_or(user), guild).await else { return none };
    let cast = collection.cast();
    let found = cast.search(typed, cast.all().len());
    let owned = found
        .into_iter()
        .filter(|member| shelf.owned.iter().any(|one| one.character == member.persona.id && applies(one)));
    let choices = owned
        .take(MOST_CHOICES)
        .map(|member| AutocompleteChoice::new(member.persona.name.clone(), member.persona.id.to_string()));
    none.set_choices(choices.collect())
}

/// The shipped character that is meant.
///
/// # Errors
/// [`Denial::NoSuchCharacter`].
pub(super) fn meant(cast: &Cast, typed: &str) -> Result<CharacterId> {
    let persona = cast.resolve(typed).ok_or(Denial::NoSuchCharacter)?;
    Ok(persona.id.clone())
}
