//! What a member does with their own collection: look, roll, lock, release; and others' to look at.

use std::collections::BTreeMap;

use serde_json::json;
use serenity::all::{CreateEmbed, User};

use super::suggest::{free, meant, own};
use crate::discord::collection::{Asker, View};
use crate::discord::{Context, Invocation, Reply};
use crate::domain::collection::CollectionDenial;
use crate::domain::denial::Denial;
use crate::domain::ids::UserId;
use crate::error::{Error, Result};
use crate::features::collection::Recorded;
use crate::i18n::{Args, texts};

/// The file with all that is needed to compute rolls again.
const FILE: &str = "rolls.json";

#[poise::command(slash_command)]
pub(super) async fn view(ctx: Context<'_>, member: Option<User>) -> Result<()> {
    let invocation = Invocation::from(ctx);
    let asker = Asker::of(invocation)?;
    let owner = match member {
        Some(member) => {
            let is_here = ctx.interaction.data.resolved.members.contains_key(&member.id)
                || member.id == invocation.actor().user;
            if !is_here {
                return Err(Denial::Collection(CollectionDenial::Elsewhere).into());
            }
            UserId::new(member.id.get()).map_err(Error::failed)?
        }
        None => asker.user,
    };
    invocation.defer(true).await?;
    let shelf = invocation.data().collection.shelf(asker.user, owner, asker.guild).await?;
    Ok(invocation.edit(View::of(invocation).shelf(&shelf, owner, asker.user, 0)).await?)
}

#[poise::command(slash_command)]
pub(super) async fn roll(ctx: Context<'_>) -> Result<()> {
    let invocation = Invocation::from(ctx);
    let Asker { user, guild, interaction } = Asker::of(invocation)?;
    let drawn = invocation.data().collection.roll(interaction, user, guild).await?;
    Ok(invocation.reply(View::of(invocation).roll(&drawn, user)).await?)
}

#[poise::command(slash_command)]
pub(super) async fn odds(ctx: Context<'_>) -> Result<()> {
    let invocation = Invocation::from(ctx);
    let Asker { user, guild, .. } = Asker::of(invocation)?;
    invocation.defer(true).await?;
    let luck = invocation.data().collection.luck(user, guild).await?;
    Ok(invocation.edit(Reply::embed(View::of(invocation).odds(&luck))).await?)
}

#[poise::command(slash_command)]
pub(super) async fn history(ctx: Context<'_>) -> Result<()> {
    let invocation = Invocation::from(ctx);
    let (asker, view) = (Asker::of(invocation)?, View::of(invocation));
    invocation.defer(true).await?;
    let recorded = invocation.data().collection.history(asker.user).await?;
    if recorded.is_empty() {
        let args =
            Args::new().trusted("command", invocation.data().mention("collection roll", invocation.locale()));
        return Ok(invocation.edit(Reply::text(view.say(texts::COLLECTION_HISTORY_NONE, &args))).await?);
    }
    let mut lines: Vec<String> = recorded.iter().map(|one| entry(&view, invocation, one)).collect();
    lines.push(view.text(texts::COLLECTION_HISTORY_HOW));
    let embed =
        CreateEmbed::new().title(view.text(texts::COLLECTION_HISTORY_TITLE)).description(lines.join("\n"));
    Ok(invocation.edit(Reply::embed(embed).file(FILE, file(&recorded))).await?)
}

fn entry(view: &View<'_>, invocation: Invocation<'_>, recorded: &Recorded) -> String {
    let roll = &recorded.roll;
    let verified = match recorded.verifies() {
        Some(true) => "yes",
        Some(false) => "no",
        None => "unknown",
    };
    let args = Args::new()
        .trusted("when", format!("<t:{}:R>", roll.rolled_at.timestamp()))
        .typed("character", &invocation.data().collection.name(&roll.character))
        .trusted("rarity", view.rarity(roll.rarity))
        .trusted("decision", roll.decision.name())
        .trusted("draw", roll.draw.to_string())
        .number("epic", roll.pity.since_epic.into())
        .number("legendary", roll.pity.since_legendary.into())
        .trusted("version", &*roll.odds_version)
        .trusted("verified", verified);
    view.say(texts::COLLECTION_HISTORY_ENTRY, &args)
}

/// Everything that the results depend on, for whoever computes them again.
fn file(recorded: &[Recorded]) -> Vec<u8> {
    let odds: BTreeMap<_, _> = recorded
        .iter()
        .filter_map(|one| one.odds.as_ref())
        .map(|odds| (odds.version(), odds.definition()))
        .collect();
    let rolls: Vec<_> = recorded
        .iter()
        .map(|one| {
            let roll = &one.roll;
            json!({
                "roll": roll.id, "at": roll.rolled_at, "draw": roll.draw.to_string(), "odds": roll.odds_version,
                "since_epic": roll.pity.since_epic, "since_legendary": roll.pity.since_legendary,
                "character": roll.character, "rarity": roll.rarity, "decision": roll.decision,
            })
        })
        .collect();
    serde_json::to_vec_pretty(&json!({ "rolls": rolls, "odds": odds })).expect("plain data")
}

#[poise::command(slash_command)]
pub(super) async fn lock(ctx: Context<'_>, #[autocomplete = "own"] character: String) -> Result<()> {
    let invocation = Invocation::from(ctx);
    let (asker, collection) = (Asker::of(invocation)?, &invocation.data().collection);
    let character = meant(collection.cast(), &character)?;
    // At first: of two processes that were given this command, one goes on, and the lock is turned once.
    invocation.defer(true).await?;
    let is_locked = collection.turn_lock(asker.user, &character).await?;
    let text = if is_locked { texts::COLLECTION_LOCKED } else { texts::COLLECTION_UNLOCKED };
    let args = Args::new().typed("character", &collection.name(&character));
    Ok(invocation.edit(Reply::text(View::of(invocation).say(text, &args))).await?)
}

#[poise::command(slash_command)]
pub(super) async fn release(ctx: Context<'_>, #[autocomplete = "free"] character: String) -> Result<()> {
    let invocation = Invocation::from(ctx);
    let (asker, collection) = (Asker::of(invocation)?, &invocation.data().collection);
    let character = meant(collection.cast(), &character)?;
    invocation.defer(true).await?;
    let held = collection.releasable(asker.user, &character).await?;
    Ok(invocation.edit(View::of(invocation).release(&held, asker.user)).await?)
}
