//! Buttons and forms: by its custom id, each goes to the feature that made it.

use futures::FutureExt as _;
use serenity::all::{ComponentInteraction, ModalInteraction};

use super::bond::{self, BondButton};
use super::character::{self, CharacterButton, CharacterForm, Visit};
use super::collection;
use super::on_error::{self, Problem};
use super::pipeline::{Invocation, Outcome};
use super::show::CustomId;
use super::talk::{self, form};
use crate::error::{Refusal, Result};

/// A button was pressed.
pub(super) async fn pressed(invocation: &Invocation<'_>, of: &ComponentInteraction, what: &str) -> Outcome {
    let id = &of.data.custom_id;
    let result = if let Some(id) = CustomId::parse(id) {
        talk::pressed(*invocation, of, id).boxed().await
    } else if let Some(id) = CharacterButton::parse(id) {
        character::pressed(*invocation, of, id).boxed().await
    } else if let Some(id) = collection::CustomId::parse(id) {
        collection::pressed(*invocation, of, id).boxed().await
    } else if let Some(button) = BondButton::parse(id) {
        bond::pressed(*invocation, button).boxed().await
    } else {
        Err(Refusal::ExpiredComponent.into())
    };
    outcome(invocation, what, result).await
}

/// A form was sent off.
pub(super) async fn submitted(invocation: &Invocation<'_>, of: &ModalInteraction, what: &str) -> Outcome {
    if let Some(id) = CharacterForm::parse(&of.data.custom_id) {
        let visit = Visit::new(*invocation, &of.user);
        return outcome(invocation, what, visit.submitted(of, id).boxed().await).await;
    }
    let result = match form::character_of(&of.data.custom_id) {
        Some(character) => form::submitted(*invocation, of, &character).boxed().await,
        None => Err(Refusal::ExpiredComponent.into()),
    };
    outcome(invocation, what, result).await
}

async fn outcome(invocation: &Invocation<'_>, what: &str, result: Result<()>) -> Outcome {
    match result {
        Ok(()) => Outcome::Done,
        Err(error) => on_error::handle(invocation, what, Problem::from(error)).await,
    }
}
