//! What the bot says, as Discord's JSON. Nothing it says can mention anyone.

use bytes::Bytes;
use serde::{Serialize, Serializer};
use serenity::all::{CreateActionRow, CreateEmbed};

use super::rest::Attachment;

/// The flag that shows a message to one member only.
const EPHEMERAL: u64 = 1 << 6;

/// A message of the bot.
#[derive(Debug, Clone, Default, Serialize)]
#[must_use]
pub struct Reply {
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    embeds: Vec<CreateEmbed>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    components: Vec<CreateActionRow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    flags: Option<u64>,
    allowed_mentions: Nobody,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attachments: Vec<Named>,
    #[serde(skip)]
    files: Vec<Attachment>,
}

/// Allowed mentions: none, always.
#[derive(Debug, Clone, Copy, Default)]
struct Nobody;

impl Serialize for Nobody {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct AllowedMentions {
            parse: [&'static str; 0],
        }
        AllowedMentions { parse: [] }.serialize(serializer)
    }
}

/// How a message's JSON names an upload.
#[derive(Debug, Clone, Serialize)]
struct Named {
    id: u64,
    filename: String,
}

/// The first answer to an interaction.
#[derive(Serialize)]
struct Callback<'a, T: Serialize> {
    r#type: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a T>,
}

impl Reply {
    /// Plain text, of up to 2,000 characters.
    pub fn text(content: impl Into<String>) -> Self {
        Self { content: Some(content.into()), ..Self::default() }
    }

    /// An embed.
    pub fn embed(embed: CreateEmbed) -> Self {
        Self { embeds: vec![embed], ..Self::default() }
    }

    /// Shown to the member who asked, and to nobody else. An edit can't change this.
    pub fn ephemeral(mut self) -> Self {
        self.flags = Some(EPHEMERAL);
        self
    }

    /// With these rows of buttons and menus.
    pub fn components(mut self, rows: Vec<CreateActionRow>) -> Self {
        self.components = rows;
        self
    }

    /// With an upload.
    pub fn file(mut self, name: impl Into<String>, data: impl Into<Bytes>) -> Self {
        let (id, name) = (self.files.len() as u64, name.into());
        self.attachments.push(Named { id, filename: name.clone() });
        self.files.push(Attachment { id, name, data: data.into() });
        self
    }

    /// The body of a first answer that shows this; uploads are not part of it.
    pub fn callback(&self) -> Bytes {
        body(&Callback { r#type: 4, data: Some(self) })
    }

    /// The uploads, taken out.
    pub(super) fn take_files(&mut self) -> Vec<Attachment> {
        std::mem::take(&mut self.files)
    }

    pub(super) fn has_files(&self) -> bool {
        !self.files.is_empty()
    }

    /// The same without what an edit may not set.
    pub(super) fn into_edit(mut self) -> Self {
        self.flags = None;
        self
    }
}

/// The body of a first answer that shows the bot as thinking.
pub(super) fn deferred(ephemeral: bool) -> Bytes {
    #[derive(Serialize)]
    struct Data {
        flags: u64,
    }
    body(&Callback { r#type: 5, data: ephemeral.then_some(&Data { flags: EPHEMERAL }) })
}

/// The body of a first answer with a message to upload beside.
pub(super) fn with_files(reply: &Reply) -> impl Serialize {
    Callback { r#type: 4, data: Some(reply) }
}

fn body(value: &impl Serialize) -> Bytes {
    Bytes::from(serde_json::to_vec(value).expect("a message's parts are all JSON"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn value(bytes: &Bytes) -> Value {
        serde_json::from_slice(bytes).unwrap()
    }

    #[test]
    fn every_reply_says_that_it_mentions_nobody() {
        let nobody = json!({"parse": []});
        for reply in
            [Reply::text("@everyone"), Reply::embed(CreateEmbed::new()).ephemeral(), Reply::default()]
        {
            assert_eq!(value(&reply.callback())["data"]["allowed_mentions"], nobody);
            assert_eq!(serde_json::to_value(reply.into_edit()).unwrap()["allowed_mentions"], nobody);
        }
    }

    #[test]
    fn a_reply_is_what_discord_expects() {
        let reply = Reply::text("hi").ephemeral().file("a.txt", "data");
        assert_eq!(
            value(&reply.callback()),
            json!({"type": 4, "data": {
                "content": "hi", "flags": 64, "allowed_mentions": {"parse": []},
                "attachments": [{"id": 0, "filename": "a.txt"}],
            }})
        );
        assert_eq!(value(&deferred(true)), json!({"type": 5, "data": {"flags": 64}}));
        assert_eq!(value(&deferred(false)), json!({"type": 5}));
    }
}
