//! What members do with a character at once: choose it, share it, delete it, bring it back, take its file along.

use bytes::Bytes;
use chrono::{DateTime, Days, Utc};
use serenity::all::{CreateActionRow, CreateSelectMenu, CreateSelectMenuKind, CreateSelectMenuOption};
use troupe_cards::card::Card;
use troupe_cards::export::{self, Exported, Failure};
use troupe_cards::import::import;

use super::ids::{CharacterButton, Verb};
use super::list::label;
use super::visit::{Shown, Visit, row};
use crate::cold::characters::{Character, Deleted, KEPT_DAYS};
use crate::discord::Reply;
use crate::domain::character::CharacterId;
use crate::features::characters::Trouble;
use crate::i18n::{Args, Text, texts};

/// The picture of a card whose character has none.
const PLAIN: &[u8] = include_bytes!("../../../assets/cards/plain.png");

/// Kinds of files that a card can be had in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileForm {
    /// A picture with the card in it.
    Png,
    /// The card alone.
    Json,
    /// An archive.
    Charx,
    /// The lorebook alone.
    Lorebook,
}

impl FileForm {
    const fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Json | Self::Lorebook => "json",
            Self::Charx => "charx",
        }
    }
}

impl Visit<'_> {
    /// A sentence about one character.
    pub(super) fn of(&self, text: Text, name: &str) -> String {
        self.say(text, &Args::new().typed("character", name))
    }

    /// `/character select`
    pub(crate) async fn select(&self, typed: Option<&str>) -> Shown {
        if let Some(typed) = typed {
            return self.choose(&self.meant(Some(typed)).await?.id.clone()).await;
        }
        self.characters().choose(self.member(), self.guild(), None).await?;
        Ok(Reply::text(self.of(texts::CHARACTER_UNCHOSEN, &self.meant(None).await?.name)))
    }

    /// Makes it the one who answers the member here.
    pub(super) async fn choose(&self, id: &CharacterId) -> Shown {
        let persona = self.characters().open(self.viewer(), id).await?;
        self.characters().choose(self.member(), self.guild(), Some(id)).await?;
        let what = if self.guild().is_some() { "server" } else { "direct" };
        let args = Args::new().typed("character", &persona.name).trusted("what", what);
        Ok(Reply::text(self.say(texts::CHARACTER_CHOSEN, &args)))
    }

    /// `/character default`, by someone who manages the server.
    pub(crate) async fn set_default(&self, typed: Option<&str>) -> Shown {
        let guild = self.guild().ok_or(Trouble::NotShared)?;
        let persona = match typed {
            Some(typed) => Some(self.meant(Some(typed)).await?),
            None => None,
        };
        let id = persona.as_ref().map(|persona| persona.id.clone());
        self.characters().set_default(&self.data().policies, (guild, self.member()), id).await?;
        Ok(Reply::text(match persona {
            Some(persona) => self.of(texts::CHARACTER_DEFAULT, &persona.name),
            None => self.of(texts::CHARACTER_DEFAULT_NONE, &self.characters().cast().default().name),
        }))
    }

    /// `/character share`: shares it here, or no more when it is shared here.
    pub(crate) async fn share(&self, typed: &str) -> Shown {
        let own = self.characters().mine(self.viewer(), typed).await?;
        self.set_shared(&own, own.guild != self.guild()).await
    }

    pub(super) async fn set_shared(&self, own: &Character, share: bool) -> Shown {
        let guild = self.guild().ok_or(Trouble::NotShared)?;
        let text = if share { texts::CHARACTER_SHARED } else { texts::CHARACTER_UNSHARED };
        if share || own.guild == Some(guild) {
            self.characters().share(own.id, self.member(), share.then_some(guild)).await?;
        }
        Ok(Reply::text(self.of(text, &own.content.name)))
    }

    /// `/character delete`: asks first.
    pub(crate) async fn sure(&self, typed: &str) -> Shown {
        let own = self.characters().mine(self.viewer(), typed).await?;
        let id = CharacterId::Custom(own.id);
        let args = Args::new().typed("character", &own.content.name).number("days", KEPT_DAYS);
        let args = args.trusted("restore", self.mention("character restore"));
        let buttons = vec![self.button(Verb::Delete, 0, Some(&id)), self.button(Verb::Keep, 0, Some(&id))];
        Ok(Reply::text(self.say(texts::CHARACTER_SURE, &args)).components(row(buttons).into_iter().collect()))
    }

    pub(super) async fn delete(&self, id: &CharacterId) -> Shown {
        let own = self.characters().mine(self.viewer(), &id.to_string()).await?;
        self.characters().delete(own.id, self.member()).await?;
        let args = Args::new()
            .typed("character", &own.content.name)
            .trusted("until", until(self.data().clock.now()))
            .trusted("restore", self.mention("character restore"));
        Ok(Reply::text(self.say(texts::CHARACTER_DELETED, &args)).components(Vec::new()))
    }

    /// `/character restore`: what can be brought back.
    pub(crate) async fn deleted(&self) -> Shown {
        let found = self.characters().deleted(self.member()).await?;
        if found.is_empty() {
            let args = Args::new().number("days", KEPT_DAYS);
            return Ok(Reply::text(self.say(texts::CHARACTER_RESTORE_NONE, &args)));
        }
        let mut lines = vec![self.say(texts::CHARACTER_RESTORE, &Args::new())];
        lines.extend(found.iter().map(|one| {
            let name: String = one.name.chars().take(40).collect();
            let args = Args::new().typed("character", &name).trusted("until", until(one.at));
            self.say(texts::CHARACTER_RESTORE_LINE, &args)
        }));
        Ok(Reply::text(lines.join("\n")).components(vec![self.restore_menu(&found)]))
    }

    fn restore_menu(&self, found: &[Deleted]) -> CreateActionRow {
        let option = |one: &Deleted| {
            CreateSelectMenuOption::new(label(&one.name), CharacterId::Custom(one.id).to_string())
        };
        let kind = CreateSelectMenuKind::String { options: found.iter().map(option).collect() };
        let id = CharacterButton { verb: Verb::Restore, number: 0, character: None };
        let placeholder = self.words().case(texts::CHARACTER_MENU, "restore");
        CreateActionRow::SelectMenu(CreateSelectMenu::new(id.to_string(), kind).placeholder(placeholder))
    }

    pub(super) async fn restore(&self, id: &CharacterId) -> Shown {
        let CharacterId::Custom(uuid) = id else { return Err(Trouble::NothingToRestore) };
        let most = self.allowance().await?.characters;
        self.characters().restore(*uuid, self.member(), most).await?;
        let own = self.characters().mine(self.viewer(), &id.to_string()).await?;
        let choose = row(vec![self.button(Verb::Choose, 0, Some(id))]);
        let text = self.of(texts::CHARACTER_RESTORED, &own.content.name);
        Ok(Reply::text(text).components(choose.into_iter().collect()))
    }

    /// `/character export`
    pub(crate) async fn export(&self, typed: &str, form: FileForm) -> Shown {
        let own = self.characters().mine(self.viewer(), typed).await?;
        let name = own.content.name.clone();
        let avatar = self.characters().avatar(own.id).await?.map(|avatar| avatar.bytes);
        let card = own.content.card;
        let exported = self.characters().at_desk(move || write(card, avatar.as_deref(), form)).await?;
        let mut text = self.of(texts::CHARACTER_EXPORTED, &name);
        if !exported.left_out.is_empty() {
            let args = Args::new().number("count", exported.left_out.len() as u64);
            text = format!("{text}\n{}", self.say(texts::CHARACTER_LEFT_OUT, &args));
        }
        let file = format!("{}.{}", file_name(&name), form.extension());
        Ok(Reply::text(text).file(file, Bytes::from(exported.bytes)))
    }
}

/// Takes its time.
fn write(card: String, avatar: Option<&[u8]>, form: FileForm) -> Result<Exported, Trouble> {
    let card = Card::read(card)?;
    let picture = avatar.unwrap_or(PLAIN);
    let written = match form {
        FileForm::Lorebook => {
            let bytes = export::lorebook(&card).ok_or(Trouble::NoBook)?;
            return Ok(Exported { bytes, left_out: Vec::new() });
        }
        FileForm::Json => export::json(&card, None).map(|bytes| Exported { bytes, left_out: Vec::new() }),
        FileForm::Png => export::png(&card, picture, None),
        FileForm::Charx => export::charx(&card, None, avatar),
    };
    let written = written.map_err(|failure| match failure {
        Failure::Picture(refusal) => Trouble::File(refusal),
        Failure::Shape(_) => Trouble::Unfit,
    })?;
    // What can't be read again is no copy.
    import(written.bytes.clone())?;
    Ok(written)
}

/// A name of a file: what Discord and every system take.
fn file_name(name: &str) -> String {
    let fit = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let parts: String = name.chars().map(fit).take(40).collect();
    let name = parts.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
    if name.is_empty() { "character".to_owned() } else { name }
}

/// Until when one that was deleted then can be brought back.
fn until(deleted: DateTime<Utc>) -> String {
    format!("<t:{}:R>", (deleted + Days::new(KEPT_DAYS)).timestamp())
}

#[cfg(test)]
mod tests {
    use troupe_cards::lore::Book;

    use super::*;

    #[test]
    fn a_file_has_a_plain_name() {
        assert_eq!(file_name("../Änne & Bob.exe"), "nne-bob-exe");
        assert_eq!(file_name("猫"), "character");
    }

    #[test]
    fn a_lorebook_goes_alone() {
        let card = |book: &str| {
            format!(
                r#"{{"spec":"chara_card_v2","spec_version":"2.0","data":{{"name":"A","character_book":{book}}}}}"#
            )
        };
        let of = |book: &str| write(card(book), None, FileForm::Lorebook).map(|written| written.bytes);
        let books = [
            r#"{"entries":[{"keys":["a"],"content":"b","x":1.0e2}],"extensions":{}}"#,
            r#"{"entries":{"7":{"uid":7,"key":["a"],"content":"b"}}}"#,
        ];
        for book in books {
            let alone: serde_json::Value = serde_json::from_slice(&of(book).expect("written")).expect("JSON");
            let read = |value: &serde_json::Value| Book::parse(value).expect("a book").entries;
            let was = Card::read(card(book)).expect("a card");
            assert_eq!(read(&alone), read(was.book().expect("a book")), "{alone}");
        }
        assert!(matches!(of("null"), Err(Trouble::NoBook)));
    }

    #[test]
    fn a_card_comes_back_from_every_form_as_it_was() {
        let text = r#"{"spec":"chara_card_v3","spec_version":"3.0","data":{"name":"A","description":"é \u00e9","x":1.0e2,"creation_date":0,"group_only_greetings":[]}}"#;
        for form in [FileForm::Json, FileForm::Png, FileForm::Charx] {
            for avatar in [None, Some(PLAIN)] {
                let written = write(text.to_owned(), avatar, form).expect("written");
                let back = import(written.bytes).expect("a card").card;
                let was = Card::read(text.to_owned()).expect("a card");
                let mut sheet = back.sheet();
                sheet.assets.clear();
                assert_eq!(sheet, was.sheet(), "{form:?}");
            }
        }
    }
}
