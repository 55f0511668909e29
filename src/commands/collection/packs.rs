//! `/collection pack`: which packs are open to everybody in a server, for those who manage it.

use serenity::all::Permissions;

use crate::discord::collection::{Asker, View};
use crate::discord::{Context, Invocation};
use crate::error::{Refusal, Result};

#[poise::command(slash_command, guild_only)]
pub(super) async fn pack(ctx: Context<'_>) -> Result<()> {
    let invocation = Invocation::from(ctx);
    let Asker { user, guild, .. } = Asker::of(invocation)?;
    // Discord can ask for permissions of whole commands only.
    let permissions = ctx.interaction.member.as_ref().and_then(|member| member.permissions);
    if !permissions.is_some_and(Permissions::manage_guild) {
        return Err(Refusal::MemberPermissions.into());
    }
    let guild = guild.ok_or(Refusal::GuildOnly)?;
    invocation.defer(true).await?;
    let open = invocation.data().collection.open_packs(guild).await?;
    Ok(invocation.edit(View::of(invocation).packs(&open, user)).await?)
}
