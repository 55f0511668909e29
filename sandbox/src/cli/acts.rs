//! Acts of members: commands, presses, modals, messages.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Map, Value, json};

use super::call::{Call, body};

/// Who acts, and where.
#[derive(Debug, Args)]
pub(super) struct Actor {
    /// Who: a name or an id.
    #[arg(long = "as", value_name = "USER", default_value = "Max")]
    user: String,
    /// Where: a channel's name or id, or GUILD/CHANNEL.
    #[arg(long = "in", value_name = "CHANNEL", default_value = "general")]
    channel: String,
}

/// What to wait for before the answer is printed.
#[derive(Debug, Args)]
pub(super) struct Wait {
    /// What to wait for.
    #[arg(long = "wait", value_enum, default_value = "answered")]
    until: Until,
    /// How long at most, in milliseconds.
    #[arg(long, value_name = "MS")]
    timeout: Option<u64>,
    /// With `--wait finished`: how long nothing may have changed, in milliseconds.
    #[arg(long, value_name = "MS")]
    quiet: Option<u64>,
}

/// How far an interaction must have come.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Until {
    /// Don't wait.
    Now,
    /// The bot has acknowledged.
    Acknowledged,
    /// There is something to see.
    Answered,
    /// There is, and it changes no more.
    Finished,
}

impl Until {
    /// As the control API spells it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Now => "now",
            Self::Acknowledged => "acknowledged",
            Self::Answered => "answered",
            Self::Finished => "finished",
        }
    }
}

/// What a member does.
#[derive(Debug, Subcommand)]
pub(super) enum Act {
    /// Use a slash command: slash talk -o message=hi, slash "character info".
    Slash {
        /// The command with its subcommand.
        command: String,
        /// An option; a file is given as NAME=@PATH. May be repeated.
        #[arg(short, long = "option", value_name = "NAME=VALUE", value_parser = option)]
        options: Vec<(String, Value)>,
        /// Whose command, if several applications have it.
        #[arg(long)]
        app: Option<String>,
        #[command(flatten)]
        actor: Actor,
        #[command(flatten)]
        wait: Wait,
    },
    /// Type a slash command, and see what the bot suggests for an option.
    Autocomplete {
        /// The command with its subcommand.
        command: String,
        /// The option that is being typed.
        #[arg(long, value_name = "NAME")]
        focused: String,
        /// An option, the typed one too. May be repeated.
        #[arg(short, long = "option", value_name = "NAME=VALUE", value_parser = option)]
        options: Vec<(String, Value)>,
        /// Whose command, if several applications have it.
        #[arg(long)]
        app: Option<String>,
        #[command(flatten)]
        actor: Actor,
        #[command(flatten)]
        wait: Wait,
    },
    /// Pick an entry of a message's or a user's context menu.
    Menu {
        /// The entry.
        command: String,
        /// The message (an id, or last) or the user.
        target: String,
        #[command(flatten)]
        actor: Actor,
        #[command(flatten)]
        wait: Wait,
    },
    /// Press a button, or choose in a select menu.
    Press {
        /// The message: its id, or last.
        message: String,
        /// What the button says, or the menu's placeholder.
        #[arg(required_unless_present = "custom_id")]
        label: Option<String>,
        /// The component's custom id, in place of what it says.
        #[arg(long, conflicts_with = "label")]
        custom_id: Option<String>,
        /// What is chosen: a value or label, or a name. May be repeated.
        #[arg(long = "value", value_name = "VALUE")]
        values: Vec<String>,
        #[command(flatten)]
        actor: Actor,
        #[command(flatten)]
        wait: Wait,
    },
    /// Fill in the modal that an interaction opened, and send it off.
    Submit {
        /// The interaction.
        interaction: String,
        /// An input by its custom id. May be repeated.
        #[arg(short, long = "field", value_name = "ID=TEXT", value_parser = option)]
        fields: Vec<(String, Value)>,
        #[command(flatten)]
        wait: Wait,
    },
    /// Write a message.
    Say {
        /// What.
        content: String,
        /// The message that it answers: its id, or last.
        #[arg(long, value_name = "MESSAGE")]
        reply_to: Option<String>,
        #[command(flatten)]
        actor: Actor,
    },
    /// React to a message.
    React {
        /// The message: its id, or last.
        message: String,
        /// A character, or name:id.
        emoji: String,
        /// Take it back.
        #[arg(long)]
        remove: bool,
        #[command(flatten)]
        actor: Actor,
    },
    /// Dismiss an ephemeral message, or delete one's own.
    Dismiss {
        /// The message: its id, or last.
        message: String,
        #[command(flatten)]
        actor: Actor,
    },
    /// Put a load on the bot, and see how fast it answers.
    Load {
        /// The command with its subcommand.
        command: String,
        /// An option. May be repeated.
        #[arg(short, long = "option", value_name = "NAME=VALUE", value_parser = option)]
        options: Vec<(String, Value)>,
        /// How many interactions.
        #[arg(long, default_value_t = 10_000)]
        total: usize,
        /// How many at a time.
        #[arg(long, default_value_t = 64)]
        in_flight: usize,
        /// Each from a user who was never there before.
        #[arg(long)]
        distinct_users: bool,
        /// How long at most, in milliseconds.
        #[arg(long, value_name = "MS")]
        timeout: Option<u64>,
        #[command(flatten)]
        actor: Actor,
    },
}

impl Act {
    /// The request for it.
    pub(super) fn call(self) -> Call {
        let text = |value: Option<String>| value.map(Value::from);
        match self {
            Self::Slash { command, options, app, actor, wait } => {
                let fields =
                    [("command", Some(json!(command))), ("options", Some(map(options))), ("app", text(app))];
                Call::post("/act/slash", body(fields.into_iter().chain(actor.fields()).chain(wait.fields())))
            }
            Self::Autocomplete { command, focused, options, app, actor, wait } => {
                let fields = [
                    ("command", Some(json!(command))),
                    ("focused", Some(json!(focused))),
                    ("options", Some(map(options))),
                    ("app", text(app)),
                ];
                let fields = fields.into_iter().chain(actor.fields()).chain(wait.fields());
                Call::post("/act/autocomplete", body(fields))
            }
            Self::Menu { command, target, actor, wait } => {
                let fields = [("command", Some(json!(command))), ("target", Some(json!(target)))];
                Call::post("/act/menu", body(fields.into_iter().chain(actor.fields()).chain(wait.fields())))
            }
            Self::Press { message, label, custom_id, values, actor, wait } => {
                let fields = [
                    ("message", Some(json!(message))),
                    ("label", text(label)),
                    ("custom_id", text(custom_id)),
                    ("values", Some(json!(values))),
                ];
                Call::post("/act/press", body(fields.into_iter().chain(actor.fields()).chain(wait.fields())))
            }
            Self::Submit { interaction, fields, wait } => {
                let of = [("interaction", Some(json!(interaction))), ("fields", Some(map(fields)))];
                Call::post("/act/submit", body(of.into_iter().chain(wait.fields())))
            }
            Self::Say { content, reply_to, actor } => {
                let fields = [("content", Some(json!(content))), ("reply_to", text(reply_to))];
                Call::post("/act/say", body(fields.into_iter().chain(actor.fields())))
            }
            Self::React { message, emoji, remove, actor } => {
                let fields = [
                    ("message", Some(json!(message))),
                    ("emoji", Some(json!(emoji))),
                    ("remove", Some(json!(remove))),
                ];
                Call::post("/act/react", body(fields.into_iter().chain(actor.fields())))
            }
            Self::Dismiss { message, actor } => {
                let fields = [("message", Some(json!(message)))];
                Call::post("/act/dismiss", body(fields.into_iter().chain(actor.fields())))
            }
            Self::Load { command, options, total, in_flight, distinct_users, timeout, actor } => {
                let fields = [
                    ("command", Some(json!(command))),
                    ("options", Some(map(options))),
                    ("total", Some(json!(total))),
                    ("in_flight", Some(json!(in_flight))),
                    ("distinct_users", Some(json!(distinct_users))),
                    ("timeout_ms", timeout.map(Value::from)),
                ];
                Call::post("/load", body(fields.into_iter().chain(actor.fields())))
            }
        }
    }
}

impl Actor {
    fn fields(self) -> [(&'static str, Option<Value>); 2] {
        [("user", Some(json!(self.user))), ("channel", Some(json!(self.channel)))]
    }
}

impl Wait {
    fn fields(self) -> [(&'static str, Option<Value>); 3] {
        [
            ("wait", Some(json!(self.until.word()))),
            ("timeout_ms", self.timeout.map(Value::from)),
            ("quiet_ms", self.quiet.map(Value::from)),
        ]
    }
}

fn map(options: Vec<(String, Value)>) -> Value {
    Value::Object(options.into_iter().collect::<Map<_, _>>())
}

/// `NAME=VALUE`, where `@PATH` is a file. Values stay texts: the sandbox reads numbers and switches.
fn option(text: &str) -> Result<(String, Value), String> {
    let (name, value) = text.split_once('=').ok_or("write it as NAME=VALUE")?;
    let Some(path) = value.strip_prefix('@').filter(|path| std::path::Path::new(path).is_file()) else {
        return Ok((name.to_owned(), json!(value)));
    };
    let bytes = std::fs::read(path).map_err(|error| format!("can't read {path}: {error}"))?;
    let filename = std::path::Path::new(path).file_name().unwrap_or_default().to_string_lossy();
    Ok((name.to_owned(), json!({ "filename": filename, "base64": STANDARD.encode(bytes) })))
}
