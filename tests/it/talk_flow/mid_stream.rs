//! Faults that strike after the first words: what the member sees at the end, what is charged, what is left behind.

use std::time::Duration;

use axum::http::Method;
use troupe_sandbox::drive::{Member, Message, Reply};
use troupe_sandbox::faults::{Effect, ErrorBody, Fault};
use troupe_sandbox::limits::Scope;
use troupe_sandbox::model::{self, Pace, Script};

use super::stage::{Stage, answer, slowly, talk};
use crate::support::eventually;
use crate::support::program::get;

const WORDS: &str = "one two three four five six seven eight nine ten eleven twelve";
/// What the model says that it used, where it comes to say so.
const USED: (i32, i32) = (100, 20);
const EDIT: &str = "/webhooks/*/*/messages/*";
/// Budgets that no table uses up.
const RICH: [(&str, &str); 6] = [
    ("FREE_TALK_USER_DAY", "100"),
    ("FREE_TALK_USER_WEEK", "500"),
    ("FREE_TALK_TOKENS_DAY", "1000000"),
    ("FREE_TALK_TOKENS_WEEK", "5000000"),
    ("AI_ANSWER_TIMEOUT_MS", "12000"),
    ("AI_SILENCE_TIMEOUT_MS", "3000"),
];

/// Some seconds of words that begin with `name`.
fn script(name: &str) -> Script {
    let pace = Pace { token_ms: 150, ..Pace::default() };
    Script::text(format!("{name} {WORDS}")).pace(pace).usage(100, 20)
}

/// Talks until the first words are there.
async fn begun(stage: &Stage, max: &Member, name: &str, script: Script) -> (Reply, Message) {
    stage.scripted(script).await;
    let reply = talk(max, "Count").await;
    let first = |message: &Message| message.is_from_webhook() && message.text().contains(name);
    (reply, max.waits_for(&format!("the first words of {name}"), first).await.expect("words"))
}

async fn all_of(member: &Member, name: &str) -> Vec<Message> {
    let seen = member.sees().await.expect("messages");
    seen.into_iter().filter(|message| message.text().contains(name)).collect()
}

/// What Discord does.
enum Blow {
    Deletes,
    Answers { status: u16, times: Option<u64> },
    Limits { times: u64 },
    LosesWebhook,
}

/// What is there at the end.
enum Seen {
    Whole,
    /// Whole, in another message.
    Anew,
    Nothing,
    /// The first words, and in private this.
    Begun(&'static str),
}

impl Blow {
    async fn strike(&self, stage: &Stage, begun: &Message) {
        let status = |status| Effect::Status { status, body: ErrorBody::Json };
        let (effect, times) = match *self {
            Self::Deletes => {
                let channel = stage.channel();
                return stage.discord.sandbox().change(|world| assert!(world.delete(channel, begun.id())));
            }
            Self::LosesWebhook => {
                let id = begun.json()["webhook_id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
                return stage.discord.sandbox().change(|world| assert!(world.delete_webhook(id)));
            }
            Self::Answers { status: code, times } => (status(code), times),
            Self::Limits { times } => {
                (Effect::RateLimit { retry_after_ms: 400, scope: Scope::User }, Some(times))
            }
        };
        let fault = Fault { times, ..Fault::new(effect).on(Method::PATCH, EDIT) };
        stage.discord.fault(fault).await.expect("a fault");
    }
}

impl Seen {
    async fn holds(&self, max: &Member, name: &str, reply: &mut Reply, begun: &Message) {
        match self {
            Self::Whole => {
                let shown = answer(max, &format!("{name} {WORDS}")).await;
                assert_eq!(shown.id(), begun.id(), "{name}");
            }
            Self::Anew => {
                let shown = answer(max, &format!("{name} {WORDS}")).await;
                assert!(shown.id() != begun.id() && shown.is_from_webhook(), "{name}");
            }
            Self::Nothing => assert!(all_of(max, name).await.is_empty(), "{name}"),
            Self::Begun(told) => {
                let tells = |reply: &Reply| {
                    reply.followups().iter().any(|more| more.is_ephemeral() && more.text().contains(told))
                };
                reply.until(told, tells).await.unwrap_or_else(|error| panic!("{name}: {error}"));
                let shown = all_of(max, name).await;
                assert_eq!(shown.len(), 1, "{name}");
                assert!(!shown[0].text().contains("twelve") && shown[0].buttons().is_empty(), "{name}");
            }
        }
    }
}

#[tokio::test]
async fn discord_fails_and_the_answer_is_charged_once_and_kept() {
    let stage = Stage::set_with(&RICH).await;
    let max = stage.max();
    let rows = [
        ("alder", Blow::Answers { status: 503, times: Some(3) }, Seen::Whole),
        ("birch", Blow::Limits { times: 2 }, Seen::Whole),
        ("cedar", Blow::Deletes, Seen::Nothing),
        ("hazel", Blow::Answers { status: 403, times: None }, Seen::Begun("may not write")),
        ("larch", Blow::Answers { status: 500, times: None }, Seen::Begun("Nothing is lost")),
        ("maple", Blow::LosesWebhook, Seen::Anew),
    ];
    let mut tokens = 0;
    for (number, (name, blow, seen)) in (1..).zip(&rows) {
        let (mut reply, begun) = begun(&stage, &max, name, script(name)).await;
        blow.strike(&stage, &begun).await;
        let charge = stage.charge(reply.interaction()).await;
        seen.holds(&max, name, &mut reply, &begun).await;
        stage.discord.clear_faults().await.expect("no faults");
        assert_eq!((charge.prompt_tokens, charge.completion_tokens), USED, "{name}");
        // Whatever Discord showed of it, all of it was said and can be read again.
        assert_eq!((charge.outcome.as_str(), charge.ordinal), ("completed", 0), "{name}");
        assert_eq!(charge.answer, format!("{name} {WORDS}"));
        tokens += charge.tokens();
        stage.left_nothing().await;
        assert_eq!(stage.counted("talk:count:user:").await, number, "{name}");
        assert_eq!(stage.counted("talk:tokens:user:").await, tokens, "{name}");
    }
    stage.end().await;
}

#[tokio::test]
async fn a_private_answer_that_outlives_its_token_is_kept() {
    let stage = Stage::set().await;
    let max = stage.max();
    stage.scripted(script("rowan")).await;
    let asked = max.uses("/talk").with("message", "Count").with("private", true);
    let mut reply = asked.send().await.expect("acknowledged");
    reply.contains("rowan").await.expect("the first words");
    stage.discord.advance(Duration::from_secs(16 * 60)).await.expect("later");
    let charge = stage.charge(reply.interaction()).await;
    assert_eq!((charge.outcome.as_str(), charge.answer), ("completed", format!("rowan {WORDS}")));
    // Nobody can be told by a token that is over: the words stay as they were.
    let shown = all_of(&max, "rowan").await;
    assert!(shown.len() == 1 && shown[0].is_ephemeral() && shown[0].buttons().is_empty(), "{shown:?}");
    stage.left_nothing().await;
    assert_eq!(stage.counted("talk:count:user:").await, 1);
    stage.end().await;
}

#[tokio::test]
async fn a_model_fails_and_what_came_is_shown_and_charged() {
    let stage = Stage::set_with(&RICH).await;
    let max = stage.max();
    let long = format!("heath {}", "word ".repeat(200));
    let flood = Script::tokens(["moss ".repeat(200)]).failing(model::Fault::Endless);
    let cut = Some("connection broke");
    // What goes wrong, what stands below the words, how it is written down.
    let rows = [
        ("briar", script("briar").failing(model::Fault::Malformed { after: 4 }), None, "completed"),
        ("moss", flood, Some("as long as one answer"), "completed"),
        ("clover", script("clover").failing(model::Fault::Cut { after: 6 }), cut, "partial"),
        ("heath", slowly(&long), cut, "partial"),
        ("nettle", script("nettle").failing(model::Fault::Stall { after: 6 }), cut, "partial"),
        (
            "sorrel",
            script("sorrel").failing(model::Fault::ErrorEvent { after: 6, message: "upstream".to_owned() }),
            cut,
            "partial",
        ),
    ];
    let mut tokens = 0;
    for (number, (name, script, note, outcome)) in (1..).zip(rows) {
        let (reply, _) = begun(&stage, &max, name, script).await;
        let shown = answer(&max, note.unwrap_or("twelve")).await;
        assert_eq!(shown.can_press("Continue"), note.is_some(), "{name}: {:?}", shown.buttons());
        let charge = stage.charge(reply.interaction()).await;
        assert_eq!(charge.outcome, outcome, "{name}");
        assert!(charge.answer.starts_with(name) && charge.messages > 0, "{name}: {charge:?}");
        assert!(charge.prompt_tokens > 0 && (1..5_000).contains(&charge.completion_tokens), "{charge:?}");
        assert!(charge.answer.len() <= 20_000, "{name}: {} bytes", charge.answer.len());
        tokens += charge.tokens();
        stage.left_nothing().await;
        assert_eq!(stage.counted("talk:count:user:").await, number, "{name}");
        assert_eq!(stage.counted("talk:tokens:user:").await, tokens, "{name}");
        // The note is looked for once: it must not be found in an earlier row's answer.
        max.presses(&shown, "Delete").await.expect("pressed");
        eventually("the answer is gone", async || all_of(&max, name).await.is_empty().then_some(())).await;
    }
    stage.end().await;
}

/// What happens to Redis.
#[derive(Debug, Clone, Copy)]
enum Loss {
    Killed,
    Emptied,
    Frozen,
}

#[tokio::test]
async fn redis_fails_and_the_answer_is_shown_and_charged_once() {
    // Held slots that nobody could free run out soon.
    let settings: Vec<_> = RICH.into_iter().chain([("AI_LEASE_TTL_S", "30")]).collect();
    let mut stage = Stage::set_with(&settings).await;
    let max = stage.max();
    for (name, loss) in [("opal", Loss::Emptied), ("onyx", Loss::Killed), ("agate", Loss::Frozen)] {
        let (reply, begun) = begun(&stage, &max, name, script(name)).await;
        match loss {
            Loss::Killed => stage.redis_mut().kill(),
            Loss::Emptied => {
                let _: String = stage.redis().run(&redis::cmd("FLUSHALL")).await;
            }
            Loss::Frozen => stage.redis().signal("STOP"),
        }
        let shown = answer(&max, &format!("{name} {WORDS}")).await;
        assert_eq!(shown.id(), begun.id(), "{loss:?}");
        let charge = stage.charge(reply.interaction()).await;
        assert_eq!((charge.outcome.as_str(), charge.messages), ("completed", 1), "{loss:?}");
        assert_eq!((charge.prompt_tokens, charge.completion_tokens), USED, "{loss:?}");
        match loss {
            Loss::Killed => stage.redis_mut().restart().await,
            Loss::Emptied => {}
            Loss::Frozen => stage.redis().signal("CONT"),
        }
        eventually("Redis is in charge again", async || {
            let (_, metrics) = get(&format!("http://{}/metrics", stage.ops)).await;
            metrics.lines().any(|line| line == "troupe_hot_redis 1").then_some(())
        })
        .await;
        stage.left_nothing().await;
        assert_eq!(stage.charges(reply.interaction()).await.len(), 1, "{loss:?}");
    }
    // After all of that, talking goes on.
    stage.says("After all.").await;
    talk(&max, "And now?").await;
    answer(&max, "After all.").await;
    stage.end().await;
}

#[tokio::test]
async fn a_slot_that_redis_forgets_stops_a_long_answer_at_its_renewal() {
    let settings: Vec<_> = RICH.into_iter().chain([("AI_LEASE_TTL_S", "10")]).collect();
    let stage = Stage::set_with(&settings).await;
    let max = stage.max();
    let long = format!("quartz {}", "word ".repeat(200));
    let (reply, _) = begun(&stage, &max, "quartz", slowly(&long)).await;
    let _: String = stage.redis().run(&redis::cmd("FLUSHALL")).await;
    let shown = answer(&max, "had to stop here").await;
    assert!(shown.can_press("Continue") && shown.text().contains("quartz"), "{}", shown.text());
    let charge = stage.charge(reply.interaction()).await;
    assert!(charge.outcome == "cancelled" && charge.completion_tokens > 0, "{charge:?}");
    stage.left_nothing().await;
    stage.end().await;
}

#[tokio::test]
async fn postgres_fails_and_the_record_lands_once_when_it_is_back() {
    let mut stage = Stage::set_on_own(&RICH).await;
    let max = stage.max();
    for (name, is_killed) in [("pearl", true), ("jade", false)] {
        let (reply, begun) = begun(&stage, &max, name, script(name)).await;
        if is_killed {
            stage.postgres().kill_hard();
        } else {
            stage.postgres().signal("STOP");
        }
        let shown = answer(&max, &format!("{name} {WORDS}")).await;
        assert_eq!(shown.id(), begun.id(), "{name}");
        eventually("the record waits", async || (stage.mirrored().await == 1).then_some(())).await;
        // What was reserved is settled all the same.
        assert_eq!(stage.held().await, 0, "{name}");
        if is_killed {
            stage.postgres().restart().await;
        } else {
            stage.postgres().signal("CONT");
        }
        let charge = stage.charge(reply.interaction()).await;
        assert_eq!((charge.outcome.as_str(), charge.messages), ("completed", 1), "{name}");
        assert_eq!((charge.prompt_tokens, charge.completion_tokens), USED, "{name}");
        assert_eq!(charge.answer, format!("{name} {WORDS}"));
        stage.left_nothing().await;
        assert_eq!(stage.charges(reply.interaction()).await.len(), 1, "{name}");
    }
    let (rows, bond) = (
        stage.number("SELECT count(*) FROM usage_ledger").await,
        stage.number("SELECT sum(xp) FROM bond_state").await,
    );
    assert_eq!((rows, bond), (2, 2), "each talk gains once");
    stage.end().await;
}
