//! `/operator`: what the people who run the bot do from Discord. Nobody else may, and nobody else sees the answers.

mod ai;
mod words;

use super::prompt::prompt;
use crate::discord::Context;
use crate::error::Result;

/// See `assets/locales/en/operator.ftl`.
#[poise::command(slash_command, owners_only, subcommand_required, subcommands("ai::ai", "prompt"))]
#[expect(clippy::unused_async, reason = "poise awaits it")]
pub(super) async fn operator(_: Context<'_>) -> Result<()> {
    Ok(())
}
