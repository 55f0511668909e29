//! Calls of a real model server: settled by what they used, stopped in the middle by switches, the bot's end and a lost lease.

use std::time::Duration;

use troupe::{
    ai::{Ending, Message, Request, Role},
    cold::switches::Switch,
    domain::{denial::Denial, ids::InteractionId, oversight::SwitchTarget},
    gates::{Call, CallError, Left, Memory},
    hot::{
        Clock,
        memory::{Between, Caps, Line, Remember, Turn, Who},
    },
};
use troupe_sandbox::model::{ModelServer, Pace, Script};

use super::{LIFE, Process, ask, counted, roomy};
use crate::support::{PATIENCE, Server as Http, eventually, postgres::migrated, redis::Redis as Server};

pub struct Model {
    pub server: ModelServer,
    http: Http,
}

impl Model {
    /// One that says a word every 20th of a second, for long.
    pub async fn talkative() -> Self {
        let server = ModelServer::new();
        let words = (0..1_000).map(|number| format!("word{number} "));
        let pace = Pace { token_ms: 50, ..Pace::default() };
        server.always(Script::tokens(words).pace(pace)).expect("a script");
        let http = Http::start(server.router()).await;
        Self { server, http }
    }

    pub fn url(&self) -> String {
        format!("{}/v1", self.http.url())
    }
}

fn request() -> Request {
    let say = |role, content: &str| Message { role, content: content.to_owned() };
    let messages = vec![say(Role::System, "You are Mira."), say(Role::User, "Hello!")];
    Request { messages, speaker: "Mira".to_owned(), others: Vec::new(), parts: Vec::new() }
}

async fn next(call: &mut Call) -> Option<String> {
    tokio::time::timeout(PATIENCE, call.next()).await.expect("no call hangs").map(|words| words.text)
}

/// Begins to speak.
async fn begun(process: &Process) -> Call {
    process.knows([1]).await;
    let admission = process.admit(&ask(1)).await.expect("admitted");
    let mut call = admission.call(&request()).await.expect("words");
    assert!(next(&mut call).await.is_some());
    assert_eq!(call.ending(), None);
    call
}

/// A whole call that was answered.
pub async fn answered(process: &Process, of: u64) -> Left {
    let admission = process.admit(&ask(of)).await.expect("admitted");
    let left = admission.left();
    let mut call = admission.call(&request()).await.expect("words");
    while next(&mut call).await.is_some() {}
    call.settle(None).await;
    left
}

/// What a member's tokens of today are counted as.
async fn tokens(server: &Server) -> Option<u32> {
    let names: Vec<String> = server.run(redis::cmd("KEYS").arg("*talk:tokens:*")).await;
    match names.first() {
        Some(name) => server.run(redis::cmd("GET").arg(name)).await,
        None => None,
    }
}

fn has_slots(keys: &[String]) -> bool {
    keys.iter().any(|key| key.contains("ai:conc"))
}

#[tokio::test]
async fn an_answer_is_charged_by_what_it_used_and_remembered_in_the_same_breath() {
    let (server, database, model) = (Server::start().await, migrated().await, Model::talkative().await);
    model.server.always(Script::text("Well met!").usage(30, 5)).expect("a script");
    let process = Process::with(Some(&server), &database.url, roomy(), &Clock::System, &model.url(), LIFE);
    process.knows([1]).await;
    let admission = process.admit(&ask(1)).await.expect("admitted");
    let mut call = admission.call(&request()).await.expect("words");
    let mut text = String::new();
    while let Some(words) = next(&mut call).await {
        text += &words;
    }
    assert_eq!((text.as_str(), call.ending()), ("Well met!", Some((Ending::Complete, None))));
    let between = Between { place: ask(1).place, user: ask(1).user, character: ask(1).character };
    let line = |who, text: &str| Line { who, text: text.to_owned() };
    let turn = Turn {
        interaction: InteractionId::new(77).expect("an id"),
        lines: vec![line(Who::User, "Hello!"), line(Who::Character, &text)],
        note: None,
    };
    let caps = Caps { lines: 10, bytes: 10_000 };
    let remember = Remember { between, turn: turn.clone(), caps, life: Duration::from_secs(60) };
    let finished = call.settle(Some(Memory::Remember(remember))).await;
    assert_eq!((finished.usage.prompt, finished.usage.completion), (30, 5));
    assert_eq!(tokens(&server).await, Some(35));
    assert!(!has_slots(&counted(&server).await));
    let mut next = process.admit(&ask(1)).await.expect("admitted");
    assert_eq!(next.take_memory(), [turn]);
    assert_eq!(next.take_memory(), []);
    next.give_back().await;
}

#[tokio::test]
async fn a_switch_and_the_bots_end_stop_an_answer_in_the_middle_and_it_is_charged_so_far() {
    let (server, database, model) = (Server::start().await, migrated().await, Model::talkative().await);
    let process = Process::with(Some(&server), &database.url, roomy(), &Clock::System, &model.url(), LIFE);
    for stop in ["global", "model", "environment", "end"] {
        let mut call = begun(&process).await;
        let switch =
            |target| Switch { target, reason: None, by: None, since: chrono::Utc::now(), until: None };
        let target = match stop {
            "model" => SwitchTarget::Model("some-model".to_owned()),
            _ => SwitchTarget::Global,
        };
        let off = Denial::Switched { target: target.clone(), reason: None, until: None };
        let mut live = process.live.current();
        let expected = match stop {
            "environment" => {
                live.ai_disabled = true;
                process.live.replace(live.clone());
                Denial::AiDisabled
            }
            "end" => {
                process.stop.cancel();
                Denial::Stopped
            }
            _ => {
                process.switches.set(switch(target.clone())).await.expect("set");
                off
            }
        };
        while next(&mut call).await.is_some() {}
        assert_eq!(call.ending(), Some((Ending::Stopped, Some(&expected))), "{stop}");
        let finished = call.settle(None).await;
        assert!(finished.usage.completion > 0 && finished.usage.completion < 500, "{finished:?}");
        assert!(!has_slots(&counted(&server).await), "{stop}");
        eventually("the connection is closed", || async { (model.server.open() == 0).then_some(()) }).await;
        process.switches.clear(target, None, chrono::Utc::now()).await.expect("cleared");
        live.ai_disabled = false;
        process.live.replace(live);
    }
    assert!(tokens(&server).await.is_some_and(|tokens| tokens > 0));
}

#[tokio::test]
async fn a_call_that_is_dropped_is_charged_and_one_without_words_is_not() {
    let (server, database, model) = (Server::start().await, migrated().await, Model::talkative().await);
    let process = Process::with(Some(&server), &database.url, roomy(), &Clock::System, &model.url(), LIFE);
    drop(begun(&process).await);
    process.settled().await;
    let after = counted(&server).await;
    assert!(!has_slots(&after) && after.iter().any(|key| key.contains("talk:count:user")), "{after:?}");
    let charged = tokens(&server).await.expect("something");
    assert!(charged > 0 && charged < 500, "{charged}");

    model.server.always(Script::status(400)).expect("a script");
    let admission = process.admit(&ask(1)).await.expect("admitted");
    let error = admission.call(&request()).await.expect_err("no words");
    assert!(matches!(error, CallError::Unanswered(_)), "{error:?}");
    assert_eq!(error.denial(0), Denial::ModelAway { until: None });
    assert_eq!((counted(&server).await, tokens(&server).await), (after, Some(charged)));
}

#[tokio::test]
async fn a_long_answer_keeps_its_slot_and_one_that_lost_it_stops() {
    let (server, database, model) = (Server::start().await, migrated().await, Model::talkative().await);
    let mut quotas = roomy();
    quotas.guild_slots = 1;
    quotas.free.talk.reply_tokens = 10_000;
    let life = Duration::from_secs(3);
    let process = Process::with(Some(&server), &database.url, quotas, &Clock::System, &model.url(), life);
    let mut call = begun(&process).await;
    process.knows([2]).await;
    let until = tokio::time::Instant::now() + 2 * life;
    while tokio::time::Instant::now() < until {
        assert!(next(&mut call).await.is_some(), "{:?}", call.ending());
        assert!(matches!(process.admit(&ask(2)).await, Err(Denial::GuildBusy { .. })));
    }
    let _: String = server.run(&redis::cmd("FLUSHALL")).await;
    while next(&mut call).await.is_some() {}
    assert_eq!(call.ending(), Some((Ending::Stopped, Some(&Denial::Stopped))));
    call.settle(None).await;
}
