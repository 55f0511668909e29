//! Makes the words of an answer fit to be shown: no reasoning, no marks of templates, nobody else's lines.
//!
//! A pipeline of small machines that take one character at a time, so that it makes no difference how the text was
//! cut into pieces: [`chars`] drops what is invisible or turns the line around, [`marks`] drops reasoning and
//! template tokens, [`lines`] drops labels and ends the answer where somebody else speaks, [`spaces`] trims. Each
//! holds back only what it can't judge yet. Whatever comes out stays as it is when it is cleaned again.

mod chars;
mod lines;
mod marks;
mod spaces;

use self::{chars::Chars, lines::Lines, marks::Marks, spaces::Spaces};

/// Cleans one answer.
pub(crate) struct Cleaner {
    chars: Chars,
    marks: Marks,
    lines: Lines,
    spaces: Spaces,
    over: bool,
    void: bool,
}

/// What a machine of the pipeline says about going on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flow {
    /// The answer goes on.
    On,
    /// It ends before what came last.
    End,
}

impl Cleaner {
    /// For an answer of `speaker`, in which none of `others` may speak. With `hidden` the answer begins within
    /// reasoning, whose opening mark was not sent.
    pub(crate) fn new(speaker: &str, others: &[String], hidden: bool) -> Self {
        Self {
            chars: Chars::default(),
            marks: Marks::new(hidden),
            lines: Lines::new(speaker, others),
            spaces: Spaces::default(),
            over: false,
            void: false,
        }
    }

    /// Takes the next piece in.
    pub(crate) fn push(&mut self, text: &str) {
        for c in text.chars() {
            if self.over {
                return;
            }
            let Some(c) = self.chars.pass(c) else { continue };
            let Self { marks, lines, spaces, .. } = self;
            let flow = marks.pass(c, &mut |c| lines.pass(c, &mut |c| spaces.pass(c)));
            self.over = flow == Flow::End;
            if self.marks.take_void() {
                self.lines.restart();
                self.spaces = Spaces::default();
                self.void = true;
            }
        }
    }

    /// Says that no more comes: what was held back is judged as it stands.
    pub(crate) fn finish(&mut self) {
        if !std::mem::replace(&mut self.over, true) {
            let Self { marks, lines, spaces, .. } = self;
            if marks.finish(&mut |c| lines.pass(c, &mut |c| spaces.pass(c))) == Flow::On {
                lines.finish(&mut |c| spaces.pass(c));
            }
        }
    }

    /// Whether all that was taken out before is void: it was reasoning, whose opening mark was not sent. Asked once.
    pub(crate) fn take_void(&mut self) -> bool {
        std::mem::take(&mut self.void)
    }

    /// Takes out what is clean so far.
    pub(crate) fn take(&mut self) -> String {
        std::mem::take(&mut self.spaces.out)
    }

    /// Whether the answer ended before what came last: somebody else was about to speak.
    pub(crate) fn is_over(&self) -> bool {
        self.over
    }

    /// Whether reasoning ended that had never begun: this server leaves its opening mark out.
    pub(crate) fn saw_lone_end(&self) -> bool {
        self.marks.saw_lone_end()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn clean_in(pieces: &[&str], hidden: bool) -> String {
        let others = ["Max".to_owned(), "Mia Müller".to_owned(), "`x`".to_owned(), String::new()];
        let mut cleaner = Cleaner::new("Ada", &others, hidden);
        let mut out = String::new();
        for piece in pieces {
            cleaner.push(piece);
            if cleaner.take_void() {
                out.clear();
            }
            out += &cleaner.take();
        }
        cleaner.finish();
        out + &cleaner.take()
    }

    fn clean(text: &str) -> String {
        clean_in(&[text], false)
    }

    #[test]
    fn plain_words_stay_as_they_are() {
        for text in [
            "Well met!",
            "One.\n\nTwo: a list\n- a\n- b\n  - c",
            "1 < 2 and [x] or [I think] <b>bold</b> <3 <@1> @everyone",
            "**Bold** and *waves* at you: hello. \"Note: this\"",
            "```rust\nuser: <think>\n\n\n\n    x\n```\nDone.",
            "👩‍🚀 🏳️‍🌈 1️⃣ שלום עולם می‌خواهم क्‍ष",
            "Adams: a list of presidents\nAda is here. Maximum: 3",
        ] {
            assert_eq!(clean(text), text);
        }
    }

    #[test]
    fn reasoning_is_hidden() {
        for text in [
            "<think>He asks.\nassistant: x</think>\n\nHello.",
            "<THINKING>x < y </b></THINKING>Hello.",
            "Hel<reasoning>hm</reasoning>lo.",
            "[THINK]hm[/THINK] Hello.",
            "Hello. <think>and on it goes",
            "</think>\nHello.",
            "He asks me.\n\nAda: I greet back.\n</think>\n\nAda: Hello.",
            "<think>hm</think>Hello.</think>",
            "hm</think>Hello.</think>",
            "<think><think>hm</think></think>Hello.",
        ] {
            assert_eq!(clean(text), "Hello.", "{text}");
        }
        assert_eq!(clean_in(&["He asks, so I", " answer.</think>", "\n\nHello."], true), "Hello.");
        assert_eq!(clean_in(&["<think>hm</think>Hello."], true), "Hello.");
        assert_eq!(clean_in(&["No reasoning ", "at all."], true), "No reasoning at all.");
        assert_eq!(clean("<think>all of it"), "");
        assert_eq!(clean("All of it.</think>"), "");
        assert_eq!(clean("```\n</think>\n``` is how it ends."), "```\n</think>\n``` is how it ends.");
        assert_eq!(clean("<thi<think>x</think>nk>Hello."), "<thinkHello.", "nothing grows back together");
    }

    #[test]
    fn marks_of_templates_are_dropped() {
        for text in [
            "<|im_start|>assistant\nHello.<|im_end|>",
            "<|start_header_id|>assistant<|end_header_id|>\n\nHello.<|eot_id|>",
            "<s>[INST] [/INST] Hello.</s>",
            "<start_of_turn>model\nHello.<end_of_turn>",
            "Hello.<｜end▁of▁sentence｜>",
            "Hello.<|im_end|>\n<|im_start|>user\nAnd then?",
            "assistant: Hello.",
            "### Response:\nHello.",
            "### Assistant: Hello.\n### Instruction:\nMore",
            "Hello.<|endoftext|>",
        ] {
            assert_eq!(clean(text), "Hello.", "{text}");
        }
    }

    #[test]
    fn labels_are_dropped_and_others_do_not_speak() {
        for text in [
            "Ada: Hello.",
            "**Ada**: Hello.",
            "**Ada:** Hello.",
            "ADA： Hello.",
            " *Ada*: Ada: Hello.",
            "[Ada]: Hello.",
            "Hello.\nMax: Hi!",
            "Hello.\n\n**max:** Hi!",
            "Hello.\n> Mia MÜLLER : Hi!",
            "Hello.\nUser: Hi!",
            "Hello.\n### Human: Hi!",
            "Hello.\nM\u{200b}ax\u{202e}: Hi!",
            "Hello.\nMax:",
        ] {
            assert_eq!(clean(text), "Hello.", "{text}");
        }
        assert_eq!(clean("Hello.\nMax"), "Hello.\nMax", "a name is no line");
        assert_eq!(clean("Max: Hi!"), "");
        assert_eq!(clean("One.\nAda: Two."), "One.\nTwo.");
    }

    #[test]
    fn tricks_with_characters_are_undone() {
        assert_eq!(clean("a\u{0}b\u{7}c\u{1b}[31m\r\nd\re\u{2028}f"), "abc[31m\nd\ne\nf");
        assert_eq!(clean("\u{202e}evil\u{2066}\u{feff}\u{ad}\u{e0041}\u{e0100}\u{3164}"), "evil");
        assert_eq!(clean("a\u{200d}\u{200c}b\u{200d}"), "ab", "joiners join nothing here");
        let zalgo = format!("a{}b", "\u{301}".repeat(50));
        assert_eq!(clean(&zalgo), format!("a{}b", "\u{301}".repeat(4)));
        assert_eq!(clean("\n\n  a\n\n\n\n\n\nb  \n  "), "a\n\n\nb");
    }

    /// Texts made of what the machines look for.
    fn hostile() -> impl Strategy<Value = String> {
        let parts = prop_oneof![
            prop::sample::select(vec![
                "<think>",
                "</think>",
                "<thi",
                "nk>",
                "[INST]",
                "[/",
                "INST]",
                "<|",
                "|>",
                "im_start",
                "<|im_end|>",
                "<|im_start|>",
                "assistant",
                "user",
                "model",
                ":",
                "：",
                "\n",
                "\n\n",
                " ",
                "   ",
                "\t",
                "**",
                "*",
                "###",
                "Response",
                "Ada",
                "Max",
                "mia müller",
                "```",
                "`",
                "<",
                ">",
                "[",
                "]",
                "</s>",
                "<s",
                "\u{200b}",
                "\u{202e}",
                "\u{200d}",
                "\u{fe0f}",
                "\u{301}",
                "👩",
                "é",
                "שלום",
                "#",
                "a",
                "b",
                "(",
                ")",
                "> ",
                "<start_of_turn>",
                "<｜",
                "｜>",
                "\r",
                "\r\n",
                "\u{301}\u{301}\u{301}\u{301}\u{301}",
            ])
            .prop_map(str::to_owned),
            "[ -~\n]{0,6}",
            any::<char>().prop_map(String::from),
        ];
        prop::collection::vec(parts, 0..24).prop_map(|parts| parts.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        #[test]
        fn pieces_make_no_difference_and_twice_is_once(
            text in hostile(),
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
            hidden in any::<bool>(),
        ) {
            let whole = clean_in(&[&text], hidden);
            let borders: Vec<_> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
            let mut cuts: Vec<_> = cuts.iter().map(|cut| borders[cut.index(borders.len())]).collect();
            cuts.extend([0, text.len()]);
            cuts.sort_unstable();
            let pieces: Vec<_> = cuts.windows(2).map(|pair| &text[pair[0]..pair[1]]).collect();
            prop_assert_eq!(&clean_in(&pieces, hidden), &whole);
            prop_assert!(whole.len() <= text.len());
            prop_assert_eq!(&clean(&whole), &whole, "from {:?}", text);
        }
    }
}
