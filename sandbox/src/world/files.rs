//! Uploaded files: kept in memory, within a bound, as long as their message lives.

use std::collections::{HashMap, VecDeque};

use bytes::Bytes;
use serde_json::{Value, json};

use super::message::Message;
use crate::ids::Id;

/// What all files together may take; past it the oldest are dropped, and answer 404.
pub const CAPACITY_BYTES: usize = 256 << 20;

/// A file of a message.
#[derive(Clone, Debug)]
pub struct Attachment {
    /// Its id.
    pub id: Id,
    /// The channel that its address names.
    pub channel: Id,
    /// Its name.
    pub filename: String,
    /// Alt text.
    pub description: Option<String>,
    /// Its media type.
    pub content_type: String,
    /// Its size in bytes.
    pub size: usize,
    /// Whether only one member may see it.
    pub ephemeral: bool,
}

impl Attachment {
    /// Where it can be downloaded, on the sandbox at `authority`.
    pub fn url(&self, authority: &str) -> String {
        let folder = if self.ephemeral { "ephemeral-attachments" } else { "attachments" };
        format!("http://{authority}/{folder}/{}/{}/{}", self.channel, self.id, encode(&self.filename))
    }

    /// Discord's attachment object.
    pub fn json(&self, authority: &str) -> Value {
        let url = self.url(authority);
        let mut json = json!({
            "id": self.id,
            "filename": self.filename,
            "size": self.size,
            "url": url,
            "proxy_url": url,
            "content_type": self.content_type,
        });
        if let Some(description) = &self.description {
            json["description"] = json!(description);
        }
        if self.ephemeral {
            json["ephemeral"] = json!(true);
        }
        json
    }
}

/// A file name as one segment of a path.
fn encode(name: &str) -> String {
    let mut path = url::Url::parse("http://localhost").expect("a constant address parses");
    path.path_segments_mut().expect("http has a path").push(name);
    path.path().trim_start_matches('/').to_owned()
}

/// The store of uploaded files.
#[derive(Debug, Default)]
pub struct Files {
    kept: HashMap<Id, (String, Bytes)>,
    order: VecDeque<Id>,
    bytes: usize,
}

impl Files {
    /// Keeps a file's bytes.
    pub fn keep(&mut self, id: Id, content_type: &str, bytes: Bytes) {
        self.bytes += bytes.len();
        self.order.push_back(id);
        self.kept.insert(id, (content_type.to_owned(), bytes));
        while self.bytes > CAPACITY_BYTES {
            let Some(oldest) = self.order.pop_front() else { break };
            self.drop_file(oldest);
        }
    }

    /// A file's media type and bytes.
    pub fn get(&self, id: Id) -> Option<(String, Bytes)> {
        self.kept.get(&id).cloned()
    }

    /// Drops the files of a message that is gone.
    pub fn forget(&mut self, message: &Message) {
        for attachment in &message.attachments {
            self.drop_file(attachment.id);
            self.order.retain(|id| *id != attachment.id);
        }
    }

    fn drop_file(&mut self, id: Id) {
        if let Some((_, bytes)) = self.kept.remove(&id) {
            self.bytes -= bytes.len();
        }
    }
}
