//! Buttons and menus about characters. They outlive a restart, and whoever presses is asked who they are.

use serenity::all::{ComponentInteraction, ComponentInteractionDataKind};

use super::acts::FileForm;
use super::ids::{CharacterButton, Verb};
use super::visit::{Shown, Visit};
use crate::discord::{Invocation, Reply};
use crate::domain::character::CharacterId;
use crate::error::{Refusal, Result};
use crate::i18n::{Args, texts};

/// A button was pressed, or one chosen in a menu.
///
/// # Errors
/// A refusal or a failure, to be told to the member.
pub(crate) async fn pressed(
    invocation: Invocation<'_>,
    of: &ComponentInteraction,
    id: CharacterButton,
) -> Result<()> {
    let visit = Visit::new(invocation, &of.user);
    let page = usize::try_from(id.number).unwrap_or_default();
    let character = match id.verb {
        Verb::Look | Verb::Restore => chosen(of),
        _ => id.character,
    };
    if id.verb == Verb::Page {
        invocation.defer_update().await?;
        return visit.change(visit.list(page).await).await;
    }
    if id.verb == Verb::Both {
        invocation.defer(true).await?;
        return visit.answer(visit.both(id.number).await).await;
    }
    let character = character.ok_or(Refusal::ExpiredComponent)?;
    match id.verb {
        Verb::Form(group) => return visit.open(group, &character).await,
        Verb::Greeting | Verb::Delete | Verb::Keep => {
            invocation.defer_update().await?;
            let shown = match id.verb {
                Verb::Greeting => visit.shown(&character, page).await,
                Verb::Delete => visit.delete(&character).await,
                _ => Ok(kept(&visit)),
            };
            return visit.change(shown).await;
        }
        _ => {}
    }
    invocation.defer(true).await?;
    let shown = act(&visit, id.verb, &character).await;
    visit.answer(shown).await
}

async fn act(visit: &Visit<'_>, verb: Verb, character: &CharacterId) -> Shown {
    let named = character.to_string();
    match verb {
        Verb::Choose => visit.choose(character).await,
        Verb::Edit => visit.edit(&named, None).await,
        Verb::Export => visit.export(&named, FileForm::Png).await,
        Verb::Share | Verb::Unshare => {
            let own = visit.characters().mine(visit.viewer(), &named).await?;
            visit.set_shared(&own, verb == Verb::Share).await
        }
        Verb::Sure => visit.sure(&named).await,
        Verb::Restore => visit.restore(character).await,
        _ => visit.shown(character, 0).await,
    }
}

fn kept(visit: &Visit<'_>) -> Reply {
    Reply::text(visit.say(texts::CHARACTER_KEPT, &Args::new())).components(Vec::new())
}

fn chosen(of: &ComponentInteraction) -> Option<CharacterId> {
    match &of.data.kind {
        ComponentInteractionDataKind::StringSelect { values } => values.first()?.parse().ok(),
        _ => None,
    }
}
