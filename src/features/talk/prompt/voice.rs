//! What macros stand for in one talk. What a member writes never comes here: it is put in afterwards.

use chrono::{DateTime, Utc};
use troupe_cards::macros::{self, Context};

/// What a member is called where the text must not depend on who they are.
const ANYBODY: &str = "the member";
/// The same where somebody speaks to them.
pub(super) const FRIEND: &str = "friend";

/// What macros stand for.
#[derive(Debug, Clone, Copy)]
pub struct Voice<'a> {
    /// What the member is called, [`super::clean::name`].
    pub member: &'a str,
    /// The conversation's own number: `{{pick}}` chooses by it.
    pub conversation: u64,
    /// The answer's own number: `{{random}}` and `{{roll}}` draw by it.
    pub seed: u64,
    /// When.
    pub now: DateTime<Utc>,
}

impl Voice<'_> {
    /// For texts that are the same for everybody at every time.
    pub fn anybody() -> Self {
        Self { member: ANYBODY, conversation: 0, seed: 0, now: DateTime::UNIX_EPOCH }
    }

    /// The macros of a character that goes by this name; `original` is what a text replaces.
    pub fn context<'a>(&'a self, called: &'a str, original: Option<&'a str>) -> Context<'a> {
        Context {
            character: called,
            user: self.member,
            group: None,
            original,
            now: self.now.fixed_offset(),
            conversation: self.conversation,
            seed: self.seed,
        }
    }

    /// A text as the model reads it.
    pub fn expand(&self, text: &str, called: &str) -> String {
        macros::expand(text.trim(), &self.context(called, None))
    }
}
