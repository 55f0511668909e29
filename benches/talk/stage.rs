//! What the talks are measured on: a local Discord without limits, the model, private stores, and the bot.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use diesel_async::RunQueryDsl;
use serde_json::{Value, json};
use tokio::sync::broadcast::{Receiver, error::RecvError};
use troupe_sandbox::{
    drive::LocalDiscord,
    feed::Note,
    ids::Id,
    world::interaction::{Opening, kind},
};

use crate::{
    Outcome,
    bot::{Kind, Running},
    model::{Asked, Model, number_in},
    support::{
        postgres::{Database, migrated},
        redis::Redis,
    },
    unlimited::unlimited,
};

/// Channels that the talks go round in, each with a webhook of its own.
const CHANNELS: usize = 16;
/// How long nothing may happen before a run is given up.
const PATIENCE: Duration = Duration::from_secs(20);

/// One talk, as far as it got.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Talk {
    /// Its interaction was written to the gateway.
    pub(crate) sent: Instant,
    /// The bot acknowledged it.
    pub(crate) acknowledged: Option<Instant>,
    /// What the model knows.
    pub(crate) asked: Option<Asked>,
    /// The first words were on the screen.
    pub(crate) shown: Option<Instant>,
    /// The last edit, which has the buttons.
    pub(crate) done: Option<Instant>,
}

/// How talks are begun.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Begin {
    /// So many at any time.
    InFlight(usize),
    /// One every so often, however many are under way.
    Every(Duration),
}

/// All parts, until dropped.
pub(crate) struct Stage {
    pub(crate) discord: LocalDiscord,
    pub(crate) model: Model,
    pub(crate) redis: Redis,
    pub(crate) database: Arc<Database>,
    pub(crate) bot: Running,
    openings: Vec<Opening>,
    next: u64,
}

impl Stage {
    /// Everything up, and the bot warm. `limits` are settings in place of those that limit nothing.
    pub(crate) async fn start(guilds: usize, limits: &[(&str, &str)]) -> Outcome<Self> {
        let discord = unlimited().await?;
        if guilds > 0 {
            discord.control("POST", "/crowd", &json!({ "guilds": guilds, "bytes": 15_000 })).await?;
            discord.set_deadline(Duration::from_secs(180));
        }
        let (model, redis, database) =
            (Model::start().await?, Redis::start().await, Arc::new(migrated().await));
        let mut settings = crate::settings::unlimited();
        settings.extend(crate::settings::places(&model.url, &redis.secret_url(), &database.url));
        settings.extend(limits.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let bot = Running::start_with(Kind::Troupe, &discord, &settings)?;
        discord.bot_ready_with(&["talk"]).await?;
        let mut channels = Vec::new();
        for n in 0..CHANNELS {
            channels.push(discord.new_channel("The Playhouse", &format!("stage-{n}")).await?);
        }
        let mut openings = openings(&discord, &channels)?;
        if !limits.is_empty() {
            // One member alone meets a limit.
            openings.truncate(1);
        }
        Ok(Self { discord, model, redis, database, bot, openings, next: 0 })
    }

    /// Some talks that make caches, webhooks and connections warm.
    pub(crate) async fn warm_up(&mut self) -> Outcome {
        self.talk(CHANNELS * 20, Begin::InFlight(8)).await.map(drop)
    }

    /// Begins one more talk.
    fn open(&mut self) -> (u64, Id) {
        self.next += 1;
        let number = self.next;
        let turn = usize::try_from(number).unwrap_or(0);
        let mut opening = self.openings[turn % self.openings.len()].clone();
        opening.data["options"][0]["value"] = json!(format!("Tell me something about talk #{number}"));
        (number, self.discord.sandbox().change(|world| world.open(opening)))
    }

    /// So many talks, each to its last edit.
    pub(crate) async fn talk(&mut self, total: usize, begin: Begin) -> Outcome<Vec<Talk>> {
        let mut notes = self.discord.sandbox().read(|world| world.feed.watch());
        let mut run = Run::default();
        let mut clock = tokio::time::interval(match begin {
            Begin::Every(time) => time,
            Begin::InFlight(_) => Duration::from_millis(50),
        });
        let mut last = Instant::now();
        while run.done < total {
            let begun = run.talks.len();
            if let Begin::InFlight(most) = begin {
                for _ in 0..(most - (begun - run.done)).min(total - begun) {
                    run.begin(self.open());
                }
            }
            tokio::select! {
                biased;
                note = notes.recv() => self.hear(&mut run, note, &mut notes, &mut last)?,
                _ = clock.tick() => if matches!(begin, Begin::Every(_)) && begun < total {
                    run.begin(self.open());
                },
            }
            if last.elapsed() > PATIENCE {
                return Err(format!("{} of {total} talks ended, and then nothing happened", run.done).into());
            }
        }
        let asked = self.model.take();
        let hub = &self.discord.sandbox().hub;
        let mut talks: Vec<Talk> = Vec::new();
        for (number, mut talk) in run.talks {
            talk.asked = asked.get(&number).copied();
            let interaction = run.interactions.iter().find(|(_, of)| **of == number).map(|(id, _)| *id);
            if let Some(sent) = interaction.and_then(|id| hub.sent_at(id)) {
                talk.sent = sent;
            }
            talks.push(talk);
        }
        Ok(talks)
    }

    /// Talks that are in the ledger.
    pub(crate) async fn persisted(&self) -> Outcome<i64> {
        self.number("SELECT count(*) AS number FROM usage_ledger").await
    }

    async fn number(&self, query: &str) -> Outcome<i64> {
        let row: Number = diesel::sql_query(query).get_result(&mut self.database.connect().await).await?;
        Ok(row.number)
    }

    /// One more talk, which the bot refuses.
    pub(crate) async fn refused(&mut self) -> Outcome {
        let mut notes = self.discord.sandbox().read(|world| world.feed.watch());
        let (_, opened) = self.open();
        let acknowledged = async {
            loop {
                if let Note::Acknowledged { interaction, .. } = notes.recv().await?
                    && interaction == opened
                {
                    return Ok::<_, RecvError>(());
                }
            }
        };
        Ok(tokio::time::timeout(PATIENCE, acknowledged).await??)
    }

    fn hear(
        &self,
        run: &mut Run,
        note: Result<Note, RecvError>,
        notes: &mut Receiver<Note>,
        last: &mut Instant,
    ) -> Outcome {
        let mut next = Some(note);
        while let Some(note) = next {
            let now = Instant::now();
            match note {
                Ok(Note::Acknowledged { interaction, at }) => {
                    run.of(interaction, |talk| talk.acknowledged = Some(at));
                }
                Ok(Note::Posted { channel, message } | Note::Edited { channel, message }) => {
                    *last = now;
                    let seen = self.discord.sandbox().read(|world| {
                        let message = world.message(channel, message)?;
                        let answer = message.content.contains("answer #");
                        answer.then(|| (number_in(&message.content), !message.components.is_empty()))
                    });
                    if let Some((Some(number), finished)) = seen {
                        run.seen(number, finished, now);
                    }
                }
                Ok(_) => {}
                Err(RecvError::Lagged(lost)) => return Err(format!("{lost} notes were lost").into()),
                Err(RecvError::Closed) => return Err("the local Discord has ended".into()),
            }
            next = notes.try_recv().ok().map(Ok);
        }
        Ok(())
    }
}

/// One number of a query.
#[derive(diesel::QueryableByName)]
struct Number {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    number: i64,
}

/// How late bare serenity's callbacks are when `/about` comes so often.
pub(crate) async fn bare_callbacks(total: usize, every: Duration) -> Outcome<Vec<Duration>> {
    let discord = unlimited().await?;
    let _bot = Running::start(Kind::Bare, &discord)?;
    discord.bot_ready_with(&["about"]).await?;
    let general = discord.new_channel("The Playhouse", "stage").await?;
    let mut opening = openings(&discord, &[general])?.remove(0);
    opening.data = json!({ "id": opening.app, "name": "about", "type": 1 });
    let mut notes = discord.sandbox().read(|world| world.feed.watch());
    let (mut late, mut begun, mut clock) = (Vec::new(), 0, tokio::time::interval(every));
    while late.len() < total {
        tokio::select! {
            biased;
            note = notes.recv() => if let Note::Acknowledged { interaction, at } = note? {
                let sent = discord.sandbox().hub.sent_at(interaction).unwrap_or(at);
                late.push(at.saturating_duration_since(sent));
            },
            _ = clock.tick(), if begun < total => {
                begun += 1;
                discord.sandbox().change(|world| world.open(opening.clone()));
            }
        }
    }
    Ok(late)
}

/// Talks under way.
#[derive(Default)]
struct Run {
    talks: HashMap<u64, Talk>,
    interactions: HashMap<Id, u64>,
    done: usize,
}

impl Run {
    fn begin(&mut self, (number, interaction): (u64, Id)) {
        let sent = Instant::now();
        self.interactions.insert(interaction, number);
        self.talks.insert(number, Talk { sent, acknowledged: None, asked: None, shown: None, done: None });
    }

    fn of(&mut self, interaction: Id, change: impl FnOnce(&mut Talk)) {
        let talk = self.interactions.get(&interaction).and_then(|number| self.talks.get_mut(number));
        if let Some(talk) = talk {
            change(talk);
        }
    }

    fn seen(&mut self, number: u64, finished: bool, now: Instant) {
        let Some(talk) = self.talks.get_mut(&number) else { return };
        talk.shown.get_or_insert(now);
        if finished && talk.done.replace(now).is_none() {
            self.done += 1;
        }
    }
}

/// An opening of `/talk` for each member and channel in turn.
fn openings(discord: &LocalDiscord, channels: &[Id]) -> Outcome<Vec<Opening>> {
    discord.sandbox().read(|world| {
        let app = *world.apps.keys().next().ok_or("no application")?;
        let people: Vec<Id> = world.users.iter().filter(|(_, user)| !user.bot).map(|(id, _)| *id).collect();
        if people.is_empty() {
            return Err("nobody is here".into());
        }
        let data = |_: &Id| -> Value {
            json!({ "id": app, "name": "talk", "type": 1,
                "options": [{ "name": "message", "type": 3, "value": "" }] })
        };
        Ok(channels
            .iter()
            .zip(people.iter().cycle())
            .map(|(channel, user)| Opening {
                app,
                kind: kind::COMMAND,
                user: *user,
                channel: *channel,
                data: data(channel),
                source: None,
                opener: None,
            })
            .collect())
    })
}
