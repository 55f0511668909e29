//! CHARX: a zip with `card.json` at its root, and assets that `embeded://path` names. RisuAI puts it behind a JPEG.

use std::borrow::Cow;

use super::zip::{self, Archive};
use super::{Note, text};
use crate::limits::{ASSET_BYTES, JSON_BYTES};
use crate::refusal::Refusal;

/// Where the card stands.
const CARD: &str = "card.json";

/// An archive with a card.
#[derive(Debug, Clone)]
pub struct Charx {
    bytes: Vec<u8>,
    archive: Archive,
    text: String,
}

impl Charx {
    pub(super) fn open(bytes: Vec<u8>, notes: &mut Vec<Note>) -> Result<Self, Refusal> {
        let archive = Archive::open(&bytes)?;
        for entry in archive.same_paths(&bytes) {
            if entry.path == CARD {
                return Err(Refusal::ArchiveTwoCards);
            }
            notes.push(Note::SamePath(entry.shown()));
        }
        let card = archive.find(&bytes, CARD).ok_or(Refusal::ArchiveWithoutCard)?;
        let unpacked = card.unpack(&bytes, JSON_BYTES).map_err(|refusal| match refusal {
            Refusal::ArchiveTooLarge { .. } => Refusal::JsonTooLarge { limit: JSON_BYTES },
            other => other,
        })?;
        let text = text::utf8(unpacked)?;
        if let Some(locked) = archive.entries.iter().find(|entry| entry.is_encrypted()) {
            notes.push(Note::EncryptedFile(locked.shown()));
        }
        Ok(Self { bytes, archive, text })
    }

    /// The file.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The card's JSON, as it was read.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The paths of all files but the card, in the directory's order.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.archive.entries.iter().map(|entry| entry.path.as_str()).filter(|path| *path != CARD)
    }

    /// What a path holds. Unpacked when asked for, as it may be never.
    pub(super) fn file(&self, path: &str) -> Result<Option<Cow<'_, [u8]>>, Refusal> {
        let entry = self.archive.find(&self.bytes, path);
        entry.map(|entry| entry.unpack(&self.bytes, ASSET_BYTES).map(Cow::Owned)).transpose()
    }

    /// What stands before the archive, when it is a picture.
    pub(super) fn picture(&self) -> Option<&[u8]> {
        let before = &self.bytes[..self.archive.first()];
        (before.starts_with(b"\xff\xd8\xff") || before.starts_with(super::png::SIGNATURE)).then_some(before)
    }

    /// The file with this card in it; the very same bytes when the card is the same.
    pub(crate) fn with_card(&self, card: &str) -> Vec<u8> {
        if card == self.text {
            return self.bytes.clone();
        }
        self.archive
            .replace(&self.bytes, CARD, card.as_bytes())
            .expect("the card was found, in a file below 10 MB")
    }
}

/// A new archive: the card, then the files in this order.
pub(crate) fn pack(card: &str, files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut all = vec![(CARD, card.as_bytes())];
    all.extend_from_slice(files);
    zip::build(&all)
}
