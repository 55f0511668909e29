//! Sets that Discord counts in bits, as people write them: a number, or a list of names.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::gateway::intents;

/// Permission bits and their names.
const PERMISSIONS: [(&str, u32); 50] = [
    ("CREATE_INSTANT_INVITE", 0),
    ("KICK_MEMBERS", 1),
    ("BAN_MEMBERS", 2),
    ("ADMINISTRATOR", 3),
    ("MANAGE_CHANNELS", 4),
    ("MANAGE_GUILD", 5),
    ("ADD_REACTIONS", 6),
    ("VIEW_AUDIT_LOG", 7),
    ("PRIORITY_SPEAKER", 8),
    ("STREAM", 9),
    ("VIEW_CHANNEL", 10),
    ("SEND_MESSAGES", 11),
    ("SEND_TTS_MESSAGES", 12),
    ("MANAGE_MESSAGES", 13),
    ("EMBED_LINKS", 14),
    ("ATTACH_FILES", 15),
    ("READ_MESSAGE_HISTORY", 16),
    ("MENTION_EVERYONE", 17),
    ("USE_EXTERNAL_EMOJIS", 18),
    ("VIEW_GUILD_INSIGHTS", 19),
    ("CONNECT", 20),
    ("SPEAK", 21),
    ("MUTE_MEMBERS", 22),
    ("DEAFEN_MEMBERS", 23),
    ("MOVE_MEMBERS", 24),
    ("USE_VAD", 25),
    ("CHANGE_NICKNAME", 26),
    ("MANAGE_NICKNAMES", 27),
    ("MANAGE_ROLES", 28),
    ("MANAGE_WEBHOOKS", 29),
    ("MANAGE_GUILD_EXPRESSIONS", 30),
    ("USE_APPLICATION_COMMANDS", 31),
    ("REQUEST_TO_SPEAK", 32),
    ("MANAGE_EVENTS", 33),
    ("MANAGE_THREADS", 34),
    ("CREATE_PUBLIC_THREADS", 35),
    ("CREATE_PRIVATE_THREADS", 36),
    ("USE_EXTERNAL_STICKERS", 37),
    ("SEND_MESSAGES_IN_THREADS", 38),
    ("USE_EMBEDDED_ACTIVITIES", 39),
    ("MODERATE_MEMBERS", 40),
    ("VIEW_CREATOR_MONETIZATION_ANALYTICS", 41),
    ("USE_SOUNDBOARD", 42),
    ("CREATE_GUILD_EXPRESSIONS", 43),
    ("CREATE_EVENTS", 44),
    ("USE_EXTERNAL_SOUNDS", 45),
    ("SEND_VOICE_MESSAGES", 46),
    ("SEND_POLLS", 49),
    ("USE_EXTERNAL_APPS", 50),
    ("PIN_MESSAGES", 51),
];

/// Permissions: a number, its digits, or names such as `["SEND_MESSAGES", "EMBED_LINKS"]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Permissions(pub u64);

impl Serialize for Permissions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Permissions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bit = |name: &str| {
            let found = PERMISSIONS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
            found.map(|(_, bit)| 1 << bit).ok_or_else(|| format!("{name:?} is no permission of Discord's"))
        };
        read(&Value::deserialize(deserializer)?, "permissions", bit)
            .map(Self)
            .map_err(serde::de::Error::custom)
    }
}

/// Privileged gateway intents: names such as `["message_content"]`, or a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Intents(pub u64);

/// The privileged intents and their names.
const INTENTS: [(&str, u64); 3] = [
    ("message_content", intents::MESSAGE_CONTENT),
    ("guild_members", intents::GUILD_MEMBERS),
    ("guild_presences", intents::GUILD_PRESENCES),
];

impl Intents {
    /// The bit of a privileged intent.
    ///
    /// # Errors
    /// When there is none of that name, with a sentence that lists them.
    pub fn bit(name: &str) -> Result<u64, String> {
        let found = INTENTS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, bit)| *bit).ok_or_else(|| {
            let known = INTENTS.map(|(name, _)| name).join(", ");
            format!("{name:?} is no privileged intent; they are {known}")
        })
    }
}

impl Serialize for Intents {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(INTENTS.iter().filter(|(_, bit)| self.0 & bit != 0).map(|(name, _)| name))
    }
}

impl<'de> Deserialize<'de> for Intents {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(&Value::deserialize(deserializer)?, "intents", Self::bit)
            .map(Self)
            .map_err(serde::de::Error::custom)
    }
}

fn read(value: &Value, what: &str, bit: impl Fn(&str) -> Result<u64, String>) -> Result<u64, String> {
    let wrong = || format!("{what} are a number, its digits, or a list of names, not {value}");
    match value {
        Value::Number(number) => number.as_u64().ok_or_else(wrong),
        Value::String(text) => match text.parse() {
            Ok(bits) => Ok(bits),
            Err(_) => bit(text),
        },
        Value::Array(names) => names
            .iter()
            .map(|name| bit(name.as_str().ok_or_else(wrong)?))
            .try_fold(0, |bits, one| one.map(|one| bits | one)),
        _ => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};

    use super::*;
    use crate::world::permissions::bits;

    #[test]
    fn bits_are_read_as_number_digits_or_names() {
        for value in [json!(2112), json!("2112"), json!(["SEND_MESSAGES", "add_reactions"])] {
            let read: Permissions = from_value(value).expect("permissions");
            assert_eq!(read.0, bits::SEND_MESSAGES | bits::ADD_REACTIONS);
        }
        assert_eq!(from_value::<Intents>(json!(["message_content"])).expect("intents").0, 1 << 15);
        for value in [json!(["SING"]), json!("SING"), json!(-1), json!({}), json!([1])] {
            from_value::<Permissions>(value).expect_err("no permissions");
        }
    }
}
