//! The real program on a local Discord and its model, with stores of its own.

use diesel_async::SimpleAsyncConnection as _;
use secrecy::{ExposeSecret, SecretString};
use tempfile::TempDir;
use troupe::cold::migrations::{Direction, migrate};
use troupe::discord::rest::Rest;
use troupe_sandbox::drive::{LocalDiscord, Member, Message, Reply, Units as _};
use troupe_sandbox::ids::Id;
use troupe_sandbox::model::{Pace, Script};

use crate::support::eventually;
use crate::support::postgres::{Database, Postgres, migrated};
use crate::support::program::{Running, get};
use crate::support::redis::Redis;

/// What every test's bot is told beside its addresses: windows so wide that no test meets them by chance.
const WIDE: [(&str, &str); 4] = [
    ("HTTP_ADDR", "127.0.0.1:0"),
    ("FREE_USER_WINDOW", "100/30"),
    ("FREE_GUILD_WINDOW", "100/30"),
    ("AI_CONCURRENCY_PER_GUILD", "10"),
];

/// What the log says of work that did not end in order.
const DISORDER: [&str; 4] = [
    "grace is over",
    "calls could not be settled in time",
    "background tasks did not end in time",
    "lost after a talk",
];

pub struct Stage {
    pub discord: LocalDiscord,
    pub bot: Running,
    pub ops: String,
    base: Base,
    redis: Option<Redis>,
    /// Where the program keeps files: the same after a restart.
    _files: Option<TempDir>,
    environment: Vec<(String, String)>,
}

/// Where PostgreSQL comes from.
enum Base {
    /// A private database of the program's, or another stage's.
    Elsewhere,
    /// A server that all tests share.
    Shared(Database),
    /// A server that the test may harm.
    Own(Box<Postgres>),
}

impl Stage {
    /// With PostgreSQL and Redis.
    pub async fn set() -> Self {
        Self::set_with(&[]).await
    }

    /// The same with these settings.
    pub async fn set_with(more: &[(&str, &str)]) -> Self {
        Self::start(Some(migrated().await), Some(Redis::start().await), more, "").await
    }

    /// The same with an `.env` file, which a SIGHUP rereads.
    pub async fn set_with_file(file: &str) -> Self {
        Self::start(Some(migrated().await), Some(Redis::start().await), &[], file).await
    }

    /// With PostgreSQL alone, and these settings.
    pub async fn set_without_redis(more: &[(&str, &str)]) -> Self {
        Self::start(Some(migrated().await), None, more, "").await
    }

    /// With nothing but the program: a private database, and limits in its own memory.
    pub async fn alone() -> Self {
        Self::start(None, None, &[], "").await
    }

    /// With PostgreSQL alone.
    pub async fn without_redis(more: &[(&str, &str)]) -> Self {
        Self::start(Some(migrated().await), None, more, "").await
    }

    /// With PostgreSQL and Redis, on a Discord that runs.
    pub async fn on(discord: LocalDiscord, more: &[(&str, &str)]) -> Self {
        let base = Base::Shared(migrated().await);
        Self::begin_on(discord, base, Some(Redis::start().await), more, "").await
    }

    /// With a PostgreSQL that the test may kill.
    pub async fn set_on_own(more: &[(&str, &str)]) -> Self {
        let options = ["max_connections=60"];
        let (server, redis) = tokio::join!(Postgres::start_with(&[], &options), Redis::start());
        migrate(&server.secret_url(), Direction::Up).await.expect("migrations");
        let made = troupe::cold::connect(&server.secret_url(), std::time::Duration::ZERO).await;
        let partitions = "SELECT troupe_ensure_partitions(1)";
        made.expect("a connection").batch_execute(partitions).await.expect("partitions");
        Self::begin(Base::Own(Box::new(server)), Some(redis), more, "").await
    }

    /// Another Discord with a bot of its own, on this one's stores.
    pub async fn beside(&self, more: &[(&str, &str)]) -> Self {
        let stores = ["DATABASE_URL", "REDIS_URL"].map(|name| (name, self.setting(name)));
        let given: Vec<_> = stores.into_iter().chain(more.iter().copied()).collect();
        Self::begin(Base::Elsewhere, None, &given, "").await
    }

    async fn start(
        database: Option<Database>,
        redis: Option<Redis>,
        more: &[(&str, &str)],
        file: &str,
    ) -> Self {
        Self::begin(database.map_or(Base::Elsewhere, Base::Shared), redis, more, file).await
    }

    async fn begin(base: Base, redis: Option<Redis>, more: &[(&str, &str)], file: &str) -> Self {
        let discord = LocalDiscord::start().await.expect("a local Discord");
        Self::begin_on(discord, base, redis, more, file).await
    }

    async fn begin_on(
        discord: LocalDiscord,
        base: Base,
        redis: Option<Redis>,
        more: &[(&str, &str)],
        file: &str,
    ) -> Self {
        discord.set_deadline(60.seconds());
        let mut environment: Vec<(String, String)> = vec![
            ("DISCORD_TOKEN".to_owned(), discord.token().to_owned()),
            ("DISCORD_API_URL".to_owned(), discord.url().to_owned()),
            ("OPENAI_BASE_URL".to_owned(), discord.model_url()),
        ];
        let state = discord.state().await.expect("the state");
        let otto = state.users.iter().find(|user| user.name == "Otto").expect("Otto");
        environment.push(("BOT_OWNER_IDS".to_owned(), otto.id.to_string()));
        let url = match &base {
            Base::Elsewhere => String::new(),
            Base::Shared(database) => database.url.expose_secret().to_owned(),
            Base::Own(server) => server.url(),
        };
        environment.push(("DATABASE_URL".to_owned(), url));
        environment.extend(redis.as_ref().map(|redis| ("REDIS_URL".to_owned(), redis.url())));
        // A private database finds a folder for itself.
        let is_alone =
            matches!(base, Base::Elsewhere) && !more.iter().any(|(name, _)| *name == "DATABASE_URL");
        let files = (!is_alone).then(|| tempfile::tempdir().expect("a temporary folder"));
        let folder = files.as_ref().map(|files| files.path().display().to_string());
        environment.extend(folder.map(|folder| ("DATA_DIR".to_owned(), folder)));
        let given = WIDE.iter().chain(more);
        // A path is one of this Discord's.
        let whole = |value: &str| match value {
            "/" => discord.url().to_owned(),
            path if path.starts_with("/_sandbox") => format!("{}{path}", discord.url()),
            other => other.to_owned(),
        };
        environment.extend(given.map(|(name, value)| ((*name).to_owned(), whole(value))));
        let (bot, ops) = run(&environment, file).await;
        discord.bot_ready_with(&["talk"]).await.expect("the bot is there");
        ready(&ops).await;
        Self { discord, bot, ops, base, redis, _files: files, environment }
    }

    /// The latest value of one of the program's variables.
    pub fn setting(&self, name: &str) -> &str {
        let set = self.environment.iter().rev().find(|(of, _)| of == name);
        set.map_or("", |(_, value)| value.as_str())
    }

    /// Starts one more process of the same bot, on the same Discord and stores.
    pub async fn twin(&self) -> Running {
        let before = self.sessions().await;
        let (twin, ops) = run(&self.environment, "").await;
        eventually("a second session", async || (self.sessions().await > before).then_some(())).await;
        ready(&ops).await;
        twin
    }

    async fn sessions(&self) -> usize {
        self.discord.gateway().sessions().await.expect("sessions").len()
    }

    /// Its Redis.
    pub fn redis(&self) -> &Redis {
        self.redis.as_ref().expect("a Redis of its own")
    }

    /// The same, to be killed.
    pub fn redis_mut(&mut self) -> &mut Redis {
        self.redis.as_mut().expect("a Redis of its own")
    }

    /// The PostgreSQL that the test may harm.
    pub fn postgres(&mut self) -> &mut Postgres {
        let Base::Own(server) = &mut self.base else { panic!("a PostgreSQL of its own") };
        server
    }

    /// Stops the program in order, and starts it anew.
    pub async fn restart(&mut self) {
        self.stop().await;
        self.comes_back().await;
    }

    /// Ends the program as a crash does.
    pub async fn crash(&mut self) {
        self.bot.signal("KILL").await;
        assert_eq!(self.bot.ended().await, None, "it was killed");
    }

    /// Starts the program that has ended, on what it has left.
    pub async fn comes_back(&mut self) {
        (self.bot, self.ops) = run(&self.environment, "").await;
        self.discord.bot_ready_with(&["talk"]).await.expect("the bot is there again");
        ready(&self.ops).await;
    }

    /// Stops the program: nothing was cut off, nothing was lost.
    async fn stop(&mut self) {
        self.bot.signal("TERM").await;
        let log = self.bot.rest_of_log().await;
        assert_eq!(self.bot.ended().await, Some(0));
        let wrong: Vec<_> =
            log.iter().filter(|line| DISORDER.iter().any(|disorder| line.contains(disorder))).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    /// Discord, as the bot has it: for what the bot itself does not do.
    pub fn rest(&self) -> Rest {
        let token = SecretString::from(self.discord.token().to_owned());
        Rest::new(
            &token,
            Some(&self.discord.url().parse().expect("an address")),
            None,
            Rest::REQUESTS_PER_SECOND,
        )
        .expect("a client")
    }

    pub fn max(&self) -> Member {
        self.discord.member("Max").in_channel("stage")
    }

    pub fn mia(&self) -> Member {
        self.discord.member("Mia").in_channel("stage")
    }

    pub fn member(&self, name: &str) -> Member {
        self.discord.member(name).in_channel("stage")
    }

    /// The channel in which all of this happens.
    pub fn channel(&self) -> Id {
        self.discord.sandbox().read(|world| {
            let found = world.channels.values().find(|channel| channel.name == "stage");
            found.expect("the stage").id
        })
    }

    /// What the model says next.
    pub async fn says(&self, text: &str) {
        self.scripted(Script::text(text)).await;
    }

    pub async fn scripted(&self, script: Script) {
        self.discord.model().script(script).await.expect("a script");
    }

    /// How often the model was asked.
    pub async fn calls(&self) -> usize {
        self.discord.model().requests().await.expect("what was asked").len()
    }

    /// Stops the program, and asserts that it asked Discord for nothing that there isn't.
    pub async fn end(mut self) {
        self.stop().await;
        self.discord.finish().await.expect("nothing unknown was called, nothing was malformed");
    }
}

async fn run(environment: &[(String, String)], file: &str) -> (Running, String) {
    let given: Vec<_> = environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let mut bot = Running::start(file, &given);
    let ops = bot.address().await;
    (bot, ops)
}

/// Waits until the program says that it is ready: a private database may still be in the making.
async fn ready(ops: &str) {
    eventually("readiness", async || {
        let (status, _) = get(&format!("http://{ops}/readyz")).await;
        (status == 200).then_some(())
    })
    .await;
}

/// Says it by `/talk`; acknowledged.
pub async fn talk(member: &Member, message: &str) -> Reply {
    member.uses("/talk").with("message", message).send().await.expect("acknowledged")
}

/// The whole answer: with its buttons below.
pub async fn answer(member: &Member, text: &str) -> Message {
    let whole = |message: &Message| message.text().contains(text) && message.can_press("Delete");
    member.waits_for(&format!("the whole answer {text:?}"), whole).await.expect("an answer")
}

/// So slow that a test can act meanwhile.
pub fn slowly(text: &str) -> Script {
    Script::text(text).pace(Pace { token_ms: 400, ..Pace::default() })
}
