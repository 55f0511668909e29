//! Macros in a card's texts: `{{char}}`, `{{random:a,b}}`, `{{roll:2d6}}` and their kind.
//!
//! A text is expanded once. What is put in for a macro (a name, a throw) is never looked at again, so that no member can
//! write a macro by their name; and nothing that members write is ever to be given to [`expand`] as a template.
//!
//! Sources: the V3 specification's "Curly Braced Syntaxes", and SillyTavern's macros where it is silent.

mod braces;
pub(crate) mod chance;
mod dice;
mod expand;
#[cfg(test)]
mod tests;

use chrono::{DateTime, FixedOffset};

/// Most bytes of an expanded text; what is beyond is cut at a character's border.
pub const MOST_OUTPUT: usize = 1 << 20;
/// How deep macros expand in each other's arguments; deeper ones stay as they are.
pub const MOST_NESTING: usize = 16;

/// What macros stand for.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The character's nickname, or its name where it has none: `{{char}}`, `<BOT>`, `<CHAR>`.
    pub character: &'a str,
    /// What the member is called: `{{user}}`, `<USER>`.
    pub user: &'a str,
    /// The names of all characters of a scene, for `{{group}}`; in a talk with one, the macro stands for the character.
    pub group: Option<&'a str>,
    /// What the text replaces, finished (`{{original}}`, its first occurrence; later ones are empty). Without it the macro
    /// stays as it is.
    pub original: Option<&'a str>,
    /// The time where the member is: `{{time}}`, `{{date}}` and the like, in English.
    pub now: DateTime<FixedOffset>,
    /// The conversation's own number: `{{pick}}` chooses by it and by its place in the text, each time the same.
    pub conversation: u64,
    /// A fresh number for each answer: `{{random}}` and `{{roll}}` draw by it.
    pub seed: u64,
}

/// A text as the model is to read it.
///
/// Linear in the text's length; the result has [`MOST_OUTPUT`] bytes at most. Unknown macros stay as they are, and macros
/// inside them expand. `{{roll:…}}` with dice that can't be thrown becomes nothing, as SillyTavern has it.
pub fn expand(template: &str, context: &Context<'_>) -> String {
    expand::run(template, context, false)
}

/// The same text as lorebooks read it, with the words of `{{hidden_key:…}}` left in. Everything else comes out as in
/// [`expand`], draws included.
pub fn expand_for_scan(template: &str, context: &Context<'_>) -> String {
    expand::run(template, context, true)
}

/// Whether a text may hold a macro; one that can't comes out of [`expand`] as it is.
pub fn may_expand(template: &str) -> bool {
    template.contains(['{', '<'])
}
