//! The composition root: builds every part from the settings, runs them, and stops them in order.
//!
//! This file and `build` see everything. The bot itself comes in as a function, so that nothing here
//! knows Discord and the frame can be run and tested without it.

mod build;

use std::{error::Error, io, sync::Arc, time::Duration};

use futures::FutureExt;
use secrecy::SecretString;
use tokio::{
    sync::watch,
    task::{JoinError, JoinHandle},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    ai::{Gateway, GatewayError},
    cold::{self, Cold, Database, DatabaseError},
    config::{Live, Loaded, Settings},
    features::{characters::Characters, collection::Collection, talk::Talk},
    gates::Gates,
    hot::{Clock, Hot, HotError, Mode},
    jobs,
    ops::{
        clock::{ClockError, Follower},
        health::{Component, Health},
        http::{self, Away, Gallery, ListenError},
        logging::{self, LogControl, LogError},
        metrics::{Metrics, MetricsError},
        probe::{self, Pace, Verdict},
        reload::Reloader,
        shutdown::{self, Reason, Stages},
        traces::{Traces, TracesError},
    },
    warm::{leader::Leader, policies::Policies, queue::Durable, switches::Switches},
};

/// Time for the bot to close its shards and return.
const CLOSE_DEADLINE: Duration = Duration::from_secs(10);
/// Time for what goes on after an answer, once no command runs any more.
const SETTLE_DEADLINE: Duration = Duration::from_secs(3);
/// Time for background tasks to end.
const OPS_DEADLINE: Duration = Duration::from_secs(3);

/// What the bot is given: all parts, built and running. Clones share them.
#[derive(Debug, Clone)]
pub struct App {
    /// Settings that hold from start to end.
    pub settings: Arc<Settings>,
    /// Settings that may change at any moment.
    pub live: Live,
    /// Where the bot says how its gateway is doing.
    pub health: Health,
    /// When to stop what; commands under way belong in its tracker.
    pub stages: Stages,
    /// PostgreSQL: the one that DATABASE_URL names, or the private one.
    pub cold: Cold,
    /// The hot store: Redis where configured, else this process alone.
    pub hot: Hot,
    /// The way of durable writes to PostgreSQL; what meets an outage waits.
    pub durable: Durable,
    /// What guilds' admins and operators decided, read fast.
    pub policies: Policies,
    /// The kill switches that operators set while the bot runs.
    pub switches: Switches,
    /// The models.
    pub ai: Gateway,
    /// Admission.
    pub gates: Gates,
    /// The characters.
    pub characters: Characters,
    /// Members' collections.
    pub collection: Collection,
    /// Talking to them.
    pub talk: Talk,
    /// What goes on after an answer: settling and recording. The stop waits for it.
    pub settling: TaskTracker,
}

/// Why a run failed.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// A setting that only running needs is missing.
    #[error(
        "DISCORD_TOKEN is not set: put the bot's token in .env or the environment, or try script/run for a local Discord"
    )]
    NoToken,
    /// Logging.
    #[error(transparent)]
    Log(#[from] LogError),
    /// Traces.
    #[error(transparent)]
    Traces(#[from] TracesError),
    /// Metrics.
    #[error(transparent)]
    Metrics(#[from] MetricsError),
    /// The ops server.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// Signals.
    #[error("can't listen to signals: {0}")]
    Signals(#[from] io::Error),
    /// The private database.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// Redis's settings.
    #[error(transparent)]
    Hot(#[from] HotError),
    /// A clock that is to be followed.
    #[error(transparent)]
    Clock(#[from] ClockError),
    /// The models' settings.
    #[error(transparent)]
    Model(#[from] GatewayError),
    /// The thread of waiting writes.
    #[error("can't start the thread that keeps waiting writes: {0}")]
    Queue(io::Error),
    /// The bot gave up.
    #[error("the bot failed: {0}")]
    Bot(Box<dyn Error + Send + Sync>),
    /// The bot returned, and nobody had asked it to.
    #[error("the bot ended by itself")]
    BotEnded,
    /// The bot panicked.
    #[error("the bot crashed: {0}")]
    BotCrashed(JoinError),
    /// The bot did not close in time.
    #[error("the bot did not close its shards within {} s", CLOSE_DEADLINE.as_secs())]
    BotStuck,
}

/// Runs the bot until a signal stops it.
///
/// `bot` gets the [`App`] and runs until `app.stages.closing`; it stops taking commands at
/// `app.stages.draining` and reports to `app.health.gateway`. When it ends before it was asked to, the run
/// fails: the supervisor restarts the process.
///
/// # Errors
/// A [`RunError`] when something could not start, or the bot failed.
pub async fn run<B, F, E>(loaded: Loaded, bot: B) -> Result<(), RunError>
where
    B: FnOnce(App) -> F,
    F: Future<Output = Result<(), E>> + Send + 'static,
    E: Into<Box<dyn Error + Send + Sync>> + Send + 'static,
{
    if loaded.settings.discord.token.is_none() {
        return Err(RunError::NoToken);
    }
    let settings = &loaded.settings;
    let traces = Traces::start(&settings.traces, settings.ops.environment.name())?;
    let log = logging::start(settings.ops.log_format, &loaded.live.log_filter, traces.as_ref())?;
    for warning in &loaded.warnings {
        tracing::warn!("{warning}");
    }
    // Signals first: one that comes while the rest starts must not be lost.
    let stop = shutdown::signals()?;
    let database = Database::keep(&loaded.settings).await?;
    let outcome = run_on(&database, &loaded, log, stop, bot).await;
    // Last of all: whatever ran may have written until now.
    database.close().await;
    if let Some(traces) = traces {
        traces.stop().await;
    }
    if let Err(error) = &outcome {
        tracing::error!(%error, "stopped");
    } else {
        tracing::info!("stopped");
    }
    outcome
}

/// Runs the bot with a database that outlives it.
async fn run_on<B, F, E>(
    database: &Database,
    loaded: &Loaded,
    log: LogControl,
    stop: impl Future<Output = Reason>,
    bot: B,
) -> Result<(), RunError>
where
    B: FnOnce(App) -> F,
    F: Future<Output = Result<(), E>> + Send + 'static,
    E: Into<Box<dyn Error + Send + Sync>> + Send + 'static,
{
    let (clock, follower) = clock(&loaded.settings).await?;
    let app = build::app(loaded, database.url(), clock)?;
    let background = TaskTracker::new();
    let reloader = Reloader::new(loaded, app.live.clone(), log);
    background.spawn(reloader.listen(app.stages.ops.clone())?);
    start_ops(&app, &background).await?;
    background.spawn(follow_clock(follower, app.stages.ops.clone()));
    start_probes(&app, database.migrate_url().clone(), &background);

    let bot = tokio::spawn(bot(app.clone()));
    tracing::info!(version = env!("CARGO_PKG_VERSION"), environment = ?app.settings.ops.environment, "running");
    let outcome = until_stopped(&app, stop, bot).await;

    app.stages.ops.cancel();
    background.close();
    if tokio::time::timeout(OPS_DEADLINE, background.wait()).await.is_err() {
        tracing::warn!(tasks = background.len(), "background tasks did not end in time");
    }
    outcome
}

/// The clock that all parts go by, read once where it is one to follow.
async fn clock(settings: &Settings) -> Result<(Clock, Option<Follower>), RunError> {
    let Some(url) = &settings.ops.clock_url else { return Ok((Clock::System, None)) };
    let follower = Follower::new(url)?;
    match follower.read().await {
        Ok(ahead) => tracing::info!(ahead_s = ahead / 1_000, "time is that of the clock at CLOCK_URL"),
        Err(error) => tracing::warn!(%error, "time is this machine's until it can"),
    }
    Ok((follower.clock(), Some(follower)))
}

async fn follow_clock(follower: Option<Follower>, stop: CancellationToken) {
    if let Some(follower) = follower {
        follower.follow(stop).await;
    }
}

async fn start_ops(app: &App, background: &TaskTracker) -> Result<(), RunError> {
    let metrics = Metrics::install()?;
    background.spawn(metrics.clone().upkeep(app.stages.ops.clone()));
    if let Some(address) = app.settings.ops.http_addr {
        let listener = http::bind(address).await?;
        let address = listener.local_addr()?;
        tracing::info!(%address, "serving /healthz, /readyz, /metrics and /avatars");
        let (health, stop) = (app.health.clone(), app.stages.ops.clone());
        background.spawn(http::serve(listener, health, metrics, gallery(&app.characters), stop));
    }
    Ok(())
}

fn gallery(characters: &Characters) -> Gallery {
    let (shipped, characters) = (characters.cast().pictures(), characters.clone());
    let custom = move |id, version| {
        let characters = characters.clone();
        async move { characters.picture(id, version).await.map_err(|_| Away) }.boxed()
    };
    Gallery { shipped, custom: Arc::new(custom) }
}

fn start_probes(app: &App, database: SecretString, background: &TaskTracker) {
    let stop = || app.stages.ops.clone();
    let (schema, blocked) = watch::channel(Some("not migrated yet".to_owned()));
    let (cold, component) = (app.cold.clone(), app.health.postgres.clone());
    let probe = async move || verdict(cold.ping().await);
    background.spawn(probe::keep(Pace::default(), stop(), probe, move |verdict| {
        match (verdict, &*blocked.borrow()) {
            (Verdict::Fails(reason), _) => component.down(&reason),
            (Verdict::Works, Some(reason)) => component.down(reason),
            (Verdict::Works, None) => component.ready(),
        }
    }));
    let (component, may_migrate) = (app.health.postgres.clone(), app.settings.cold.migrate_on_start);
    let (jobs_of, tracker) = (app.clone(), background.clone());
    background.spawn(stop().run_until_cancelled_owned(async move {
        let report = |reason: &str| drop(schema.send_replace(Some(format!("not migrated yet: {reason}"))));
        cold::bring_up_to_date(&database, may_migrate, report).await;
        schema.send_replace(None);
        component.ready();
        // Not before: they need the tables.
        start_jobs(&jobs_of, &tracker);
    }));
    if app.hot.redis().is_some() {
        background.spawn(app.hot.clone().keep(stop()));
        background.spawn(stop().run_until_cancelled_owned(follow(app.hot.modes(), app.health.redis.clone())));
    }
    let (postgres, queue) = (app.health.postgres.clone(), app.health.queue.clone());
    background.spawn(app.durable.clone().keep_draining(postgres, queue, stop()));
    background.spawn(app.policies.clone().listen(stop()));
    background.spawn(app.switches.clone().keep(stop()));
    background.spawn(app.ai.clone().keep(stop()));
    let (trouble, component) = (app.ai.trouble(), app.health.model.clone());
    background.spawn(stop().run_until_cancelled_owned(follow_model(trouble, component)));
}

/// Writes into health who is in charge of the hot store. Without Redis the bot goes on with limits of its own:
/// degraded, not down.
async fn follow(mut modes: watch::Receiver<Mode>, component: Component) {
    while modes.changed().await.is_ok() {
        let mode = *modes.borrow_and_update();
        match mode {
            Mode::Redis => component.ready(),
            Mode::Local { reason, .. } => {
                component.degraded(&format!("Redis {reason}; limits hold for this process alone"));
            }
        }
    }
}

/// Writes into health whether models answer. Everything but talking works without them: degraded, not down.
async fn follow_model(mut trouble: watch::Receiver<Option<String>>, component: Component) {
    loop {
        match trouble.borrow_and_update().as_deref() {
            None => component.ready(),
            Some(why) => component.degraded(why),
        }
        if trouble.changed().await.is_err() {
            return;
        }
    }
}

fn start_jobs(app: &App, background: &TaskTracker) {
    let cold = app.cold.clone();
    let leader = Leader::new(app.hot.clone(), cold.clone());
    let parts = jobs::Parts { hot: app.hot.clone(), cold, retention: app.settings.retention };
    jobs::start(jobs::all(&parts), &leader, background, &app.stages.ops);
}

fn verdict<E: Error>(result: Result<(), E>) -> Verdict {
    result.map_or_else(|error| Verdict::Fails(error.to_string()), |()| Verdict::Works)
}

/// Waits for a signal, or for the bot to end before one, and runs the stages of the stop. Commands under way
/// get their time in either case: they need Discord's REST, and not the gateway that may just have died.
async fn until_stopped<E>(
    app: &App,
    stop: impl Future<Output = Reason>,
    mut bot: JoinHandle<Result<(), E>>,
) -> Result<(), RunError>
where
    E: Into<Box<dyn Error + Send + Sync>>,
{
    let ended = tokio::select! {
        ended = &mut bot => {
            tracing::error!("the bot ended: stopping");
            Some(flatten(ended).and(Err(RunError::BotEnded)))
        }
        Reason::Signal(signal) = stop => {
            tracing::info!(signal, "stopping: no new commands; a second signal ends at once");
            None
        }
    };
    app.health.stopping();
    let left = app.stages.drain(app.settings.ops.shutdown_grace).await;
    if left > 0 {
        tracing::error!(commands = left, "grace is over: these commands are cut off");
    }
    app.settling.close();
    if tokio::time::timeout(SETTLE_DEADLINE, app.settling.wait()).await.is_err() {
        let left = app.settling.len();
        tracing::error!(left, "calls could not be settled in time: what they hold runs out by itself");
    }
    app.stages.closing.cancel();
    if let Some(ended) = ended {
        return ended;
    }
    if let Ok(ended) = tokio::time::timeout(CLOSE_DEADLINE, &mut bot).await {
        flatten(ended)
    } else {
        bot.abort();
        Err(RunError::BotStuck)
    }
}

fn flatten<E>(ended: Result<Result<(), E>, JoinError>) -> Result<(), RunError>
where
    E: Into<Box<dyn Error + Send + Sync>>,
{
    match ended {
        Ok(result) => result.map_err(|error| RunError::Bot(error.into())),
        Err(error) => Err(RunError::BotCrashed(error)),
    }
}
