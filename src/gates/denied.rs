//! Why the list refuses, as a member is told it: which rule, and until when.

use super::order::{Rule, midnight};
use crate::{
    domain::{
        denial::{Denial, Limit},
        oversight::SwitchTarget,
    },
    hot::limits::{Notice, Refusal},
};

/// The denial of one check's refusal.
pub(super) fn denial(rule: &Rule, refusal: Refusal, now_ms: i64) -> Denial {
    match (rule, refusal) {
        (Rule::Known(denial), _) => denial.clone(),
        (Rule::Switches(targets), Refusal::Notice(notice)) => switched(targets, notice),
        (_, Refusal::Penalty { ends_at }) => Denial::Penalty { until: ends_at },
        // A notice without an end is none of ours.
        (Rule::Penalty, Refusal::Notice(notice)) => {
            Denial::Penalty { until: notice.ends_at.unwrap_or(now_ms) }
        }
        (Rule::Limit { limit, feature, of, seconds, amount }, refusal) => {
            let until = match refusal {
                Refusal::Window { fits_at } => fits_at,
                Refusal::Budget(spent) => spent.days_until(*amount).map(|days| midnight_after(now_ms, days)),
                _ => None,
            };
            Denial::Limit { limit: *limit, feature: *feature, of: *of, seconds: *seconds, until }
        }
        (Rule::GuildSlots, Refusal::Slot { free_at }) => Denial::GuildBusy { until: free_at },
        (Rule::Slots, Refusal::Slot { free_at }) => Denial::Busy { until: free_at },
        // No check refuses in another's way.
        (_, _) => Denial::Stopped,
    }
}

fn switched(targets: &[SwitchTarget], notice: Notice) -> Denial {
    let named = |field: &String| targets.iter().find(|target| target.field() == *field);
    let target = notice.field.as_ref().and_then(named).or(targets.first());
    Denial::Switched {
        target: target.cloned().unwrap_or(SwitchTarget::Global),
        reason: Some(notice.text).filter(|text| !text.trim().is_empty()),
        until: notice.ends_at,
    }
}

/// The midnight at which that many days have passed.
fn midnight_after(now_ms: i64, days: usize) -> i64 {
    midnight(now_ms, i64::try_from(days).unwrap_or(i64::MAX / 2))
}

/// A denial's name in metrics.
pub(super) const fn name(denial: &Denial) -> &'static str {
    match denial {
        Denial::Repeated => "repeated",
        Denial::AiDisabled => "ai_disabled",
        Denial::Switched { .. } => "switched",
        Denial::UserBlocked { .. } => "user_blocked",
        Denial::GuildBlocked { .. } => "guild_blocked",
        Denial::GuildOff | Denial::FeatureOff(_) => "off",
        Denial::BlockedHere => "blocked_here",
        Denial::Role => "role",
        Denial::Channel(_) => "channel",
        Denial::Penalty { .. } => "penalty",
        Denial::Limit { limit, .. } => limit_name(*limit),
        Denial::GuildBusy { .. } => "guild_busy",
        Denial::Busy { .. } => "busy",
        Denial::LineFull => "line_full",
        Denial::WaitedInVain => "waited_in_vain",
        Denial::SettingsUnknown => "settings_unknown",
        Denial::ModelAway { .. } | Denial::ModelRefused => "model",
        Denial::Stopped => "stopped",
        Denial::NoSuchCharacter
        | Denial::NotCollected(_)
        | Denial::ManyCharacters
        | Denial::CharactersAway
        | Denial::TooLong(_)
        | Denial::Empty
        | Denial::AnswersAway
        | Denial::AnswerGone
        | Denial::NotYours
        | Denial::Collection(_) => "other",
    }
}

const fn limit_name(limit: Limit) -> &'static str {
    match limit {
        Limit::UserWindow => "user_window",
        Limit::GuildWindow => "guild_window",
        Limit::UserDay => "user_day",
        Limit::UserWeek => "user_week",
        Limit::GuildDay => "guild_day",
        Limit::GuildWeek => "guild_week",
        Limit::TokensDay => "tokens_day",
        Limit::TokensWeek => "tokens_week",
    }
}
