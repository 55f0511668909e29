//! The account: plain lists of all that was ever granted, and the decisions that follow from them.

use std::collections::HashMap;

use troupe::hot::limits::Reserve;

use super::{COUNTING, Caller, Limits, WAIT_S, WEEK_S, WINDOW_S, caller};

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum State {
    Open,
    Settled {
        tokens: u32,
    },
    /// After it had been taken back: the windows have forgotten it.
    SettledLate {
        tokens: u32,
    },
    GivenBack,
    /// Its process died, and someone came by after its slots had run out.
    TakenBack,
}

impl State {
    const fn counts(self) -> bool {
        !matches!(self, Self::GivenBack | Self::TakenBack)
    }
}

#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) interaction: u64,
    pub(super) holder: u128,
    pub(super) caller: Caller,
    pub(super) at: i64,
    pub(super) slots_until: i64,
    pub(super) known_until: i64,
    pub(super) charged: u32,
    pub(super) state: State,
    pub(super) asked: Reserve,
}

/// One who waits. Times in milliseconds.
#[derive(Debug, Clone)]
pub(super) struct Waiting {
    pub(super) interaction: u64,
    pub(super) holder: u128,
    pub(super) guild: u64,
    pub(super) ends: i64,
    pub(super) arrived: i64,
    /// Also for a slot of all guilds.
    pub(super) everywhere: bool,
}

/// A policy's copy. Times in seconds.
#[derive(Debug, Default)]
pub(super) struct Copy {
    pub(super) version: Option<i64>,
    pub(super) fence: Option<(i64, i64)>,
    pub(super) ends: i64,
}

/// What the account says of a call that is asked for.
#[derive(Debug)]
pub(super) enum Decided {
    Granted { charged: u32 },
    Refused { index: usize, penalty: Option<i64> },
    Waiting { place: usize, of: usize },
    LineFull,
}

/// The account: every call that was ever granted, and the penalties. Times in seconds.
#[derive(Default)]
pub(super) struct Account {
    pub(super) calls: Vec<Call>,
    pub(super) strikes: HashMap<(u64, u64), Vec<(u64, i64)>>,
    pub(super) levels: HashMap<(u64, u64), (i64, i64)>,
    pub(super) locks: HashMap<(u64, u64), i64>,
    pub(super) line: Vec<Waiting>,
    /// The guilds' one, and the users'.
    pub(super) copies: [Copy; 2],
    pub(super) switched_off: bool,
}

impl Account {
    pub(super) fn known(&mut self, interaction: u64, now: i64) -> Option<&mut Call> {
        self.calls.iter_mut().rfind(|call| call.interaction == interaction && call.known_until > now)
    }

    fn sum(&self, days: i64, now: i64, of: impl Fn(&Call) -> u32) -> u32 {
        let today = now.div_euclid(86_400);
        let counts = |call: &&Call| (0..days).contains(&(today - call.at.div_euclid(86_400)));
        self.calls.iter().filter(|call| call.state.counts()).filter(counts).map(of).sum()
    }

    /// What is used by each check that counts, in their order.
    pub(super) fn used(&self, who: Caller, now: i64) -> Limits {
        let own = |call: &Call| call.caller.guild == who.guild && call.caller.user == who.user;
        let here = |call: &Call| call.caller.guild == who.guild;
        let tokens = |call: &Call| match call.state {
            State::Open => call.charged,
            State::Settled { tokens } | State::SettledLate { tokens } => tokens,
            State::GivenBack | State::TakenBack => 0,
        };
        let window = |of: &dyn Fn(&Call) -> bool| {
            let remembered = |call: &Call| matches!(call.state, State::Open | State::Settled { .. });
            let inside = |call: &&Call| remembered(call) && call.at > now - WINDOW_S && of(call);
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

    /// Takes back what died in a guild.
    pub(super) fn heal(&mut self, guild: u64, now: i64) {
        let died = |call: &&mut Call| call.state == State::Open && call.slots_until <= now;
        let here = self.calls.iter_mut().filter(|call| call.caller.guild == guild && call.known_until > now);
        here.filter(died).for_each(|call| call.state = State::TakenBack);
    }

    fn is_stale(&self, copy: usize, version: i64, now: i64) -> bool {
        let copy = &self.copies[copy];
        copy.ends > now
            && (copy.fence.is_some_and(|(floor, until)| until > now && floor > version)
                || copy.version.is_some_and(|held| held != version))
    }

    /// Those who wait in a guild, or everywhere, in the order of coming.
    pub(super) fn waiting(&self, guild: Option<u64>, now_ms: i64) -> Vec<Waiting> {
        let here = |one: &&Waiting| guild.map_or(one.everywhere, |guild| one.guild == guild);
        let mut line: Vec<_> =
            self.line.iter().filter(|one| one.ends > now_ms).filter(here).cloned().collect();
        line.sort_by_key(|one| (one.arrived, format!("{} {} {}-0", one.ends, one.guild, one.interaction)));
        line
    }

    pub(super) fn leaves(&mut self, interaction: u64, by: u128, now_ms: i64) -> bool {
        let before = self.line.len();
        self.line.retain(|one| one.ends > now_ms);
        let live = self.line.len();
        self.line.retain(|one| (one.interaction, one.holder) != (interaction, by));
        assert!(live <= before);
        self.line.len() < live
    }

    pub(super) fn decides(
        &mut self,
        interaction: u64,
        by: u128,
        limits: &Limits,
        most: u32,
        now_ms: i64,
    ) -> Decided {
        let (who, now) = (caller(interaction), now_ms / 1_000);
        let member = (who.guild, who.user);
        let used = self.used(who, now);
        let takes = [1, 1, 1, 1, 1, 1, who.tokens, who.tokens];
        let early = [
            self.switched_off,
            self.is_stale(0, who.version, now),
            self.is_stale(1, who.version, now),
            who.never,
            self.locks.get(&member).is_some_and(|until| *until > now),
        ];
        let refused = early.iter().position(|refuses| *refuses).or_else(|| {
            (0..8).find(|check| used[*check] + takes[*check] > limits[*check]).map(|at| at + COUNTING)
        });
        let decided = match refused {
            Some(index) => {
                let penalty = (index == COUNTING).then(|| self.strike(member, interaction, now)).flatten();
                Decided::Refused { index, penalty }
            }
            None => self.takes_a_slot(interaction, by, [used[8], used[9]], limits, most, now_ms),
        };
        if !matches!(decided, Decided::Waiting { .. }) {
            self.leaves(interaction, by, now_ms);
        }
        match decided {
            Decided::Granted { .. } => {
                let room = (limits[6] - used[6]).min(limits[7] - used[7]);
                Decided::Granted { charged: who.most_tokens.min(room) }
            }
            other => other,
        }
    }

    fn takes_a_slot(
        &mut self,
        interaction: u64,
        by: u128,
        used: [u32; 2],
        limits: &Limits,
        most: u32,
        now_ms: i64,
    ) -> Decided {
        let who = caller(interaction);
        let is_me = |one: &Waiting| (one.interaction, one.holder) == (interaction, by);
        let most = usize::try_from(most).expect("small");
        let lines = [self.waiting(Some(who.guild), now_ms), self.waiting(None, now_ms)];
        let last = lines[0].last().map_or(now_ms, |last| now_ms.max(last.arrived + 1));
        let mut me = Waiting {
            interaction,
            holder: by,
            guild: who.guild,
            ends: now_ms + WAIT_S * 1_000,
            arrived: last,
            everywhere: false,
        };
        if let Some(mine) = lines[0].iter().find(|one| is_me(one)) {
            me = mine.clone();
        }
        for (at, line) in lines.iter().enumerate() {
            let mut with_me = line.clone();
            if !line.iter().any(is_me) {
                let before = line.iter().take_while(|one| one.arrived <= me.arrived).count();
                with_me.insert(before, me.clone());
            }
            let rank = |place: usize| {
                let same = with_me[..place].iter().filter(|one| one.guild == with_me[place].guild);
                (if at == 1 { same.count() } else { 0 }, place)
            };
            let own = rank(with_me.iter().position(is_me).expect("put there"));
            let mut ahead = (0..with_me.len()).filter(|place| rank(*place) < own).count();
            if !who.waits {
                ahead = line.iter().filter(|one| !is_me(one)).count();
            }
            let cap = usize::try_from(limits[8 + at]).expect("small");
            if usize::try_from(used[at]).expect("small") + ahead < cap {
                continue;
            }
            if !who.waits {
                return Decided::Refused { index: COUNTING + 8 + at, penalty: None };
            }
            if lines[..=at].iter().any(|line| line.len() >= most && !line.iter().any(is_me)) {
                return Decided::LineFull;
            }
            me.everywhere = at == 1;
            self.line.retain(|one| !is_me(one));
            self.line.push(me);
            return Decided::Waiting { place: ahead + 1, of: with_me.len() };
        }
        Decided::Granted { charged: 0 }
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
