//! Cards into CHARX archives.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Exported, Failure, named, upgraded};
use crate::card::assets::{Asset, Kind, Uri};
use crate::card::{Card, Sheet, Version};
use crate::container::{Container, pack, without_cards};
use crate::limits::ARCHIVE_BYTES;

/// The card in a CHARX.
///
/// From a CHARX, everything but the card keeps its bytes. From another file, or none, a new archive is made, with the
/// card in V3: assets in chunks of a PNG become files, and `picture`, of any kind, becomes the main icon where the card
/// has none that is at hand.
///
/// # Errors
/// [`Failure`].
pub fn charx(card: &Card, from: Option<&Container>, picture: Option<&[u8]>) -> Result<Exported, Failure> {
    if let Some(container @ Container::Charx(file)) = from {
        let here = container.paths();
        let left_out = named(card).filter(|path| !here.contains(path)).collect();
        return Ok(Exported { bytes: file.with_card(&card.text()), left_out });
    }
    let mut card = upgraded(card, Version::V3)?;
    let sheet = card.sheet();
    let mut list = card.field("assets").and_then(|assets| assets.as_array().cloned()).unwrap_or_default();
    let mut packing = Packing::default();
    for asset in &sheet.assets {
        if let Uri::Chunk(path) | Uri::Embedded(path) = &asset.uri
            && let Some(to) = packing.take(asset, path, from)
        {
            list[asset.index]["uri"] = format!("embeded://{to}").into();
        }
    }
    if let Some(picture) = picture.filter(|_| !packing.has_icon(&sheet)) {
        packing.put_icon(&sheet, picture, &mut list);
    }
    if !list.is_empty() || card.field("assets").is_some() {
        card.set_field("assets", list.into())?;
    }
    let files: Vec<_> =
        packing.files.iter().map(|(path, content)| (path.as_str(), content.as_slice())).collect();
    Ok(Exported { bytes: pack(&card.text(), &files), left_out: packing.left_out })
}

/// The files of an archive that is being made.
#[derive(Default)]
struct Packing {
    files: Vec<(String, Vec<u8>)>,
    /// Where each path of the source went; nowhere when it can't be carried on.
    moved: BTreeMap<String, Option<String>>,
    left_out: Vec<String>,
    bytes: u64,
}

impl Packing {
    /// Takes an asset along, once however often it is named, and says where it went.
    fn take(&mut self, asset: &Asset, path: &str, from: Option<&Container>) -> Option<String> {
        if let Some(to) = self.moved.get(path) {
            return to.clone();
        }
        let content = from.and_then(|file| file.asset(path).ok().flatten());
        let fits = |content: &[u8]| self.bytes + content.len() as u64 <= ARCHIVE_BYTES;
        // Damaged, missing or too large, it can't be carried on; the reader is told.
        let Some(content) = content.filter(|content| fits(content)) else {
            self.moved.insert(path.to_owned(), None);
            self.left_out.push(path.to_owned());
            return None;
        };
        let to = place(&asset.kind, asset.index, &asset.ext);
        self.bytes += content.len() as u64;
        self.files.push((to.clone(), content.into_owned()));
        self.moved.insert(path.to_owned(), Some(to.clone()));
        Some(to)
    }

    /// Whether the card's main icon is at hand, or at an address.
    fn has_icon(&self, sheet: &Sheet) -> bool {
        sheet.main_icon().is_some_and(|icon| match &icon.uri {
            Uri::Default => false,
            Uri::Embedded(path) | Uri::Chunk(path) => matches!(self.moved.get(path), Some(Some(_))),
            Uri::Data(_) | Uri::Remote(_) | Uri::Other(_) => true,
        })
    }

    /// Makes a picture the main icon, in the place of one that says nothing.
    fn put_icon(&mut self, sheet: &Sheet, picture: &[u8], list: &mut Vec<Value>) {
        let ext = extension(picture);
        let to = format!("assets/icon/images/main.{ext}");
        let uri = format!("embeded://{to}");
        if let Some(icon) = sheet.main_icon() {
            list[icon.index]["uri"] = uri.into();
            list[icon.index]["ext"] = ext.into();
        } else {
            list.push(json!({ "type": "icon", "uri": uri, "name": "main", "ext": ext }));
        }
        self.files.push((to, without_cards(picture)));
    }
}

/// Where a file goes, as V3 wants it: by what it is for and what it is. The number keeps paths apart, which are ASCII
/// whatever the asset is called.
fn place(kind: &Kind, index: usize, ext: &str) -> String {
    let kind = match kind {
        Kind::Other(_) => "other",
        known => known.name(),
    };
    let (folder, ext) = match ext {
        "png" | "jpg" | "jpeg" | "webp" | "gif" | "avif" | "apng" => ("images", ext),
        "mp3" | "ogg" | "wav" | "flac" => ("audio", ext),
        "mp4" | "webm" => ("video", ext),
        "otf" | "ttf" | "woff" | "woff2" => ("fonts", ext),
        _ => ("other", "bin"),
    };
    format!("assets/{kind}/{folder}/{index}.{ext}")
}

/// The extension of a picture, by its content.
fn extension(picture: &[u8]) -> &'static str {
    match picture {
        [0x89, b'P', b'N', b'G', ..] => "png",
        [0xff, 0xd8, ..] => "jpeg",
        [b'R', b'I', b'F', b'F', ..] => "webp",
        [b'G', b'I', b'F', ..] => "gif",
        _ => "unknown",
    }
}
