//! Discord's rules by name. Each can be switched off, for a benchmark or to isolate another.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// A rule that the sandbox enforces as Discord does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rule {
    /// An interaction must be acknowledged within 3 seconds.
    AcknowledgeIn3s,
    /// An interaction can be acknowledged once (40060).
    AcknowledgeOnce,
    /// An interaction's token works for 15 minutes (50027).
    Token15m,
    /// Bodies keep their limits: lengths, counts, ranges (50035).
    FormLimits,
    /// Permissions and access are checked (50013, 50001).
    Permissions,
    /// An ephemeral message is seen by its member alone.
    Ephemeral,
    /// Mentions ping only whom `allowed_mentions` lets them.
    AllowedMentions,
    /// A webhook's name may not contain "discord" or "clyde".
    WebhookNames,
    /// A channel holds at most 15 webhooks (30007).
    WebhooksPerChannel,
    /// Without the Message Content intent, other people's messages arrive blank.
    MessageContent,
    /// Route buckets (for messages 5 in 5 s).
    RouteLimits,
    /// 50 requests a second for a bot in all.
    GlobalLimit,
    /// A ban after 10,000 invalid requests in 10 minutes.
    InvalidRequests,
    /// Identify: `max_concurrency`, a token's sessions, privileged intents, 120 commands a minute.
    GatewayLimits,
    /// Request bodies are valid by Discord's published OpenAPI file.
    OpenApi,
}

impl Rule {
    /// Every rule.
    pub const ALL: [Self; 15] = [
        Self::AcknowledgeIn3s,
        Self::AcknowledgeOnce,
        Self::Token15m,
        Self::FormLimits,
        Self::Permissions,
        Self::Ephemeral,
        Self::AllowedMentions,
        Self::WebhookNames,
        Self::WebhooksPerChannel,
        Self::MessageContent,
        Self::RouteLimits,
        Self::GlobalLimit,
        Self::InvalidRequests,
        Self::GatewayLimits,
        Self::OpenApi,
    ];

    /// The rule's name, as the control API and the command line spell it.
    pub fn name(self) -> &'static str {
        match self {
            Self::AcknowledgeIn3s => "acknowledge-in-3s",
            Self::AcknowledgeOnce => "acknowledge-once",
            Self::Token15m => "token-15m",
            Self::FormLimits => "form-limits",
            Self::Permissions => "permissions",
            Self::Ephemeral => "ephemeral",
            Self::AllowedMentions => "allowed-mentions",
            Self::WebhookNames => "webhook-names",
            Self::WebhooksPerChannel => "webhooks-per-channel",
            Self::MessageContent => "message-content",
            Self::RouteLimits => "route-limits",
            Self::GlobalLimit => "global-limit",
            Self::InvalidRequests => "invalid-requests",
            Self::GatewayLimits => "gateway-limits",
            Self::OpenApi => "openapi",
        }
    }

    fn bit(self) -> u32 {
        1 << self as u32
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is no rule's.
#[derive(Debug, thiserror::Error)]
#[error("there is no rule {0:?}; the rules are {list}", list = Rule::ALL.map(Rule::name).join(", "))]
pub struct UnknownRule(String);

impl FromStr for Rule {
    type Err = UnknownRule;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|rule| rule.name() == name).ok_or_else(|| UnknownRule(name.into()))
    }
}

/// Which rules are in force; clones share the switches.
#[derive(Clone, Debug)]
pub struct Rules(Arc<AtomicU32>);

impl Default for Rules {
    fn default() -> Self {
        Self(Arc::new(AtomicU32::new(u32::MAX)))
    }
}

impl Rules {
    /// Whether `rule` is enforced.
    pub fn on(&self, rule: Rule) -> bool {
        self.0.load(Ordering::Relaxed) & rule.bit() != 0
    }

    /// Switches `rule` on or off.
    pub fn set(&self, rule: Rule, on: bool) {
        if on {
            self.0.fetch_or(rule.bit(), Ordering::Relaxed);
        } else {
            self.0.fetch_and(!rule.bit(), Ordering::Relaxed);
        }
    }
}
