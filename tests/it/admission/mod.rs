//! Admission on real stores: exact limits over processes and days, every end of a call, every store away.

mod calls;
mod ends;
mod exact;
mod line;
mod policies;
mod trips;

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use secrecy::SecretString;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use troupe::{
    ai::Gateway,
    cold::Cold,
    config::{Live, LiveSettings, Settings},
    domain::{
        denial::Denial,
        ids::{ChannelId, GuildId, InteractionId, Place, UserId},
        policy::WindowLimit,
        quota::{Quotas, TierQuota},
        usage::Feature,
    },
    gates::{Admission, Ask, Gate, Gates, Parts, PromptTokens},
    hot::{Clock, Hot, Redis},
    warm::{policies::Policies, switches::Switches},
};

use crate::support::{PATIENCE, eventually, redis::Redis as Server, values};

/// 2026-01-01T00:00:00Z.
const START_MS: i64 = 1_767_225_600_000;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
const LIFE: Duration = Duration::from_secs(70);

/// One process's worth of admission.
struct Process {
    gates: Gates,
    policies: Policies,
    switches: Switches,
    live: Live,
    tracker: TaskTracker,
    stop: CancellationToken,
}

impl Process {
    fn start(redis: Option<&Server>, database: &SecretString, quotas: Quotas, clock: &Clock) -> Self {
        Self::with(redis, database, quotas, clock, "http://127.0.0.1:9/v1", LIFE)
    }

    fn with(
        redis: Option<&Server>,
        database: &SecretString,
        quotas: Quotas,
        clock: &Clock,
        model: &str,
        lease_life: Duration,
    ) -> Self {
        let redis = redis.map(|server| {
            Redis::new(&server.secret_url(), "gates:", clock.clone())
                .expect("an address")
                .with_deadline(PATIENCE)
        });
        let hot = Hot::new(redis, clock.clone());
        let cold = Cold::new(database);
        let policies = Policies::new(hot.clone(), cold.clone());
        let switches = Switches::new(hot.clone(), cold);
        let live = Live::new(LiveSettings { ai_disabled: false, log_filter: String::new() });
        let (settings, ..) =
            Settings::from_values(&values(&[("OPENAI_BASE_URL", model), ("OPENAI_MODEL", "some-model")]))
                .expect("defaults");
        let ai = Gateway::new(&settings.ai, hot.clone()).expect("a client");
        let (tracker, stop) = (TaskTracker::new(), CancellationToken::new());
        let gates = Gates::new(Parts {
            hot: hot.clone(),
            policies: policies.clone(),
            switches: switches.clone(),
            live: live.clone(),
            ai,
            quotas,
            lease_life,
            tracker: tracker.clone(),
            stop: stop.clone(),
        });
        Self { gates, policies, switches, live, tracker, stop }
    }

    /// Reads the policies of these members, however busy the machine is.
    async fn knows(&self, members: impl IntoIterator<Item = u64>) {
        for member in members {
            eventually("policies", || async {
                let (policies, member) = (self.policies.clone(), user(member));
                let read = async move {
                    policies.guild(guild(1)).await.ok()?;
                    policies.user(member).await.ok()
                };
                tokio::spawn(read).await.expect("no panic")
            })
            .await;
        }
    }

    /// The outcome for one who does not wait in line.
    async fn admit(&self, ask: &Ask) -> Result<Admission, Denial> {
        match self.gates.admit(ask).await? {
            Gate::Open(admission) => Ok(admission),
            Gate::Line(line) => panic!("a line: {line:?}"),
        }
    }

    /// Waits for what goes on behind the calls.
    async fn settled(&self) {
        self.tracker.close();
        tokio::time::timeout(PATIENCE, self.tracker.wait()).await.expect("everything ends");
        self.tracker.reopen();
    }
}

/// Limits that no test meets by accident.
fn roomy() -> Quotas {
    let mut quotas = Quotas { slots: 10_000, guild_slots: 10_000, ..Quotas::default() };
    for tier in [&mut quotas.free, &mut quotas.pro] {
        let TierQuota { talk, scene, user_window, guild_window, .. } = tier;
        for feature in [talk, scene] {
            for limit in [
                &mut feature.user_day,
                &mut feature.user_week,
                &mut feature.guild_day,
                &mut feature.guild_week,
                &mut feature.tokens_day,
                &mut feature.tokens_week,
            ] {
                *limit = 1_000_000;
            }
        }
        *user_window = WindowLimit { calls: 10_000, seconds: 30 };
        *guild_window = WindowLimit { calls: 10_000, seconds: 30 };
    }
    quotas
}

fn guild(number: u64) -> GuildId {
    GuildId::new(number).expect("an id")
}

fn user(number: u64) -> UserId {
    UserId::new(number).expect("an id")
}

/// A new interaction of that member in guild 1.
fn ask(of: u64) -> Ask {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    Ask {
        interaction: InteractionId::new(NEXT.fetch_add(1, Ordering::Relaxed)).expect("an id"),
        user: user(of),
        place: Place::Guild(guild(1)),
        channel: ChannelId::new(5).expect("an id"),
        parent: None,
        roles: Vec::new(),
        feature: Feature::Talk,
        character: "shipped:mira".parse().expect("a character"),
        tokens: PromptTokens { least: 100, most: 500 },
        recall: true,
    }
}

/// A clock that the test moves.
fn manual(at: i64) -> (Clock, Arc<AtomicI64>) {
    let now = Arc::new(AtomicI64::new(at));
    (Clock::Manual(Arc::clone(&now)), now)
}

/// All keys with their values' fingerprints.
async fn keys(server: &Server) -> Vec<(String, Vec<u8>)> {
    let mut names: Vec<String> = server.run(redis::cmd("KEYS").arg("*")).await;
    names.sort();
    let mut all = Vec::new();
    for name in names {
        let value: Option<Vec<u8>> = server.run(redis::cmd("DUMP").arg(&name)).await;
        all.push((name, value.unwrap_or_default()));
    }
    all
}

/// The names of the keys that admission counts by, without records of what has ended and copies of policies.
async fn counted(server: &Server) -> Vec<String> {
    let is_counted =
        |name: &String| !name.contains("ai:lease:") && !name.contains("settings") && !name.contains("policy");
    keys(server).await.into_iter().map(|(name, _)| name).filter(is_counted).collect()
}
