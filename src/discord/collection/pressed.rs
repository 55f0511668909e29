//! A button or menu of collections was used.

use serenity::all::{ComponentInteraction, ComponentInteractionDataKind, Permissions};

use super::custom_id::{CustomId, RollVerb, TradeVerb};
use super::{Asker, View};
use crate::cold::rolls::Choice;
use crate::discord::{Invocation, Reply};
use crate::domain::{
    character::{CharacterId, Slug},
    collection::CollectionDenial,
    denial::Denial,
    ids::{InteractionId, UserId},
    trade::TradeState,
};
use crate::error::{Refusal, Result};
use crate::features::collection::{Collection, Ended};
use crate::i18n::{Args, texts};

/// A button or menu was used.
///
/// # Errors
/// A refusal or a failure, to be told to the member.
pub(in crate::discord) async fn pressed(
    invocation: Invocation<'_>,
    of: &ComponentInteraction,
    id: CustomId,
) -> Result<()> {
    let press = Press { invocation, of, asker: Asker::of(invocation)?, view: View::of(invocation) };
    match id {
        CustomId::Roll { verb, roll, asker } => press.own(asker)?.roll(verb, roll).await,
        CustomId::Trade { verb: TradeVerb::Confirm, trade } => press.confirm(trade).await,
        CustomId::Trade { verb, trade } => press.trade(verb, trade).await,
        CustomId::Page { page, owner, asker } => press.own(asker)?.page(page, owner).await,
        CustomId::Release { copies, asker, slug } => press.own(asker)?.release(copies, slug).await,
        CustomId::Packs { asker } => press.own(asker)?.packs().await,
    }
}

/// One press.
struct Press<'a> {
    invocation: Invocation<'a>,
    of: &'a ComponentInteraction,
    asker: Asker,
    view: View<'a>,
}

impl Press<'_> {
    fn collection(&self) -> &Collection {
        &self.invocation.data().collection
    }

    /// Itself, if it is the press of whom the button is for.
    fn own(&self, asker: UserId) -> Result<&Self> {
        if self.asker.user == asker {
            Ok(self)
        } else {
            Err(Denial::Collection(CollectionDenial::NotYours).into())
        }
    }

    /// What was chosen in a menu.
    fn chosen(&self) -> &[String] {
        match &self.of.data.kind {
            ComponentInteractionDataKind::StringSelect { values } => values,
            _ => &[],
        }
    }

    async fn roll(&self, verb: RollVerb, roll: InteractionId) -> Result<()> {
        let (collection, Asker { user, guild, .. }) = (self.collection(), self.asker);
        let drawn = match verb {
            RollVerb::Add => collection.decide(roll, user, guild, Choice::Add).await?,
            RollVerb::Release => collection.decide(roll, user, guild, Choice::Release).await?,
            RollVerb::Back | RollVerb::Swap => collection.drawn(roll, user, guild).await?,
            RollVerb::Pick(_) => {
                let old = self.chosen().first().and_then(|id| id.parse::<CharacterId>().ok());
                let old = old.ok_or(Denial::NoSuchCharacter)?;
                collection.decide(roll, user, guild, Choice::Replace(&old)).await?
            }
        };
        let is_pending = drawn.roll.decision == crate::domain::collection::Decision::Pending;
        let reply = if verb == RollVerb::Swap && is_pending {
            let shelf = collection.shelf(user, user, guild).await?;
            self.view.swap(&drawn, &shelf, user)
        } else {
            self.view.roll(&drawn, user)
        };
        Ok(self.invocation.update(reply).await?)
    }

    /// Makes a proposal an offer, and puts that into the channel.
    async fn confirm(&self, trade: InteractionId) -> Result<()> {
        // At first: of two processes that were given this press, one goes on.
        self.invocation.defer_update().await?;
        let Ended { trade, .. } = self.collection().confirm(trade, self.asker.user).await?;
        if trade.state == TradeState::Confirmed {
            // Also when it was confirmed before: then its offer may never have come into the channel.
            self.invocation.follow_up(self.view.offer(&trade)).await?;
        }
        Ok(self.invocation.edit(self.view.preview(&trade)).await?)
    }

    async fn trade(&self, verb: TradeVerb, trade: InteractionId) -> Result<()> {
        let (collection, user) = (self.collection(), self.asker.user);
        let ended = match verb {
            TradeVerb::Accept => collection.accept(trade, user).await?,
            TradeVerb::Decline => collection.decline(trade, user).await?,
            TradeVerb::Confirm | TradeVerb::Withdraw => collection.withdraw(trade, user).await?,
        };
        Ok(self.invocation.update(self.view.offer(&ended.trade)).await?)
    }

    async fn page(&self, page: u16, owner: UserId) -> Result<()> {
        let shelf = self.collection().shelf(self.asker.user, owner, self.asker.guild).await?;
        Ok(self.invocation.update(self.view.shelf(&shelf, owner, self.asker.user, page)).await?)
    }

    async fn release(&self, copies: u32, slug: Slug) -> Result<()> {
        let character = CharacterId::Shipped(slug);
        let left = self.collection().release(self.asker.user, &character, copies.into()).await?;
        let args = Args::new().typed("character", &self.collection().name(&character)).number("left", left);
        let text = self.view.say(texts::COLLECTION_RELEASED, &args);
        Ok(self.invocation.update(Reply::text(text).components(Vec::new())).await?)
    }

    /// Opens what was chosen of a server's packs, and closes the others.
    async fn packs(&self) -> Result<()> {
        let permissions = self.of.member.as_ref().and_then(|member| member.permissions);
        if !permissions.is_some_and(Permissions::manage_guild) {
            return Err(Refusal::MemberPermissions.into());
        }
        let Some(guild) = self.asker.guild else { return Err(Refusal::GuildOnly.into()) };
        let collection = self.collection();
        // One change a pack, each with its line in the audit log.
        self.invocation.defer_update().await?;
        for pack in collection.packs() {
            let open = self.chosen().iter().any(|name| name == pack.name);
            collection.set_pack(guild, self.asker.user, pack.name, open).await?;
        }
        let open = collection.open_packs(guild).await?;
        Ok(self.invocation.edit(self.view.packs(&open, self.asker.user)).await?)
    }
}
