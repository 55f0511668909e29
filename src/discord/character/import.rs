//! Files that members bring along: cards and lorebooks.

use std::sync::Arc;
use std::time::Duration;

use moka::future::Cache;
use serenity::all::Attachment;
use troupe_cards::card::Card;
use troupe_cards::limits::FILE_BYTES;

use super::ids::Verb;
use super::report;
use super::visit::{Shown, Visit, row};
use crate::discord::attachments::{Attachments, Unloaded};
use crate::discord::rest::TransportError;
use crate::discord::{Connect, Reply};
use crate::domain::character::CharacterId;
use crate::domain::ids::{InteractionId, UserId};
use crate::error::Result;
use crate::features::characters::{Brought, Facts, File, Trouble, edit, id_of, tokens, with_book};
use crate::i18n::{Args, plain, texts};

/// Of what a member may keep beside its like, so many bytes wait for their word, for so long.
const MOST_WAITING: u64 = 32 * 1024 * 1024;
const WAITING: Duration = Duration::from_secs(15 * 60);
/// A talk that takes more than a part in so many of a day's tokens is told of.
const HEAVY: u64 = 10;
/// Files of an answer.
const REPORT: &str = "report.txt";
/// How often a lorebook is put in anew after its card was changed meanwhile.
const TRIES: u32 = 3;
const BOOK: &str = "lorebook-before.json";

/// Where members' files come in.
#[derive(Debug)]
pub(crate) struct Intake {
    attachments: Attachments,
    /// What has its like already, by the interaction that brought it, with who did.
    waiting: Cache<InteractionId, Arc<(UserId, Brought)>>,
}

impl Intake {
    /// Prepares it; connects to nothing yet.
    pub(crate) fn new(connect: &Connect) -> Result<Self, TransportError> {
        let weight = |_: &InteractionId, brought: &Arc<(UserId, Brought)>| {
            let avatar = brought.1.avatar.as_ref().map_or(0, |avatar| avatar.bytes.len());
            u32::try_from(2 * brought.1.content.card.len() + avatar).unwrap_or(u32::MAX)
        };
        let waiting =
            Cache::builder().max_capacity(MOST_WAITING).weigher(weight).time_to_live(WAITING).build();
        let attachments = Attachments::new(connect.api_url.as_ref(), connect.ca_file.as_deref())?;
        Ok(Self { attachments, waiting })
    }
}

/// What a member says beside the file.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Beside<'a> {
    /// A picture in place of the card's.
    pub(crate) picture: Option<&'a Attachment>,
    /// A name in place of the card's.
    pub(crate) name: Option<&'a str>,
    /// For whom a lorebook is.
    pub(crate) character: Option<&'a str>,
}

impl Visit<'_> {
    /// A member's file, or the text of why it can't be had.
    pub(crate) async fn load(&self, file: &Attachment) -> Result<Vec<u8>, String> {
        let loaded = if file.size as usize > FILE_BYTES {
            Err(Unloaded::TooLarge)
        } else {
            self.data().intake.attachments.load(&file.url, FILE_BYTES).await
        };
        loaded.map_err(|unloaded| self.words().unloaded(unloaded, FILE_BYTES))
    }

    /// `/character import`
    pub(crate) async fn import(&self, file: &Attachment, beside: Beside<'_>) -> Shown {
        let loaded = async {
            let picture = match beside.picture {
                Some(picture) => Some(self.load(picture).await?),
                None => None,
            };
            Ok::<_, String>((self.load(file).await?, picture))
        };
        let (bytes, picture) = match loaded.await {
            Ok(loaded) => loaded,
            Err(text) => return Ok(Reply::text(text)),
        };
        match (
            self.characters().read(bytes, beside.name.map(str::to_owned), picture).await?,
            beside.character,
        ) {
            (File::Character(brought), None) => self.brought(*brought).await,
            (File::Lorebook(book), Some(character)) => self.book(book, character).await,
            (File::Character(_), Some(_)) => Ok(self.hint(texts::IMPORT_NO_BOOK)),
            (File::Lorebook(_), None) => Ok(self.hint(texts::IMPORT_WHICH)),
        }
    }

    fn hint(&self, text: crate::i18n::Text) -> Reply {
        Reply::text(self.say(text, &Args::new().trusted("import", self.mention("character import"))))
    }

    /// Keeps a character, or asks first when the member has it already.
    async fn brought(&self, brought: Brought) -> Shown {
        let interaction = self.interaction()?;
        let (id, member) = (id_of(interaction), self.member());
        let same = self.characters().same(member, &brought.hash).await?;
        if let Some(same) = same.filter(|same| same.id != id) {
            let text = self.of(texts::IMPORT_SAME, &same.name);
            self.data().intake.waiting.insert(interaction, Arc::new((member, brought))).await;
            let both = row(vec![self.button(Verb::Both, interaction.get(), None)]);
            return Ok(Reply::text(text).components(both.into_iter().collect()));
        }
        self.keep(interaction, &brought).await
    }

    /// Keeps what that interaction brought beside its like.
    pub(super) async fn both(&self, interaction: u64) -> Shown {
        let interaction = InteractionId::new(interaction).map_err(|error| Trouble::Failed(error.into()))?;
        match self.data().intake.waiting.get(&interaction).await {
            Some(waiting) if waiting.0 == self.member() => self.keep(interaction, &waiting.1).await,
            _ => Ok(self.hint(texts::IMPORT_LATE)),
        }
    }

    async fn keep(&self, interaction: InteractionId, brought: &Brought) -> Shown {
        let allowance = self.allowance().await?;
        let new = (&brought.content, &brought.hash);
        let id = id_of(interaction);
        let own = self
            .characters()
            .keep(id, self.member(), new, brought.avatar.as_ref(), allowance.characters)
            .await?;
        let mut lines = vec![self.of(texts::IMPORT_DONE, &own.content.name)];
        lines.extend(report::summary(self.words(), &brought.facts));
        let look = self.characters().look(self.viewer(), &CharacterId::Custom(id)).await?;
        let tokens = tokens(&look.persona);
        if tokens.saturating_mul(HEAVY) > allowance.tokens.into() {
            let args = Args::new().number("tokens", tokens).number("daily", allowance.tokens.into());
            lines.push(self.say(texts::IMPORT_HEAVY, &args));
        }
        lines.push(self.say(texts::IMPORT_REPORT, &Args::new()));
        let shown = self.introduced(&own, lines, allowance.characters).await?;
        Ok(shown.file(REPORT, self.report(&own.content.name, &brought.facts)))
    }

    fn report(&self, name: &str, facts: &Facts) -> String {
        report::whole(self.words(), name, facts)
    }

    /// Gives a lorebook to one of the member's own.
    async fn book(&self, book: serde_json::Value, character: &str) -> Shown {
        let mut tries = 0;
        let (own, before, facts) = loop {
            let own = self.characters().mine(self.viewer(), character).await?;
            let (text, book, now) = (own.content.card.clone(), book.clone(), self.now());
            let work = move || {
                let mut card = Card::read(text)?;
                let (before, facts) = with_book(&mut card, book, now)?;
                Ok((before, facts, edit::content(&card)?))
            };
            let (before, facts, (content, hash)) = self.characters().at_desk(work).await?;
            match self.characters().save(own.id, self.member(), own.version, (&content, &hash)).await {
                // Its owner has just changed something else, which stays.
                Err(Trouble::Conflict) if tries < TRIES => tries += 1,
                Err(trouble) => return Err(trouble),
                Ok(_) => break (own, before, facts),
            }
        };
        let args = Args::new().trusted("character", plain(&own.content.name));
        let mut lines = vec![self.say(texts::IMPORT_BOOK, &args)];
        lines.extend(report::lore_line(self.words(), &facts));
        lines.push(self.say(texts::IMPORT_REPORT, &Args::new()));
        if before.is_some() {
            lines.push(self.say(texts::IMPORT_BOOK_BEFORE, &Args::new()));
        }
        let reply = Reply::text(lines.join("\n")).file(REPORT, self.report(&own.content.name, &facts));
        Ok(match before {
            Some(before) => reply.file(BOOK, before.to_string()),
            None => reply,
        })
    }

    /// The interaction, as the key of what it makes.
    pub(super) fn interaction(&self) -> Result<InteractionId, Trouble> {
        let id = self.invocation.actor().interaction.get();
        InteractionId::new(id).map_err(|error| Trouble::Failed(error.into()))
    }
}
