//! Who a character is: one that ships with Troupe, by its slug, or one that somebody made, by its number.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use uuid::Uuid;

/// A text that names no character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a character's id: `shipped:` and a slug of a-z, 0-9, `-` and `_`, or `custom:` and a UUID")]
pub struct NotACharacterId;

/// Slug of a shipped character: 1 to 64 of `a-z`, `0-9`, `-` and `_`, the first a letter or a digit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slug(String);

impl Slug {
    /// The slug with that text.
    ///
    /// # Errors
    /// [`NotACharacterId`] for any other form.
    pub fn new(text: &str) -> Result<Self, NotACharacterId> {
        let inside = |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_');
        let fits =
            (1..=64).contains(&text.len()) && text.bytes().all(inside) && !text.starts_with(['-', '_']);
        if fits { Ok(Self(text.to_owned())) } else { Err(NotACharacterId) }
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A character's identity. Names identify nothing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CharacterId {
    /// One of the cast that ships with Troupe.
    Shipped(Slug),
    /// One that a member made or brought along.
    Custom(Uuid),
}

impl fmt::Display for CharacterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shipped(slug) => write!(f, "shipped:{}", slug.as_str()),
            Self::Custom(id) => write!(f, "custom:{}", id.hyphenated()),
        }
    }
}

impl FromStr for CharacterId {
    type Err = NotACharacterId;

    fn from_str(text: &str) -> Result<Self, NotACharacterId> {
        match text.split_once(':') {
            Some(("shipped", slug)) => Slug::new(slug).map(Self::Shipped),
            Some(("custom", id)) => {
                let parsed = Uuid::try_parse(id).map_err(|_| NotACharacterId)?;
                // One spelling a character: it is a key in both stores.
                if parsed.hyphenated().to_string() == id {
                    Ok(Self::Custom(parsed))
                } else {
                    Err(NotACharacterId)
                }
            }
            _ => Err(NotACharacterId),
        }
    }
}

impl Serialize for CharacterId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CharacterId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_character_has_one_spelling() {
        for text in ["shipped:mira", "custom:0b2f1a4c-1111-4222-8333-444455556666"] {
            let id: CharacterId = text.parse().expect("an id");
            assert_eq!(id.to_string(), text);
        }
        let others = [
            "mira",
            "shipped:",
            "shipped:-a",
            "shipped:Mira",
            "shipped:a b",
            "custom:",
            "custom:x",
            "custom:0B2F1A4C-1111-4222-8333-444455556666",
            "custom:0b2f1a4c111142228333444455556666",
        ];
        for text in others {
            assert_eq!(text.parse::<CharacterId>(), Err(NotACharacterId), "{text}");
        }
    }
}
