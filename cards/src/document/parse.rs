//! Finds where each value of a JSON text stands, and reads values from there.

use std::collections::HashSet;

use serde_json::{Map, Number, Value};

use crate::limits::{JSON_BYTES, JSON_DEPTH, JSON_VALUES};
use crate::refusal::{Refusal, Syntax};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Null,
    True,
    False,
    Number,
    Text,
    List,
    Object,
}

/// A value's place. Nodes stand in the order of the text; a value's children follow it, up to `after`.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
    /// In an object: where the key stands, quotes included.
    pub(super) key: Option<(usize, usize)>,
    /// The index of the first node that isn't within this one.
    pub(super) after: usize,
}

/// The nodes directly within one.
pub(super) fn children(nodes: &[Node], of: usize) -> impl Iterator<Item = usize> + '_ {
    let end = nodes[of].after;
    let mut next = of + 1;
    std::iter::from_fn(move || {
        let this = (next < end).then_some(next)?;
        next = nodes[this].after;
        Some(this)
    })
}

struct Scanner<'a> {
    text: &'a [u8],
    at: usize,
    nodes: Vec<Node>,
}

pub(super) fn scan(text: &str) -> Result<Vec<Node>, Refusal> {
    if text.len() > JSON_BYTES {
        return Err(Refusal::JsonTooLarge { limit: JSON_BYTES });
    }
    scan_bounded(text, JSON_DEPTH, JSON_VALUES)
}

/// For texts that serde_json wrote from a value in memory: these are JSON, whatever their size.
pub(super) fn scan_own(text: &str) -> Vec<Node> {
    scan_bounded(text, usize::MAX, usize::MAX).expect("serde_json writes JSON")
}

fn scan_bounded(text: &str, depth: usize, most: usize) -> Result<Vec<Node>, Refusal> {
    let mark = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut scanner = Scanner { text: text.as_bytes(), at: mark, nodes: Vec::new() };
    let syntax = |at, fault| {
        // The scanner stops before a character, never within one.
        let before: &str = &text[..at];
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        let line = before.matches('\n').count() + 1;
        Refusal::Json { line, column: before[line_start..].chars().count() + 1, fault }
    };
    let bounds = Bounds { depth, most };
    let done = scanner.value(None, 0, bounds).and_then(|()| {
        scanner.space();
        if scanner.at == text.len() { Ok(()) } else { Err(Stop::Syntax(Syntax::End)) }
    });
    match done {
        Ok(()) => Ok(scanner.nodes),
        Err(Stop::Syntax(fault)) => Err(syntax(scanner.at, fault)),
        Err(Stop::Deep) => Err(Refusal::JsonTooDeep { limit: depth }),
        Err(Stop::Many) => Err(Refusal::JsonTooMany { limit: most }),
    }
}

#[derive(Clone, Copy)]
struct Bounds {
    depth: usize,
    most: usize,
}

enum Stop {
    Syntax(Syntax),
    Deep,
    Many,
}

impl Scanner<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// One value, from the white space before it on.
    fn value(&mut self, key: Option<(usize, usize)>, depth: usize, bounds: Bounds) -> Result<(), Stop> {
        if depth > bounds.depth {
            return Err(Stop::Deep);
        }
        if self.nodes.len() >= bounds.most {
            return Err(Stop::Many);
        }
        self.space();
        let (start, node) = (self.at, self.nodes.len());
        let kind = match self.peek() {
            Some(b'{') => Kind::Object,
            Some(b'[') => Kind::List,
            Some(b'"') => Kind::Text,
            Some(b'-' | b'0'..=b'9') => Kind::Number,
            Some(b't') => Kind::True,
            Some(b'f') => Kind::False,
            Some(b'n') => Kind::Null,
            _ => return Err(Stop::Syntax(Syntax::Value)),
        };
        self.nodes.push(Node { kind, start, end: start, key, after: node + 1 });
        match kind {
            Kind::Object => self.members(depth, bounds)?,
            Kind::List => self.elements(depth, bounds)?,
            Kind::Text => self.string()?,
            Kind::Number => self.number()?,
            Kind::True => self.word(b"true")?,
            Kind::False => self.word(b"false")?,
            Kind::Null => self.word(b"null")?,
        }
        let after = self.nodes.len();
        let done = &mut self.nodes[node];
        (done.end, done.after) = (self.at, after);
        Ok(())
    }

    fn members(&mut self, depth: usize, bounds: Bounds) -> Result<(), Stop> {
        self.at += 1;
        self.space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.space();
            let start = self.at;
            if self.peek() != Some(b'"') {
                return Err(Stop::Syntax(Syntax::Key));
            }
            self.string()?;
            let key = (start, self.at);
            self.space();
            if self.peek() != Some(b':') {
                return Err(Stop::Syntax(Syntax::Colon));
            }
            self.at += 1;
            self.value(Some(key), depth + 1, bounds)?;
            if self.ends(b'}')? {
                return Ok(());
            }
        }
    }

    fn elements(&mut self, depth: usize, bounds: Bounds) -> Result<(), Stop> {
        self.at += 1;
        self.space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.value(None, depth + 1, bounds)?;
            if self.ends(b']')? {
                return Ok(());
            }
        }
    }

    /// Past a comma (false) or this end (true).
    fn ends(&mut self, end: u8) -> Result<bool, Stop> {
        self.space();
        let found = self.peek();
        if found != Some(b',') && found != Some(end) {
            return Err(Stop::Syntax(Syntax::Comma));
        }
        self.at += 1;
        Ok(found == Some(end))
    }

    fn word(&mut self, word: &[u8]) -> Result<(), Stop> {
        if !self.text[self.at..].starts_with(word) {
            return Err(Stop::Syntax(Syntax::Value));
        }
        self.at += word.len();
        Ok(())
    }

    fn string(&mut self) -> Result<(), Stop> {
        self.at += 1;
        loop {
            match self.peek() {
                None => return Err(Stop::Syntax(Syntax::Quote)),
                Some(b'"') => break,
                Some(b'\\') => {
                    let known = match self.text.get(self.at + 1) {
                        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => 2,
                        Some(b'u') if self.hex_at(self.at + 2) => 6,
                        _ => return Err(Stop::Syntax(Syntax::Escape)),
                    };
                    self.at += known;
                }
                Some(0..0x20) => return Err(Stop::Syntax(Syntax::Control)),
                Some(_) => self.at += 1,
            }
        }
        self.at += 1;
        Ok(())
    }

    fn hex_at(&self, at: usize) -> bool {
        self.text.get(at..at + 4).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit))
    }

    fn digits(&mut self) -> Result<(), Stop> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == start { Err(Stop::Syntax(Syntax::Number)) } else { Ok(()) }
    }

    fn number(&mut self) -> Result<(), Stop> {
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(())
    }
}

/// What a key or text that was scanned says; the span includes its quotes.
pub(super) fn unquote(text: &str, (start, end): (usize, usize)) -> String {
    let inner = &text[start + 1..end - 1];
    if !inner.contains('\\') {
        return inner.to_owned();
    }
    let mut said = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(escape) = rest.find('\\') {
        said.push_str(&rest[..escape]);
        let letter = rest.as_bytes()[escape + 1];
        rest = &rest[escape + 2..];
        match letter {
            b'b' => said.push('\u{8}'),
            b'f' => said.push('\u{c}'),
            b'n' => said.push('\n'),
            b'r' => said.push('\r'),
            b't' => said.push('\t'),
            b'u' => {
                let first = unit(rest);
                rest = &rest[4..];
                let pair = rest.strip_prefix("\\u").map(|second| [first, unit(second)]);
                let pair = pair.and_then(|units| char::decode_utf16(units).next().and_then(Result::ok));
                match pair {
                    Some(whole) if u32::from(whole) > 0xffff => {
                        said.push(whole);
                        rest = &rest[6..];
                    }
                    _ => said.push(char::from_u32(u32::from(first)).unwrap_or(char::REPLACEMENT_CHARACTER)),
                }
            }
            other => said.push(char::from(other)),
        }
    }
    said.push_str(rest);
    said
}

/// The UTF-16 unit that four digits spell; scanned before, so they are there.
fn unit(digits: &str) -> u16 {
    u16::from_str_radix(&digits[..4], 16).expect("four hexadecimal digits were scanned")
}

pub(super) fn value(text: &str, nodes: &[Node], at: usize) -> Value {
    let node = &nodes[at];
    match node.kind {
        Kind::Null => Value::Null,
        Kind::True => Value::Bool(true),
        Kind::False => Value::Bool(false),
        Kind::Number => number(&text[node.start..node.end]),
        Kind::Text => Value::String(unquote(text, (node.start, node.end))),
        Kind::List => children(nodes, at).map(|child| value(text, nodes, child)).collect(),
        Kind::Object => {
            let mut map = Map::new();
            for child in children(nodes, at) {
                map.insert(key(text, &nodes[child]), value(text, nodes, child));
            }
            Value::Object(map)
        }
    }
}

/// The key of an object's member.
pub(super) fn key(text: &str, node: &Node) -> String {
    unquote(text, node.key.expect("an object's members have keys"))
}

/// Read exactly, so that what is written again reads the same: serde_json's own reading may be off by the last bit.
fn number(spelled: &str) -> Value {
    let whole = !spelled.contains(['.', 'e', 'E']) && spelled != "-0";
    let integer =
        || spelled.parse::<u64>().map(Number::from).or_else(|_| spelled.parse::<i64>().map(Number::from));
    if let Some(Ok(integer)) = whole.then(integer) {
        return Value::Number(integer);
    }
    spelled.parse().ok().and_then(Number::from_f64).map_or(Value::Null, Value::Number)
}

pub(super) fn doubled(text: &str, nodes: &[Node]) -> Vec<String> {
    let mut found = Vec::new();
    for (at, node) in nodes.iter().enumerate().filter(|(_, node)| node.kind == Kind::Object) {
        if node.after == at + 1 {
            continue;
        }
        let mut seen = HashSet::new();
        for child in children(nodes, at) {
            let key = key(text, &nodes[child]);
            if seen.contains(&key) && !found.contains(&key) {
                found.push(key);
                if found.len() == 16 {
                    return found;
                }
            } else {
                seen.insert(key);
            }
        }
    }
    found
}
