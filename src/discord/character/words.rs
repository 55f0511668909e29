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
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Each text is there, tells itself from all others of its kind, and is not the one for what is not known yet.
    fn differ(kind: &str, texts: impl IntoIterator<Item = String>) {
        let mut seen = BTreeSet::new();
        for text in texts {
            let is_text = !text.trim().is_empty() && !text.contains('{') && !text.contains("Something else");
            assert!(is_text && !text.contains("Etwas anderes"), "{kind}: {text:?}");
            assert!(seen.insert(text.clone()), "{kind}: {text:?} stands for two");
        }
    }

    fn refusals() -> Vec<Refusal> {
        let (s, n) = (|| "x".to_owned(), 7);
        let mut all = vec![
            Refusal::Empty,
            Refusal::FileTooLarge { bytes: n, limit: 10 * MEGABYTE },
            Refusal::PngCutOff { chunk: s(), at: n },
            Refusal::PngDamaged { chunk: s(), keyword: s(), at: n },
            Refusal::PngChunks { limit: n },
            Refusal::PngWithoutCard,
            Refusal::PngText { keyword: s() },
            Refusal::Encrypted,
            Refusal::JsonTooLarge { limit: 5 * MEGABYTE },
            Refusal::NotUtf8 { at: n },
            Refusal::JsonTooDeep { limit: n },
            Refusal::JsonTooMany { limit: n },
            Refusal::ArchiveWithoutCard,
            Refusal::ArchiveFiles { files: n, limit: n },
            Refusal::ArchiveTooLarge { path: s(), limit: 64 << 20 },
            Refusal::ArchiveBomb { path: s() },
            Refusal::ArchivePath { path: s() },
            Refusal::ArchiveTwoCards,
            Refusal::NotACard,
            Refusal::Lorebook,
            Refusal::LoreEntries { entries: n, limit: n },
            Refusal::Picture,
            Refusal::PictureTooLarge { width: 1, height: 2 },
        ];
        all.extend([Kind::Jpeg, Kind::Webp, Kind::Gif, Kind::Pdf, Kind::Other].map(Refusal::Kind));
        let damages = [
            Damage::Directory,
            Damage::Entry(s()),
            Damage::Overlap(s()),
            Damage::Content(s()),
            Damage::Method(s()),
            Damage::Form,
        ];
        all.extend(damages.map(Refusal::Archive));
        let faults = [
            Syntax::Value,
            Syntax::Key,
            Syntax::Colon,
            Syntax::Comma,
            Syntax::Quote,
            Syntax::Escape,
            Syntax::Control,
            Syntax::Number,
            Syntax::End,
        ];
        all.extend(faults.map(|fault| Refusal::Json { line: 1, column: 2, fault }));
        all
    }

    #[test]
    fn every_value_has_a_text_of_its_own_in_every_language() {
        let (catalog, s) = (Catalog::new(), || "x".to_owned());
        for (locale, in_file) in Locale::ALL.into_iter().flat_map(|locale| [(locale, false), (locale, true)])
        {
            let words = Words { catalog: &catalog, locale, in_file };
            differ("refusals", refusals().iter().map(|refusal| words.refusal(refusal)));
            let notes = [
                container::Note::Checksum { chunk: s(), at: 1 },
                container::Note::CutOff,
                container::Note::Trailing(1),
                container::Note::SeveralCards { keyword: s(), count: 2 },
                container::Note::PassedOver { keyword: s(), why: Refusal::Empty },
                container::Note::SamePath(s()),
                container::Note::EncryptedFile(s()),
            ];
            let oddities = [
                Oddity::Newer { spec: s(), version: s() },
                Oddity::NoSpec,
                Oddity::OtherSpec(s()),
                Oddity::Flat,
                Oddity::SpecVersion(s()),
                Oddity::OldNames,
            ];
            let mut warnings = vec![
                Warning::NoName,
                Warning::DoubledKeys(vec![s()]),
                Warning::MainIcons(2),
                Warning::AssetsUnused(s(), 2),
                Warning::AssetsRemote(2),
                Warning::AssetMissing(s()),
                Warning::MoreUnknown(2),
            ];
            warnings.extend(notes.map(Warning::File));
            warnings.extend(oddities.map(Warning::Version));
            differ("warnings", warnings.iter().map(|warning| words.warning(warning)));
            let lore = [
                lore::Note::NotAnEntry,
                lore::Note::TooManyEntries,
                lore::Note::ContentTooLong,
                lore::Note::KeyTooLong(s()),
                lore::Note::TooManyKeys,
                lore::Note::BadPattern(s()),
                lore::Note::LookAround(s()),
                lore::Note::CostlyPattern(s()),
                lore::Note::UnknownDecorator(s()),
                lore::Note::UnsupportedDecorator(s()),
                lore::Note::BadDecorator(s()),
                lore::Note::UnknownPosition(9),
                lore::Note::UnknownLogic(9),
                lore::Note::Vectorized,
                lore::Note::CharacterTags,
                lore::Note::OtherSource(s()),
            ];
            differ("lore", lore.iter().map(|note| words.lore_note(note)));
            let uses = [Use::Format, Use::Prompt, Use::Greeting, Use::Shown, Use::Lore, Use::Picture];
            differ("uses", uses.map(|how| words.used(how)));
            let whys = [
                Why::Note,
                Why::Foreign,
                Why::Elsewhere,
                Why::Script,
                Why::Unknown,
                Why::Copy,
                Why::Scenes,
                Why::NoPlace,
            ];
            differ("reasons", whys.map(|why| words.kept(why)));
            let types = [Found::Null, Found::Bool, Found::Number, Found::Text, Found::List, Found::Object];
            differ("types", types.map(|found| words.found(found)));
            let downloads = [Unloaded::Elsewhere, Unloaded::Gone, Unloaded::Late, Unloaded::TooLarge];
            differ("downloads", downloads.map(|why| words.unloaded(why, MEGABYTE)));
        }
    }
}
