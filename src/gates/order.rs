//! The order of admission: the one list of rules that a call must pass, the first of which to refuse answers.

use std::time::Duration;

use chrono::{DateTime, Days, Utc};

use super::Ask;
use crate::{
    domain::{
        denial::{Denial, Limit},
        ids::{Place, UserId},
        oversight::SwitchTarget,
        policy::{GuildPolicy, Tier, UserPolicy, WindowLimit},
        quota::{FeatureQuota, Quotas},
        usage::Feature,
    },
    hot::{
        key::RawKey,
        keys::{self, Kind},
        limits::{Budget, Check, Penalty, Window},
        policy::{guild_key, user_key},
    },
    warm::{policies::Versioned, switches::InForce},
};

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// Days of a week's budget: today and those before.
const WEEK: u64 = 7;

/// What a check of the list is about, to say why it refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Rule {
    /// The policies that the list was made from are the newest.
    Version,
    /// No runtime kill switch, as Redis knows them: these, in the order of the check's fields.
    Switches(Vec<SwitchTarget>),
    /// Decided in this process already.
    Known(Denial),
    /// No penalty.
    Penalty,
    /// A window or a budget.
    Limit {
        limit: Limit,
        feature: Feature,
        of: u32,
        /// Of a window.
        seconds: u32,
        /// What the call takes at least.
        amount: u32,
    },
    /// The place's slots.
    GuildSlots,
    /// All slots.
    Slots,
}

/// The policies of whom a call is for, as far as they can be read.
#[derive(Debug)]
pub(super) struct Policy {
    pub(super) user: Versioned<UserPolicy>,
    /// `None` in direct messages.
    pub(super) guild: Option<Versioned<GuildPolicy>>,
}

/// What the tiers give to one member at one place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Due {
    /// The better of the member's and the guild's.
    pub(super) tier: Tier,
    pub(super) guild_tier: Tier,
    pub(super) wait: Duration,
    pub(super) user_window: WindowLimit,
    pub(super) guild_window: WindowLimit,
}

impl Policy {
    pub(super) fn due(&self, quotas: &Quotas, now_ms: i64) -> Due {
        let guild = self.guild.as_ref().map(|held| &*held.policy);
        let guild_tier = guild.map(|guild| guild.tier(now_ms)).unwrap_or_default();
        let tier = self.user.policy.tier(now_ms).max(guild_tier);
        let set = |by: fn(&GuildPolicy) -> Option<WindowLimit>, own: WindowLimit| {
            let wished =
                guild.and_then(by).filter(|wished| guild_tier == Tier::Pro || is_within(*wished, own));
            wished.unwrap_or(own)
        };
        Due {
            tier,
            guild_tier,
            wait: quotas.of(tier).wait,
            user_window: set(|guild| guild.user_window, quotas.of(tier).user_window),
            guild_window: set(|guild| guild.guild_window, quotas.of(guild_tier).guild_window),
        }
    }
}

/// Whether one window admits no more than the other: admins may narrow it everywhere, and widen it where the guild
/// is pro.
const fn is_within(one: WindowLimit, other: WindowLimit) -> bool {
    one.calls <= other.calls && one.seconds >= other.seconds
}

/// The list.
#[derive(Debug, Default)]
pub(super) struct List {
    pub(super) rules: Vec<Rule>,
    pub(super) checks: Vec<Check>,
}

impl List {
    fn push(&mut self, rule: Rule, check: Check) {
        self.rules.push(rule);
        self.checks.push(check);
    }
}

/// What a kill switch can stop of a call, the widest first. Of a provider or model it is known only later.
pub(super) fn targets(ask: &Ask) -> Vec<SwitchTarget> {
    let mut targets = vec![SwitchTarget::Global, SwitchTarget::Feature(ask.feature)];
    targets.extend(ask.place.guild().map(SwitchTarget::Guild));
    targets.push(SwitchTarget::Character(ask.character.clone()));
    targets
}

/// The switch in force that stops one of these, as it is told.
pub(super) fn switched(in_force: &InForce, targets: &[SwitchTarget], now_ms: i64) -> Option<Denial> {
    let at = DateTime::<Utc>::from_timestamp_millis(now_ms)?;
    in_force.first(targets, at).map(|switch| Denial::Switched {
        target: switch.target.clone(),
        reason: switch.reason.as_ref().map(|reason| reason.as_str().to_owned()),
        until: switch.until.map(|until| until.timestamp_millis()),
    })
}

/// The whole list for one call. `policy` is `None` where it can't be read; `checked`: whether Redis is asked for its
/// version.
pub(super) fn list(
    ask: &Ask,
    policy: Option<&Policy>,
    checked: bool,
    quotas: &Quotas,
    in_force: &InForce,
    now_ms: i64,
) -> List {
    let mut list = List::default();
    if let Some(policy) = policy.filter(|_| checked) {
        versions(&mut list, ask, policy);
    }
    let targets = targets(ask);
    let fields = targets.iter().map(SwitchTarget::field).collect();
    let known_here = switched(in_force, &targets, now_ms);
    list.push(Rule::Switches(targets), Check::Off { key: keys::AiDisabled::key().into_raw(), fields });
    // Redis may have lost what this process still knows.
    let verdict = known_here.or_else(|| match policy {
        None => Some(Denial::SettingsUnknown),
        Some(policy) => verdict(ask, policy, now_ms),
    });
    let (None, Some(policy)) = (&verdict, policy) else {
        // Whatever came after this would not be looked at.
        list.push(Rule::Known(verdict.unwrap_or(Denial::SettingsUnknown)), Check::Never);
        return list;
    };
    let due = policy.due(quotas, now_ms);
    windows(&mut list, ask.place, ask.user, ask.feature, &due);
    let reply = quotas.of(due.tier).of(ask.feature).reply_tokens;
    let [least, most] = [ask.tokens.least, ask.tokens.most].map(|tokens| tokens.saturating_add(reply));
    budgets(&mut list, ask.place, ask.user, ask.feature, quotas, &due, [1, least, most.max(least)], now_ms);
    slots(&mut list, ask.place, quotas);
    list
}

fn versions(list: &mut List, ask: &Ask, policy: &Policy) {
    let user = Check::Version { key: user_key(ask.user), version: policy.user.version };
    list.push(Rule::Version, user);
    if let (Some(guild), Some(held)) = (ask.place.guild(), &policy.guild) {
        list.push(Rule::Version, Check::Version { key: guild_key(guild), version: held.version });
    }
}

/// Who may, and where: what policies say, in the order in which it is told.
fn verdict(ask: &Ask, policy: &Policy, now_ms: i64) -> Option<Denial> {
    if let Some(block) = policy.user.policy.block.as_ref().filter(|block| block.holds(now_ms)) {
        return Some(Denial::UserBlocked { until: block.until_ms });
    }
    let guild = &*policy.guild.as_ref()?.policy;
    if let Some(block) = guild.block.as_ref().filter(|block| block.holds(now_ms)) {
        return Some(Denial::GuildBlocked { until: block.until_ms });
    }
    let enabled = match ask.feature {
        Feature::Talk => guild.talk_enabled,
        Feature::Scene => guild.scene_enabled,
    };
    let lists = &guild.lists;
    let channel = || {
        let here = [Some(ask.channel), ask.parent];
        here.iter().flatten().any(|channel| lists.allowed_channels.contains(channel))
    };
    if lists.blocked_users.contains(&ask.user) {
        Some(Denial::BlockedHere)
    } else if !guild.ai_enabled {
        Some(Denial::GuildOff)
    } else if !enabled {
        Some(Denial::FeatureOff(ask.feature))
    } else if !lists.allowed_roles.is_empty()
        && !ask.roles.iter().any(|role| lists.allowed_roles.contains(role))
    {
        Some(Denial::Role)
    } else if !lists.allowed_channels.is_empty() && !channel() {
        Some(Denial::Channel(lists.allowed_channels.iter().copied().collect()))
    } else {
        None
    }
}

/// The penalty and the windows.
pub(super) fn windows(list: &mut List, place: Place, user: UserId, feature: Feature, due: &Due) {
    let lock = keys::Penalty::of(place, user, Kind::Ai).into_raw();
    list.push(Rule::Penalty, Check::Absent(lock.clone()));
    let penalty = Penalty {
        strikes: keys::Strikes::of(place, user, Kind::Ai).into_raw(),
        level: keys::PenaltyLevel::of(place, user, Kind::Ai).into_raw(),
        lock,
        most: 3,
        within: 10 * MINUTE,
        first: 10 * MINUTE,
        longest: 6 * 60 * MINUTE,
        quiet: 7 * DAY,
    };
    let mut window = |limit, key, WindowLimit { calls, seconds }: WindowLimit, penalty| {
        let rule = Rule::Limit { limit, feature, of: calls, seconds, amount: 1 };
        let period = Duration::from_secs(seconds.into());
        list.push(rule, Check::Window(Window { key, limit: calls, period, penalty }));
    };
    let key = keys::WindowUser::of(place, user, Kind::Ai).into_raw();
    window(Limit::UserWindow, key, due.user_window, Some(penalty));
    if place.guild().is_some() {
        let key = keys::WindowGuild::of(place, Kind::Ai).into_raw();
        window(Limit::GuildWindow, key, due.guild_window, None);
    }
}

/// The budgets: calls, then tokens. `takes`: how many calls, and how many tokens at least and at most.
#[expect(clippy::too_many_arguments, reason = "each is one fact of the call")]
pub(super) fn budgets(
    list: &mut List,
    place: Place,
    user: UserId,
    feature: Feature,
    quotas: &Quotas,
    due: &Due,
    takes: [u32; 3],
    now_ms: i64,
) {
    let own: &FeatureQuota = quotas.of(due.tier).of(feature);
    let guilds: &FeatureQuota = quotas.of(due.guild_tier).of(feature);
    let days = days(now_ms);
    let [calls, least, most] = takes;
    let of_user = |day| match feature {
        Feature::Talk => keys::TalkCountUser::of(place, user, day).into_raw(),
        Feature::Scene => keys::SceneTurnsUser::of(place, user, day).into_raw(),
    };
    let of_guild = |day| match feature {
        Feature::Talk => keys::TalkCountGuild::of(place, day).into_raw(),
        Feature::Scene => keys::SceneTurnsGuild::of(place, day).into_raw(),
    };
    let tokens = |day| tokens_key(place, user, feature, day);
    let mut pair = |limits: [(Limit, u32); 2], key: &dyn Fn(u32) -> RawKey, amount: u32, most: u32| {
        for ((limit, of), days) in limits.into_iter().zip([&days[..1], &days[..]]) {
            let days = days.iter().map(|day| key(*day)).collect();
            let rule = Rule::Limit { limit, feature, of, seconds: 0, amount };
            list.push(rule, Check::Budget(Budget { days, amount, most, limit: of }));
        }
    };
    pair([(Limit::UserDay, own.user_day), (Limit::UserWeek, own.user_week)], &of_user, calls, calls);
    if place.guild().is_some() {
        let limits = [(Limit::GuildDay, guilds.guild_day), (Limit::GuildWeek, guilds.guild_week)];
        pair(limits, &of_guild, calls, calls);
    }
    pair([(Limit::TokensDay, own.tokens_day), (Limit::TokensWeek, own.tokens_week)], &tokens, least, most);
}

/// Where a member's tokens of that day are counted.
pub(super) fn tokens_key(place: Place, user: UserId, feature: Feature, day: u32) -> RawKey {
    match feature {
        Feature::Talk => keys::TalkTokensUser::of(place, user, day).into_raw(),
        Feature::Scene => keys::SceneTokensUser::of(place, user, day).into_raw(),
    }
}

/// The slots: the place's, then all.
pub(super) fn slots(list: &mut List, place: Place, quotas: &Quotas) {
    let of_place = keys::ConcurrencyGuild::of(place).into_raw();
    list.push(Rule::GuildSlots, Check::Slot { key: of_place, cap: quotas.guild_slots });
    let all = keys::ConcurrencyGlobal::key().into_raw();
    list.push(Rule::Slots, Check::Slot { key: all, cap: quotas.slots });
}

/// The days of a week as `YYYYMMDD`, today first.
pub(super) fn days(now_ms: i64) -> Vec<u32> {
    let today = DateTime::<Utc>::from_timestamp_millis(now_ms).unwrap_or_default().date_naive();
    let written = |before| (today - Days::new(before)).format("%Y%m%d").to_string();
    (0..WEEK).map(|before| written(before).parse().expect("eight digits")).collect()
}

/// The midnight after so many days, in milliseconds since 1970; 1 is the next.
pub(super) const fn midnight(now_ms: i64, days: i64) -> i64 {
    (now_ms.div_euclid(DAY_MS) + days) * DAY_MS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_midnights_are_utc() {
        // 2026-03-01T00:00:00Z.
        let now = 1_772_323_200_000;
        assert_eq!(days(now - 1)[..2], [20_260_228, 20_260_227]);
        assert_eq!(
            days(now),
            [20_260_301, 20_260_228, 20_260_227, 20_260_226, 20_260_225, 20_260_224, 20_260_223]
        );
        assert_eq!((midnight(now - 1, 1), midnight(now, 1)), (now, now + DAY_MS));
    }

    #[test]
    fn a_window_is_narrowed_anywhere_and_widened_where_the_guild_is_pro() {
        let window = |calls, seconds| WindowLimit { calls, seconds };
        let grant = crate::domain::policy::Grant { tier: Tier::Pro, starts_ms: 0, ends_ms: None };
        for (grants, wished, gets) in [
            (vec![], window(1, 60), window(1, 60)),
            (vec![], window(9, 30), window(3, 30)),
            (vec![grant], window(9, 30), window(9, 30)),
        ] {
            let guild = GuildPolicy { grants, user_window: Some(wished), ..GuildPolicy::default() };
            let policy = Policy {
                user: Versioned { version: 0, policy: UserPolicy::default().into() },
                guild: Some(Versioned { version: 0, policy: guild.into() }),
            };
            assert_eq!(policy.due(&Quotas::default(), 1).user_window, gets);
        }
    }
}
