//! What the bot says, as Discord's JSON. Nothing it says can mention anyone.

use bytes::Bytes;
use serde::{Serialize, Serializer};
use serenity::all::{CreateActionRow, CreateEmbed, MessageId};

use super::rest::Attachment;

/// The flag that shows a message to one member only.
const EPHEMERAL: u64 = 1 << 6;
/// The flag that keeps links from unfolding into previews.
const NO_PREVIEWS: u64 = 1 << 2;

/// A message of the bot.
#[derive(Debug, Clone, Default, Serialize)]
#[must_use]
pub struct Reply {
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    embeds: Vec<CreateEmbed>,
    #[serde(skip_serializing_if = "Option::is_none")]
    components: Option<Vec<CreateActionRow>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    flags: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_reference: Option<Reference>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    enforce_nonce: Option<bool>,
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

/// The message that one answers; gone or not.
#[derive(Debug, Clone, Copy, Serialize)]
struct Reference {
    message_id: MessageId,
    fail_if_not_exists: bool,
}

/// How a message's JSON names an upload.
#[derive(Debug, Clone, Serialize)]
struct Named {
    id: u64,
    filename: String,
    /// For those who can't see it, up to 1,024 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
}

/// Discord takes so many characters of a description.
const MOST_DESCRIPTION: usize = 1_024;

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

    /// With that text above its embeds, of up to 2,000 characters.
    pub fn with_text(mut self, content: impl Into<String>) -> Self {
        self.content = Some(content.into());
        self
    }

    /// With a further embed.
    pub fn with_embed(mut self, embed: CreateEmbed) -> Self {
        self.embeds.push(embed);
        self
    }

    /// Shown to the member who asked, and to nobody else. An edit can't change this.
    pub fn ephemeral(mut self) -> Self {
        self.flags = Some(self.flags.unwrap_or(0) | EPHEMERAL);
        self
    }

    /// With links that stay links: nobody chose what they would show. An edit leaves this as it is.
    pub fn without_previews(mut self) -> Self {
        self.flags = Some(self.flags.unwrap_or(0) | NO_PREVIEWS);
        self
    }

    /// With these rows of buttons and menus. In an edit, none takes away what there is.
    pub fn components(mut self, rows: Vec<CreateActionRow>) -> Self {
        self.components = Some(rows);
        self
    }

    /// As an answer to that message, which is not told of it.
    pub fn answering(mut self, message: MessageId) -> Self {
        self.message_reference = Some(Reference { message_id: message, fail_if_not_exists: false });
        self
    }

    /// Posted once, however often it is sent within some minutes: up to 25 characters that are its own.
    pub fn once(mut self, nonce: impl Into<String>) -> Self {
        self.nonce = Some(nonce.into());
        self.enforce_nonce = Some(true);
        self
    }

    /// With an upload.
    pub fn file(self, name: impl Into<String>, data: impl Into<Bytes>) -> Self {
        self.upload(name.into(), data.into(), None)
    }

    /// With a picture, and what it shows in words.
    pub fn picture(self, name: impl Into<String>, data: impl Into<Bytes>, shows: &str) -> Self {
        let shows = shows.chars().take(MOST_DESCRIPTION).collect();
        self.upload(name.into(), data.into(), Some(shows))
    }

    fn upload(mut self, name: String, data: Bytes, description: Option<String>) -> Self {
        let id = self.files.len() as u64;
        self.attachments.push(Named { id, filename: name.clone(), description });
        self.files.push(Attachment { id, name, data });
        self
    }

    /// The body of a first answer that shows this; uploads are not part of it.
    pub fn callback(&self) -> Bytes {
        body(&Callback { r#type: 4, data: Some(self) })
    }

    /// The body of a first answer to a button that puts this in the place of the message that it is on.
    pub(super) fn update(&self) -> Bytes {
        body(&Callback { r#type: 7, data: Some(self) })
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
        self.message_reference = None;
        self.nonce = None;
        self.enforce_nonce = None;
        self
    }

    /// The same, spoken through a webhook under another name.
    pub(super) fn spoken_by(self, username: String, avatar_url: Option<String>) -> Spoken {
        Spoken { reply: self, username, avatar_url }
    }
}

/// A message of a webhook under a name and picture of its own.
#[derive(Debug, Serialize)]
pub(super) struct Spoken {
    #[serde(flatten)]
    reply: Reply,
    username: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    avatar_url: Option<String>,
}

/// The body of a first answer that shows the bot as thinking.
pub(super) fn deferred(ephemeral: bool) -> Bytes {
    #[derive(Serialize)]
    struct Data {
        flags: u64,
    }
    body(&Callback { r#type: 5, data: ephemeral.then_some(&Data { flags: EPHEMERAL }) })
}

/// The body of a first answer to a button that shows nothing yet.
pub(super) fn deferred_update() -> Bytes {
    body(&Callback::<()> { r#type: 6, data: None })
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
        let picture = value(&Reply::text("hi").picture("a.png", "data", "A duck").callback());
        let named = json!([{"id": 0, "filename": "a.png", "description": "A duck"}]);
        assert_eq!(picture["data"]["attachments"], named);
        assert_eq!(value(&deferred(true)), json!({"type": 5, "data": {"flags": 64}}));
        assert_eq!(value(&deferred(false)), json!({"type": 5}));
    }
}
