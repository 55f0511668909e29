//! The order of admission against a reference that only knows in which order rules stand.

use std::{sync::Arc, sync::atomic::AtomicI64, time::Duration};

use chrono::DateTime;
use proptest::prelude::*;
use uuid::Uuid;

use super::{
    Ask, PromptTokens, denied,
    order::{self, List, Policy},
};
use crate::{
    cold::switches::Switch,
    domain::{
        denial::{Denial, Limit},
        ids::{ChannelId, GuildId, InteractionId, Place, RoleId, UserId},
        oversight::SwitchTarget,
        policy::{Block, GuildPolicy, UserPolicy, WindowLimit},
        quota::Quotas,
        usage::Feature,
    },
    hot::{
        Clock, Hot,
        limits::{LeaseId, Reserve, Reserved},
    },
    warm::{policies::Versioned, switches::InForce},
};

const NOW: i64 = 1_767_225_600_000;

/// All rules, in the order of admission: each can be made to refuse by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refuses {
    Switch,
    UserBlocked,
    GuildBlocked,
    BlockedHere,
    GuildOff,
    FeatureOff,
    Role,
    Channel,
    Penalty,
    Limit(Limit),
    GuildSlots,
    Slots,
}

const ORDER: [Refuses; 19] = [
    Refuses::Switch,
    Refuses::UserBlocked,
    Refuses::GuildBlocked,
    Refuses::BlockedHere,
    Refuses::GuildOff,
    Refuses::FeatureOff,
    Refuses::Role,
    Refuses::Channel,
    Refuses::Penalty,
    Refuses::Limit(Limit::UserWindow),
    Refuses::Limit(Limit::GuildWindow),
    Refuses::Limit(Limit::UserDay),
    Refuses::Limit(Limit::UserWeek),
    Refuses::Limit(Limit::GuildDay),
    Refuses::Limit(Limit::GuildWeek),
    Refuses::Limit(Limit::TokensDay),
    Refuses::Limit(Limit::TokensWeek),
    Refuses::GuildSlots,
    Refuses::Slots,
];

fn who_refuses(denial: &Denial) -> Option<Refuses> {
    Some(match denial {
        Denial::Switched { .. } => Refuses::Switch,
        Denial::UserBlocked { .. } => Refuses::UserBlocked,
        Denial::GuildBlocked { .. } => Refuses::GuildBlocked,
        Denial::BlockedHere => Refuses::BlockedHere,
        Denial::GuildOff => Refuses::GuildOff,
        Denial::FeatureOff(_) => Refuses::FeatureOff,
        Denial::Role => Refuses::Role,
        Denial::Channel(_) => Refuses::Channel,
        Denial::Penalty { .. } => Refuses::Penalty,
        Denial::Limit { limit, .. } => Refuses::Limit(*limit),
        Denial::GuildBusy { .. } => Refuses::GuildSlots,
        Denial::Busy { .. } => Refuses::Slots,
        _ => return None,
    })
}

/// A world in which everything is to be had.
struct World {
    quotas: Quotas,
    user: UserPolicy,
    guild: GuildPolicy,
    in_force: InForce,
    locked: bool,
}

impl World {
    fn open() -> Self {
        let (user, guild, in_force) = (UserPolicy::default(), GuildPolicy::default(), InForce::default());
        Self { quotas: Quotas::default(), user, guild, in_force, locked: false }
    }

    fn refuse(&mut self, by: Refuses) {
        let block = Some(Block { reason: String::new(), until_ms: None });
        let (free, guild) = (&mut self.quotas.free, &mut self.guild);
        match by {
            Refuses::Switch => self.in_force.switches.push(Switch {
                target: SwitchTarget::Guild(GuildId::new(1).unwrap()),
                reason: None,
                by: None,
                since: DateTime::UNIX_EPOCH,
                until: None,
            }),
            Refuses::UserBlocked => self.user.block = block,
            Refuses::GuildBlocked => guild.block = block,
            Refuses::BlockedHere => drop(guild.lists.blocked_users.insert(UserId::new(1).unwrap())),
            Refuses::GuildOff => guild.ai_enabled = false,
            Refuses::FeatureOff => guild.talk_enabled = false,
            Refuses::Role => drop(guild.lists.allowed_roles.insert(RoleId::new(9).unwrap())),
            Refuses::Channel => drop(guild.lists.allowed_channels.insert(ChannelId::new(9).unwrap())),
            Refuses::Penalty => self.locked = true,
            Refuses::Limit(Limit::UserWindow) => free.user_window.calls = 0,
            Refuses::Limit(Limit::GuildWindow) => free.guild_window.calls = 0,
            Refuses::Limit(Limit::UserDay) => free.talk.user_day = 0,
            Refuses::Limit(Limit::UserWeek) => free.talk.user_week = 0,
            Refuses::Limit(Limit::GuildDay) => free.talk.guild_day = 0,
            Refuses::Limit(Limit::GuildWeek) => free.talk.guild_week = 0,
            Refuses::Limit(Limit::TokensDay) => free.talk.tokens_day = 1,
            Refuses::Limit(Limit::TokensWeek) => free.talk.tokens_week = 1,
            Refuses::GuildSlots => self.quotas.guild_slots = 0,
            Refuses::Slots => self.quotas.slots = 0,
        }
    }

    fn policy(&self) -> Policy {
        Policy {
            user: Versioned { version: 0, policy: self.user.clone().into() },
            guild: Some(Versioned { version: 0, policy: self.guild.clone().into() }),
        }
    }

    async fn outcome(&self) -> Option<Denial> {
        let hot = Hot::new(None, Clock::Manual(Arc::new(AtomicI64::new(NOW))));
        if self.locked {
            // Overruns until there is a penalty.
            let mut due = self.policy().due(&self.quotas, NOW);
            due.user_window = WindowLimit { calls: 0, seconds: 1 };
            let mut overrun = List::default();
            order::windows(&mut overrun, ask().place, ask().user, Feature::Talk, &due);
            for interaction in 100..103 {
                hot.ask(&reserve(interaction, &overrun)).await;
            }
        }
        let list = order::list(&ask(), Some(&self.policy()), true, &self.quotas, &self.in_force, NOW);
        match hot.ask(&reserve(1, &list)).await.0 {
            Reserved::Refused { index, refusal } => Some(denied::denial(&list.rules[index], refusal, NOW)),
            Reserved::Granted(_) => None,
            other => panic!("{other:?}"),
        }
    }
}

fn ask() -> Ask {
    Ask {
        interaction: InteractionId::new(1).unwrap(),
        user: UserId::new(1).unwrap(),
        place: Place::Guild(GuildId::new(1).unwrap()),
        channel: ChannelId::new(1).unwrap(),
        parent: None,
        roles: vec![RoleId::new(1).unwrap()],
        feature: Feature::Talk,
        character: "shipped:mira".parse().unwrap(),
        tokens: PromptTokens { least: 10, most: 20 },
        recall: false,
    }
}

fn reserve(interaction: u64, list: &List) -> Reserve {
    Reserve {
        lease: LeaseId { interaction: InteractionId::new(interaction).unwrap(), call: 0 },
        place: ask().place,
        holder: Uuid::from_u128(1),
        checks: list.checks.clone(),
        life: Duration::from_secs(70),
        recall: None,
        wait: None,
    }
}

proptest! {
    #[test]
    fn the_first_rule_in_the_order_that_refuses_answers(from in 0..=ORDER.len(), mask in any::<u32>()) {
        let refusing: Vec<_> = (from..ORDER.len()).filter(|at| mask >> at & 1 == 1).map(|at| ORDER[at]).collect();
        let mut world = World::open();
        for by in &refusing {
            world.refuse(*by);
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let denial = runtime.block_on(world.outcome());
        prop_assert_eq!(denial.as_ref().and_then(who_refuses), refusing.first().copied(), "{:?}", denial);
    }
}

#[test]
fn each_rule_refuses_by_itself() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for by in ORDER {
        let mut world = World::open();
        world.refuse(by);
        let denial = runtime.block_on(world.outcome());
        assert_eq!(denial.as_ref().and_then(who_refuses), Some(by), "{denial:?}");
    }
    assert_eq!(runtime.block_on(World::open().outcome()), None);
}

#[test]
fn in_direct_messages_no_guild_has_a_say() {
    let user = UserId::new(1).unwrap();
    let ask = Ask { place: Place::Direct(user), ..ask() };
    let policy = Policy { user: Versioned { version: 0, policy: UserPolicy::default().into() }, guild: None };
    let list = order::list(&ask, Some(&policy), true, &Quotas::default(), &InForce::default(), NOW);
    let is_guilds = |rule: &order::Rule| {
        let rule = format!("{rule:?}");
        rule.contains("GuildWindow") || rule.contains("GuildDay") || rule.contains("GuildWeek")
    };
    assert!(!list.rules.iter().any(is_guilds), "{:?}", list.rules);
    assert!(list.rules.contains(&order::Rule::GuildSlots), "its slots are the place's");
}

#[test]
fn settings_that_nobody_can_read_refuse_at_their_place() {
    let list = order::list(&ask(), None, true, &Quotas::default(), &InForce::default(), NOW);
    assert_eq!(list.rules.last(), Some(&order::Rule::Known(Denial::SettingsUnknown)));
    assert_eq!(list.rules.len(), 2, "after the switches");
}
