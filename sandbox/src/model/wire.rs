//! The JSON of chat completions and embeddings, as much of it as this server reads and writes.
//!
//! Facts: <https://platform.openai.com/docs/api-reference/chat>. Unknown fields are ignored.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::error::ModelError;
use super::tokens;

/// The body of `POST /v1/chat/completions`. It borrows from the request where it can.
#[derive(Debug, Deserialize)]
pub(crate) struct ChatRequest<'a> {
    pub(crate) model: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(crate) messages: Option<Vec<Message<'a>>>,
    pub(crate) stream: Option<bool>,
    pub(crate) stream_options: Option<StreamOptions>,
    pub(crate) max_tokens: Option<u64>,
    pub(crate) max_completion_tokens: Option<u64>,
    pub(crate) stop: Option<Stop>,
    pub(crate) n: Option<u64>,
    pub(crate) response_format: Option<ResponseFormat>,
    pub(crate) temperature: Option<f64>,
    pub(crate) top_p: Option<f64>,
    pub(crate) seed: Option<i64>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct StreamOptions {
    pub(crate) include_usage: Option<bool>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct ResponseFormat {
    #[serde(rename = "type")]
    pub(crate) kind: String,
}

#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected a string or an array of strings")]
pub(crate) enum Stop {
    One(String),
    Many(Vec<String>),
}

impl Stop {
    pub(crate) fn sequences(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Role {
    System,
    Developer,
    User,
    Assistant,
    Tool,
    Function,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Message<'a> {
    pub(crate) role: Role,
    pub(crate) name: Option<String>,
    #[serde(borrow)]
    pub(crate) content: Option<Content<'a>>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected a string or an array of content parts")]
pub(crate) enum Content<'a> {
    Text(#[serde(borrow)] Cow<'a, str>),
    Parts(Vec<Part>),
}

/// A part of a message; what is not text (an image, a sound) has none.
#[derive(Debug, Deserialize)]
pub(crate) struct Part {
    #[serde(rename = "type")]
    _kind: String,
    text: Option<String>,
}

impl Message<'_> {
    /// The message's text, its parts joined by line breaks.
    pub(crate) fn text(&self) -> Cow<'_, str> {
        match &self.content {
            None => Cow::Borrowed(""),
            Some(Content::Text(text)) => Cow::Borrowed(text),
            Some(Content::Parts(parts)) => {
                let texts: Vec<&str> = parts.iter().filter_map(|part| part.text.as_deref()).collect();
                Cow::Owned(texts.join("\n"))
            }
        }
    }

    fn tokens(&self) -> u64 {
        match &self.content {
            None => 0,
            Some(Content::Text(text)) => tokens::count(text),
            Some(Content::Parts(parts)) => {
                let cost = |part: &Part| part.text.as_deref().map_or(tokens::PER_ATTACHMENT, tokens::count);
                parts.iter().map(cost).sum()
            }
        }
    }
}

impl<'a> ChatRequest<'a> {
    /// The messages; none before [`Self::check`] has passed.
    pub(crate) fn messages(&self) -> &[Message<'a>] {
        self.messages.as_deref().unwrap_or_default()
    }

    /// The most tokens the reply may have. The newer name wins.
    pub(crate) fn token_limit(&self) -> Option<u64> {
        self.max_completion_tokens.or(self.max_tokens)
    }

    /// Whether usage is asked for at the end of a stream.
    pub(crate) fn include_usage(&self) -> bool {
        self.stream_options.as_ref().and_then(|options| options.include_usage).unwrap_or(false)
    }

    /// Whether the reply must be a JSON object.
    pub(crate) fn wants_json(&self) -> bool {
        self.response_format.as_ref().is_some_and(|format| format.kind.starts_with("json_"))
    }

    /// The estimate for the whole prompt.
    pub(crate) fn prompt_tokens(&self) -> u64 {
        let messages = self.messages();
        tokens::prompt(messages.len(), messages.iter().map(Message::tokens).sum())
    }

    /// What types alone do not say.
    pub(crate) fn check(&self) -> Result<(), ModelError> {
        let wrong = |param: &str, message: &str| Err(ModelError::invalid(param.to_owned(), message));
        if self.model.as_deref().unwrap_or_default().is_empty() {
            return wrong("model", "Missing required parameter: 'model'.");
        }
        let Some(messages) = &self.messages else {
            return wrong("messages", "Missing required parameter: 'messages'.");
        };
        if messages.is_empty() {
            return wrong("messages", "Invalid 'messages': at least one message is needed.");
        }
        for (at, message) in messages.iter().enumerate() {
            if message.content.is_none() && message.role != Role::Assistant {
                return wrong(
                    &format!("messages[{at}].content"),
                    "Missing content: only an assistant's message may go without.",
                );
            }
        }
        if !matches!(self.n, None | Some(1)) {
            return wrong("n", "This server writes one choice a request: leave 'n' out, or set it to 1.");
        }
        for (name, value) in
            [("max_tokens", self.max_tokens), ("max_completion_tokens", self.max_completion_tokens)]
        {
            if value == Some(0) {
                return wrong(name, "The most tokens of a reply must be 1 or more.");
            }
        }
        if self.stop.as_ref().is_some_and(|stop| stop.sequences().len() > 4) {
            return wrong("stop", "At most 4 stop sequences are accepted.");
        }
        if self.stream_options.is_some() && self.stream != Some(true) {
            return wrong("stream_options", "'stream_options' is only allowed when 'stream' is true.");
        }
        if self.temperature.is_some_and(|value| !(0.0..=2.0).contains(&value)) {
            return wrong("temperature", "'temperature' must be between 0 and 2.");
        }
        if self.top_p.is_some_and(|value| !(0.0..=1.0).contains(&value)) {
            return wrong("top_p", "'top_p' must be between 0 and 1.");
        }
        Ok(())
    }
}

/// What a reply cost, by the estimate of this server or as a script says.
#[derive(Clone, Copy, Debug, Serialize, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "the names of the wire")]
pub(crate) struct Usage {
    pub(crate) prompt_tokens: u64,
    pub(crate) completion_tokens: u64,
    pub(crate) total_tokens: u64,
}

impl Usage {
    pub(crate) fn new(prompt_tokens: u64, completion_tokens: u64) -> Self {
        Self {
            prompt_tokens,
            completion_tokens,
            total_tokens: prompt_tokens.saturating_add(completion_tokens),
        }
    }
}

/// A whole chat completion.
#[derive(Serialize)]
pub(crate) struct Completion<'a> {
    pub(crate) id: &'a str,
    pub(crate) object: &'static str,
    pub(crate) created: u64,
    pub(crate) model: &'a str,
    pub(crate) choices: [Choice<'a>; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) usage: Option<Usage>,
    pub(crate) service_tier: &'static str,
    pub(crate) system_fingerprint: &'static str,
}

#[derive(Serialize)]
pub(crate) struct Choice<'a> {
    pub(crate) index: u32,
    pub(crate) message: Answer<'a>,
    /// Always null: there are no probabilities to tell.
    pub(crate) logprobs: (),
    pub(crate) finish_reason: FinishReason,
}

#[derive(Serialize)]
pub(crate) struct Answer<'a> {
    pub(crate) role: &'static str,
    pub(crate) content: &'a str,
    /// Always null: this server answers or fails.
    pub(crate) refusal: (),
}

/// Why a reply ended.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum FinishReason {
    /// It was complete, or met a stop sequence.
    #[default]
    Stop,
    /// It reached the most tokens it may have.
    Length,
    /// A filter held back the rest.
    ContentFilter,
    /// The model called a tool.
    ToolCalls,
}

impl FinishReason {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Length => "length",
            Self::ContentFilter => "content_filter",
            Self::ToolCalls => "tool_calls",
        }
    }
}
