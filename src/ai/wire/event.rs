//! One event of a stream, or a whole answer: words, reasoning, usage, the reason of the end, an error.
//!
//! The usual form is read without detours. What does not have it is read as plain JSON, field by field: a field of
//! another type is passed over instead of failing the answer.

use serde::Deserialize;
use serde_json::Value;

use super::error::Said;

/// No call has more tokens: what claims more is wrong.
const MOST_TOKENS: u64 = 10_000_000;

/// What an event says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Event {
    /// Words of the answer.
    pub(crate) text: String,
    /// Words of reasoning, never shown.
    pub(crate) reasoning: String,
    /// Whether the model declines in so many words.
    pub(crate) declined: bool,
    /// Usage so far.
    pub(crate) usage: Option<Reported>,
    /// Why the answer ends.
    pub(crate) finish: Option<Finish>,
    /// An error in place of words.
    pub(crate) error: Option<Said>,
}

/// Tokens as a provider reports them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reported {
    /// Of the prompt.
    pub(crate) prompt: u32,
    /// Of these, from a cache.
    pub(crate) cached: u32,
    /// Of the answer, reasoning included.
    pub(crate) completion: u32,
}

/// Why an answer ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Finish {
    /// By itself.
    Stop,
    /// At its most tokens.
    Length,
    /// By a filter.
    Filter,
    /// By a fault of the provider.
    Fault,
}

impl Event {
    /// Reads the data of an event; `None` for what is no JSON object.
    pub(crate) fn read(data: &[u8]) -> Option<Self> {
        // A list would be read as a struct's fields in their order.
        if !data.trim_ascii_start().starts_with(b"{") {
            return None;
        }
        if let Ok(chunk) = serde_json::from_slice::<Chunk>(data) {
            return Some(chunk.into_event());
        }
        let value: Value = serde_json::from_slice(data).ok()?;
        Some(Self::in_json(&value))
    }

    fn in_json(value: &Value) -> Self {
        let mut event = Self::default();
        let choices = value["choices"].as_array().map(Vec::as_slice).unwrap_or_default();
        let choice = choices.iter().find(|choice| choice["index"].as_u64().unwrap_or(0) == 0);
        if let Some(choice) = choice {
            let delta = [&choice["delta"], &choice["message"]].into_iter().find(|delta| delta.is_object());
            if let Some(delta) = delta {
                event.text = words(&delta["content"], "text");
                event.reasoning = words(&delta["content"], "thinking");
                // Some servers send the same reasoning under both names.
                let names = ["reasoning_content", "reasoning"];
                event.reasoning += names.iter().find_map(|name| delta[name].as_str()).unwrap_or_default();
                event.declined = delta["refusal"].as_str().is_some_and(|text| !text.is_empty());
            } else {
                event.text += choice["text"].as_str().unwrap_or_default();
            }
            event.finish = choice["finish_reason"].as_str().and_then(Finish::named);
        }
        let usages = [&value["usage"], &value["x_groq"]["usage"], &choice.unwrap_or(&Value::Null)["usage"]];
        event.usage = usages.into_iter().find_map(|usage| RawUsage::in_json(usage).reported());
        if is_error(&value["error"]) {
            event.error = Some(Said::in_json(value));
        }
        event
    }
}

/// The texts of a content that may be a text or a list of parts.
fn words(content: &Value, kind: &str) -> String {
    match content {
        Value::String(text) if kind == "text" => text.clone(),
        Value::Array(parts) => {
            let of_kind = parts.iter().filter(|part| part["type"].as_str() == Some(kind));
            of_kind.map(|part| words(&part[kind], "text")).collect()
        }
        _ => String::new(),
    }
}

fn is_error(error: &Value) -> bool {
    match error {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        _ => true,
    }
}

impl Finish {
    fn named(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "" | "null" => None,
            "length" | "max_tokens" | "max_length" | "model_length" | "model_context_window_exceeded" => {
                Some(Self::Length)
            }
            "content_filter" | "safety" | "recitation" | "refusal" | "blocklist" | "prohibited_content"
            | "sensitive" => Some(Self::Filter),
            "error" | "abort" | "aborted" | "insufficient_system_resource" => Some(Self::Fault),
            // stop, end_turn, eos, tool_calls and whatever else there is: it has ended.
            _ => Some(Self::Stop),
        }
    }
}

#[derive(Deserialize)]
struct Chunk {
    #[serde(default)]
    choices: Option<Vec<Choice>>,
    #[serde(default)]
    usage: Option<RawUsage>,
    #[serde(default)]
    x_groq: Option<Groq>,
    #[serde(default)]
    error: Option<Value>,
}

#[derive(Deserialize)]
struct Groq {
    #[serde(default)]
    usage: Option<RawUsage>,
}

#[derive(Deserialize)]
struct Choice {
    #[serde(default)]
    index: Option<u64>,
    #[serde(default)]
    delta: Option<Delta>,
    #[serde(default)]
    message: Option<Delta>,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    finish_reason: Option<String>,
    #[serde(default)]
    usage: Option<RawUsage>,
}

#[derive(Default, Deserialize)]
struct Delta {
    #[serde(default)]
    content: Option<String>,
    #[serde(default)]
    reasoning_content: Option<String>,
    #[serde(default)]
    reasoning: Option<String>,
    #[serde(default)]
    refusal: Option<String>,
}

/// Usage under all the names that it has.
#[derive(Default, Deserialize)]
struct RawUsage {
    #[serde(default)]
    prompt_tokens: Option<u64>,
    #[serde(default)]
    completion_tokens: Option<u64>,
    #[serde(default)]
    total_tokens: Option<u64>,
    #[serde(default)]
    prompt_tokens_details: Option<Details>,
    #[serde(default)]
    prompt_cache_hit_tokens: Option<u64>,
    #[serde(default)]
    cached_tokens: Option<u64>,
}

#[derive(Default, Deserialize)]
struct Details {
    #[serde(default)]
    cached_tokens: Option<u64>,
}

impl Chunk {
    fn into_event(self) -> Event {
        let choices = self.choices.unwrap_or_default();
        let choice = choices.into_iter().find(|choice| choice.index.unwrap_or(0) == 0);
        let mut usages = vec![self.usage, self.x_groq.and_then(|groq| groq.usage)];
        let mut event = Event::default();
        if let Some(choice) = choice {
            usages.push(choice.usage);
            let delta = choice.delta.or(choice.message);
            event.finish = choice.finish_reason.as_deref().and_then(Finish::named);
            let delta = delta.unwrap_or_else(|| Delta { content: choice.text, ..Delta::default() });
            event.text = delta.content.unwrap_or_default();
            event.reasoning = delta.reasoning_content.or(delta.reasoning).unwrap_or_default();
            event.declined = delta.refusal.is_some_and(|text| !text.is_empty());
        }
        event.usage = usages.into_iter().flatten().find_map(|usage| usage.reported());
        event.error = self.error.filter(is_error).map(|error| Said::in_json(&error));
        event
    }
}

impl RawUsage {
    fn in_json(value: &Value) -> Self {
        let number = |name: &str| value[name].as_u64();
        let cached_tokens = value["prompt_tokens_details"]["cached_tokens"].as_u64();
        Self {
            prompt_tokens: number("prompt_tokens"),
            completion_tokens: number("completion_tokens"),
            total_tokens: number("total_tokens"),
            prompt_tokens_details: Some(Details { cached_tokens }),
            prompt_cache_hit_tokens: number("prompt_cache_hit_tokens"),
            cached_tokens: number("cached_tokens"),
        }
    }

    /// As far as it makes sense: no tokens of the prompt means that nothing was counted.
    fn reported(&self) -> Option<Reported> {
        let bounded = |tokens: u64| u32::try_from(tokens.min(MOST_TOKENS)).unwrap_or(u32::MAX);
        let prompt = self.prompt_tokens.filter(|tokens| *tokens > 0)?;
        // Some leave reasoning out of the answer's tokens, and have it in the total.
        let completion = self.completion_tokens.unwrap_or(0);
        let completion = completion.max(self.total_tokens.unwrap_or(0).saturating_sub(prompt));
        let details = self.prompt_tokens_details.as_ref().and_then(|details| details.cached_tokens);
        let cached = details.or(self.prompt_cache_hit_tokens).or(self.cached_tokens).unwrap_or(0);
        Some(Reported {
            prompt: bounded(prompt),
            cached: bounded(cached.min(prompt)),
            completion: bounded(completion),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn read(value: &Value) -> Event {
        Event::read(value.to_string().as_bytes()).expect("an object")
    }

    #[test]
    fn words_are_found_wherever_servers_put_them() {
        for value in [
            json!({"choices": [{"delta": {"content": "Hi"}}]}),
            json!({"choices": [{"index": 0, "delta": {"role": "assistant", "content": "Hi", "tool_calls": []}, "logprobs": null}], "usage": null}),
            json!({"choices": [{"index": 1, "delta": {"content": "no"}}, {"index": 0, "message": {"content": "Hi"}}]}),
            json!({"choices": [{"text": "Hi"}]}),
            json!({"choices": [{"delta": {"content": [{"type": "text", "text": "H"}, {"type": "text", "text": "i"}]}}]}),
            json!({"id": 7, "created": "now", "choices": [{"index": "0", "delta": {"content": "Hi"}}], "usage": "none", "error": null}),
        ] {
            let event = read(&value);
            assert_eq!((event.text.as_str(), event.error), ("Hi", None), "{value}");
        }
        for nothing in [
            json!({}),
            json!({"choices": []}),
            json!({"choices": null}),
            json!({"choices": [{}]}),
            json!({"choices": 1}),
        ] {
            assert_eq!(read(&nothing), Event::default(), "{nothing}");
        }
        for broken in ["", "[]", "\"x\"", "{\"choices\":[", "null"] {
            assert_eq!(Event::read(broken.as_bytes()), None);
        }
    }

    #[test]
    fn reasoning_is_never_words() {
        for value in [
            json!({"choices": [{"delta": {"content": null, "reasoning_content": "hmm"}}]}),
            json!({"choices": [{"delta": {"content": "", "reasoning": "hmm", "reasoning_details": [{}]}}]}),
            json!({"choices": [{"delta": {"reasoning": "hmm", "reasoning_content": "hmm"}}]}),
            json!({"choices": [{"delta": {"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "hmm"}]}]}}]}),
        ] {
            let event = read(&value);
            assert_eq!((event.text.as_str(), event.reasoning.as_str()), ("", "hmm"), "{value}");
        }
        assert!(read(&json!({"choices": [{"delta": {"refusal": "I won't."}}]})).declined);
    }

    #[test]
    fn usage_is_read_under_all_its_names() {
        let usage = |value: Value| {
            read(&value).usage.map(|Reported { prompt, cached, completion }| (prompt, cached, completion))
        };
        let plain = json!({"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15});
        assert_eq!(usage(json!({"choices": [], "usage": plain})), Some((10, 0, 5)));
        assert_eq!(usage(json!({"choices": [{"usage": plain}]})), Some((10, 0, 5)));
        assert_eq!(usage(json!({"x_groq": {"usage": plain}})), Some((10, 0, 5)));
        assert_eq!(
            usage(json!({"usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 40}})),
            Some((10, 0, 30)),
            "hidden reasoning"
        );
        assert_eq!(
            usage(
                json!({"usage": {"prompt_tokens": 10, "completion_tokens": 5, "prompt_tokens_details": {"cached_tokens": 8}}})
            ),
            Some((10, 8, 5))
        );
        assert_eq!(
            usage(
                json!({"usage": {"prompt_tokens": 10, "completion_tokens": 5, "prompt_cache_hit_tokens": 99}})
            ),
            Some((10, 10, 5))
        );
        assert_eq!(usage(json!({"usage": {"prompt_tokens": 0, "completion_tokens": 0}})), None);
        assert_eq!(usage(json!({"usage": {"prompt_tokens": -1}})), None);
        assert_eq!(
            usage(json!({"usage": {"prompt_tokens": u64::MAX, "total_tokens": u64::MAX}})),
            Some((10_000_000, 0, 0))
        );
    }

    #[test]
    fn ends_and_errors_are_told_apart() {
        let finish = |name: &str| read(&json!({"choices": [{"delta": {}, "finish_reason": name}]})).finish;
        assert_eq!(finish("stop"), Some(Finish::Stop));
        assert_eq!(finish("STOP"), Some(Finish::Stop));
        assert_eq!(finish("eos_token"), Some(Finish::Stop));
        assert_eq!(finish("MAX_TOKENS"), Some(Finish::Length));
        assert_eq!(finish("content_filter"), Some(Finish::Filter));
        assert_eq!(finish("error"), Some(Finish::Fault));
        assert_eq!(finish(""), None);
        let error =
            read(&json!({"error": {"message": "Upstream is away", "code": 502}, "choices": []})).error;
        assert_eq!(
            error.map(|said| (said.message, said.status)),
            Some(("Upstream is away".to_owned(), Some(502)))
        );
        assert!(read(&json!({"error": "overloaded"})).error.is_some());
    }

    proptest! {
        #[test]
        fn nothing_panics(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "[{}\\[\\]\":,a-z0-9 ]{0,60}") {
            Event::read(&bytes);
            Event::read(text.as_bytes());
        }
    }
}
