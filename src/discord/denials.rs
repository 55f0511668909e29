//! What a member reads when a call is denied: which limit, until when, and what to do.

use crate::domain::denial::{Denial, Limit};
use crate::domain::oversight::SwitchTarget;
use crate::domain::usage::Feature;
use crate::i18n::{Args, Catalog, Locale, Text, texts};

/// Channels that a refusal names; where more are allowed it names these.
const MOST_CHANNELS: usize = 10;

/// The text of a denial, of up to 2,000 characters.
pub(crate) fn denial_text(catalog: &Catalog, locale: Locale, denial: &Denial) -> String {
    if let Denial::Switched { target, reason, until } = denial {
        let args = Args::new().trusted("what", stopped(target)).trusted("until", moment(*until));
        let text = catalog.format(locale, texts::DENIED_SWITCHED, &args);
        let Some(reason) = reason.as_deref().filter(|reason| !reason.trim().is_empty()) else { return text };
        let why = catalog.format(locale, texts::DENIED_REASON, &Args::new().typed("reason", reason));
        return format!("{text}\n{why}");
    }
    let (text, args) = parts(denial);
    catalog.format(locale, text, &args)
}

fn parts(denial: &Denial) -> (Text, Args<'_>) {
    let until = |until: Option<i64>| Args::new().trusted("until", moment(until));
    match denial {
        Denial::Repeated => (texts::DENIED_REPEATED, Args::new()),
        Denial::AiDisabled | Denial::Switched { .. } => (texts::DENIED_AI_DISABLED, Args::new()),
        Denial::UserBlocked { until: end } => (texts::DENIED_USER_BLOCKED, until(*end)),
        Denial::GuildBlocked { until: end } => (texts::DENIED_GUILD_BLOCKED, until(*end)),
        Denial::GuildOff => (texts::DENIED_GUILD_OFF, Args::new()),
        Denial::FeatureOff(feature) => {
            (texts::DENIED_FEATURE_OFF, Args::new().trusted("feature", feature.name()))
        }
        Denial::BlockedHere => (texts::DENIED_BLOCKED_HERE, Args::new()),
        Denial::Role => (texts::DENIED_ROLE, Args::new()),
        Denial::Channel(channels) if channels.is_empty() => (texts::DENIED_CHANNEL_ELSEWHERE, Args::new()),
        Denial::Channel(channels) => {
            let links: Vec<_> = channels.iter().take(MOST_CHANNELS).map(|id| format!("<#{id}>")).collect();
            (texts::DENIED_CHANNEL, Args::new().trusted("channels", links.join(", ")))
        }
        Denial::Penalty { until: end } => (texts::DENIED_PENALTY, until(Some(*end))),
        Denial::Limit { limit, feature, of, seconds, until: end } => {
            let args = until(*end).number("of", (*of).into());
            match limit {
                Limit::UserWindow | Limit::GuildWindow => {
                    (limit_text(*limit), args.number("seconds", (*seconds).into()))
                }
                _ => (limit_text(*limit), args.trusted("feature", feature.name())),
            }
        }
        Denial::GuildBusy { until: end } => (texts::DENIED_GUILD_BUSY, until(*end)),
        Denial::Busy { until: end } => (texts::DENIED_BUSY, until(*end)),
        Denial::LineFull => (texts::DENIED_LINE_FULL, Args::new()),
        Denial::WaitedInVain => (texts::DENIED_WAITED, Args::new()),
        Denial::SettingsUnknown => (texts::DENIED_SETTINGS_UNKNOWN, Args::new()),
        Denial::ModelAway { until: end } => (texts::DENIED_MODEL_AWAY, until(*end)),
        Denial::ModelRefused => (texts::DENIED_MODEL_REFUSED, Args::new()),
        Denial::Stopped => (texts::DENIED_STOPPED, Args::new()),
        Denial::NoSuchCharacter => (texts::DENIED_NO_CHARACTER, Args::new()),
        Denial::NotCollected(name) => (texts::DENIED_NOT_COLLECTED, Args::new().typed("character", name)),
        Denial::ManyCharacters => (texts::DENIED_MANY_CHARACTERS, Args::new()),
        Denial::CharactersAway => (texts::DENIED_CHARACTERS_AWAY, Args::new()),
        Denial::TooLong(most) => (texts::DENIED_TOO_LONG, Args::new().number("most", *most as u64)),
        Denial::Empty => (texts::DENIED_EMPTY, Args::new()),
        Denial::AnswersAway => (texts::DENIED_ANSWERS_AWAY, Args::new()),
        Denial::AnswerGone => (texts::DENIED_ANSWER_GONE, Args::new()),
        Denial::NotYours => (texts::DENIED_NOT_YOURS, Args::new()),
        Denial::Collection(denial) => super::collection::denied(denial),
    }
}

const fn limit_text(limit: Limit) -> Text {
    match limit {
        Limit::UserWindow => texts::DENIED_USER_WINDOW,
        Limit::GuildWindow => texts::DENIED_GUILD_WINDOW,
        Limit::UserDay => texts::DENIED_USER_DAY,
        Limit::UserWeek => texts::DENIED_USER_WEEK,
        Limit::GuildDay => texts::DENIED_GUILD_DAY,
        Limit::GuildWeek => texts::DENIED_GUILD_WEEK,
        Limit::TokensDay => texts::DENIED_TOKENS_DAY,
        Limit::TokensWeek => texts::DENIED_TOKENS_WEEK,
    }
}

/// What is off, as the texts choose by. A provider's or a model's name is none of a member's business.
const fn stopped(target: &SwitchTarget) -> &'static str {
    match target {
        SwitchTarget::Global => "all",
        SwitchTarget::Feature(Feature::Talk) => "talk",
        SwitchTarget::Feature(Feature::Scene) => "scene",
        SwitchTarget::Guild(_) => "guild",
        SwitchTarget::Provider(_) | SwitchTarget::Model(_) => "model",
        SwitchTarget::Character(_) => "character",
    }
}

/// A moment as Discord shows it in the reader's own words, such as "in 5 minutes"; `unknown` where nobody knows.
/// Rounded up: who comes at that moment must not come too early.
pub(crate) fn moment(at_ms: Option<i64>) -> String {
    at_ms.map_or_else(|| "unknown".to_owned(), |at| format!("<t:{}:R>", (at + 999).div_euclid(1000)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::ChannelId;

    fn all() -> Vec<Denial> {
        let ends = [None, Some(1_000_001)];
        let limits = [
            Limit::UserWindow,
            Limit::GuildWindow,
            Limit::UserDay,
            Limit::UserWeek,
            Limit::GuildDay,
            Limit::GuildWeek,
            Limit::TokensDay,
            Limit::TokensWeek,
        ];
        let targets = [
            SwitchTarget::Global,
            SwitchTarget::Feature(Feature::Scene),
            SwitchTarget::Model("m".to_owned()),
        ];
        let mut all = vec![
            Denial::Repeated,
            Denial::AiDisabled,
            Denial::GuildOff,
            Denial::BlockedHere,
            Denial::Role,
            Denial::Channel(Vec::new()),
            Denial::Channel((1..=50).map(|id| ChannelId::new(id).unwrap()).collect()),
            Denial::Penalty { until: 1_000_000 },
            Denial::LineFull,
            Denial::WaitedInVain,
            Denial::SettingsUnknown,
            Denial::ModelRefused,
            Denial::Stopped,
            Denial::NoSuchCharacter,
            Denial::NotCollected("Perigee".to_owned()),
            Denial::ManyCharacters,
            Denial::CharactersAway,
            Denial::TooLong(2000),
            Denial::Empty,
            Denial::AnswersAway,
            Denial::AnswerGone,
            Denial::NotYours,
        ];
        all.extend(crate::discord::collection::every_denial().map(Denial::Collection));
        for until in ends {
            all.extend([
                Denial::UserBlocked { until },
                Denial::GuildBlocked { until },
                Denial::GuildBusy { until },
                Denial::Busy { until },
                Denial::ModelAway { until },
            ]);
            let reason = Some("@everyone **now** <@1>".to_owned());
            all.extend(targets.clone().map(|target| Denial::Switched {
                target,
                reason: reason.clone(),
                until,
            }));
            for feature in Feature::ALL {
                all.push(Denial::FeatureOff(*feature));
                all.extend(limits.map(|limit| Denial::Limit {
                    limit,
                    feature: *feature,
                    of: 10,
                    seconds: 30,
                    until,
                }));
            }
        }
        all
    }

    #[test]
    fn every_denial_is_said_in_every_language_with_its_moment_and_harmlessly() {
        let catalog = Catalog::new();
        for locale in Locale::ALL {
            for denial in all() {
                let text = denial_text(&catalog, locale, &denial);
                assert!(text.chars().count() < 700 && !text.contains("denied-"), "{denial:?}: {text}");
                assert!(!text.contains("unknown") && !text.contains('{'), "{denial:?}: {text}");
                assert!(!text.contains("@everyone") && !text.contains("**"), "{denial:?}: {text}");
                assert!(text.ends_with(['.', ':']) || text.contains("now"), "{denial:?}: {text}");
                if format!("{denial:?}").contains("until: Some(1000001)") {
                    assert!(text.contains("<t:1001:R>"), "{denial:?}: {text}");
                }
            }
        }
    }

    #[test]
    fn a_denial_reads_well() {
        let day = Denial::Limit {
            limit: Limit::UserDay,
            feature: Feature::Talk,
            of: 10,
            seconds: 0,
            until: Some(1_000_000),
        };
        let catalog = Catalog::new();
        let text = |locale| denial_text(&catalog, locale, &day);
        assert_eq!(
            text(Locale::En),
            "You have used up your 10 answers for today. You get new ones <t:1000:R>."
        );
        assert_eq!(
            text(Locale::De),
            "Du hast deine 10 Antworten für heute aufgebraucht. Neue bekommst du <t:1000:R>."
        );
    }
}
