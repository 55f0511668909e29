//! `troupe database`: the private database, kept for other programs.

use std::{fs, path::PathBuf, time::Duration};

use diesel_async::SimpleAsyncConnection;
use secrecy::SecretString;
use troupe::cold::{self, Connection};

use super::{count, data_dir, postmaster, workers};
use crate::support::{
    discord::TOKEN,
    program::{Running, run, text},
};

async fn reach(url: &str) -> Connection {
    cold::connect(&SecretString::from(url), Duration::from_secs(10)).await.expect("a connection")
}

fn password(url: &str) -> &str {
    url.split([':', '@']).nth(2).expect("a password")
}

/// Starts it, and gives its address.
async fn keep(environment: &[(&str, &str)]) -> (Running, String) {
    let mut keeper = Running::start_command(&["database"], environment);
    let url = keeper.printed().await.expect("an address");
    assert!(url.starts_with("postgres://troupe:"), "{url}");
    (keeper, url)
}

#[tokio::test]
async fn it_is_kept_for_others_until_a_signal_and_found_again_after_a_crash() {
    let folder = data_dir();
    let shown = folder.path().to_str().expect("a path in UTF-8");
    let environment = [("DATABASE_URL", ""), ("DATA_DIR", shown)];
    let (mut first, url) = keep(&environment).await;
    let mut owned = reach(&url).await;
    owned.batch_execute("CREATE TABLE kept (id int); INSERT INTO kept VALUES (1), (2)").await.expect("rows");
    drop(owned);

    // Nobody else keeps it meanwhile; commands share it.
    let taken = format!("in use by another Troupe (process {})", first.pid());
    for arguments in [&["database"][..], &["run"]] {
        let token = [("DISCORD_TOKEN", TOKEN), ("HTTP_ADDR", "off")];
        let second = run(arguments, &[&environment[..], &token].concat()).await;
        assert_eq!(second.status.code(), Some(1), "{}", text(&second));
        assert!(text(&second).contains(&taken) && second.stdout.is_empty(), "{}", text(&second));
    }
    let migrated = run(&["migrate"], &environment).await;
    assert_eq!(migrated.status.code(), Some(0), "{}", text(&migrated));
    let dump = folder.path().join("all.dump");
    let saved = run(&["backup", dump.to_str().expect("a path in UTF-8")], &environment).await;
    assert!(saved.status.success() && dump.exists(), "{}", text(&saved));
    let told = text(&run(&["doctor"], &environment).await);
    assert!(told.contains(&format!("kept running by process {}", first.pid())), "{told}");

    first.signal("TERM").await;
    assert_eq!(first.printed().await, None, "the address is all that it prints");
    let log = first.rest_of_log().await;
    assert!(!log.iter().any(|line| line.contains(password(&url))), "{log:#?}");
    assert_eq!(first.ended().await, Some(0));
    assert_eq!(workers(folder.path()), [] as [PathBuf; 0], "stopped with its keeper");
    assert_eq!(postmaster(folder.path()), None, "in good order");

    let (mut killed, _) = keep(&environment).await;
    let orphan = postmaster(folder.path()).expect("a server");
    killed.signal("KILL").await;
    assert_eq!(killed.ended().await, None);
    assert!(!workers(folder.path()).is_empty(), "the server outlives a killed keeper");
    let (mut next, again) = keep(&environment).await;
    assert_eq!(again, url);
    assert_ne!(postmaster(folder.path()).expect("a server"), orphan);
    assert_eq!(count(&mut reach(&again).await, "SELECT count(*) FROM kept").await, 2);
    next.signal("INT").await;
    assert_eq!(next.ended().await, Some(0));
    assert_eq!(workers(folder.path()), [] as [PathBuf; 0]);
}

#[tokio::test]
async fn it_is_not_for_a_server_that_someone_else_runs() {
    let folder = data_dir();
    let shown = folder.path().to_str().expect("a path in UTF-8");
    let url = "postgres://me:a-password@127.0.0.1:9/troupe";
    let output = run(&["database"], &[("DATABASE_URL", url), ("DATA_DIR", shown)]).await;
    assert_eq!(output.status.code(), Some(2), "{}", text(&output));
    let told = text(&output);
    assert!(told.contains("DATABASE_URL is set") && !told.contains("a-password"), "{told}");
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0, "nothing was made");
}
