//! Characters of one's own.

use serenity::all::Attachment;

use super::{suggest_own, visit};
use crate::discord::{Context, Invocation, Reply};
use crate::error::Result;

#[poise::command(slash_command)]
pub(super) async fn create(ctx: Context<'_>) -> Result<()> {
    visit(ctx).create().await
}

#[poise::command(slash_command)]
pub(super) async fn edit(
    ctx: Context<'_>,
    #[autocomplete = "suggest_own"] character: String,
    picture: Option<Attachment>,
) -> Result<()> {
    Invocation::from(ctx).defer(true).await?;
    let picture = match &picture {
        Some(picture) => match visit(ctx).load(picture).await {
            Ok(bytes) => Some(bytes),
            Err(text) => return visit(ctx).answer(Ok(Reply::text(text))).await,
        },
        None => None,
    };
    visit(ctx).answer(visit(ctx).edit(&character, picture).await).await
}

#[poise::command(slash_command, guild_only)]
pub(super) async fn share(ctx: Context<'_>, #[autocomplete = "suggest_own"] character: String) -> Result<()> {
    Invocation::from(ctx).defer(true).await?;
    visit(ctx).answer(visit(ctx).share(&character).await).await
}

#[poise::command(slash_command)]
pub(super) async fn delete(
    ctx: Context<'_>,
    #[autocomplete = "suggest_own"] character: String,
) -> Result<()> {
    Invocation::from(ctx).defer(true).await?;
    visit(ctx).answer(visit(ctx).sure(&character).await).await
}

#[poise::command(slash_command)]
pub(super) async fn restore(ctx: Context<'_>) -> Result<()> {
    Invocation::from(ctx).defer(true).await?;
    visit(ctx).answer(visit(ctx).deleted().await).await
}
