//! Settings of limits: how many calls at once, and how much of the model each tier has.

use std::time::Duration;

use super::{
    reader::{Parsed, Reader},
    variable::{Section, Variable},
};
use crate::domain::{
    policy::WindowLimit,
    quota::{FeatureQuota, Quotas, TierQuota},
};

const AMOUNT: &str = "a whole number from 0 to 1000000000";
const REPLY: &str = "a whole number of tokens from 1 to 100000";
const WAIT: &str = "a whole number of seconds from 0 to 60";
const WINDOW: &str = "calls from 1 to 10000, a slash, and seconds from 1 to 86400, such as 3/30";
const CHARACTERS: &str = "a whole number from 0 to 1000";
const SLOTS: &str = "a whole number from 1 to 10000";

macro_rules! variables {
    ($($name:ident: $accepted:ident, $default:literal, $doc:literal;)+) => {
        $(
            #[doc = $doc]
            pub const $name: Variable = Variable {
                name: stringify!($name),
                doc: $doc,
                accepted: $accepted,
                default: Some($default),
                example: $default,
                ..Variable::PLAIN
            };
        )+

        /// This section, as documented.
        pub const SECTION: Section = Section {
            title: "Limits",
            variables: &[&AI_CONCURRENCY_GLOBAL, &AI_CONCURRENCY_PER_GUILD, &AI_LEASE_TTL_S, $(&$name),+],
        };
    };
}

/// Calls at once.
pub const AI_CONCURRENCY_GLOBAL: Variable = Variable {
    name: "AI_CONCURRENCY_GLOBAL",
    doc: "Calls of a model at once, of all servers and all processes together.",
    accepted: SLOTS,
    default: Some("10"),
    example: "10",
    ..Variable::PLAIN
};

/// Calls at once in one guild.
pub const AI_CONCURRENCY_PER_GUILD: Variable = Variable {
    name: "AI_CONCURRENCY_PER_GUILD",
    doc: "Calls of a model at once in one server, or in one member's direct messages.",
    accepted: SLOTS,
    default: Some("2"),
    example: "2",
    ..Variable::PLAIN
};

/// How long a crashed call holds its slot.
pub const AI_LEASE_TTL_S: Variable = Variable {
    name: "AI_LEASE_TTL_S",
    doc: "Seconds after which the slot of a call whose process has died is free again. Calls that run renew theirs.",
    accepted: "a whole number of seconds from 10 to 600",
    default: Some("70"),
    example: "70",
    ..Variable::PLAIN
};

variables! {
    FREE_TALK_USER_DAY: AMOUNT, "10", "Answers of `/talk` that one member gets on a day, tier free.";
    FREE_TALK_USER_WEEK: AMOUNT, "50", "Answers of `/talk` that one member gets in 7 days, tier free.";
    FREE_TALK_GUILD_DAY: AMOUNT, "100", "Answers of `/talk` that a server gets on a day, tier free.";
    FREE_TALK_GUILD_WEEK: AMOUNT, "500", "Answers of `/talk` that a server gets in 7 days, tier free.";
    FREE_TALK_TOKENS_DAY: AMOUNT, "8000", "Tokens of prompts and answers of `/talk` for one member on a day, tier free.";
    FREE_TALK_TOKENS_WEEK: AMOUNT, "35000", "Tokens of prompts and answers of `/talk` for one member in 7 days, tier free.";
    FREE_TALK_REPLY_TOKENS: REPLY, "250", "Most tokens of one answer of `/talk`, tier free.";
    FREE_SCENE_USER_DAY: AMOUNT, "20", "Turns of `/scene` that one member gets on a day, tier free.";
    FREE_SCENE_USER_WEEK: AMOUNT, "100", "Turns of `/scene` that one member gets in 7 days, tier free.";
    FREE_SCENE_GUILD_DAY: AMOUNT, "120", "Turns of `/scene` that a server gets on a day, tier free.";
    FREE_SCENE_GUILD_WEEK: AMOUNT, "800", "Turns of `/scene` that a server gets in 7 days, tier free.";
    FREE_SCENE_TOKENS_DAY: AMOUNT, "10000", "Tokens of prompts and answers of `/scene` for one member on a day, tier free.";
    FREE_SCENE_TOKENS_WEEK: AMOUNT, "45000", "Tokens of prompts and answers of `/scene` for one member in 7 days, tier free.";
    FREE_SCENE_REPLY_TOKENS: REPLY, "350", "Most tokens of one answer of `/scene`, tier free.";
    FREE_WAIT_S: WAIT, "0", "Seconds that a call waits in line for a free slot, tier free; 0: it is refused at once.";
    FREE_USER_WINDOW: WINDOW, "3/30", "Calls of one member in a few seconds, tier free. A server's admins may set another.";
    FREE_GUILD_WINDOW: WINDOW, "10/30", "Calls of a server in a few seconds, tier free. Its admins may set another.";
    PRO_TALK_USER_DAY: AMOUNT, "50", "Answers of `/talk` that one member gets on a day, tier pro.";
    PRO_TALK_USER_WEEK: AMOUNT, "250", "Answers of `/talk` that one member gets in 7 days, tier pro.";
    PRO_TALK_GUILD_DAY: AMOUNT, "300", "Answers of `/talk` that a server gets on a day, tier pro.";
    PRO_TALK_GUILD_WEEK: AMOUNT, "2000", "Answers of `/talk` that a server gets in 7 days, tier pro.";
    PRO_TALK_TOKENS_DAY: AMOUNT, "40000", "Tokens of prompts and answers of `/talk` for one member on a day, tier pro.";
    PRO_TALK_TOKENS_WEEK: AMOUNT, "200000", "Tokens of prompts and answers of `/talk` for one member in 7 days, tier pro.";
    PRO_TALK_REPLY_TOKENS: REPLY, "400", "Most tokens of one answer of `/talk`, tier pro.";
    PRO_SCENE_USER_DAY: AMOUNT, "100", "Turns of `/scene` that one member gets on a day, tier pro.";
    PRO_SCENE_USER_WEEK: AMOUNT, "500", "Turns of `/scene` that one member gets in 7 days, tier pro.";
    PRO_SCENE_GUILD_DAY: AMOUNT, "600", "Turns of `/scene` that a server gets on a day, tier pro.";
    PRO_SCENE_GUILD_WEEK: AMOUNT, "4000", "Turns of `/scene` that a server gets in 7 days, tier pro.";
    PRO_SCENE_TOKENS_DAY: AMOUNT, "60000", "Tokens of prompts and answers of `/scene` for one member on a day, tier pro.";
    PRO_SCENE_TOKENS_WEEK: AMOUNT, "300000", "Tokens of prompts and answers of `/scene` for one member in 7 days, tier pro.";
    PRO_SCENE_REPLY_TOKENS: REPLY, "800", "Most tokens of one answer of `/scene`, tier pro.";
    PRO_WAIT_S: WAIT, "12", "Seconds that a call waits in line for a free slot, tier pro; 0: it is refused at once.";
    PRO_USER_WINDOW: WINDOW, "3/30", "Calls of one member in a few seconds, tier pro. A server's admins may set another.";
    PRO_GUILD_WINDOW: WINDOW, "10/30", "Calls of a server in a few seconds, tier pro. Its admins may set another.";
    CHARACTERS_FREE: CHARACTERS, "5", "Characters of their own that one member may make or import, tier free.";
    CHARACTERS_PRO: CHARACTERS, "50", "Characters of their own that one member may make or import, tier pro.";
}

/// The limits section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitsSettings {
    /// How much each tier has, and how many calls run at once.
    pub quotas: Quotas,
    /// How long a call's slots are held without a renewal.
    pub lease_life: Duration,
}

/// What one tier's variables are.
struct Names {
    talk: [&'static Variable; 7],
    scene: [&'static Variable; 7],
    wait: &'static Variable,
    windows: [&'static Variable; 2],
    characters: &'static Variable,
}

const FREE: Names = Names {
    talk: [
        &FREE_TALK_USER_DAY,
        &FREE_TALK_USER_WEEK,
        &FREE_TALK_GUILD_DAY,
        &FREE_TALK_GUILD_WEEK,
        &FREE_TALK_TOKENS_DAY,
        &FREE_TALK_TOKENS_WEEK,
        &FREE_TALK_REPLY_TOKENS,
    ],
    scene: [
        &FREE_SCENE_USER_DAY,
        &FREE_SCENE_USER_WEEK,
        &FREE_SCENE_GUILD_DAY,
        &FREE_SCENE_GUILD_WEEK,
        &FREE_SCENE_TOKENS_DAY,
        &FREE_SCENE_TOKENS_WEEK,
        &FREE_SCENE_REPLY_TOKENS,
    ],
    wait: &FREE_WAIT_S,
    windows: [&FREE_USER_WINDOW, &FREE_GUILD_WINDOW],
    characters: &CHARACTERS_FREE,
};

const PRO: Names = Names {
    talk: [
        &PRO_TALK_USER_DAY,
        &PRO_TALK_USER_WEEK,
        &PRO_TALK_GUILD_DAY,
        &PRO_TALK_GUILD_WEEK,
        &PRO_TALK_TOKENS_DAY,
        &PRO_TALK_TOKENS_WEEK,
        &PRO_TALK_REPLY_TOKENS,
    ],
    scene: [
        &PRO_SCENE_USER_DAY,
        &PRO_SCENE_USER_WEEK,
        &PRO_SCENE_GUILD_DAY,
        &PRO_SCENE_GUILD_WEEK,
        &PRO_SCENE_TOKENS_DAY,
        &PRO_SCENE_TOKENS_WEEK,
        &PRO_SCENE_REPLY_TOKENS,
    ],
    wait: &PRO_WAIT_S,
    windows: [&PRO_USER_WINDOW, &PRO_GUILD_WINDOW],
    characters: &CHARACTERS_PRO,
};

impl LimitsSettings {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let slots =
            |reader: &mut Reader<'_>, variable| reader.or_default(variable, |value| number(value, 1, 10_000));
        let quotas = Quotas {
            free: tier(reader, &FREE),
            pro: tier(reader, &PRO),
            slots: slots(reader, &AI_CONCURRENCY_GLOBAL),
            guild_slots: slots(reader, &AI_CONCURRENCY_PER_GUILD),
        };
        if quotas.guild_slots > quotas.slots {
            let (guild, all) = (AI_CONCURRENCY_PER_GUILD.name, AI_CONCURRENCY_GLOBAL.name);
            reader
                .warnings
                .push(format!("{guild} is larger than {all}, which holds for all servers together"));
        }
        let lease = reader.or_default(&AI_LEASE_TTL_S, |value| number(value, 10, 600));
        Self { quotas, lease_life: Duration::from_secs(lease.into()) }
    }
}

fn tier(reader: &mut Reader<'_>, names: &Names) -> TierQuota {
    let wait = reader.or_default(names.wait, |value| number(value, 0, 60));
    TierQuota {
        talk: feature(reader, &names.talk),
        scene: feature(reader, &names.scene),
        wait: Duration::from_secs(wait.into()),
        user_window: reader.or_default(names.windows[0], window),
        guild_window: reader.or_default(names.windows[1], window),
        characters: reader.or_default(names.characters, |value| number(value, 0, 1_000)),
    }
}

fn feature(reader: &mut Reader<'_>, names: &[&'static Variable; 7]) -> FeatureQuota {
    let [user_day, user_week, guild_day, guild_week, tokens_day, tokens_week] =
        [0, 1, 2, 3, 4, 5].map(|at| reader.or_default(names[at], |value| number(value, 0, 1_000_000_000)));
    let quota = FeatureQuota {
        user_day,
        user_week,
        guild_day,
        guild_week,
        tokens_day,
        tokens_week,
        reply_tokens: reader.or_default(names[6], |value| number(value, 1, 100_000)),
    };
    let pairs = [(0, user_day, user_week), (2, guild_day, guild_week), (4, tokens_day, tokens_week)];
    for (at, day, week) in pairs {
        if day > week {
            let (day, week) = (names[at].name, names[at + 1].name);
            reader.warnings.push(format!("{day} is larger than {week}: nobody can use that much on a day"));
        }
    }
    quota
}

fn number(value: &str, least: u32, most: u32) -> Parsed<u32> {
    match value.parse::<u32>() {
        Ok(number) if (least..=most).contains(&number) => Ok(number),
        _ => Err("is not a number in that range"),
    }
}

fn window(value: &str) -> Parsed<WindowLimit> {
    let parsed = value.split_once('/').and_then(|(calls, seconds)| {
        let calls = number(calls.trim(), 1, 10_000).ok()?;
        Some(WindowLimit { calls, seconds: number(seconds.trim(), 1, 86_400).ok()? })
    });
    parsed.ok_or("is not calls, a slash and seconds in that range")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Values;

    fn read(pairs: &[(&str, &str)]) -> (LimitsSettings, Vec<String>, usize) {
        let file = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let values = Values::merge([], file);
        let mut reader = Reader::new(&values);
        let settings = LimitsSettings::read(&mut reader);
        (settings, reader.warnings, reader.problems.len())
    }

    #[test]
    fn declared_defaults_are_the_rules_own() {
        let (settings, warnings, problems) = read(&[]);
        assert_eq!(settings.quotas, Quotas::default());
        assert_eq!((settings.lease_life, warnings.len(), problems), (Duration::from_secs(70), 0, 0));
    }

    #[test]
    fn each_variable_sets_its_own_limit() {
        let mut seen = vec![read(&[]).0];
        for variable in SECTION.variables {
            let value = if variable.accepted == WINDOW { "7/77" } else { "11" };
            let (settings, _, problems) = read(&[(variable.name, value)]);
            assert_eq!(problems, 0, "{}", variable.name);
            assert!(!seen.contains(&settings), "{} sets what another sets, or nothing", variable.name);
            seen.push(settings);
        }
    }

    #[test]
    fn nonsense_is_told_and_a_day_over_its_week_is_a_warning() {
        for (name, value) in [
            ("FREE_USER_WINDOW", "3"),
            ("FREE_USER_WINDOW", "0/30"),
            ("PRO_WAIT_S", "61"),
            ("AI_LEASE_TTL_S", "9"),
            ("AI_CONCURRENCY_GLOBAL", "0"),
            ("FREE_TALK_USER_DAY", "-1"),
        ] {
            assert_eq!(read(&[(name, value)]).2, 1, "{name}={value}");
        }
        let (_, warnings, _) = read(&[("FREE_TALK_USER_DAY", "51")]);
        assert!(
            warnings[0].contains("FREE_TALK_USER_DAY is larger than FREE_TALK_USER_WEEK"),
            "{warnings:?}"
        );
        assert_eq!(read(&[("AI_CONCURRENCY_PER_GUILD", "11")]).1.len(), 1);
    }
}
