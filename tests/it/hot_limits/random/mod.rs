//! Random programs: both stores must answer alike and hold the same, and an account kept by plain lists, which
//! knows nothing of how they do it, must come to the same decisions and sums.

mod account;
mod holdings;
mod stage;
mod steps;

use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, TestRunner},
};
use troupe::hot::keys;

use self::{
    account::Account,
    stage::{Stage, policy_key},
};
use crate::support::{both::Both, redis::Redis as Server};

const WINDOW_S: i64 = 30;
const LIFE_S: i64 = 70;
const KNOWN_S: i64 = LIFE_S + 900;
const ABANDONED_S: i64 = LIFE_S + 86_400;
const WEEK_S: i64 = 7 * 86_400;
const WAIT_S: i64 = 12;
/// Where the checks that count begin.
const COUNTING: usize = 5;

#[derive(Debug, Clone)]
enum Step {
    Reserve { interaction: u64, holder: u128 },
    Settle { interaction: u64, holder: u128, used: u32 },
    GiveBack { interaction: u64, holder: u128 },
    Renew { interaction: u64, holder: u128 },
    Look { interaction: u64 },
    Leave { interaction: u64, holder: u128 },
    Put { user: bool, version: i64 },
    Fence { user: bool, version: i64 },
    Switch(bool),
    Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let who = || (1..24_u64, prop_oneof![5 => Just(1_u128), 1 => Just(2)]);
    prop_oneof![
        12 => who().prop_map(|(interaction, holder)| Step::Reserve { interaction, holder }),
        4 => (who(), 0..9_u32).prop_map(|((interaction, holder), used)| Step::Settle { interaction, holder, used }),
        2 => who().prop_map(|(interaction, holder)| Step::GiveBack { interaction, holder }),
        2 => who().prop_map(|(interaction, holder)| Step::Renew { interaction, holder }),
        1 => (1..24_u64).prop_map(|interaction| Step::Look { interaction }),
        1 => who().prop_map(|(interaction, holder)| Step::Leave { interaction, holder }),
        1 => (any::<bool>(), 1..4_i64).prop_map(|(user, version)| Step::Put { user, version }),
        1 => (any::<bool>(), 1..4_i64).prop_map(|(user, version)| Step::Fence { user, version }),
        1 => any::<bool>().prop_map(Step::Switch),
        6 => prop_oneof![
            6 => Just(1), 2 => Just(11), 2 => Just(12), 3 => Just(29), 3 => Just(30), 1 => Just(31), 2 => Just(70), 2 => 1..700_u64,
            1 => Just(970), 1 => Just(86_400), 1 => Just(7 * 86_400)
        ].prop_map(Step::Wait),
    ]
}

/// What there is of everything, in the order of the checks from the windows on.
type Limits = [u32; 10];

fn limits() -> impl Strategy<Value = Limits> {
    [0..9_u32, 0..9, 0..9, 1..12, 1..12, 1..15, 5..30, 5..60, 0..4, 0..5]
}

/// What is known of a call from its interaction alone.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Caller {
    guild: u64,
    user: u64,
    tokens: u32,
    most_tokens: u32,
    /// Refused by what is known before.
    never: bool,
    waits: bool,
    recalls: bool,
    /// The version of both policies that it goes by.
    version: i64,
}

fn caller(interaction: u64) -> Caller {
    let tokens = u32::try_from(interaction % 4).expect("small") * 3;
    Caller {
        guild: 1 + interaction % 2,
        user: 1 + interaction / 2 % 3,
        tokens,
        most_tokens: tokens + u32::try_from(interaction % 3).expect("small") * 4,
        never: interaction.is_multiple_of(11),
        waits: !interaction.is_multiple_of(3),
        recalls: interaction.is_multiple_of(4),
        version: if interaction.is_multiple_of(5) { 1 } else { 2 },
    }
}

fn programs(server: &Server, runtime: &tokio::runtime::Runtime, parts: bool, cases: u32) {
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&(limits(), 0..5_u32, vec(step(), 1..60)), |(limits, most, steps)| {
        runtime.block_on(async {
            let both = Both::start(server).await;
            let switches = keys::AiDisabled::key().into_raw();
            let known = [switches, policy_key(false), policy_key(true)];
            let keys = known.into_iter().map(|key| (key.name().to_owned(), key)).collect();
            let account = Account::default();
            let mut stage = Stage { both, server, parts, limits, most, account, keys };
            for step in &steps {
                stage.step(step).await;
            }
            stage.audit().await;
        });
        Ok(())
    });
    outcome.expect("both stores and the account agree");
}

#[test]
fn both_stores_and_the_account_agree() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let server = runtime.block_on(Server::start());
    programs(&server, &runtime, false, 64);
}

#[test]
fn in_a_cluster_the_parts_come_to_the_same() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let server = runtime.block_on(Server::start_as_cluster());
    programs(&server, &runtime, true, 32);
}
