//! Random programs: both stores must answer alike and hold the same, and an account kept by plain lists, which
//! knows nothing of how they do it, must come to the same decisions and sums.

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, TestRunner},
};
use troupe::{
    domain::ids::InteractionId,
    hot::{
        Operation,
        key::{RawKey, Shape},
        keys::{self, Kind},
        limits::{
            Budget, Check, GiveBack, InParts, LeaseId, Look, Notice, Refusal, Renew, Reserve, Reserved,
            Settle, Settled, Standing, Window,
        },
    },
};

use super::{LIFE, day, guild, holder, penalty, rules::Put, user};
use crate::support::{both::Both, redis::Redis as Server};

const WINDOW_S: i64 = 30;
const LIFE_S: i64 = 70;
const KNOWN_S: i64 = LIFE_S + 900;
const WEEK_S: i64 = 7 * 86_400;

#[derive(Debug, Clone)]
enum Step {
    Reserve { interaction: u64, holder: u128 },
    Settle { interaction: u64, holder: u128, used: u32 },
    GiveBack { interaction: u64, holder: u128 },
    Renew { interaction: u64, holder: u128 },
    Look { interaction: u64 },
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
        1 => any::<bool>().prop_map(Step::Switch),
        6 => prop_oneof![
            6 => Just(1), 3 => Just(29), 3 => Just(30), 1 => Just(31), 2 => Just(70), 2 => 1..700_u64,
            1 => Just(970), 1 => Just(86_400), 1 => Just(7 * 86_400)
        ].prop_map(Step::Wait),
    ]
}

/// What there is of everything, in the order of the checks from the windows on.
type Limits = [u32; 10];

fn limits() -> impl Strategy<Value = Limits> {
    [0..4_u32, 0..6, 0..6, 1..9, 1..9, 1..12, 5..30, 5..60, 0..4, 0..5]
}

/// What is known of a call from its interaction alone.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Caller {
    guild: u64,
    user: u64,
    tokens: u32,
}

fn caller(interaction: u64) -> Caller {
    let tokens = u32::try_from(interaction % 4).expect("small") * 3;
    Caller { guild: 1 + interaction % 2, user: 1 + interaction / 2 % 3, tokens }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    Open,
    Settled { tokens: u32 },
    GivenBack,
}

#[derive(Debug, Clone)]
struct Call {
    interaction: u64,
    holder: u128,
    caller: Caller,
    at: i64,
    slots_until: i64,
    known_until: i64,
    state: State,
    asked: Reserve,
}

/// The account: every call that was ever granted, and the penalties. Times in seconds.
#[derive(Default)]
struct Account {
    calls: Vec<Call>,
    strikes: HashMap<(u64, u64), Vec<(u64, i64)>>,
    levels: HashMap<(u64, u64), (i64, i64)>,
    locks: HashMap<(u64, u64), i64>,
    switched_off: bool,
}

impl Account {
    fn known(&mut self, interaction: u64, now: i64) -> Option<&mut Call> {
        self.calls.iter_mut().rfind(|call| call.interaction == interaction && call.known_until > now)
    }

    fn sum(&self, days: i64, now: i64, of: impl Fn(&Call) -> u32) -> u32 {
        let today = now.div_euclid(86_400);
        let counts = |call: &&Call| (0..days).contains(&(today - call.at.div_euclid(86_400)));
        self.calls.iter().filter(|call| call.state != State::GivenBack).filter(counts).map(of).sum()
    }

    /// What is used by each check that counts, in their order.
    fn used(&self, who: Caller, now: i64) -> Limits {
        let own = |call: &Call| call.caller.guild == who.guild && call.caller.user == who.user;
        let here = |call: &Call| call.caller.guild == who.guild;
        let tokens = |call: &Call| match call.state {
            State::Open => call.caller.tokens,
            State::Settled { tokens } => tokens,
            State::GivenBack => 0,
        };
        let window = |of: &dyn Fn(&Call) -> bool| {
            let inside =
                |call: &&Call| call.state != State::GivenBack && call.at > now - WINDOW_S && of(call);
            u32::try_from(self.calls.iter().filter(inside).count()).expect("few")
        };
        let running = |of: &dyn Fn(&Call) -> bool| {
            let inside = |call: &&Call| call.state == State::Open && call.slots_until > now && of(call);
            u32::try_from(self.calls.iter().filter(inside).count()).expect("few")
        };
        [
            window(&own),
            window(&here),
            self.sum(1, now, |call| u32::from(own(call))),
            self.sum(7, now, |call| u32::from(own(call))),
            self.sum(1, now, |call| u32::from(here(call))),
            self.sum(7, now, |call| u32::from(here(call))),
            self.sum(1, now, |call| if own(call) { tokens(call) } else { 0 }),
            self.sum(7, now, |call| if own(call) { tokens(call) } else { 0 }),
            running(&here),
            running(&|_| true),
        ]
    }

    /// Which check refuses, and when a penalty ends that this led to.
    fn refuses(&mut self, interaction: u64, limits: &Limits, now: i64) -> Option<(usize, Option<i64>)> {
        let who = caller(interaction);
        let member = (who.guild, who.user);
        if self.switched_off {
            return Some((0, None));
        }
        if self.locks.get(&member).is_some_and(|until| *until > now) {
            return Some((1, None));
        }
        let takes = [1, 1, 1, 1, 1, 1, who.tokens, who.tokens, 1, 1];
        let used = self.used(who, now);
        let over = (0..10).find(|check| used[*check] + takes[*check] > limits[*check])?;
        Some((2 + over, if over == 0 { self.strike(member, interaction, now) } else { None }))
    }

    fn strike(&mut self, member: (u64, u64), interaction: u64, now: i64) -> Option<i64> {
        let strikes = self.strikes.entry(member).or_default();
        strikes.retain(|(_, at)| *at > now - 600);
        if strikes.iter().all(|(by, _)| *by != interaction) {
            strikes.push((interaction, now));
        }
        if strikes.len() < 3 {
            return None;
        }
        strikes.clear();
        let (level, since) = self.levels.get(&member).copied().unwrap_or_default();
        let level = if now - since >= WEEK_S { 1 } else { level + 1 };
        self.levels.insert(member, (level, now));
        let until = now + (600 << (level - 1).min(20)).min(21_600);
        self.locks.insert(member, until);
        Some(until)
    }
}

/// What one program runs on.
struct Stage<'a> {
    both: Both<'a>,
    server: &'a Server,
    /// Ask as a cluster is asked.
    parts: bool,
    limits: Limits,
    account: Account,
    keys: HashMap<String, RawKey>,
}

/// What a store holds: by key, its values and the seconds left.
type Holdings = BTreeMap<String, (Vec<String>, Option<i64>)>;

const HOLDINGS: &str = "
    local all = {}
    for _, key in ipairs(redis.call('KEYS', '*')) do
        local kind = redis.call('TYPE', key).ok
        local values
        if kind == 'string' then values = { redis.call('GET', key) }
        elseif kind == 'hash' then values = redis.call('HGETALL', key)
        else values = redis.call('ZRANGE', key, 0, -1, 'WITHSCORES') end
        table.insert(all, key:sub(6) .. '|' .. redis.call('PTTL', key) .. '|' .. table.concat(values, '|'))
    end
    return all";

impl Stage<'_> {
    fn now(&self) -> i64 {
        self.both.now_ms() / 1_000
    }

    /// The full list, as admission asks it.
    fn checks(&self, who: Caller) -> Vec<Check> {
        let (place, member, now) = (guild(who.guild), user(who.user), self.both.now_ms());
        let penalty = penalty(place, member);
        let period = Duration::from_secs(WINDOW_S.unsigned_abs());
        let [
            user_window,
            guild_window,
            user_day,
            user_week,
            guild_day,
            guild_week,
            tokens_day,
            tokens_week,
            cap,
            global,
        ] = self.limits;
        let budget = |days: u64, of: &dyn Fn(u32) -> RawKey, amount, limit| {
            Check::Budget(Budget {
                days: (0..days).map(|before| of(day(now, before))).collect(),
                amount,
                limit,
            })
        };
        let user_calls = |day| keys::TalkCountUser::of(place, member, day).into_raw();
        let guild_calls = |day| keys::TalkCountGuild::of(place, day).into_raw();
        let tokens = |day| keys::TalkTokensUser::of(place, member, day).into_raw();
        vec![
            Check::Off { key: keys::AiDisabled::key().into_raw(), fields: vec!["global".to_owned()] },
            Check::Absent(penalty.lock.clone()),
            Check::Window(Window {
                key: keys::WindowUser::of(place, member, Kind::Ai).into_raw(),
                limit: user_window,
                period,
                penalty: Some(penalty),
            }),
            Check::Window(Window {
                key: keys::WindowGuild::of(place, Kind::Ai).into_raw(),
                limit: guild_window,
                period,
                penalty: None,
            }),
            budget(1, &user_calls, 1, user_day),
            budget(7, &user_calls, 1, user_week),
            budget(1, &guild_calls, 1, guild_day),
            budget(7, &guild_calls, 1, guild_week),
            budget(1, &tokens, who.tokens, tokens_day),
            budget(7, &tokens, who.tokens, tokens_week),
            Check::Slot { key: keys::ConcurrencyGuild::of(place).into_raw(), cap },
            Check::Slot { key: keys::ConcurrencyGlobal::key().into_raw(), cap: global },
        ]
    }

    fn asked(&mut self, interaction: u64, by: u128) -> Reserve {
        let now = self.now();
        if let Some(call) = self.account.known(interaction, now) {
            return Reserve { holder: holder(by), ..call.asked.clone() };
        }
        let who = caller(interaction);
        let lease = LeaseId { interaction: InteractionId::new(interaction).expect("an id"), call: 0 };
        let asked = Reserve {
            lease,
            place: guild(who.guild),
            holder: holder(by),
            checks: self.checks(who),
            life: LIFE,
        };
        self.learn(&asked);
        asked
    }

    /// Notes the keys, so that the in-process store can be asked for all of its values.
    fn learn(&mut self, asked: &Reserve) {
        let mut learn = |key: &RawKey| drop(self.keys.insert(key.name().to_owned(), key.clone()));
        learn(&keys::Lease::of(asked.place, asked.lease));
        for check in &asked.checks {
            match check {
                Check::Absent(key) | Check::Off { key, .. } | Check::Slot { key, .. } => learn(key),
                Check::Budget(budget) => budget.days.iter().for_each(&mut learn),
                Check::Window(window) => {
                    learn(&window.key);
                    let penalty = window.penalty.iter();
                    penalty.flat_map(|p| [&p.strikes, &p.level, &p.lock]).for_each(&mut learn);
                }
            }
        }
    }

    async fn ask<O>(&mut self, operation: O) -> O::Answer
    where
        O: Operation + Clone + std::fmt::Debug,
        O::Answer: PartialEq + std::fmt::Debug,
        InParts<O>: Operation<Answer = O::Answer>,
        InParts<O>: std::fmt::Debug,
    {
        if self.parts { self.both.ask(&InParts(operation)).await } else { self.both.ask(&operation).await }
    }

    async fn step(&mut self, step: &Step) {
        let now = self.now();
        match *step {
            Step::Reserve { interaction, holder } => self.reserve(interaction, holder).await,
            Step::Settle { interaction, holder, used } => {
                let asked = self.asked(interaction, holder);
                let held = asked.held();
                let tokens = asked.checks.iter().rev().find_map(|check| match check {
                    Check::Budget(budget) => Some((budget.days[0].clone(), used)),
                    _ => None,
                });
                let settle = Settle { held: &held, used: tokens.into_iter().collect() };
                let expected = self.ends(interaction, holder, State::Settled { tokens: used });
                assert_eq!(self.ask(settle).await, expected);
            }
            Step::GiveBack { interaction, holder } => {
                let held = self.asked(interaction, holder).held();
                let expected = self.ends(interaction, holder, State::GivenBack);
                assert_eq!(self.ask(GiveBack { held: &held }).await, expected);
            }
            Step::Renew { interaction, holder } => {
                let held = self.asked(interaction, holder).held();
                let mine = |call: &&mut Call| {
                    call.holder == holder && call.state == State::Open && call.slots_until > now
                };
                let kept = self.account.known(interaction, now).filter(mine).map(|call| {
                    call.slots_until = now + LIFE_S;
                    call.known_until = now + KNOWN_S;
                });
                assert_eq!(self.ask(Renew { held: &held }).await, kept.is_some());
            }
            Step::Look { interaction } => self.look(caller(interaction)).await,
            Step::Switch(off) => {
                self.account.switched_off = off;
                let text = off.then(|| Notice::text_of(None, "off"));
                let key = keys::AiDisabled::key().into_raw();
                self.both.ask(&Put { key, field: Some("global"), text }).await;
            }
            Step::Wait(seconds) => self.both.advance(Duration::from_secs(seconds)).await,
        }
    }

    async fn reserve(&mut self, interaction: u64, by: u128) {
        let (now, limits) = (self.now(), self.limits);
        let asked = self.asked(interaction, by);
        let before = self.holdings().await;
        let answer = self.ask(asked.clone()).await;
        if let Some(call) = self.account.known(interaction, now) {
            let again = call.holder == by && call.state == State::Open && call.slots_until > now;
            assert_eq!(matches!(answer, Reserved::Granted { .. }), again, "{answer:?}");
            assert_eq!(answer == Reserved::Repeated, !again, "{answer:?}");
            assert_eq!(self.holdings().await, before, "asking again changes nothing");
            return;
        }
        let Some((expected, penalty)) = self.account.refuses(interaction, &limits, now) else {
            let call = Call {
                interaction,
                holder: by,
                caller: caller(interaction),
                at: now,
                slots_until: now + LIFE_S,
                known_until: now + KNOWN_S,
                state: State::Open,
                asked,
            };
            self.account.calls.push(call);
            assert_eq!(answer, Reserved::Granted { left: self.left(caller(interaction)) });
            return;
        };
        let Reserved::Refused { index, refusal } = answer else {
            panic!("check {expected} refuses: {answer:?}")
        };
        assert_eq!(index, expected, "{refusal:?}");
        let told = if let Refusal::Penalty { ends_at } = refusal { Some(ends_at / 1_000) } else { None };
        assert_eq!(told, penalty);
        let mut after = self.holdings().await;
        if index == 2 {
            let member = Self::account_keys(interaction);
            after.retain(|key, _| !member.contains(key));
            let kept = |(key, _): &(&String, _)| !member.contains(*key);
            assert_eq!(after.len(), before.iter().filter(kept).count());
        }
        for (key, values) in &after {
            assert_eq!(Some(values), before.get(key), "a refusal left a trace in {key}");
        }
    }

    /// Names of the keys that an overrun may change.
    fn account_keys(interaction: u64) -> Vec<String> {
        let who = caller(interaction);
        let penalty = penalty(guild(who.guild), user(who.user));
        [penalty.strikes, penalty.level, penalty.lock].map(|key| key.name().to_owned()).to_vec()
    }

    fn left(&self, who: Caller) -> Vec<Option<u32>> {
        let used = self.account.used(who, self.now());
        let left = used.iter().zip(self.limits).map(|(used, limit)| Some(limit.saturating_sub(*used)));
        [None, None].into_iter().chain(left).collect()
    }

    fn ends(&mut self, interaction: u64, holder: u128, becomes: State) -> Settled {
        let now = self.now();
        match self.account.known(interaction, now) {
            Some(call) if call.state != State::Open => Settled::Before,
            Some(call) if call.holder == holder => {
                call.state = becomes;
                Settled::Now
            }
            _ => Settled::Unknown,
        }
    }

    async fn look(&mut self, who: Caller) {
        let look = Look { checks: self.checks(who) };
        let before = self.holdings().await;
        let standings = self.ask(look).await;
        assert_eq!(self.holdings().await, before, "looking changes nothing");
        let lefts: Vec<_> = standings.iter().map(Standing::left).collect();
        assert_eq!(lefts, self.left(who));
        let locked = self.account.locks.get(&(who.guild, who.user)).is_some_and(|until| *until > self.now());
        assert_eq!(standings[0] != Standing::Notice(None), self.account.switched_off);
        assert_eq!(standings[1] != Standing::Notice(None), locked);
    }

    /// What both stores hold, which must be the same.
    async fn holdings(&mut self) -> Holdings {
        let all: Vec<String> = self.server.run(::redis::cmd("EVAL").arg(HOLDINGS).arg(0)).await;
        let of_redis: Holdings = all.iter().map(|line| self.parse(line)).collect();
        self.both.local.set_now(self.both.now_ms());
        let names: Vec<_> = self.both.local.names().map(str::to_owned).collect();
        let of_local: Holdings = names.into_iter().map(|name| self.local_value(name)).collect();
        let of_local =
            of_local.into_iter().filter(|(_, (values, _))| !values.is_empty()).collect::<Holdings>();
        let of_redis =
            of_redis.into_iter().filter(|(_, (values, _))| !values.is_empty()).collect::<Holdings>();
        assert_eq!(
            of_redis.iter().map(|(name, (values, _))| (name, values)).collect::<Vec<_>>(),
            of_local.iter().map(|(name, (values, _))| (name, values)).collect::<Vec<_>>(),
            "Redis (left) and this process (right) hold different things"
        );
        for (name, (_, ends)) in &of_redis {
            let (of_redis, of_local) = (*ends, of_local[name].1);
            // Redis's own clock went on by what the test takes; undoing a place's part leaves a longer life behind.
            let near =
                of_redis.zip(of_local).is_some_and(|(a, b)| (a - b).abs() <= 20 || (self.parts && a > b));
            assert!(near || of_redis == of_local, "{name}: {of_redis:?} s left, and {of_local:?} s");
            assert_eq!(of_redis.is_none(), name == "ai:disabled", "{name} has no end");
        }
        // Times left differ by what the test takes.
        of_local
    }

    fn parse(&self, line: &str) -> (String, (Vec<String>, Option<i64>)) {
        let mut parts = line.split('|');
        let name = parts.next().expect("a name").to_owned();
        let left: i64 = parts.next().expect("a lifetime").parse().expect("a number");
        let mut values: Vec<_> = parts.map(str::to_owned).collect();
        if self.keys.get(&name).is_some_and(|key| key.family().shape == Shape::SortedSet) {
            let pairs: Vec<_> =
                values.chunks(2).map(|pair| (pair[0].clone(), pair[1].parse().expect("a score"))).collect();
            values = self.members(&name, pairs);
        }
        (name, (values, (left >= 0).then_some((left + 999) / 1_000)))
    }

    fn local_value(&self, name: String) -> (String, (Vec<String>, Option<i64>)) {
        let (key, local) = (&self.keys[&name], &self.both.local);
        let values = match key.family().shape {
            Shape::Text => vec![local.get(key).expect("a text").to_owned()],
            Shape::Hash => local.hash_all(key).into_iter().flat_map(|(field, text)| [field, text]).collect(),
            Shape::SortedSet => self.members(&name, local.sorted_all(key)),
            Shape::List => unreachable!("no limit is a list"),
        };
        (name, (values, local.left_ms(key).flatten().map(|left| left / 1_000)))
    }

    /// Undoing a place's part leaves out what had run out already: in parts, only what still counts is compared.
    fn members(&self, name: &str, pairs: Vec<(String, i64)>) -> Vec<String> {
        let now = self.both.now_ms();
        let floor = if name.starts_with("window:") { now - WINDOW_S * 1_000 } else { now };
        let counts =
            |(_, score): &(String, i64)| !self.parts || *score > floor || name.starts_with("penalty:");
        pairs.into_iter().filter(counts).map(|(member, score)| format!("{member} at {score}")).collect()
    }

    /// What the stores hold must be what the account comes to.
    async fn audit(&mut self) {
        let holdings = self.holdings().await;
        let (now, now_ms) = (self.now(), self.both.now_ms());
        for interaction in 1..=12 {
            let who = caller(interaction);
            let (place, member) = (guild(who.guild), user(who.user));
            let used = self.account.used(who, now);
            let week = |of: &dyn Fn(u32) -> RawKey| -> u32 {
                let value = |before| {
                    holdings
                        .get(of(day(now_ms, before)).name())
                        .map_or(0, |(v, _)| v[0].parse().expect("a number"))
                };
                (0..7).map(value).sum()
            };
            assert_eq!(week(&|day| keys::TalkCountUser::of(place, member, day).into_raw()), used[3]);
            assert_eq!(week(&|day| keys::TalkCountGuild::of(place, day).into_raw()), used[5]);
            assert_eq!(week(&|day| keys::TalkTokensUser::of(place, member, day).into_raw()), used[7]);
            assert!(used[8] <= self.limits[8] && used[9] <= self.limits[9], "more calls at once than slots");
        }
        for call in self.account.calls.iter().filter(|call| call.state != State::GivenBack) {
            let same = |other: &&Call| {
                other.state != State::GivenBack
                    && other.caller.guild == call.caller.guild
                    && other.caller.user == call.caller.user
                    && (call.at - WINDOW_S + 1..=call.at).contains(&other.at)
            };
            let together = self.account.calls.iter().filter(same).count();
            assert!(together <= usize::try_from(self.limits[0]).expect("small"), "{together} in one window");
        }
    }
}

fn programs(server: &Server, runtime: &tokio::runtime::Runtime, parts: bool, cases: u32) {
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&(limits(), vec(step(), 1..60)), |(limits, steps)| {
        runtime.block_on(async {
            let both = Both::start(server).await;
            let switches = keys::AiDisabled::key().into_raw();
            let keys = HashMap::from([(switches.name().to_owned(), switches)]);
            let account = Account::default();
            let mut stage = Stage { both, server, parts, limits, account, keys };
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
