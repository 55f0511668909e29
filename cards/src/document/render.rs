//! Writes a value over the text that it came from, so that what is equal stays as it was spelled.

use std::collections::HashMap;

use serde_json::{Map, Number, Value};

use super::parse::{Kind, Node, children, key, value};

/// The text of this value, by the spelling of the original where they agree.
pub(super) fn render(text: &str, nodes: &[Node], target: &Value) -> String {
    let writer = Writer { text, nodes };
    let root = &nodes[0];
    let mut out = String::with_capacity(text.len());
    out.push_str(&text[..root.start]);
    writer.node(0, target, &mut out);
    out.push_str(&text[root.end..]);
    out
}

struct Writer<'a> {
    text: &'a str,
    nodes: &'a [Node],
}

/// A child with what stands around it, up to the commas.
struct Part<'a> {
    node: usize,
    /// The white space before the key, or before an element.
    gap: &'a str,
    /// The key and what leads to the value; empty for an element.
    lead: &'a str,
    /// The white space behind the value.
    tail: &'a str,
}

impl<'a> Writer<'a> {
    fn raw(&self, at: usize) -> &'a str {
        &self.text[self.nodes[at].start..self.nodes[at].end]
    }

    fn node(&self, at: usize, target: &Value, out: &mut String) {
        match (self.nodes[at].kind, target) {
            (Kind::Object, Value::Object(map)) => self.object(at, map, out),
            (Kind::List, Value::Array(list)) => self.list(at, list, out),
            _ if self.same(at, target) => out.push_str(self.raw(at)),
            _ => out.push_str(&target.to_string()),
        }
    }

    fn parts(&self, of: usize) -> Vec<Part<'a>> {
        let mut parts: Vec<Part<'a>> = Vec::new();
        let whole = &self.nodes[of];
        let mut from = whole.start + 1;
        for child in children(self.nodes, of) {
            let node = &self.nodes[child];
            let start = node.key.map_or(node.start, |key| key.0);
            if let Some(before) = parts.last_mut() {
                let comma = from + self.text[from..start].find(',').expect("a comma was scanned");
                before.tail = &self.text[from..comma];
                from = comma + 1;
            }
            let (gap, lead) = (&self.text[from..start], &self.text[start..node.start]);
            parts.push(Part { node: child, gap, lead, tail: "" });
            from = node.end;
        }
        if let Some(last) = parts.last_mut() {
            last.tail = &self.text[from..whole.end - 1];
        }
        parts
    }

    fn object(&self, at: usize, target: &Map<String, Value>, out: &mut String) {
        let parts = self.parts(at);
        let names: Vec<String> = parts.iter().map(|part| key(self.text, &self.nodes[part.node])).collect();
        // Of a doubled key the last one counts, so that is the one to change.
        let counts: HashMap<&str, usize> =
            names.iter().enumerate().map(|(nth, name)| (name.as_str(), nth)).collect();
        let mut pieces = Vec::with_capacity(parts.len());
        for (nth, (part, name)) in parts.iter().zip(&names).enumerate() {
            let Some(wanted) = target.get(name) else { continue };
            let mut piece = part.lead.to_owned();
            if counts[name.as_str()] == nth {
                self.node(part.node, wanted, &mut piece);
            } else {
                piece.push_str(self.raw(part.node));
            }
            pieces.push((Some(nth), piece));
        }
        let mut added: Vec<_> =
            target.iter().filter(|(name, _)| !counts.contains_key(name.as_str())).collect();
        added.sort_by_key(|(name, _)| *name);
        let colon = parts.last().map_or(":", |part| after_key(part.lead));
        for (name, wanted) in added {
            pieces.push((None, format!("{}{colon}{wanted}", Value::from(name.as_str()))));
        }
        self.join(at, &parts, &pieces, out);
    }

    fn list(&self, at: usize, target: &[Value], out: &mut String) {
        let parts = self.parts(at);
        // Elements that stay at the start and the end keep their spelling when one between them comes or goes.
        let head = parts.iter().zip(target).take_while(|(part, wanted)| self.same(part.node, wanted)).count();
        let (old, new) = (parts.len() - head, target.len() - head);
        let ends = parts.iter().rev().zip(target.iter().rev()).take(old.min(new));
        let foot = ends.take_while(|(part, wanted)| self.same(part.node, wanted)).count();
        let paired = (old - foot).min(new - foot);
        let mut pieces = Vec::with_capacity(target.len());
        for (nth, wanted) in target.iter().enumerate() {
            let part = if nth < head + paired {
                Some(nth)
            } else if nth >= target.len() - foot {
                Some(nth + parts.len() - target.len())
            } else {
                None
            };
            let mut piece = String::new();
            match part {
                Some(part) => self.node(parts[part].node, wanted, &mut piece),
                None => piece = wanted.to_string(),
            }
            pieces.push((part, piece));
        }
        self.join(at, &parts, &pieces, out);
    }

    /// Puts pieces between the brackets, with the white space of the parts they came from; new ones stand as their
    /// neighbours do.
    fn join(&self, at: usize, parts: &[Part<'_>], pieces: &[(Option<usize>, String)], out: &mut String) {
        let raw = self.raw(at);
        out.push_str(&raw[..1]);
        let closing = parts.last().map_or(&raw[1..raw.len() - 1], |part| part.tail);
        let first = parts.first().map_or("", |part| part.gap);
        let usual = parts.last().map_or("", |part| part.gap);
        for (nth, (from, piece)) in pieces.iter().enumerate() {
            let gap = match from {
                _ if nth == 0 => first,
                Some(0) | None => usual,
                Some(part) => parts[*part].gap,
            };
            out.push_str(gap);
            out.push_str(piece);
            if nth + 1 < pieces.len() {
                let last = parts.len() - usize::from(!parts.is_empty());
                out.push_str(from.filter(|part| *part < last).map_or("", |part| parts[part].tail));
                out.push(',');
            }
        }
        out.push_str(closing);
        out.push_str(&raw[raw.len() - 1..]);
    }

    /// Whether the node says this. Numbers are compared by what they say, not by how: `1.0` is 1.
    fn same(&self, at: usize, target: &Value) -> bool {
        match (self.nodes[at].kind, target) {
            (Kind::Object, Value::Object(map)) => {
                let mut last: HashMap<String, usize> = HashMap::new();
                for child in children(self.nodes, at) {
                    last.insert(key(self.text, &self.nodes[child]), child);
                }
                last.len() == map.len()
                    && map
                        .iter()
                        .all(|(name, wanted)| last.get(name).is_some_and(|node| self.same(*node, wanted)))
            }
            (Kind::List, Value::Array(list)) => {
                children(self.nodes, at).count() == list.len()
                    && children(self.nodes, at).zip(list).all(|(node, wanted)| self.same(node, wanted))
            }
            (Kind::Object | Kind::List, _) => false,
            (Kind::Number, Value::Number(wanted)) => {
                matches!(value(self.text, self.nodes, at), Value::Number(said) if equal(&said, wanted))
            }
            _ => value(self.text, self.nodes, at) == *target,
        }
    }
}

/// The colon with the white space around it.
fn after_key(lead: &str) -> &str {
    let quote = lead.rfind('"').expect("a key was scanned");
    &lead[quote + 1..]
}

fn equal(one: &Number, other: &Number) -> bool {
    // Beyond 2^53 a double no longer tells neighbours apart.
    let exact = |number: &Number| number.as_f64().filter(|double| double.abs() < 9_007_199_254_740_992.0);
    one == other || matches!((exact(one), exact(other)), (Some(a), Some(b)) if a.total_cmp(&b).is_eq())
}
