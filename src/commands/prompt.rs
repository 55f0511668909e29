//! `/operator prompt`: what a model would be asked, by its parts and tokens.

use super::characters::{meant, suggest};
use crate::discord::{Context, Invocation, Reply};
use crate::domain::{bond::Band, policy::Tier, usage::Feature};
use crate::error::Result;
use crate::features::talk::prompt::Sample;
use crate::i18n::texts;

const FILE: &str = "prompt.txt";

/// See `assets/locales/en/operator.ftl`.
#[poise::command(slash_command, owners_only)]
pub(super) async fn prompt(
    ctx: Context<'_>,
    #[autocomplete = "suggest"] character: Option<String>,
    #[max_length = 2000] message: Option<String>,
) -> Result<()> {
    let invocation = Invocation::from(ctx);
    let (catalog, locale) = (invocation.catalog(), invocation.locale());
    let talk = &invocation.data().talk;
    let persona = meant(&invocation, character.as_deref()).await?;
    let persona = persona.unwrap_or_else(|| talk.characters().cast().default());
    let message = message.unwrap_or_else(|| catalog.text(locale, texts::OPERATOR_PROMPT_SAMPLE));
    let sample = Sample {
        name: &ctx.interaction.user.name,
        message: &message,
        band: Band::Acquaintance,
        turns: &[],
        // A sample: nobody is asked for admission.
        reply_tokens: invocation.data().gates.quotas().of(Tier::Free).of(Feature::Talk).reply_tokens,
        cards: talk.settings().cards,
        now: invocation.data().clock.now(),
    };
    let reply = Reply::text(catalog.text(locale, texts::OPERATOR_PROMPT));
    Ok(invocation.reply(reply.file(FILE, talk.explain(&persona, &sample)).ephemeral()).await?)
}
