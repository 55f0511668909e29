//! The assets that a V3 card names: what they are for, and where they are.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::read::{self, Condition, found};
use crate::limits::{ASSET_BYTES, ASSETS};

/// An element of `assets`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// What it is for.
    pub kind: Kind,
    /// Where it is.
    pub uri: Uri,
    /// What it is called; `main` has a meaning for icons and backgrounds.
    pub name: String,
    /// The extension of a file's name, without a dot; `unknown` when it isn't known.
    pub ext: String,
    /// Where it stands in `assets`.
    pub index: usize,
}

/// What an asset is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A picture of the character.
    Icon,
    /// What stands behind the character.
    Background,
    /// A picture of the member.
    UserIcon,
    /// The character in a mood.
    Emotion,
    /// Anything else; applications' own begin with `x_`.
    Other(String),
}

/// Where an asset is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Uri {
    /// `ccdefault:`, the host's own; for an icon in a PNG, the PNG.
    Default,
    /// `embeded://path`, a file in the archive. Also `embedded://`, which the specs don't know.
    Embedded(String),
    /// `__asset:path`, a chunk of the PNG.
    Chunk(String),
    /// `data:`, the asset itself, undecoded.
    Data(String),
    /// `http:` or `https:`. Never fetched here.
    Remote(String),
    /// Another scheme.
    Other(String),
}

impl Kind {
    fn of(name: &str) -> Self {
        match name {
            "icon" => Self::Icon,
            "background" => Self::Background,
            "user_icon" => Self::UserIcon,
            "emotion" => Self::Emotion,
            other => Self::Other(other.to_owned()),
        }
    }

    /// As the spec writes it.
    pub fn name(&self) -> &str {
        match self {
            Self::Icon => "icon",
            Self::Background => "background",
            Self::UserIcon => "user_icon",
            Self::Emotion => "emotion",
            Self::Other(name) => name,
        }
    }
}

impl Uri {
    /// What a URI means.
    pub fn of(uri: &str) -> Self {
        let trimmed = uri.trim();
        let after = |scheme: &str| trimmed.strip_prefix(scheme).map(str::to_owned);
        if trimmed == "ccdefault:" || trimmed.is_empty() {
            return Self::Default;
        }
        if let Some(path) = after("embeded://").or_else(|| after("embedded://")) {
            return Self::Embedded(path);
        }
        if let Some(path) = after("__asset:") {
            return Self::Chunk(path);
        }
        let scheme = trimmed.split(':').next().unwrap_or_default().to_ascii_lowercase();
        match scheme.as_str() {
            "data" => Self::Data(trimmed.to_owned()),
            "http" | "https" => Self::Remote(trimmed.to_owned()),
            _ => Self::Other(trimmed.to_owned()),
        }
    }
}

/// Reads `assets`, as many as are allowed. Elements that are no objects are passed over.
pub(super) fn read(value: Option<&Value>) -> (Vec<Asset>, Option<Condition>) {
    match value {
        None | Some(Value::Null) => (Vec::new(), None),
        Some(Value::Array(list)) => {
            let assets = list.iter().take(ASSETS).enumerate().filter(|(_, asset)| asset.is_object());
            let assets = assets.map(|(index, asset)| one(index, asset)).collect();
            let odd = list.iter().find(|asset| !asset.is_object());
            (assets, odd.map(|odd| Condition::Mended(found(odd))))
        }
        Some(other) => (Vec::new(), Some(Condition::Broken(found(other)))),
    }
}

fn one(index: usize, asset: &Value) -> Asset {
    let text = |key| read::text(asset.get(key)).0;
    let ext = text("ext").trim_start_matches('.').to_ascii_lowercase();
    Asset { kind: Kind::of(&text("type")), uri: Uri::of(&text("uri")), name: text("name"), ext, index }
}

/// The icon called `main`, or else the first.
pub(super) fn main_icon(assets: &[Asset]) -> Option<&Asset> {
    let icons = || assets.iter().filter(|asset| asset.kind == Kind::Icon);
    icons().find(|icon| icon.name == "main").or_else(|| icons().next())
}

/// The bytes within a `data:` URI (RFC 2397) in base64. `None` when it is something else, or too large.
pub fn data(uri: &str) -> Option<Cow<'static, [u8]>> {
    let (head, payload) = uri.split_once(',')?;
    if !head.to_ascii_lowercase().ends_with(";base64") || payload.len() / 4 > ASSET_BYTES / 3 {
        return None;
    }
    let tight: Vec<u8> = payload.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    STANDARD.decode(tight).ok().map(Cow::Owned)
}
