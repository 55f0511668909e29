//! A dispatch payload: serialised once, whoever receives it; only the sequence number differs.

use std::fmt::Write as _;
use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;
use serde_json::Value;

use super::blank::blanked;
use super::event::Event;
use crate::ids::Id;

/// Opcodes (<https://docs.discord.com/developers/topics/opcodes-and-status-codes#gateway-gateway-opcodes>).
pub(super) mod op {
    pub(in crate::gateway) const HEARTBEAT: u8 = 1;
    pub(in crate::gateway) const IDENTIFY: u8 = 2;
    pub(in crate::gateway) const PRESENCE_UPDATE: u8 = 3;
    pub(in crate::gateway) const VOICE_STATE_UPDATE: u8 = 4;
    pub(in crate::gateway) const RESUME: u8 = 6;
    pub(in crate::gateway) const RECONNECT: u8 = 7;
    pub(in crate::gateway) const REQUEST_GUILD_MEMBERS: u8 = 8;
    pub(in crate::gateway) const INVALID_SESSION: u8 = 9;
    pub(in crate::gateway) const HELLO: u8 = 10;
    pub(in crate::gateway) const HEARTBEAT_ACK: u8 = 11;
    pub(in crate::gateway) const REQUEST_SOUNDBOARD_SOUNDS: u8 = 31;
    pub(in crate::gateway) const REQUEST_CHANNEL_INFO: u8 = 43;
}

/// An event's data, on its way to one or more sessions.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) name: &'static str,
    data: Arc<Value>,
    /// The data as JSON, once somebody needed it.
    whole: OnceLock<Arc<str>>,
    /// The data as an application without Message Content sees it.
    blank: Mutex<Vec<(Id, Arc<str>)>>,
}

impl Frame {
    pub(super) fn new(name: &'static str, data: Arc<Value>) -> Self {
        Self { name, data, whole: OnceLock::new(), blank: Mutex::default() }
    }

    pub(super) fn of(event: &Event) -> Self {
        Self::new(event.name, Arc::clone(&event.data))
    }

    /// The interaction that this is, if it is one.
    pub(super) fn interaction(&self) -> Option<Id> {
        (self.name == "INTERACTION_CREATE").then(|| self.data.get("id")?.as_str()?.parse().ok()).flatten()
    }

    /// The payload with everything in it.
    pub(super) fn payload(&self, seq: u64) -> String {
        payload(self.name, seq, self.whole())
    }

    /// The payload for an application that lacks the Message Content intent.
    pub(super) fn payload_without_content(&self, seq: u64, app: Id) -> String {
        if !matches!(self.name, "MESSAGE_CREATE" | "MESSAGE_UPDATE") {
            return self.payload(seq);
        }
        let known = self.blank.lock().iter().find(|(of, _)| *of == app).map(|(_, json)| Arc::clone(json));
        let json = known.unwrap_or_else(|| {
            let json = match blanked(&self.data, app) {
                Some(view) => Arc::from(view.to_string()),
                None => Arc::clone(self.whole()),
            };
            self.blank.lock().push((app, Arc::clone(&json)));
            json
        });
        payload(self.name, seq, &json)
    }

    fn whole(&self) -> &Arc<str> {
        self.whole.get_or_init(|| Arc::from(self.data.to_string()))
    }
}

/// A dispatch (op 0) of data that is JSON already, its fields in the order that Discord writes them.
pub(super) fn payload(name: &str, seq: u64, data: &str) -> String {
    let mut text = String::with_capacity(name.len() + data.len() + 48);
    write!(text, r#"{{"t":"{name}","s":{seq},"op":0,"d":{data}}}"#).expect("writing to a string never fails");
    text
}

/// A payload that is no event: its sequence number and name are null.
pub(super) fn control(op: u8, data: &Value) -> String {
    format!(r#"{{"t":null,"s":null,"op":{op},"d":{data}}}"#)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn sessions_share_the_data_and_keep_their_own_numbers() {
        let frame = Frame::new("TYPING_START", Arc::new(json!({ "user_id": "1" })));
        assert_eq!(frame.payload(4), r#"{"t":"TYPING_START","s":4,"op":0,"d":{"user_id":"1"}}"#);
        let first = Arc::clone(frame.whole());
        assert_eq!(frame.payload_without_content(90, Id(1)), frame.payload(90));
        assert!(Arc::ptr_eq(&first, frame.whole()), "serialised once");
    }

    #[test]
    fn content_is_kept_from_one_application_and_shown_to_another() {
        let data = json!({ "id": "1", "guild_id": "2", "author": { "id": "3" }, "content": "hi" });
        let frame = Frame::new("MESSAGE_CREATE", Arc::new(data));
        assert!(frame.payload_without_content(1, Id(9)).contains(r#""content":"""#));
        assert!(frame.payload_without_content(1, Id(3)).contains(r#""content":"hi""#));
        assert!(frame.payload(1).contains(r#""content":"hi""#));
    }

    #[test]
    fn only_interactions_are_interactions() {
        let data = Arc::new(json!({ "id": "12" }));
        assert_eq!(Frame::new("INTERACTION_CREATE", Arc::clone(&data)).interaction(), Some(Id(12)));
        assert_eq!(Frame::new("MESSAGE_CREATE", data).interaction(), None);
    }
}
