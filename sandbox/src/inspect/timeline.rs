//! The timeline of an interaction, or of a message that a bot answers: all that is known of it, in order.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::events::Told;
use super::spans::{Span, TraceId};
use crate::clock::Clock;
use crate::control::input::{Asked, Of};
use crate::control::outcome::outcome;
use crate::control::refusal::{Answer, Refusal};
use crate::ids::Id;
use crate::instance::Sandbox;
use crate::journal::{Entry, Filter};
use crate::model::{Outcome as ModelOutcome, Recorded};
use crate::world::World;

/// How many are listed unless told otherwise.
const LISTED: usize = 50;
/// How many are listed at most.
const MOST_LISTED: usize = 500;

/// Which are listed.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ListOf {
    /// How many at most: 50 if left out.
    #[serde(default)]
    pub(super) limit: Option<usize>,
    /// Whether messages are listed that no bot's trace is about.
    #[serde(default)]
    pub(super) all: bool,
}

/// `GET /inspect`: interactions, and messages that a bot's trace is about, newest first.
pub(super) async fn list(State(sandbox): State<Sandbox>, Asked(asked): Asked<ListOf>) -> Answer<Vec<Value>> {
    let limit = asked.limit.unwrap_or(LISTED).min(MOST_LISTED);
    let told: Vec<(Told, Option<TraceId>)> = {
        let events = sandbox.inspector.events.lock();
        let spans = sandbox.inspector.spans.lock();
        let traced = events.newest().map(|told| (told, spans.about(told.id).map(|(trace, _)| trace)));
        let fits = |(told, trace): &(&Told, Option<TraceId>)| {
            told.name == "INTERACTION_CREATE" || asked.all || trace.is_some()
        };
        traced.filter(fits).take(limit).map(|(told, trace)| (told.clone(), trace)).collect()
    };
    let mut tokens: HashMap<TraceId, u64> = HashMap::new();
    sandbox.model.tokens(|header, sent| {
        if let Some(trace) = TraceId::of_header(header) {
            *tokens.entry(trace).or_default() += sent;
        }
    });
    let list = sandbox.read(|world| {
        let told = told.iter().map(|(told, trace)| {
            let mut json = subject(world, told);
            json["tokens_sent"] = json!(trace.and_then(|trace| tokens.get(&trace)));
            json
        });
        told.collect()
    });
    Ok(Json(list))
}

/// `GET /inspect/{id}`: one of them with its timeline.
pub(super) async fn one(State(sandbox): State<Sandbox>, Of(id): Of<String>) -> Answer<Value> {
    let id: Id = id.parse().map_err(|_| Refusal::bad(format!("{id:?} is no id")))?;
    let told = sandbox.inspector.events.lock().find(id).cloned();
    let told =
        told.ok_or_else(|| Refusal::missing(format!("nothing is known of {id} (any more): see /inspect")))?;
    let (trace, spans, dropped) = {
        let spans = sandbox.inspector.spans.lock();
        let about = spans.about(id);
        let own = about.map(|(_, trace)| trace.spans.clone()).unwrap_or_default();
        (about.map(|(id, _)| id), own, about.map_or(0, |(_, trace)| trace.dropped))
    };
    let requests = sandbox.journal.entries(&Filter { about: Some((id, trace)), ..Filter::default() });
    let asked = match trace {
        Some(trace) => sandbox.model.traced(|header| TraceId::of_header(header) == Some(trace)),
        None => Vec::new(),
    };
    let mut entries = vec![gateway(&told)];
    entries.extend(requests.iter().map(rest));
    entries.extend(asked.iter().map(|asked| model(asked, &sandbox.clock)));
    entries.extend(spans.iter().map(work));
    entries.sort_by_key(|entry| entry["at_us"].as_u64());
    let mut json = sandbox.read(|world| subject(world, &told));
    json["trace"] = json!(trace);
    json["dropped_spans"] = json!(dropped);
    json["timeline"] = json!(entries);
    Ok(Json(json))
}

/// What a list says of an interaction or message.
fn subject(world: &World, told: &Told) -> Value {
    let data = &told.data;
    let user =
        [&data["member"]["user"], &data["user"], &data["author"]].into_iter().find(|it| it.is_object());
    let mut json = json!({
        "id": told.id,
        "at_ms": told.at_ms,
        "channel": data["channel_id"],
        "user": user.map(|user| json!({ "id": user["id"], "name": user["global_name"].as_str().or(user["username"].as_str()) })),
    });
    if told.name == "MESSAGE_CREATE" {
        json["kind"] = json!("message");
        json["name"] = json!("message");
        return json;
    }
    json["kind"] = json!(match data["type"].as_u64() {
        Some(2) => "command",
        Some(3) => "component",
        Some(4) => "autocomplete",
        Some(5) => "modal",
        _ => "interaction",
    });
    json["name"] = json!(name(&data["data"]));
    if let Some(interaction) = world.interaction(told.id) {
        let outcome = outcome(world, interaction);
        json["status"] = json!(outcome.status);
        json["shown"] = json!(outcome.shown);
        json["callback_type"] = json!(outcome.callback_type);
        json["acknowledged_after_ms"] = json!(outcome.acknowledged_after_ms);
    }
    json
}

/// What somebody used: `/character info`, a menu's entry, or a component's custom id.
fn name(data: &Value) -> String {
    if let Some(custom_id) = data["custom_id"].as_str() {
        return custom_id.to_owned();
    }
    let mut name = data["name"].as_str().unwrap_or_default().to_owned();
    if data["type"] == 1 {
        name.insert(0, '/');
        let mut options = &data["options"];
        // Subcommands and their groups have types 1 and 2.
        while let Some(below) = options.get(0).filter(|it| it["type"] == 1 || it["type"] == 2) {
            name = format!("{name} {}", below["name"].as_str().unwrap_or_default());
            options = &below["options"];
        }
    }
    name
}

fn gateway(told: &Told) -> Value {
    json!({
        "lane": "gateway",
        "title": told.name,
        "at_us": told.at_ms * 1_000,
        "took_us": 0,
        "body": *told.data,
    })
}

fn rest(entry: &Arc<Entry>) -> Value {
    json!({
        "lane": "rest",
        "seq": entry.seq,
        "parent": entry.parent,
        "title": format!("{} {}", entry.method, entry.template.as_deref().unwrap_or(&entry.path)),
        "at_us": entry.at_ms * 1_000,
        "took_us": entry.micros,
        "failed": entry.status.is_none_or(|status| status >= 400),
        "status": entry.status,
        "path": entry.path,
        "request": entry.request,
        "response": entry.response,
        "files": entry.files,
        "violations": entry.violations,
        "checked": entry.checked,
        "unknown": entry.unknown,
        "remaining": entry.remaining,
        "faults": entry.faults,
    })
}

fn model(asked: &Recorded, clock: &Clock) -> Value {
    let messages = asked.body["messages"].as_array().into_iter().flatten();
    let prompt = messages.map(|message| {
        let text = text_of(&message["content"]);
        json!({ "role": message["role"], "tokens": crate::model::count_tokens(&text), "text": text })
    });
    json!({
        "lane": "model",
        "number": asked.number,
        "parent": asked.headers.get("traceparent").and_then(|header| Some(TraceId::and_parent(header)?.1)),
        "title": format!("POST {}", asked.path),
        "at_us": clock.at_real_ms(asked.at_ms) * 1_000,
        "took_us": asked.took_ms.map(|ms| ms * 1_000),
        "failed": asked.status.is_some_and(|status| status >= 400) || asked.outcome == ModelOutcome::Cut,
        "status": asked.status,
        "outcome": asked.outcome,
        "model": asked.body["model"],
        "prompt": prompt.collect::<Vec<_>>(),
        "settings": settings(&asked.body),
        "tokens_sent": asked.tokens_sent,
        "first_token_ms": asked.first_token_ms,
        "said": asked.said,
    })
}

/// A request's body without its messages.
fn settings(body: &Value) -> Value {
    let fields = body.as_object().into_iter().flatten();
    fields
        .filter(|(name, _)| *name != "messages")
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// The text of a message, which may come in parts.
fn text_of(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts.iter().filter_map(|part| part["text"].as_str()).collect(),
        _ => String::new(),
    }
}

fn work(span: &Span) -> Value {
    let lane = match span.attributes.get("db.system.name").or_else(|| span.attributes.get("db.system")) {
        Some(system) if system == "redis" => "hot",
        Some(_) => "cold",
        None => "work",
    };
    json!({
        "lane": lane,
        "title": span.name,
        "at_us": span.start_us,
        "took_us": span.took_us,
        "failed": span.failed,
        "span": span.id,
        "parent": span.parent,
        "attributes": span.attributes,
    })
}
