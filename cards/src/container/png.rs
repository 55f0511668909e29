//! PNG and APNG: chunks with lengths and checksums, of which text chunks carry the card.
//!
//! V1 and V2 stand as base64 under `chara`, V3 under `ccv3`, which is preferred. Old files carry assets too, as
//! `chara-ext-asset_:{path}`.

use std::borrow::Cow;
use std::io::Read as _;
use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::read::ZlibDecoder;

use super::{Note, text};
use crate::limits::{ARCHIVE_PATH_BYTES, ASSET_BYTES, JSON_BYTES, PNG_CHUNKS, PNG_TRIES};
use crate::refusal::Refusal;

/// What begins every PNG.
pub(crate) const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// The longest keyword, in bytes. PNG's specification ends at 79, which paths of assets may pass.
const KEYWORD: usize = ARCHIVE_PATH_BYTES;

/// A PNG with a card.
#[derive(Debug, Clone)]
pub struct Png {
    bytes: Vec<u8>,
    chunks: Vec<Chunk>,
    text: String,
}

/// A chunk by where it stands. Length, type and checksum take 12 bytes.
#[derive(Debug, Clone)]
struct Chunk {
    /// The whole chunk.
    whole: Range<usize>,
    /// In lower case; empty for what is no text.
    keyword: String,
    /// How many bytes it has in the file.
    named: usize,
}

/// An asset within a PNG, as old versions of RisuAI wrote them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// What stands behind `__asset:` in its URI.
    pub path: String,
    /// Its length in the file, in bytes of base64.
    pub packed: usize,
}

fn kind(bytes: &[u8], chunk: &Chunk) -> String {
    String::from_utf8_lossy(&bytes[chunk.whole.start + 4..chunk.whole.start + 8]).into_owned()
}

fn data(chunk: &Chunk) -> Range<usize> {
    chunk.whole.start + 8..chunk.whole.end - 4
}

fn sound(bytes: &[u8], chunk: &Chunk) -> bool {
    let said = &bytes[chunk.whole.end - 4..chunk.whole.end];
    crc32fast::hash(&bytes[chunk.whole.start + 4..chunk.whole.end - 4]).to_be_bytes() == said
}

/// Whether a chunk of this type is text.
fn is_text(kind: &[u8]) -> bool {
    matches!(kind, b"tEXt" | b"zTXt" | b"iTXt")
}

/// All whole chunks up to IEND, and the name and place of one that is cut off.
fn walk(bytes: &[u8]) -> Result<(Vec<Chunk>, Option<Refusal>), Refusal> {
    let mut chunks = Vec::new();
    let mut at = SIGNATURE.len();
    loop {
        if chunks.len() == PNG_CHUNKS {
            return Err(Refusal::PngChunks { limit: PNG_CHUNKS });
        }
        let kind = bytes.get(at + 4..at + 8).unwrap_or_default();
        let cut_off = || Refusal::PngCutOff { chunk: String::from_utf8_lossy(kind).into_owned(), at };
        let Some(length) = bytes.get(at..at + 4).and_then(|four| four.try_into().ok()) else {
            return Ok((chunks, Some(cut_off())));
        };
        let length = u32::from_be_bytes(length) as usize;
        let Some(inner) = bytes.get(at..).and_then(|rest| rest.get(..length.checked_add(12)?)) else {
            return Ok((chunks, Some(cut_off())));
        };
        let data = &inner[8..inner.len() - 4];
        let name = data.iter().take(KEYWORD + 1).position(|byte| *byte == 0).unwrap_or_default();
        let keyword = if is_text(kind) {
            // Assets' paths are case-sensitive, so they are read from the data when they are asked for.
            String::from_utf8_lossy(&data[..name]).to_ascii_lowercase()
        } else {
            String::new()
        };
        chunks.push(Chunk { whole: at..at + inner.len(), keyword, named: name });
        at += inner.len();
        if kind == b"IEND" {
            return Ok((chunks, None));
        }
    }
}

/// The text of a tEXt, zTXt or iTXt chunk, unpacked as far as `limit` goes.
fn said(bytes: &[u8], chunk: &Chunk, limit: usize) -> Option<Vec<u8>> {
    let data = &bytes[data(chunk)];
    let rest = &data[data.iter().position(|byte| *byte == 0)? + 1..];
    let inflate = |packed: &[u8]| {
        let mut out = Vec::new();
        ZlibDecoder::new(packed).take(limit as u64 + 1).read_to_end(&mut out).ok()?;
        (out.len() <= limit).then_some(out)
    };
    match &bytes[chunk.whole.start + 4..chunk.whole.start + 8] {
        b"zTXt" => inflate(rest.strip_prefix(&[0])?),
        b"iTXt" => {
            let (packed, rest) = rest.split_first()?;
            let mut parts = rest.get(1..)?.splitn(3, |byte| *byte == 0);
            let text = parts.nth(2)?;
            if *packed == 1 { inflate(text) } else { Some(text.to_vec()) }
        }
        _ => Some(rest.to_vec()),
    }
}

/// The card that a chunk carries, as text.
fn card(bytes: &[u8], chunk: &Chunk) -> Result<String, Refusal> {
    let keyword = chunk.keyword.clone();
    if !sound(bytes, chunk) {
        return Err(Refusal::PngDamaged { chunk: kind(bytes, chunk), keyword, at: chunk.whole.start });
    }
    // Base64 takes four bytes for three, and may have line breaks.
    let limit = JSON_BYTES / 2 * 3;
    let Some(said) = said(bytes, chunk, limit) else { return Err(Refusal::PngText { keyword }) };
    if said.starts_with(b"rcc||") {
        return Err(Refusal::Encrypted);
    }
    let start = said.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&said).trim_ascii_start();
    if start.starts_with(b"{") {
        return text::utf8(said);
    }
    if said.len() > limit {
        return Err(Refusal::JsonTooLarge { limit: JSON_BYTES });
    }
    text::utf8(text::base64(&said, JSON_BYTES).ok_or(Refusal::PngText { keyword })?)
}

impl Png {
    /// Finds the card. What isn't taken is handed back, for it may be something else too.
    pub(super) fn open(bytes: Vec<u8>, notes: &mut Vec<Note>) -> Result<Self, (Refusal, Vec<u8>)> {
        match Self::find(&bytes, notes) {
            Ok((chunks, text)) => Ok(Self { bytes, chunks, text }),
            Err(refusal) => Err((refusal, bytes)),
        }
    }

    fn find(bytes: &[u8], notes: &mut Vec<Note>) -> Result<(Vec<Chunk>, String), Refusal> {
        let (chunks, cut_off) = walk(bytes)?;
        let mut first = None;
        let mut found = None;
        for keyword in ["ccv3", "chara"] {
            let of_it: Vec<_> = chunks.iter().filter(|chunk| chunk.keyword == keyword).collect();
            if of_it.len() > 1 {
                notes.push(Note::SeveralCards { keyword: keyword.to_owned(), count: of_it.len() });
            }
            for chunk in of_it.into_iter().take(PNG_TRIES) {
                if found.is_some() {
                    continue;
                }
                // JSON that is broken is no better than no JSON: a copy may be whole.
                match card(bytes, chunk)
                    .and_then(|text| crate::document::Document::parse(text.clone()).map(|_| text))
                {
                    Ok(text) => found = Some((chunk.whole.start, text)),
                    Err(why @ Refusal::PngDamaged { .. }) => return Err(why),
                    Err(why) => {
                        notes.push(Note::PassedOver { keyword: keyword.to_owned(), why: why.clone() });
                        first.get_or_insert(why);
                    }
                }
            }
        }
        let Some((carrier, text)) = found else {
            return Err(first.or(cut_off).unwrap_or(Refusal::PngWithoutCard));
        };
        for chunk in
            chunks.iter().filter(|chunk| chunk.whole.start != carrier && !sound(bytes, chunk)).take(16)
        {
            notes.push(Note::Checksum { chunk: kind(bytes, chunk), at: chunk.whole.start });
        }
        let end = chunks.last().map_or(SIGNATURE.len(), |chunk| chunk.whole.end);
        if cut_off.is_some() {
            notes.push(Note::CutOff);
        } else if end < bytes.len() {
            notes.push(Note::Trailing(bytes.len() - end));
        }
        Ok((chunks, text))
    }

    /// The file.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The card's JSON, as it was read.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The assets within, in the order of the file.
    pub fn assets(&self) -> Vec<Asset> {
        let named = self.chunks.iter().filter_map(|chunk| Some((self.path(chunk)?, chunk)));
        named.map(|(path, chunk)| Asset { path: path.into_owned(), packed: data(chunk).len() }).collect()
    }

    /// The path of an asset, written with the colon or, by some, without.
    fn path(&self, chunk: &Chunk) -> Option<Cow<'_, str>> {
        if !chunk.keyword.starts_with("chara-ext-asset_") {
            return None;
        }
        let data = &self.bytes[data(chunk)];
        let path = data.get("chara-ext-asset_".len()..chunk.named)?;
        Some(String::from_utf8_lossy(path.strip_prefix(b":").unwrap_or(path)))
    }

    /// An asset's bytes; of several under one path, the last.
    pub(super) fn asset(&self, path: &str) -> Result<Option<Vec<u8>>, Refusal> {
        let Some(chunk) =
            self.chunks.iter().rfind(|chunk| self.path(chunk).is_some_and(|found| found == path))
        else {
            return Ok(None);
        };
        let keyword = chunk.keyword.clone();
        if !sound(&self.bytes, chunk) {
            return Err(Refusal::PngDamaged {
                chunk: kind(&self.bytes, chunk),
                keyword,
                at: chunk.whole.start,
            });
        }
        let said = said(&self.bytes, chunk, ASSET_BYTES / 2 * 3);
        let decoded = said.and_then(|said| text::base64(&said, ASSET_BYTES));
        decoded.map(Some).ok_or(Refusal::PngText { keyword })
    }
}

/// The card that stands in a picture under a keyword, the first of several.
pub(crate) fn card_under(picture: &[u8], keyword: &str) -> Option<String> {
    let (chunks, _) = walk(picture.starts_with(SIGNATURE).then_some(picture)?).ok()?;
    let carrier = chunks.iter().find(|chunk| chunk.keyword == keyword)?;
    card(picture, carrier).ok()
}

/// A PNG without any card or asset of one in its text chunks; any other picture as it is.
pub(crate) fn without_cards(picture: &[u8]) -> Vec<u8> {
    let Some(Ok((chunks, None))) = picture.starts_with(SIGNATURE).then(|| walk(picture)) else {
        return picture.to_vec();
    };
    let mut out = SIGNATURE.to_vec();
    let carries = |chunk: &&Chunk| {
        matches!(chunk.keyword.as_str(), "ccv3" | "chara") || chunk.keyword.starts_with("chara-ext-asset_")
    };
    for chunk in chunks.iter().filter(|chunk| !carries(chunk)) {
        out.extend_from_slice(&picture[chunk.whole.clone()]);
    }
    out
}

/// The picture with these cards in it. Chunks that say the same already stay as they are, and so does everything that
/// is no card: its bytes, its order, what follows the end.
///
/// # Errors
/// [`Refusal::Picture`] when it is no PNG, or has no end.
pub(crate) fn with_cards(picture: &[u8], ccv3: &str, chara: &str) -> Result<Vec<u8>, Refusal> {
    if !picture.starts_with(SIGNATURE) {
        return Err(Refusal::Picture);
    }
    let (chunks, cut_off) = walk(picture)?;
    if cut_off.is_some() {
        return Err(Refusal::Picture);
    }
    let mut wanted = [("chara", Some(chara)), ("ccv3", Some(ccv3))];
    let mut out = Vec::with_capacity(picture.len() + 2 * (ccv3.len() + chara.len()));
    out.extend_from_slice(SIGNATURE);
    for chunk in &chunks {
        let raw = &picture[chunk.whole.clone()];
        if let Some((keyword, text)) = wanted.iter_mut().find(|(keyword, _)| *keyword == chunk.keyword) {
            match text.take() {
                Some(text) if card(picture, chunk).is_ok_and(|said| said == text) => {
                    out.extend_from_slice(raw);
                }
                Some(text) => push_card(&mut out, keyword, text),
                // A second one would be an older card, or a newer one for readers that take the last.
                None => {}
            }
            continue;
        }
        if &raw[4..8] == b"IEND" {
            for (keyword, text) in &mut wanted {
                if let Some(text) = text.take() {
                    push_card(&mut out, keyword, text);
                }
            }
        }
        out.extend_from_slice(raw);
    }
    let end = chunks.last().map_or(SIGNATURE.len(), |chunk| chunk.whole.end);
    out.extend_from_slice(&picture[end..]);
    Ok(out)
}

fn push_card(out: &mut Vec<u8>, keyword: &str, text: &str) {
    let mut data = Vec::with_capacity(text.len() / 2 * 3);
    data.extend_from_slice(keyword.as_bytes());
    data.push(0);
    data.extend_from_slice(STANDARD.encode(text).as_bytes());
    push_chunk(out, *b"tEXt", &data);
}

/// Appends a chunk with its length and checksum.
///
/// # Panics
/// When the data has 4 GB; no file of ours gets near.
fn push_chunk(out: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    let length = u32::try_from(data.len()).expect("chunks are far below 4 GB");
    out.extend_from_slice(&length.to_be_bytes());
    let start = out.len();
    out.extend_from_slice(&kind);
    out.extend_from_slice(data);
    let checksum = crc32fast::hash(&out[start..]);
    out.extend_from_slice(&checksum.to_be_bytes());
}
