//! Settings of talks: how much a character remembers, for how long, and how long prompts get.

use std::time::Duration;

use super::{
    reader::{Parsed, Reader},
    variable::{Section, Variable},
};

/// How long a character remembers.
pub const MEMORY_TTL_SECONDS: Variable = Variable {
    name: "MEMORY_TTL_SECONDS",
    doc: "Seconds after the last word for which a character remembers a member. It is short memory, in Redis: it may be \
          lost, and members erase it with `/memory forget`.",
    accepted: "a whole number of seconds from 60 to 31536000",
    default: Some("604800"),
    example: "604800",
    ..Variable::PLAIN
};

/// How many lines it remembers.
pub const MEMORY_LINES: Variable = Variable {
    name: "MEMORY_LINES",
    doc: "Lines that a character remembers of one member at a place, theirs and its own together.",
    accepted: "a whole number from 2 to 400",
    default: Some("40"),
    example: "40",
    ..Variable::PLAIN
};

/// How many bytes it remembers.
pub const MEMORY_BYTES: Variable = Variable {
    name: "MEMORY_BYTES",
    doc: "Bytes that a character remembers of one member at a place. What a prompt has of it depends on \
          `TALK_PROMPT_TOKENS`.",
    accepted: "a whole number from 4096 to 1048576",
    default: Some("16384"),
    example: "16384",
    ..Variable::PLAIN
};

/// How long prompts get.
pub const TALK_PROMPT_TOKENS: Variable = Variable {
    name: "TALK_PROMPT_TOKENS",
    doc: "Tokens up to which a talk's prompt is filled with examples and memory. Rules, character and the line itself, some \
          520 together, are always in it. More makes for a better memory and fewer talks a day: prompts count against \
          the members' tokens.",
    accepted: "a whole number from 300 to 100000",
    default: Some("700"),
    example: "700",
    ..Variable::PLAIN
};

/// How much of a card is in prompts.
pub const TALK_CARD_TOKENS: Variable = Variable {
    name: "TALK_CARD_TOKENS",
    doc: "Most tokens that the description, personality, scenario and instructions of a member's own character take in every \
          prompt; of a longer description the end is left out, which members are told. Prompts count against the members' \
          tokens.",
    accepted: "a whole number from 200 to 100000",
    default: Some("2000"),
    example: "2000",
    ..Variable::PLAIN
};

/// How much lore is in prompts.
pub const TALK_LORE_TOKENS: Variable = Variable {
    name: "TALK_LORE_TOKENS",
    doc: "Most tokens that the lorebook of a member's own character adds to a prompt, where the book doesn't say less.",
    accepted: "a whole number from 0 to 100000",
    default: Some("400"),
    example: "400",
    ..Variable::PLAIN
};

/// This section, as documented.
pub const SECTION: Section = Section {
    title: "Talks",
    variables: &[
        &MEMORY_TTL_SECONDS,
        &MEMORY_LINES,
        &MEMORY_BYTES,
        &TALK_PROMPT_TOKENS,
        &TALK_CARD_TOKENS,
        &TALK_LORE_TOKENS,
    ],
};

/// The talk section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TalkSettings {
    /// Time for which short memory lasts when nothing more is said.
    pub memory_life: Duration,
    /// Most lines of one memory.
    pub memory_lines: usize,
    /// Most bytes of one memory.
    pub memory_bytes: usize,
    /// Tokens up to which a prompt is filled.
    pub prompt_tokens: u32,
    /// What of members' own cards is in prompts.
    pub cards: CardLimits,
}

/// Most tokens of a card in a prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CardLimits {
    /// Its description, personality, scenario and instructions together.
    pub texts: u32,
    /// What its lorebook adds.
    pub lore: u32,
}

impl Default for CardLimits {
    /// As declared.
    fn default() -> Self {
        Self { texts: 2_000, lore: 400 }
    }
}

impl Default for TalkSettings {
    /// As declared.
    fn default() -> Self {
        Self {
            memory_life: Duration::from_secs(604_800),
            memory_lines: 40,
            memory_bytes: 16_384,
            prompt_tokens: 700,
            cards: CardLimits::default(),
        }
    }
}

impl TalkSettings {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            memory_life: Duration::from_secs(reader.or_default(&MEMORY_TTL_SECONDS, within(60, 31_536_000))),
            memory_lines: reader.or_default(&MEMORY_LINES, within(2, 400)),
            memory_bytes: reader.or_default(&MEMORY_BYTES, within(4_096, 1_048_576)),
            prompt_tokens: reader.or_default(&TALK_PROMPT_TOKENS, within(300, 100_000)),
            cards: CardLimits {
                texts: reader.or_default(&TALK_CARD_TOKENS, within(200, 100_000)),
                lore: reader.or_default(&TALK_LORE_TOKENS, within(0, 100_000)),
            },
        }
    }
}

fn within<T: std::str::FromStr + PartialOrd>(least: T, most: T) -> impl Fn(&str) -> Parsed<T> {
    move |value| match value.parse::<T>() {
        Ok(number) if number >= least && number <= most => Ok(number),
        _ => Err("is not a whole number in that range"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declared_defaults_are_the_default() {
        let values = crate::config::Values::default();
        assert_eq!(TalkSettings::read(&mut Reader::new(&values)), TalkSettings::default());
    }
}
