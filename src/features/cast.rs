//! The cast: the characters that ship with Troupe, found by identity or by what a member types.

mod files;
mod sheet;

use std::{collections::BTreeMap, fmt, sync::Arc};

use bytes::Bytes;
use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

use self::files::FILES;
use crate::{
    config::BaseUrl,
    domain::{
        character::{CharacterId, Slug},
        collection::Rarity,
        persona::Persona,
    },
};

/// A character of the cast.
#[derive(Debug, Clone)]
pub struct Member {
    /// The character, ready to speak.
    pub persona: Arc<Persona>,
    /// How rare it is among those that members collect.
    pub rarity: Rarity,
    /// Words that it is found by.
    pub tags: Vec<String>,
    /// What is compared with what members type, folded: its slug, its name's words, its tags.
    words: Vec<String>,
    /// Its whole name, folded.
    name: String,
}

/// The characters that ship with Troupe. Clones share them.
#[derive(Clone)]
pub struct Cast {
    members: Arc<[Member]>,
    avatars_at: Option<BaseUrl>,
}

impl fmt::Debug for Cast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let slugs = self.members.iter().map(|member| member.persona.id.to_string());
        f.debug_list().entries(slugs).finish()
    }
}

impl Cast {
    /// The cast, read from what is built into the program.
    ///
    /// # Panics
    /// When a file is not a character; the tests read all of them.
    pub fn shipped() -> Self {
        let read =
            |file: &files::File| sheet::read(file).unwrap_or_else(|fault| panic!("{}: {fault}", file.slug));
        Self { members: FILES.iter().map(read).collect(), avatars_at: None }
    }

    /// The same, with the address under which Discord finds the pictures.
    #[must_use]
    pub fn with_avatars_at(self, address: Option<BaseUrl>) -> Self {
        Self { avatars_at: address, ..self }
    }

    /// All of them; the default one first.
    pub fn all(&self) -> &[Member] {
        &self.members
    }

    /// The character of that identity, if it ships with Troupe.
    pub fn get(&self, id: &CharacterId) -> Option<Arc<Persona>> {
        self.member(id).map(|member| Arc::clone(&member.persona))
    }

    /// The same, with what the collection knows of it.
    pub fn member(&self, id: &CharacterId) -> Option<&Member> {
        self.members.iter().find(|member| member.persona.id == *id)
    }

    /// Whoever answers where nobody has chosen.
    pub fn default(&self) -> Arc<Persona> {
        Arc::clone(&self.members[0].persona)
    }

    /// Those whose name, slug or tag a member may mean, the likeliest first, `most` at most. Case and accents don't
    /// count. Nothing typed: all, in their order. The text is hostile, and only compared.
    pub fn search(&self, typed: &str, most: usize) -> Vec<&Member> {
        let typed = folded(typed);
        let mut found: Vec<_> =
            self.members.iter().filter_map(|member| Some((member.likeness(&typed)?, member))).collect();
        // Stable: equals stay in their order.
        found.sort_by_key(|(likeness, _)| *likeness);
        found.into_iter().take(most).map(|(_, member)| member).collect()
    }

    /// The one that a member means by an identity, or by a name as they type it; `None`: nobody, or more than one.
    pub fn resolve(&self, typed: &str) -> Option<Arc<Persona>> {
        if let Ok(id) = typed.trim().parse() {
            return self.get(&id);
        }
        let name = folded(typed);
        if name.is_empty() {
            return None;
        }
        let whole = self.members.iter().find(|member| member.name == name);
        let found = whole.or_else(|| match *self.search(typed, 2) {
            [only] => Some(only),
            _ => None,
        });
        found.map(|member| Arc::clone(&member.persona))
    }

    /// Where Discord finds a character's picture; `None` where it has none, or no address is set.
    pub fn avatar_url(&self, persona: &Persona) -> Option<String> {
        let base = self.avatars_at.as_ref()?;
        Some(format!("{base}/{}", persona.picture.as_ref()?))
    }

    /// A character's picture, a square PNG.
    pub fn portrait(&self, id: &CharacterId) -> Option<Bytes> {
        let CharacterId::Shipped(slug) = id else { return None };
        let file = FILES.iter().find(|file| file.slug == slug.as_str())?;
        Some(Bytes::from_static(file.avatar))
    }

    /// The pictures, by file name, to be served.
    pub fn pictures(&self) -> Arc<BTreeMap<String, &'static [u8]>> {
        Arc::new(FILES.iter().map(|file| (format!("{}.png", file.slug), file.avatar)).collect())
    }
}

impl Member {
    /// How near a folded text is to it, 0 the nearest; `None` when it is not meant.
    fn likeness(&self, typed: &str) -> Option<u8> {
        if self.name.starts_with(typed) {
            Some(0)
        } else if self.words.iter().any(|word| word.starts_with(typed)) {
            Some(1)
        } else if self.name.contains(typed) {
            Some(2)
        } else {
            None
        }
    }
}

/// Most characters of a text that is compared: no name is longer.
const LONGEST: usize = 100;

/// A text without case, accents and blanks round it.
fn folded(text: &str) -> String {
    let bare = text.trim().nfkd().filter(|char| !is_combining_mark(*char)).take(LONGEST);
    bare.flat_map(char::to_lowercase).collect()
}

/// The identity of the character with that slug.
fn shipped(slug: &str) -> CharacterId {
    CharacterId::Shipped(Slug::new(slug).expect("the files are named after slugs"))
}

#[cfg(test)]
mod tests;
