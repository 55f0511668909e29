//! All characters that a member can have here, page by page, and what can be done with them.

use std::collections::BTreeMap;

use futures::future::join_all;
use serenity::all::{
    CreateActionRow, CreateEmbed, CreateSelectMenu, CreateSelectMenuKind, CreateSelectMenuOption,
};

use super::ids::{CharacterButton, Verb};
use super::visit::{Shown, Visit, arrows, row};
use crate::discord::Reply;
use crate::domain::character::CharacterId;
use crate::features::characters::{Listed, Trouble, short_id};
use crate::i18n::{Args, plain, texts};

/// Characters on one page.
const PAGE: usize = 10;
/// Most characters of a menu's label or description.
const MOST_LABEL: usize = 100;
/// Of a name in the list, so much.
const MOST_NAME: usize = 60;

/// Before a character that is to be collected first.
const CLOSED: &str = "🔒 ";

/// One line of the list.
struct Line {
    id: CharacterId,
    name: String,
    beside: String,
    section: Section,
    /// What tells it from others of the same name; empty where there are none.
    tag: String,
    /// Whether it is to be collected first.
    is_closed: bool,
}

/// What a part of the list holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    Mine,
    Here,
    Cast,
}

impl Section {
    const fn name(self) -> &'static str {
        match self {
            Self::Mine => "mine",
            Self::Here => "here",
            Self::Cast => "cast",
        }
    }
}

impl Visit<'_> {
    /// `/character list`, from page 0 on.
    pub(crate) async fn list(&self, page: usize) -> Shown {
        let (listed, is_away) = match self.characters().listed(self.viewer()).await {
            Ok(listed) => (listed, false),
            // The cast is there in any case.
            Err(Trouble::Denied(_)) => (Listed::default(), true),
            Err(trouble) => return Err(trouble),
        };
        let most = self.allowance().await.map(|allowance| allowance.characters).ok();
        let active = self.meant(None).await.ok().map(|persona| persona.id.clone());
        let all = self.lines(&listed).await;
        let pages = all.len().div_ceil(PAGE).max(1);
        let page = page.min(pages - 1);
        let shown: Vec<&Line> = all.iter().skip(page * PAGE).take(PAGE).collect();
        let mut parts = Vec::new();
        if is_away {
            parts.push(self.say(texts::CHARACTER_LIST_AWAY, &Args::new()));
        } else if listed.mine.is_empty() && page == 0 {
            let args = Args::new().trusted("create", self.mention("character create"));
            let args = args.trusted("import", self.mention("character import"));
            parts.push(self.say(texts::CHARACTER_NONE, &args));
        }
        for section in [Section::Mine, Section::Here, Section::Cast] {
            let lines: Vec<String> = shown
                .iter()
                .filter(|line| line.section == section)
                .map(|line| self.line(line, active.as_ref()))
                .collect();
            if !lines.is_empty() {
                let count = all.iter().filter(|line| line.section == section).count();
                let args = Args::new().trusted("what", section.name()).number("count", count as u64);
                let args = args.number("of", u64::from(most.unwrap_or_default()));
                parts.push(format!(
                    "**{}**\n{}",
                    self.say(texts::CHARACTER_SECTION, &args),
                    lines.join("\n")
                ));
            }
        }
        if listed.is_cut {
            let args = Args::new().trusted("info", self.mention("character info"));
            parts.push(self.say(texts::CHARACTER_LIST_CUT, &args));
        }
        parts.push(self.how());
        let args = Args::new().number("page", page as u64 + 1).number("of", pages as u64);
        let embed =
            CreateEmbed::new().title(self.say(texts::CHARACTER_LIST, &args)).description(parts.join("\n\n"));
        let menu = self.menu(&shown);
        let arrows = row(arrows(Verb::Page, (page, pages), None));
        Ok(Reply::embed(embed).components(menu.into_iter().chain(arrows).collect()))
    }

    async fn lines(&self, listed: &Listed) -> Vec<Line> {
        let custom = |section| {
            move |entry: &crate::cold::characters::Entry| Line {
                id: CharacterId::Custom(entry.id),
                name: entry.name.clone(),
                beside: match section {
                    Section::Here => format!("<@{}>", entry.owner),
                    _ => String::new(),
                },
                section,
                tag: short_id(entry.id),
                is_closed: false,
            }
        };
        let mut lines: Vec<Line> = listed.mine.iter().map(custom(Section::Mine)).collect();
        lines.extend(listed.here.iter().map(custom(Section::Here)));
        let cast = self.characters().cast().all().iter().map(async |member| Line {
            id: member.persona.id.clone(),
            name: member.persona.name.clone(),
            beside: member.persona.tagline.clone(),
            section: Section::Cast,
            tag: String::new(),
            is_closed: !self.characters().is_open(self.viewer(), &member.persona.id).await,
        });
        lines.extend(join_all(cast).await);
        let mut same: BTreeMap<String, usize> = BTreeMap::new();
        for line in &lines {
            *same.entry(line.name.to_lowercase()).or_default() += 1;
        }
        for line in &mut lines {
            if same[&line.name.to_lowercase()] == 1 {
                line.tag.clear();
            }
        }
        lines
    }

    fn line(&self, line: &Line, active: Option<&CharacterId>) -> String {
        let text =
            if active == Some(&line.id) { texts::CHARACTER_LINE_ACTIVE } else { texts::CHARACTER_LINE };
        let name: String = line.name.chars().take(MOST_NAME).collect();
        // A mention of whose it is pings nobody.
        let beside = if line.section == Section::Here { line.beside.clone() } else { plain(&line.beside) };
        let name = if line.tag.is_empty() { name } else { format!("{name} {}", line.tag) };
        let said = self.say(text, &Args::new().typed("name", &name).trusted("beside", beside));
        format!("{}{}", if line.is_closed { CLOSED } else { "" }, said.trim_end_matches(" – "))
    }

    fn how(&self) -> String {
        let args = Args::new()
            .trusted("closed", CLOSED.trim())
            .trusted("roll", self.mention("collection roll"))
            .trusted("talk", self.mention("talk"))
            .trusted("select", self.mention("character select"))
            .trusted("create", self.mention("character create"))
            .trusted("import", self.mention("character import"))
            .trusted("share", self.mention("character share"));
        self.say(texts::CHARACTER_HOW, &args)
    }

    fn menu(&self, shown: &[&Line]) -> Option<CreateActionRow> {
        let options = shown.iter().map(|line| {
            let option = CreateSelectMenuOption::new(label(&line.name), line.id.to_string());
            match line.section {
                Section::Cast if !line.beside.is_empty() => option.description(label(&line.beside)),
                _ if !line.tag.is_empty() => option.description(line.tag.as_str()),
                _ => option,
            }
        });
        let kind = CreateSelectMenuKind::String { options: options.collect() };
        let id = CharacterButton { verb: Verb::Look, number: 0, character: None };
        let menu = CreateSelectMenu::new(id.to_string(), kind)
            .placeholder(self.words().case(texts::CHARACTER_MENU, "look"));
        (!shown.is_empty()).then_some(CreateActionRow::SelectMenu(menu))
    }
}

/// A text as a menu takes it.
pub(super) fn label(text: &str) -> String {
    text.chars().take(MOST_LABEL).collect()
}
