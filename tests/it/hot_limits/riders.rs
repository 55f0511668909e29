//! What rides along with a reservation, and what a crash leaves: each rule on both stores at once.

use std::time::Duration;

use troupe::hot::{
    key::RawKey,
    keys,
    limits::{Check, GiveBack, Look, Notice, Refusal, Renew, Reserve, Reserved, Settle, Settled, Standing},
    memory::{Between, Caps, Change, Line, Recall, Remember, Revise, Turn, Who},
    policy::{self, FencePolicy, PutPolicy},
};

use super::{
    LIFE, calls, calls_key, elastic, global_slot, granted, guild, held, refused, reserve, rules::Put, settle,
    slot, user, user_window,
};
use crate::support::{both::Both, redis::Redis as Server};

#[tokio::test]
async fn a_policy_is_confirmed_by_the_shared_copy() {
    let server = Server::start().await;
    let mut both = Both::start(&server).await;
    let keys = [policy::guild_key(guild(1).guild().expect("a guild")), policy::user_key(user(1))];
    let checks = |version| {
        let version = |key: &RawKey| Check::Version { key: key.clone(), version };
        keys.iter().map(version).collect::<Vec<_>>()
    };
    assert_eq!(granted(both.ask(&reserve(1, checks(2))).await).unconfirmed, [0, 1], "nothing is shared");
    for key in &keys {
        both.ask(&PutPolicy { key: key.clone(), version: 2, body: "{}".to_owned() }).await;
    }
    let sound = granted(both.ask(&reserve(2, checks(2))).await);
    assert_eq!((sound.unconfirmed, sound.left), (Vec::new(), vec![None, None]));
    assert_eq!(refused(both.ask(&reserve(3, checks(1))).await), (0, Refusal::Stale));
    both.ask(&FencePolicy { key: keys[1].clone(), version: 3 }).await;
    assert_eq!(
        refused(both.ask(&reserve(3, checks(2))).await),
        (1, Refusal::Stale),
        "a change is on its way"
    );
    let newest = vec![Check::Version { key: keys[1].clone(), version: 3 }];
    assert_eq!(granted(both.ask(&reserve(4, newest)).await).unconfirmed, [0]);
    both.advance(Duration::from_secs(15)).await;
    assert_eq!(granted(both.ask(&reserve(5, checks(2))).await).unconfirmed, [1], "it never came");
}

#[tokio::test]
async fn what_the_caller_knows_refuses_at_its_place() {
    let server = Server::start().await;
    let mut both = Both::start(&server).await;
    let key = keys::AiDisabled::key().into_raw();
    let switch = Check::Off { key: key.clone(), fields: vec!["global".to_owned()] };
    let checks = || vec![switch.clone(), Check::Never, slot(1)];
    assert_eq!(refused(both.ask(&reserve(1, checks())).await), (1, Refusal::Never));
    assert_eq!(both.ask(&Look { checks: vec![Check::Never] }).await, [Standing::Never]);
    let text = Some(Notice::text_of(None, "off"));
    both.ask(&Put { key, field: Some("global"), text }).await;
    assert_eq!(refused(both.ask(&reserve(1, checks())).await).0, 0);
}

#[tokio::test]
async fn an_elastic_budget_gives_what_it_has() {
    let server = Server::start().await;
    let mut both = Both::start(&server).await;
    let (now, today) = (both.now_ms(), calls_key(both.now_ms(), 0));
    let checks = || vec![elastic(now, 1, (2, 8), 12), elastic(now, 7, (2, 8), 40)];
    let first = reserve(1, checks());
    let answer = granted(both.ask(&first).await);
    assert_eq!((answer.charged_to(&today), &answer.left[..]), (8, &[Some(4), Some(32)][..]));
    assert_eq!(granted(both.ask(&first).await), answer, "its answer was lost");
    let second = reserve(2, checks());
    let rest = granted(both.ask(&second).await);
    assert_eq!((rest.charged_to(&today), &rest.left[..]), (4, &[Some(0), Some(28)][..]));
    assert_eq!(refused(both.ask(&reserve(3, checks())).await).0, 0, "not even the least");
    // Settled at less than was charged, and the other given back.
    let held = first.held(&answer);
    let end = Settle { held: &held, used: vec![(today.clone(), 3)], memory: None };
    assert_eq!(both.ask(&end).await, Settled::Now);
    assert_eq!(both.ask(&GiveBack { held: &second.held(&rest) }).await, Settled::Now);
    assert_eq!(both.local.get(&today), Some("3"));
}

fn between() -> Between {
    Between { place: guild(1), user: user(1), character: "shipped:mira".parse().expect("an id") }
}

fn turn(asked: &Reserve, text: &str) -> Remember {
    let lines = vec![Line { who: Who::Character, text: text.to_owned() }];
    let turn = Turn { interaction: asked.lease.interaction, lines, note: None };
    Remember { between: between(), turn, caps: Caps { lines: 9, bytes: 999 }, life: LIFE }
}

#[tokio::test]
async fn short_memory_rides_along() {
    let server = Server::start().await;
    let mut both = Both::start(&server).await;
    let asked = |n| Reserve { recall: Some(between()), ..reserve(n, vec![slot(9)]) };
    let first = asked(1);
    let answer = granted(both.ask(&first).await);
    assert_eq!(answer.turns, []);
    let held = first.held(&answer);
    let said = turn(&first, "Rain.");
    let memory = Some(Change::Remember(said.clone()));
    let end = Settle { held: &held, used: Vec::new(), memory };
    assert_eq!(both.ask(&end).await, Settled::Now);
    assert_eq!(both.ask(&end).await, Settled::Before);
    assert_eq!(granted(both.ask(&asked(2)).await).turns, [said.turn], "once");
    // Whatever became of the lease, an answer that was given is remembered.
    let anew = turn(&first, "Snow.");
    let stranger = super::held(&reserve(3, Vec::new()));
    let memory = Some(Change::Revise(Revise(anew.clone())));
    assert_eq!(both.ask(&Settle { held: &stranger, used: Vec::new(), memory }).await, Settled::Unknown);
    assert_eq!(both.ask(&Recall(between())).await, [anew.turn]);
    let long = turn(&asked(4), &"long ".repeat(1_000));
    let memory = Some(Change::Remember(long));
    assert_eq!(both.ask(&Settle { held: &stranger, used: Vec::new(), memory }).await, Settled::Unknown);
    assert_eq!(both.ask(&Recall(between())).await.len(), 1, "too large to keep");
}

#[tokio::test]
async fn what_a_crash_leaves_is_taken_back_once() {
    let server = Server::start().await;
    let mut both = Both::start(&server).await;
    let (now, today) = (both.now_ms(), calls_key(both.now_ms(), 0));
    let checks = || vec![user_window(5, 3_600, None), calls(now, 1, 2, 9), slot(2), global_slot(2)];
    let (crashed, slow) = (reserve(1, checks()), reserve(2, checks()));
    both.ask(&crashed).await;
    both.ask(&slow).await;
    both.advance(LIFE).await;
    // A refusal takes it back as well: whoever comes by.
    assert_eq!(refused(both.ask(&reserve(3, vec![slot(0)])).await).0, 0);
    assert_eq!(both.local.get(&today), None);
    let window = keys::WindowUser::of(guild(1), user(1), keys::Kind::Ai).into_raw();
    assert!(!both.local.exists(&window));
    assert!(!both.ask(&Renew { held: &held(&slow) }).await);
    assert_eq!(both.ask(&crashed).await, Reserved::Repeated);
    // One was only slow: what it used is counted, once.
    let late = held(&slow);
    assert_eq!(both.ask(&settle(&late)).await, Settled::Now);
    assert_eq!(both.local.get(&today), Some("2"));
    assert_eq!(both.ask(&settle(&late)).await, Settled::Before);
    assert_eq!(both.ask(&GiveBack { held: &held(&crashed) }).await, Settled::Now);
    assert_eq!(both.local.get(&today), Some("2"));
}

#[tokio::test]
async fn hours_after_a_crash_it_is_still_taken_back() {
    let server = Server::start().await;
    let mut both = Both::start(&server).await;
    let now = both.now_ms();
    both.ask(&reserve(1, vec![calls(now, 1, 1, 9), slot(2)])).await;
    both.advance(Duration::from_secs(20 * 60 * 60)).await;
    let asked = reserve(2, vec![calls(now, 1, 1, 9), slot(2)]);
    assert_eq!(granted(both.ask(&asked).await).left, [Some(8), Some(1)]);
}
