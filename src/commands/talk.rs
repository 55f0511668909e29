//! `/talk`: says something to a character.

use super::characters::suggest;
use crate::discord::{Context, Invocation, talk::Line};
use crate::error::Result;

/// See `assets/locales/en/talk.ftl`.
#[poise::command(slash_command)]
pub(super) async fn talk(
    ctx: Context<'_>,
    #[min_length = 1]
    #[max_length = 2000]
    message: String,
    #[autocomplete = "suggest"] character: Option<String>,
    private: Option<bool>,
) -> Result<()> {
    let line = Line { text: message, character, private: private.unwrap_or(false) };
    Invocation::from(ctx).talk(ctx.interaction, line).await
}
