//! Looking at limits, without counting anything.

use std::time::Duration;

use troupe::hot::{
    keys::{self, Kind},
    limits::{Check, Look, Settle, Settled, Spent, Standing},
};

use super::{calls, calls_key, guild, held, penalty, reserve, rules::seconds, slot, user, user_window};
use crate::support::{both::Both, redis::Redis as Server};

#[tokio::test]
async fn looking_counts_nothing_and_says_when_limits_renew() {
    let server = Server::start().await;
    let mut both = Both::start(&server).await;
    let now = both.now_ms();
    let lock = keys::Penalty::of(guild(1), user(1), Kind::Ai).into_raw();
    let checks = vec![
        Check::Absent(lock),
        user_window(3, 30, Some(penalty(guild(1), user(1)))),
        calls(now, 1, 1, 10),
        calls(now, 7, 1, 50),
        slot(2),
    ];
    let look = Look { checks: checks.clone() };
    let fresh = both.ask(&look).await;
    assert_eq!(fresh[1], Standing::Window { used: 0, limit: 3, renews_at: None });
    assert_eq!(
        fresh.iter().map(Standing::left).collect::<Vec<_>>(),
        [None, Some(3), Some(10), Some(50), Some(2)]
    );
    assert!(both.local.is_empty());

    both.ask(&reserve(1, checks)).await;
    both.advance(Duration::from_secs(3)).await;
    let used = both.ask(&look).await;
    assert_eq!(used[1], Standing::Window { used: 1, limit: 3, renews_at: Some(seconds(30)) });
    assert_eq!(used[3], Standing::Budget(Spent { by_day: vec![1, 0, 0, 0, 0, 0, 0], limit: 50 }));
    assert_eq!(used[4], Standing::Slot { used: 1, waiting: 0, cap: 2, free_at: Some(seconds(70)) });
    assert_eq!(both.ask(&look).await, used);
}

#[tokio::test]
async fn looking_leaves_out_what_a_call_that_died_counts_for() {
    let server = Server::start().await;
    let mut both = Both::start(&server).await;
    let now = both.now_ms();
    let checks = vec![user_window(3, 300, None), calls(now, 1, 1, 10), calls(now, 7, 1, 50), slot(2)];
    let (dies, goes_on) = (reserve(1, checks.clone()), reserve(2, checks.clone()));
    both.ask(&dies).await;
    both.advance(Duration::from_secs(60)).await;
    both.ask(&goes_on).await;
    let look = Look { checks };
    let lefts = |standings: Vec<Standing>| standings.iter().map(Standing::left).collect::<Vec<_>>();
    assert_eq!(lefts(both.ask(&look).await), [Some(1), Some(8), Some(48), Some(0)]);
    both.advance(Duration::from_secs(11)).await;
    let healed = both.ask(&look).await;
    assert_eq!(healed[0], Standing::Window { used: 1, limit: 3, renews_at: Some(seconds(360)) });
    assert_eq!(lefts(healed), [Some(2), Some(9), Some(49), Some(1)]);
    // Nothing was taken back yet: whoever held it may still come and settle.
    assert_eq!(both.local.get(&calls_key(now, 0)), Some("2"));
    assert_eq!(both.ask(&Settle { held: &held(&dies), used: Vec::new(), memory: None }).await, Settled::Now);
    assert_eq!(lefts(both.ask(&look).await), [Some(1), Some(8), Some(48), Some(1)]);
}
