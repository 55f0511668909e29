//! Every part, made from the settings and from the parts below it.

use std::sync::Arc;

use secrecy::SecretString;
use tokio_util::task::TaskTracker;

use super::{App, RunError};
use crate::{
    ai::Gateway,
    cold::Cold,
    config::{Live, Loaded},
    features::{
        cast::Cast,
        characters::Characters,
        collection::{self, Collection},
        talk::{self, Talk},
    },
    gates::{self, Gates},
    hot::{Address, Clock, Hot, Redis},
    ops::{health::Health, shutdown::Stages},
    trace::Shown,
    warm::{
        policies::Policies,
        queue::{self, Durable},
        switches::Switches,
    },
};

/// All parts from the settings, by that clock; nothing runs yet.
pub(super) fn app(loaded: &Loaded, database: &SecretString, clock: Clock) -> Result<App, RunError> {
    let settings = Arc::new(loaded.settings.clone());
    let address = Address::from_settings(&settings.hot)?;
    let redis = address.map(|address| Redis::at(address, &settings.hot.prefix, clock.clone())).transpose()?;
    let has_redis = redis.is_some();
    let shown = if settings.traces.values { Shown::Values } else { Shown::Patterns };
    let watched = settings.traces.endpoint.as_ref().map(|_| shown);
    let hot = Hot::new(redis, clock.clone()).showing(shown);
    let cold = Cold::watched(database, settings.cold.connections, watched);
    let health = Health::new(true, has_redis);
    let folder = queue::folder(&settings.ops.data_dir);
    let most_bytes = settings.ops.queue_file_bytes;
    let durable =
        Durable::new(cold.clone(), hot.clone(), has_redis, &folder, most_bytes).map_err(RunError::Queue)?;
    let (live, stages) = (Live::new(loaded.live.clone()), Stages::default());
    let policies = Policies::new(hot.clone(), cold.clone());
    let switches = Switches::new(hot.clone(), cold.clone());
    let ai = Gateway::new(&settings.ai, hot.clone())?;
    let settling = TaskTracker::new();
    let gates = Gates::new(gates::Parts {
        hot: hot.clone(),
        policies: policies.clone(),
        switches: switches.clone(),
        live: live.clone(),
        ai: ai.clone(),
        quotas: settings.limits.quotas,
        lease_life: settings.limits.lease_life,
        tracker: settling.clone(),
        stop: stages.hand_back.clone(),
    });
    let cast = Arc::new(Cast::shipped().with_avatars_at(settings.ops.avatar_base_url.clone()));
    let collection = Collection::new(collection::Parts {
        cold: cold.clone(),
        policies: policies.clone(),
        cast: Arc::clone(&cast),
        settings: settings.collection,
        clock: clock.clone(),
    });
    let characters = Characters::new(cast, collection.clone(), cold.clone(), clock);
    let talk = Talk::new(talk::Parts {
        gates: gates.clone(),
        characters: characters.clone(),
        ai: ai.clone(),
        hot: hot.clone(),
        cold: cold.clone(),
        durable: durable.clone(),
        policies: policies.clone(),
        tracker: settling.clone(),
        settings: settings.talk,
    });
    Ok(App {
        settings,
        live,
        health,
        stages,
        cold,
        hot,
        durable,
        policies,
        switches,
        ai,
        gates,
        characters,
        collection,
        talk,
        settling,
    })
}
