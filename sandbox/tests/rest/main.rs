//! What other libraries' clients rely on in REST, and ours never asks for.

use reqwest::{Client, Method};
use serde_json::{Value, json};
use troupe_sandbox::drive::LocalDiscord;
use troupe_sandbox::ids::Id;
use troupe_sandbox::rules::Rule;

/// A local Discord where the bot may do everything, and the bot's bare hands.
struct Stage {
    discord: LocalDiscord,
    http: Client,
    guild: Id,
    general: Id,
    app: Id,
}

impl Stage {
    async fn set() -> Self {
        let discord = LocalDiscord::builder().rule_off(Rule::Permissions).rule_off(Rule::RouteLimits);
        let discord = discord.start().await.expect("a local Discord");
        let (guild, general, app) = discord.sandbox().read(|world| {
            let guild = world.guilds.values().next().expect("a guild");
            (guild.id, guild.channels[0], *world.apps.keys().next().expect("an application"))
        });
        Self { discord, http: Client::new(), guild, general, app }
    }

    /// The status and the JSON of an answer.
    async fn ask(&self, method: Method, path: &str, body: Value) -> (u16, Value) {
        self.ask_in(method, path, body, "en-US").await
    }

    async fn ask_in(&self, method: Method, path: &str, body: Value, locale: &str) -> (u16, Value) {
        let request = self
            .http
            .request(method, format!("{}/api/v10{path}", self.discord.url()))
            .header("Authorization", format!("Bot {}", self.discord.token()))
            .header("X-Discord-Locale", locale);
        let request = if body.is_null() { request } else { request.json(&body) };
        let response = request.send().await.expect("an answer");
        (response.status().as_u16(), response.json().await.unwrap_or_default())
    }

    async fn get(&self, path: &str) -> Value {
        let (status, json) = self.ask(Method::GET, path, Value::Null).await;
        assert_eq!(status, 200, "{path}: {json}");
        json
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        let (status, json) = self.ask(Method::POST, path, body).await;
        assert!(status == 200 || status == 201, "{path}: {status} {json}");
        json
    }

    fn channel(&self, rest: &str) -> String {
        format!("/channels/{}{rest}", self.general)
    }

    fn guild(&self, rest: &str) -> String {
        format!("/guilds/{}{rest}", self.guild)
    }
}

/// The ids of a list's items, or of what `under` names in each.
fn ids(list: &Value, under: &str) -> Vec<String> {
    let items = list.as_array().expect("a list").iter();
    items
        .map(|item| item.pointer(under).expect("an item")["id"].as_str().expect("an id").to_owned())
        .collect()
}

#[tokio::test]
async fn a_query_says_yes_in_three_ways() {
    let stage = Stage::set().await;
    let commands = format!("/applications/{}/commands", stage.app);
    let plain =
        json!({ "name": "plain", "description": "Plain", "name_localizations": { "de": "schlicht" } });
    stage.post(&commands, plain).await;
    for yes in ["true", "True", "1"] {
        let listed = stage.get(&format!("{commands}?with_localizations={yes}")).await;
        assert_eq!(listed[0]["name_localizations"]["de"], "schlicht", "{yes}");
    }
    for no in ["false", "False", "0"] {
        let listed = stage.get(&format!("{commands}?with_localizations={no}")).await;
        assert_eq!(listed[0].get("name_localizations"), None, "{no}");
    }
    let (status, _) =
        stage.ask(Method::GET, &format!("{commands}?with_localizations=perhaps"), Value::Null).await;
    assert_eq!(status, 400);
    let (_, german) = stage.ask_in(Method::GET, &commands, Value::Null, "de").await;
    assert_eq!(german[0]["name_localized"], "schlicht");
}

#[tokio::test]
async fn an_encoded_me_is_me() {
    let stage = Stage::set().await;
    let (status, member) =
        stage.ask(Method::PATCH, &stage.guild("/members/%40me"), json!({ "nick": "Prompter" })).await;
    assert_eq!((status, &member["nick"]), (200, &json!("Prompter")));
}

#[tokio::test]
async fn pins_are_listed_by_when_they_were_pinned() {
    let stage = Stage::set().await;
    let mut sent = Vec::new();
    for content in ["one", "two", "three"] {
        let message = stage.post(&stage.channel("/messages"), json!({ "content": content })).await;
        sent.push(message["id"].as_str().expect("an id").to_owned());
    }
    for id in [&sent[2], &sent[0], &sent[1]] {
        let (status, _) =
            stage.ask(Method::PUT, &stage.channel(&format!("/messages/pins/{id}")), Value::Null).await;
        assert_eq!(status, 204);
        stage.discord.advance(std::time::Duration::from_millis(5)).await.expect("time passes");
    }
    let first = stage.get(&stage.channel("/messages/pins?limit=2")).await;
    assert_eq!(ids(&first["items"], "/message"), [&*sent[1], &*sent[0]]);
    assert_eq!(first["has_more"], true);
    let before = first["items"][1]["pinned_at"].as_str().expect("a time").replace('+', "%2B");
    let rest = stage.get(&stage.channel(&format!("/messages/pins?before={before}"))).await;
    assert_eq!((ids(&rest["items"], "/message"), &rest["has_more"]), (vec![sent[2].clone()], &json!(false)));
    assert_eq!(ids(&stage.get(&stage.channel("/pins")).await, ""), [&*sent[1], &*sent[0], &*sent[2]]);
    let history = stage.get(&stage.channel("/messages?limit=1")).await;
    assert_eq!(
        (&history[0]["type"], &history[0]["message_reference"]["message_id"]),
        (&json!(6), &json!(sent[1]))
    );
    for id in &sent {
        stage.ask(Method::DELETE, &stage.channel(&format!("/messages/pins/{id}")), Value::Null).await;
    }
    assert_eq!(stage.get(&stage.channel("/pins")).await, json!([]));
}

#[tokio::test]
async fn an_enforced_nonce_sends_once() {
    let stage = Stage::set().await;
    let messages = stage.channel("/messages");
    let once = json!({ "content": "once", "nonce": "n", "enforce_nonce": true });
    let sent = stage.post(&messages, once.clone()).await;
    assert_eq!(stage.post(&messages, once.clone()).await["id"], sent["id"]);
    let again = stage.post(&messages, json!({ "content": "again", "nonce": "n" })).await;
    assert_ne!(again["id"], sent["id"]);
    stage.discord.advance(std::time::Duration::from_secs(301)).await.expect("time passes");
    assert_ne!(stage.post(&messages, once).await["id"], sent["id"]);
}

#[tokio::test]
async fn a_webhooks_address_is_of_discords_shape() {
    let stage = Stage::set().await;
    let hook = stage.post(&stage.channel("/webhooks"), json!({ "name": "Hamlet" })).await;
    let other = stage.post(&stage.channel("/webhooks"), json!({ "name": "Laertes" })).await;
    let token = hook["token"].as_str().expect("a token");
    let fits = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    assert!(token.len() == 68 && token.chars().all(fits), "{token}");
    assert_ne!(hook["token"], other["token"]);
}

#[tokio::test]
async fn a_new_role_stands_just_above_everyone() {
    let stage = Stage::set().await;
    let roles = stage.guild("/roles");
    let positions = |list: &Value| -> Vec<(String, u64)> {
        let list = list.as_array().expect("roles").iter();
        let mut known: Vec<_> = list
            .map(|role| {
                (role["name"].as_str().expect("a name").to_owned(), role["position"].as_u64().expect("one"))
            })
            .collect();
        known.sort_by_key(|(_, position)| *position);
        known
    };
    let before = positions(&stage.get(&roles).await);
    let colors = json!({ "primary_color": 255, "secondary_color": null, "tertiary_color": null });
    let role = stage.post(&roles, json!({ "name": "Chorus", "colors": colors })).await;
    assert_eq!((&role["position"], &role["color"]), (&json!(1), &json!(255)));
    let mut expected = vec![before[0].clone(), ("Chorus".into(), 1)];
    expected.extend(before[1..].iter().map(|(name, position)| (name.clone(), position + 1)));
    assert_eq!(positions(&stage.get(&roles).await), expected);
    let top = json!([{ "id": role["id"], "position": 100 }]);
    let (status, moved) = stage.ask(Method::PATCH, &roles, top).await;
    assert_eq!(status, 200);
    assert_eq!(positions(&moved).last().map(|(name, _)| name.as_str()), Some("Chorus"));
    let id = role["id"].as_str().expect("an id");
    stage.ask(Method::DELETE, &format!("{roles}/{id}"), Value::Null).await;
    assert_eq!(positions(&stage.get(&roles).await), before);
}

#[tokio::test]
async fn channels_of_every_kind_have_what_clients_read_of_them() {
    let stage = Stage::set().await;
    let channels = stage.guild("/channels");
    for kind in [2, 13] {
        let voice = stage.post(&channels, json!({ "name": "loud", "type": kind, "user_limit": 3 })).await;
        assert_eq!((voice["bitrate"].is_u64(), &voice["user_limit"]), (true, &json!(3)), "{kind}");
    }
    let tags = json!([{ "name": "Comedy", "emoji_name": "🎭" }]);
    let forum = stage.post(&channels, json!({ "name": "plays", "type": 15, "available_tags": tags })).await;
    let tag = &forum["available_tags"][0];
    assert!(tag["id"].is_string() && tag["moderated"] == false, "{tag}");
    let post =
        json!({ "name": "Twelfth Night", "applied_tags": [tag["id"]], "message": { "content": "Play on" } });
    let threads = format!("/channels/{}/threads", forum["id"].as_str().expect("an id"));
    assert_eq!(stage.post(&threads, post).await["applied_tags"], json!([tag["id"]]));
}

#[tokio::test]
async fn a_poll_is_shown_open() {
    let stage = Stage::set().await;
    let asked = json!({ "question": { "text": "To be?" }, "answers": [{ "poll_media": { "text": "Yes" } }] });
    let sent = stage.post(&stage.channel("/messages"), json!({ "poll": asked })).await;
    let poll = &sent["poll"];
    assert_eq!(
        (&poll["answers"][0]["answer_id"], &poll["results"]["is_finalized"]),
        (&json!(1), &json!(false))
    );
    assert!(poll["expiry"].is_string(), "{poll}");
}

#[tokio::test]
async fn what_a_modals_selects_and_uploads_name_is_resolved() {
    let stage = Stage::set().await;
    let commands = format!("/applications/{}/commands", stage.app);
    stage.post(&commands, json!({ "name": "cast", "description": "Cast" })).await;
    let max = stage.discord.member("Max").in_channel("general");
    let opening = max.uses("/cast").send_only().await.expect("sent").interaction();
    let token =
        stage.discord.sandbox().read(|world| world.interaction(opening).expect("opened").token.clone());
    let label = |input: Value| json!({ "type": 18, "label": "L", "component": input });
    let modal = json!({ "custom_id": "m", "title": "M", "components": [
        label(json!({ "type": 5, "custom_id": "who", "max_values": 2 })),
        label(json!({ "type": 19, "custom_id": "file", "required": false })),
        label(json!({ "type": 3, "custom_id": "mood", "options": [
            { "label": "Calm", "value": "calm", "default": true }, { "label": "Bold", "value": "bold" }] })),
    ] });
    let callback = format!("/interactions/{opening}/{token}/callback");
    let (status, said) = stage.ask(Method::POST, &callback, json!({ "type": 9, "data": modal })).await;
    assert_eq!(status, 204, "{said}");
    let mia = stage
        .discord
        .sandbox()
        .read(|world| world.users.values().find(|user| user.username == "mia").expect("Mia").id);
    let file = json!({ "filename": "part.txt", "base64": "aGk=", "content_type": "text/plain" });
    let submit = json!({ "interaction": opening, "fields": { "who": mia, "file": file } });
    let sent = stage.discord.control("POST", "/act/submit", &submit).await.expect("submitted");
    let id: Id = sent["interaction"].as_str().expect("an id").parse().expect("an id");
    let data = stage.discord.sandbox().read(|world| world.interaction(id).expect("opened").data.clone());
    let resolved = &data["resolved"];
    assert!(resolved["members"][mia.to_string()].is_object(), "{data}");
    let file = data["components"][1]["component"]["values"][0].as_str().expect("a file's id");
    assert_eq!(resolved["attachments"][file]["filename"], "part.txt");
    assert_eq!(data["components"][2]["component"]["values"], json!(["calm"]));
    let wrong = json!({ "interaction": opening, "fields": { "who": mia, "mood": "sad" } });
    let refusal =
        stage.discord.control("POST", "/act/submit", &wrong).await.expect_err("there is no such mood");
    assert!(refusal.to_string().contains("sad"), "{refusal}");
}
