//! Words about cards and characters: every value that the cards' crate and the features give has a text.

use troupe_cards::card::{Found, Oddity, Version};
use troupe_cards::container;
use troupe_cards::lore;
use troupe_cards::refusal::{Damage, Kind, Refusal, Syntax};
use troupe_cards::report::Warning;
use troupe_cards::report::fields::{Use, Why};

use crate::discord::attachments::Unloaded;
use crate::domain::unseen::is_hidden;
use crate::i18n::{Args, Catalog, Locale, Text, plain, texts};

/// Bytes of a megabyte, as members read it.
const MEGABYTE: usize = 1024 * 1024;

/// Texts in a member's language.
#[derive(Clone, Copy)]
pub(super) struct Words<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) locale: Locale,
    /// Whether they stand in a file, which has no markup.
    pub(super) in_file: bool,
}

impl Words<'_> {
    pub(super) fn say(self, text: Text, args: &Args<'_>) -> String {
        self.catalog.format(self.locale, text, args)
    }

    /// One case of a text that has several.
    pub(super) fn case(self, text: Text, what: &str) -> String {
        self.say(text, &Args::new().trusted("what", what))
    }

    /// A stranger's words: never markup in a message, never hidden in a file.
    pub(super) fn strange(self, text: &str) -> String {
        if self.in_file { text.chars().filter(|c| !is_hidden(*c)).collect() } else { plain(text) }
    }

    fn detailed(self, text: Text, what: &str, detail: &str, number: usize) -> String {
        let args = Args::new().trusted("what", what).trusted("detail", self.strange(detail));
        self.say(text, &args.number("number", number as u64))
    }

    /// Why a file is not taken.
    pub(super) fn refusal(self, refusal: &Refusal) -> String {
        let none = String::new;
        let number = |number: usize| number.to_string();
        let (what, detail, number, more) = match refusal {
            Refusal::Empty => ("empty", none(), none(), none()),
            Refusal::FileTooLarge { limit, .. } => ("large", none(), number(limit / MEGABYTE), none()),
            Refusal::Kind(kind) => ("kind", self.case(texts::CARD_KIND, kind_name(*kind)), none(), none()),
            Refusal::PngCutOff { chunk, at } => ("cut-off", self.strange(chunk), number(*at), none()),
            Refusal::PngDamaged { keyword, at, .. } => {
                ("damaged", self.strange(keyword), number(*at), none())
            }
            Refusal::PngChunks { limit } => ("chunks", none(), number(*limit), none()),
            Refusal::PngWithoutCard => ("without-card", none(), none(), none()),
            Refusal::PngText { keyword } => ("png-text", self.strange(keyword), none(), none()),
            Refusal::Encrypted => ("encrypted", none(), none(), none()),
            Refusal::JsonTooLarge { limit } => ("json-large", none(), number(limit / MEGABYTE), none()),
            Refusal::NotUtf8 { at } => ("encoding", none(), number(*at), none()),
            Refusal::Json { line, column, fault } => {
                ("json", self.case(texts::CARD_SYNTAX, syntax_name(*fault)), number(*line), number(*column))
            }
            Refusal::JsonTooDeep { limit } => ("json-deep", none(), number(*limit), none()),
            Refusal::JsonTooMany { limit } => ("json-many", none(), number(*limit), none()),
            Refusal::Archive(damage) => ("archive", self.damage(damage), none(), none()),
            Refusal::ArchiveWithoutCard => ("archive-without-card", none(), none(), none()),
            Refusal::ArchiveFiles { files, limit } => {
                ("archive-files", none(), number(*limit), number(*files))
            }
            Refusal::ArchiveTooLarge { path, limit } => {
                ("archive-large", self.strange(path), (limit / MEGABYTE as u64).to_string(), none())
            }
            Refusal::ArchiveBomb { path } => ("archive-bomb", self.strange(path), none(), none()),
            Refusal::ArchivePath { path } => ("archive-path", self.strange(path), none(), none()),
            Refusal::ArchiveTwoCards => ("archive-two", none(), none(), none()),
            Refusal::NotACard => ("no-card", none(), none(), none()),
            Refusal::Lorebook => ("lorebook", none(), none(), none()),
            Refusal::LoreEntries { entries, limit } => {
                ("lore-entries", none(), number(*limit), number(*entries))
            }
            Refusal::Picture => ("picture", none(), none(), none()),
            Refusal::PictureTooLarge { width, height } => {
                ("picture-large", none(), width.to_string(), height.to_string())
            }
            // The enumeration may grow.
            _ => ("other", none(), none(), none()),
        };
        let args = Args::new().trusted("what", what).trusted("detail", detail);
        self.say(texts::CARD_REFUSAL, &args.trusted("number", number).trusted("more", more))
    }

    fn damage(self, damage: &Damage) -> String {
        let (what, detail) = match damage {
            Damage::Directory => ("directory", ""),
            Damage::Entry(path) => ("entry", path.as_str()),
            Damage::Overlap(path) => ("overlap", path.as_str()),
            Damage::Content(path) => ("content", path.as_str()),
            Damage::Method(path) => ("method", path.as_str()),
            Damage::Form => ("form", ""),
            _ => ("other", ""),
        };
        let args = Args::new().trusted("what", what).trusted("detail", self.strange(detail));
        self.say(texts::CARD_DAMAGE, &args)
    }

    /// Why a file can't be had.
    pub(super) fn unloaded(self, unloaded: Unloaded, most: usize) -> String {
        let what = match unloaded {
            Unloaded::Elsewhere => "elsewhere",
            Unloaded::TooLarge => "large",
            Unloaded::Gone => "gone",
            Unloaded::Late => "late",
        };
        let args = Args::new().trusted("what", what).number("number", (most / MEGABYTE) as u64);
        self.say(texts::CHARACTER_DOWNLOAD, &args)
    }

    /// Something worth telling of a card.
    pub(super) fn warning(self, warning: &Warning) -> String {
        let keys;
        let (what, detail, number) = match warning {
            Warning::File(note) => return self.file_note(note),
            Warning::Version(oddity) => return self.oddity(oddity),
            Warning::NoName => ("no-name", "", 0),
            Warning::DoubledKeys(doubled) => {
                keys = doubled.join(", ");
                ("doubled", keys.as_str(), 0)
            }
            Warning::MainIcons(count) => ("icons", "", *count),
            Warning::AssetsUnused(kind, count) => ("unused", kind.as_str(), *count),
            Warning::AssetsRemote(count) => ("remote", "", *count),
            Warning::AssetMissing(path) => ("missing", path.as_str(), 0),
            Warning::MoreUnknown(count) => ("more", "", *count),
            _ => ("other", "", 0),
        };
        self.detailed(texts::REPORT_WARNING, what, detail, number)
    }

    fn file_note(self, note: &container::Note) -> String {
        use container::Note;
        let why;
        let (what, detail, number) = match note {
            Note::Checksum { chunk, at } => ("checksum", chunk.as_str(), *at),
            Note::CutOff => ("cut-off", "", 0),
            Note::Trailing(bytes) => ("trailing", "", *bytes),
            Note::SeveralCards { keyword, count } => ("several", keyword.as_str(), *count),
            Note::PassedOver { why: refusal, .. } => {
                why = self.refusal(refusal);
                ("passed-over", why.as_str(), 0)
            }
            Note::SamePath(path) => ("same-path", path.as_str(), 0),
            Note::EncryptedFile(path) => ("encrypted", path.as_str(), 0),
            _ => ("other", "", 0),
        };
        self.detailed(texts::REPORT_FILE, what, detail, number)
    }

    fn oddity(self, oddity: &Oddity) -> String {
        let said;
        let (what, detail) = match oddity {
            Oddity::Newer { spec, version } => {
                said = format!("{spec} {version}");
                ("newer", said.as_str())
            }
            Oddity::NoSpec => ("no-spec", ""),
            Oddity::OtherSpec(spec) => ("other-spec", spec.as_str()),
            Oddity::Flat => ("flat", ""),
            Oddity::SpecVersion(version) => ("spec-version", version.as_str()),
            Oddity::OldNames => ("old-names", ""),
            _ => ("other", ""),
        };
        let args = Args::new().trusted("what", what).trusted("detail", self.strange(detail));
        self.say(texts::REPORT_ODDITY, &args)
    }

    /// What of a lorebook's entry can't run.
    pub(super) fn lore_note(self, note: &lore::Note) -> String {
        use lore::Note;
        let number;
        let (what, detail) = match note {
            Note::NotAnEntry => ("no-entry", ""),
            Note::TooManyEntries => ("many-entries", ""),
            Note::ContentTooLong => ("long-content", ""),
            Note::KeyTooLong(key) => ("long-key", key.as_str()),
            Note::TooManyKeys => ("many-keys", ""),
            Note::BadPattern(pattern) => ("bad-pattern", pattern.as_str()),
            Note::LookAround(pattern) => ("look-around", pattern.as_str()),
            Note::CostlyPattern(pattern) => ("costly-pattern", pattern.as_str()),
            Note::UnknownDecorator(name) => ("unknown-decorator", name.as_str()),
            Note::UnsupportedDecorator(name) => ("unsupported-decorator", name.as_str()),
            Note::BadDecorator(name) => ("bad-decorator", name.as_str()),
            Note::UnknownPosition(position) => {
                number = position.to_string();
                ("position", number.as_str())
            }
            Note::UnknownLogic(logic) => {
                number = logic.to_string();
                ("logic", number.as_str())
            }
            Note::Vectorized => ("vectorized", ""),
            Note::CharacterTags => ("character-tags", ""),
            Note::OtherSource(source) => ("other-source", source.as_str()),
        };
        let args = Args::new().trusted("what", what).trusted("detail", self.strange(detail));
        self.say(texts::REPORT_LORE, &args)
    }

    /// What a field is used for.
    pub(super) fn used(self, how: Use) -> String {
        let what = match how {
            Use::Format => "format",
            Use::Prompt => "prompt",
            Use::Greeting => "greeting",
            Use::Shown => "shown",
            Use::Lore => "lore",
            Use::Picture => "picture",
        };
        self.case(texts::REPORT_USE, what)
    }

    /// Why a field is only kept.
    pub(super) fn kept(self, why: Why) -> String {
        let what = match why {
            Why::Note => "note",
            Why::Foreign => "foreign",
            Why::Elsewhere => "elsewhere",
            Why::Script => "script",
            Why::Unknown => "unknown",
            Why::Copy => "copy",
            Why::Scenes => "scenes",
            Why::NoPlace => "no-place",
        };
        self.case(texts::REPORT_WHY, what)
    }

    /// A type of JSON.
    pub(super) fn found(self, found: Found) -> String {
        let what = match found {
            Found::Null => "null",
            Found::Bool => "bool",
            Found::Number => "number",
            Found::Text => "text",
            Found::List => "list",
            Found::Object => "object",
        };
        self.case(texts::REPORT_FOUND, what)
    }
}

/// A version of the cards' spec, as people call it.
pub(super) const fn version_name(version: Version) -> &'static str {
    match version {
        Version::V1 => "V1",
        Version::V2 => "V2",
        Version::V3 => "V3",
    }
}

const fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Jpeg => "jpeg",
        Kind::Webp => "webp",
        Kind::Gif => "gif",
        Kind::Pdf => "pdf",
        _ => "other",
    }
}

const fn syntax_name(syntax: Syntax) -> &'static str {
    match syntax {
        Syntax::Value => "value",
        Syntax::Key => "key",
        Syntax::Colon => "colon",
        Syntax::Comma => "comma",
        Syntax::Quote => "quote",
        Syntax::Escape => "escape",
        Syntax::Control => "control",
        Syntax::Number => "number",
        Syntax::End => "end",
        _ => "other",
    }
}

#[cfg(test)]
mod tests;
