//! The body of a request.

use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use serde::{Serialize, Serializer, ser::SerializeSeq as _};

use super::{
    error::Said,
    fold::{Roles, fold},
};
use crate::ai::types::{Message, Role};

/// What a server was found to want otherwise. It is remembered as long as the process lives.
#[derive(Debug, Default)]
pub(crate) struct Quirks {
    /// The bound of tokens goes by its newer name.
    completion_tokens: AtomicBool,
    /// Usage must not be asked for.
    no_stream_options: AtomicBool,
    /// Its [`Roles`].
    roles: AtomicU8,
    /// Reasoning comes without its opening tag.
    pub(crate) unmarked_reasoning: AtomicBool,
}

impl Quirks {
    /// What is known of a server before anything was asked.
    pub(crate) fn of(host: &str) -> Self {
        let this = Self::default();
        // Its newer models refuse the older name, and all its models know the newer one.
        this.completion_tokens.store(host == "api.openai.com", Ordering::Relaxed);
        this
    }

    /// The form that it is known to take now.
    pub(crate) fn form(&self) -> Form {
        Form {
            completion_tokens: self.completion_tokens.load(Ordering::Relaxed),
            asks_usage: !self.no_stream_options.load(Ordering::Relaxed),
            roles: Roles::from_repr(self.roles.load(Ordering::Relaxed)),
        }
    }

    /// Learns from a complaint about a request that was sent in that form. Whether the same request may now go better.
    pub(crate) fn learn(&self, sent: Form, said: &Said) -> bool {
        if self.learn_roles(sent, said) {
            return true;
        }
        let complaint = said.complaint().to_lowercase();
        if complaint.contains("stream_options") || complaint.contains("include_usage") {
            self.no_stream_options.store(true, Ordering::Relaxed);
            return sent.asks_usage;
        }
        if !complaint.contains("max_tokens") && !complaint.contains("max_completion_tokens") {
            return false;
        }
        // A complaint that names both recommends the one that was not sent.
        let newer = sent.completion_tokens;
        let name = if newer { "max_completion_tokens" } else { "max_tokens" };
        let blames_name = [
            "unsupported",
            "unknown",
            "unrecognized",
            "unexpected",
            "not supported",
            "not permitted",
            "extra",
            "instead",
            "invalid parameter",
            "not allowed",
        ];
        if complaint.contains(name) && blames_name.iter().any(|word| complaint.contains(word)) {
            self.completion_tokens.store(!newer, Ordering::Relaxed);
            return true;
        }
        false
    }

    /// The same for complaints about roles alone, which some servers call a fault of their own.
    pub(crate) fn learn_roles(&self, sent: Form, said: &Said) -> bool {
        let wanted = said.about_roles.and_then(|complaint| sent.roles.stricter(complaint));
        let Some(wanted) = wanted else { return false };
        self.roles.fetch_max(wanted as u8, Ordering::Relaxed);
        true
    }
}

/// The form of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Form {
    completion_tokens: bool,
    asks_usage: bool,
    pub(crate) roles: Roles,
}

/// The bytes of a request for a streamed answer.
pub(crate) fn body(model: &str, messages: &[Message], max_tokens: u32, form: Form) -> Vec<u8> {
    let Form { completion_tokens: newer, asks_usage, roles } = form;
    let chat = Chat {
        model,
        messages: Messages(&fold(messages, roles)),
        max_tokens: (!newer).then_some(max_tokens),
        max_completion_tokens: newer.then_some(max_tokens),
        stream: true,
        stream_options: asks_usage.then_some(StreamOptions { include_usage: true }),
    };
    serde_json::to_vec(&chat).expect("strings and numbers always become JSON")
}

#[derive(Serialize)]
struct Chat<'a> {
    model: &'a str,
    messages: Messages<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_completion_tokens: Option<u32>,
    stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream_options: Option<StreamOptions>,
}

#[derive(Serialize)]
struct StreamOptions {
    include_usage: bool,
}

struct Messages<'a>(&'a [Message]);

#[derive(Serialize)]
struct One<'a> {
    role: &'static str,
    content: &'a str,
}

impl Serialize for Messages<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.0.len()))?;
        for message in self.0 {
            let role = match message.role {
                Role::System => "system",
                Role::User => "user",
                Role::Assistant => "assistant",
            };
            list.serialize_element(&One { role, content: &message.content })?;
        }
        list.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(quirks: &Quirks) -> String {
        let message = Message { role: Role::User, content: "Hi \"you\"\n".to_owned() };
        String::from_utf8(body("m", &[message], 250, quirks.form())).expect("JSON is UTF-8")
    }

    fn learn(quirks: &Quirks, complaint: &str) -> bool {
        quirks.learn(quirks.form(), &Said::in_json(&serde_json::json!({ "error": complaint })))
    }

    #[test]
    fn a_request_is_adapted_to_complaints_once() {
        let quirks = Quirks::of("localhost");
        assert_eq!(
            sent(&quirks),
            r#"{"model":"m","messages":[{"role":"user","content":"Hi \"you\"\n"}],"max_tokens":250,"stream":true,"stream_options":{"include_usage":true}}"#
        );
        let openai = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.";
        assert!(learn(&quirks, openai));
        assert!(sent(&quirks).contains(r#""max_completion_tokens":250"#));
        assert!(learn(&quirks, "Extra inputs are not permitted: stream_options"));
        assert!(!learn(&quirks, "Extra inputs are not permitted: stream_options"), "it is not sent any more");
        assert!(!sent(&quirks).contains("stream_options"));
        assert!(learn(&quirks, "unknown field max_completion_tokens"), "the way back");
        assert!(!learn(&quirks, "max_tokens is too large: 250"), "the number is wrong, not the name");
        assert!(!learn(&quirks, "no such model"));
    }
    #[test]
    fn of_many_requests_that_are_refused_at_once_each_is_asked_again() {
        let quirks = Quirks::of("localhost");
        let sent = quirks.form();
        let said = Said::in_json(&serde_json::json!({ "error": "System message must be at the beginning." }));
        assert!(quirks.learn(sent, &said) && quirks.learn(sent, &said));
        assert_eq!(
            quirks.form().roles,
            Roles::SystemFirst,
            "both had the same complaint about the same form"
        );
        assert!(quirks.learn(quirks.form(), &said));
        assert_eq!(quirks.form().roles, Roles::NoSystem);
        assert!(!quirks.learn(quirks.form(), &said), "nothing is stricter");
    }
}
