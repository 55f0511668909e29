//! `/collection gift` and `/collection trade`: a preview for the proposer alone, with all terms.

use serenity::all::User;

use super::suggest::{free, meant, theirs};
use crate::discord::collection::{Asker, View};
use crate::discord::{Context, Invocation};
use crate::domain::collection::CollectionDenial;
use crate::domain::denial::Denial;
use crate::domain::ids::UserId;
use crate::domain::trade::Terms;
use crate::error::{Error, Refusal, Result};

#[poise::command(slash_command, guild_only)]
pub(super) async fn gift(
    ctx: Context<'_>,
    member: User,
    #[autocomplete = "free"] character: String,
) -> Result<()> {
    propose(ctx, &member, &character, None).await
}

#[poise::command(slash_command, guild_only)]
pub(super) async fn trade(
    ctx: Context<'_>,
    member: User,
    #[autocomplete = "free"] mine: String,
    #[autocomplete = "theirs"] theirs: String,
) -> Result<()> {
    propose(ctx, &member, &mine, Some(&theirs)).await
}

async fn propose(ctx: Context<'_>, member: &User, gives: &str, gets: Option<&str>) -> Result<()> {
    let invocation = Invocation::from(ctx);
    let (asker, collection) = (Asker::of(invocation)?, &invocation.data().collection);
    let refuse = |denial| Err(Denial::Collection(denial).into());
    if member.bot {
        return refuse(CollectionDenial::Bot);
    }
    let is_asker = member.id == invocation.actor().user;
    if !is_asker && !ctx.interaction.data.resolved.members.contains_key(&member.id) {
        return refuse(CollectionDenial::Elsewhere);
    }
    let terms = Terms {
        id: asker.interaction,
        guild: asker.guild.ok_or(Refusal::GuildOnly)?,
        proposer: asker.user,
        receiver: UserId::new(member.id.get()).map_err(Error::failed)?,
        gives: meant(collection.cast(), gives)?,
        gets: gets.map(|gets| meant(collection.cast(), gets)).transpose()?,
    };
    invocation.defer(true).await?;
    let trade = collection.propose(&terms).await?;
    Ok(invocation.edit(View::of(invocation).preview(&trade)).await?)
}
