//! A local Discord that stops nobody.

use troupe_sandbox::drive::LocalDiscord;
use troupe_sandbox::rules::Rule;

use crate::Outcome;

/// With every rule that costs time or stops a load switched off.
pub(crate) async fn unlimited() -> Outcome<LocalDiscord> {
    let mut builder = LocalDiscord::builder();
    for rule in
        [Rule::RouteLimits, Rule::GlobalLimit, Rule::InvalidRequests, Rule::OpenApi, Rule::GatewayLimits]
    {
        builder = builder.rule_off(rule);
    }
    let discord = builder.start().await?;
    discord.sandbox().journal.set_recording(false);
    Ok(discord)
}
