//! Strangers' files: a card, a lorebook or a picture, read off the async threads, few at once.

use std::time::Duration;

use serde_json::Value;
use tokio::sync::Semaphore;
use troupe_cards::{
    card::{Card, TextField, Version},
    container::Container,
    import::{Import, import},
    limits::LORE_ENTRIES,
    lore::{Book, Note},
    picture::{self, Form},
    refusal::Refusal,
    report::{self, Report},
};

use super::{Characters, Trouble, edit};
use crate::cold::characters::{Avatar, Content, ContentHash};

/// Files that are read at once; a picture takes up to 256 MiB for a moment.
const AT_ONCE: usize = 2;
/// How long a file waits for its turn.
const TURN: Duration = Duration::from_secs(10);

/// Where files are read.
pub(super) struct Desk(Semaphore);

impl Desk {
    pub(super) const fn new() -> Self {
        Self(Semaphore::const_new(AT_ONCE))
    }
}

/// What a file holds.
#[derive(Debug, Clone)]
pub enum File {
    /// A character.
    Character(Box<Brought>),
    /// A lorebook by itself, as it goes into a card.
    Lorebook(Value),
}

/// A character from a file, ready to be kept.
#[derive(Debug, Clone)]
pub struct Brought {
    /// Its name and its card.
    pub content: Content,
    /// What the card comes to.
    pub hash: ContentHash,
    /// Its picture.
    pub avatar: Option<Avatar>,
    /// What its owner is told.
    pub facts: Facts,
}

/// What there is to tell of a file that was read.
#[derive(Debug, Clone)]
pub struct Facts {
    /// `png`, `json` or `charx`.
    pub form: &'static str,
    /// The version that the card follows.
    pub version: Version,
    /// What became of each field.
    pub report: Report,
    /// The lorebook's entries.
    pub lore: Vec<LoreLine>,
    /// What of the lorebook as a whole can't run.
    pub lore_notes: Vec<Note>,
    /// Files beside the card in the same file: nothing but the picture is kept of them.
    pub files: usize,
    /// Why the picture could not be taken.
    pub no_picture: Option<Refusal>,
}

/// An entry of a lorebook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoreLine {
    /// What its author calls it, or its first key.
    pub name: String,
    /// Whether it can run.
    pub runs: bool,
    /// Whether its author has switched it on.
    pub enabled: bool,
    /// What of it can't run.
    pub notes: Vec<Note>,
}

impl Characters {
    /// Does work on a stranger's file off the async threads, when it is its turn.
    ///
    /// # Errors
    /// What the work says; [`Trouble::Busy`], [`Trouble::Failed`] when it panics.
    pub async fn at_desk<T, W>(&self, work: W) -> Result<T, Trouble>
    where
        W: FnOnce() -> Result<T, Trouble> + Send + 'static,
        T: Send + 'static,
    {
        let turn = tokio::time::timeout(TURN, self.0.desk.0.acquire()).await;
        let Ok(Ok(_turn)) = turn else { return Err(Trouble::Busy) };
        tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(Trouble::Failed(error.into())))
    }

    /// Reads a file, with a name and a picture in place of its own where they are given.
    ///
    /// # Errors
    /// A [`Trouble`].
    pub async fn read(
        &self,
        bytes: Vec<u8>,
        name: Option<String>,
        picture: Option<Vec<u8>>,
    ) -> Result<File, Trouble> {
        self.at_desk(move || read(bytes, name.as_deref(), picture.as_deref())).await
    }
}

fn read(bytes: Vec<u8>, name: Option<&str>, picture: Option<&[u8]>) -> Result<File, Trouble> {
    let brought = match import(bytes.clone()) {
        Ok(import) => import,
        Err(Refusal::Lorebook) => return lorebook(bytes),
        Err(refusal) => return Err(refusal.into()),
    };
    drop(bytes);
    let (avatar, no_picture) = match picture {
        Some(picture) => (Some(avatar_of(picture)?), None),
        // A card without a picture of its own is a card all the same.
        None => match brought.avatar(Form::Png) {
            Ok(avatar) => (avatar.map(png), None),
            Err(refusal) => (None, Some(refusal)),
        },
    };
    let facts = facts(&brought, no_picture);
    let mut card = brought.card;
    if let Some(name) = name.filter(|name| !name.trim().is_empty()) {
        card.set_text(TextField::Name, name.trim()).map_err(|_| Trouble::Unfit)?;
    }
    let (content, hash) = edit::content(&card)?;
    Ok(File::Character(Box::new(Brought { content, hash, avatar, facts })))
}

fn facts(brought: &Import, no_picture: Option<Refusal>) -> Facts {
    let book = brought.card.book().and_then(|book| Book::parse(book).ok()).unwrap_or_default();
    let form = match &brought.container {
        Container::Json(_) => "json",
        Container::Png(_) => "png",
        Container::Charx(_) => "charx",
    };
    Facts {
        form,
        version: brought.card.version(),
        report: brought.report.clone(),
        lore: lore(&book),
        lore_notes: book.notes,
        files: brought.container.paths().len(),
        no_picture,
    }
}

fn lore(book: &Book) -> Vec<LoreLine> {
    let line = |entry: &troupe_cards::lore::Entry| LoreLine {
        name: if entry.name.trim().is_empty() {
            entry.keys.first().unwrap_or(&entry.id).clone()
        } else {
            entry.name.clone()
        },
        runs: entry.runs,
        enabled: entry.enabled,
        notes: entry.notes.clone(),
    };
    book.entries.iter().map(line).collect()
}

/// A lorebook by itself: what a card has as its book.
fn lorebook(bytes: Vec<u8>) -> Result<File, Trouble> {
    let (container, _) = Container::open(bytes)?;
    let value: Value = serde_json::from_str(container.text().trim_start_matches('\u{feff}'))
        .map_err(|_| Refusal::NotACard)?;
    let spec = value.get("spec").and_then(Value::as_str).unwrap_or_default().trim().to_lowercase();
    let book = match value.get("data") {
        Some(data) if spec.starts_with("lorebook") && data.is_object() => data.clone(),
        _ => value,
    };
    let entries = match book.get("entries") {
        Some(Value::Array(list)) => list.len(),
        Some(Value::Object(map)) => map.len(),
        _ => return Err(Refusal::NotACard.into()),
    };
    if entries > LORE_ENTRIES {
        return Err(Refusal::LoreEntries { entries, limit: LORE_ENTRIES }.into());
    }
    Ok(File::Lorebook(book))
}

/// A card with that lorebook; the one that it had before, and what is to be told of the new one. `now` is Unix seconds.
///
/// # Errors
/// A [`Trouble`].
pub fn with_book(card: &mut Card, book: Value, now: u64) -> Result<(Option<Value>, Facts), Trouble> {
    let before = card.book().cloned();
    card.set_book(Some(book)).map_err(|_| Trouble::Unfit)?;
    card.touch(now).map_err(|_| Trouble::Unfit)?;
    let book = card.book().and_then(|book| Book::parse(book).ok()).unwrap_or_default();
    let facts = Facts {
        form: "json",
        version: card.version(),
        report: report::of(card, None),
        lore: lore(&book),
        lore_notes: book.notes,
        files: 0,
        no_picture: None,
    };
    Ok((before, facts))
}

/// An avatar from a stranger's picture. Takes its time.
///
/// # Errors
/// A [`Trouble::File`].
pub fn avatar_of(picture: &[u8]) -> Result<Avatar, Trouble> {
    Ok(png(picture::avatar(picture, Form::Png)?))
}

fn png(avatar: picture::Avatar) -> Avatar {
    Avatar { bytes: avatar.bytes, media_type: "image/png".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_is_kept_byte_for_byte_and_a_given_name_is_put_in() {
        let text = r#"{ "spec":"chara_card_v2","spec_version":"2.0", "data":{"name":"A","description":"d\u00e9","x":1.0e2}}"#;
        let File::Character(brought) = read(text.into(), None, None).expect("a card") else {
            panic!("a book")
        };
        assert_eq!((brought.content.card.as_str(), brought.content.name.as_str()), (text, "A"));
        let File::Character(named) = read(text.into(), Some(" B "), None).expect("a card") else {
            panic!("a book")
        };
        assert_eq!(named.content.name, "B");
        let nameless = text.replace("\"A\"", "\" \"");
        assert!(matches!(read(nameless.into(), None, None), Err(Trouble::NoName)));
    }

    #[test]
    fn lorebooks_of_both_kinds_go_into_a_card() {
        let v3 = r#"{"spec":"lorebook_v3","data":{"entries":[{"keys":["a"],"content":"A"}]}}"#;
        let silly =
            r#"{"entries":{"0":{"uid":0,"key":["a"],"content":"A","order":1,"position":0,"disable":false}}}"#;
        for text in [v3, silly] {
            let File::Lorebook(book) = read(text.into(), None, None).expect("a book") else {
                panic!("a card")
            };
            let mut card = Card::create(&troupe_cards::card::New::default(), 0);
            let (before, facts) = with_book(&mut card, book, 1).expect("a card");
            assert_eq!((before, facts.lore.len()), (None, 1), "{text}");
            assert!(facts.lore[0].runs && facts.lore[0].name == "a", "{:?}", facts.lore);
        }
    }

    #[test]
    fn what_is_no_card_is_refused() {
        for bytes in [&b""[..], b"GIF89a", b"{\"a\":", b"PK\x03\x04 cut off", b"\x89PNG\r\n\x1a\n"] {
            assert!(matches!(read(bytes.to_vec(), None, None), Err(Trouble::File(_))), "{bytes:?}");
        }
        assert!(avatar_of(b"no picture").is_err());
    }
}
