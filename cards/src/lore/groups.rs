//! Inclusion groups: of the entries that share one, a single one is taken.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use super::compile::Compiled;
use super::why::Reason;
use crate::macros::chance;

/// What a choice among groups goes by.
pub(super) struct Field<'a> {
    pub(super) entries: &'a [Compiled],
    /// Entries of earlier passes.
    pub(super) active: &'a [usize],
    /// Whether scoring is on where entries don't say.
    pub(super) scoring: bool,
    /// A draw's seed, another for each pass.
    pub(super) seed: u64,
}

/// Takes the losers out of `candidates`; who they are, and to whom they lost. SillyTavern's order: sticky entries win, then
/// those with most keys matched, then a group that is taken stays so, then those that override, then a draw by weight.
pub(super) fn choose(
    field: &Field<'_>,
    candidates: &mut Vec<usize>,
    is_sticky: impl Fn(usize) -> bool,
    mut score: impl FnMut(usize) -> usize,
) -> Vec<(usize, Reason)> {
    let Field { entries, active, .. } = field;
    let mut groups: Vec<(&str, Vec<usize>)> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for number in &*candidates {
        for group in &entries[*number].entry.groups {
            let place = *places.entry(group).or_insert_with(|| {
                groups.push((group, Vec::new()));
                groups.len() - 1
            });
            groups[place].1.push(*number);
        }
    }
    let taken: HashSet<&str> =
        active.iter().flat_map(|number| &entries[*number].entry.groups).map(String::as_str).collect();
    let mut lost = Vec::new();
    // Both filters run over all groups before any is decided.
    for (group, members) in &groups {
        let members = left(members, candidates);
        let sticky: Vec<usize> = members.iter().copied().filter(|number| is_sticky(*number)).collect();
        if let Some(winner) = sticky.first() {
            let losers = members.iter().filter(|number| !sticky.contains(number));
            drop_all(losers, candidates, group, Some(*winner), entries, &mut lost);
        }
    }
    for (group, members) in &groups {
        let members = left(members, candidates);
        let scored = |number: &usize| entries[*number].entry.group_scoring.unwrap_or(field.scoring);
        if members.iter().any(|number| is_sticky(*number)) || !members.iter().any(scored) {
            continue;
        }
        let scores: Vec<(usize, usize)> = members.iter().map(|number| (*number, score(*number))).collect();
        let Some((winner, best)) = scores.iter().copied().max_by_key(|(_, score)| *score) else { continue };
        let beaten = |(number, score): &&(usize, usize)| *score < best && scored(number);
        let losers: Vec<usize> = scores.iter().filter(beaten).map(|(number, _)| *number).collect();
        drop_all(losers.iter(), candidates, group, Some(winner), entries, &mut lost);
    }
    for (group, members) in &groups {
        let members = left(members, candidates);
        if members.iter().any(|number| is_sticky(*number)) {
            continue;
        }
        if taken.contains(group) {
            drop_all(members.iter(), candidates, group, None, entries, &mut lost);
        } else if members.len() > 1 {
            let winner = winner(field, &members, group);
            let losers = members.iter().filter(|number| **number != winner);
            drop_all(losers, candidates, group, Some(winner), entries, &mut lost);
        }
    }
    lost
}

/// Those of a group that no other group has thrown out.
fn left(members: &[usize], candidates: &[usize]) -> Vec<usize> {
    members.iter().copied().filter(|number| candidates.contains(number)).collect()
}

fn drop_all<'n>(
    losers: impl Iterator<Item = &'n usize>,
    candidates: &mut Vec<usize>,
    group: &str,
    winner: Option<usize>,
    entries: &[Compiled],
    lost: &mut Vec<(usize, Reason)>,
) {
    let to = winner.map(|number| entries[number].at);
    for loser in losers {
        candidates.retain(|number| number != loser);
        lost.push((*loser, Reason::LostGroup { group: group.to_owned(), to }));
    }
}

/// Who of several wins a group.
fn winner(field: &Field<'_>, members: &[usize], group: &str) -> usize {
    let entry = |number: usize| &field.entries[number].entry;
    let overriding = members.iter().copied().filter(|number| entry(*number).group_override);
    if let Some(first) = overriding.min_by_key(|number| Reverse(entry(*number).order)) {
        return first;
    }
    let weight = |number: usize| u64::from(entry(number).group_weight);
    let total = members.iter().map(|number| weight(*number)).sum();
    let mut drawn = chance::below(chance::draw(&[field.seed, chance::hash(group)]), total);
    for number in members {
        if drawn < weight(*number) {
            return *number;
        }
        drawn -= weight(*number);
    }
    members[0]
}
