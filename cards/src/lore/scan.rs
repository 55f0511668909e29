//! One turn's scan: passes over the entries until nothing new activates.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::budget::{Admitted, OverBudget, Purse};
use super::compile::{At, Compiled, Lore};
use super::groups::{self, Field};
use super::judge::{Judge, Pass};
use super::place::{Position, Role};
use super::timed::{Timed, TimedState};
use super::why::{Reason, Verdict, Why};
use crate::macros::{self, Context, chance};

/// Most bytes of all activated contents together: names put in a thousand times over end here.
const MOST_ACTIVE: usize = 2 << 20;

/// A message of the talk, as lorebooks read it.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// Who wrote it, put before it as `name: text`, so that names are found as keys; nothing is put there when empty.
    pub name: &'a str,
    /// What was written.
    pub text: &'a str,
}

/// What a scan goes by where books and entries don't say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How many of the newest messages entries read. With 0 they read contents alone.
    pub scan_depth: u32,
    /// Whether contents of activated entries may activate others.
    pub recursive: bool,
    /// Most passes; the first reads messages, each further one also the contents of those before.
    pub most_passes: u32,
    /// Most tokens for all entries together.
    pub budget: Option<u32>,
    /// Whether, in a group, those with fewer matching keys leave before the draw.
    pub group_scoring: bool,
    /// The kind of answer that is made, in SillyTavern's words: "normal", "continue", "swipe", "regenerate" …
    pub trigger: String,
}

impl Default for Settings {
    /// SillyTavern's defaults, and 16 passes.
    fn default() -> Self {
        let trigger = "normal".to_owned();
        Self { scan_depth: 2, recursive: false, most_passes: 16, budget: None, group_scoring: false, trigger }
    }
}

/// All that a scan is to know of a turn.
#[derive(Clone, Copy)]
pub struct Turn<'a> {
    /// The newest messages, the oldest of them first.
    pub window: &'a [Message<'a>],
    /// What the conversation remembers of its lore.
    pub state: &'a TimedState,
    /// How to scan.
    pub settings: &'a Settings,
    /// What macros in contents and keys stand for. Its seed draws chances and groups too.
    pub macros: &'a Context<'a>,
    /// How many messages the conversation has in all, greeting and newest included.
    pub messages: u32,
    /// How many of them are the character's.
    pub answers: u32,
    /// The greeting that the conversation began with: 0 for `first_mes`, then the alternate ones. `None` if unknown.
    pub greeting: Option<u32>,
    /// Counts a text's tokens.
    pub tokens: &'a dyn Fn(&str) -> u32,
}

/// What a turn's lore is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activated {
    /// What goes into the prompt, sorted by position, role and insertion order: each place's entries stand together, in
    /// the order in which they are to be read.
    pub entries: Vec<Active>,
    /// The tokens of all of them.
    pub tokens: u32,
    /// What the conversation is to remember, once the answer is kept.
    pub state: TimedState,
    /// For every entry of every book, why it is active or not, by their places.
    pub why: Vec<Why>,
}

/// An activated entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Active {
    /// Which it is.
    pub at: At,
    /// Where it goes.
    pub position: Position,
    /// In whose name.
    pub role: Role,
    /// Its insertion order.
    pub order: i64,
    /// Its content, macros expanded: finished. Expand it again, and names become instructions.
    pub content: String,
    /// The tokens of it.
    pub tokens: u32,
    /// Should leave first when the whole prompt is too long.
    pub first_to_go: bool,
}

impl Lore {
    /// Finds what a turn activates. The same turn always gives the same.
    pub fn scan(&self, turn: &Turn<'_>) -> Activated {
        let timed = Timed::at(turn.state, &self.entries, turn.messages);
        let mut scan = Scan {
            judge: Judge::new(self, turn, &timed),
            purse: Purse::new(self, turn.settings.budget),
            out: vec![false; self.entries.len()],
            verdicts: vec![Verdict::Out(Reason::NoKeyFound); self.entries.len()],
            bytes: 0,
        };
        scan.passes();
        let (admitted, verdicts) = (scan.purse.admitted, scan.verdicts);
        let state = timed.after(admitted.iter().map(|one| &self.entries[one.number].entry));
        let mut why: Vec<Why> = self
            .entries
            .iter()
            .zip(verdicts)
            .map(|(compiled, verdict)| Why { at: compiled.at, verdict })
            .collect();
        why.sort_by_key(|why| why.at);
        let entries = self.placed(admitted, turn.messages);
        let tokens = entries.iter().map(|active| active.tokens).fold(0, u32::saturating_add);
        Activated { entries, tokens, state, why }
    }

    /// Puts admitted entries in order. Of equal orders the later activated comes first, as SillyTavern has it.
    fn placed(&self, admitted: Vec<Admitted>, messages: u32) -> Vec<Active> {
        let filled = admitted.into_iter().rev().filter(|one| !one.content.trim().is_empty());
        let mut placed: Vec<Active> = filled
            .map(|one| {
                let Compiled { entry, at, .. } = &self.entries[one.number];
                let asked = &entry.decorators;
                let reversed =
                    || asked.reverse_depth.map(|depth| Position::AtDepth(messages.saturating_sub(depth)));
                Active {
                    at: *at,
                    position: asked
                        .position
                        .clone()
                        .or_else(reversed)
                        .unwrap_or_else(|| entry.position.clone()),
                    role: asked.role.unwrap_or(entry.role),
                    order: entry.order,
                    content: one.content,
                    tokens: one.tokens,
                    first_to_go: asked.first_to_go,
                }
            })
            .collect();
        placed.sort_by(|a, b| (&a.position, a.role, a.order).cmp(&(&b.position, b.role, b.order)));
        placed
    }
}

struct Scan<'a> {
    judge: Judge<'a>,
    purse: Purse<'a>,
    /// Entries that are decided on: active, or out by chance or budget.
    out: Vec<bool>,
    verdicts: Vec<Verdict>,
    /// Bytes of contents let in so far.
    bytes: usize,
}

impl Scan<'_> {
    fn passes(&mut self) {
        let settings = self.judge.turn.settings;
        let entries = &self.judge.lore.entries;
        let recursive = (0..entries.len()).any(|number| self.judge.reads_contents(number));
        let levels: BTreeSet<u32> =
            entries.iter().map(|one| one.entry.recursion_level).filter(|level| *level > 0).collect();
        let mut levels = levels.into_iter();
        let mut pass = Pass { number: 1, recursion: false, level: levels.next().unwrap_or(0) };
        while pass.number <= settings.most_passes.max(1) {
            let contents = self.pass(pass);
            if self.purse.spent || !recursive {
                break;
            }
            if contents.is_empty() {
                // Nothing new: entries that wait for a deeper level have their turn.
                let Some(level) = levels.next() else { break };
                pass.level = level;
            }
            self.judge.text.add_contents(&contents);
            pass.recursion = true;
            pass.number += 1;
        }
    }

    /// Goes over all entries once; the contents that may activate others.
    fn pass(&mut self, pass: Pass) -> Vec<String> {
        let lore = self.judge.lore;
        let timed = self.judge.timed;
        let mut candidates = Vec::new();
        for number in 0..lore.entries.len() {
            if self.out[number] {
                continue;
            }
            self.verdicts[number] = match self.judge.verdict(number, pass) {
                Ok(cause) => {
                    candidates.push(number);
                    Verdict::Active(cause)
                }
                Err(reason) => Verdict::Out(reason),
            };
        }
        self.choose(&mut candidates, pass);
        candidates.sort_by_key(|number| {
            let entry = &lore.entries[*number].entry;
            (!timed.is_sticky(*number), entry.decorators.first_to_go, Reverse(entry.priority), *number)
        });
        let mut contents = Vec::new();
        for number in candidates {
            if self.chance(number) && self.admit(number) {
                let Compiled { entry, .. } = &lore.entries[number];
                if self.judge.reads_contents(number) && !entry.prevent_recursion {
                    contents.push(macros::expand_for_scan(&entry.content, self.judge.turn.macros));
                }
            }
        }
        contents
    }

    /// Lets groups decide.
    fn choose(&mut self, candidates: &mut Vec<usize>, pass: Pass) {
        let Judge { lore, turn, timed, .. } = self.judge;
        let active: Vec<usize> = self.purse.admitted.iter().map(|one| one.number).collect();
        let field = Field {
            entries: &lore.entries,
            active: &active,
            scoring: turn.settings.group_scoring,
            seed: chance::draw(&[turn.macros.seed, u64::from(pass.number)]),
        };
        let judge = &mut self.judge;
        let lost = groups::choose(
            &field,
            candidates,
            |number| timed.is_sticky(number),
            |number| judge.score(number, pass),
        );
        for (number, reason) in lost {
            self.verdicts[number] = Verdict::Out(reason);
        }
    }

    /// Draws an entry's chance. One that is sticky has had its draw; one that fails is out for this turn.
    fn chance(&mut self, number: usize) -> bool {
        let Compiled { entry, .. } = &self.judge.lore.entries[number];
        if entry.chance >= 10_000 || self.judge.timed.is_sticky(number) {
            return true;
        }
        let drawn = chance::below(chance::draw(&[self.judge.turn.macros.seed, entry.identity]), 10_000);
        let passed = drawn < u64::from(entry.chance);
        if !passed {
            self.leave(number, Reason::Chance(entry.chance));
        }
        passed
    }

    /// Lets an entry in, if the budget has room; whether it is in.
    fn admit(&mut self, number: usize) -> bool {
        let Ok(leaving) = self.try_admit(number) else {
            self.leave(number, Reason::OverBudget);
            return false;
        };
        self.out[number] = true;
        for gone in leaving {
            self.leave(gone, Reason::OverBudget);
        }
        true
    }

    /// Expands an entry's content and asks for room; `Err` when there is none. What is expanded counts, let in or not.
    fn try_admit(&mut self, number: usize) -> Result<Vec<usize>, OverBudget> {
        let turn = self.judge.turn;
        if self.bytes >= MOST_ACTIVE || !self.purse.is_open_to(number) {
            return Err(OverBudget);
        }
        let content = macros::expand(&self.judge.lore.entries[number].entry.content, turn.macros);
        self.bytes += content.len();
        if self.bytes > MOST_ACTIVE {
            return Err(OverBudget);
        }
        let tokens = if content.is_empty() { 0 } else { (turn.tokens)(&content) };
        self.purse.admit(Admitted { number, content, tokens })
    }

    fn leave(&mut self, number: usize, reason: Reason) {
        self.out[number] = true;
        self.verdicts[number] = Verdict::Out(reason);
    }
}
