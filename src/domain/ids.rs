//! Identities: one type a kind of thing, so that a guild's id can't stand where a member's belongs.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::snowflake;

/// A text or a number is no id of Discord's: ids are positive and have 63 bits at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a Discord id: an id is a number of up to 19 digits, above 0")]
pub struct NotAnId;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        ///
        /// Always from 1 to 2^63 − 1, which is what PostgreSQL's `bigint` can hold. Written as decimal digits; in
        /// JSON as a string, since 64 bits don't fit the numbers of every reader.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(i64);

        impl $name {
            /// The id with that number.
            ///
            /// # Errors
            /// [`NotAnId`] for 0 and for numbers of 64 bits.
            pub fn new(number: u64) -> Result<Self, NotAnId> {
                i64::try_from(number).ok().filter(|number| *number > 0).map(Self).ok_or(NotAnId)
            }

            /// The number.
            pub const fn get(self) -> u64 {
                self.0.unsigned_abs()
            }

            /// The number as a database keeps it.
            pub const fn to_i64(self) -> i64 {
                self.0
            }

            /// When it was made, in milliseconds since 1970.
            pub const fn made_at_ms(self) -> i64 {
                snowflake::time_ms(self.0)
            }
        }

        impl TryFrom<i64> for $name {
            type Error = NotAnId;

            fn try_from(number: i64) -> Result<Self, NotAnId> {
                if number > 0 { Ok(Self(number)) } else { Err(NotAnId) }
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                text.parse::<u64>().map_err(|_| NotAnId).and_then(Self::new)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                text.parse().map_err(D::Error::custom)
            }
        }
    )*};
}

ids! {
    /// A person.
    UserId;
    /// A server.
    GuildId;
    /// A channel or a thread.
    ChannelId;
    /// A role of a guild.
    RoleId;
    /// One use of a command or a component; the idempotency key of everything that follows from it.
    InteractionId;
    /// A scene: the id of the interaction that began it.
    SceneId;
}

/// Where someone speaks to the bot: limits and memory are kept by place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// A server.
    Guild(GuildId),
    /// A direct message with that person.
    Direct(UserId),
}

impl Place {
    /// The server, unless this is a direct message.
    pub const fn guild(self) -> Option<GuildId> {
        match self {
            Self::Guild(guild) => Some(guild),
            Self::Direct(_) => None,
        }
    }
}

impl fmt::Display for Place {
    /// The guild's id, or `dm-` and the user's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Guild(guild) => guild.fmt(f),
            Self::Direct(user) => write!(f, "dm-{user}"),
        }
    }
}

impl FromStr for Place {
    type Err = NotAnId;

    /// Reads what `Display` writes, and no other spelling: places stand in keys.
    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let place = match text.strip_prefix("dm-") {
            Some(user) => Self::Direct(user.parse()?),
            None => Self::Guild(text.parse()?),
        };
        if place.to_string() == text { Ok(place) } else { Err(NotAnId) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_has_one_spelling() {
        for text in ["42", "dm-42"] {
            assert_eq!(text.parse::<Place>().map(|place| place.to_string()), Ok(text.to_owned()));
        }
        for text in ["", "042", "dm-", "dm-042", "DM-42", "dm-dm-42", "+42"] {
            assert_eq!(text.parse::<Place>(), Err(NotAnId), "{text}");
        }
    }

    #[test]
    fn only_positive_numbers_of_63_bits_are_ids() {
        assert_eq!(UserId::new(0), Err(NotAnId));
        assert_eq!(UserId::new(u64::MAX), Err(NotAnId));
        assert_eq!(UserId::try_from(-1), Err(NotAnId));
        for text in ["", "-1", "0", "1x", "9223372036854775808", "１"] {
            assert_eq!(text.parse::<UserId>(), Err(NotAnId), "{text}");
        }
        let id: UserId = "9223372036854775807".parse().expect("the largest");
        assert_eq!((id.get(), id.to_i64()), (i64::MAX.unsigned_abs(), i64::MAX));
    }

    #[test]
    fn json_has_ids_as_strings() {
        let id = GuildId::new(42).expect("an id");
        let text = serde_json::to_string(&id).expect("JSON");
        assert_eq!(text, "\"42\"");
        assert_eq!(serde_json::from_str::<GuildId>(&text).expect("an id"), id);
        assert!(serde_json::from_str::<GuildId>("\"0\"").is_err());
    }
}
