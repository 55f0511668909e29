//! Whether an entry activates in one pass, before groups, chance and budget have their say.

use std::collections::HashMap;

use super::MOST_PATTERN_WORK;
use super::book::{Entry, Logic};
use super::compile::{Compiled, Lore};
use super::find::Manner;
use super::keys::{How, Key, settle_pattern};
use super::pattern::Pattern;
use super::scan::Turn;
use super::text::Text;
use super::timed::Timed;
use super::why::{Cause, Reason};
use crate::macros;

/// Where a scan stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pass {
    /// 1 for the first.
    pub(super) number: u32,
    /// Whether contents are read too, and entries that wait for them may activate.
    pub(super) recursion: bool,
    /// Entries that wait up to this level may.
    pub(super) level: u32,
}

/// Everything that decides on an entry.
pub(super) struct Judge<'a> {
    pub(super) lore: &'a Lore,
    pub(super) turn: &'a Turn<'a>,
    pub(super) timed: &'a Timed,
    pub(super) text: Text<'a>,
    /// Patterns with this turn's names in them, compiled as they are asked for.
    settled: HashMap<String, Option<Pattern>>,
    /// What patterns may still cost in this scan. When it is spent, they match nothing.
    allowance: usize,
}

impl<'a> Judge<'a> {
    pub(super) fn new(lore: &'a Lore, turn: &'a Turn<'a>, timed: &'a Timed) -> Self {
        let text = Text::of(turn.window, &lore.tables);
        Self { lore, turn, timed, text, settled: HashMap::new(), allowance: MOST_PATTERN_WORK }
    }

    /// What activates an entry, or keeps it out. The order of the checks is SillyTavern's; V3's decorators stand where its
    /// two do.
    pub(super) fn verdict(&mut self, number: usize, pass: Pass) -> Result<Cause, Reason> {
        let lore = self.lore;
        let Compiled { entry, .. } = &lore.entries[number];
        let sticky = self.timed.is_sticky(number);
        self.may_run(entry)?;
        if self.turn.messages < entry.delay {
            return Err(Reason::Delay);
        }
        if self.timed.is_cooling(number) && !sticky {
            return Err(Reason::Cooldown);
        }
        let waits = entry.recursion_level > 0 && !(pass.recursion && entry.recursion_level <= pass.level);
        if waits && !sticky {
            return Err(Reason::WaitsForRecursion);
        }
        if pass.recursion && entry.exclude_recursion && self.reads_contents(number) && !sticky {
            return Err(Reason::ExcludedFromRecursion);
        }
        if let Some(cause) = self.by_decorators(entry)? {
            return Ok(cause);
        }
        self.by_their_keys(number, pass)?;
        // V3: beside patterns, `constant` doesn't count.
        if entry.constant && !entry.all_patterns {
            return Ok(Cause::Constant);
        }
        if sticky { Ok(Cause::Sticky) } else { self.by_keys(number, pass) }
    }

    /// Whether an entry runs here at all.
    fn may_run(&self, entry: &Entry) -> Result<(), Reason> {
        let Turn { settings, macros, .. } = self.turn;
        if !entry.runs {
            return Err(Reason::CannotRun);
        }
        if !entry.enabled {
            return Err(Reason::Disabled);
        }
        if !entry.triggers.is_empty() && !entry.triggers.contains(&settings.trigger) {
            return Err(Reason::OtherTrigger);
        }
        match &entry.characters {
            Some(filter) if filter.excluded == filter.names.iter().any(|name| name == macros.character) => {
                Err(Reason::OtherCharacter)
            }
            _ => Ok(()),
        }
    }

    /// What decorators decide without a look at the text.
    fn by_decorators(&self, entry: &Entry) -> Result<Option<Cause>, Reason> {
        let asked = &entry.decorators;
        let before = self.timed.was_active(entry);
        let Turn { answers, greeting, .. } = *self.turn;
        if asked.activate {
            return Ok(Some(Cause::Decorator));
        }
        if asked.keep_after_match && before {
            return Ok(Some(Cause::Kept));
        }
        if asked.dont_after_match && before {
            return Err(Reason::ActiveBefore);
        }
        if asked.dont_activate {
            return Err(Reason::Decorator);
        }
        if asked.greeting.is_some_and(|index| greeting.is_some_and(|active| active != index)) {
            return Err(Reason::OtherGreeting);
        }
        if asked.only_after.is_some_and(|least| answers < least) {
            return Err(Reason::TooEarly);
        }
        if asked.only_every.is_some_and(|every| answers % every.max(1) != 0) {
            return Err(Reason::NotThisTime);
        }
        Ok(None)
    }

    /// What the keys of decorators decide.
    fn by_their_keys(&mut self, number: usize, pass: Pass) -> Result<(), Reason> {
        let lore = self.lore;
        let keys = &lore.entries[number].keys;
        if let Some(key) = keys.exclude.iter().find(|key| self.holds(number, key, pass)) {
            return Err(Reason::ExcludedKey(key.text.clone()));
        }
        for wanted in &keys.additional {
            if !wanted.iter().any(|key| self.holds(number, key, pass)) {
                return Err(Reason::AdditionalKeys(wanted.iter().map(|key| key.text.clone()).collect()));
            }
        }
        Ok(())
    }

    /// What an entry's own keys decide.
    fn by_keys(&mut self, number: usize, pass: Pass) -> Result<Cause, Reason> {
        let lore = self.lore;
        let Compiled { entry, keys, .. } = &lore.entries[number];
        if keys.primary.is_empty() {
            return Err(Reason::NoKeys);
        }
        let found = keys.primary.iter().find(|key| self.holds(number, key, pass));
        let missing = if self.allowance == 0 { Reason::PatternsTooCostly } else { Reason::NoKeyFound };
        let found = found.ok_or(missing)?;
        let cause = |secondary: Option<&Key>| Cause::Key {
            key: found.text.clone(),
            secondary: secondary.map(|key| key.text.clone()),
            pass: pass.number,
        };
        if keys.secondary.is_empty() {
            return Ok(cause(None));
        }
        let wanted = matches!(entry.logic, Logic::AndAny | Logic::NotAny);
        let decisive = keys.secondary.iter().find(|key| self.holds(number, key, pass) == wanted);
        match (entry.logic, decisive) {
            (Logic::AndAny | Logic::NotAll, Some(key)) => Ok(cause(Some(key))),
            (Logic::NotAny | Logic::AndAll, None) => Ok(cause(None)),
            _ => Err(Reason::SecondaryKeys(found.text.clone())),
        }
    }

    /// How many keys of an entry match: what group scoring goes by. Secondary keys add where they must match.
    pub(super) fn score(&mut self, number: usize, pass: Pass) -> usize {
        let lore = self.lore;
        let Compiled { entry, keys, .. } = &lore.entries[number];
        let primary = keys.primary.iter().filter(|key| self.holds(number, key, pass)).count();
        let secondary = keys.secondary.iter().filter(|key| self.holds(number, key, pass)).count();
        match entry.logic {
            _ if keys.primary.is_empty() => 0,
            Logic::AndAny => primary + secondary,
            Logic::AndAll if secondary == keys.secondary.len() => primary + secondary,
            _ => primary,
        }
    }

    /// Whether an entry's book lets contents activate entries.
    pub(super) fn reads_contents(&self, number: usize) -> bool {
        let book = &self.lore.books[self.lore.entries[number].at.book];
        book.recursive.unwrap_or(self.turn.settings.recursive)
    }

    /// Whether a key is in the text that its entry reads.
    fn holds(&mut self, number: usize, key: &Key, pass: Pass) -> bool {
        let Compiled { entry, at, .. } = &self.lore.entries[number];
        let own = entry.decorators.scan_depth.or(entry.scan_depth);
        let depth = own.or(self.lore.books[at.book].scan_depth).unwrap_or(self.turn.settings.scan_depth);
        let contents = pass.recursion && self.reads_contents(number);
        match &key.how {
            How::Dead => false,
            How::Plain(manner, place) => self.text.holds_plain(*manner, *place, depth, contents),
            How::Moving { sensitive, words } => {
                let filled = macros::expand_for_scan(&key.text, self.turn.macros);
                let manner = Manner::of(filled.trim(), *sensitive, *words);
                let filled = manner.fold(filled.trim());
                !filled.is_empty() && self.text.holds(manner, &filled, depth, contents)
            }
            How::Pattern(pattern) => self.matches(pattern, depth, contents),
            How::MovingPattern => {
                let macros = self.turn.macros;
                let settled = self
                    .settled
                    .entry(key.text.clone())
                    .or_insert_with(|| settle_pattern(entry, &key.text, macros));
                let settled = settled.clone();
                settled.is_some_and(|pattern| self.matches(&pattern, depth, contents))
            }
        }
    }

    fn matches(&mut self, pattern: &Pattern, depth: u32, contents: bool) -> bool {
        if self.allowance == 0 {
            return false;
        }
        let text = self.text.for_patterns(depth, contents);
        pattern.is_match(&text, &mut self.allowance).unwrap_or_else(|| {
            self.allowance = 0;
            false
        })
    }
}
