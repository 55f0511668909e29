//! Identify (op 2): who a client is, and what it wants to see; then `READY`.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};

use super::close::Close;
use super::event::intents;
use super::frame::{control, op, payload};
use super::limits::Denied;
use super::link::Control;
use super::session::Session;
use super::socket::Connection;
use crate::ids::Id;
use crate::rules::Rule;
use crate::world::World;

/// The most guilds that one shard may serve.
const GUILDS_ON_A_SHARD: usize = 2500;

/// What `READY`, `RESUMED` and hello carry for Discord's own support; clients expect it to be there.
pub(super) const TRACE: [&str; 1] = ["troupe-sandbox"];

#[derive(Deserialize)]
struct Identify {
    token: String,
    /// Judged by itself: whatever is no valid set of intents is 4013.
    #[serde(default)]
    intents: Value,
    /// Judged by itself: whatever is no valid shard is 4010.
    #[serde(default)]
    shard: Value,
    compress: Option<bool>,
}

/// Why an identify fails.
enum Refusal {
    Close(Close),
    /// Too soon after another: an invalid session, and the connection stays.
    TooSoon,
}

impl From<Close> for Refusal {
    fn from(close: Close) -> Self {
        Self::Close(close)
    }
}

/// Begins a session on a connection that has none.
pub(super) fn identify(connection: &Connection, data: Value) -> Result<(), Close> {
    let request: Identify = serde_json::from_value(data).map_err(Close::decode_error)?;
    // Under one lock: no event falls between the list of guilds and the session's first place in line.
    let begun = connection.sandbox.read(|world| begin(connection, world, &request));
    match begun {
        Ok(()) => Ok(()),
        Err(Refusal::Close(close)) => Err(close),
        Err(Refusal::TooSoon) => {
            connection.link.send(Control::Payload(control(op::INVALID_SESSION, &json!(false))));
            Ok(())
        }
    }
}

fn begin(connection: &Connection, world: &World, request: &Identify) -> Result<(), Refusal> {
    let hub = &connection.sandbox.hub;
    let app = app_of(world, &request.token)?;
    let shard = shard_of(&request.shard)?;
    let limited = hub.rules.on(Rule::GatewayLimits);
    let granted = if limited { granted(world, app) } else { intents::PRIVILEGED };
    let intents = intents_of(&request.intents, granted)?;
    let [number, count] = shard.unwrap_or([0, 1]);
    let mut guilds = world.guilds_of(app);
    guilds.retain(|guild| guild.shard(count) == number);
    if limited && guilds.len() > GUILDS_ON_A_SHARD {
        return Err(Close::SHARDING_REQUIRED.into());
    }
    hub.start(app, number).map_err(|denied| match denied {
        Denied::TooSoon => Refusal::TooSoon,
        Denied::Exhausted => {
            tracing::warn!(%app, "a day's session starts are used up; Discord would reset the token");
            Refusal::Close(Close::AUTHENTICATION_FAILED)
        }
    })?;

    let id = format!("{:032x}", connection.sandbox.mint.next().0);
    let ready = ready(connection, world, app, &id, shard, &guilds);
    let link = &connection.link;
    let wishes = (intents, request.compress.unwrap_or(false));
    let now_ms = hub.clock.now_ms();
    let session = Arc::new(Session::new(id, app, [number, count], wishes, now_ms, guilds, link));
    link.send(Control::Ready { payload: payload("READY", 1, &ready), packing: session.ready_packing() });
    link.enter(Arc::clone(&session));
    hub.add(session);
    Ok(())
}

/// `READY`'s data.
fn ready(
    connection: &Connection,
    world: &World,
    app: Id,
    session: &str,
    shard: Option<[u64; 2]>,
    guilds: &[Id],
) -> String {
    let guilds: Vec<_> = guilds.iter().map(|guild| json!({ "id": guild, "unavailable": true })).collect();
    let mut ready = json!({
        "v": 10,
        "user": world.current_user(app),
        "guilds": guilds,
        "session_id": session,
        "session_type": "normal",
        "resume_gateway_url": connection.resume_url,
        "application": { "id": app, "flags": world.app_json(app)["flags"] },
        "private_channels": [],
        "relationships": [],
        "presences": [],
        "_trace": TRACE,
    });
    if let Some(shard) = shard {
        ready["shard"] = json!(shard);
    }
    ready.to_string()
}

/// The application that a token belongs to, with or without `Bot ` before it.
pub(super) fn app_of(world: &World, token: &str) -> Result<Id, Close> {
    let token = token.strip_prefix("Bot ").unwrap_or(token);
    world.app_by_token(token).ok_or(Close::AUTHENTICATION_FAILED)
}

fn granted(world: &World, app: Id) -> u64 {
    world.apps.get(&app).map_or(0, |app| app.granted_intents)
}

fn intents_of(value: &Value, granted: u64) -> Result<u64, Close> {
    let wanted = value.as_u64().ok_or(Close::INVALID_INTENTS)?;
    if wanted & !intents::DEFINED != 0 {
        return Err(Close::INVALID_INTENTS);
    }
    if wanted & intents::PRIVILEGED & !granted != 0 {
        return Err(Close::DISALLOWED_INTENTS);
    }
    Ok(wanted)
}

fn shard_of(value: &Value) -> Result<Option<[u64; 2]>, Close> {
    if value.is_null() {
        return Ok(None);
    }
    let shard = <[u64; 2]>::deserialize(value).map_err(|_| Close::INVALID_SHARD)?;
    let [number, count] = shard;
    if number < count { Ok(Some(shard)) } else { Err(Close::INVALID_SHARD) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shard_is_a_number_below_a_count() {
        assert_eq!(shard_of(&Value::Null), Ok(None));
        assert_eq!(shard_of(&json!([2, 3])), Ok(Some([2, 3])));
        for wrong in [json!([3, 3]), json!([0, 0]), json!([0]), json!([-1, 1]), json!("0/1")] {
            assert_eq!(shard_of(&wrong), Err(Close::INVALID_SHARD), "{wrong}");
        }
    }

    #[test]
    fn intents_are_defined_bits_and_privileged_ones_are_granted() {
        assert_eq!(intents_of(&json!(513), 0), Ok(513));
        for wrong in [json!(1 << 17), json!(1_u64 << 40), json!(-1), json!("513"), Value::Null] {
            assert_eq!(intents_of(&wrong, u64::MAX), Err(Close::INVALID_INTENTS), "{wrong}");
        }
        let wanted = json!(intents::MESSAGE_CONTENT | intents::GUILDS);
        assert_eq!(intents_of(&wanted, intents::GUILD_MEMBERS), Err(Close::DISALLOWED_INTENTS));
        assert!(intents_of(&wanted, intents::MESSAGE_CONTENT).is_ok());
    }
}
