//! Settings of the connection to Discord.

use std::{
    num::{NonZeroU16, NonZeroU32},
    path::PathBuf,
};

use secrecy::{ExposeSecret, SecretString};

use super::{
    reader::{Parsed, Reader, one_word},
    url::BaseUrl,
    variable::{Section, Variable},
};

/// The bot's token.
pub const TOKEN: Variable = Variable {
    name: "DISCORD_TOKEN",
    doc: "The bot's token, from the *Bot* page of your application on <https://discord.com/developers/applications>. \
          A leading `Bot ` is dropped. `run` and `register` need it.",
    accepted: "a bot token, one word without spaces",
    example: "paste-the-bot-token-here",
    secret: true,
    ..Variable::PLAIN
};

/// Where Discord's API is.
pub const API_URL: Variable = Variable {
    name: "DISCORD_API_URL",
    doc: "Another address of Discord's API, such as a local Discord. Not set: Discord itself. \
          A path of `/api/v10` may be there or not.",
    accepted: "an http:// or https:// address with no path or with /api/v10",
    example: "http://127.0.0.1:7878",
    ..Variable::PLAIN
};

/// One more certificate authority to trust.
pub const CA_FILE: Variable = Variable {
    name: "DISCORD_CA_FILE",
    doc: "A PEM file with certificate authorities to trust for Discord's API, next to the usual ones: \
          for a local Discord with TLS, or a proxy that inspects traffic.",
    accepted: "the path of a PEM file",
    example: "/etc/ssl/our-proxy.pem",
    ..Variable::PLAIN
};

/// How many shards to run.
pub const SHARDS: Variable = Variable {
    name: "DISCORD_SHARDS",
    doc: "How many gateway connections to open. `auto` takes what Discord recommends.",
    accepted: "auto, or a number from 1 to 16384",
    default: Some("auto"),
    example: "auto",
    ..Variable::PLAIN
};

/// How many requests a second Discord allows.
pub const REQUESTS_PER_SECOND: Variable = Variable {
    name: "DISCORD_REQUESTS_PER_SECOND",
    doc: "How many requests a second Discord allows this bot in all: 50, unless it has raised the limit, as it does for \
          big bots. The bot stays below. Processes that share a token share the limit: give each its part.",
    accepted: "a whole number from 5 to 100000",
    default: Some("50"),
    example: "50",
    ..Variable::PLAIN
};

/// Who owns the bot.
pub const OWNER_IDS: Variable = Variable {
    name: "BOT_OWNER_IDS",
    doc: "Discord user ids of the bot's operators, who may use owner commands. Not set: nobody may.",
    accepted: "user ids separated by commas, such as 80351110224678912",
    example: "80351110224678912,80351110224678913",
    ..Variable::PLAIN
};

/// This section, as documented.
pub const SECTION: Section = Section {
    title: "Discord",
    variables: &[&TOKEN, &API_URL, &CA_FILE, &SHARDS, &REQUESTS_PER_SECOND, &OWNER_IDS],
};

/// How many shards to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shards {
    /// As many as Discord recommends.
    Auto,
    /// Exactly so many.
    Count(NonZeroU16),
}

/// Where Discord's REST API is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiUrl {
    origin: BaseUrl,
    custom: bool,
}

impl ApiUrl {
    /// Discord's own.
    pub const DISCORD: &str = "https://discord.com";

    /// Scheme, host and port, without a slash at the end.
    pub fn origin(&self) -> &str {
        self.origin.as_str()
    }

    /// The address that REST paths such as `/users/@me` are appended to.
    pub fn base(&self) -> String {
        format!("{}/api/v10", self.origin())
    }

    /// Whether this is an address other than Discord's own.
    pub fn is_custom(&self) -> bool {
        self.custom
    }

    /// Whether the token would travel in the clear to another machine.
    pub fn is_exposed(&self) -> bool {
        self.origin.is_exposed()
    }

    /// Whether this is the machine itself.
    pub fn is_loopback(&self) -> bool {
        self.origin.is_loopback()
    }

    fn parse(value: &str) -> Parsed<Self> {
        let url = BaseUrl::parse(value)?;
        if !matches!(url.path(), "" | "/api" | "/api/v10") {
            return Err("has a path that is not Discord's");
        }
        let origin = BaseUrl::parse(&url.origin())?;
        let custom = origin.as_str() != Self::DISCORD;
        Ok(Self { origin, custom })
    }
}

/// The Discord section.
#[derive(Debug, Clone)]
pub struct DiscordSettings {
    /// The token without a `Bot ` prefix.
    pub token: Option<SecretString>,
    /// REST address.
    pub api: ApiUrl,
    /// File with extra certificate authorities.
    pub ca_file: Option<PathBuf>,
    /// Shards to run.
    pub shards: Shards,
    /// Requests a second that Discord allows.
    pub requests_per_second: NonZeroU32,
    /// Snowflakes of the operators, in the order given.
    pub owner_ids: Vec<u64>,
}

impl DiscordSettings {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let token = reader.optional(&TOKEN, parse_token);
        let api = reader.optional(&API_URL, ApiUrl::parse);
        let api = api.unwrap_or_else(|| ApiUrl::parse(ApiUrl::DISCORD).expect("Discord's address parses"));
        if token.as_ref().is_some_and(|token| !looks_like_token(token.expose_secret())) && !api.is_custom() {
            reader.warnings.push(format!(
                "{}: this does not look like a bot token (three parts with dots between); copy it from the *Bot* page, \
                 not the client secret or the public key",
                TOKEN.name
            ));
        }
        Self {
            token,
            api,
            ca_file: reader.optional(&CA_FILE, |value| Ok(PathBuf::from(value))),
            shards: reader.or_default(&SHARDS, parse_shards),
            requests_per_second: reader.or_default(&REQUESTS_PER_SECOND, parse_rate),
            owner_ids: reader.optional(&OWNER_IDS, parse_ids).unwrap_or_default(),
        }
    }
}

fn parse_token(value: &str) -> Parsed<SecretString> {
    let token = value.strip_prefix("Bot ").unwrap_or(value).trim_start();
    if token.is_empty() || token == "Bot" {
        return Err("has nothing after `Bot`");
    }
    one_word(token)?;
    Ok(SecretString::from(token))
}

fn looks_like_token(token: &str) -> bool {
    token.split('.').filter(|part| !part.is_empty()).count() == 3
}

fn parse_shards(value: &str) -> Parsed<Shards> {
    if value.eq_ignore_ascii_case("auto") {
        return Ok(Shards::Auto);
    }
    let count: NonZeroU16 = value.parse().map_err(|_| "is not a number of shards")?;
    if count.get() > 16_384 { Err("is more shards than Discord allows") } else { Ok(Shards::Count(count)) }
}

fn parse_rate(value: &str) -> Parsed<NonZeroU32> {
    match value.parse::<NonZeroU32>() {
        Ok(rate) if (5..=100_000).contains(&rate.get()) => Ok(rate),
        Ok(_) => Err("is not from 5 to 100000"),
        Err(_) => Err("is not a whole number"),
    }
}

fn parse_ids(value: &str) -> Parsed<Vec<u64>> {
    let mut ids = Vec::new();
    for part in value.split([',', ' ']).map(str::trim).filter(|part| !part.is_empty()) {
        match part.parse::<u64>() {
            // Ids carry their date above 22 bits: anything smaller is a typing mistake.
            Ok(id) if id >> 22 > 0 && i64::try_from(id).is_ok() => {
                if !ids.contains(&id) {
                    ids.push(id);
                }
            }
            _ => return Err("has a part that is not a Discord user id"),
        }
    }
    Ok(ids)
}
