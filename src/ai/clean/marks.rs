//! Drops reasoning and the tokens of chat templates, outside of code.

use super::Flow;

/// Between these stands reasoning. Small letters; all end in `>` or `]`.
const REASONING: &[(&str, &str)] = &[
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<thought>", "</thought>"),
    ("<reasoning>", "</reasoning>"),
    ("<reflection>", "</reflection>"),
    ("[think]", "[/think]"),
];
/// Tokens of templates that have a form of their own.
const TOKENS: &[&str] = &[
    "[inst]",
    "[/inst]",
    "<<sys>>",
    "<</sys>>",
    "<s>",
    "</s>",
    "<bos>",
    "<eos>",
    "<pad>",
    "<unk>",
    "<start_of_turn>",
    "<end_of_turn>",
    "[system_prompt]",
    "[/system_prompt]",
];
/// After these stands whose turn it is.
const HEADERS: &[&str] =
    &["<|im_start|>", "<|start_header_id|>", "<|header_start|>", "<start_of_turn>", "<|start|>"];
/// Longest of all tokens, in characters: those of the form `<|…|>` too.
const LONGEST: usize = 48;
/// Whose turn ends the answer.
const OTHER_TURNS: &[&str] = &["user", "human", "system", "tool", "developer"];
/// Whose turn it is.
const OWN_TURNS: &[&str] = &["assistant", "model", "ai", "bot"];

/// One character after the other.
pub(super) struct Marks {
    state: State,
    /// What may become a token.
    held: String,
    /// The last characters that went on: nothing may grow back together out of them.
    last: String,
    /// Backticks in a row that went on.
    ticks: u32,
    in_code: bool,
    ended: Ended,
    /// What went on so far was reasoning.
    is_void: bool,
}

/// How reasoning has ended first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Ended {
    Never,
    /// After its beginning.
    Announced,
    /// Without one.
    Alone,
}

enum State {
    Text,
    /// Within reasoning. The last characters, in small letters.
    Hidden(String),
    /// Perhaps within reasoning that was not announced: all that came.
    Unsure(String),
    /// After a header's token: the word so far.
    Turn(String),
    /// After that word.
    AfterTurn,
}

impl Marks {
    /// With `hidden` the text begins within reasoning, should an end of it come.
    pub(super) fn new(hidden: bool) -> Self {
        let state = if hidden { State::Unsure(String::new()) } else { State::Text };
        Self {
            state,
            held: String::new(),
            last: String::new(),
            ticks: 0,
            in_code: false,
            ended: Ended::Never,
            is_void: false,
        }
    }

    /// Whether reasoning ended that had never begun.
    pub(super) fn saw_lone_end(&self) -> bool {
        self.ended == Ended::Alone
    }

    /// Whether what went on until now was reasoning, which is asked once.
    pub(super) fn take_void(&mut self) -> bool {
        std::mem::take(&mut self.is_void)
    }

    pub(super) fn pass(&mut self, c: char, next: &mut dyn FnMut(char) -> Flow) -> Flow {
        match &mut self.state {
            State::Hidden(tail) => {
                tail.push(c.to_ascii_lowercase());
                if matches!(c, '>' | ']') && REASONING.iter().any(|(_, end)| tail.ends_with(end)) {
                    self.ended = self.ended.max(Ended::Announced);
                    self.state = State::Text;
                } else if tail.len() > 2 * LONGEST {
                    keep_last(tail, LONGEST);
                }
                Flow::On
            }
            State::Unsure(all) => {
                all.push(c);
                if matches!(c, '>' | ']') && REASONING.iter().any(|(_, end)| ends_with(all, end)) {
                    self.ended = Ended::Alone;
                    self.state = State::Text;
                }
                Flow::On
            }
            State::Turn(word) if c.is_ascii_alphabetic() && word.len() < 16 => {
                word.push(c);
                Flow::On
            }
            State::Turn(_) => {
                if self.end_turn(next) == Flow::End {
                    Flow::End
                } else {
                    self.pass(c, next)
                }
            }
            State::AfterTurn => {
                self.state = State::Text;
                if c == '\n' { Flow::On } else { self.text(c, next) }
            }
            State::Text => self.text(c, next),
        }
    }

    pub(super) fn finish(&mut self, next: &mut dyn FnMut(char) -> Flow) -> Flow {
        if let State::Turn(_) = self.state
            && self.end_turn(next) == Flow::End
        {
            return Flow::End;
        }
        if let State::Unsure(all) = &mut self.state {
            let all = std::mem::take(all);
            self.state = State::Text;
            for c in all.chars() {
                if self.pass(c, next) == Flow::End {
                    return Flow::End;
                }
            }
            return self.finish(next);
        }
        self.release(next)
    }

    /// Judges the word behind a header's token.
    fn end_turn(&mut self, next: &mut dyn FnMut(char) -> Flow) -> Flow {
        let State::Turn(word) = std::mem::replace(&mut self.state, State::Text) else { return Flow::On };
        let is = |turns: &[&str]| turns.iter().any(|turn| turn.eq_ignore_ascii_case(&word));
        if is(OTHER_TURNS) {
            return Flow::End;
        }
        if is(OWN_TURNS) {
            self.state = State::AfterTurn;
            return Flow::On;
        }
        all_on(word.chars(), |c| self.text(c, next))
    }

    fn text(&mut self, c: char, next: &mut dyn FnMut(char) -> Flow) -> Flow {
        if self.in_code {
            return self.emit(c, next);
        }
        if self.held.is_empty() && !matches!(c, '<' | '[') {
            return self.emit(c, next);
        }
        self.held.push(c);
        if matches!(c, '>' | ']')
            && let Some(mark) = Mark::of(&self.held)
        {
            self.held.clear();
            match mark {
                Mark::Begin => self.state = State::Hidden(String::new()),
                Mark::End => self.lone_end(),
                Mark::Header => self.state = State::Turn(String::new()),
                Mark::Token => {}
            }
            return Flow::On;
        }
        if may_become(&self.held) {
            return Flow::On;
        }
        // The last character may begin another token, or there may be one that begins within: `<<|im_end|>`.
        let held = std::mem::take(&mut self.held);
        let first = held.chars().next().map_or(0, char::len_utf8);
        let again = held[first..].find(['<', '[']).map_or(held.len(), |at| at + first);
        if all_on(held[..again].chars(), |c| self.emit(c, next)) == Flow::End {
            return Flow::End;
        }
        all_on(held[again..].chars(), |c| self.text(c, next))
    }

    /// Reasoning ends that never began: what is in front of it is no answer. A further end means nothing.
    fn lone_end(&mut self) {
        if self.ended == Ended::Never {
            self.ended = Ended::Alone;
            self.is_void = true;
            self.last.clear();
            self.ticks = 0;
        }
    }

    fn release(&mut self, next: &mut dyn FnMut(char) -> Flow) -> Flow {
        let held = std::mem::take(&mut self.held);
        all_on(held.chars(), |c| self.emit(c, next))
    }

    fn emit(&mut self, c: char, next: &mut dyn FnMut(char) -> Flow) -> Flow {
        self.last.push(c);
        if !self.in_code && matches!(c, '>' | ']') {
            let starts = self.last.char_indices().rev().take(LONGEST).filter(|(_, c)| matches!(c, '<' | '['));
            if starts.into_iter().any(|(at, _)| Mark::of(&self.last[at..]).is_some()) {
                self.last.pop();
                return Flow::On;
            }
        }
        if self.last.len() > 8 * LONGEST {
            keep_last(&mut self.last, 4 * LONGEST);
        }
        self.ticks = if c == '`' { self.ticks + 1 } else { 0 };
        if self.ticks == 3 {
            self.in_code = !self.in_code;
            // A token does not reach over the border of code.
            self.last.clear();
        }
        next(c)
    }
}

fn all_on(chars: impl Iterator<Item = char>, mut each: impl FnMut(char) -> Flow) -> Flow {
    for c in chars {
        if each(c) == Flow::End {
            return Flow::End;
        }
    }
    Flow::On
}

fn ends_with(text: &str, end: &str) -> bool {
    text.len() >= end.len()
        && text.is_char_boundary(text.len() - end.len())
        && text[text.len() - end.len()..].eq_ignore_ascii_case(end)
}

/// What a token means.
enum Mark {
    Begin,
    End,
    Header,
    Token,
}

impl Mark {
    /// What all of this text means; `None` when it is no token.
    fn of(text: &str) -> Option<Self> {
        let is = |token: &&str| token.eq_ignore_ascii_case(text);
        if HEADERS.iter().any(is) {
            Some(Self::Header)
        } else if REASONING.iter().any(|(begin, _)| is(begin)) {
            Some(Self::Begin)
        } else if REASONING.iter().any(|(_, end)| is(end)) {
            Some(Self::End)
        } else if TOKENS.iter().any(is) || special(text, true) {
            Some(Self::Token)
        } else {
            None
        }
    }
}

/// Whether more characters may make a token of this.
fn may_become(text: &str) -> bool {
    let begins = |token: &str| {
        token.len() > text.len()
            && token.is_char_boundary(text.len())
            && token[..text.len()].eq_ignore_ascii_case(text)
    };
    special(text, false)
        || TOKENS.iter().any(|token| begins(token))
        || REASONING.iter().any(|(begin, end)| begins(begin) || begins(end))
}

/// Whether this is a token of the form `<|…|>`, or its beginning. Some models write its bars full width.
fn special(text: &str, whole: bool) -> bool {
    let is_bar = |c: char| matches!(c, '|' | '\u{ff5c}');
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '\u{2581}');
    let Some(inner) = text.strip_prefix('<') else { return false };
    let mut chars = inner.chars();
    match chars.next() {
        None => return !whole,
        Some(c) if is_bar(c) => {}
        Some(_) => return false,
    }
    let rest = chars.as_str();
    if rest.chars().count() > LONGEST - 6 {
        return false;
    }
    let name = rest.trim_end_matches('>').trim_end_matches(is_bar);
    let end = &rest[name.len()..];
    if !name.chars().all(is_name) {
        return false;
    }
    let mut end = end.chars();
    match (end.next(), end.next(), end.next()) {
        (None, ..) | (Some(_), None, _) => !whole && rest.chars().last().is_none_or(|c| c != '>'),
        (Some(bar), Some('>'), None) => whole && is_bar(bar) && !name.is_empty(),
        _ => false,
    }
}

/// Drops the beginning, down to about that many bytes.
fn keep_last(text: &mut String, bytes: usize) {
    let mut from = text.len().saturating_sub(bytes);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    text.drain(..from);
}
