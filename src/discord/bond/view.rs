//! `/bond view` of one character: the card, and beside it the same in words.

use chrono::{DateTime, Days, NaiveTime, Utc};

use super::pages::Page;
use crate::cold::bonds::Bond;
use crate::discord::Reply;
use crate::domain::bond::{Band, level, level_begins};
use crate::domain::persona::Persona;
use crate::features::bonds::{REWARD, card::Card};
use crate::i18n::{Args, texts};

/// The picture's name.
const FILE: &str = "bond.png";

/// How two stand with each other, as the texts and the card tell it.
struct Standing {
    level: u64,
    band: Band,
    /// Experience in this level, and of how much.
    within: (u64, u64),
    today: u64,
}

impl Standing {
    fn of(bond: Option<&Bond>, now: DateTime<Utc>) -> Self {
        let xp = bond.map_or(0, |bond| bond.xp);
        let level = level(xp);
        let begins = level_begins(level).unwrap_or(xp);
        let next = level_begins(level + 1).unwrap_or(u64::MAX);
        let today = bond.filter(|bond| bond.day == Some(now.date_naive())).map_or(0, |bond| bond.xp_today);
        Self { level, band: Band::of(level), within: (xp - begins, next - begins), today }
    }

    fn left(&self) -> u64 {
        self.within.1 - self.within.0
    }

    fn thousandths(&self) -> u16 {
        let (done, of) = self.within;
        u16::try_from(u128::from(done) * 1_000 / u128::from(of.max(1))).unwrap_or(1_000)
    }
}

/// The answer: text, and the picture unless it can't be drawn.
pub(super) async fn reply(page: Page<'_>, persona: &Persona, name: &str, bond: Option<&Bond>) -> Reply {
    let now = page.data.clock.now();
    let standing = Standing::of(bond, now);
    let reply = Reply::text(text(page, persona, bond, &standing, now));
    let portrait = page.data.characters.portrait(persona).await;
    let card = Card { portrait, ..card(page, persona, name, bond, &standing) };
    match page.data.talk.bonds().cards().draw(&card).await {
        Ok(png) => {
            let args = Args::new()
                .bare("character", &persona.name)
                .trusted("band", card.band)
                .number("level", standing.level)
                .trusted("next", card.next)
                .trusted("today", card.today);
            reply.picture(FILE, png, &page.say(texts::BOND_CARD_ALT, &args))
        }
        Err(error) => {
            tracing::warn!(%error, "a bond card can't be drawn: its text goes alone");
            reply
        }
    }
}

fn text(
    page: Page<'_>,
    persona: &Persona,
    bond: Option<&Bond>,
    standing: &Standing,
    now: DateTime<Utc>,
) -> String {
    let args = Args::new()
        .typed("character", &persona.name)
        .trusted("band", page.band(standing.band))
        .number("level", standing.level);
    let mut lines = vec![page.say(texts::BOND_VIEW, &args)];
    if let Some(nickname) = bond.and_then(|bond| bond.nickname.as_ref()) {
        let args = Args::new().typed("nickname", nickname.as_str());
        lines.push(page.say(texts::BOND_VIEW_NICKNAME, &args));
    }
    lines.push(page.say(texts::BOND_VIEW_NEXT, &next(standing)));
    let tomorrow = (now.date_naive() + Days::new(1)).and_time(NaiveTime::MIN).and_utc().timestamp();
    let args = Args::new()
        .number("today", standing.today)
        .number("cap", REWARD.daily_cap.into())
        .number("amount", REWARD.amount.into())
        .trusted("until", format!("<t:{tomorrow}:R>"));
    lines.push(page.say(texts::BOND_VIEW_TODAY, &args));
    lines.extend(page.opens(persona, standing.band));
    if bond.is_some_and(|bond| bond.paused) {
        let command = page.data.mention("bond pause", page.locale);
        lines.push(page.say(texts::BOND_VIEW_PAUSED, &Args::new().trusted("command", command)));
    }
    lines.join("\n")
}

fn next(standing: &Standing) -> Args<'static> {
    Args::new().number("left", standing.left()).number("next", standing.level + 1)
}

fn card(page: Page<'_>, persona: &Persona, name: &str, bond: Option<&Bond>, standing: &Standing) -> Card {
    let label = |nickname: &str| (page.say(texts::BOND_CARD_NICKNAME, &Args::new()), nickname.to_owned());
    let today = Args::new().number("today", standing.today).number("cap", REWARD.daily_cap.into());
    let reached = Band::ALL.into_iter().filter(|band| *band <= standing.band).count();
    let bands = |count: usize| u8::try_from(count).unwrap_or(u8::MAX);
    Card {
        name: persona.name.clone(),
        member: name.to_owned(),
        nickname: bond.and_then(|bond| bond.nickname.as_ref()).map(|nickname| label(nickname.as_str())),
        band: page.band(standing.band),
        bands: (bands(reached), bands(Band::ALL.len())),
        level: page.say(texts::BOND_CARD_LEVEL, &Args::new().number("level", standing.level)),
        progress: standing.thousandths(),
        next: page.say(texts::BOND_CARD_NEXT, &next(standing)),
        today: page.say(texts::BOND_CARD_TODAY, &today),
        colour: persona.colour,
        portrait: None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_shown_of_a_level_adds_up(xp in 0..=i64::MAX.unsigned_abs()) {
            let bond = Bond {
                character: "shipped:mira".parse().expect("an id"),
                xp,
                xp_today: 3,
                day: Some(Utc::now().date_naive() - Days::new(1)),
                nickname: None,
                paused: false,
                last_spoke_at: None,
                told: Band::Acquaintance,
            };
            let standing = Standing::of(Some(&bond), Utc::now());
            prop_assert!(standing.left() > 0 && standing.thousandths() < 1_000);
            prop_assert_eq!(level(xp + standing.left()), standing.level + 1);
            prop_assert_eq!(standing.today, 0, "yesterday's is not today's");
        }
    }
}
