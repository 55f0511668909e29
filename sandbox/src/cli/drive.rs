//! `drive`: acts in a running sandbox, looks at it, and steers it.

use clap::{Args, Subcommand, ValueEnum};
use reqwest::Method;
use serde_json::{Value, json};

use super::acts::Act;
use super::call::{Call, body};
use super::looks::Look;
use super::world::Make;

/// Where, and what.
#[derive(Debug, Args)]
pub(super) struct Drive {
    /// The sandbox.
    #[arg(long, env = "TROUPE_SANDBOX_URL", default_value = "http://127.0.0.1:7171")]
    url: String,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    #[command(flatten)]
    Act(Act),
    #[command(flatten)]
    Look(Look),
    #[command(flatten)]
    Make(Make),
    /// Show Discord's rules, or switch one on or off.
    Rules {
        /// Its name, such as route-limits.
        #[arg(requires = "switch")]
        rule: Option<String>,
        /// On or off.
        #[arg(value_enum)]
        switch: Option<Switch>,
    },
    /// Show the sandbox's time, or push it forward.
    Clock {
        /// How far: 500ms, 3s, 15m, 2h, 7d.
        #[arg(long, value_name = "DURATION", value_parser = duration_ms)]
        advance: Option<u64>,
    },
    /// Show faults, install one, or remove them.
    Faults {
        #[command(subcommand)]
        order: Option<Faults>,
    },
    /// Make the gateway misbehave.
    Gateway {
        #[command(subcommand)]
        order: Gateway,
        /// Which application's connections; the only one's if left out.
        #[arg(long, global = true)]
        app: Option<String>,
        /// Which shard's; every shard's if left out.
        #[arg(long, global = true)]
        shard: Option<u64>,
    },
    /// Set what a route's rate limit allows; `--global` sets the requests a second in all.
    Limits {
        /// The method, such as POST.
        #[arg(required_unless_present_any = ["global", "forget"])]
        method: Option<String>,
        /// The route, such as /channels/{channel_id}/messages.
        #[arg(requires = "method")]
        template: Option<String>,
        /// Requests in a window.
        #[arg(long, requires = "template")]
        limit: Option<u32>,
        /// The window.
        #[arg(long, value_name = "DURATION", value_parser = duration_ms, requires = "template")]
        window: Option<u64>,
        /// Requests a second in all.
        #[arg(long, conflicts_with_all = ["method", "forget"])]
        global: Option<u32>,
        /// Close all windows and lift all bans.
        #[arg(long, conflicts_with = "method")]
        forget: bool,
    },
    /// Show the bot's links to its stores, or switch one: links redis off, links redis slow 200ms.
    Links {
        /// Its name, such as redis.
        #[arg(requires = "mode")]
        name: Option<String>,
        /// What it does from now on.
        #[arg(value_enum)]
        mode: Option<LinkMode>,
        /// With slow: how late everything is.
        #[arg(value_name = "DURATION", value_parser = duration_ms)]
        delay: Option<u64>,
    },
    /// Show the model server, script its next answers, or clear them.
    Model {
        #[command(subcommand)]
        order: Option<Model>,
    },
    /// Ask anything of the control API: POST /users '{"name": "Zoe"}'.
    Call {
        /// GET, POST, PUT, PATCH or DELETE.
        method: Method,
        /// The path, without /_sandbox.
        path: String,
        /// The JSON body.
        #[arg(value_parser = parse_json)]
        body: Option<Value>,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Switch {
    On,
    Off,
}

impl Switch {
    fn body(self) -> Value {
        json!({ "on": matches!(self, Self::On) })
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum LinkMode {
    /// It forwards.
    Up,
    /// As if the store were stopped.
    Off,
    /// As if the store were frozen.
    Hang,
    /// It forwards late.
    Slow,
}

impl LinkMode {
    /// As the control API spells it.
    fn word(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Off => "off",
            Self::Hang => "hang",
            Self::Slow => "slow",
        }
    }
}

#[derive(Debug, Subcommand)]
enum Faults {
    /// Install one: '{"route": "/channels/{}/messages", "times": 1, "effect": {"kind": "reset"}}'.
    Add {
        /// The fault, as JSON.
        #[arg(value_parser = parse_json)]
        fault: Value,
    },
    /// Remove one.
    Remove {
        /// Its id.
        id: u64,
    },
    /// Remove all.
    Clear,
}

#[derive(Debug, Subcommand)]
enum Gateway {
    /// Cut connections off.
    Drop,
    /// Close connections with a code.
    Close {
        /// 1000 to 4999.
        code: u16,
    },
    /// Ask clients to connect again and resume.
    Reconnect,
    /// Tell clients that their session is invalid.
    Invalidate {
        /// It may be resumed.
        #[arg(long)]
        resumable: bool,
    },
    /// Ask clients for a heartbeat.
    Heartbeat,
    /// Leave heartbeats without an answer.
    Zombie {
        /// On or off.
        #[arg(value_enum)]
        switch: Switch,
    },
    /// Refuse to resume sessions.
    RefuseResume {
        /// On or off.
        #[arg(value_enum)]
        switch: Switch,
    },
    /// Send the next events of a name twice.
    Duplicate {
        /// Such as INTERACTION_CREATE.
        event: String,
        /// How many of them; 0 takes it back.
        #[arg(default_value_t = 1)]
        times: u32,
    },
    /// Send events of a name late.
    Delay {
        /// Such as INTERACTION_CREATE.
        event: String,
        /// How late; 0ms takes it back.
        #[arg(value_parser = duration_ms)]
        by: u64,
    },
}

#[derive(Debug, Subcommand)]
enum Model {
    /// What it answers next: '{"text": "Hello!", "times": 1}', or a list of such.
    Script {
        /// A script, or a list, as JSON.
        #[arg(value_parser = parse_json)]
        script: Value,
    },
    /// What it was asked.
    Requests,
    /// Forget every script: the understudy is back.
    Clear,
}

/// Does it.
pub(super) async fn run(drive: Drive) -> Result<(), String> {
    let call = match drive.verb {
        Verb::Act(act) => act.call(),
        Verb::Look(Look::Events) => return Call::get("/events").follow(&drive.url).await,
        Verb::Look(look) => look.call(),
        Verb::Make(make) => make.call(),
        Verb::Rules { rule: Some(rule), switch: Some(switch) } => {
            Call::with_body(Method::PUT, format!("/rules/{}", super::call::segment(&rule)), switch.body())
        }
        Verb::Rules { .. } => Call::get("/rules"),
        Verb::Clock { advance: Some(ms) } => Call::post("/clock", json!({ "advance_ms": ms })),
        Verb::Clock { advance: None } => Call::get("/clock"),
        Verb::Faults { order } => match order {
            None => Call::get("/faults"),
            Some(Faults::Add { fault }) => Call::post("/faults", fault),
            Some(Faults::Remove { id }) => Call::delete(format!("/faults/{id}")),
            Some(Faults::Clear) => Call::delete("/faults"),
        },
        Verb::Gateway { order, app, shard } => gateway(order, app, shard),
        Verb::Limits { forget: true, .. } => Call::delete("/limits"),
        Verb::Limits { global: Some(limit), .. } => {
            Call::with_body(Method::PUT, "/limits/global", json!({ "limit": limit }))
        }
        Verb::Limits { method, template, limit, window, .. } => {
            let fields = [
                ("method", method.map(Value::from)),
                ("template", template.map(Value::from)),
                ("limit", limit.map(Value::from)),
                ("window_ms", window.map(Value::from)),
            ];
            Call::with_body(Method::PUT, "/limits", body(fields))
        }
        Verb::Links { name: Some(name), mode: Some(mode), delay } => {
            let fields = [("mode", Some(json!(mode.word()))), ("delay_ms", delay.map(Value::from))];
            Call::with_body(Method::PUT, format!("/links/{}", super::call::segment(&name)), body(fields))
        }
        Verb::Links { .. } => Call::get("/links"),
        Verb::Model { order } => match order {
            None => Call::get("/model"),
            Some(Model::Script { script }) => Call::post("/model/script", script),
            Some(Model::Requests) => Call::get("/model/requests"),
            Some(Model::Clear) => Call::delete("/model/script"),
        },
        Verb::Call { method, path, body } => Call::with_body(method, path, body.unwrap_or(json!({}))),
    };
    call.run(&drive.url).await
}

fn gateway(order: Gateway, app: Option<String>, shard: Option<u64>) -> Call {
    let (command, more) = match order {
        Gateway::Drop => ("drop", json!({})),
        Gateway::Close { code } => ("close", json!({ "code": code })),
        Gateway::Reconnect => ("reconnect", json!({})),
        Gateway::Invalidate { resumable } => ("invalidate", json!({ "resumable": resumable })),
        Gateway::Heartbeat => ("heartbeat", json!({})),
        Gateway::Zombie { switch } => ("zombie", switch.body()),
        Gateway::RefuseResume { switch } => ("refuse-resume", switch.body()),
        Gateway::Duplicate { event, times } => ("duplicate", json!({ "event": event, "times": times })),
        Gateway::Delay { event, by } => ("delay", json!({ "event": event, "ms": by })),
    };
    let mut whole = body([("app", app.map(Value::from)), ("shard", shard.map(Value::from))]);
    troupe_sandbox::world::merge(&mut whole, more);
    Call::post(format!("/gateway/{command}"), whole)
}

/// `500ms`, `3s`, `15m`, `2h`, `7d`, in milliseconds.
pub(super) fn duration_ms(text: &str) -> Result<u64, String> {
    let split = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let factor = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => 0,
    };
    let number: Option<u64> = number.parse().ok().filter(|_| factor > 0);
    number
        .and_then(|number| number.checked_mul(factor))
        .ok_or_else(|| "write it as 500ms, 3s, 15m, 2h or 7d".into())
}

fn parse_json(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| format!("not JSON: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_a_unit() {
        assert_eq!(duration_ms("500ms"), Ok(500));
        assert_eq!(duration_ms("15m"), Ok(900_000));
        for wrong in ["", "5", "s", "-3s", "1.5s", "3w", "99999999999999999999s", "18446744073709551615d"] {
            duration_ms(wrong).expect_err(wrong);
        }
    }
}
