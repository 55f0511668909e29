//! An honest, simple estimate of tokens, used both to count a text and to stream it in pieces.
//!
//! No tokenizer's table is read. A piece is, with the space before it, up to eight ASCII letters,
//! or up to three digits, or up to three letters of another alphabet; else one CJK character, one
//! run of white space, or one other character. On English prose that comes within some 15 % of the
//! common byte-pair tokenizers, which is all that a budget test needs.

/// Tokens of a message besides its text: its role and its frame.
const PER_MESSAGE: u64 = 4;
/// Tokens that open the reply.
const PER_REPLY: u64 = 3;
/// Tokens of an image, a sound or a file in a message: what a low-detail image costs.
pub(crate) const PER_ATTACHMENT: u64 = 85;

/// The pieces of `text`; joined they are `text`.
pub(crate) fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (piece, tail) = rest.split_at(first_piece(rest));
        rest = tail;
        Some(piece)
    })
}

/// How many tokens `text` is estimated at.
pub(crate) fn count(text: &str) -> u64 {
    pieces(text).count() as u64
}

/// The estimate for a prompt of `messages` messages with `text_tokens` tokens of text in all.
pub(crate) fn prompt(messages: usize, text_tokens: u64) -> u64 {
    messages as u64 * PER_MESSAGE + text_tokens + PER_REPLY
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Latin,
    Digit,
    Letter,
    Wide,
    Space,
    Other,
}

impl Kind {
    fn of(c: char) -> Self {
        match c {
            'a'..='z' | 'A'..='Z' => Self::Latin,
            '0'..='9' => Self::Digit,
            c if c.is_whitespace() => Self::Space,
            // Kana, CJK ideographs and Hangul: about one token a character.
            '\u{3040}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{20000}'..='\u{3ffff}' => Self::Wide,
            c if c.is_alphanumeric() => Self::Letter,
            _ => Self::Other,
        }
    }

    /// Characters of this kind in one piece.
    fn longest(self) -> usize {
        match self {
            Self::Latin => 8,
            Self::Digit | Self::Letter => 3,
            Self::Wide | Self::Other => 1,
            Self::Space => 16,
        }
    }
}

/// The length in bytes of the first piece of `text`, which is not empty.
fn first_piece(text: &str) -> usize {
    let mut chars = text.chars();
    let mut kind = chars.next().map_or(Kind::Other, Kind::of);
    let mut start = 0;
    if text.starts_with(' ') {
        let next = chars.next().map_or(Kind::Space, Kind::of);
        if matches!(next, Kind::Latin | Kind::Digit | Kind::Letter) {
            (kind, start) = (next, 1);
        }
    }
    text[start..]
        .char_indices()
        .take(kind.longest())
        .take_while(|(_, c)| Kind::of(*c) == kind)
        .last()
        .map_or(text.len(), |(at, c)| start + at + c.len_utf8())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_join_to_the_text_they_were_cut_from() {
        for text in
            ["", " ", "Hello, world!", "  two  spaces ", "Привет, мир", "今日は。", "👩‍🚀 in 2026", "a\n\nb"]
        {
            assert_eq!(pieces(text).collect::<String>(), text);
            assert!(pieces(text).all(|piece| !piece.is_empty()));
        }
    }

    #[test]
    fn english_is_about_a_word_a_token() {
        let text = "The lighthouse keeper poured another cup of tea and looked out at the storm.";
        assert_eq!(pieces(text).take(3).collect::<Vec<_>>(), ["The", " lighthou", "se"]);
        assert_eq!(count(text), 16);
    }
}
