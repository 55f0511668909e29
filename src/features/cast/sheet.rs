//! A character's file: its fields, strictly read, and what becomes of them.

use std::sync::Arc;

use serde::Deserialize;

use super::{Member, files::File, folded, shipped};
use crate::domain::{
    bond::Band,
    persona::{BandManner, Example, Persona, Unlock},
};

/// Why a file is no character.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    /// It is not TOML, or has other fields.
    #[error(transparent)]
    Form(#[from] toml::de::Error),
    /// The colour.
    #[error("colour is not #rrggbb")]
    Colour,
    /// The rarity.
    #[error("rarity is none that there is")]
    Rarity,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sheet {
    name: String,
    tagline: String,
    colour: String,
    rarity: String,
    tags: Vec<String>,
    description: String,
    manner: String,
    #[serde(default)]
    lore: Vec<String>,
    greeting: String,
    examples: Vec<Line>,
    bonds: Bonds,
    #[serde(default)]
    greetings: Unlocks,
    #[serde(default)]
    secrets: Unlocks,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    user: String,
    character: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bonds {
    acquaintance: Option<String>,
    friend: Option<String>,
    trusted: Option<String>,
    close: Option<String>,
    devoted: Option<String>,
    soulbound: Option<String>,
}

impl Bonds {
    fn manners(self) -> Vec<BandManner> {
        let by_band =
            [self.acquaintance, self.friend, self.trusted, self.close, self.devoted, self.soulbound];
        let manner = |(from, manner): (Band, Option<String>)| {
            manner.map(|manner| BandManner { from, manner: manner.trim().to_owned() })
        };
        Band::ALL.into_iter().zip(by_band).filter_map(manner).collect()
    }
}

/// What opens with closeness; for strangers there is nothing to open.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Unlocks {
    friend: Option<String>,
    trusted: Option<String>,
    close: Option<String>,
    devoted: Option<String>,
    soulbound: Option<String>,
}

impl Unlocks {
    fn texts(self) -> Vec<Unlock> {
        let by_band = [None, self.friend, self.trusted, self.close, self.devoted, self.soulbound];
        let unlock = |(from, text): (Band, Option<String>)| {
            text.map(|text| Unlock { from, text: text.trim().to_owned() })
        };
        Band::ALL.into_iter().zip(by_band).filter_map(unlock).collect()
    }
}

/// Reads a character's files.
///
/// # Errors
/// A [`Fault`] when the text is no character.
pub(super) fn read(file: &File) -> Result<Member, Fault> {
    let sheet: Sheet = toml::from_str(file.text)?;
    let trimmed = |text: &str| text.trim().to_owned();
    let example = |line: Line| Example { user: trimmed(&line.user), character: trimmed(&line.character) };
    let mut persona = Persona {
        id: shipped(file.slug),
        version: String::new(),
        name: trimmed(&sheet.name),
        called: trimmed(&sheet.name),
        tagline: trimmed(&sheet.tagline),
        description: trimmed(&sheet.description),
        manner: trimmed(&sheet.manner),
        lore: sheet.lore.iter().map(|line| trimmed(line)).collect(),
        examples: sheet.examples.into_iter().map(example).collect(),
        greeting: trimmed(&sheet.greeting),
        bonds: sheet.bonds.manners(),
        alternate_greetings: Vec::new(),
        greetings: sheet.greetings.texts(),
        secrets: sheet.secrets.texts(),
        card: None,
        picture: Some(format!("{}.png?v={:08x}", file.slug, crc32fast::hash(file.avatar))),
        colour: colour(&sheet.colour).ok_or(Fault::Colour)?,
    };
    persona.version = version(&persona);
    let name = folded(&persona.name);
    let words = name.split_whitespace().chain([file.slug]).map(str::to_owned);
    let words = words.chain(sheet.tags.iter().map(|tag| folded(tag))).collect();
    Ok(Member {
        rarity: sheet.rarity.parse().map_err(|_| Fault::Rarity)?,
        tags: sheet.tags,
        words,
        name,
        persona: Arc::new(persona),
    })
}

fn colour(text: &str) -> Option<u32> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
    if digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        u32::from_str_radix(digits, 16).ok()
    } else {
        None
    }
}

/// A hash of all texts, each closed by its length, so that no two characters read the same.
fn version(persona: &Persona) -> String {
    let mut hash = crc32fast::Hasher::new();
    let mut add = |text: &str| {
        hash.update(text.as_bytes());
        hash.update(&text.len().to_le_bytes());
    };
    for text in [&persona.name, &persona.description, &persona.manner, &persona.greeting, &persona.tagline] {
        add(text);
    }
    for line in &persona.lore {
        add(line);
    }
    add("examples");
    for Example { user, character } in &persona.examples {
        add(user);
        add(character);
    }
    add("bonds");
    for BandManner { from, manner } in &persona.bonds {
        add(&from.from_level().to_string());
        add(manner);
    }
    for (kind, unlocks) in [("greetings", &persona.greetings), ("secrets", &persona.secrets)] {
        add(kind);
        for Unlock { from, text } in unlocks {
            add(&from.from_level().to_string());
            add(text);
        }
    }
    format!("{:08x}", hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = "name = 'Ada'\ntagline = 'T'\ncolour = '#0a0B0c'\nrarity = 'rare'\ntags = []\n\
        description = 'D'\nmanner = 'M'\ngreeting = 'G'\nexamples = []\nbonds = { friend = 'F', close = 'C' }\n";

    fn of(text: &str) -> Result<Member, Fault> {
        let text: &'static str = Box::leak(text.to_owned().into_boxed_str());
        read(&File { slug: "ada", text, avatar: &[] })
    }

    #[test]
    fn a_file_is_read_strictly() {
        let ada = of(WHOLE).expect("a character").persona;
        assert_eq!((ada.colour, ada.lore.len()), (0x000A_0B0C, 0));
        assert_eq!(ada.manner_towards(Band::Acquaintance), None);
        assert_eq!(ada.manner_towards(Band::Trusted), Some("F"));
        assert_eq!(ada.manner_towards(Band::Soulbound), Some("C"));
        assert!(matches!(of(&format!("age = 7\n{WHOLE}")), Err(Fault::Form(_))));
        assert!(matches!(of(&WHOLE.replace("close", "closest")), Err(Fault::Form(_))));
        let opened = of(&format!("{WHOLE}secrets = {{ close = ' S ' }}\n")).expect("a character").persona;
        assert_eq!(opened.secrets_for(Band::Trusted), [""; 0]);
        assert_eq!(opened.secrets_for(Band::Devoted), ["S"]);
        let to_strangers = format!("{WHOLE}secrets = {{ acquaintance = 'S' }}\n");
        assert!(matches!(of(&to_strangers), Err(Fault::Form(_))));
        assert!(matches!(of(&WHOLE.replace("greeting = 'G'\n", "")), Err(Fault::Form(_))));
        assert!(matches!(of(&WHOLE.replace("#0a", "0a")), Err(Fault::Colour)));
        assert!(matches!(of(&WHOLE.replace("#0a", "#+a")), Err(Fault::Colour)));
        assert!(matches!(of(&WHOLE.replace("'rare'", "'mythic'")), Err(Fault::Rarity)));
    }

    #[test]
    fn every_change_of_a_text_changes_the_version() {
        let version = |text: &str| of(text).expect("a character").persona.version.clone();
        assert_eq!(version(WHOLE), version(&format!("# a comment\n{WHOLE}")));
        let changed = [
            WHOLE.replace("'Ada'", "'Eda'"),
            WHOLE.replace("'T'", "'S'"),
            WHOLE.replace("'D'", "'DM'").replace("'M'", "''"),
            WHOLE.replace("'G'", "'H'"),
            WHOLE.replace("friend", "trusted"),
            WHOLE.replace("'C'", "'D'"),
            WHOLE.replace("examples = []", "examples = [{ user = 'U', character = 'V' }]"),
            WHOLE.replace("examples = []", "examples = [{ user = 'UV', character = '' }]"),
            format!("lore = ['L']\n{WHOLE}"),
            format!("{WHOLE}greetings = {{ friend = 'F' }}\n"),
            format!("{WHOLE}secrets = {{ friend = 'F' }}\n"),
            format!("{WHOLE}secrets = {{ close = 'F' }}\n"),
        ];
        let versions: std::collections::BTreeSet<_> =
            changed.iter().map(|text| version(text)).chain([version(WHOLE)]).collect();
        assert_eq!(versions.len(), changed.len() + 1);
    }
}
