//! Collections: offers on a real database, who may talk with whom, races of several processes, and the whole flow on the
//! real program.

mod crew;
mod flow;
mod offers;
mod opens;
mod races;
mod trades;

use std::sync::Arc;

use secrecy::SecretString;
use troupe::{
    cold::Cold,
    config::CollectionSettings,
    domain::collection::{Origin, Rarity},
    features::{
        cast::Cast,
        collection::{Collection, Parts},
    },
    hot::{Clock, Hot},
    warm::policies::Policies,
};

use crate::cold_stores::{character, user};

/// Collections over that database, as one process has them.
pub fn process(url: &SecretString, settings: CollectionSettings) -> Collection {
    let cold = Cold::new(url);
    let policies = Policies::new(Hot::new(None, Clock::System), cold.clone());
    let cast = Arc::new(Cast::shipped());
    Collection::new(Parts { cold, policies, cast, settings, clock: Clock::System })
}

/// Gives a member one copy of a shipped character.
pub async fn has(connection: &mut troupe::cold::Connection, owner: u64, slug: &str) {
    let character = character(&format!("shipped:{slug}"));
    let item = troupe::cold::collection::Item {
        character: &character,
        rarity: Some(Rarity::Rare),
        origin: Origin::Starter,
    };
    troupe::cold::collection::give(connection, user(owner), item, 100).await.expect("given");
}
