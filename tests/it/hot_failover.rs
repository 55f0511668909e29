//! The hot store's way from Redis to this process and back, for each way in which a real Redis fails.

use ::redis::{Cmd, aio::ConnectionLike, cmd};
use secrecy::SecretString;
use troupe::{
    domain::ids::InteractionId,
    hot::{
        Clock, Hot, HotError, Mode, Operation, Reason, Redis, Side, Wire, keys, local::LocalDb,
        seen::MarkSeen,
    },
};

use crate::support::{
    eventually, free_port,
    hot::{CountBoth, Watched, place, user},
    redis::{self, Redis as Server},
};

const PREFIX: &str = "test:";

fn client(url: &str) -> Redis {
    Redis::new(&SecretString::from(url), PREFIX, Clock::System).expect("an address")
}

/// A server with a hot store that has been seen to use it.
async fn pair(options: &[&str]) -> (Server, Watched) {
    let server = Server::start_with(options).await;
    let watched = Watched::over(client(&server.url()));
    watched.returns().await;
    (server, watched)
}

fn words(line: &str) -> Cmd {
    let mut words = line.split(' ');
    let mut command = cmd(words.next().expect("a command"));
    command.arg(words.collect::<Vec<_>>());
    command
}

async fn order(wire: &mut Wire, line: &str) {
    wire.req_packed_command(&words(line)).await.expect("Redis obeys");
}

/// Commands that break a server and mend it, and what is said meanwhile.
async fn breaks_and_heals(breaking: &[&str], mending: &[&str], why: Reason) {
    let (server, watched) = pair(&[]).await;
    // This connection stands while others break.
    let mut wire = troupe::hot::connect(&server.secret_url()).await.expect("a connection");
    for line in breaking {
        order(&mut wire, line).await;
    }
    watched.leaves(why).await;
    for line in mending {
        order(&mut wire, line).await;
    }
    watched.returns().await;
}

#[tokio::test]
async fn a_full_server_is_left_until_it_has_room() {
    breaks_and_heals(&["CONFIG SET maxmemory 1"], &["CONFIG SET maxmemory 0"], Reason::OutOfMemory).await;
}

#[tokio::test]
async fn a_replica_is_left_until_it_is_a_master_again() {
    let port = free_port();
    let replica = format!("REPLICAOF 127.0.0.1 {port}");
    breaks_and_heals(&[&replica], &["REPLICAOF NO ONE"], Reason::ReadOnly).await;
}

/// It is neither a master nor does it know what its master knows.
#[tokio::test]
async fn a_replica_without_a_master_is_left() {
    let port = free_port();
    let replica = format!("REPLICAOF 127.0.0.1 {port}");
    let breaking = ["CONFIG SET replica-serve-stale-data no", &replica];
    breaks_and_heals(&breaking, &["REPLICAOF NO ONE"], Reason::ClusterDown).await;
}

#[tokio::test]
async fn a_server_that_lacks_replicas_is_left() {
    let breaking = ["CONFIG SET min-replicas-to-write 1"];
    breaks_and_heals(&breaking, &["CONFIG SET min-replicas-to-write 0"], Reason::NoWrites).await;
}

#[tokio::test]
async fn a_user_that_may_not_write_any_more_is_noticed() {
    breaks_and_heals(&["ACL SETUSER default -set"], &["ACL SETUSER default +set"], Reason::Refused).await;
}

/// Operations may do without scripts for a while; the watch does not.
#[tokio::test]
async fn a_user_that_may_not_run_scripts_any_more_is_noticed() {
    let mending = ["ACL SETUSER default +@scripting"];
    breaks_and_heals(&["ACL SETUSER default -@scripting"], &mending, Reason::Refused).await;
}

#[tokio::test]
async fn a_changed_password_is_noticed_at_the_next_connection() {
    let back = format!("CONFIG SET requirepass {}", redis::PASSWORD);
    let breaking = ["CONFIG SET requirepass another", "CLIENT KILL TYPE normal SKIPME yes"];
    breaks_and_heals(&breaking, &[&back], Reason::Refused).await;
}

#[tokio::test]
async fn a_server_that_can_not_save_is_left() {
    let (server, watched) = pair(&[]).await;
    let in_the_way = server.folder().join("dump.rdb");
    std::fs::create_dir(&in_the_way).expect("a folder where the file should be");
    let saved = async |how: &str| {
        server.run::<()>(&cmd("BGSAVE")).await;
        eventually("BGSAVE has ended", || async {
            let info: String = server.run(cmd("INFO").arg("persistence")).await;
            let ended = info.contains("rdb_bgsave_in_progress:0");
            (ended && info.contains(&format!("rdb_last_bgsave_status:{how}"))).then_some(())
        })
        .await;
    };
    server.run::<()>(cmd("CONFIG").arg("SET").arg("save").arg("3600 1")).await;
    saved("err").await;
    watched.leaves(Reason::NoWrites).await;
    std::fs::remove_dir(&in_the_way).expect("an empty folder");
    saved("ok").await;
    watched.returns().await;
}

#[tokio::test]
async fn a_server_that_loads_its_data_is_waited_for() {
    let (mut server, watched) = pair(&["--loading-process-events-interval-bytes", "1024"]).await;
    let fill = "for i = 1, 60000 do redis.call('SET', 'filler:' .. i, string.rep('x', 100)) end";
    server.run::<()>(cmd("EVAL").arg(fill).arg(0)).await;
    // Each key takes a millisecond to load, until told otherwise: a minute in all.
    server.run::<()>(&cmd("SAVE")).await;
    server.kill();
    server.set_option("--key-load-delay", "1000");
    server.launch();
    watched.leaves(Reason::Loading).await;
    server.run::<()>(&words("CONFIG SET key-load-delay 0")).await;
    watched.returns().await;
}

#[tokio::test]
async fn a_server_that_hangs_holds_nobody_up() {
    let (server, watched) = pair(&[]).await;
    server.signal("STOP");
    let answers = futures::future::join_all((0..50).map(|_| watched.ask())).await;
    assert!(answers.iter().all(|side| *side == Side::Local), "{answers:?}");
    watched.leaves(Reason::Silent).await;
    server.signal("CONT");
    watched.returns().await;
}

#[tokio::test]
async fn a_server_that_is_killed_is_left_and_found_again() {
    let (mut server, watched) = pair(&[]).await;
    for _ in 0..2 {
        server.kill();
        watched.leaves(Reason::Unreachable).await;
        server.restart().await;
        watched.returns().await;
    }
}

/// Nobody asks anything: the watch notices by itself.
#[tokio::test]
async fn a_server_that_goes_unasked_is_missed_all_the_same() {
    let (mut server, watched) = pair(&[]).await;
    let mut modes = watched.hot.modes();
    server.kill();
    tokio::time::timeout(crate::support::PATIENCE, modes.wait_for(|mode| mode.is_local()))
        .await
        .expect("in time")
        .expect("the switch is there");
}

#[tokio::test]
async fn closed_connections_heal() {
    let (server, watched) = pair(&[]).await;
    for _ in 0..3 {
        let _closed: i64 = server.run(&words("CLIENT KILL TYPE normal SKIPME yes")).await;
        watched.returns().await;
    }
}

#[tokio::test]
async fn nobody_at_home_and_a_wrong_password_are_told_apart() {
    let port = free_port();
    let nobody = Watched::over(client(&format!("redis://127.0.0.1:{port}")));
    nobody.leaves(Reason::Unreachable).await;
    let server = Server::start().await;
    let wrong = Watched::over(client(&server.url_with("wrong-password")));
    wrong.leaves(Reason::Refused).await;
    let none = Watched::over(client(&server.url().replace(redis::PASSWORD, "")));
    none.leaves(Reason::Refused).await;
    assert!(!format!("{:?}", wrong.hot).contains("wrong-password"));
}

#[tokio::test]
async fn what_redis_lost_is_no_outage() {
    let (server, watched) = pair(&[]).await;
    let hot = &watched.hot;
    let count = CountBoth { day: 20_260_101 };
    assert_eq!(hot.ask(&count).await, (1, Side::Redis));
    server.run::<()>(&words("SCRIPT FLUSH")).await;
    assert_eq!(hot.ask(&count).await, (2, Side::Redis), "the script is brought back, and run once");
    let seen = MarkSeen(InteractionId::new(1).expect("an id"));
    assert_eq!(hot.ask(&seen).await, (true, Side::Redis));
    assert_eq!(hot.ask(&seen).await, (false, Side::Redis));
    server.run::<()>(&words("FLUSHALL")).await;
    assert_eq!(hot.ask(&seen).await, (true, Side::Redis));
    assert_eq!(hot.ask(&count).await, (1, Side::Redis));
    assert_eq!(hot.mode(), Mode::Redis);
}

#[tokio::test]
async fn a_bug_of_one_operation_does_not_take_redis_from_the_others() {
    let (server, watched) = pair(&[]).await;
    let count = CountBoth { day: 20_260_102 };
    let key = format!("{PREFIX}{}", keys::TalkCountGuild::of(place(), count.day).name());
    server.run::<()>(cmd("RPUSH").arg(&key).arg("of another type")).await;
    assert_eq!(watched.hot.ask(&count).await, (-1, Side::Local));
    assert_eq!(watched.ask().await, Side::Redis);
    let kept = watched.hot.ask_at(Side::Redis, &count).await.expect_err("the bug itself");
    assert!(kept.to_string().contains("WRONGTYPE") && kept.reason().is_none(), "{kept}");
    assert!(keys::TalkCountUser::of(place(), user(), count.day).name().contains("{7}"));
}

#[tokio::test]
async fn what_redis_gave_is_out_of_reach_while_it_is_away() {
    let (mut server, watched) = pair(&[]).await;
    let hot = &watched.hot;
    let seen = MarkSeen(InteractionId::new(2).expect("an id"));
    assert_eq!(hot.ask(&seen).await, (true, Side::Redis));
    server.kill();
    watched.leaves(Reason::Unreachable).await;
    assert!(matches!(hot.ask_at(Side::Redis, &seen).await, Err(HotError::Away)));
    assert!(hot.ask_at(Side::Local, &seen).await.expect("this process answers"));
    server.restart().await;
    watched.returns().await;
    assert!(hot.ask_at(Side::Redis, &seen).await.expect("Redis answers"), "the restart emptied it");
    assert!(!hot.ask_at(Side::Local, &seen).await.expect("this process answers"), "it remembers");
}

#[tokio::test]
async fn without_a_watch_and_without_redis_questions_are_answered() {
    let hot = Hot::new(None, Clock::System);
    assert!(matches!(hot.mode(), Mode::Local { reason: Reason::NotConfigured, .. }));
    let seen = MarkSeen(InteractionId::new(3).expect("an id"));
    assert_eq!(hot.ask(&seen).await, (true, Side::Local));
    assert!(matches!(hot.ask_at(Side::Redis, &seen).await, Err(HotError::Away)));

    let mut server = Server::start().await;
    let hot = Hot::new(Some(client(&server.url())), Clock::System);
    assert_eq!(hot.ask(&seen).await, (true, Side::Redis));
    server.kill();
    assert_eq!(hot.ask(&seen).await, (true, Side::Local));
    assert_eq!(hot.ask(&seen).await, (false, Side::Local));
}

/// Fails at once, or never answers.
#[derive(Debug)]
enum Trouble {
    Fails,
    Stuck,
}

impl Operation for Trouble {
    type Answer = ();
    const NAME: &'static str = "trouble";

    async fn on_redis(&self, _redis: &Redis) -> Result<(), HotError> {
        match self {
            Self::Fails => Err(HotError::Deadline),
            Self::Stuck => std::future::pending().await,
        }
    }

    fn on_local(&self, _db: &mut LocalDb) {}
}

#[tokio::test(start_paused = true)]
async fn the_first_who_notices_frees_all_who_wait() {
    let hot = Hot::new(Some(client("redis://127.0.0.1:1")), Clock::System);
    let begun = tokio::time::Instant::now();
    let (stuck, ..) =
        tokio::join!(hot.ask(&Trouble::Stuck), hot.ask(&Trouble::Fails), hot.ask(&Trouble::Stuck));
    assert_eq!(
        (stuck.1, begun.elapsed()),
        (Side::Local, std::time::Duration::ZERO),
        "without waiting at all"
    );

    let hot = Hot::new(Some(client("redis://127.0.0.1:1")), Clock::System);
    hot.ask(&Trouble::Stuck).await;
    assert!(begun.elapsed() <= std::time::Duration::from_millis(300), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn an_operation_is_one_command() {
    use futures::StreamExt;

    let server = Server::start().await;
    let hot = Hot::new(Some(client(&server.url())), Clock::System);
    let count = CountBoth { day: 20_260_103 };
    hot.ask(&count).await;
    let watcher = ::redis::Client::open(server.url()).expect("an address");
    let mut monitor = watcher.get_async_monitor().await.expect("MONITOR").into_on_message::<String>();
    for id in 1..=10 {
        assert_eq!(hot.ask(&MarkSeen(InteractionId::new(id).expect("an id"))).await, (true, Side::Redis));
        assert_eq!(hot.ask(&count).await.1, Side::Redis);
    }
    server.run::<String>(&words("ECHO the-end")).await;
    let mut lines = Vec::new();
    while let Some(line) = monitor.next().await {
        if line.contains("the-end") {
            break;
        }
        lines.push(line);
    }
    // What a script does inside is no trip, and the connection that ends the test is not the store's.
    let asked: Vec<_> =
        lines.iter().filter(|line| line.contains(PREFIX) && !line.contains(" lua]")).collect();
    assert_eq!(asked.len(), 20, "{lines:#?}");
    let others = ["AUTH", "CLIENT", "HELLO"];
    let rest = lines.iter().filter(|line| !line.contains(" lua]") && !line.contains(PREFIX));
    for line in rest {
        assert!(others.iter().any(|other| line.contains(other)), "an unexpected command: {line}");
    }
}
