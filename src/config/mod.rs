//! Settings: read from the environment and `.env`, typed by section, checked once, all mistakes told together.
//!
//! Each section is a file that declares its variables ([`Variable`]) and turns raw text into types. The
//! documentation and the masked listing are made from those same declarations ([`docs`]). Nothing here
//! reads or changes the process on its own: [`Settings::from_values`] takes [`Values`], and [`Sources`] is
//! the one place that looks at the machine. Secrets are [`secrecy::SecretString`]s: no `Debug` shows them.

pub mod ai;
pub mod cold;
pub mod collection;
mod database_url;
pub mod discord;
pub mod docs;
pub mod hot;
pub mod limits;
pub mod links;
mod live;
pub mod ops;
mod problem;
pub mod providers;
mod reader;
pub mod retention;
pub mod talk;
pub mod traces;
mod url;
mod values;
mod variable;

use std::path::PathBuf;

use self::reader::Reader;
pub use self::{
    ai::{AiSettings, AiTimes},
    cold::ColdSettings,
    collection::CollectionSettings,
    database_url::{DatabaseUrl, Roots, Verify},
    discord::{ApiUrl, DiscordSettings, Shards},
    hot::HotSettings,
    limits::LimitsSettings,
    links::LinkSettings,
    live::{Live, LiveSettings},
    ops::{Environment, LogFormat, OpsSettings},
    problem::{Problem, Problems},
    providers::{Prices, ProviderSettings},
    retention::RetentionSettings,
    talk::{CardLimits, TalkSettings},
    traces::TraceSettings,
    url::BaseUrl,
    values::{Source, Values, parse_file},
    variable::{Section, Variable},
};

/// Every section, in the order of the documentation.
pub const SECTIONS: &[Section] = &[
    discord::SECTION,
    cold::SECTION,
    hot::SECTION,
    ai::SECTION,
    limits::SECTION,
    talk::SECTION,
    collection::SECTION,
    links::SECTION,
    ops::SECTION,
    traces::SECTION,
    retention::SECTION,
];

/// All settings that hold from start to end, by section.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Connection to Discord.
    pub discord: DiscordSettings,
    /// PostgreSQL.
    pub cold: ColdSettings,
    /// Addresses shown to members.
    pub links: LinkSettings,
    /// Redis.
    pub hot: HotSettings,
    /// Language model.
    pub ai: AiSettings,
    /// Limits.
    pub limits: LimitsSettings,
    /// Talks.
    pub talk: TalkSettings,
    /// Collections.
    pub collection: CollectionSettings,
    /// Operation.
    pub ops: OpsSettings,
    /// Traces.
    pub traces: TraceSettings,
    /// Retention.
    pub retention: RetentionSettings,
}

/// Settings that passed every check, and what came along with them.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The settings.
    pub settings: Settings,
    /// The values to start with of what may change later.
    pub live: LiveSettings,
    /// What works, but is likely not what was meant: a line each, without secrets.
    pub warnings: Vec<String>,
    /// The raw values, to compare a reread with.
    pub values: Values,
    /// Where they came from, to reread.
    pub sources: Sources,
}

/// Where this process reads its settings from.
#[derive(Debug, Clone)]
pub struct Sources {
    /// The `.env` file.
    pub file: PathBuf,
    /// Whether a missing file is a mistake: it is when someone named it.
    pub required: bool,
}

impl Default for Sources {
    fn default() -> Self {
        Self { file: PathBuf::from(".env"), required: false }
    }
}

impl Sources {
    /// Reads the raw values from the process environment and the file. Blocks on one small file.
    ///
    /// # Errors
    /// All faults of the sources themselves: lines that don't parse, text that is not UTF-8, an unreadable file.
    pub fn read(&self) -> Result<Values, Problems> {
        let mut problems = Vec::new();
        let known: Vec<_> = names().collect();
        let environment = values::from_environment(std::env::vars_os(), &known, &mut problems);
        let file = values::from_file(&self.file, self.required, &mut problems);
        if problems.is_empty() { Ok(Values::merge(environment, file)) } else { Err(Problems(problems)) }
    }

    /// Reads and checks everything.
    ///
    /// # Errors
    /// Every mistake found.
    pub fn load(&self) -> Result<Loaded, Problems> {
        let values = self.read()?;
        let (settings, live, warnings) = Settings::from_values(&values)?;
        Ok(Loaded { settings, live, warnings, values, sources: self.clone() })
    }
}

impl Settings {
    /// Parses and cross-checks raw values. Returns the settings, the live values and the warnings.
    ///
    /// # Errors
    /// Every mistake found, in the order of the documentation; the checks across sections come last.
    pub fn from_values(values: &Values) -> Result<(Self, LiveSettings, Vec<String>), Problems> {
        let mut reader = Reader::new(values);
        let ops = OpsSettings::read(&mut reader);
        let settings = Self {
            discord: DiscordSettings::read(&mut reader),
            cold: ColdSettings::read(&mut reader),
            links: LinkSettings::read(&mut reader),
            hot: HotSettings::read(&mut reader, ops.environment),
            ai: AiSettings::read(&mut reader),
            limits: LimitsSettings::read(&mut reader),
            talk: TalkSettings::read(&mut reader),
            collection: CollectionSettings::read(&mut reader),
            ops,
            traces: TraceSettings::read(&mut reader),
            retention: RetentionSettings::read(&mut reader),
        };
        let live = LiveSettings {
            ai_disabled: ai::read_disabled(&mut reader),
            log_filter: ops::read_log_filter(&mut reader),
        };
        settings.cross_check(&live, &mut reader);
        near_misses(values, &mut reader.warnings);
        if reader.problems.is_empty() {
            return Ok((settings, live, reader.warnings));
        }
        let place = |problem: &Problem| {
            problem
                .variable()
                .and_then(|variable| names().position(|name| name == variable))
                .unwrap_or(usize::MAX)
        };
        reader.problems.sort_by_key(place);
        Err(Problems(reader.problems))
    }

    fn cross_check(&self, live: &LiveSettings, reader: &mut Reader<'_>) {
        let api = &self.discord.api;
        if api.is_exposed() {
            let fault = format!(
                "{}: {} would send the bot's token over the network in the clear; use https://",
                discord::API_URL.name,
                api.origin()
            );
            if self.ops.environment == Environment::Production {
                reader.problems.push(Problem::general(fault));
            } else {
                reader.warnings.push(fault);
            }
        }
        if self.ops.avatar_base_url.as_ref().is_some_and(BaseUrl::is_loopback) && !api.is_loopback() {
            reader.warnings.push(format!(
                "{}: Discord can't reach this machine by its own name for itself: characters would have no picture; \
                 give the address that it has on the internet",
                ops::AVATAR_BASE_URL.name
            ));
        }
        if let Some(url) = &self.ops.clock_url {
            reader.warnings.push(format!(
                "{}: days, limits and moments go by the clock at {url} and not by this machine's; that is for local play",
                ops::CLOCK_URL.name
            ));
        }
        self.ai.warn(live.ai_disabled, &mut reader.warnings);
        self.traces.warn(&mut reader.warnings);
    }
}

/// Names of all variables.
fn names() -> impl Iterator<Item = &'static str> {
    SECTIONS.iter().flat_map(|section| section.variables).map(|variable| variable.name)
}

/// Names of the variables whose raw value differs and that only a restart applies.
pub fn changes_waiting_for_restart(before: &Values, after: &Values) -> Vec<&'static str> {
    let variables = SECTIONS.iter().flat_map(|section| section.variables).filter(|variable| !variable.reread);
    let value = |values: &Values, name| values.get(name).map(|(value, _)| value.to_owned());
    variables.map(|variable| variable.name).filter(|name| value(before, name) != value(after, name)).collect()
}

/// Warns of names that are one slip away from one of ours; their values are not looked at.
fn near_misses(values: &Values, warnings: &mut Vec<String>) {
    for given in values.names() {
        if names().any(|name| name == given) {
            continue;
        }
        let upper = given.to_ascii_uppercase();
        let near = names()
            .map(|name| (strsim::osa_distance(&upper, name), name))
            .filter(|(distance, name)| *distance <= if name.len() > 8 { 2 } else { 1 })
            .min();
        if let Some((_, name)) = near {
            warnings.push(format!("{given} is not a setting of Troupe; did you mean {name}?"));
        }
    }
}
