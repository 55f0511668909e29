//! What clients ask about guilds: members (op 8), soundboard sounds (op 31), channels (op 43).

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};

use super::close::Close;
use super::event::intents;
use super::frame::Frame;
use super::hub::is_member;
use super::session::Session;
use super::socket::Connection;
use crate::ids::Id;

/// Members in one chunk.
const CHUNK: usize = 1000;
/// Members that a search by prefix or by ids finds at most.
const FOUND: usize = 100;
/// Bytes of a nonce; a longer one is ignored.
const NONCE_BYTES: usize = 32;

#[derive(Deserialize)]
struct MembersRequest {
    guild_id: OneOrMany,
    query: Option<String>,
    #[serde(default)]
    limit: usize,
    #[serde(default)]
    presences: bool,
    user_ids: Option<OneOrMany>,
    nonce: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(Id),
    Many(Vec<Id>),
}

impl OneOrMany {
    fn as_slice(&self) -> &[Id] {
        match self {
            Self::One(id) => std::slice::from_ref(id),
            Self::Many(ids) => ids,
        }
    }
}

/// Answers with `GUILD_MEMBERS_CHUNK`s. Without the intent that a request needs there is no answer, nor
/// for a guild that the bot isn't in: so does Discord.
pub(super) fn members(connection: &Connection, session: &Arc<Session>, data: Value) -> Result<(), Close> {
    let request: MembersRequest = serde_json::from_value(data).map_err(Close::decode_error)?;
    if request.query.is_none() && request.user_ids.is_none() {
        return Err(Close::decode_error("one of query and user_ids is needed"));
    }
    let whole_list = request.user_ids.is_none() && request.query.as_deref() == Some("");
    if whole_list && session.intents & intents::GUILD_MEMBERS == 0 {
        tracing::debug!(app = %session.app, "all members asked for without the intent: no answer");
        return Ok(());
    }
    let presences = request.presences && session.intents & intents::GUILD_PRESENCES != 0;
    for guild in request.guild_id.as_slice() {
        let Some(data) = guild_create(connection, session, *guild) else { continue };
        for chunk in chunks(*guild, &data, &request, presences) {
            hand(connection, session, "GUILD_MEMBERS_CHUNK", chunk);
        }
    }
    Ok(())
}

/// Answers with a guild's `SOUNDBOARD_SOUNDS`.
pub(super) fn soundboard(connection: &Connection, session: &Arc<Session>, data: Value) -> Result<(), Close> {
    #[derive(Deserialize)]
    struct Request {
        guild_ids: Vec<Id>,
    }
    let request: Request = serde_json::from_value(data).map_err(Close::decode_error)?;
    for guild in request.guild_ids {
        let Some(data) = guild_create(connection, session, guild) else { continue };
        let sounds = data.get("soundboard_sounds").cloned().unwrap_or_else(|| json!([]));
        let answer = json!({ "guild_id": guild, "soundboard_sounds": sounds });
        hand(connection, session, "SOUNDBOARD_SOUNDS", answer);
    }
    Ok(())
}

/// Answers with a guild's `CHANNEL_INFO`. Nobody is in a voice channel here, so no channel has any.
pub(super) fn channels(connection: &Connection, session: &Arc<Session>, data: Value) -> Result<(), Close> {
    #[derive(Deserialize)]
    struct Request {
        guild_id: Id,
    }
    let Request { guild_id } = serde_json::from_value(data).map_err(Close::decode_error)?;
    if guild_create(connection, session, guild_id).is_some() {
        hand(connection, session, "CHANNEL_INFO", json!({ "guild_id": guild_id, "channels": [] }));
    }
    Ok(())
}

/// All there is to know about a guild that the bot is in.
fn guild_create(connection: &Connection, session: &Session, guild: Id) -> Option<Value> {
    connection
        .sandbox
        .read(|world| is_member(world, session.app, guild).then(|| world.guild_create(guild, session.app)))
}

fn hand(connection: &Connection, session: &Arc<Session>, name: &'static str, data: Value) {
    if session.push(Arc::new(Frame::new(name, Arc::new(data)))).is_err() {
        connection.sandbox.hub.lose(session);
    }
}

/// The answer to a request, a thousand members at a time.
fn chunks(guild: Id, data: &Value, request: &MembersRequest, presences: bool) -> Vec<Value> {
    let all = data["members"].as_array().map(Vec::as_slice).unwrap_or_default();
    let (found, missing) = match &request.user_ids {
        Some(ids) => by_ids(all, ids.as_slice()),
        None => (by_query(all, request.query.as_deref().unwrap_or(""), request.limit), Vec::new()),
    };
    let nonce = request.nonce.as_ref().filter(|nonce| nonce.len() <= NONCE_BYTES);
    // Nobody found is an answer too: one empty chunk.
    let pages: Vec<&[&Value]> = if found.is_empty() { vec![&[]] } else { found.chunks(CHUNK).collect() };
    let mut chunks = Vec::with_capacity(pages.len());
    for (index, members) in pages.iter().enumerate() {
        let mut chunk = json!({
            "guild_id": guild, "members": members, "chunk_index": index, "chunk_count": pages.len(),
        });
        if presences {
            chunk["presences"] = json!(presences_of(data, members));
        }
        if let Some(nonce) = nonce {
            chunk["nonce"] = json!(nonce);
        }
        if index == 0 && !missing.is_empty() {
            chunk["not_found"] = json!(missing);
        }
        chunks.push(chunk);
    }
    chunks
}

fn by_ids<'a>(all: &'a [Value], ids: &[Id]) -> (Vec<&'a Value>, Vec<Id>) {
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    for id in ids.iter().take(FOUND) {
        match all.iter().find(|member| user_id(member) == Some(*id)) {
            Some(member) => found.push(member),
            None => missing.push(*id),
        }
    }
    (found, missing)
}

/// Members whose name or nickname begins with `query`; an empty one finds everybody.
fn by_query<'a>(all: &'a [Value], query: &str, limit: usize) -> Vec<&'a Value> {
    let limit = match (query.is_empty(), limit) {
        (true, 0) => usize::MAX,
        (true, limit) => limit,
        (false, 0) => FOUND,
        (false, limit) => limit.min(FOUND),
    };
    let query = query.to_lowercase();
    let begins = |name: &Value| name.as_str().is_some_and(|name| name.to_lowercase().starts_with(&query));
    let names = |member: &Value| begins(&member["user"]["username"]) || begins(&member["nick"]);
    all.iter().filter(|member| query.is_empty() || names(member)).take(limit).collect()
}

fn presences_of<'a>(data: &'a Value, members: &[&Value]) -> Vec<&'a Value> {
    let all = data["presences"].as_array().map(Vec::as_slice).unwrap_or_default();
    let ids: Vec<_> = members.iter().map(|member| &member["user"]["id"]).collect();
    all.iter().filter(|presence| ids.contains(&&presence["user"]["id"])).collect()
}

fn user_id(member: &Value) -> Option<Id> {
    member["user"]["id"].as_str()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guild(members: usize) -> Value {
        let member = |n: usize| json!({ "user": { "id": n.to_string(), "username": format!("user{n}") }, "nick": if n == 7 { json!("Zoe") } else { Value::Null } });
        json!({ "members": (0..members).map(member).collect::<Vec<_>>(), "presences": [{ "user": { "id": "3" } }] })
    }

    fn ask(request: Value, members: usize) -> Vec<Value> {
        let request = serde_json::from_value(request).expect("is a request");
        chunks(Id(1), &guild(members), &request, true)
    }

    #[test]
    fn everybody_comes_in_chunks_of_a_thousand() {
        let chunks = ask(json!({ "guild_id": "1", "query": "", "limit": 0, "nonce": "n" }), 2500);
        let sizes: Vec<_> =
            chunks.iter().map(|chunk| chunk["members"].as_array().expect("a list").len()).collect();
        assert_eq!(sizes, [1000, 1000, 500]);
        assert_eq!(chunks[2]["chunk_index"], 2);
        assert_eq!(chunks[2]["chunk_count"], 3);
        assert_eq!(chunks[2]["nonce"], "n");
        assert_eq!(chunks[0]["presences"], json!([{ "user": { "id": "3" } }]));
        assert_eq!(chunks[1]["presences"], json!([]));
    }

    #[test]
    fn a_search_finds_names_and_nicknames_up_to_a_hundred() {
        let found = |query: &str, limit: usize| {
            let chunks = ask(json!({ "guild_id": ["1"], "query": query, "limit": limit }), 500);
            chunks[0]["members"].as_array().expect("a list").len()
        };
        assert_eq!(found("USER", 0), 100);
        assert_eq!(found("user", 5), 5);
        assert_eq!(found("zo", 0), 1);
        assert_eq!(found("nobody", 0), 0);
        assert_eq!(found("", 3), 3);
    }

    #[test]
    fn ids_are_found_or_named_as_not_found_and_a_long_nonce_is_ignored() {
        let chunks = ask(json!({ "guild_id": 1, "user_ids": ["3", "999"], "nonce": "n".repeat(33) }), 10);
        assert_eq!(chunks.len(), 1);
        assert_eq!(chunks[0]["members"][0]["user"]["id"], "3");
        assert_eq!(chunks[0]["not_found"], json!(["999"]));
        assert_eq!(chunks[0].get("nonce"), None);
    }
}
