//! Bonds in words: the list, a history, a leaderboard, and what opens next.

use std::fmt::Write as _;

use serenity::all::{ButtonStyle, CreateActionRow, CreateButton, ReactionType};

use super::custom_id::{Act, BondButton};
use crate::cold::bonds::{Bond, Day, Place};
use crate::discord::{Data, Reply};
use crate::domain::bond::{Band, Gain, level};
use crate::domain::ids::UserId;
use crate::domain::persona::{Persona, Unlock};
use crate::features::bonds::{ACTIVE_DAYS, MOST_LEADERS};
use crate::i18n::{Args, Locale, Text, texts};

/// Bonds on one page.
const ON_PAGE: usize = 8;
/// Days of a history in the message; the file has all.
const MOST_SHOWN: usize = 20;
/// The file with a whole history.
const FILE: &str = "bond-history.txt";

/// What texts about bonds are made with.
#[derive(Clone, Copy)]
pub(crate) struct Page<'a> {
    pub(super) data: &'a Data,
    pub(super) locale: Locale,
}

/// A leaderboard, and who looks at it.
pub(crate) struct Ranks<'a> {
    pub(crate) persona: &'a Persona,
    pub(crate) places: &'a [Place],
    pub(crate) asking: UserId,
}

impl Page<'_> {
    pub(super) fn say(&self, text: Text, args: &Args<'_>) -> String {
        self.data.catalog.format(self.locale, text, args)
    }

    /// A band's name.
    pub(super) fn band(&self, band: Band) -> String {
        self.say(texts::BOND_BAND, &Args::new().trusted("band", band.name()))
    }

    /// What the next band opens; `None`: all is open.
    pub(super) fn opens(&self, persona: &Persona, now: Band) -> Option<String> {
        let next = now.next()?;
        let has = |unlocks: &[Unlock]| unlocks.iter().any(|unlock| unlock.from == next);
        let what = match (has(&persona.greetings), has(&persona.secrets)) {
            (true, true) => "both",
            (true, false) => "greeting",
            (false, true) => "secret",
            (false, false) => "manner",
        };
        let args = Args::new()
            .typed("character", &persona.name)
            .trusted("band", self.band(next))
            .number("level", next.from_level())
            .trusted("what", what);
        Some(self.say(texts::BOND_OPENS, &args))
    }

    /// One's bonds, closest first.
    pub(super) async fn list(&self, asker: UserId, all: &[Bond], page: u8) -> Reply {
        if all.is_empty() {
            let talk = self.data.mention("talk", self.locale);
            let text = self.say(texts::BOND_LIST_NONE, &Args::new().trusted("command", talk));
            return Reply::text(text).components(Vec::new());
        }
        let pages = all.len().div_ceil(ON_PAGE);
        let at = usize::from(page).min(pages - 1);
        let mut lines =
            vec![self.say(texts::BOND_LIST_TITLE, &Args::new().number("count", all.len() as u64))];
        for bond in all.iter().skip(at * ON_PAGE).take(ON_PAGE) {
            lines.push(self.entry(bond).await);
        }
        let mut rows = Vec::new();
        if pages > 1 {
            let turn = |emoji: char, to: Option<usize>, end: u8| {
                let page = to.and_then(|to| u8::try_from(to).ok());
                // No two buttons have one id, and what is disabled is never pressed.
                let id = BondButton { act: Act::List(page.unwrap_or(end)), asker };
                CreateButton::new(id.to_string())
                    .emoji(ReactionType::from(emoji))
                    .style(ButtonStyle::Secondary)
                    .disabled(page.is_none())
            };
            let next = Some(at + 1).filter(|next| *next < pages);
            rows.push(CreateActionRow::Buttons(vec![
                turn('◀', at.checked_sub(1), u8::MAX - 1),
                turn('▶', next, u8::MAX),
            ]));
            let args = Args::new().number("page", at as u64 + 1).number("of", pages as u64);
            lines.push(self.say(texts::BOND_LIST_PAGE, &args));
        }
        Reply::text(lines.join("\n")).components(rows)
    }

    async fn entry(&self, bond: &Bond) -> String {
        // One that can't be read just now, or is gone, is somebody.
        let persona = self.data.characters.get(&bond.character).await.ok().flatten();
        let (level, args) = (level(bond.xp), Args::new());
        let band = Band::of(level);
        let args = match &persona {
            Some(persona) => args.typed("character", &persona.name),
            None => args.trusted("character", self.say(texts::BOND_SOMEBODY, &Args::new())),
        };
        let args = args
            .trusted("band", self.band(band))
            .number("level", level)
            .number("xp", bond.xp)
            .trusted("paused", if bond.paused { "yes" } else { "no" });
        let mut entry = self.say(texts::BOND_LIST_ENTRY, &args);
        if let Some(opens) = persona.and_then(|persona| self.opens(&persona, band)) {
            let _ = write!(entry, "\n{opens}");
        }
        entry
    }

    /// The days on which a bond grew, newest first.
    pub(crate) fn history(&self, persona: &Persona, days: &[Day]) -> Reply {
        let args = Args::new().typed("character", &persona.name);
        if days.is_empty() {
            return Reply::text(self.say(texts::BOND_HISTORY_NONE, &args));
        }
        let mut lines = vec![self.say(texts::BOND_HISTORY_TITLE, &args)];
        lines.extend(days.iter().take(MOST_SHOWN).map(|day| self.day(day)));
        if days.len() <= MOST_SHOWN {
            return Reply::text(lines.join("\n"));
        }
        let more = (days.len() - MOST_SHOWN) as u64;
        lines.push(self.say(texts::BOND_HISTORY_MORE, &Args::new().number("days", more)));
        let whole: Vec<_> = days.iter().map(|day| self.day(day)).collect();
        Reply::text(lines.join("\n")).file(FILE, whole.join("\n"))
    }

    fn day(&self, day: &Day) -> String {
        let gain = Gain { before: day.xp_after - day.gained, after: day.xp_after, today: day.gained };
        let args = Args::new().trusted("day", day.day.to_string()).number("gained", day.gained);
        let line = self.say(texts::BOND_HISTORY_DAY, &args);
        let Some(level) = gain.new_level() else { return line };
        let args = Args::new().trusted("day", line).number("level", level);
        match gain.new_band() {
            None => self.say(texts::BOND_HISTORY_LEVEL, &args),
            Some(band) => self.say(texts::BOND_HISTORY_BAND, &args.trusted("band", self.band(band))),
        }
    }

    /// Who is closest to a character in a server.
    pub(crate) fn ranks(&self, ranks: &Ranks<'_>) -> String {
        let args = || Args::new().typed("character", &ranks.persona.name).number("days", ACTIVE_DAYS.into());
        let Ranks { places, asking, .. } = ranks;
        let privacy = self.data.mention("bond privacy", self.locale);
        if places.is_empty() {
            return self.say(texts::BOND_RANKS_NONE, &args().trusted("command", privacy));
        }
        let mut lines = vec![self.say(texts::BOND_RANKS_TITLE, &args())];
        for place in *places {
            let level = level(place.xp);
            let args = Args::new()
                .trusted("place", place.place.to_string())
                .trusted("member", format!("<@{}>", place.user))
                .number("level", level)
                .trusted("band", self.band(Band::of(level)));
            // Whoever asks and is further down stands below a gap.
            if place.place > u64::from(MOST_LEADERS) {
                lines.push("…".to_owned());
            }
            lines.push(self.say(texts::BOND_RANKS_ENTRY, &args));
        }
        let is_there = places.iter().any(|place| place.user == *asking);
        let text = if is_there { texts::BOND_RANKS_HIDE } else { texts::BOND_RANKS_NOT_THERE };
        lines.push(self.say(text, &args().trusted("command", privacy)));
        lines.join("\n")
    }
}
