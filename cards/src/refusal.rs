//! Why a file is not taken. Each variant carries what a text for its reader needs; the words are the caller's.

/// Why a file isn't a card that can be taken. Sizes are bytes, positions are bytes from the start of the file or text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Nothing in it.
    #[error("the file is empty; send the card itself")]
    Empty,
    /// More than [`FILE_BYTES`](crate::limits::FILE_BYTES).
    #[error("the file has {bytes} bytes, and {limit} is the most; send a smaller picture or fewer assets")]
    FileTooLarge {
        /// What it has.
        bytes: usize,
        /// What is taken.
        limit: usize,
    },
    /// A file of a kind that carries no card.
    #[error("a {0} file carries no card; send the card's PNG, JSON or CHARX")]
    Kind(Kind),
    /// The PNG ends in the midst of a chunk, before any card.
    #[error("the PNG ends within its chunk {chunk} at {at}; download it again")]
    PngCutOff {
        /// The chunk's type, as four letters.
        chunk: String,
        /// Where the chunk begins.
        at: usize,
    },
    /// The checksum of the chunk that carries the card is wrong.
    #[error("the chunk {chunk} ({keyword}) at {at} of the PNG is damaged; download it again")]
    PngDamaged {
        /// The chunk's type, as four letters.
        chunk: String,
        /// Its keyword: `ccv3` or `chara`.
        keyword: String,
        /// Where the chunk begins.
        at: usize,
    },
    /// More chunks than [`PNG_CHUNKS`](crate::limits::PNG_CHUNKS).
    #[error("the PNG has more than {limit} chunks; save the picture anew")]
    PngChunks {
        /// What is taken.
        limit: usize,
    },
    /// A picture alone.
    #[error("the PNG has no card in it; many sites strip it, so download the original")]
    PngWithoutCard,
    /// The card's chunk is neither base64 nor JSON.
    #[error("the chunk {keyword} of the PNG is no base64; export the card again")]
    PngText {
        /// Its keyword: `ccv3` or `chara`.
        keyword: String,
    },
    /// The card, or its archive, is locked with a password.
    #[error("the card is encrypted; export it without a password")]
    Encrypted,
    /// More JSON than [`JSON_BYTES`](crate::limits::JSON_BYTES).
    #[error("the card's text has more than {limit} bytes; shorten it or its lorebook")]
    JsonTooLarge {
        /// What is taken.
        limit: usize,
    },
    /// Not text, or text in another encoding than UTF-8.
    #[error("the card's text is no UTF-8 at byte {at}; save it as UTF-8")]
    NotUtf8 {
        /// The first byte that is wrong.
        at: usize,
    },
    /// Not JSON.
    #[error("the card's JSON is broken in line {line}, column {column}: {fault:?}; export it again")]
    Json {
        /// From 1.
        line: usize,
        /// In characters, from 1.
        column: usize,
        /// What was missed there.
        fault: Syntax,
    },
    /// JSON in JSON in JSON, deeper than [`JSON_DEPTH`](crate::limits::JSON_DEPTH).
    #[error("the card's JSON is nested deeper than {limit}")]
    JsonTooDeep {
        /// What is taken.
        limit: usize,
    },
    /// More values than [`JSON_VALUES`](crate::limits::JSON_VALUES).
    #[error("the card's JSON has more than {limit} values; shorten its lorebook or extensions")]
    JsonTooMany {
        /// What is taken.
        limit: usize,
    },
    /// The archive can't be read.
    #[error("the CHARX is damaged ({0:?}); download or export it again")]
    Archive(Damage),
    /// No `card.json` at the archive's root.
    #[error("the archive has no card.json at its root, so it is no CHARX")]
    ArchiveWithoutCard,
    /// More files than [`ARCHIVE_FILES`](crate::limits::ARCHIVE_FILES).
    #[error("the CHARX has {files} files, and {limit} is the most; export it with fewer assets")]
    ArchiveFiles {
        /// What it has.
        files: usize,
        /// What is taken.
        limit: usize,
    },
    /// Unpacked, it would be larger than allowed.
    #[error("{path} of the CHARX is too large when unpacked; {limit} bytes is the most")]
    ArchiveTooLarge {
        /// The file, or all files before and with it.
        path: String,
        /// What is taken.
        limit: u64,
    },
    /// A file is packed tighter than content gets.
    #[error("{path} of the CHARX is packed like a bomb; export the card again")]
    ArchiveBomb {
        /// The file.
        path: String,
    },
    /// A path that leads out of the archive, or is too long.
    #[error("the CHARX has a file with a forbidden path, {path:?}; export the card again")]
    ArchivePath {
        /// The path, cut to a readable length.
        path: String,
    },
    /// Two files that both claim to be the card.
    #[error("the CHARX has two card.json; export the card again")]
    ArchiveTwoCards,
    /// JSON, but no card: none of the specs' fields.
    #[error("the JSON is no character card: it has neither a spec nor a name")]
    NotACard,
    /// A lorebook by itself; it has a way of its own.
    #[error("the file is a lorebook, not a character; import it as a lorebook")]
    Lorebook,
    /// More entries than [`LORE_ENTRIES`](crate::limits::LORE_ENTRIES).
    #[error("the lorebook has {entries} entries, and {limit} is the most")]
    LoreEntries {
        /// What it has.
        entries: usize,
        /// What is taken.
        limit: usize,
    },
    /// A picture that isn't PNG, JPEG, WebP or GIF, or is broken.
    #[error("the picture can't be read; use a PNG, JPEG, WebP or GIF")]
    Picture,
    /// More pixels than [`PICTURE_PIXELS`](crate::limits::PICTURE_PIXELS), or too long a side.
    #[error("the picture has {width}×{height} pixels, which is too many; make it smaller")]
    PictureTooLarge {
        /// In pixels.
        width: u32,
        /// In pixels.
        height: u32,
    },
}

/// Kinds of files that are told apart, to say what was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// A JPEG without an archive behind it.
    Jpeg,
    /// A WebP. Cards in it are outside the specs.
    Webp,
    /// A GIF.
    Gif,
    /// A PDF.
    Pdf,
    /// Anything else that isn't text.
    Other,
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Jpeg => "JPEG",
            Self::Webp => "WebP",
            Self::Gif => "GIF",
            Self::Pdf => "PDF",
            Self::Other => "binary",
        })
    }
}

/// What JSON missed where it broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Syntax {
    /// A value.
    Value,
    /// A key in quotes, or the object's end.
    Key,
    /// The colon behind a key.
    Colon,
    /// A comma, or the end of a list or object.
    Comma,
    /// The end of a text: a quote is missing.
    Quote,
    /// A known escape behind a backslash.
    Escape,
    /// A line break or another control character stands bare within a text.
    Control,
    /// A number as JSON spells them.
    Number,
    /// The end: something follows the card.
    End,
}

/// What is wrong with an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Damage {
    /// It has no directory: it was cut off, or is no zip.
    Directory,
    /// The directory names a file that isn't where it says, or is another.
    Entry(String),
    /// Two files share bytes, as in a bomb.
    Overlap(String),
    /// A file's content doesn't unpack, or not to what its checksum says.
    Content(String),
    /// A file is packed in a way other than stored or deflated.
    Method(String),
    /// It is in several parts, or uses the form for archives beyond 4 GB.
    Form,
}
