//! Who there is, and who answers.

use serenity::all::Permissions;

use super::super::characters::suggest;
use super::visit;
use crate::discord::{Context, Invocation};
use crate::error::{Refusal, Result};

#[poise::command(slash_command)]
pub(super) async fn info(
    ctx: Context<'_>,
    #[autocomplete = "suggest"] character: Option<String>,
) -> Result<()> {
    Invocation::from(ctx).defer(true).await?;
    visit(ctx).answer(visit(ctx).info(character.as_deref()).await).await
}

#[poise::command(slash_command)]
pub(super) async fn list(ctx: Context<'_>) -> Result<()> {
    Invocation::from(ctx).defer(true).await?;
    visit(ctx).answer(visit(ctx).list(0).await).await
}

#[poise::command(slash_command)]
pub(super) async fn select(
    ctx: Context<'_>,
    #[autocomplete = "suggest"] character: Option<String>,
) -> Result<()> {
    Invocation::from(ctx).defer(true).await?;
    visit(ctx).answer(visit(ctx).select(character.as_deref()).await).await
}

#[poise::command(slash_command, guild_only)]
pub(super) async fn default(
    ctx: Context<'_>,
    #[autocomplete = "suggest"] character: Option<String>,
) -> Result<()> {
    let member = ctx.interaction.member.as_ref();
    if !member.and_then(|member| member.permissions).is_some_and(Permissions::manage_guild) {
        return Err(Refusal::MemberPermissions.into());
    }
    Invocation::from(ctx).defer(true).await?;
    visit(ctx).answer(visit(ctx).set_default(character.as_deref()).await).await
}
