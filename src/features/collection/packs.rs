//! The packs that ship with Troupe: lists of characters that a guild's admins open to everybody there.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::{
    domain::character::{CharacterId, Slug},
    i18n::{Locale, PerLocale},
};

/// A pack.
#[derive(Debug, Clone)]
pub struct Pack {
    /// Its identity, which guilds' settings keep.
    pub name: &'static str,
    /// What it is called, and what is in it, in each language.
    words: PerLocale<Words>,
    /// Its characters.
    pub characters: BTreeSet<CharacterId>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    title: String,
    description: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sheet {
    characters: Vec<String>,
    en: Words,
    de: Words,
}

macro_rules! files {
    ($($name:literal),+) => {
        &[$(($name, include_str!(concat!("../../../assets/packs/", $name, ".toml")))),+]
    };
}

/// The packs' files, by name, in the order in which they are shown.
const FILES: &[(&str, &str)] = files!["town", "stage", "everyone"];

impl Pack {
    /// All of them, read from what is built into the program.
    ///
    /// # Panics
    /// When a file is not a pack; the tests read all of them.
    pub fn shipped() -> Vec<Self> {
        FILES.iter().map(|(name, text)| Self::read(name, text)).collect()
    }

    fn read(name: &'static str, text: &str) -> Self {
        let sheet: Sheet = toml::from_str(text).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        let words = PerLocale::new(|locale| match locale {
            Locale::En => sheet.en.clone(),
            Locale::De => sheet.de.clone(),
        });
        let slug = |slug: &String| Slug::new(slug).unwrap_or_else(|fault| panic!("{name}: {slug}: {fault}"));
        let characters = sheet.characters.iter().map(|one| CharacterId::Shipped(slug(one))).collect();
        Self { name, words, characters }
    }

    /// What it is called: up to 80 characters.
    pub fn title(&self, locale: Locale) -> &str {
        &self.words.get(locale).title
    }

    /// What is in it: up to 100 characters.
    pub fn description(&self, locale: Locale) -> &str {
        &self.words.get(locale).description
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::collection::Rarity, features::cast::Cast};

    #[test]
    fn packs_have_whom_they_say_in_every_language() {
        let cast = Cast::shipped();
        let packs = Pack::shipped();
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/packs");
        let files = std::fs::read_dir(folder).expect("the folder").flatten();
        let files = files.filter(|file| file.path().extension().is_some_and(|ext| ext == "toml")).count();
        assert_eq!(files, packs.len(), "a file is not in the list");
        for pack in &packs {
            assert!(!pack.characters.is_empty());
            assert!(pack.characters.iter().all(|one| cast.member(one).is_some()), "{}", pack.name);
            for locale in Locale::ALL {
                assert!((1..=80).contains(&pack.title(locale).chars().count()), "{}", pack.name);
                assert!((1..=100).contains(&pack.description(locale).chars().count()), "{}", pack.name);
            }
        }
        let of = |name: &str, from: Rarity, to: Rarity| {
            let pack = packs.iter().find(|pack| pack.name == name).expect("a pack");
            let within = |rarity: Rarity| rarity >= from && rarity <= to;
            let all = cast.all().iter().filter(|member| within(member.rarity));
            let wanted: BTreeSet<_> = all.map(|member| member.persona.id.clone()).collect();
            assert_eq!(pack.characters, wanted, "{name}");
        };
        of("town", Rarity::Common, Rarity::Uncommon);
        of("stage", Rarity::Rare, Rarity::Epic);
        of("everyone", Rarity::Common, Rarity::Legendary);
        for rarity in Rarity::ALL {
            assert!(cast.all().iter().any(|member| member.rarity == *rarity), "nobody is {rarity}");
        }
    }
}
