//! Every value of a report, a note and a refusal has words.

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
    for (locale, in_file) in Locale::ALL.into_iter().flat_map(|locale| [(locale, false), (locale, true)]) {
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
