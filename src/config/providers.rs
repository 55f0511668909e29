//! Settings of each provider in the chain of language models: the same variables under one prefix each.

use std::num::NonZeroU32;

use secrecy::SecretString;

use super::{
    problem::Problem,
    reader::{Parsed, Reader, one_word},
    url::BaseUrl,
    variable::Variable,
};

/// The variables of one provider.
#[derive(Debug)]
pub struct ProviderVariables {
    /// Its name.
    pub name: Variable,
    /// Its key.
    pub api_key: Variable,
    /// Its address.
    pub base_url: Variable,
    /// Its model.
    pub model: Variable,
    /// Requests a minute.
    pub rpm: Variable,
    /// Tokens a minute.
    pub tpm: Variable,
    /// Price of the prompt's tokens.
    pub price_in: Variable,
    /// Price of the prompt's cached tokens.
    pub price_cached: Variable,
    /// Price of the answer's tokens.
    pub price_out: Variable,
}

macro_rules! provider {
    (
        $prefix:literal, name: $name:literal, which: $which:literal,
        base_url: $base_url:expr, example: $base_example:literal, model: $model:expr, example: $model_example:literal
    ) => {
        ProviderVariables {
            api_key: Variable {
                name: concat!($prefix, "_API_KEY"),
                doc: concat!(
                    "Key of ",
                    $which,
                    ". Not set: requests carry none, which suits a model on your own machine."
                ),
                accepted: "a key, one word without spaces",
                example: "paste-the-key-here",
                secret: true,
                ..Variable::PLAIN
            },
            base_url: Variable {
                name: concat!($prefix, "_BASE_URL"),
                doc: concat!(
                    "Address of ",
                    $which,
                    ", which speaks OpenAI's API: paths such as `/chat/completions` are appended to it."
                ),
                accepted: "an http:// or https:// address",
                default: $base_url,
                example: $base_example,
                ..Variable::PLAIN
            },
            model: Variable {
                name: concat!($prefix, "_MODEL"),
                doc: concat!(
                    "The model that speaks for the characters there, by the name that ",
                    $which,
                    " knows."
                ),
                accepted: "a model's name, up to 200 characters without spaces",
                default: $model,
                example: $model_example,
                ..Variable::PLAIN
            },
            name: Variable {
                name: concat!($prefix, "_NAME"),
                doc: concat!("What ", $which, " is called in `/operator`, logs and metrics."),
                accepted: "1 to 40 letters, digits, `-`, `_` or `.`",
                default: Some($name),
                example: $name,
                ..Variable::PLAIN
            },
            rpm: Variable {
                name: concat!($prefix, "_RPM"),
                doc: concat!(
                    "Requests a minute that each process sends to ",
                    $which,
                    " at most. Not set: no bound of ours."
                ),
                accepted: "a whole number from 1 to 1000000",
                example: "500",
                ..Variable::PLAIN
            },
            tpm: Variable {
                name: concat!($prefix, "_TPM"),
                doc: concat!(
                    "Tokens a minute (prompt and longest answer) that each process asks of ",
                    $which,
                    " at most. Not set: no bound of ours."
                ),
                accepted: "a whole number from 1 to 1000000000",
                example: "200000",
                ..Variable::PLAIN
            },
            price_in: Variable {
                name: concat!($prefix, "_PRICE_IN"),
                doc: concat!(
                    "US dollars for a million tokens of a prompt at ",
                    $which,
                    ". Not set: costs are not counted."
                ),
                accepted: "a decimal number from 0 to 10000, with up to 6 decimals",
                example: "0.15",
                ..Variable::PLAIN
            },
            price_cached: Variable {
                name: concat!($prefix, "_PRICE_CACHED"),
                doc: concat!("The same for tokens from the cache of ", $which, ". Not set: as the others."),
                accepted: "a decimal number from 0 to 10000, with up to 6 decimals",
                example: "0.075",
                ..Variable::PLAIN
            },
            price_out: Variable {
                name: concat!($prefix, "_PRICE_OUT"),
                doc: concat!(
                    "The same for tokens of an answer at ",
                    $which,
                    ". It goes with the price of a prompt."
                ),
                accepted: "a decimal number from 0 to 10000, with up to 6 decimals",
                example: "0.60",
                ..Variable::PLAIN
            },
        }
    };
}

/// The first provider. It always is there.
pub const FIRST: &ProviderVariables = &provider!(
    "OPENAI", name: "primary", which: "the first provider",
    base_url: Some("https://api.openai.com/v1"), example: "https://api.openai.com/v1",
    model: Some("gpt-4o-mini"), example: "gpt-4o-mini"
);

/// The one that is asked when the first can't.
pub const FALLBACK_1: &ProviderVariables = &provider!(
    "AI_FALLBACK_1", name: "fallback-1", which: "the second provider",
    base_url: None, example: "https://openrouter.ai/api/v1", model: None, example: "mistralai/mistral-small"
);

/// The one that is asked when neither can.
pub const FALLBACK_2: &ProviderVariables = &provider!(
    "AI_FALLBACK_2", name: "fallback-2", which: "the third provider",
    base_url: None, example: "http://127.0.0.1:11434/v1", model: None, example: "llama3.2"
);

/// One provider of models.
#[derive(Debug, Clone)]
pub struct ProviderSettings {
    /// What it is called; no two are called the same.
    pub name: String,
    /// Key sent as a bearer token.
    pub api_key: Option<SecretString>,
    /// Address that paths are appended to.
    pub base_url: BaseUrl,
    /// Model asked for.
    pub model: String,
    /// Requests a minute of this process.
    pub requests_per_minute: Option<NonZeroU32>,
    /// Tokens a minute of this process.
    pub tokens_per_minute: Option<NonZeroU32>,
    /// What its tokens cost.
    pub prices: Option<Prices>,
    /// Where these come from.
    pub variables: &'static ProviderVariables,
}

/// Millionths of a US dollar for a million tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prices {
    /// Of a prompt.
    pub prompt: u64,
    /// Of a prompt, from the provider's cache.
    pub cached: u64,
    /// Of an answer.
    pub completion: u64,
}

impl ProviderSettings {
    /// Whether the endpoint is OpenAI's own, which answers nobody without a key.
    pub fn needs_key(&self) -> bool {
        self.base_url.host() == "api.openai.com"
    }

    fn read(
        reader: &mut Reader<'_>,
        variables: &'static ProviderVariables,
        base_url: BaseUrl,
        model: String,
    ) -> Self {
        Self {
            name: reader.or_default(&variables.name, parse_name),
            api_key: reader.secret(&variables.api_key, one_word),
            base_url,
            model,
            requests_per_minute: reader.optional(&variables.rpm, |value| parse_pace(value, 1_000_000)),
            tokens_per_minute: reader.optional(&variables.tpm, |value| parse_pace(value, 1_000_000_000)),
            prices: read_prices(reader, variables),
            variables,
        }
    }
}

/// The chain, in its order.
pub(super) fn read_chain(reader: &mut Reader<'_>) -> Vec<ProviderSettings> {
    let base_url = reader.or_default(&FIRST.base_url, BaseUrl::parse);
    let model = reader.or_default(&FIRST.model, parse_model);
    let mut chain = vec![ProviderSettings::read(reader, FIRST, base_url, model)];
    let mut missing: Option<&ProviderVariables> = None;
    for variables in [FALLBACK_1, FALLBACK_2] {
        let faults = reader.problems.len();
        let Some(fallback) = read_fallback(reader, variables) else {
            if reader.problems.len() == faults {
                missing = missing.or(Some(variables));
            }
            continue;
        };
        if let Some(before) = missing {
            reader.problems.push(Problem::general(format!(
                "{} is set, and {} is not: fallbacks are numbered without a gap",
                variables.base_url.name, before.base_url.name
            )));
        }
        chain.push(fallback);
    }
    for (at, provider) in chain.iter().enumerate() {
        if chain[..at].iter().any(|other| other.name == provider.name) {
            let (variable, name) = (provider.variables.name.name, &provider.name);
            let fault = format!("{variable}: {name} is another provider's name already; give each its own");
            reader.problems.push(Problem::general(fault));
        }
    }
    chain
}

fn read_fallback(reader: &mut Reader<'_>, variables: &'static ProviderVariables) -> Option<ProviderSettings> {
    let faults = reader.problems.len();
    let base_url = reader.optional(&variables.base_url, BaseUrl::parse);
    let model = reader.optional(&variables.model, parse_model);
    if reader.problems.len() > faults {
        return None;
    }
    match (base_url, model) {
        (Some(base_url), Some(model)) => Some(ProviderSettings::read(reader, variables, base_url, model)),
        (None, None) => {
            let others = [
                &variables.name,
                &variables.api_key,
                &variables.rpm,
                &variables.tpm,
                &variables.price_in,
                &variables.price_cached,
                &variables.price_out,
            ];
            if let Some(set) = others.into_iter().find(|variable| reader.is_set(variable)) {
                let base_url = variables.base_url.name;
                reader.warnings.push(format!("{} is not used, since {base_url} is not set", set.name));
            }
            None
        }
        (base_url, _) => {
            let (set, other) = (&variables.base_url, &variables.model);
            let (set, other) = if base_url.is_some() { (set, other) } else { (other, set) };
            let fault = format!("{} is set, and {} is not: set both, or neither", set.name, other.name);
            reader.problems.push(Problem::general(fault));
            None
        }
    }
}

fn read_prices(reader: &mut Reader<'_>, variables: &ProviderVariables) -> Option<Prices> {
    let faults = reader.problems.len();
    let prompt = reader.optional(&variables.price_in, parse_price);
    let cached = reader.optional(&variables.price_cached, parse_price);
    let completion = reader.optional(&variables.price_out, parse_price);
    match (prompt, completion) {
        (Some(prompt), Some(completion)) => {
            Some(Prices { prompt, cached: cached.unwrap_or(prompt), completion })
        }
        (None, None) if cached.is_none() => None,
        _ => {
            if reader.problems.len() == faults {
                let (prompt, completion) = (variables.price_in.name, variables.price_out.name);
                reader.problems.push(Problem::general(format!("prices: set both {prompt} and {completion}")));
            }
            None
        }
    }
}

fn parse_name(value: &str) -> Parsed<String> {
    if value.len() > 40 {
        return Err("is too long");
    }
    if !value.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)) {
        return Err("has a character that names may not have");
    }
    Ok(value.to_owned())
}

/// Parses a model's name.
pub(super) fn parse_model(value: &str) -> Parsed<String> {
    if value.chars().count() > 200 {
        return Err("is too long");
    }
    if value.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err("has a space or a control character in it");
    }
    Ok(value.to_owned())
}

fn parse_pace(value: &str, most: u32) -> Parsed<NonZeroU32> {
    let pace: NonZeroU32 = value.parse().map_err(|_| "is not a whole number above 0")?;
    if pace.get() > most { Err("is out of range") } else { Ok(pace) }
}

/// Dollars as millionths, without ever a rounded number on the way.
fn parse_price(value: &str) -> Parsed<u64> {
    let (whole, decimals) = value.split_once('.').unwrap_or((value, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(decimals) {
        return Err("is not a decimal number");
    }
    if decimals.len() > 6 {
        return Err("has more than 6 decimals");
    }
    let dollars: u64 = whole.parse().map_err(|_| "is out of range")?;
    let millionths: u64 = format!("{decimals:0<6}").parse().map_err(|_| "is not a decimal number")?;
    let price = dollars.checked_mul(1_000_000).ok_or("is out of range")? + millionths;
    if price > 10_000_000_000 { Err("is out of range") } else { Ok(price) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_exact() {
        for (text, price) in [
            ("0.15", Ok(150_000)),
            ("0", Ok(0)),
            ("2", Ok(2_000_000)),
            ("0.000001", Ok(1)),
            ("10000", Ok(10_000_000_000)),
            ("10000.000001", Err("is out of range")),
            (".5", Err("is not a decimal number")),
            ("1.", Err("is not a decimal number")),
            ("-1", Err("is not a decimal number")),
            ("1e3", Err("is not a decimal number")),
            ("0.0000001", Err("has more than 6 decimals")),
        ] {
            assert_eq!(parse_price(text), price, "{text}");
        }
    }
}
