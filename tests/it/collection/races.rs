//! Several processes roll, decide, release, lock, give and trade for the same members at once, and are killed in the
//! middle of it. The database itself keeps the account, transaction by transaction.

use std::{
    process::{Child, Command, Stdio},
    time::Duration,
};

use diesel::sql_types::BigInt;
use diesel_async::{RunQueryDsl as _, SimpleAsyncConnection as _};
use secrecy::ExposeSecret as _;
use troupe::cold::Connection;

use super::crew::{ADDRESS, MEMBERS, ROLLS, SLOTS};
use super::has;
use crate::support::{eventually, postgres::migrated};

/// Processes at once.
const PROCESSES: usize = 3;
/// How often one of them is killed, and another one started.
const KILLS: usize = 6;
const BETWEEN: Duration = Duration::from_millis(1_500);

/// What changed in collections, by which transaction, and why; and whoever had too much at any moment.
const ACCOUNT: &str = "
    CREATE TABLE moves (tx xid8 DEFAULT pg_current_xact_id(), who bigint, what text, delta integer);
    CREATE TABLE causes (tx xid8 DEFAULT pg_current_xact_id(), kind text, id bigint);
    CREATE TABLE overruns (what text);
    CREATE TABLE faults (what text);
    CREATE FUNCTION keep_moves() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        was integer := CASE WHEN TG_OP = 'INSERT' THEN 0 ELSE OLD.copies END;
        now_is integer := CASE WHEN TG_OP = 'DELETE' THEN 0 ELSE NEW.copies END;
        one record := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    BEGIN
        IF was <> now_is THEN
            INSERT INTO moves (who, what, delta) VALUES (one.user_id, one.character_id, now_is - was);
        END IF;
        IF (SELECT count(*) FROM character_owned_styles WHERE user_id = one.user_id) > SLOTS THEN
            INSERT INTO overruns VALUES ('slots of ' || one.user_id);
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER keep_moves AFTER INSERT OR UPDATE OR DELETE ON character_owned_styles
        FOR EACH ROW EXECUTE FUNCTION keep_moves();
    CREATE FUNCTION keep_trades() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NEW.state = 'done' THEN INSERT INTO causes (kind, id) VALUES ('done', NEW.trade_id); END IF;
        IF (SELECT count(*) FROM trades WHERE proposer_id = NEW.proposer_id AND state = 'confirmed') > 5 THEN
            INSERT INTO overruns VALUES ('offers of ' || NEW.proposer_id);
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER keep_trades AFTER UPDATE ON trades FOR EACH ROW EXECUTE FUNCTION keep_trades();
    CREATE FUNCTION keep_rolls() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO causes (kind, id) VALUES (NEW.decision, NEW.roll_id);
        RETURN NULL;
    END $$;
    CREATE TRIGGER keep_rolls AFTER UPDATE ON rolls FOR EACH ROW EXECUTE FUNCTION keep_rolls();";

/// Each query counts what must not be there.
const WRONG: &[(&str, &str)] = &[
    ("faults", "SELECT count(*) FROM faults"),
    ("bounds that were passed", "SELECT count(*) FROM overruns"),
    (
        "deadlocks",
        "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()",
    ),
    (
        "trades that moved anything but their terms",
        "SELECT count(*) FROM causes JOIN trades ON trade_id = id WHERE kind = 'done' AND (
            SELECT string_agg(format('%s %s %s', who, what, delta), ',' ORDER BY who, what, delta)
            FROM moves WHERE moves.tx = causes.tx
        ) IS DISTINCT FROM (
            SELECT string_agg(format('%s %s %s', who, what, delta), ',' ORDER BY who, what, delta) FROM (VALUES
                (proposer_id::bigint, gives::text, -1), (receiver_id::bigint, gives::text, 1),
                (receiver_id::bigint, gets::text, -1), (proposer_id::bigint, gets::text, 1)
            ) AS wanted (who, what, delta) WHERE what IS NOT NULL
        )",
    ),
    (
        "trades that are done without a cause, or with two",
        "SELECT abs((SELECT count(*) FROM trades WHERE state = 'done')
            - (SELECT count(DISTINCT id) FROM causes WHERE kind = 'done'))
            + (SELECT count(*) - count(DISTINCT id) FROM causes)",
    ),
    (
        "rolls that brought anything but their result",
        "SELECT count(*) FROM causes JOIN rolls ON roll_id = id WHERE kind <> 'done' AND (
            SELECT coalesce(string_agg(format('%s %s', what, sign(delta)), ',' ORDER BY what, delta), '')
            FROM moves WHERE moves.tx = causes.tx AND who = user_id
        ) IS DISTINCT FROM (
            SELECT coalesce(string_agg(format('%s %s', what, delta), ',' ORDER BY what, delta), '') FROM (VALUES
                (CASE WHEN decision IN ('added', 'replaced') THEN character_id::text END, 1),
                (CASE WHEN decision = 'replaced' THEN replaced_character::text END, -1)
            ) AS wanted (what, delta) WHERE what IS NOT NULL
        )",
    ),
    (
        "copies that a roll brought more than one of",
        "SELECT count(*) FROM moves JOIN causes USING (tx) WHERE kind <> 'done' AND delta > 1",
    ),
    (
        "changes without a cause that are no release of one copy",
        "SELECT count(*) FROM (
            SELECT tx FROM moves WHERE NOT EXISTS (SELECT FROM causes WHERE causes.tx = moves.tx)
            GROUP BY tx HAVING count(*) > 1 OR min(delta) <> -1
        ) AS odd",
    ),
    (
        "members with more rolls than their window has",
        "SELECT count(*) FROM (SELECT user_id FROM rolls GROUP BY user_id HAVING count(*) > ROLLS) AS over",
    ),
    (
        "copies minted or lost",
        "SELECT abs((SELECT sum(copies) FROM character_owned_styles) - (SELECT sum(delta) FROM moves) - BEGAN)",
    ),
    (
        "luck that is not what the rolls say",
        "SELECT abs((SELECT sum(rolls) FROM roll_state) - (SELECT count(*) FROM rolls))",
    ),
];

/// Each query counts what a run must have seen.
const HAPPENS: &[(&str, &str)] = &[
    ("trades", "SELECT count(*) FROM trades WHERE state = 'done' AND gets IS NOT NULL"),
    ("gifts", "SELECT count(*) FROM trades WHERE state = 'done' AND gets IS NULL"),
    ("added rolls", "SELECT count(*) FROM rolls WHERE decision = 'added'"),
    ("replacing rolls", "SELECT count(*) FROM rolls WHERE decision = 'replaced'"),
    (
        "releases",
        "SELECT count(*) FROM moves WHERE NOT EXISTS (SELECT FROM causes WHERE causes.tx = moves.tx)",
    ),
];

#[derive(diesel::QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

async fn number(connection: &mut Connection, query: &str) -> i64 {
    let query = query
        .replace("ROLLS", &ROLLS.to_string())
        .replace("SLOTS", &SLOTS.to_string())
        .replace("BEGAN", &(MEMBERS * 4).to_string());
    let asked = diesel::sql_query(format!("SELECT ({query})::bigint AS number"));
    let row: Number = asked.get_result(connection).await.unwrap_or_else(|error| panic!("{query}: {error}"));
    row.number
}

struct Hand(Child);

impl Hand {
    fn start(url: &str) -> Self {
        let process = Command::new(std::env::current_exe().expect("the path of this binary"))
            .args(["--exact", "collection::crew::a_process_of_the_crew", "--ignored"])
            .env(ADDRESS, url)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        Self(process.expect("the process starts"))
    }
}

impl Drop for Hand {
    /// With SIGKILL, in the middle of whatever it does.
    fn drop(&mut self) {
        let _ended = self.0.kill();
        let _reaped = self.0.wait();
    }
}

#[tokio::test]
async fn nothing_is_minted_lost_or_done_twice_by_processes_that_are_killed() {
    let database = migrated().await;
    let connection = &mut database.connect().await;
    for member in 1..=MEMBERS {
        for slug in ["mira", "ogga", "quoin"] {
            has(connection, member, slug).await;
        }
        has(connection, member, "quoin").await;
    }
    let account = ACCOUNT.replace("SLOTS", &SLOTS.to_string());
    connection.batch_execute(&account).await.expect("an account");
    let url = database.url.expose_secret();
    let mut hands: Vec<Hand> = (0..PROCESSES).map(|_| Hand::start(url)).collect();
    for kill in 0..KILLS {
        tokio::time::sleep(BETWEEN).await;
        hands[kill % PROCESSES] = Hand::start(url);
    }
    // Until all of it has happened, however busy the machine is.
    for (what, query) in HAPPENS {
        eventually(what, async || (number(&mut database.connect().await, query).await > 0).then_some(()))
            .await;
    }
    hands.clear();
    // What was committing when its process died has ended now, and the server has counted it.
    let busy =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND backend_type = 'client backend'";
    eventually("nobody else is connected", async || {
        (number(&mut database.connect().await, busy).await <= 1).then_some(())
    })
    .await;

    let mut wrong = Vec::new();
    for (what, query) in WRONG {
        let found = number(connection, query).await;
        if found != 0 {
            wrong.push(format!("{what}: {found}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
