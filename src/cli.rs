//! The command line: what can be asked for, and which exit code answers.

mod database;
mod privacy;
mod prompt;
mod queue;

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
    time::Duration,
};

use clap::{Args, Parser, Subcommand};

use crate::{
    app::{self, RunError},
    cold::{self, migrations},
    config::{self, Loaded, Problems, Settings, Sources},
    doctor::{self, client},
    launch,
    ops::{http, logging},
    warm::ownership,
};

/// A cast of AI characters for a Discord server.
///
/// Exit codes: 0 all went well, 1 it failed, 2 wrong usage or configuration.
#[derive(Debug, Parser)]
#[command(name = "troupe", version)]
pub struct Cli {
    /// Read settings from this file in place of ./.env
    #[arg(long, global = true, value_name = "FILE")]
    env_file: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the bot until SIGTERM or SIGINT
    Run,
    /// Bring the database up to date
    Migrate(Migrate),
    /// Write the whole database to one file; the bot may run meanwhile
    Backup(database::Backup),
    /// Put a backup in place of what the database holds, whole or not at all
    Restore(database::Restore),
    /// Keep the private database running for other programs, until SIGTERM or SIGINT; prints its address
    Database,
    /// Tell Discord the bot's commands, if they changed
    Register(Register),
    /// Check every setting and dependency, and say what to do about each fault
    Doctor {
        /// Answer in JSON
        #[arg(long)]
        json: bool,
    },
    /// Export or erase all that is kept about a user
    #[command(subcommand)]
    Privacy(privacy::Privacy),
    /// List, retry or drop durable writes that wait for PostgreSQL or failed
    #[command(subcommand)]
    Queue(queue::Queue),
    /// Show what a model would be asked: the prompt of a talk, by its parts and tokens
    Prompt(prompt::Prompt),
    /// Show the settings in force and where they come from; secrets are masked
    Config(Config),
    /// Say what is kept where, for how long, and what erasing a user does to it: the text of docs/data-ownership.md
    Data,
    /// Ask the running bot on HTTP_ADDR whether it is ready; for container health checks
    Health,
}

#[derive(Debug, Args)]
struct Migrate {
    /// List what is applied and what is pending, and change nothing
    #[arg(long, conflicts_with = "revert_last")]
    list: bool,
    /// Undo the newest applied migration; data that it held is lost
    #[arg(long)]
    revert_last: bool,
}

#[derive(Debug, Args)]
struct Register {
    /// Say what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, Args)]
struct Config {
    /// Write the text of .env.example
    #[arg(long, conflicts_with = "markdown")]
    env_example: bool,
    /// Write the text of docs/configuration.md
    #[arg(long)]
    markdown: bool,
}

/// Why a command did not succeed, already worded for the operator.
#[derive(Debug)]
enum Failure {
    /// Exit code 1.
    Failed(String),
    /// Exit code 2.
    Configuration(String),
    /// Exit code 1; everything worth saying has been said.
    Told,
}

impl From<Problems> for Failure {
    fn from(problems: Problems) -> Self {
        Self::Configuration(problems.to_string())
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Failed(format!("can't write the answer: {error}"))
    }
}

/// Does what the command line asks for.
pub async fn execute(cli: Cli) -> ExitCode {
    let sources = match cli.env_file {
        Some(file) => Sources { file, required: true },
        None => Sources::default(),
    };
    let outcome = match cli.command {
        Command::Run => run(&sources).await,
        Command::Migrate(options) => migrate(&sources, &options).await,
        Command::Backup(options) => database::backup(&sources, &options).await,
        Command::Restore(options) => database::restore(&sources, &options).await,
        Command::Database => database::keep(&sources).await,
        Command::Register(options) => register(&sources, &options).await,
        // On the heap: so many clients side by side are too much for one stack frame.
        Command::Doctor { json } => Box::pin(examine(&sources, json)).await,
        Command::Privacy(what) => privacy::execute(&sources, what).await,
        Command::Queue(what) => queue::execute(&sources, what).await,
        Command::Prompt(options) => prompt::execute(&sources, &options),
        Command::Config(options) => show_config(&sources, &options),
        Command::Data => print(&ownership::markdown()),
        Command::Health => health(&sources).await,
    };
    let (text, code) = match outcome {
        Ok(()) => return ExitCode::SUCCESS,
        Err(Failure::Told) => return ExitCode::from(1),
        Err(Failure::Failed(text)) => (text, 1),
        Err(Failure::Configuration(text)) => (text, 2),
    };
    // If even this can't be written, the exit code still tells.
    let _unwritten = writeln!(io::stderr(), "{text}");
    ExitCode::from(code)
}

async fn run(sources: &Sources) -> Result<(), Failure> {
    app::run(sources.load()?, launch::run).await.map_err(|error| match error {
        RunError::NoToken => Failure::Configuration(error.to_string()),
        error => Failure::Failed(error.to_string()),
    })
}

async fn register(sources: &Sources, options: &Register) -> Result<(), Failure> {
    let loaded = sources.load()?;
    start_log(&loaded)?;
    let token = loaded.settings.discord.token.clone();
    let token = token.ok_or_else(|| Failure::Configuration(RunError::NoToken.to_string()))?;
    let report = launch::register(&loaded.settings, token, options.dry_run)
        .await
        .map_err(|error| Failure::Failed(error.to_string()))?;
    print(&format!("{report}\n"))
}

async fn migrate(sources: &Sources, options: &Migrate) -> Result<(), Failure> {
    let loaded = sources.load()?;
    start_log(&loaded)?;
    database::with(&loaded.settings, async |url| {
        if options.list {
            return list_migrations(url).await;
        }
        let direction =
            if options.revert_last { migrations::Direction::DownOne } else { migrations::Direction::Up };
        let versions = migrations::migrate(url, direction)
            .await
            .map_err(|error| Failure::Failed(format!("migrating failed: {error}")))?;
        let verb = if options.revert_last { "undone" } else { "applied" };
        let lines: Vec<_> = versions.iter().map(|version| format!("{verb} {version}\n")).collect();
        print(if lines.is_empty() { "nothing to do\n".to_owned() } else { lines.concat() }.as_str())
    })
    .await
}

async fn list_migrations(url: &secrecy::SecretString) -> Result<(), Failure> {
    let standing = async {
        let mut connection = cold::connect(url, Duration::from_secs(5)).await?;
        migrations::standing(&mut connection).await
    };
    let standing =
        standing.await.map_err(|error| Failure::Failed(format!("can't list migrations: {error}")))?;
    let mut text = String::new();
    for (state, versions) in
        [("applied", &standing.applied), ("pending", &standing.pending), ("unknown", &standing.unknown)]
    {
        text.extend(versions.iter().map(|version| format!("{state} {version}\n")));
    }
    print(&text)
}

async fn examine(sources: &Sources, json: bool) -> Result<(), Failure> {
    let report = match sources.load() {
        Ok(loaded) => doctor::examine(&loaded).await,
        Err(problems) => doctor::settings_only(&problems),
    };
    print(&if json { report.to_json() } else { report.to_string() })?;
    if report.healthy() { Ok(()) } else { Err(Failure::Told) }
}

fn show_config(sources: &Sources, options: &Config) -> Result<(), Failure> {
    if options.env_example {
        return print(&config::docs::env_example());
    }
    if options.markdown {
        return print(&config::docs::markdown());
    }
    let values = sources.read()?;
    print(&config::docs::effective(&values))?;
    let (_, _, warnings) = Settings::from_values(&values)?;
    for warning in warnings {
        writeln!(io::stderr(), "warning: {warning}")?;
    }
    Ok(())
}

async fn health(sources: &Sources) -> Result<(), Failure> {
    let settings = sources.load()?.settings;
    let address = settings.ops.http_addr.filter(|address| address.port() != 0).ok_or_else(|| {
        Failure::Configuration("HTTP_ADDR is off or has port 0: there is no known address to ask".to_owned())
    })?;
    let url = format!("http://{}/readyz", http::reachable(address));
    let unreachable = |reason: String| Failure::Failed(format!("{url}: {reason}; does the bot run?"));
    let ask = async {
        let answer = client::local()?.get(&url).send().await?;
        Ok::<_, reqwest::Error>((answer.status(), answer.text().await?))
    };
    let (status, body) = ask.await.map_err(|error| unreachable(client::explain(error)))?;
    print(&format!("{}\n", body.trim_end()))?;
    if status.is_success() { Ok(()) } else { Err(Failure::Told) }
}

fn start_log(loaded: &Loaded) -> Result<(), Failure> {
    logging::start(loaded.settings.ops.log_format, &loaded.live.log_filter, None)
        .map(drop)
        .map_err(|error| Failure::Failed(error.to_string()))
}

fn print(text: &str) -> Result<(), Failure> {
    match io::stdout().lock().write_all(text.as_bytes()) {
        // Whoever reads has seen enough, as in `troupe config | head`.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => Ok(result?),
    }
}
