//! The characters of a database, as a process without Redis has them.

use std::sync::Arc;

use troupe::{
    cold::Cold,
    features::{
        cast::Cast,
        characters::Characters,
        collection::{self, Collection},
    },
    hot::{Clock, Hot},
    warm::policies::Policies,
};

use super::loaded;

pub fn characters(cold: &Cold) -> Characters {
    let cast = Arc::new(Cast::shipped());
    let collection = Collection::new(collection::Parts {
        cold: cold.clone(),
        policies: Policies::new(Hot::new(None, Clock::System), cold.clone()),
        cast: Arc::clone(&cast),
        settings: loaded(&[]).settings.collection,
        clock: Clock::System,
    });
    Characters::new(cast, collection, cold.clone(), Clock::System)
}
