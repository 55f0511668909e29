//! Message content, for those who lack its intent: other people's messages arrive blank.
//!
//! <https://docs.discord.com/developers/events/gateway#message-content-intent>

use serde_json::{Value, json};

use crate::ids::Id;

/// The message as `app` sees it without the Message Content intent; `None` if nothing is kept from it.
///
/// Content stays in the app's own messages, in direct messages, and where the app is mentioned. The
/// same holds for the message that a reply shows.
pub(super) fn blanked(message: &Value, app: Id) -> Option<Value> {
    if message.get("guild_id").is_none_or(Value::is_null) {
        return None;
    }
    let own = is_open_to(message, app);
    let answered = message.get("referenced_message").filter(|it| it.is_object() && !is_open_to(it, app));
    if own && answered.is_none() {
        return None;
    }
    let mut view = message.clone();
    if !own {
        empty(&mut view);
    }
    if answered.is_some() {
        empty(&mut view["referenced_message"]);
    }
    Some(view)
}

/// Whether `app` sent the message, by itself or through its webhook, or is mentioned in it.
fn is_open_to(message: &Value, app: Id) -> bool {
    let is_app = |user: &Value| user.get("id").and_then(id_of) == Some(app);
    message.get("author").is_some_and(is_app)
        || message.get("application_id").and_then(id_of) == Some(app)
        || message.get("mentions").and_then(Value::as_array).is_some_and(|users| users.iter().any(is_app))
}

fn id_of(value: &Value) -> Option<Id> {
    value.as_str()?.parse().ok()
}

/// Empties what people wrote. Fields that a partial update doesn't carry stay away.
fn empty(message: &mut Value) {
    let Some(fields) = message.as_object_mut() else { return };
    for (name, nothing) in
        [("content", json!("")), ("embeds", json!([])), ("attachments", json!([])), ("components", json!([]))]
    {
        if let Some(field) = fields.get_mut(name) {
            *field = nothing;
        }
    }
    fields.remove("poll");
}

#[cfg(test)]
mod tests {
    use super::*;

    const APP: Id = Id(7);

    fn message() -> Value {
        json!({
            "id": "1", "guild_id": "2", "author": { "id": "3" }, "mentions": [], "content": "hi",
            "embeds": [{}], "attachments": [{}], "components": [{}], "poll": {}, "type": 0,
        })
    }

    #[test]
    fn others_messages_are_emptied() {
        let view = blanked(&message(), APP).expect("is blanked");
        assert_eq!(
            view,
            json!({
                "id": "1", "guild_id": "2", "author": { "id": "3" }, "mentions": [], "content": "",
                "embeds": [], "attachments": [], "components": [], "type": 0,
            })
        );
    }

    #[test]
    fn own_direct_and_mentioning_messages_are_whole() {
        let mut own = message();
        own["author"]["id"] = json!("7");
        let mut direct = message();
        direct.as_object_mut().expect("is an object").remove("guild_id");
        let mut mentioning = message();
        mentioning["mentions"] = json!([{ "id": "9" }, { "id": "7" }]);
        for whole in [own, direct, mentioning] {
            assert_eq!(blanked(&whole, APP), None);
        }
    }

    #[test]
    fn the_message_a_reply_shows_is_judged_by_itself() {
        let mut reply = message();
        reply["author"]["id"] = json!("7");
        reply["referenced_message"] = message();
        let view = blanked(&reply, APP).expect("is blanked");
        assert_eq!(view["content"], "hi");
        assert_eq!(view["referenced_message"]["content"], "");
        assert_eq!(view["referenced_message"].get("poll"), None);
    }

    #[test]
    fn an_update_without_content_gains_no_fields() {
        let update = json!({ "id": "1", "guild_id": "2", "flags": 4 });
        assert_eq!(blanked(&update, APP), Some(update));
    }
}
