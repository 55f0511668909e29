//! Many processes under load on the same rows and keys: exact sums, and what crashes and freezes leave of them.
#![expect(clippy::print_stdout, reason = "a crew's processes speak through it, and figures are told in it")]

mod outages;
mod sums;
mod worker;

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread::JoinHandle,
    time::Duration,
};

use chrono::Utc;
use diesel_async::SimpleAsyncConnection;
use troupe::{
    cold::{
        collection::{Item, give},
        connect,
        migrations::{Direction, migrate},
        scenes,
    },
    domain::collection::Origin,
    hot::{
        Operation,
        limits::{Look, Standing},
    },
};

use self::worker::{GAIN, OWNERS, Orders, slots};
use crate::{
    cold_stores::{character, scenes::new_scene, user},
    queue::durable::{Stage, drained},
    support::{PATIENCE, eventually, postgres::Postgres, redis::Redis},
};

/// Things that each of the members who hand over begins with.
const THINGS: u64 = 5;
/// An operation that took longer has hung: what a command waits for, and what nobody waits for.
const HUNG_MS: (u64, u64) = (10_000, 60_000);

/// One process, and all that it has said.
struct Hand {
    process: Child,
    said: Arc<Mutex<Vec<String>>>,
    reader: Option<JoinHandle<()>>,
}

impl Hand {
    /// Files that it writes end at so many KiB, as on a full disk.
    fn start(orders: &Orders, most_kib: Option<u32>) -> Self {
        let limit = most_kib.map_or_else(|| "unlimited".to_owned(), |kib| (2 * kib).to_string());
        // A signal that nobody ignores would end the process at the limit, where a full disk only refuses.
        let script = format!("trap '' XFSZ; ulimit -f {limit}; exec \"$@\"");
        let mut process = Command::new("sh")
            .args(["-c", &script, "sh"])
            .arg(std::env::current_exe().expect("the path of this binary"))
            .args(["--exact", "chaos::worker::a_process_of_the_crew", "--ignored", "--nocapture"])
            .env("ORDERS", serde_json::to_string(orders).expect("orders"))
            .stdout(Stdio::piped())
            .spawn()
            .expect("the process starts");
        let lines = BufReader::new(process.stdout.take().expect("a pipe")).lines();
        let said = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&said);
        let reader = std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                if let Some(fact) = line.strip_prefix("@ ") {
                    heard.lock().expect("nobody panics").push(fact.to_owned());
                }
            }
        });
        Self { process, said, reader: Some(reader) }
    }

    /// Operations that have ended, one way or another.
    fn ended(&self) -> usize {
        let said = self.said.lock().expect("nobody panics");
        said.iter().filter(|fact| !fact.starts_with("begin ")).count()
    }

    fn has_done(&self, kind: &str) -> bool {
        let done = format!("done {kind} ");
        self.said.lock().expect("nobody panics").iter().any(|fact| fact.starts_with(&done))
    }

    fn hear_all(&mut self) -> Vec<String> {
        if let Some(reader) = self.reader.take() {
            reader.join().expect("it hears until the end");
        }
        std::mem::take(&mut *self.said.lock().expect("nobody panics"))
    }
}

impl Drop for Hand {
    fn drop(&mut self) {
        let _ended = self.process.kill();
        let _reaped = self.process.wait();
    }
}

/// Servers, and processes under load on them.
struct Crew {
    stage: Stage,
    orders: Orders,
    hands: Vec<Hand>,
    account: Account,
}

/// What the processes have said, all together.
#[derive(Debug, Default)]
struct Account {
    begun: BTreeMap<String, u64>,
    /// By kind, what was said of each.
    done: BTreeMap<String, Vec<String>>,
    failed: BTreeMap<String, u64>,
    longest_ms: BTreeMap<String, u64>,
}

impl Account {
    fn add(&mut self, said: Vec<String>) {
        for fact in said {
            let (word, rest) = fact.split_once(' ').unwrap_or((&fact, ""));
            let (kind, value) = rest.split_once(' ').unwrap_or((rest, ""));
            match word {
                "begin" => *self.begun.entry(kind.to_owned()).or_default() += 1,
                "done" => self.done.entry(kind.to_owned()).or_default().push(value.to_owned()),
                "failed" => *self.failed.entry(kind.to_owned()).or_default() += 1,
                "longest" => {
                    let longest = self.longest_ms.entry(kind.to_owned()).or_default();
                    *longest = value.parse::<u64>().expect("a number").max(*longest);
                }
                _ => {}
            }
        }
    }

    fn begun(&self, kind: &str) -> u64 {
        self.begun.get(kind).copied().unwrap_or_default()
    }

    fn done(&self, kind: &str) -> &[String] {
        self.done.get(kind).map(Vec::as_slice).unwrap_or_default()
    }

    fn sum(&self, kind: &str) -> u64 {
        self.done(kind).iter().map(|value| value.parse::<u64>().expect("a number")).sum()
    }

    /// Keys of durable writes that were acknowledged.
    fn acknowledged(&self) -> BTreeSet<&str> {
        self.done("write").iter().filter_map(|said| said.split(' ').next()).collect()
    }

    fn tell(&self) {
        let done: BTreeMap<_, _> = self.done.iter().map(|(kind, done)| (kind, done.len())).collect();
        let mut ways = BTreeMap::<_, u64>::new();
        for said in self.done("write") {
            *ways.entry(said.split(' ').next_back().unwrap_or_default()).or_default() += 1;
        }
        println!(
            "done {done:?}\nfailed {:?}\nlongest, ms {:?}\nwrites {ways:?}",
            self.failed, self.longest_ms
        );
    }
}

fn number(count: usize) -> u64 {
    u64::try_from(count).expect("a count")
}

impl Crew {
    /// So many processes, each of which is seen to work.
    async fn start(processes: u64, exact: bool, pause_ms: u64) -> Self {
        let mut crew = Self::set(exact, pause_ms, &[]).await;
        crew.hire(1..=processes, None);
        crew.all_work().await;
        crew
    }

    /// Without processes yet.
    async fn set(exact: bool, pause_ms: u64, of_redis: &[&str]) -> Self {
        let (postgres, redis) =
            tokio::join!(Postgres::start_with(&[], &["max_connections=200"]), Redis::start_with(of_redis));
        let stage = Stage { postgres, redis, data: tempfile::tempdir().expect("a temporary folder") };
        migrate(&stage.postgres.secret_url(), Direction::Up).await.expect("migrations");
        let orders = Orders {
            number: 0,
            postgres: stage.postgres.url(),
            redis: stage.redis.url(),
            data: stage.data.path().to_owned(),
            began_at: Utc::now(),
            exact,
            pause_ms,
        };
        let mut connection =
            connect(&stage.postgres.secret_url(), Duration::ZERO).await.expect("a connection");
        connection.batch_execute("SELECT troupe_ensure_partitions(1)").await.expect("partitions");
        scenes::begin(&mut connection, &new_scene(orders.scene())).await.expect("begun");
        for owner in 1..=OWNERS {
            for _ in 0..THINGS {
                let mira = character("shipped:mira");
                let item = Item { character: &mira, rarity: None, origin: Origin::Gift };
                give(&mut connection, user(owner), item, 1).await.expect("given");
            }
        }
        Self { stage, orders, hands: Vec::new(), account: Account::default() }
    }

    fn hire(&mut self, numbers: impl IntoIterator<Item = u64>, most_kib: Option<u32>) {
        for number in numbers {
            self.hands.push(Hand::start(&Orders { number, ..self.orders.clone() }, most_kib));
        }
    }

    /// Waits until each process has done something of everything.
    async fn all_work(&self) {
        eventually("every process works", || async {
            self.hands
                .iter()
                .all(|hand| ["transfer", "renew", "write"].iter().all(|kind| hand.has_done(kind)))
                .then_some(())
        })
        .await;
    }

    /// Waits until each process has ended that many operations more.
    async fn goes_on(&self, operations: usize) {
        let before: Vec<_> = self.hands.iter().map(Hand::ended).collect();
        eventually("every process goes on", || async {
            let more =
                self.hands.iter().zip(&before).all(|(hand, before)| hand.ended() >= before + operations);
            more.then_some(())
        })
        .await;
    }

    /// Takes down what was said so far, until that holds.
    async fn writes(&mut self, enough: impl Fn(&Self) -> bool) {
        let begun = std::time::Instant::now();
        while !enough(self) {
            assert!(begun.elapsed() < PATIENCE, "waited in vain for writes");
            tokio::time::sleep(Duration::from_millis(50)).await;
            for hand in &self.hands {
                let said = std::mem::take(&mut *hand.said.lock().expect("nobody panics"));
                self.account.add(said);
            }
        }
    }

    /// SIGKILL for each, whatever it is doing.
    fn kill(&mut self) {
        for mut hand in self.hands.drain(..) {
            hand.process.kill().expect("killed");
            hand.process.wait().expect("gone");
            self.account.add(hand.hear_all());
        }
    }

    /// Ends the load; each process sees for itself that nothing sticks.
    async fn end(&mut self) {
        std::fs::write(self.orders.end_file(), "").expect("a file");
        for mut hand in self.hands.drain(..) {
            let ended = tokio::time::timeout(2 * PATIENCE, async {
                loop {
                    if let Some(status) = hand.process.try_wait().expect("a child") {
                        return status;
                    }
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            });
            let ended = ended.await.expect("a process that ends");
            let said = hand.hear_all();
            assert!(
                ended.success() && said.last().is_some_and(|last| last == "end"),
                "{ended}: {:?}",
                said.last()
            );
            self.account.add(said);
        }
        self.account.tell();
    }

    /// What holds after any load: what was acknowledged is there once, what was not counts once at most, nothing
    /// sticks, nothing hung.
    async fn holds(&self) {
        let Self { stage, account, .. } = self;
        let landed = stage.number("SELECT count(*) AS number FROM applied_writes").await;
        assert_eq!(stage.sum("load").await, landed, "each write that landed counts once");
        let keys: Vec<_> = account.acknowledged().into_iter().collect();
        assert!(!keys.is_empty());
        let missing = format!(
            "SELECT count(*) AS number FROM unnest('{{{}}}'::text[]) AS key
             WHERE NOT EXISTS (SELECT FROM applied_writes AS landed WHERE landed.key = key.key)",
            keys.join(",")
        );
        assert_eq!(stage.number(&missing).await, 0, "every acknowledged write has landed");

        let xp = "SELECT xp AS number FROM bond_state WHERE user_id = 7 AND character_id = 'shipped:mira'";
        let xp = self.count(xp).await;
        let most = u64::from(GAIN) * account.begun("free");
        assert!(
            (account.sum("free")..=most).contains(&xp) && xp.is_multiple_of(GAIN.into()),
            "{xp} of {most}"
        );

        let calls = self.count("SELECT count(*) AS number FROM usage_ledger WHERE user_id = 8").await;
        let bond = "SELECT xp AS number FROM bond_state WHERE user_id = 8";
        assert_eq!(self.count(bond).await, calls, "one gain for each call that is recorded");
        let recorded: BTreeSet<_> =
            account.done("call").iter().filter_map(|said| said.split(' ').nth(1)).collect();
        assert!(calls >= number(recorded.len()), "{calls}");
        let now: Vec<_> = account.done("call").iter().filter_map(|said| said.strip_prefix("now ")).collect();
        assert_eq!(now.iter().collect::<BTreeSet<_>>().len(), now.len(), "recorded once");

        let turns = self.count("SELECT count(*) AS number FROM scene_turns").await;
        let newest = self.count("SELECT coalesce(max(turn), 0)::bigint AS number FROM scene_turns").await;
        assert_eq!(newest, turns, "turns have no gaps");
        let told: BTreeSet<_> = account.done("turn").iter().collect();
        assert_eq!(told.len(), account.done("turn").len(), "no number is told twice");
        assert!((number(told.len())..=account.begun("turn")).contains(&turns), "{turns}");

        let things = "SELECT coalesce(sum(copies), 0)::bigint AS number FROM character_owned_styles";
        assert_eq!(self.count(things).await, THINGS * OWNERS, "nothing is minted or lost");

        let redis = worker::redis(&self.orders.redis, true);
        eventually("all leases are free", || async {
            let standing = Look { checks: slots() }.on_redis(&redis).await.expect("an answer");
            standing.iter().all(|slot| matches!(slot, Standing::Slot { used: 0, .. })).then_some(())
        })
        .await;
        let now: Vec<_> = account.done("write").iter().filter(|said| said.ends_with(" now")).collect();
        assert_eq!(
            now.iter().collect::<BTreeSet<_>>().len(),
            now.len(),
            "one of those who make a write makes it"
        );
        // A process may end before its empty file is removed; whoever comes next removes it.
        let durable = stage.durable();
        drained(&durable).await;
        assert_eq!(stage.sum("load").await, landed, "no file held a write that had not landed");
        let files = std::fs::read_dir(stage.data.path().join("queue")).map_or(0, Iterator::count);
        assert_eq!(files, 0, "no file of the queue is left");
        for (kind, longest) in &account.longest_ms {
            let most = if self.orders.exact { HUNG_MS.1 } else { HUNG_MS.0 };
            assert!(*longest < most, "{kind} hung for {longest} ms");
        }
    }

    async fn count(&self, query: &str) -> u64 {
        u64::try_from(self.stage.number(query).await).expect("a count")
    }
}
