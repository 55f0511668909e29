//! What a program runs on: both stores and the account, and how a step's call is asked for.

use std::{collections::HashMap, time::Duration};

use troupe::{
    domain::ids::InteractionId,
    hot::{
        Operation,
        key::RawKey,
        keys::{self, Kind},
        limits::{Budget, Check, InParts, LeaseId, Reserve, Wait, Window},
        memory::Between,
        policy,
    },
};

use super::{
    super::{LIFE, day, guild, holder, penalty, user},
    Caller, Limits, WAIT_S, WINDOW_S,
    account::Account,
    caller,
};
use crate::support::{both::Both, redis::Redis as Server};

/// What one program runs on.
pub(super) struct Stage<'a> {
    pub(super) both: Both<'a>,
    pub(super) server: &'a Server,
    /// Ask as a cluster is asked.
    pub(super) parts: bool,
    pub(super) limits: Limits,
    /// Most who wait in a line.
    pub(super) most: u32,
    pub(super) account: Account,
    pub(super) keys: HashMap<String, RawKey>,
}

impl Stage<'_> {
    pub(super) fn now(&self) -> i64 {
        self.both.now_ms() / 1_000
    }

    /// The full list, as admission asks it.
    pub(super) fn checks(&self, who: Caller) -> Vec<Check> {
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
        let budget = |days: u64, of: &dyn Fn(u32) -> RawKey, (amount, most), limit| {
            Check::Budget(Budget {
                days: (0..days).map(|before| of(day(now, before))).collect(),
                amount,
                most,
                limit,
            })
        };
        let user_calls = |day| keys::TalkCountUser::of(place, member, day).into_raw();
        let guild_calls = |day| keys::TalkCountGuild::of(place, day).into_raw();
        let tokens = |day| keys::TalkTokensUser::of(place, member, day).into_raw();
        vec![
            Check::Off { key: keys::AiDisabled::key().into_raw(), fields: vec!["global".to_owned()] },
            Check::Version { key: policy_key(false), version: who.version },
            Check::Version { key: policy_key(true), version: who.version },
            if who.never {
                Check::Never
            } else {
                Check::Off { key: keys::AiDisabled::key().into_raw(), fields: vec!["nobody".to_owned()] }
            },
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
            budget(1, &user_calls, (1, 1), user_day),
            budget(7, &user_calls, (1, 1), user_week),
            budget(1, &guild_calls, (1, 1), guild_day),
            budget(7, &guild_calls, (1, 1), guild_week),
            budget(1, &tokens, (who.tokens, who.most_tokens), tokens_day),
            budget(7, &tokens, (who.tokens, who.most_tokens), tokens_week),
            Check::Slot { key: keys::ConcurrencyGuild::of(place).into_raw(), cap },
            Check::Slot { key: keys::ConcurrencyGlobal::key().into_raw(), cap: global },
        ]
    }

    pub(super) fn asked(&mut self, interaction: u64, by: u128) -> Reserve {
        let now = self.now();
        if let Some(call) = self.account.known(interaction, now) {
            return Reserve { holder: holder(by), ..call.asked.clone() };
        }
        let who = caller(interaction);
        let until = self.account.line.iter().find(|one| (one.interaction, one.holder) == (interaction, by));
        let until = until.filter(|one| one.ends > self.both.now_ms());
        let until_ms = until.map_or(self.both.now_ms() + WAIT_S * 1_000, |one| one.ends);
        let lease = LeaseId { interaction: InteractionId::new(interaction).expect("an id"), call: 0 };
        let asked = Reserve {
            lease,
            place: guild(who.guild),
            holder: holder(by),
            checks: self.checks(who),
            life: LIFE,
            recall: who.recalls.then(|| between(who)),
            wait: who.waits.then_some(Wait { until_ms, most: self.most }),
        };
        self.learn(&asked);
        asked
    }

    /// Notes the keys, so that the in-process store can be asked for all of its values.
    fn learn(&mut self, asked: &Reserve) {
        let mut learn = |key: &RawKey| drop(self.keys.insert(key.name().to_owned(), key.clone()));
        learn(&keys::Lease::of(asked.place, asked.lease));
        let who = between(caller(asked.lease.interaction.get()));
        learn(&keys::Memory::of(who.place, who.user, &who.character));
        for check in &asked.checks {
            match check {
                Check::Absent(key)
                | Check::Off { key, .. }
                | Check::Version { key, .. }
                | Check::Slot { key, .. } => learn(key),
                Check::Never => {}
                Check::Budget(budget) => budget.days.iter().for_each(&mut learn),
                Check::Window(window) => {
                    learn(&window.key);
                    let penalty = window.penalty.iter();
                    penalty.flat_map(|p| [&p.strikes, &p.level, &p.lock]).for_each(&mut learn);
                }
            }
        }
    }

    pub(super) async fn ask<O>(&mut self, operation: O) -> O::Answer
    where
        O: Operation + Clone + std::fmt::Debug,
        O::Answer: PartialEq + std::fmt::Debug,
        InParts<O>: Operation<Answer = O::Answer>,
        InParts<O>: std::fmt::Debug,
    {
        if self.parts { self.both.ask(&InParts(operation)).await } else { self.both.ask(&operation).await }
    }
}

pub(super) fn policy_key(of_user: bool) -> RawKey {
    if of_user {
        policy::user_key(user(1))
    } else {
        let place = guild(1);
        policy::guild_key(place.guild().expect("a guild"))
    }
}

pub(super) fn between(who: Caller) -> Between {
    let character = "shipped:mira".parse().expect("an id");
    Between { place: guild(who.guild), user: user(who.user), character }
}
