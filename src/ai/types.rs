//! What goes to a model and what comes back, whoever provides it.

use std::time::Duration;

use tokio::time::Instant;

/// Who speaks a message of a prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Instructions.
    System,
    /// A member.
    User,
    /// The character.
    Assistant,
}

/// One message of a prompt. `Debug` never shows the words.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// What they say.
    pub content: String,
}

impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} ({} bytes)", self.role, self.content.len())
    }
}

/// What is asked: the prompt, and who is to speak. `Debug` never shows words or names.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// The prompt.
    pub messages: Vec<Message>,
    /// The name of who is to answer: removed where the answer begins with it as a label.
    pub speaker: String,
    /// Names in which the answer must not speak: the answer ends before such a line.
    pub others: Vec<String>,
    /// What the prompt is made of: its parts' names and tokens, for traces.
    pub parts: Vec<(&'static str, u32)>,
}

impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Request of {:?}, {} others", self.messages, self.others.len())
    }
}

/// Providers and models that are switched off, by their names in settings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Avoid {
    /// Providers.
    pub providers: Vec<String>,
    /// Models.
    pub models: Vec<String>,
}

/// On which terms.
#[derive(Debug, Clone)]
pub struct Terms {
    /// Most tokens of the answer.
    pub max_tokens: u32,
    /// A model other than the first provider's own, from a tier or a guild.
    pub model: Option<String>,
    /// What is switched off.
    pub avoid: Avoid,
    /// When the whole answer must have ended.
    pub deadline: Instant,
}

/// Words of an answer, as they come. `Debug` never shows them.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Words {
    /// The words, clean; empty only where they begin anew.
    pub text: String,
    /// Whether the answer begins with these: whatever came before was reasoning that nobody had announced.
    pub anew: bool,
}

impl Words {
    /// Puts them behind the words before them.
    pub fn add_to(&self, answer: &mut String) {
        if self.anew {
            answer.clear();
        }
        answer.push_str(&self.text);
    }
}

impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} bytes{}", self.text.len(), if self.anew { ", anew" } else { "" })
    }
}

/// Tokens of one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Of the prompt, those in the provider's cache included.
    pub prompt: u32,
    /// Of these, in the provider's cache.
    pub cached: u32,
    /// Of the answer, reasoning included.
    pub completion: u32,
    /// Whether the provider said so; else counted here.
    pub reported: bool,
}

/// A provider and its model, by their names in settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provided {
    /// The provider.
    pub provider: String,
    /// Its own model.
    pub model: String,
}

/// How an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// By itself.
    Complete,
    /// At its most tokens, or at our bound of bytes.
    Length,
    /// The provider filtered the rest.
    Filtered,
    /// The stream broke, fell silent or met the deadline.
    Cut,
    /// Whoever held it stopped it.
    Stopped,
}

/// A call that gave words, as it is charged and recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    /// How it ended.
    pub ending: Ending,
    /// What it used.
    pub usage: Usage,
    /// Cost in millionths of a US dollar, where prices are set.
    pub cost_micros: Option<u64>,
    /// The provider's name.
    pub provider: String,
    /// The model's name, as asked for.
    pub model: String,
    /// From the request to the end.
    pub took: Duration,
    /// From the request to the first words.
    pub first_words: Duration,
}

/// Why nobody answered. Nothing is to be charged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unanswered {
    /// No provider could be reached, or all are overloaded.
    #[error("no provider answers: {why}")]
    Away {
        /// When the first of them may answer again.
        retry_after: Option<Duration>,
        /// Each provider's fault, for the log.
        why: String,
    },
    /// All providers are switched off; the one that was asked for first.
    #[error("provider {provider} or model {model} is switched off")]
    SwitchedOff {
        /// The provider.
        provider: String,
        /// The model.
        model: String,
    },
    /// The provider's filter or the model would not answer.
    #[error("the model refuses to answer")]
    Refused,
    /// Every provider refuses the request itself: a wrong key, an unknown model, a prompt too long. The operator's to mend.
    #[error("the request was rejected: {why}")]
    Rejected {
        /// What the provider said, shortened, without secrets.
        why: String,
    },
}
