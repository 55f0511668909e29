//! Settings of the language models: the chain of providers, who gets which model, and how long all that may take.

use std::time::Duration;

use super::{
    providers::{self, FALLBACK_1, FALLBACK_2, FIRST, ProviderSettings, ProviderVariables, parse_model},
    reader::{Parsed, Reader, switch},
    variable::{Section, Variable},
};

/// The model for members of the pro tier.
pub const PRO_MODEL: Variable = Variable {
    name: "PRO_MODEL",
    doc: "A model of the first provider for the pro tier. Not set: everybody gets the same.",
    accepted: "a model's name, up to 200 characters without spaces",
    example: "gpt-4o",
    ..Variable::PLAIN
};

/// Longest wait for a connection.
pub const CONNECT_MS: Variable = Variable {
    name: "AI_CONNECT_TIMEOUT_MS",
    doc: "Longest wait for a connection to a provider, in milliseconds.",
    accepted: "a whole number from 10 to 60000",
    default: Some("3000"),
    example: "3000",
    ..Variable::PLAIN
};

/// Longest wait for the first token.
pub const FIRST_TOKEN_MS: Variable = Variable {
    name: "AI_FIRST_TOKEN_TIMEOUT_MS",
    doc: "Longest wait from a request to its first token, in milliseconds; then the next provider is asked.",
    accepted: "a whole number from 10 to 600000",
    default: Some("15000"),
    example: "15000",
    ..Variable::PLAIN
};

/// Longest silence.
pub const SILENCE_MS: Variable = Variable {
    name: "AI_SILENCE_TIMEOUT_MS",
    doc: "Longest silence between two tokens, in milliseconds; then the answer ends with what has come.",
    accepted: "a whole number from 10 to 600000",
    default: Some("10000"),
    example: "10000",
    ..Variable::PLAIN
};

/// Longest answer.
pub const ANSWER_MS: Variable = Variable {
    name: "AI_ANSWER_TIMEOUT_MS",
    doc: "Longest time for a whole answer, retries and fallbacks included, in milliseconds.",
    accepted: "a whole number from 100 to 600000",
    default: Some("45000"),
    example: "45000",
    ..Variable::PLAIN
};

/// The kill switch.
pub const DISABLED: Variable = Variable {
    name: "AI_DISABLED",
    doc: "The kill switch: `true` stops every AI call at once, on this process. Change it in `.env` and send SIGHUP.",
    accepted: "true or false",
    default: Some("false"),
    example: "false",
    reread: true,
    ..Variable::PLAIN
};

/// A provider's variables in the order in which they are documented.
macro_rules! documented {
    ($provider:ident) => {
        [
            &$provider.api_key,
            &$provider.base_url,
            &$provider.model,
            &$provider.name,
            &$provider.rpm,
            &$provider.tpm,
            &$provider.price_in,
            &$provider.price_cached,
            &$provider.price_out,
        ]
    };
}

/// This section, as documented.
pub const SECTION: Section = Section {
    title: "Language model",
    variables: &{
        let [a1, a2, a3, a4, a5, a6, a7, a8, a9] = documented!(FIRST);
        let [b1, b2, b3, b4, b5, b6, b7, b8, b9] = documented!(FALLBACK_1);
        let [c1, c2, c3, c4, c5, c6, c7, c8, c9] = documented!(FALLBACK_2);
        [
            a1,
            a2,
            a3,
            a4,
            a5,
            a6,
            a7,
            a8,
            a9,
            &PRO_MODEL,
            &DISABLED, //
            b1,
            b2,
            b3,
            b4,
            b5,
            b6,
            b7,
            b8,
            b9, //
            c1,
            c2,
            c3,
            c4,
            c5,
            c6,
            c7,
            c8,
            c9, //
            &CONNECT_MS,
            &FIRST_TOKEN_MS,
            &SILENCE_MS,
            &ANSWER_MS,
        ]
    },
};

/// The model section. Whether AI is switched off is a live value: see [`super::LiveSettings`].
#[derive(Debug, Clone)]
pub struct AiSettings {
    /// The providers in the order in which they are asked; never empty.
    pub chain: Vec<ProviderSettings>,
    /// A model of the first provider for the pro tier.
    pub pro_model: Option<String>,
    /// How long what may take.
    pub times: AiTimes,
}

/// How long a call of a model may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AiTimes {
    /// Until there is a connection.
    pub connect: Duration,
    /// From a request to its first token.
    pub first_token: Duration,
    /// Between two tokens.
    pub silence: Duration,
    /// For a whole answer, retries and fallbacks included.
    pub answer: Duration,
}

impl AiSettings {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let settings = Self {
            chain: providers::read_chain(reader),
            pro_model: reader.optional(&PRO_MODEL, parse_model),
            times: AiTimes {
                connect: reader.or_default(&CONNECT_MS, |value| parse_ms(value, 10, 60_000)),
                first_token: reader.or_default(&FIRST_TOKEN_MS, |value| parse_ms(value, 10, 600_000)),
                silence: reader.or_default(&SILENCE_MS, |value| parse_ms(value, 10, 600_000)),
                answer: reader.or_default(&ANSWER_MS, |value| parse_ms(value, 100, 600_000)),
            },
        };
        if settings.times.first_token > settings.times.answer {
            let (first, answer) = (FIRST_TOKEN_MS.name, ANSWER_MS.name);
            reader.warnings.push(format!("{first} is longer than {answer}: no fallback will have any time"));
        }
        settings
    }

    /// The first provider.
    pub fn first(&self) -> &ProviderSettings {
        &self.chain[0]
    }

    /// What may be meant otherwise.
    pub(super) fn warn(&self, disabled: bool, warnings: &mut Vec<String>) {
        for provider in &self.chain {
            let ProviderVariables { api_key, base_url, .. } = provider.variables;
            if provider.api_key.is_some() && provider.base_url.is_exposed() {
                warnings.push(format!(
                    "{}: {} would be sent the key over the network in the clear; use https://",
                    base_url.name, provider.base_url
                ));
            }
            if provider.api_key.is_none() && provider.needs_key() && !disabled {
                warnings.push(format!(
                    "{} is not set, and {} answers nobody without a key: characters can't speak. Set it, or point {} \
                     at another endpoint",
                    api_key.name,
                    provider.base_url.host(),
                    base_url.name
                ));
            }
        }
    }
}

pub(super) fn read_disabled(reader: &mut Reader<'_>) -> bool {
    reader.or_default(&DISABLED, switch)
}

fn parse_ms(value: &str, least: u64, most: u64) -> Parsed<Duration> {
    let ms: u64 = value.parse().map_err(|_| "is not a whole number")?;
    if (least..=most).contains(&ms) { Ok(Duration::from_millis(ms)) } else { Err("is out of range") }
}
