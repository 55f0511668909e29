//! The walk over a template: literal text, macros, and macros in their arguments.

use std::ops::Range;

use chrono::{DateTime, FixedOffset, Offset as _};

use super::braces::Braces;
use super::dice::Dice;
use super::{Context, MOST_NESTING, MOST_OUTPUT, chance};

/// The longest name of a macro, in bytes.
const LONGEST_NAME: usize = 24;

/// Expands a template; `hidden` leaves the words of hidden keys in.
pub(super) fn run(template: &str, context: &Context<'_>, hidden: bool) -> String {
    if !super::may_expand(template) {
        return cut(template, MOST_OUTPUT).to_owned();
    }
    let mut walk = Walk {
        template,
        braces: Braces::of(template),
        context,
        hidden,
        text: chance::hash(template),
        original: context.original,
        out: String::with_capacity(template.len().min(MOST_OUTPUT)),
        floor: 0,
        room: MOST_OUTPUT,
    };
    walk.range(0..template.len(), false, 0);
    walk.out
}

/// A text's beginning of so many bytes, at a character's border.
fn cut(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    &text[..end.unwrap_or_default()]
}

/// A macro that was read: its name in small letters, and where its argument is, if it has one.
struct Call {
    name: String,
    argument: Option<Range<usize>>,
}

struct Walk<'a> {
    template: &'a str,
    braces: Braces,
    context: &'a Context<'a>,
    hidden: bool,
    /// The template's hash: equal macros in two texts draw apart.
    text: u64,
    /// What `{{original}}` still stands for.
    original: Option<&'a str>,
    out: String,
    /// Where the last value that was put in ends: `{{trim}}` takes nothing of it.
    floor: usize,
    /// Bytes that may still be written, in all arguments together.
    room: usize,
}

impl Walk<'_> {
    /// Expands a part of the template onto `out`. `escaped`: in a list by commas, where `\,` is a comma.
    fn range(&mut self, part: Range<usize>, escaped: bool, depth: usize) {
        let (template, mut at) = (self.template, part.start);
        while at < part.end && self.room > 0 {
            let rest = &template[at..part.end];
            let special = |c: char| c == '{' || c == '<' || (escaped && c == '\\');
            let plain = rest.find(special).unwrap_or(rest.len());
            self.write(&rest[..plain]);
            at += plain;
            let Some(first) = template[at..part.end].chars().next() else { return };
            let close = self.braces.close(at).filter(|close| first == '{' && close + 2 <= part.end);
            if let Some(close) = close {
                if let Some(after) = self.call(at, close, depth) {
                    at = after.min(part.end);
                } else {
                    self.write("{{");
                    at += 2;
                }
            } else if first == '\\' && template[at..part.end].starts_with("\\,") {
                self.write(",");
                at += 2;
            } else if let Some(length) = self.tag(&template[at..part.end]) {
                at += length;
            } else {
                self.write(&template[at..=at]);
                at += 1;
            }
        }
    }

    /// Puts in what an old tag (`<USER>`) stands for; its length, or `None` when the text doesn't begin with one.
    fn tag(&mut self, rest: &str) -> Option<usize> {
        let Context { character, user, group, .. } = *self.context;
        let tags = [
            ("<user>", user),
            ("<bot>", character),
            ("<char>", character),
            ("<group>", group.unwrap_or(character)),
            ("<charifnotgroup>", group.unwrap_or(character)),
        ];
        let begins = |tag: &str| rest.get(..tag.len()).is_some_and(|head| head.eq_ignore_ascii_case(tag));
        let (tag, value) = tags.into_iter().find(|(tag, _)| begins(tag))?;
        self.put(value);
        Some(tag.len())
    }

    /// Expands the macro between two places; where the text goes on, or `None` when it stays as it is.
    fn call(&mut self, open: usize, close: usize, depth: usize) -> Option<usize> {
        let after = close + 2;
        if self.template[open + 2..close].trim_start().starts_with("//") {
            return Some(after);
        }
        let Call { name, argument } = self.read(open + 2..close)?;
        let Some(argument) = argument else {
            if name == "trim" {
                return Some(self.trim(after));
            }
            return self.value(&name).then_some(after);
        };
        if depth >= MOST_NESTING {
            return None;
        }
        let place = open as u64;
        let Context { seed, conversation, .. } = *self.context;
        match name.as_str() {
            "comment" => {}
            "hidden_key" if !self.hidden => {}
            "hidden_key" => self.range(argument, false, depth + 1),
            "random" => self.choose(argument, chance::draw(&[seed, self.text, place]), depth)?,
            "pick" => self.choose(argument, chance::draw(&[conversation, self.text, place]), depth)?,
            "reverse" => {
                let reversed: String = self.apart(argument, depth).chars().rev().collect();
                self.put(&reversed);
            }
            "roll" => {
                let formula = self.apart(argument, depth);
                if let Some(dice) = Dice::parse(&formula) {
                    self.put(&dice.throw(chance::draw(&[seed, self.text, place])).to_string());
                }
            }
            _ => return None,
        }
        Some(after)
    }

    /// Reads a macro's name and where its argument begins: after `::`, `:` or white space.
    fn read(&self, inside: Range<usize>) -> Option<Call> {
        let text = &self.template[inside.clone()];
        let start = text.len() - text.trim_start().len();
        let trimmed = text.trim();
        let length = trimmed.find(|c: char| c == ':' || c.is_whitespace()).unwrap_or(trimmed.len());
        if length == 0 || length > LONGEST_NAME {
            return None;
        }
        let name = trimmed[..length].to_ascii_lowercase();
        let rest = trimmed[length..].trim_start();
        let value = rest.strip_prefix("::").or_else(|| rest.strip_prefix(':')).unwrap_or(rest);
        let end = inside.start + start + trimmed.len();
        let argument = (!value.is_empty()).then(|| end - value.len()..end);
        // `{{user:}}` is not `{{user}}`.
        (argument.is_some() || rest.is_empty()).then_some(Call { name, argument })
    }

    /// Puts in what a macro without an argument stands for; whether it stands for anything.
    fn value(&mut self, name: &str) -> bool {
        let Context { character, user, group, now, .. } = *self.context;
        match name {
            "char" => self.put(character),
            "user" => self.put(user),
            "group" | "charifnotgroup" => self.put(group.unwrap_or(character)),
            "original" => {
                let Some(original) = self.original else { return false };
                self.original = Some("");
                self.put(original);
            }
            "newline" => self.put("\n"),
            "noop" => {}
            "time" => self.put(&clock(&now)),
            "date" => self.put(&now.format("%B %-d, %Y").to_string()),
            "weekday" => self.put(&now.format("%A").to_string()),
            "isotime" => self.put(&now.format("%H:%M").to_string()),
            "isodate" => self.put(&now.format("%Y-%m-%d").to_string()),
            _ => {
                let offset = name.strip_prefix("time_utc").and_then(|hours| hours.parse::<i32>().ok());
                let zone = offset.filter(|hours| (-14..=14).contains(hours)).map(|hours| hours * 3_600);
                let Some(zone) = zone.and_then(FixedOffset::east_opt) else { return false };
                self.put(&clock(&now.with_timezone(&zone.fix())));
            }
        }
        true
    }

    /// Expands one item of a list, by `::` if the list has one at its own level, else by commas.
    fn choose(&mut self, list: Range<usize>, draw: u64, depth: usize) -> Option<()> {
        let mut items = self.split(list.clone(), "::");
        let escaped = items.len() == 1;
        if escaped {
            items = self.split(list, ",");
        }
        let chosen = usize::try_from(chance::below(draw, items.len() as u64)).ok()?;
        let item = items.get(chosen)?.clone();
        let (text, start) = (&self.template[item.clone()], item.start);
        let lead = text.len() - text.trim_start().len();
        self.range(start + lead..start + lead + text.trim().len(), escaped, depth + 1);
        Some(())
    }

    /// Splits a list where the separator stands outside of inner macros, and not behind a `\`.
    fn split(&self, list: Range<usize>, separator: &str) -> Vec<Range<usize>> {
        let (mut items, mut start, mut at) = (Vec::new(), list.start, list.start);
        let mut inner = self.braces.next(at);
        while at < list.end {
            if let Some((open, close)) = inner
                && at >= open
            {
                at = (close + 2).min(list.end).max(at);
                inner = self.braces.next(at);
                continue;
            }
            let until = inner.map_or(list.end, |(open, _)| open.min(list.end));
            let Some(found) = self.template[at..until].find(separator) else {
                at = until;
                continue;
            };
            let place = at + found;
            at = place + separator.len();
            if separator == "," && self.template[start..place].ends_with('\\') {
                continue;
            }
            items.push(start..place);
            start = at;
        }
        items.push(start..list.end);
        items
    }

    /// Expands an argument by itself. What it writes counts as written, so that what comes to nothing is bounded too.
    fn apart(&mut self, argument: Range<usize>, depth: usize) -> String {
        let out = std::mem::take(&mut self.out);
        let floor = std::mem::take(&mut self.floor);
        self.range(argument, false, depth + 1);
        self.floor = floor;
        std::mem::replace(&mut self.out, out)
    }

    /// Takes the line breaks around `{{trim}}` away; where the text goes on.
    fn trim(&mut self, after: usize) -> usize {
        while self.out.len() > self.floor && self.out.ends_with('\n') {
            self.out.pop();
            if self.out.len() > self.floor && self.out.ends_with('\r') {
                self.out.pop();
            }
        }
        let mut rest = &self.template[after..];
        while let Some(next) = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix('\n')) {
            rest = next;
        }
        self.template.len() - rest.len()
    }

    /// Puts a finished value in.
    fn put(&mut self, value: &str) {
        self.write(value);
        self.floor = self.out.len();
    }

    fn write(&mut self, text: &str) {
        let fitting = cut(text, self.room);
        self.out.push_str(fitting);
        // What doesn't fit ends the text, also when a smaller piece still would.
        self.room = if fitting.len() < text.len() { 0 } else { self.room - fitting.len() };
    }
}

/// A time as an English clock shows it.
fn clock(time: &DateTime<FixedOffset>) -> String {
    time.format("%-I:%M %p").to_string()
}
