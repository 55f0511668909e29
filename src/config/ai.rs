//! Settings of the language model.

use secrecy::SecretString;

use super::{
    reader::{Parsed, Reader, one_word, switch},
    url::BaseUrl,
    variable::{Section, Variable},
};

/// Key of the model endpoint.
pub const API_KEY: Variable = Variable {
    name: "OPENAI_API_KEY",
    doc: "Key of the model endpoint. Not set: requests carry none, which suits a model on your own machine.",
    accepted: "a key, one word without spaces",
    example: "paste-the-key-here",
    secret: true,
    ..Variable::PLAIN
};

/// Address of the model endpoint.
pub const BASE_URL: Variable = Variable {
    name: "OPENAI_BASE_URL",
    doc: "An endpoint that speaks OpenAI's API: paths such as `/chat/completions` are appended to it.",
    accepted: "an http:// or https:// address",
    default: Some("https://api.openai.com/v1"),
    example: "https://api.openai.com/v1",
    ..Variable::PLAIN
};

/// The model asked for.
pub const MODEL: Variable = Variable {
    name: "OPENAI_MODEL",
    doc: "The model that speaks for the characters, by the name that the endpoint knows.",
    accepted: "a model's name, up to 200 characters without spaces",
    default: Some("gpt-4o-mini"),
    example: "gpt-4o-mini",
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

/// This section, as documented.
pub const SECTION: Section =
    Section { title: "Language model", variables: &[&API_KEY, &BASE_URL, &MODEL, &DISABLED] };

/// The model section. Whether AI is switched off is a live value: see [`super::LiveSettings`].
#[derive(Debug, Clone)]
pub struct AiSettings {
    /// Key sent as a bearer token.
    pub api_key: Option<SecretString>,
    /// Address that paths are appended to.
    pub base_url: BaseUrl,
    /// Model asked for.
    pub model: String,
}

impl AiSettings {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            api_key: reader.secret(&API_KEY, one_word),
            base_url: reader.or_default(&BASE_URL, BaseUrl::parse),
            model: reader.or_default(&MODEL, parse_model),
        }
    }

    /// Whether the endpoint is OpenAI's own, which answers nobody without a key.
    pub fn needs_key(&self) -> bool {
        self.base_url.host() == "api.openai.com"
    }
}

pub(super) fn read_disabled(reader: &mut Reader<'_>) -> bool {
    reader.or_default(&DISABLED, switch)
}

fn parse_model(value: &str) -> Parsed<String> {
    if value.chars().count() > 200 {
        return Err("is too long");
    }
    if value.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err("has a space or a control character in it");
    }
    Ok(value.to_owned())
}
