//! How a roll is shown, before and after it is decided, and what its odds are.

use serenity::all::{
    ButtonStyle, CreateActionRow, CreateEmbed, CreateSelectMenu, CreateSelectMenuKind, CreateSelectMenuOption,
};

use super::custom_id::{CustomId, RollVerb};
use super::{View, shown};
use crate::cold::collection::Owned;
use crate::discord::Reply;
use crate::discord::denials::moment;
use crate::domain::{
    collection::{Decision, Pity, Rarity},
    ids::UserId,
    odds::Chance,
};
use crate::features::collection::{Drawn, Luck, Shelf};
use crate::i18n::{Args, texts};

/// Options that Discord shows in one menu, and characters of one.
const MOST_OPTIONS: usize = 25;
const LONGEST_OPTION: usize = 100;
/// Menus in one message: a row stays for the way back.
const MOST_MENUS: usize = 4;

impl View<'_> {
    /// A roll of that member's, with its buttons while it waits.
    pub(crate) fn roll(&self, drawn: &Drawn, user: UserId) -> Reply {
        let roll = &drawn.roll;
        let lines = match roll.decision {
            Decision::Pending => self.waits(drawn, user),
            Decision::Added | Decision::Released | Decision::Replaced => {
                let old = roll.replaced.as_ref().map_or_else(String::new, |old| self.name(old));
                let args = Args::new()
                    .trusted("decision", roll.decision.name())
                    .trusted("user", shown(user))
                    .typed("old", &old)
                    .number("copies", drawn.copies);
                vec![self.say(texts::COLLECTION_ROLL_DECIDED, &args)]
            }
        };
        let rows = if roll.decision == Decision::Pending {
            let id = |verb| CustomId::Roll { verb, roll: roll.id, asker: user };
            vec![CreateActionRow::Buttons(vec![
                self.button(&id(RollVerb::Add), texts::COLLECTION_BUTTON_ADD, ButtonStyle::Success),
                self.button(&id(RollVerb::Swap), texts::COLLECTION_BUTTON_REPLACE, ButtonStyle::Secondary),
                self.button(&id(RollVerb::Release), texts::COLLECTION_BUTTON_RELEASE, ButtonStyle::Danger),
            ])]
        } else {
            Vec::new()
        };
        Reply::embed(self.card(drawn, &lines)).components(rows)
    }

    fn waits(&self, drawn: &Drawn, user: UserId) -> Vec<String> {
        let args = Args::new()
            .trusted("user", shown(user))
            .trusted("waited", if drawn.waited { "yes" } else { "no" });
        let by = self.say(texts::COLLECTION_ROLL_BY, &args);
        let args = Args::new()
            .number("copies", drawn.copies)
            .number("taken", drawn.taken)
            .number("slots", drawn.slots.into());
        let what = if drawn.copies > 0 {
            texts::COLLECTION_ROLL_COPY
        } else if drawn.fits() {
            texts::COLLECTION_ROLL_NEW
        } else {
            texts::COLLECTION_ROLL_FULL
        };
        vec![by, self.say(what, &args)]
    }

    fn card(&self, drawn: &Drawn, lines: &[String]) -> CreateEmbed {
        let roll = &drawn.roll;
        let args = Args::new()
            .trusted("character", self.name(&roll.character))
            .trusted("rarity", self.rarity(roll.rarity));
        let mut embed = CreateEmbed::new().title(self.say(texts::COLLECTION_ROLL_TITLE, &args));
        let mut text = Vec::new();
        if let Some(member) = self.collection.member(&roll.character) {
            let persona = &member.persona;
            embed = embed.colour(persona.colour);
            if let Some(picture) = self.collection.cast().avatar_url(persona) {
                embed = embed.thumbnail(picture);
            }
            text.push(crate::i18n::plain(&persona.tagline));
            text.push(String::new());
        }
        text.extend_from_slice(lines);
        embed.description(text.join("\n"))
    }

    /// Who could make room for the result of a roll.
    pub(crate) fn swap(&self, drawn: &Drawn, shelf: &Shelf, user: UserId) -> Reply {
        let roll = &drawn.roll;
        let id = |verb| CustomId::Roll { verb, roll: roll.id, asker: user };
        let free: Vec<&Owned> =
            shelf.owned.iter().rev().filter(|one| !one.locked && one.character != roll.character).collect();
        let menu = |number: usize, some: &[&Owned]| {
            let options = some.iter().map(|one| self.option(one)).collect();
            let number = u8::try_from(number).expect("a few menus");
            let menu = CreateSelectMenu::new(
                id(RollVerb::Pick(number)).to_string(),
                CreateSelectMenuKind::String { options },
            );
            CreateActionRow::SelectMenu(menu.placeholder(self.text(texts::COLLECTION_SWAP_MENU)))
        };
        let menus = free.chunks(MOST_OPTIONS).take(MOST_MENUS).enumerate();
        let mut rows: Vec<_> = menus.map(|(number, some)| menu(number, some)).collect();
        rows.push(CreateActionRow::Buttons(vec![self.button(
            &id(RollVerb::Back),
            texts::COLLECTION_BUTTON_BACK,
            ButtonStyle::Secondary,
        )]));
        let ask = if free.is_empty() { texts::COLLECTION_SWAP_NOBODY } else { texts::COLLECTION_SWAP_ASK };
        let args = Args::new().typed("character", &self.name(&roll.character));
        Reply::embed(self.card(drawn, &[self.say(ask, &args)])).components(rows)
    }

    fn option(&self, one: &Owned) -> CreateSelectMenuOption {
        let args = Args::new()
            .trusted("character", self.name(&one.character))
            .trusted("rarity", one.rarity.map_or_else(String::new, |rarity| self.rarity(rarity)))
            .number("copies", one.copies);
        let label = self.say(texts::COLLECTION_SWAP_OPTION, &args);
        let label: String = label.chars().take(LONGEST_OPTION).collect();
        CreateSelectMenuOption::new(label, one.character.to_string())
    }

    /// The odds of a member's next roll, what is promised, and what is left of the window.
    pub(crate) fn odds(&self, luck: &Luck) -> CreateEmbed {
        let odds = self.collection.odds();
        let mut lines: Vec<String> =
            odds.chances(luck.pity).iter().rev().map(|chance| self.chance(chance)).collect();
        lines.push(String::new());
        lines.extend(self.promises(luck.pity));
        lines.push(String::new());
        let hours = self.collection.settings().window_hours();
        let left = Args::new()
            .number("left", luck.left)
            .number("of", luck.of.into())
            .number("hours", hours)
            .trusted("until", moment(luck.next_at.map(|at| at.timestamp_millis())));
        lines.push(self.say(texts::COLLECTION_ODDS_LEFT, &left));
        if luck.undecided {
            let args = Args::new().trusted("command", self.command("collection roll"));
            lines.push(self.say(texts::COLLECTION_ODDS_UNDECIDED, &args));
        }
        lines.push(self.text(texts::COLLECTION_ODDS_NOTE));
        CreateEmbed::new().title(self.text(texts::COLLECTION_ODDS_TITLE)).description(lines.join("\n"))
    }

    fn chance(&self, chance: &Chance) -> String {
        let groups = &self.collection.odds().definition().groups;
        let names: Vec<String> = groups
            .iter()
            .filter(|group| group.rarity == chance.rarity)
            .flat_map(|group| &group.characters)
            .map(|character| crate::i18n::plain(&self.name(character)))
            .collect();
        let args = Args::new()
            .trusted("rarity", self.rarity(chance.rarity))
            .trusted("percent", self.percent(*chance))
            .trusted("characters", names.join(", "));
        self.say(texts::COLLECTION_ODDS_ENTRY, &args)
    }

    fn promises(&self, pity: Pity) -> impl Iterator<Item = String> {
        [Rarity::Epic, Rarity::Legendary].into_iter().filter_map(move |rarity| {
            let rolls = self.collection.odds().at_the_latest(pity, rarity)?;
            let args = Args::new().trusted("rarity", rarity.name()).number("rolls", rolls.into());
            Some(self.say(texts::COLLECTION_ODDS_LATEST, &args))
        })
    }

    /// A chance in percent, with one decimal where it needs one.
    fn percent(&self, chance: Chance) -> String {
        let tenths = (u64::from(chance.share) * 1_000 + u64::from(chance.of) / 2) / u64::from(chance.of);
        let args = Args::new().number("whole", tenths / 10).number("tenth", tenths % 10);
        self.say(texts::COLLECTION_PERCENT, &args)
    }
}
