//! One interaction about characters: who asks, in which words, and how they are answered.

use serenity::all::{ButtonStyle, CreateActionRow, CreateButton, ReactionType, User};

use super::ids::{CharacterButton, Verb};
use super::words::Words;
use crate::discord::{Data, Invocation, Reply};
use crate::domain::character::CharacterId;
use crate::domain::ids::{GuildId, UserId};
use crate::domain::usage::Feature;
use crate::error::{Error, Result};
use crate::features::characters::{Characters, Trouble, Viewer};
use crate::i18n::{Args, Locale, Text, plain, texts};

/// What comes of a wish: what to show, or why not.
pub(crate) type Shown = Result<Reply, Trouble>;

/// One interaction about characters.
#[derive(Clone, Copy)]
pub(crate) struct Visit<'a> {
    pub(super) invocation: Invocation<'a>,
    user: &'a User,
}

/// What a member may have.
#[derive(Debug, Clone, Copy)]
pub(super) struct Allowance {
    /// Characters of their own.
    pub(super) characters: u32,
    /// Tokens of talks on a day.
    pub(super) tokens: u32,
}

impl<'a> Visit<'a> {
    /// That member's.
    pub(crate) fn new(invocation: Invocation<'a>, user: &'a User) -> Self {
        Self { invocation, user }
    }

    pub(super) fn data(&self) -> &'a Data {
        self.invocation.data()
    }

    /// Unix seconds, as cards write them.
    pub(super) fn now(&self) -> u64 {
        self.data().clock.now().timestamp().unsigned_abs()
    }

    pub(super) fn characters(&self) -> &'a Characters {
        &self.data().characters
    }

    pub(super) fn viewer(&self) -> Viewer {
        self.invocation.actor().viewer()
    }

    pub(super) fn member(&self) -> UserId {
        self.viewer().user
    }

    pub(super) fn guild(&self) -> Option<GuildId> {
        self.viewer().place.guild()
    }

    pub(super) fn locale(&self) -> Locale {
        self.invocation.locale()
    }

    /// What the member is called: hostile text.
    pub(super) fn name(&self) -> &'a str {
        self.user.global_name.as_deref().unwrap_or(&self.user.name)
    }

    pub(super) fn words(&self) -> Words<'a> {
        Words { catalog: self.invocation.catalog(), locale: self.locale(), in_file: false }
    }

    pub(super) fn say(&self, text: Text, args: &Args<'_>) -> String {
        self.words().say(text, args)
    }

    /// A command to click on.
    pub(super) fn mention(&self, command: &str) -> String {
        self.data().mention(command, self.locale())
    }

    /// What the member may have here.
    pub(super) async fn allowance(&self) -> Result<Allowance, Trouble> {
        let Viewer { user, place } = self.viewer();
        let tier = self.data().gates.tier(place, user).await?;
        let quota = self.data().gates.quotas().of(tier);
        Ok(Allowance { characters: quota.characters, tokens: quota.of(Feature::Talk).tokens_day })
    }

    /// How many of theirs a member has.
    pub(super) fn count(&self, count: u64, of: u32) -> String {
        self.say(texts::CHARACTER_COUNT, &Args::new().number("count", count).number("of", of.into()))
    }

    /// A button about a character, or about nobody.
    pub(super) fn button(&self, verb: Verb, number: u64, character: Option<&CharacterId>) -> CreateButton {
        let id = CharacterButton { verb, number, character: character.cloned() };
        let style = match verb {
            Verb::Choose => ButtonStyle::Primary,
            Verb::Delete => ButtonStyle::Danger,
            _ => ButtonStyle::Secondary,
        };
        CreateButton::new(id.to_string())
            .label(self.words().case(texts::CHARACTER_BUTTON, verb.name()))
            .style(style)
    }

    /// Answers with what came of a wish: in place of "thinking", or as the first answer.
    pub(crate) async fn answer(&self, shown: Shown) -> Result<()> {
        let reply = self.told(shown)?;
        if self.invocation.is_acknowledged() {
            Ok(self.invocation.edit(reply).await?)
        } else {
            Ok(self.invocation.reply(reply.ephemeral()).await?)
        }
    }

    /// Changes the message of a button by what came of it; why not comes as a message of its own.
    pub(super) async fn change(&self, shown: Shown) -> Result<()> {
        match shown {
            Ok(reply) => Ok(self.invocation.edit(reply).await?),
            Err(trouble) => Ok(self.invocation.reply(self.told(Err(trouble))?.ephemeral()).await?),
        }
    }

    /// What is shown, or the text of why not.
    ///
    /// # Errors
    /// Refusals and failures that everything shares.
    pub(super) fn told(&self, shown: Shown) -> Result<Reply> {
        match shown {
            Ok(reply) => Ok(reply),
            Err(Trouble::Denied(denial)) => Err(denial.into()),
            Err(Trouble::Failed(cause)) => Err(Error::Failed(cause)),
            Err(trouble) => Ok(Reply::text(self.trouble(&trouble))),
        }
    }

    fn trouble(&self, trouble: &Trouble) -> String {
        let (what, number) = match trouble {
            Trouble::NotTheirs => ("not-theirs", 0),
            Trouble::Full(most) => ("full", u64::from(*most)),
            Trouble::SharedFull(most) => ("shared-full", u64::from(*most)),
            Trouble::Conflict => ("conflict", 0),
            Trouble::NothingToRestore => ("nothing-to-restore", 0),
            Trouble::NoName => ("no-name", 0),
            Trouble::NoGreeting(count) => ("no-greeting", *count as u64),
            Trouble::ManyGreetings(most) => ("many-greetings", *most as u64),
            Trouble::Unfit => ("unfit", 0),
            Trouble::NoBook => ("no-book", 0),
            Trouble::NotShared => ("not-shared", 0),
            Trouble::Busy => ("busy", 0),
            Trouble::File(refusal) => return self.words().refusal(refusal),
            Trouble::Denied(_) | Trouble::Failed(_) => ("other", 0),
        };
        let list = self.mention("character list");
        let args = Args::new().trusted("what", what).number("number", number).trusted("list", list);
        self.say(texts::CHARACTER_TROUBLE, &args)
    }
}

/// Arrows to the pages before and after, as far as there are any.
pub(super) fn arrows(
    verb: Verb,
    (at, of): (usize, usize),
    character: Option<&CharacterId>,
) -> Vec<CreateButton> {
    let arrow = |to: usize, emoji: char| {
        let id = CharacterButton { verb, number: to as u64, character: character.cloned() };
        CreateButton::new(id.to_string()).emoji(ReactionType::from(emoji)).style(ButtonStyle::Secondary)
    };
    let before = at.checked_sub(1).map(|to| arrow(to, '◀'));
    let after = Some(at + 1).filter(|to| *to < of).map(|to| arrow(to, '▶'));
    before.into_iter().chain(after).collect()
}

/// A row, unless it would be empty.
pub(super) fn row(buttons: Vec<CreateButton>) -> Option<CreateActionRow> {
    (!buttons.is_empty()).then_some(CreateActionRow::Buttons(buttons))
}

/// A stranger's lines, as lines, without markup, of so many characters at most.
pub(super) fn lines(text: &str, most: usize) -> String {
    let shown = text.trim().lines().map(plain).collect::<Vec<_>>().join("\n");
    if shown.chars().count() <= most {
        return shown;
    }
    let cut: String = shown.chars().take(most - 1).collect();
    // Half an escape would reach behind the cut.
    format!("{}…", cut.trim_end_matches('\\'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strange_lines_stay_lines_and_get_no_longer_than_they_may() {
        assert_eq!(lines(" **a**\n@everyone ", 100), "\\*\\*a\\*\\*\n@\u{2060}everyone");
        let long = lines(&"*".repeat(500), 100);
        assert!(long.chars().count() <= 100 && long.ends_with("*…"), "{long}");
    }
}
