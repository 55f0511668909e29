//! The control API by itself: names, refusals, who may use it.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use troupe_sandbox::drive::{LocalDiscord, Units as _};

async fn ask(discord: &LocalDiscord, method: &str, path: &str, body: &str) -> (StatusCode, Value) {
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("{}/_sandbox{path}", discord.url());
    let response = http.request(method, url).body(body.to_owned()).send().await.unwrap();
    (response.status(), response.json().await.unwrap())
}

/// Asks what must be refused, and gives the sentence.
async fn refused(discord: &LocalDiscord, request: (&str, &str, &str), status: u16) -> String {
    let (method, path, body) = request;
    let (got, answer) = ask(discord, method, path, body).await;
    assert_eq!(got.as_u16(), status, "{method} {path} {body}: {answer}");
    answer["error"].as_str().unwrap_or_else(|| panic!("{path}: {answer}")).to_owned()
}

#[tokio::test]
async fn mistakes_are_told_in_a_sentence() {
    let discord = LocalDiscord::start().await.unwrap();
    let say = "/act/say";
    for (request, status, sentence) in [
        (("POST", say, "{"), 400, "takes JSON"),
        (("POST", say, "[]"), 400, "takes another body"),
        (("POST", say, "{} {}"), 400, "missing field"),
        (("POST", say, r#"{"user":"Max","channel":"general","content":"hi"} x"#), 400, "one JSON value"),
        (
            ("POST", say, r#"{"user":"Max","channel":"general","contents":"hi"}"#),
            400,
            "unknown field `contents`",
        ),
        (("POST", say, r#"{"user":"Max","channel":"general"}"#), 400, "missing field `content`"),
        (("POST", say, r#"{"user":true,"channel":"general","content":"hi"}"#), 400, "user: true is neither"),
        (("POST", say, r#"{"user":"Max","channel":"general","content":""}"#), 400, "1 to 2000"),
        (("POST", say, r#"{"user":"Moritz","channel":"general","content":"hi"}"#), 404, "Olive"),
        (("POST", say, r#"{"user":"Troupe","channel":"general","content":"hi"}"#), 400, "is a bot"),
        (("POST", say, r#"{"user":"Max","channel":"lobby","content":"hi"}"#), 404, "off-topic"),
        (("POST", say, r#"{"user":"Max","channel":"Nowhere/general","content":"hi"}"#), 404, "no guild"),
        (("POST", "/act/slash", r#"{"user":"Max","channel":"general","command":"talk"}"#), 400, "no command"),
        (("GET", "/interactions/abc", ""), 400, "no interaction's id"),
        (("GET", "/interactions/1", ""), 404, "no interaction 1"),
        (("GET", "/interactions/1?until=soon", ""), 400, "soon"),
        (("GET", "/channels/general/messages", ""), 400, "missing field `as`"),
        (("GET", "/channels/general/messages?as=Max&pages=2", ""), 400, "unknown field `pages`"),
        (("PUT", "/rules/gravity", r#"{"on":false}"#), 404, "acknowledge-in-3s"),
        (("POST", "/clock", r#"{"advance_ms":-1}"#), 400, "advance_ms"),
        (("POST", "/clock", r#"{"advance_ms":18446744073709551615}"#), 400, "2128"),
        (("POST", "/gateway/close", r#"{"code":70}"#), 400, "70"),
        (("POST", "/gateway/duplicate", r#"{"event":"message","times":1}"#), 400, "INTERACTION_CREATE"),
        (("POST", "/faults", r#"{"effect":{"kind":"earthquake"}}"#), 400, "earthquake"),
        (("DELETE", "/faults/9", ""), 404, "no fault 9"),
        (
            ("PUT", "/limits", r#"{"method":"POST","template":"/x","limit":0,"window_ms":1}"#),
            400,
            "at least 1",
        ),
        (("POST", "/crowd", r#"{"guilds":100000000}"#), 400, "at most"),
        (("POST", "/apps", r#"{"name":"B","intents":["telepathy"]}"#), 400, "message_content"),
        (("POST", "/entitlements", r#"{"sku":"Pro","user":"Max"}"#), 404, "no SKU"),
        (("POST", "/nonsense", ""), 404, "GET /_sandbox"),
        (("PATCH", "/clock", ""), 405, "GET /_sandbox"),
    ] {
        let told = refused(&discord, request, status).await;
        assert!(told.contains(sentence), "{request:?}: {told}");
    }
    discord.finish().await.unwrap();
}

#[tokio::test]
async fn names_mean_one_thing_or_are_refused_with_candidates() {
    let discord = LocalDiscord::start().await.unwrap();
    let guild = json!({ "name": "Annex", "owner": "Ada" });
    discord.control("POST", "/guilds", &guild).await.unwrap();
    // Max is in one of the two.
    discord.member("max").in_channel("#General").says("hi").await.unwrap();
    let (status, answer) =
        ask(&discord, "POST", "/act/say", r#"{"user":"Ada","channel":"general","content":"hi"}"#).await;
    assert_eq!(status, 409);
    assert!(answer["error"].as_str().unwrap().contains("in Annex"), "{answer}");
    let ada = discord.member("Ada").in_channel("Annex/general");
    let said = ada.says("here").await.unwrap();
    assert_eq!(ada.answers(&said, "there").await.unwrap().json()["referenced_message"]["content"], "here");
    let outside = discord.member("Max").in_channel("Annex/general").says("hi").await.unwrap_err();
    assert!(outside.refusal().unwrap().contains("can't see"), "{outside}");
    discord.new_member("Annex", "Max").await.unwrap();
    let (status, answer) = ask(&discord, "POST", "/direct", r#"{"users":["Max","Ada"]}"#).await;
    assert_eq!(status, 409, "{answer}");
}

#[tokio::test]
async fn the_world_is_set_up_over_the_api() {
    let discord = LocalDiscord::builder().empty().start().await.unwrap();
    let app = json!({ "name": "Helper", "token": "abc.def", "intents": ["message_content"] });
    let made = discord.control("POST", "/apps", &app).await.unwrap();
    assert_eq!(made["token"], "abc.def");
    discord.control("POST", "/guilds", &json!({ "name": "Hall" })).await.unwrap();
    discord.new_channel("Hall", "lobby").await.unwrap();
    let max = discord.new_member("Hall", "Max").await.unwrap().in_channel("lobby");
    let role = json!({ "name": "Guest", "permissions": ["SEND_MESSAGES"] });
    discord.control("POST", "/guilds/Hall/roles", &role).await.unwrap();
    discord.control("PATCH", "/guilds/Hall/members/Max", &json!({ "roles": ["Guest"] })).await.unwrap();
    let hidden = json!({ "deny": ["VIEW_CHANNEL"] });
    let overwrite = "/channels/lobby/overwrites/Guest";
    max.says("hi").await.unwrap();
    discord.control("PUT", overwrite, &hidden).await.unwrap();
    assert!(max.sees().await.unwrap().is_empty());
    discord.control("PUT", overwrite, &json!({})).await.unwrap();
    let seen = max.reads("hi").await.unwrap();
    max.reacts(&seen, "🎭").await.unwrap();
    assert_eq!(max.reads("hi").await.unwrap().json()["reactions"][0]["count"], 1);
    let sku = discord.control("POST", "/skus", &json!({ "name": "Pro" })).await.unwrap();
    let forever = json!({ "sku": "Pro", "user": "Max", "ends_in_ms": u64::MAX });
    discord.control("POST", "/entitlements", &forever).await.unwrap_err();
    let bought = json!({ "sku": sku["id"], "user": "Max", "ends_in_ms": 1_000 });
    let bought = discord.control("POST", "/entitlements", &bought).await.unwrap();
    let paid = json!({ "sku": "Pro", "user": "Max", "entitlement": bought["id"] });
    discord.control("POST", "/subscriptions", &paid).await.unwrap();
    discord.control("POST", "/crowd", &json!({ "guilds": 40, "bytes": 1_500 })).await.unwrap();
    let state = discord.state().await.unwrap();
    assert_eq!((state.guild_count, state.guilds[0].name.as_str()), (41, "Hall"));
    let mut shards = [0; 4];
    for guild in &state.guilds[1..] {
        shards[usize::try_from(guild.id.shard(4)).unwrap()] += 1;
    }
    assert_eq!(shards, [10; 4]);
    let before = discord.clock_ms().await.unwrap();
    discord.advance(2.hours()).await.unwrap();
    assert!(discord.clock_ms().await.unwrap() >= before + 7_200_000);
    discord.control("DELETE", "/installs", &json!({ "guild": "Hall" })).await.unwrap();
    discord.finish().await.unwrap();
}

#[tokio::test]
async fn pages_of_the_web_may_not_drive_it() {
    let discord = LocalDiscord::start().await.unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("{}/_sandbox/state", discord.url());
    let status = async |name: &'static str, value: &str| {
        http.get(&url).header(name, value).send().await.unwrap().status().as_u16()
    };
    assert_eq!(status("Origin", "https://example.com").await, 403);
    assert_eq!(status("Origin", discord.url()).await, 200);
    assert_eq!(status("Host", "example.com").await, 403);
    let index = http.get(format!("{}/_sandbox", discord.url())).send().await.unwrap();
    let index: Value = index.json().await.unwrap();
    assert!(index["endpoints"].as_object().unwrap().len() > 60);
}

#[tokio::test]
async fn every_endpoint_that_is_listed_is_there() {
    let discord = LocalDiscord::start().await.unwrap();
    let (_, index) = ask(&discord, "GET", "", "").await;
    for endpoint in index["endpoints"].as_object().unwrap().keys() {
        let (method, path) = endpoint.split_once(" /_sandbox").unwrap();
        if path == "/events" || path == "/ca.pem" {
            continue;
        }
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let url = format!("{}/_sandbox{path}?timeout_ms=0", discord.url());
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let response = http.request(method, url).body("x").send().await.unwrap();
        let (status, text) = (response.status().as_u16(), response.text().await.unwrap());
        assert!(!text.contains("GET /_sandbox lists") && status != 405, "{endpoint}: {status} {text}");
    }
}

#[tokio::test]
async fn what_happens_is_told_as_it_happens() {
    let discord = LocalDiscord::start().await.unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut feed = http.get(format!("{}/_sandbox/events", discord.url())).send().await.unwrap();
    let said = discord.member("Max").says("hi").await.unwrap();
    let told = tokio::time::timeout(5.seconds(), feed.chunk()).await.unwrap().unwrap().unwrap();
    let told = String::from_utf8(told.to_vec()).unwrap();
    let told: Value = serde_json::from_str(told.trim().strip_prefix("data: ").unwrap()).unwrap();
    assert_eq!(told["change"], "posted");
    assert_eq!(told["message"], said.id().to_string());
}
