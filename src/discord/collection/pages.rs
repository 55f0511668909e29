//! How collections are shown page by page, with what can be done with one character, and a server's packs.

use serenity::all::{
    ButtonStyle, CreateActionRow, CreateButton, CreateEmbed, CreateEmbedFooter, CreateSelectMenu,
    CreateSelectMenuKind, CreateSelectMenuOption, ReactionType,
};

use super::custom_id::CustomId;
use super::{View, shown};
use crate::cold::collection::Owned;
use crate::discord::Reply;
use crate::domain::{character::CharacterId, ids::UserId};
use crate::features::collection::Shelf;
use crate::i18n::{Args, texts};

/// Characters on one page.
const PER_PAGE: usize = 10;

impl View<'_> {
    /// A page of a collection, counted from 0; the last one where there is none of that number.
    pub(crate) fn shelf(&self, shelf: &Shelf, owner: UserId, asker: UserId, page: u16) -> Reply {
        let pages = u16::try_from(shelf.owned.len().div_ceil(PER_PAGE)).unwrap_or(u16::MAX).max(1);
        let page = page.min(pages - 1);
        let who = if owner == asker { "you".to_owned() } else { shown(owner) };
        let args =
            Args::new().trusted("who", who).number("taken", shelf.taken).number("slots", shelf.slots.into());
        let mut lines = vec![self.say(texts::COLLECTION_VIEW_HEAD, &args), String::new()];
        let on_page = shelf.owned.chunks(PER_PAGE).nth(page.into()).unwrap_or_default();
        lines.extend(on_page.iter().map(|one| self.entry(one)));
        let args = Args::new().trusted("command", self.command("collection roll"));
        lines.push(self.say(texts::COLLECTION_VIEW_HINT, &args));
        let mut embed =
            CreateEmbed::new().title(self.text(texts::COLLECTION_VIEW_TITLE)).description(lines.join("\n"));
        let mut rows = Vec::new();
        if pages > 1 {
            let args = Args::new().number("page", u64::from(page) + 1).number("pages", pages.into());
            embed = embed.footer(CreateEmbedFooter::new(self.say(texts::COLLECTION_VIEW_PAGE, &args)));
            let turn = |to: u16, emoji: char| {
                CreateButton::new(CustomId::Page { page: to, owner, asker }.to_string())
                    .emoji(ReactionType::from(emoji))
                    .style(ButtonStyle::Secondary)
            };
            let back = page.checked_sub(1).map(|to| turn(to, '◀'));
            let on = Some(page + 1).filter(|to| *to < pages).map(|to| turn(to, '▶'));
            rows.push(CreateActionRow::Buttons(back.into_iter().chain(on).collect()));
        }
        Reply::embed(embed).components(rows)
    }

    fn entry(&self, one: &Owned) -> String {
        let args = Args::new()
            .typed("character", &self.name(&one.character))
            .trusted("rarity", one.rarity.map_or_else(String::new, |rarity| self.rarity(rarity)))
            .number("copies", one.copies)
            .trusted("locked", if one.locked { "yes" } else { "no" });
        self.say(texts::COLLECTION_VIEW_ENTRY, &args)
    }

    /// Asks whether one copy shall really go.
    pub(crate) fn release(&self, held: &Owned, asker: UserId) -> Reply {
        let CharacterId::Shipped(slug) = &held.character else { return Reply::default() };
        let copies = u32::try_from(held.copies).unwrap_or(u32::MAX);
        let id = CustomId::Release { copies, asker, slug: slug.clone() };
        let args = Args::new().typed("character", &self.name(&held.character)).number("copies", held.copies);
        let button = self.button(&id, texts::COLLECTION_BUTTON_RELEASE, ButtonStyle::Danger);
        Reply::text(self.say(texts::COLLECTION_RELEASE_ASK, &args))
            .components(vec![CreateActionRow::Buttons(vec![button])])
    }

    /// A server's packs, with a menu that opens and closes them.
    pub(crate) fn packs(&self, open: &[&str], asker: UserId) -> Reply {
        let packs = self.collection.packs();
        let mut lines = vec![self.text(texts::COLLECTION_PACKS_BODY), String::new()];
        lines.extend(packs.iter().map(|pack| {
            let args = Args::new()
                .trusted("title", pack.title(self.locale))
                .trusted("description", pack.description(self.locale))
                .trusted("open", if open.contains(&pack.name) { "yes" } else { "no" });
            self.say(texts::COLLECTION_PACKS_ENTRY, &args)
        }));
        let options = packs.iter().map(|pack| {
            CreateSelectMenuOption::new(pack.title(self.locale), pack.name)
                .description(pack.description(self.locale))
                .default_selection(open.contains(&pack.name))
        });
        let most = u8::try_from(packs.len()).unwrap_or(u8::MAX);
        let menu = CreateSelectMenu::new(
            CustomId::Packs { asker }.to_string(),
            CreateSelectMenuKind::String { options: options.collect() },
        );
        let menu = menu.placeholder(self.text(texts::COLLECTION_PACKS_MENU)).min_values(0).max_values(most);
        let embed =
            CreateEmbed::new().title(self.text(texts::COLLECTION_PACKS_TITLE)).description(lines.join("\n"));
        Reply::embed(embed).components(vec![CreateActionRow::SelectMenu(menu)])
    }
}
