//! The stages of a stop, on a process of its own: the real frame with bots made for the purpose.

use serde_json::Value;
use troupe::{
    app::{self, App},
    config::Sources,
    doctor::examine,
};

use crate::support::{
    eventually, loaded,
    postgres::Postgres,
    program::{Running, get, run},
};

/// Not a test: the process that the tests below start and watch. `BOT` says how its bot behaves.
#[test]
#[ignore = "started by other tests as a process of its own"]
fn a_process_with_a_bot() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let loaded = Sources::default().load().expect("settings");
    let code = match runtime.block_on(app::run(loaded, bot)) {
        Ok(()) => 0,
        Err(error) => {
            tracing::error!("run said: {error}");
            1
        }
    };
    std::process::exit(code);
}

async fn bot(app: App) -> Result<(), &'static str> {
    app.health.gateway.ready();
    let stages = app.stages.clone();
    let way = std::env::var("BOT").expect("a way to behave");
    match way.as_str() {
        "hands back" => {
            app.stages.work.spawn(async move {
                stages.hand_back.cancelled().await;
                assert!(!stages.closing.is_cancelled(), "the shards are closed after the work only");
                tracing::info!("handed back");
            });
        }
        "hangs" => {
            app.stages.work.spawn(std::future::pending::<()>());
        }
        "ends" => return Ok(()),
        "fails" => return Err("no gateway"),
        "panics" => panic!("a fault"),
        "never closes" => {
            tracing::info!("acting");
            std::future::pending::<()>().await;
        }
        other => unreachable!("{other}"),
    }
    tracing::info!("acting");
    app.stages.draining.cancelled().await;
    tracing::info!("took the last command");
    app.stages.closing.cancelled().await;
    tracing::info!("closed");
    Ok(())
}

fn start(way: &str, grace: &str) -> Running {
    start_on("postgres://troupe@127.0.0.1:9/troupe", way, grace)
}

fn start_on(database: &str, way: &str, grace: &str) -> Running {
    let environment = [
        ("BOT", way),
        ("SHUTDOWN_GRACE_S", grace),
        ("HTTP_ADDR", "127.0.0.1:0"),
        ("DISCORD_TOKEN", "a.b.c"),
        ("DATABASE_URL", database),
    ];
    Running::start_test("stages::a_process_with_a_bot", &environment)
}

#[tokio::test]
async fn a_stop_runs_through_its_stages_in_order() {
    let mut running = start("hands back", "1");
    running.logged("acting").await;
    running.signal("TERM").await;
    for message in
        ["stopping", "took the last command", "grace nearly over", "handed back", "closed", "stopped"]
    {
        running.logged(message).await;
    }
    assert_eq!(running.ended().await, Some(0));
}

#[tokio::test]
async fn while_stopping_it_is_alive_and_not_ready_and_a_second_signal_ends_it_at_once() {
    let postgres = Postgres::start().await;
    let mut running = start_on(&postgres.url(), "hangs", "600");
    let address = running.address().await;
    running.logged("acting").await;
    let readyz = format!("http://{address}/readyz");
    eventually("the bot is ready", async || (get(&readyz).await.0 == 200).then_some(())).await;
    let health = async || run(&["health"], &[("HTTP_ADDR", &address)]).await.status.code();
    assert_eq!(health().await, Some(0));
    let doctor = examine(&loaded(&[("HTTP_ADDR", &address)])).await.to_string();
    assert!(doctor.contains("in use by a Troupe that runs already"), "{doctor}");

    running.signal("TERM").await;
    running.logged("took the last command").await;
    assert_eq!(health().await, Some(1));
    let (status, body) = get(&format!("http://{address}/readyz")).await;
    let body: Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!((status, body["status"].as_str()), (503, Some("stopping")));
    assert_eq!(get(&format!("http://{address}/healthz")).await.0, 200);
    running.signal("INT").await;
    running.logged("second signal").await;
    assert_eq!(running.ended().await, Some(1));
}

#[tokio::test]
async fn work_that_does_not_end_is_cut_off_after_the_grace() {
    let mut running = start("hangs", "0");
    running.logged("acting").await;
    running.signal("TERM").await;
    assert_eq!(running.logged("grace is over").await["commands"], 1);
    running.logged("closed").await;
    assert_eq!(running.ended().await, Some(0));
}

#[tokio::test]
async fn a_bot_that_ends_fails_crashes_or_hangs_is_a_failed_run() {
    for (way, said) in [
        ("ends", "run said: the bot ended by itself"),
        ("fails", "run said: the bot failed: no gateway"),
        ("panics", "run said: the bot crashed"),
    ] {
        let mut running = start(way, "1");
        running.logged(said).await;
        assert_eq!(running.ended().await, Some(1), "{way}");
    }
    let mut running = start("panics", "1");
    let entry = running.logged("a task panicked").await;
    assert_eq!(entry["panic"], "a fault", "a panic is a line of the log like any other");

    let mut running = start("never closes", "0");
    running.logged("acting").await;
    running.signal("TERM").await;
    running.logged("run said: the bot did not close its shards").await;
    assert_eq!(running.ended().await, Some(1));
}
