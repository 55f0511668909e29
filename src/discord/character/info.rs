//! A character, shown: what those who may talk with it may know, and buttons for what they may do.

use std::sync::Arc;

use serenity::all::{CreateActionRow, CreateEmbed};

use super::ids::Verb;
use super::visit::{Shown, Visit, arrows, lines, row};
use crate::discord::Reply;
use crate::domain::character::CharacterId;
use crate::domain::persona::Persona;
use crate::features::characters::{Look, Trouble, tokens};
use crate::i18n::{Args, plain, texts};

/// Most characters of each part: an embed holds 6,000 together.
const MOST_GREETING: usize = 2_500;
const MOST_NOTES: usize = 900;
const MOST_TAGS: usize = 400;
const MOST_CREATOR: usize = 80;

impl Visit<'_> {
    /// Whoever is meant by an identity or a name, or else the one who answers the member here.
    ///
    /// # Errors
    /// A [`Trouble`].
    pub(super) async fn meant(&self, typed: Option<&str>) -> Result<Arc<Persona>, Trouble> {
        match typed {
            Some(typed) => Ok(self.characters().resolve(self.viewer(), typed).await?),
            None => Ok(self.data().talk.whom(self.viewer(), None).await?),
        }
    }

    /// `/character info`
    pub(crate) async fn info(&self, typed: Option<&str>) -> Shown {
        let persona = self.meant(typed).await?;
        self.shown(&persona.id, 0).await
    }

    /// A character with the greeting of that number, from 0.
    pub(super) async fn shown(&self, id: &CharacterId, greeting: usize) -> Shown {
        let look = self.characters().look(self.viewer(), id).await?;
        Ok(Reply::embed(self.embed(&look, greeting)).components(self.rows(&look, greeting)))
    }

    fn embed(&self, look: &Look, greeting: usize) -> CreateEmbed {
        let persona = &look.persona;
        let mut embed = CreateEmbed::new().title(plain(&persona.name)).colour(persona.colour);
        if !persona.tagline.is_empty() {
            embed = embed.description(plain(&persona.tagline));
        }
        if let Some(url) = self.characters().cast().avatar_url(persona) {
            embed = embed.thumbnail(url);
        }
        embed =
            embed.field(self.say(texts::CHARACTER_FACTS, &Args::new()), self.facts(look).join("\n"), false);
        if let Some(own) = &look.own {
            let notes = own.sheet.notes_in(self.locale().as_str());
            if !notes.trim().is_empty() {
                let title = self.say(texts::CHARACTER_NOTES, &Args::new());
                embed = embed.field(title, lines(notes, MOST_NOTES), false);
            }
        }
        let tags = self.tags(look);
        if !tags.is_empty() {
            embed = embed.field(self.say(texts::CHARACTER_TAGS, &Args::new()), tags, false);
        }
        let greetings = look.greetings();
        match greetings.get(greeting) {
            Some(text) => {
                let number = Args::new().number("number", greeting as u64 + 1);
                let args = number.number("of", greetings.len() as u64);
                let spoken = lines(&self.data().talk.spoken(persona, text, self.name()), MOST_GREETING);
                let title = self.say(texts::CHARACTER_GREETING, &args);
                let above = if persona.tagline.is_empty() { String::new() } else { plain(&persona.tagline) };
                embed.description(format!("{above}\n\n**{title}**\n{spoken}").trim_start())
            }
            None => embed,
        }
    }

    fn facts(&self, look: &Look) -> Vec<String> {
        let words = self.words();
        let cost = Args::new().number("tokens", tokens(&look.persona));
        let cost = self.say(texts::CHARACTER_COST, &cost);
        let Some(own) = &look.own else {
            let args = Args::new().trusted("what", "cast").trusted("owner", "");
            let mut facts = vec![self.say(texts::CHARACTER_FROM, &args)];
            let member = self.characters().cast().member(&look.persona.id);
            facts.extend(member.map(|member| words.case(texts::CHARACTER_RARITY, member.rarity.name())));
            facts.push(cost);
            if look.is_closed {
                facts.push(self.say(texts::CHARACTER_CLOSED, &Args::new()));
            }
            return facts;
        };
        let what = if look.is_of(self.viewer()) { "own" } else { "other" };
        let args = Args::new().trusted("what", what).trusted("owner", format!("<@{}>", own.row.owner));
        let mut facts = vec![self.say(texts::CHARACTER_FROM, &args)];
        if look.is_of(self.viewer()) {
            let what = match own.row.guild {
                None => "nobody",
                Some(guild) if Some(guild) == self.guild() => "here",
                Some(_) => "elsewhere",
            };
            facts.push(words.case(texts::CHARACTER_SHARING, what));
        }
        let (creator, version) = (own.sheet.creator.trim(), own.sheet.character_version.trim());
        if !creator.is_empty() {
            let args = Args::new().trusted("creator", lines(creator, MOST_CREATOR));
            let args = args.trusted("version", lines(version, MOST_CREATOR));
            facts.push(self.say(texts::CHARACTER_CREATOR, &args).trim_end().to_owned());
        }
        facts.push(cost);
        facts
    }

    fn tags(&self, look: &Look) -> String {
        let shipped = || self.characters().cast().member(&look.persona.id).map(|member| member.tags.clone());
        let tags = match &look.own {
            Some(own) => own.sheet.tags.clone(),
            None => shipped().unwrap_or_default(),
        };
        lines(&tags.join(", "), MOST_TAGS)
    }

    fn rows(&self, look: &Look, greeting: usize) -> Vec<CreateActionRow> {
        let id = Some(&look.persona.id);
        let mut first = vec![self.button(Verb::Choose, 0, id)];
        first.extend(arrows(Verb::Greeting, (greeting, look.greetings().len()), id));
        let mut owners = Vec::new();
        if let Some(own) = look.own.as_ref().filter(|_| look.is_of(self.viewer())) {
            owners.push(self.button(Verb::Edit, 0, id));
            owners.push(self.button(Verb::Export, 0, id));
            if self.guild().is_some() {
                let is_here = own.row.guild == self.guild();
                owners.push(self.button(if is_here { Verb::Unshare } else { Verb::Share }, 0, id));
            }
            owners.push(self.button(Verb::Sure, 0, id));
        }
        [row(first), row(owners)].into_iter().flatten().collect()
    }
}
