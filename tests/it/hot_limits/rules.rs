//! Each rule by itself, on both stores at once.

use std::time::Duration;

use troupe::{
    domain::ids::Place,
    hot::{
        HotError, Operation, Redis,
        key::RawKey,
        keys::{self, Kind},
        limits::{
            Check, GiveBack, LeaseId, Look, Notice, Refusal, Renew, Reserve, Reserved, Settle, Settled,
            Spent, Standing,
        },
        local::LocalDb,
    },
};

use super::{
    DAY, LIFE, MINUTE, calls, calls_key, global_slot, guild, held, holder, penalty, reserve, slot, user,
    user_window,
};
use crate::support::{
    both::{Both, START_MS},
    redis::Redis as Server,
};

/// Leaves a notice; without a text takes it away.
#[derive(Debug)]
pub struct Put {
    pub key: RawKey,
    pub field: Option<&'static str>,
    pub text: Option<String>,
}

impl Operation for Put {
    type Answer = ();
    const NAME: &'static str = "put";

    async fn on_redis(&self, redis: &Redis) -> Result<(), HotError> {
        let name = match (self.field, &self.text) {
            (None, None) => "DEL",
            (None, Some(_)) => "SET",
            (Some(_), None) => "HDEL",
            (Some(_), Some(_)) => "HSET",
        };
        let mut command = redis.command(name).key(&self.key);
        if let Some(field) = self.field {
            command = command.arg(field);
        }
        if let Some(text) = &self.text {
            command = command.arg(text);
        }
        command.ask().await
    }

    fn on_local(&self, db: &mut LocalDb) {
        match (self.field, &self.text) {
            (None, None) => drop(db.delete(&self.key)),
            (None, Some(text)) => db.set(&self.key, text, None),
            (Some(field), None) => drop(db.hash_delete(&self.key, field)),
            (Some(field), Some(text)) => db.hash_set(&self.key, field, text),
        }
    }
}

pub(super) fn seconds(count: i64) -> i64 {
    START_MS + 1_000 * count
}

fn left(reserved: &Reserved) -> Vec<Option<u32>> {
    match reserved {
        Reserved::Granted(granted) => granted.left.clone(),
        other => panic!("not granted: {other:?}"),
    }
}

fn refusal(reserved: Reserved) -> (usize, Refusal) {
    match reserved {
        Reserved::Refused { index, refusal } => (index, refusal),
        other => panic!("not refused: {other:?}"),
    }
}

#[tokio::test]
async fn a_window_admits_its_limit_in_any_stretch() {
    let server = Server::start().await;
    let mut both = Both::start(&server).await;
    let window = || vec![user_window(2, 30, None)];
    assert_eq!(left(&both.ask(&reserve(1, window())).await), [Some(1)]);
    both.advance(Duration::from_secs(10)).await;
    assert_eq!(left(&both.ask(&reserve(2, window())).await), [Some(0)]);
    let full = Refusal::Window { fits_at: Some(seconds(30)) };
    assert_eq!(refusal(both.ask(&reserve(3, window())).await), (0, full.clone()));
    both.advance(Duration::from_secs(19)).await;
    assert_eq!(refusal(both.ask(&reserve(3, window())).await), (0, full));
    both.advance(Duration::from_secs(1)).await;
    assert_eq!(left(&both.ask(&reserve(3, window())).await), [Some(0)], "exactly a period later");
    let full = Refusal::Window { fits_at: Some(seconds(40)) };
    assert_eq!(refusal(both.ask(&reserve(4, window())).await), (0, full));
    // A limit that was lowered: two must leave before the next fits.
    let lowered = Refusal::Window { fits_at: Some(seconds(60)) };
    assert_eq!(refusal(both.ask(&reserve(4, vec![user_window(1, 30, None)])).await), (0, lowered));
    let never = Refusal::Window { fits_at: None };
    assert_eq!(refusal(both.ask(&reserve(4, vec![user_window(0, 30, None)])).await), (0, never));
}

#[tokio::test]
async fn a_third_overrun_within_ten_minutes_locks_and_longer_each_time() {
    let server = Server::start().await;
    let mut both = Both::start(&server).await;
    let lock = keys::Penalty::of(guild(1), user(1), Kind::Ai).into_raw();
    let checks = || vec![Check::Absent(lock.clone()), user_window(0, 30, Some(penalty(guild(1), user(1))))];
    let mut interaction = 0;
    let mut next = || {
        interaction += 1;
        reserve(interaction, checks())
    };
    let overrun = Refusal::Window { fits_at: None };

    // The first counts for exactly ten minutes.
    assert_eq!(refusal(both.ask(&next()).await), (1, overrun.clone()));
    both.advance(9 * MINUTE).await;
    assert_eq!(refusal(both.ask(&next()).await), (1, overrun.clone()));
    both.advance(MINUTE).await;
    assert_eq!(refusal(both.ask(&next()).await), (1, overrun.clone()));

    for minutes in [10, 20, 40, 80, 160, 320, 360, 360] {
        if minutes > 10 {
            for _ in 0..2 {
                assert_eq!(refusal(both.ask(&next()).await), (1, overrun.clone()));
            }
        }
        let ends_at = both.now_ms() + minutes * 60_000;
        assert_eq!(refusal(both.ask(&next()).await), (1, Refusal::Penalty { ends_at }));
        both.advance(Duration::from_secs(minutes.unsigned_abs() * 60 - 1)).await;
        let (index, locked) = refusal(both.ask(&next()).await);
        assert!(
            index == 0
                && matches!(locked, Refusal::Notice(Notice { ends_at: Some(end), .. }) if end == ends_at)
        );
        both.advance(Duration::from_secs(1)).await;
    }

    both.advance(7 * DAY).await;
    for _ in 0..2 {
        assert_eq!(refusal(both.ask(&next()).await), (1, overrun.clone()));
    }
    let ends_at = both.now_ms() + 600_000;
    assert_eq!(
        refusal(both.ask(&next()).await),
        (1, Refusal::Penalty { ends_at }),
        "forgotten after quiet days"
    );
}

#[tokio::test]
async fn an_overrun_strikes_once_and_no_other_refusal_does() {
    let server = Server::start().await;
    let mut both = Both::start(&server).await;
    let penal = || Some(penalty(guild(1), user(1)));
    let strikes = keys::Strikes::of(guild(1), user(1), Kind::Ai).into_raw();
    for interaction in 1..=5 {
        let now = both.now_ms();
        both.ask(&reserve(interaction, vec![user_window(9, 30, penal()), calls(now, 1, 1, 0)])).await;
        both.ask(&reserve(interaction, vec![slot(0), user_window(0, 30, penal())])).await;
    }
    assert!(!both.local.exists(&strikes));
    for _ in 0..5 {
        both.ask(&reserve(9, vec![user_window(0, 30, penal())])).await;
    }
    assert_eq!(both.local.sorted_all(&strikes).len(), 1, "the same call asked for again");
}

#[tokio::test]
async fn a_budget_admits_its_limit_and_tells_when_enough_is_free() {
    let server = Server::start().await;
    let mut both = Both::start(&server).await;
    let ask = |now, amount, limit| vec![calls(now, 1, amount, 5), calls(now, 7, amount, limit)];
    let mut interaction = 0;
    for (amount, expected) in [(3, [Some(2), Some(5)]), (2, [Some(0), Some(3)]), (0, [Some(0), Some(3)])] {
        interaction += 1;
        let asked = reserve(interaction, ask(both.now_ms(), amount, 8));
        assert_eq!(left(&both.ask(&asked).await), expected);
    }
    let (index, full) = refusal(both.ask(&reserve(10, ask(both.now_ms(), 1, 8))).await);
    assert_eq!((index, full), (0, Refusal::Budget(Spent { by_day: vec![5], limit: 5 })));

    both.advance(2 * DAY).await;
    let asked = reserve(11, ask(both.now_ms(), 3, 8));
    assert_eq!(left(&both.ask(&asked).await), [Some(2), Some(0)]);
    let (index, Refusal::Budget(spent)) = refusal(both.ask(&reserve(12, ask(both.now_ms(), 1, 8))).await)
    else {
        panic!("a budget refuses");
    };
    assert_eq!((index, spent.used(), spent.left()), (1, 8, 0));
    assert_eq!(spent.by_day, [3, 0, 5, 0, 0, 0, 0]);
    assert_eq!(
        [0, 1, 5, 6, 8, 9].map(|amount| spent.days_until(amount)),
        [Some(0), Some(5), Some(5), Some(7), Some(7), None]
    );

    both.advance(5 * DAY).await;
    let asked = reserve(12, ask(both.now_ms(), 5, 8));
    assert_eq!(left(&both.ask(&asked).await), [Some(0), Some(0)], "on day 8 the first day is over");
}

#[tokio::test]
async fn limits_of_nothing_and_amounts_of_nothing() {
    let server = Server::start().await;
    let mut both = Both::start(&server).await;
    let now = both.now_ms();
    assert_eq!(left(&both.ask(&reserve(1, vec![calls(now, 7, 0, 0)])).await), [Some(0)]);
    assert_eq!(refusal(both.ask(&reserve(2, vec![calls(now, 7, 1, 0)])).await).0, 0);
    assert_eq!(refusal(both.ask(&reserve(2, vec![slot(0)])).await), (0, Refusal::Slot { free_at: None }));
    assert_eq!(left(&both.ask(&reserve(2, Vec::new())).await), []);
    assert_eq!(both.local.len(), 2, "the two leases that were granted");
}

#[tokio::test]
async fn a_crash_frees_its_own_slot_at_its_own_time_under_any_traffic() {
    let server = Server::start().await;
    let mut both = Both::start(&server).await;
    let crashed = reserve(1, vec![slot(2), global_slot(9)]);
    both.ask(&crashed).await;
    both.advance(Duration::from_secs(5)).await;
    let working = reserve(2, vec![slot(2), global_slot(9)]);
    both.ask(&working).await;
    let ends = START_MS + i64::try_from(LIFE.as_millis()).expect("short");
    for second in 6..70 {
        both.advance(Duration::from_secs(1)).await;
        assert!(both.ask(&Renew { held: &held(&working) }).await);
        let waiting = reserve(100 + second, vec![slot(2), global_slot(9)]);
        assert_eq!(refusal(both.ask(&waiting).await), (0, Refusal::Slot { free_at: Some(ends) }));
    }
    both.advance(Duration::from_secs(1)).await;
    assert!(!both.ask(&Renew { held: &held(&crashed) }).await, "its time is over");
    assert_eq!(left(&both.ask(&reserve(200, vec![slot(2), global_slot(9)])).await), [Some(0), Some(7)]);
    assert!(both.ask(&Renew { held: &held(&working) }).await);
}

#[tokio::test]
async fn a_shorter_lease_does_not_end_a_longer_one() {
    let server = Server::start().await;
    let mut both = Both::start(&server).await;
    both.ask(&Reserve { life: Duration::from_secs(300), ..reserve(1, vec![slot(2)]) }).await;
    both.ask(&Reserve { life: Duration::from_secs(10), ..reserve(2, vec![slot(2)]) }).await;
    both.advance(Duration::from_secs(20)).await;
    assert_eq!(left(&both.ask(&reserve(3, vec![slot(2)])).await), [Some(0)]);
    assert_eq!(refusal(both.ask(&reserve(4, vec![slot(2)])).await).0, 0);
}

#[tokio::test]
async fn the_same_holder_is_told_the_same_and_another_that_it_repeats() {
    let server = Server::start().await;
    let mut both = Both::start(&server).await;
    let now = both.now_ms();
    let asked = reserve(1, vec![user_window(1, 30, None), calls(now, 7, 1, 1), slot(1)]);
    let first = both.ask(&asked).await;
    assert_eq!(left(&first), [Some(0); 3]);
    assert_eq!(both.ask(&asked).await, first, "its answer was lost");
    assert_eq!(both.ask(&Reserve { holder: holder(2), ..asked.clone() }).await, Reserved::Repeated);
    let second_call = LeaseId { call: 1, ..asked.lease };
    assert_eq!(refusal(both.ask(&Reserve { lease: second_call, ..asked.clone() }).await).0, 0);

    assert_eq!(both.ask(&Settle { held: &held(&asked), used: Vec::new(), memory: None }).await, Settled::Now);
    assert_eq!(both.ask(&asked).await, Reserved::Repeated, "it is over");
    // An interaction that comes again a quarter of an hour later is still known.
    both.advance(15 * MINUTE).await;
    assert_eq!(both.ask(&Reserve { holder: holder(3), ..asked.clone() }).await, Reserved::Repeated);
}

#[tokio::test]
async fn settling_counts_what_was_used_once() {
    let server = Server::start().await;
    let mut both = Both::start(&server).await;
    let now = both.now_ms();
    let today = calls_key(now, 0);
    let asked = reserve(1, vec![user_window(2, 30, None), calls(now, 1, 100, 500), slot(1)]);
    both.ask(&asked).await;
    // The slot has run out long ago; the call still settles, at more than was reserved.
    both.advance(14 * MINUTE).await;
    let lease = held(&asked);
    let settle = Settle { held: &lease, used: vec![(today.clone(), 130)], memory: None };
    assert_eq!(both.ask(&settle).await, Settled::Now);
    assert_eq!(both.ask(&settle).await, Settled::Before);
    assert_eq!(both.ask(&GiveBack { held: &lease }).await, Settled::Before);
    assert_eq!(both.local.get(&today), Some("130"));

    let other = reserve(2, vec![calls(now, 1, 100, 500)]);
    both.ask(&other).await;
    both.ask(&Settle { held: &held(&other), used: vec![(today.clone(), 0)], memory: None }).await;
    assert_eq!(both.local.get(&today), Some("130"));

    let unknown = reserve(3, vec![calls(now, 1, 100, 500)]);
    assert_eq!(both.ask(&GiveBack { held: &held(&unknown) }).await, Settled::Unknown);
    let stranger = Reserve { holder: holder(2), ..reserve(4, vec![calls(now, 1, 100, 500)]) };
    both.ask(&reserve(4, vec![calls(now, 1, 100, 500)])).await;
    assert_eq!(both.ask(&GiveBack { held: &held(&stranger) }).await, Settled::Unknown);
    assert_eq!(both.local.get(&today), Some("230"));
}

#[tokio::test]
async fn giving_back_leaves_nothing_but_the_lease() {
    let server = Server::start().await;
    let mut both = Both::start(&server).await;
    let now = both.now_ms();
    let asked = reserve(
        1,
        vec![user_window(1, 30, None), calls(now, 1, 3, 9), calls(now, 7, 3, 9), slot(1), global_slot(1)],
    );
    let lease = held(&asked);
    assert_eq!(left(&both.ask(&asked).await), [Some(0), Some(6), Some(6), Some(0), Some(0)]);
    assert_eq!(both.ask(&GiveBack { held: &lease }).await, Settled::Now);
    assert_eq!(both.local.names().collect::<Vec<_>>(), [keys::Lease::of(guild(1), asked.lease).name()]);
    assert_eq!(both.ask(&Settle { held: &lease, used: Vec::new(), memory: None }).await, Settled::Before);
    assert!(!both.ask(&Renew { held: &lease }).await);
    assert_eq!(
        left(&both.ask(&Reserve { lease: LeaseId { call: 1, ..asked.lease }, ..asked.clone() }).await)[0],
        Some(0)
    );
}

#[tokio::test]
async fn notices_refuse_until_they_end() {
    let server = Server::start().await;
    let mut both = Both::start(&server).await;
    let key = keys::AiDisabled::key().into_raw();
    let fields = || vec!["global".to_owned(), "talk".to_owned()];
    let checks = || vec![Check::Off { key: key.clone(), fields: fields() }, slot(1)];
    let ends_at = Some(both.now_ms() + 60_000);
    let put = |field, text| Put { key: key.clone(), field: Some(field), text };
    both.ask(&put("scene", Some(Notice::text_of(None, "not asked for")))).await;
    both.ask(&put("talk", Some(Notice::text_of(ends_at, "the bill: 3 times the plan")))).await;
    let notice = Notice { field: Some("talk".into()), ends_at, text: "the bill: 3 times the plan".into() };
    assert_eq!(refusal(both.ask(&reserve(1, checks())).await), (0, Refusal::Notice(notice.clone())));
    assert_eq!(both.ask(&Look { checks: checks() }).await[0], Standing::Notice(Some(notice)));
    both.advance(MINUTE).await;
    assert_eq!(left(&both.ask(&reserve(1, checks())).await), [None, Some(0)]);

    for (text, ends_at, said) in [
        ("1", None, "1"),
        ("", None, ""),
        ("x 1", None, "x 1"),
        ("-5 x", None, "-5 x"),
        ("0 all", None, "all"),
    ] {
        both.ask(&put("global", Some(text.to_owned()))).await;
        let notice = Notice { field: Some("global".into()), ends_at, text: said.into() };
        assert_eq!(refusal(both.ask(&reserve(2, checks())).await), (0, Refusal::Notice(notice)), "{text:?}");
    }
}

#[tokio::test]
async fn a_direct_message_is_a_place_of_its_own() {
    let server = Server::start().await;
    let mut both = Both::start(&server).await;
    let direct = Reserve { place: Place::Direct(user(1)), ..reserve(1, vec![slot(1)]) };
    both.ask(&direct).await;
    assert!(both.local.exists(&keys::Lease::of(Place::Direct(user(1)), direct.lease)));
}
