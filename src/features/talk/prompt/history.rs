//! The conversation with what stands among its last messages: lore at a depth, a card's note.

use troupe_cards::lore::{Active, Position, Role};

use super::{
    Count, Kind, Part, Turn,
    part::{assistant, system, user},
};
use crate::{ai::Message, hot::memory::Who};

/// Where an author's note would stand: lore that is to be above or below it goes there.
const NOTE_DEPTH: u32 = 4;

/// Memory, notes and the newest line, in order. A depth of 0 is after the line; one past the oldest message is before
/// that.
pub(super) fn history(
    memory: Vec<Part>,
    line: Part,
    note: Option<&(u32, Part)>,
    lore: &[Active],
    count: Count<'_>,
) -> Vec<Part> {
    let mut parts: Vec<Part> = memory;
    parts.extend(single(line, count));
    let length = parts.len();
    let mut notes: Vec<(u32, Part)> = note.into_iter().cloned().collect();
    notes.extend(lore.iter().filter_map(|active| Some((depth(&active.position)?, told(active, count)))));
    // From the end on, so that places stay where they were counted; of one place the later comes in first.
    notes.reverse();
    notes.sort_by_key(|(depth, _)| *depth);
    for (depth, part) in notes {
        parts.insert(length.saturating_sub(depth as usize), part);
    }
    grouped(parts)
}

/// The newest turns that fit, oldest first, each message for itself.
pub(super) fn memory(turns: &[Turn], left: &mut u32, count: Count<'_>) -> Vec<Part> {
    let mut fitting: Vec<Vec<Part>> = Vec::new();
    for turn in turns.iter().rev() {
        let message = |who: Who, text: &str| match who {
            Who::User => user(text.to_owned()),
            Who::Character => assistant(text.to_owned()),
        };
        let parts: Vec<Part> = turn
            .lines
            .iter()
            .map(|line| Part::counted(Kind::Memory, vec![message(line.who, &line.text)], count))
            .collect();
        let tokens = parts.iter().map(|part| part.tokens).sum::<u32>();
        if tokens > *left {
            break;
        }
        *left -= tokens;
        fitting.push(parts);
    }
    fitting.into_iter().rev().flatten().collect()
}

fn single(part: Part, count: Count<'_>) -> impl Iterator<Item = Part> {
    let kind = part.kind;
    part.messages.into_iter().map(move |message| Part::counted(kind, vec![message], count))
}

/// Messages of one kind next to each other are one part.
fn grouped(parts: Vec<Part>) -> Vec<Part> {
    let mut grouped: Vec<Part> = Vec::new();
    for part in parts {
        match grouped.last_mut().filter(|last| last.kind == part.kind) {
            Some(last) => {
                last.tokens += part.tokens;
                last.messages.extend(part.messages);
            }
            None => grouped.push(part),
        }
    }
    grouped
}

fn depth(position: &Position) -> Option<u32> {
    match position {
        Position::AtDepth(depth) => Some(*depth),
        Position::NoteTop | Position::NoteBottom => Some(NOTE_DEPTH),
        _ => None,
    }
}

fn told(active: &Active, count: Count<'_>) -> Part {
    let content = active.content.clone();
    let message: Message = match active.role {
        Role::System => system(content),
        Role::User => user(content),
        Role::Assistant => assistant(content),
    };
    Part::counted(Kind::Note, vec![message], count)
}
