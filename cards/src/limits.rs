//! What an import takes at most: a card is a stranger's file.

/// The largest file, in bytes: what Discord lets anyone attach.
pub const FILE_BYTES: usize = 10 * 1024 * 1024;

/// The longest JSON of a card, in bytes, wherever it stands (a file, a chunk, an archive).
pub const JSON_BYTES: usize = 5 * 1024 * 1024;

/// The deepest nesting of JSON. serde_json itself ends at 128.
pub const JSON_DEPTH: usize = 100;

/// The most values in a card's JSON (objects, lists, texts, numbers): each costs memory once it is read. A card with
/// 500 lore entries of SillyTavern's 40 settings has 30,000.
pub const JSON_VALUES: usize = 250_000;

/// The most entries of one lorebook.
pub const LORE_ENTRIES: usize = 500;

/// The most chunks of a PNG. An APNG has one or two a frame.
pub const PNG_CHUNKS: usize = 20_000;

/// How many chunks with the same keyword are tried until one is a card: each may have to be inflated.
pub const PNG_TRIES: usize = 4;

/// The most assets of a card that are looked at; those behind are kept.
pub const ASSETS: usize = 1_000;

/// The most files in a CHARX.
pub const ARCHIVE_FILES: usize = 1_000;

/// The longest path of a file in a CHARX, in bytes.
pub const ARCHIVE_PATH_BYTES: usize = 512;

/// What all files of a CHARX may hold when unpacked, in bytes, by their own account. Nothing but the card is unpacked
/// unasked.
pub const ARCHIVE_BYTES: u64 = 64 * 1024 * 1024;

/// One asset when unpacked, in bytes.
pub const ASSET_BYTES: usize = 16 * 1024 * 1024;

/// How many times larger than packed a file of a CHARX may be, once it is larger than [`RATIO_FREE_BYTES`]. Prose gets
/// 3 to 10 times smaller; nothing but repetition gets 100 times smaller.
pub const ARCHIVE_RATIO: u64 = 100;

/// Files of a CHARX up to this size, in bytes, may be packed as tightly as they like.
pub const RATIO_FREE_BYTES: u64 = 1024 * 1024;

/// The most pixels of a picture. Decoded, they take 4 bytes each, and a decoder may need as much again.
pub const PICTURE_PIXELS: u64 = 4096 * 4096;

/// The longest side of a picture, in pixels.
pub const PICTURE_SIDE: u32 = 16_384;

/// What a decoder may allocate for a picture, in bytes.
pub const PICTURE_BYTES: u64 = 128 * 1024 * 1024;

/// The longest side of an avatar, in pixels.
pub const AVATAR_SIDE: u32 = 512;
