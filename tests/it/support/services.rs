//! What commands do their work with, over stores that are not there: for commands that need none of it.

use std::sync::Arc;

use secrecy::SecretString;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use troupe::ai::Gateway;
use troupe::cold::Cold;
use troupe::config::{Live, Settings, Values};
use troupe::discord::{ModelNames, Services};
use troupe::features::cast::Cast;
use troupe::features::characters::Characters;
use troupe::features::collection::{self, Collection};
use troupe::features::talk::{self, Talk};
use troupe::gates::{self, Gates};
use troupe::hot::{Clock, Hot};
use troupe::warm::{policies::Policies, queue::Durable, switches::Switches};

pub fn services() -> Services {
    let (settings, live, _) = Settings::from_values(&Values::merge([], [])).expect("settings");
    let cold = Cold::new(&SecretString::from("postgres://nobody@127.0.0.1:9/nowhere"));
    let hot = Hot::new(None, Clock::System);
    let folder = tempfile::tempdir().expect("a folder");
    let durable = Durable::new(cold.clone(), hot.clone(), false, folder.path(), 1 << 20).expect("a queue");
    let policies = Policies::new(hot.clone(), cold.clone());
    let switches = Switches::new(hot.clone(), cold.clone());
    let (live, tracker) = (Live::new(live), TaskTracker::new());
    let ai = Gateway::new(&settings.ai, hot.clone()).expect("a gateway");
    let cast = Arc::new(Cast::shipped());
    let gates = Gates::new(gates::Parts {
        hot: hot.clone(),
        policies: policies.clone(),
        switches: switches.clone(),
        live: live.clone(),
        ai: ai.clone(),
        quotas: settings.limits.quotas,
        lease_life: settings.limits.lease_life,
        tracker: tracker.clone(),
        stop: CancellationToken::new(),
    });
    let collection = Collection::new(collection::Parts {
        cold: cold.clone(),
        policies: policies.clone(),
        cast: Arc::clone(&cast),
        settings: settings.collection,
        clock: hot.clock().clone(),
    });
    let characters = Characters::new(cast, collection.clone(), cold.clone(), Clock::System);
    let talk = Talk::new(talk::Parts {
        gates: gates.clone(),
        characters: characters.clone(),
        ai,
        hot,
        cold,
        durable,
        policies: policies.clone(),
        tracker,
        settings: settings.talk,
    });
    Services {
        switches,
        live,
        names: ModelNames::default(),
        gates,
        talk,
        characters,
        collection,
        policies,
        clock: Clock::System,
    }
}
