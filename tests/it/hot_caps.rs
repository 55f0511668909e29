//! The small capabilities of the hot store: keys read back, one trip an operation, bounded memory.

use std::time::Duration;

use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, TestRunner},
};
use redis::cmd;
use secrecy::SecretString;
use troupe::{
    domain::{
        character::CharacterId,
        ids::{InteractionId, Place, UserId},
        metric::Metric,
    },
    hot::{
        Clock, Hot, HotError, Operation, Redis as HotRedis, Side,
        key::{Family, KeyFamily, Personal, RawKey},
        keys::{self, FAMILIES, Kind},
        local::LocalDb,
        lock::{DropLock, KeepLock, TakeLock},
        memory::{Between, Caps, DropTurn, Forget, Line, Recall, Remember, Revise, Turn, Who},
        privacy,
        stats::{Claim, Count, DropClaim, ReadClaim},
    },
};
use uuid::Uuid;

use crate::support::redis::Redis;

fn user(number: u64) -> UserId {
    UserId::new(number).expect("an id")
}

/// Ids that are easily taken for one another: 1, 12, 123, 2, 23 and large ones.
fn id() -> impl Strategy<Value = u64> {
    prop_oneof![Just(1), Just(12), Just(123), Just(2), Just(23), 1..=i64::MAX.unsigned_abs()]
}

fn place() -> impl Strategy<Value = Place> {
    prop_oneof![
        id().prop_map(|id| Place::Guild(id.to_string().parse().expect("an id"))),
        id().prop_map(|id| Place::Direct(user(id))),
    ]
}

fn character() -> impl Strategy<Value = CharacterId> {
    prop_oneof![
        "[a-z0-9][a-z0-9-]{0,31}".prop_map(|slug| format!("shipped:{slug}").parse().expect("an id")),
        any::<u128>().prop_map(|id| CharacterId::Custom(Uuid::from_u128(id))),
    ]
}

/// A key of each family that names a member, with that member.
fn keys_of(place: Place, user: UserId, character: &CharacterId, day: u32, kind: Kind) -> Vec<RawKey> {
    vec![
        keys::TalkCountUser::of(place, user, day).into_raw(),
        keys::TalkTokensUser::of(place, user, day).into_raw(),
        keys::SceneTurnsUser::of(place, user, day).into_raw(),
        keys::SceneTokensUser::of(place, user, day).into_raw(),
        keys::WindowUser::of(place, user, kind).into_raw(),
        keys::Strikes::of(place, user, kind).into_raw(),
        keys::PenaltyLevel::of(place, user, kind).into_raw(),
        keys::Penalty::of(place, user, kind).into_raw(),
        keys::UserPolicy::of(user).into_raw(),
        keys::Memory::of(place, user, character).into_raw(),
    ]
}

fn families_of(name: &str) -> Vec<&'static Family> {
    FAMILIES.iter().copied().filter(|family| family.parts(name).is_some()).collect()
}

proptest! {
    #[test]
    fn a_key_names_its_family_and_its_member_and_nobody_else(
        place in place(), owner in id(), other in id(), character in character(),
        day in 20_000_101..21_000_101_u32, say in any::<bool>(),
    ) {
        let kind = if say { Kind::Say } else { Kind::Ai };
        for key in keys_of(place, user(owner), &character, day, kind) {
            prop_assert_eq!(families_of(key.name()), vec![key.family()], "{}", key.name());
            let parts = key.family().parts(key.name()).expect("its own family");
            let named = parts.get("USER").map(str::to_owned);
            prop_assert_eq!(named.clone(), Some(owner.to_string()));
            prop_assert_eq!(named == Some(other.to_string()), owner == other);
        }
    }

    /// Texts that were never formed by the registry belong to nobody, and break nothing.
    #[test]
    fn any_text_is_read_without_harm(name in "[a-z:{}0-9*?\\[\\]\\\\-]{0,60}") {
        prop_assert!(families_of(&name).len() <= 1);
    }
}

#[test]
fn every_family_that_names_a_member_has_a_member_in_its_pattern() {
    let place = Place::Guild("1".parse().expect("an id"));
    let mira = "shipped:mira".parse().expect("an id");
    let tried = keys_of(place, user(1), &mira, 20_260_101, Kind::Ai);
    for family in FAMILIES.iter().filter(|family| family.personal == Personal::InKey) {
        assert!(family.pattern.contains("USER"), "{} names no member", family.name);
        assert!(
            tried.iter().any(|key| key.family() == *family),
            "{} is not among the tests' keys",
            family.name
        );
    }
}

#[test]
fn a_glob_takes_special_characters_literally() {
    let glob = keys::Memory::FAMILY.glob(&[("PLACE", "7"), ("CHARACTER", "a*b?[c\\")]);
    assert_eq!(glob, "talk:memory:{7}:*:a\\*b\\?\\[c\\\\");
}

/// Through both implementations' real parts: what is erased is one member's, on Redis and in this process.
#[tokio::test]
async fn a_member_is_exported_and_erased_on_both_sides_and_others_stay() {
    let server = Redis::start().await;
    let url = SecretString::from(server.url());
    let hot = Hot::new(Some(HotRedis::new(&url, "test:", Clock::System).expect("an address")), Clock::System);
    let (member, other) = (user(12), user(123));
    for side in [Side::Redis, Side::Local] {
        for who in [member, other] {
            hot.ask_at(side, &remember(who, 1, "hello")).await.expect("remembered");
        }
    }
    // Families whose operations are elsewhere: their keys as they are.
    let set: String = server.run(cmd("SET").arg("test:talk:count:user:{7}:12:20260101").arg(3)).await;
    let foreign: String =
        server.run(cmd("SET").arg("elsewhere:talk:count:user:{7}:12:20260101").arg(3)).await;
    assert_eq!((set.as_str(), foreign.as_str()), ("OK", "OK"));

    let shown = privacy::export(&hot, member).await.expect("shown");
    let names: Vec<_> = shown.iter().map(|kept| kept.family).collect();
    assert_eq!(names, ["TalkCountUser", "Memory", "Memory"]);
    assert_eq!(shown[1].value[0]["lines"][0]["text"], "hello");
    assert_eq!(
        privacy::forget_memories(&hot, remember(other, 1, "").between.place, other).await.expect("done"),
        2
    );
    assert_eq!(privacy::erase(&hot, member).await.expect("erased"), 3);
    assert_eq!(privacy::export(&hot, member).await.expect("shown"), []);
    let left: Vec<String> = server.run(cmd("KEYS").arg("*")).await;
    assert_eq!(left, ["elsewhere:talk:count:user:{7}:12:20260101"]);
}

#[tokio::test]
async fn half_an_export_is_none() {
    let mut server = Redis::start().await;
    let url = SecretString::from(server.url());
    let hot = Hot::new(Some(HotRedis::new(&url, "test:", Clock::System).expect("an address")), Clock::System);
    server.kill();
    privacy::export(&hot, user(12)).await.expect_err("Redis can't be asked");
    privacy::erase(&hot, user(12)).await.expect_err("Redis can't be asked");
    let alone = Hot::new(None, Clock::System);
    assert_eq!(privacy::erase(&alone, user(12)).await.expect("nothing is held"), 0);
    let walk = alone.walk(Side::Redis, &troupe::hot::stats::FindStats).await;
    assert!(matches!(walk, Err(HotError::Away)));
}

fn remember(user: UserId, interaction: u64, text: &str) -> Remember {
    let line = |who| Line { who, text: text.to_owned() };
    Remember {
        between: Between {
            place: Place::Guild("7".parse().expect("an id")),
            user,
            character: "shipped:mira".parse().expect("an id"),
        },
        turn: Turn {
            interaction: InteractionId::new(interaction).expect("an id"),
            lines: vec![line(Who::User), line(Who::Character)],
            note: None,
        },
        caps: Caps { lines: 40, bytes: 32 * 1024 },
        life: Duration::from_secs(60),
    }
}

/// Commands that clients sent, by name, since the last [`Counted::reset`].
struct Counted<'a>(&'a Redis);

impl Counted<'_> {
    async fn reset(&self) {
        let _: String = self.0.run(cmd("CONFIG").arg("RESETSTAT")).await;
    }

    /// Calls of one command. What a script calls is counted under the commands' own names, and not as a script.
    async fn calls(&self, command: &str) -> u64 {
        let stats: redis::InfoDict = self.0.run(cmd("INFO").arg("commandstats")).await;
        let line: Option<String> = stats.get(&format!("cmdstat_{command}"));
        let calls = line.as_deref().and_then(|line| line.strip_prefix("calls="));
        calls.and_then(|rest| rest.split(',').next()).map_or(0, |calls| calls.parse().expect("a number"))
    }
}

#[tokio::test]
async fn each_operation_is_one_round_trip_and_survives_the_loss_of_its_script() {
    let server = Redis::start().await;
    let url = SecretString::from(server.url());
    let redis = HotRedis::new(&url, "test:", Clock::System).expect("an address");
    let (job, owner, life) = ("partitions", Uuid::from_u128(1), Duration::from_secs(30));
    let place = Place::Guild("7".parse().expect("an id"));
    let claim = Claim { place, day: 20_260_101, batch: Uuid::from_u128(2) };
    let said = remember(user(1), 5, "hello");
    let between = said.between.clone();
    for loaded in [false, true] {
        if !loaded {
            let _: String = server.run(cmd("SCRIPT").arg("FLUSH")).await;
        }
        let counted = Counted(&server);
        counted.reset().await;
        TakeLock { job, owner, life }.on_redis(&redis).await.expect("an answer");
        KeepLock { job, owner, life }.on_redis(&redis).await.expect("an answer");
        DropLock { job, owner }.on_redis(&redis).await.expect("an answer");
        said.on_redis(&redis).await.expect("an answer");
        Revise(said.clone()).on_redis(&redis).await.expect("an answer");
        let dropped = DropTurn { between: between.clone(), interaction: said.turn.interaction };
        assert!(dropped.on_redis(&redis).await.expect("an answer"));
        Count { place, day: 20_260_101, counts: Metric::ALL.map(|metric| (metric, 1)).to_vec() }
            .on_redis(&redis)
            .await
            .expect("an answer");
        assert_eq!(claim.on_redis(&redis).await.expect("an answer").len(), Metric::ALL.len());
        let scripts = counted.calls("evalsha").await + counted.calls("script|load").await;
        // Four scripts; a lost one costs its loading and a second try, once.
        assert_eq!(scripts, if loaded { 8 } else { 16 }, "loaded before: {loaded}");
        counted.reset().await;
        assert!(ReadClaim(claim).on_redis(&redis).await.is_ok_and(|counters| !counters.is_empty()));
        assert!(DropClaim(claim).on_redis(&redis).await.expect("an answer"));
        assert!(Recall(between.clone()).on_redis(&redis).await.expect("an answer").is_empty());
        assert!(!Forget(between.clone()).on_redis(&redis).await.expect("an answer"));
        let single =
            (counted.calls("hgetall").await, counted.calls("del").await, counted.calls("lrange").await);
        assert_eq!((single, counted.calls("evalsha").await), ((1, 2, 1), 0));
    }
}

#[test]
fn words_are_in_no_debug_text() {
    assert!(!format!("{:?}", remember(user(1), 5, "secret")).contains("secret"));
}

#[derive(Debug, Clone)]
enum Flood {
    Memory(u64, usize),
    Lock(usize),
    Count(u64),
    Seen(u64),
    Forget(u64),
    Wait(i64),
}

fn flood() -> impl Strategy<Value = Flood> {
    prop_oneof![
        6 => (1..400_u64, 0..900_usize).prop_map(|(who, size)| Flood::Memory(who, size)),
        2 => (0..3_usize).prop_map(Flood::Lock),
        2 => (1..2_000_u64).prop_map(Flood::Count),
        2 => (1..100_000_u64).prop_map(Flood::Seen),
        1 => (1..400_u64).prop_map(Flood::Forget),
        1 => (1..5_000_i64).prop_map(Flood::Wait),
    ]
}

/// Whatever is asked of it, the in-process store stays within its bound, and knows what it weighs.
#[test]
fn a_flood_stays_within_its_bound() {
    const MOST: usize = 64 * 1024;
    let mut runner = TestRunner::new(Config { cases: 24, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&vec(flood(), 1..600), |floods| {
        let mut db = LocalDb::new(MOST);
        let mut now = 1;
        for flood in floods {
            match flood {
                Flood::Memory(who, size) => drop(remember(user(who), 1, &"x".repeat(size)).on_local(&mut db)),
                Flood::Lock(job) => {
                    let job = ["one", "two", "three"][job];
                    TakeLock { job, owner: Uuid::from_u128(1), life: Duration::from_secs(30) }
                        .on_local(&mut db);
                }
                Flood::Count(guild) => {
                    let place = Place::Guild(guild.to_string().parse().expect("an id"));
                    Count { place, day: 20_260_101, counts: vec![(Metric::Commands, 1)] }.on_local(&mut db);
                }
                Flood::Seen(id) => {
                    troupe::hot::seen::MarkSeen(InteractionId::new(id).expect("an id")).on_local(&mut db);
                }
                Flood::Forget(who) => drop(Forget(remember(user(who), 1, "").between).on_local(&mut db)),
                Flood::Wait(ms) => now += ms,
            }
            db.set_now(now);
            prop_assert!(db.bytes() <= MOST, "{} bytes", db.bytes());
        }
        // Everything ends, and nothing is left to weigh.
        db.set_now(i64::MAX);
        prop_assert_eq!((db.len(), db.bytes()), (0, 0));
        Ok(())
    });
    outcome.expect("a bound that holds");
}

/// Limits, leases and locks outlast short memory: losing those would let members past a limit.
#[test]
fn memories_leave_before_anything_else() {
    let mut db = LocalDb::new(1024 * 1024);
    let lock = TakeLock { job: "partitions", owner: Uuid::from_u128(1), life: Duration::from_secs(30) };
    assert!(lock.on_local(&mut db));
    let window = keys::WindowUser::of(Place::Direct(user(1)), user(1), Kind::Ai);
    db.sorted_add(&window, "call", 1);
    db.expire(&window, Duration::from_secs(35));
    for who in 1..10_000 {
        remember(user(who), 1, &"x".repeat(500)).on_local(&mut db);
        assert!(db.bytes() <= 1024 * 1024);
    }
    assert!(db.len() < 2_000, "memories had to leave");
    assert!(!TakeLock { owner: Uuid::from_u128(2), ..lock }.on_local(&mut db), "the lock is still held");
    assert_eq!(db.sorted_score(&window, "call"), Some(1), "the window still counts");
    assert!(Recall(remember(user(1), 1, "").between).on_local(&mut db).is_empty());
    assert!(!Recall(remember(user(9_999), 1, "").between).on_local(&mut db).is_empty(), "the latest stays");
}
