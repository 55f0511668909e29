//! `/collection`: rolls, what a member keeps, gifts and trades, and a server's packs.

mod mine;
mod offers;
mod packs;
mod suggest;

use crate::discord::Context;
use crate::error::Result;

/// See `assets/locales/en/collection.ftl`.
#[poise::command(
    slash_command,
    subcommand_required,
    subcommands(
        "mine::view",
        "mine::roll",
        "mine::odds",
        "mine::history",
        "mine::lock",
        "mine::release",
        "offers::gift",
        "offers::trade",
        "packs::pack"
    )
)]
#[expect(clippy::unused_async, reason = "poise awaits it")]
pub(super) async fn collection(_: Context<'_>) -> Result<()> {
    Ok(())
}
