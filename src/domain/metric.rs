//! What is counted by day and guild, for statistics.

/// Something that is counted. Its name stands in both stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Metric {
    /// Commands that members used.
    Commands,
    /// Commands that were refused.
    Refusals,
    /// Answers that a character gave in a talk.
    TalkAnswers,
    /// Turns that characters took in scenes.
    SceneTurns,
    /// Tokens that models read.
    PromptTokens,
    /// Tokens that models wrote.
    CompletionTokens,
}

impl Metric {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Commands,
        Self::Refusals,
        Self::TalkAnswers,
        Self::SceneTurns,
        Self::PromptTokens,
        Self::CompletionTokens,
    ];

    /// Its name: small letters and `_`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Commands => "commands",
            Self::Refusals => "refusals",
            Self::TalkAnswers => "talk_answers",
            Self::SceneTurns => "scene_turns",
            Self::PromptTokens => "prompt_tokens",
            Self::CompletionTokens => "completion_tokens",
        }
    }
}
