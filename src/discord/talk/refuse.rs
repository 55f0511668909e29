//! A "no" to somebody who has typed something: why, and their words back, so that nothing typed is lost.

use serenity::all::CreateEmbed;

use crate::discord::Reply;
use crate::discord::denials::denial_text;
use crate::domain::denial::Denial;
use crate::i18n::{Catalog, Locale, texts};

/// Discord takes 4,096 characters in an embed's text; the frame round the words is part of them.
const MOST_WORDS: usize = 4_080;

/// A refusal of what somebody said.
pub(super) fn refusal(catalog: &Catalog, locale: Locale, denial: &Denial, said: &str) -> Reply {
    let reply = Reply::text(denial_text(catalog, locale, denial));
    if said.trim().is_empty() || matches!(denial, Denial::Empty) {
        return reply;
    }
    let embed =
        CreateEmbed::new().title(catalog.text(locale, texts::TALK_YOUR_WORDS)).description(block(said));
    reply.with_embed(embed)
}

/// A code block: shows words as they are, to be copied.
fn block(said: &str) -> String {
    // A fence in the words would end the block. Cut after that: what parts a fence counts too.
    let words: String = said.replace("``", "`\u{200b}`").chars().take(MOST_WORDS).collect();
    format!("```\n{words}\n```")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_in_their_block() {
        assert_eq!(block("hi @everyone"), "```\nhi @everyone\n```");
        assert_eq!(block("a `b` c"), "```\na `b` c\n```");
        for fences in 1..=9 {
            assert_eq!(block(&"`".repeat(fences)).matches("```").count(), 2, "{fences}");
        }
        let long = block(&"`".repeat(6_000));
        assert!(long.chars().count() <= 4_096 && long.matches("```").count() == 2);
    }
}
