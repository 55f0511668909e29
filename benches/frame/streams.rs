//! Many replies streaming at once, through the bot's own paced client, with Discord's limits on.

use std::time::{Duration, Instant};

use secrecy::SecretString;
use serde_json::{Value, json};
use serenity::all::{CreateInteractionResponse, CreateInteractionResponseMessage, EditInteractionResponse};
use troupe::discord::rest::Rest;
use troupe_sandbox::drive::LocalDiscord;
use troupe_sandbox::ids::Id;
use troupe_sandbox::world::interaction::{Opening, kind};

use crate::Outcome;

/// Edits of one reply.
const EDITS: usize = 10;
/// Replies at once.
const STREAMS: usize = 64;

/// One stream's time, and that of many at once.
pub(crate) async fn compare() -> Outcome<Value> {
    eprintln!("{STREAMS} streams of {EDITS} edits");
    let (one, _) = run(1).await?;
    let (many, rate_limited) = run(STREAMS).await?;
    let ratio = many.as_secs_f64() / one.as_secs_f64();
    Ok(json!({
        "one_ms": u64::try_from(one.as_millis())?,
        "many_ms": u64::try_from(many.as_millis())?,
        "ratio": (ratio * 1000.0).round() / 1000.0,
        "rate_limited": rate_limited,
    }))
}

/// How long `streams` take on a fresh local Discord, and how many 429 they met.
async fn run(streams: usize) -> Outcome<(Duration, u64)> {
    let discord = LocalDiscord::start().await?;
    let token = SecretString::from(discord.token().to_owned());
    let rest = Rest::new(&token, Some(&discord.url().parse()?), None, Rest::REQUESTS_PER_SECOND)?;
    let started = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..streams {
        let (rest, (app, id, token)) = (rest.clone(), open(&discord)?);
        tasks.spawn(async move { stream(&rest, app, id, &token).await });
    }
    while let Some(ended) = tasks.join_next().await {
        ended?.map_err(|error| error.to_string())?;
    }
    let elapsed = started.elapsed();
    let limited = discord.report().await?.rate_limited;
    Ok((elapsed, limited))
}

/// Opens an interaction: the application, its id and its token.
fn open(discord: &LocalDiscord) -> Outcome<(Id, Id, String)> {
    discord.sandbox().change(|world| {
        let app = *world.apps.keys().next().ok_or("no application")?;
        let user = *world.users.iter().find(|(_, user)| !user.bot).ok_or("nobody is here")?.0;
        let channel = world.guilds.values().next().and_then(|guild| guild.channels.first()).copied();
        let channel = channel.ok_or("no channel")?;
        let data = json!({ "id": app, "name": "about", "type": 1 });
        let id =
            world.open(Opening { app, kind: kind::COMMAND, user, channel, data, source: None, opener: None });
        let token = world.interaction(id).ok_or("just opened")?.token.clone();
        Ok((app, id, token))
    })
}

async fn stream(rest: &Rest, app: Id, id: Id, token: &str) -> Result<(), troupe::discord::rest::RestError> {
    let defer = CreateInteractionResponse::Defer(CreateInteractionResponseMessage::new());
    let body = serde_json::to_vec(&defer).expect("a builder serialises").into();
    rest.callback(id.0.into(), token, body).await?;
    for n in 1..=EDITS {
        let edit = EditInteractionResponse::new().content(format!("{n} of {EDITS}"));
        rest.edit_interaction_message(app.0.into(), token, None, &edit, Vec::new()).await?;
    }
    Ok(())
}
