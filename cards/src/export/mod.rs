//! Cards back into files: JSON, PNG and APNG, CHARX. What wasn't changed keeps its bytes.

mod charx;

use serde_json::Value;

use crate::card::assets::Uri;
use crate::card::{Card, Version};
use crate::container::{self, Container};
use crate::document::NotAnObject;
use crate::refusal::Refusal;
pub use charx::charx;

/// A file, and what didn't fit into it, which its reader must be told (V3, `assets`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// The file.
    pub bytes: Vec<u8>,
    /// The paths of assets that the card names and this kind of file can't hold.
    pub left_out: Vec<String>,
}

/// Why a card can't be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The picture is no PNG with an end.
    #[error(transparent)]
    Picture(#[from] Refusal),
    /// A field that would have to be changed isn't of its type.
    #[error(transparent)]
    Shape(#[from] NotAnObject),
}

/// The card as JSON, byte for byte as it came but for its edits; in another version when one is asked for, of which V1
/// is none: nothing needs it.
///
/// # Errors
/// [`Failure::Shape`] when it has to be converted and can't.
pub fn json(card: &Card, version: Option<Version>) -> Result<Vec<u8>, Failure> {
    let text = match version {
        Some(version) if version > card.version() => upgraded(card, version)?.text().into_owned(),
        Some(Version::V2) if card.version() == Version::V3 => card.backfill(None)?.text().into_owned(),
        _ => card.text().into_owned(),
    };
    Ok(text.into_bytes())
}

fn upgraded(card: &Card, version: Version) -> Result<Card, NotAnObject> {
    let mut up = card.clone();
    up.upgrade(version)?;
    Ok(up)
}

/// The card's lorebook alone: `{spec: "lorebook_v3", data}` (V3), or a world file of SillyTavern where it came as one.
/// `None` where the card has none.
pub fn lorebook(card: &Card) -> Option<Vec<u8>> {
    let book = card.book()?;
    let is_world = book.get("entries").is_some_and(Value::is_object);
    let text = if is_world { book.to_string() } else { format!(r#"{{"spec":"lorebook_v3","data":{book}}}"#) };
    Some(text.into_bytes())
}

/// The card in a PNG or APNG, as `ccv3` in V3 and as `chara` for older readers. All other chunks stay as they are.
///
/// `picture` is the file that the card came in, or any PNG; `notice` is put before the creator's notes of the copy for
/// older readers, when the card is V3.
///
/// A card of V1 or V2 stands in `chara` byte for byte. Of a picture that carries the card already, unchanged, no byte
/// differs, unless one of the two chunks was missing.
///
/// # Errors
/// [`Failure`].
pub fn png(card: &Card, picture: &[u8], notice: Option<&str>) -> Result<Exported, Failure> {
    let own = card.text();
    let (ccv3, chara) = if card.version() == Version::V3 {
        let copy = match kept_copy(card, picture) {
            Some(copy) => copy,
            None => card.backfill(notice)?.text().into_owned(),
        };
        (own.into_owned(), copy)
    } else {
        (upgraded(card, Version::V3)?.text().into_owned(), own.into_owned())
    };
    let bytes = container::with_cards(picture, &ccv3, &chara)?;
    let mut left_out: Vec<String> = named(card).collect();
    if !left_out.is_empty() {
        let here = Container::open(bytes.clone()).map(|(file, _)| file.paths()).unwrap_or_default();
        left_out.retain(|path| !here.contains(path));
    }
    Ok(Exported { bytes, left_out })
}

/// The copy for older readers that stands in the picture already, when the card beside it wasn't changed.
fn kept_copy(card: &Card, picture: &[u8]) -> Option<String> {
    let text = card.text();
    container::card_under(picture, "ccv3").filter(|said| *said == text)?;
    container::card_under(picture, "chara")
}

/// The paths of files that the card's assets name.
fn named(card: &Card) -> impl Iterator<Item = String> {
    card.sheet().assets.into_iter().filter_map(|asset| match asset.uri {
        Uri::Embedded(path) | Uri::Chunk(path) => Some(path),
        _ => None,
    })
}
