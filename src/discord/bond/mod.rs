//! Bonds on Discord: what `/bond` shows, and the buttons below it.

mod custom_id;
mod pages;
mod view;

use serenity::all::{ButtonStyle, CreateActionRow, CreateButton};

use custom_id::Act;
pub(super) use custom_id::BondButton;
pub(crate) use pages::{Page, Ranks};

use super::{Invocation, Reply};
use crate::cold::ColdError;
use crate::domain::character::CharacterId;
use crate::domain::denial::Denial;
use crate::domain::ids::UserId;
use crate::domain::persona::Persona;
use crate::error::{Error, Result};
use crate::i18n::{Args, Text, texts};

impl Invocation<'_> {
    /// Whose bonds these are.
    pub(crate) fn member(&self) -> UserId {
        UserId::new(self.actor().user.get()).expect("Discord's ids have 63 bits")
    }

    /// One's bond with a character: picture and text. Deferred before.
    ///
    /// # Errors
    /// A failure, to be told to the member.
    pub(crate) async fn show_bond(&self, persona: &Persona, name: &str) -> Result<()> {
        let bonds = self.data().talk.bonds();
        let reply = match bonds.get(self.member(), &persona.id).await {
            Ok(bond) => view::reply(self.page(), persona, name, bond.as_ref()).await,
            Err(error) => self.away(error)?,
        };
        Ok(self.edit(reply).await?)
    }

    /// A page of one's bonds, from 0. Deferred before.
    ///
    /// # Errors
    /// A failure, to be told to the member.
    pub(crate) async fn show_bonds(&self, page: u8) -> Result<()> {
        let reply = match self.data().talk.bonds().list(self.member()).await {
            Ok(all) => self.page().list(self.member(), &all, page).await,
            Err(error) => self.away(error)?,
        };
        Ok(self.edit(reply).await?)
    }

    /// Asks whether a bond is to be erased.
    ///
    /// # Errors
    /// When Discord takes no answer.
    pub(crate) async fn ask_to_erase_bond(&self, persona: &Persona) -> Result<()> {
        let button = |act, text, style| {
            let id = BondButton { act, asker: self.member() }.to_string();
            CreateButton::new(id).label(self.catalog().text(self.locale(), text)).style(style)
        };
        let row = CreateActionRow::Buttons(vec![
            button(Act::Erase(persona.id.clone()), texts::BOND_ERASE_BUTTON, ButtonStyle::Danger),
            button(Act::Keep(persona.id.clone()), texts::BOND_KEEP_BUTTON, ButtonStyle::Secondary),
        ]);
        let question = self.of(texts::BOND_ERASE_ASK, persona);
        Ok(self.reply(Reply::text(question).components(vec![row]).ephemeral()).await?)
    }

    /// What a member reads while PostgreSQL is away.
    ///
    /// # Errors
    /// Any other failure.
    pub(crate) fn away(&self, error: ColdError) -> Result<Reply> {
        if !error.is_outage() {
            return Err(Error::failed(error));
        }
        tracing::warn!(%error, "a bond can't be read or changed now");
        Ok(Reply::text(self.catalog().text(self.locale(), texts::BOND_AWAY)).components(Vec::new()))
    }

    /// A text about a character.
    pub(crate) fn of(&self, text: Text, persona: &Persona) -> String {
        self.catalog().format(self.locale(), text, &Args::new().typed("character", &persona.name))
    }

    /// What bonds are written with.
    pub(crate) fn page(&self) -> Page<'_> {
        Page { data: self.data(), locale: self.locale() }
    }
}

/// A button was pressed.
///
/// # Errors
/// A refusal or a failure, to be told to the member.
pub(super) async fn pressed(invocation: Invocation<'_>, button: BondButton) -> Result<()> {
    if button.asker != invocation.member() {
        return Err(Denial::NotYours.into());
    }
    invocation.defer_update().await?;
    match button.act {
        Act::List(page) => invocation.show_bonds(page).await,
        Act::Erase(character) => erase(invocation, &character).await,
        Act::Keep(character) => {
            let persona = invocation.data().characters.known(&character).await?;
            let text = invocation.of(texts::BOND_KEPT, &persona);
            Ok(invocation.edit(Reply::text(text).components(Vec::new())).await?)
        }
    }
}

async fn erase(invocation: Invocation<'_>, character: &CharacterId) -> Result<()> {
    let persona = invocation.data().characters.known(character).await?;
    let reply = match invocation.data().talk.bonds().erase(invocation.member(), character).await {
        Ok(there) => {
            let text = if there { texts::BOND_ERASED } else { texts::BOND_NONE_WITH };
            Reply::text(invocation.of(text, &persona)).components(Vec::new())
        }
        Err(error) => invocation.away(error)?,
    };
    Ok(invocation.edit(reply).await?)
}
