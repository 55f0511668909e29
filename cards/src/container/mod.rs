//! The files that cards come in, told apart by their content, never by their names.

mod charx;
mod png;
mod text;
mod zip;

use std::borrow::Cow;
use std::collections::HashSet;

use crate::limits::FILE_BYTES;
use crate::refusal::{Kind, Refusal};
pub use charx::Charx;
pub(crate) use charx::pack;
pub use png::{Asset, Png};
pub(crate) use png::{card_under, with_cards, without_cards};

/// A file with a card in it. All its bytes are kept.
#[derive(Debug, Clone)]
pub enum Container {
    /// A bare card.
    Json(String),
    /// A picture, maybe animated, with the card in a text chunk.
    Png(Png),
    /// An archive with the card and its assets; a JPEG may stand before it.
    Charx(Charx),
}

/// Something about the file that a reader should know, and that hinders nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Note {
    /// A chunk that isn't the card's has a wrong checksum; the picture may be damaged.
    Checksum {
        /// Its type, as four letters.
        chunk: String,
        /// Where it begins, in bytes from the start.
        at: usize,
    },
    /// The PNG ends early, behind the card.
    CutOff,
    /// This many bytes follow the PNG's end; they are kept.
    Trailing(usize),
    /// Several chunks carry a card under this keyword; the first readable one was taken.
    SeveralCards {
        /// `ccv3` or `chara`.
        keyword: String,
        /// How many.
        count: usize,
    },
    /// A chunk that should be preferred can't be read as a card, so another was taken.
    PassedOver {
        /// `ccv3` or `chara`.
        keyword: String,
        /// What is wrong with it.
        why: Refusal,
    },
    /// Two files of the archive have this path; the last one counts.
    SamePath(String),
    /// Files of the archive are encrypted, and lost to anyone without the password; the first one's path.
    EncryptedFile(String),
}

impl Container {
    /// Finds the card's text in a file.
    ///
    /// # Errors
    /// [`Refusal`] when it is too large, of another kind, damaged where the card stands, or carries none.
    pub fn open(bytes: Vec<u8>) -> Result<(Self, Vec<Note>), Refusal> {
        if bytes.is_empty() {
            return Err(Refusal::Empty);
        }
        if bytes.len() > FILE_BYTES {
            return Err(Refusal::FileTooLarge { bytes: bytes.len(), limit: FILE_BYTES });
        }
        let mut notes = Vec::new();
        let container = match bytes.as_slice() {
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => {
                match Png::open(bytes, &mut notes) {
                    // An archive may stand behind any picture.
                    Err((Refusal::PngWithoutCard, bytes)) if zip::has_directory(&bytes) => {
                        notes.clear();
                        Self::Charx(Charx::open(bytes, &mut notes)?)
                    }
                    opened => Self::Png(opened.map_err(|(refusal, _)| refusal)?),
                }
            }
            [b'P', b'K', 3 | 5, 4 | 6, ..] => Self::Charx(Charx::open(bytes, &mut notes)?),
            // RisuAI writes an archive behind the character's picture; a program may stand there as well.
            [first, ..] if !matches!(first, b'{' | b'[' | b'"') && zip::has_directory(&bytes) => {
                Self::Charx(Charx::open(bytes, &mut notes)?)
            }
            [0xff, 0xd8, 0xff, ..] => return Err(Refusal::Kind(Kind::Jpeg)),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => {
                return Err(Refusal::Kind(Kind::Webp));
            }
            [b'G', b'I', b'F', b'8', ..] => return Err(Refusal::Kind(Kind::Gif)),
            [b'%', b'P', b'D', b'F', ..] => return Err(Refusal::Kind(Kind::Pdf)),
            _ => Self::Json(text::bare(bytes)?),
        };
        Ok((container, notes))
    }

    /// The card's JSON, as it was read.
    pub fn text(&self) -> &str {
        match self {
            Self::Json(text) => text,
            Self::Png(png) => png.text(),
            Self::Charx(charx) => charx.text(),
        }
    }

    /// The file that `embeded://path`, or a PNG's `__asset:path`, means.
    ///
    /// # Errors
    /// [`Refusal`] when it is there and can't be unpacked. `None` when it isn't there.
    pub fn asset(&self, path: &str) -> Result<Option<Cow<'_, [u8]>>, Refusal> {
        match self {
            Self::Json(_) => Ok(None),
            Self::Png(png) => png.asset(path).map(|found| found.map(Cow::Owned)),
            Self::Charx(charx) => charx.file(path),
        }
    }

    /// The paths of all files that `embeded://path` or `__asset:path` can mean; they aren't unpacked for that.
    pub fn paths(&self) -> HashSet<String> {
        match self {
            Self::Json(_) => HashSet::new(),
            Self::Png(png) => png.assets().into_iter().map(|asset| asset.path).collect(),
            Self::Charx(charx) => charx.paths().map(str::to_owned).collect(),
        }
    }

    /// The picture that the file itself is, which `ccdefault:` means for an icon: a PNG, or a JPEG before an archive.
    pub fn picture(&self) -> Option<&[u8]> {
        match self {
            Self::Json(_) => None,
            Self::Png(png) => Some(png.bytes()),
            Self::Charx(charx) => charx.picture(),
        }
    }
}
