//! Hostile words in every place that shows some: nothing runs, nothing breaks out, nothing is fetched unasked.

use std::time::Duration;

use fantoccini::key::Key;
use serde_json::{Value, json};
use troupe_sandbox::{drive::LocalDiscord, model::Script, rules::Rule};

use crate::support::{Server, browser::Browser};
use crate::talk_flow::stage::Stage;

/// What would set `__xss` if it ran, in the ways that have worked elsewhere.
const HOSTILE: [&str; 16] = [
    "<script>window.__xss = 1</script>",
    "<img src=x onerror=\"window.__xss=1\">",
    "<svg/onload=window.__xss=1>",
    "\"><iframe srcdoc=\"<script>parent.__xss=1</script>\"></iframe>",
    "[click](javascript:window.__xss=1)",
    "[click](data:text/html,<script>window.__xss=1</script>)",
    "<javascript:window.__xss=1>",
    "`</code><script>window.__xss=1</script>`",
    "```html\n</pre><script>window.__xss=1</script>\n```",
    "||<img src=x onerror=window.__xss=1>||",
    "${window.__xss=1}{{window.__xss=1}}",
    "<t:99999999999999999999:R> <t:-1:F> <@&0> <#1> <@!2> </x:3> <a:b:4>",
    "\u{202e}gnp.exe\u{2066} \u{200b}\u{feff}",
    "**__~~||*`> # - 1. [",
    "<a href=\"https://evil.example\" target=_blank>x</a> https://evil.example/\"onmouseover=\"window.__xss=1",
    "<style>*{display:none}</style><link rel=stylesheet href=https://evil.example/x.css><base href=https://evil.example>",
];

async fn rest(discord: &LocalDiscord, path: &str, body: &Value) -> Value {
    let http = reqwest::Client::builder().no_proxy().build().expect("a client");
    let request = http.post(format!("{}/api/v10{path}", discord.url())).json(body);
    let request = request.header("authorization", format!("Bot {}", discord.token()));
    let answer = request.send().await.expect("an answer");
    let status = answer.status();
    let answer: Value = answer.json().await.expect("JSON");
    assert!(status.is_success(), "{body} {answer}");
    answer
}

#[tokio::test]
async fn nothing_that_anyone_writes_runs_in_the_page() {
    let discord = LocalDiscord::start().await.expect("a local Discord");
    let guild = discord.state().await.expect("the state").guilds[0].id;
    let place = discord.new_channel(guild, "hostile").await.expect("a channel");
    let max = discord.member("Max").in_channel(place);
    for words in HOSTILE {
        max.says(words).await.expect("said");
    }
    for words in [HOSTILE[1], HOSTILE[2], HOSTILE[12]] {
        discord.new_member(guild, words).await.expect("a member");
        discord.new_channel(guild, &words.replace(' ', "-")).await.expect("a channel");
    }
    for rule in [Rule::FormLimits, Rule::RouteLimits, Rule::GlobalLimit] {
        discord.rule(rule, false).await.expect("any form, at any pace");
    }
    let channel = format!("/channels/{place}/messages");
    for words in HOSTILE {
        let urls = [
            "javascript:window.__xss=1",
            "data:text/html,<script>window.__xss=1</script>",
            "x\" onerror=\"window.__xss=1",
        ];
        let url = urls[words.len() % urls.len()];
        let embed = json!({
            "title": words, "description": words, "url": url, "color": 0xff_ff_ff_ff_ff_u64,
            "author": { "name": words, "url": url, "icon_url": url }, "footer": { "text": words, "icon_url": url },
            "image": { "url": url }, "thumbnail": { "url": url }, "fields": [{ "name": words, "value": words, "inline": true }],
        });
        let button =
            json!({ "type": 2, "style": 1, "label": words, "custom_id": words, "emoji": { "name": words } });
        let link = json!({ "type": 2, "style": 5, "label": words, "url": url });
        let choice = json!({ "label": words, "value": words, "description": words });
        let menu = json!({ "type": 3, "custom_id": "menu", "placeholder": words, "options": [choice] });
        let rows = json!([{ "type": 1, "components": [button, link] }, { "type": 1, "components": [menu] }]);
        rest(&discord, &channel, &json!({ "content": words, "embeds": [embed], "components": rows })).await;
        let parts = json!([{ "type": 17, "accent_color": -1, "components": [
            { "type": 10, "content": words },
            { "type": 9, "components": [{ "type": 10, "content": words }], "accessory": { "type": 11, "media": { "url": url }, "description": words } },
            { "type": 12, "items": [{ "media": { "url": url }, "description": words }] },
            { "type": 14 }, { "type": 99, "content": words },
        ] }]);
        rest(&discord, &channel, &json!({ "flags": 32_768, "components": parts })).await;
    }
    // Characters speak through webhooks, with names and faces of their own.
    let webhook = rest(&discord, &format!("/channels/{place}/webhooks"), &json!({ "name": "stage" })).await;
    let (id, token) = (webhook["id"].as_str().expect("an id"), webhook["token"].as_str().expect("a token"));
    for words in HOSTILE {
        let said = json!({ "content": words, "username": words, "avatar_url": "javascript:window.__xss=1" });
        rest(&discord, &format!("/webhooks/{id}/{token}?wait=true"), &said).await;
    }

    let browser = Browser::open(1280, 800).await;
    browser
        .client
        .goto(&format!("{}/#/as/Max/The%20Playhouse/hostile", discord.url()))
        .await
        .expect("the page");
    let last = HOSTILE[15].split(' ').next().expect("a word");
    browser.reads(".messages", last).await;
    // Everything is looked at: rows are drawn when they come into view.
    for share in 0..=20 {
        let scroll = "const list = document.querySelector('.messages'); list.scrollTop = list.scrollHeight * arguments[0] / 20";
        browser.run(scroll, vec![json!(share)]).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    browser.shot("hostile").await;
    for (what, css) in [
        ("a script", "#app script"),
        ("a frame", "#app iframe, #app object, #app embed"),
        ("a handler", "#app [onerror], #app [onload], #app [onclick], #app [onmouseover]"),
        ("a sheet", "#app style, #app link, #app base"),
        (
            "an address that runs",
            "#app [href^='javascript:' i], #app [src^='javascript:' i], #app [href^='data:' i]",
        ),
    ] {
        assert_eq!(browser.count(css).await, 0, "{what} was made of words");
    }
    assert_eq!(browser.run("return window.__xss ?? null", vec![]).await, Value::Null);
    let wide = "return document.documentElement.scrollWidth - innerWidth";
    assert_eq!(browser.run(wide, vec![]).await, json!(0), "the layout holds");
    assert_eq!(browser.count("#composer-text").await, 1, "and the page works");
    browser.close().await;
}

/// A card and a model are written by strangers too: their words reach lists, forms, messages and the inspector.
#[tokio::test]
async fn a_hostile_card_and_model_run_nothing_either() {
    let stage = Stage::set_with(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "/"), ("TRACE_VALUES", "true")]).await;
    let name = "Zed <img src=x onerror=window.__xss=1>";
    let card = json!({ "spec": "chara_card_v2", "spec_version": "2.0", "data": {
        "name": name, "description": HOSTILE[0], "personality": HOSTILE[2], "scenario": HOSTILE[4],
        "first_mes": HOSTILE[3], "mes_example": HOSTILE[7], "creator_notes": HOSTILE[14], "tags": [HOSTILE[2]],
    } });
    let max = stage.discord.member("Max").in_channel("stage");
    let import = max.uses("/character import").with_file("file", "zed.json", card.to_string().as_bytes());
    import.send().await.expect("sent").finished().await.expect("imported");
    let words = HOSTILE.join("\n\n");
    stage.discord.model().script(Script::text(&words)).await.expect("a script");

    let browser = Browser::open(1280, 800).await;
    let address = format!("{}/#/as/Max/The%20Playhouse/stage", stage.discord.url());
    browser.client.goto(&address).await.expect("the page");
    // Suggestions show the card's name; the answer is the model's.
    browser.click("#composer-text").await;
    browser.types("/talk").await;
    browser.reads(".offer.active", "/talk").await;
    browser.key(Key::Enter).await;
    browser.types(HOSTILE[1]).await;
    browser.key(Key::Tab).await;
    browser.types("chara").await;
    browser.key(Key::Enter).await;
    browser.types("zed").await;
    browser.reads(".offer.active", "Zed").await;
    browser.key(Key::Enter).await;
    browser.key(Key::Enter).await;
    browser.reads(".messages", "Reply").await;
    browser.click_on(".messages .action-row button", "Reply").await;
    browser.find(".dialog .modal textarea").await;
    browser.key(Key::Escape).await;
    browser.gone(".dialog").await;
    // The inspector shows the prompt and the answer as they are.
    browser.click(".header [title^=Inspector]").await;
    browser.click_on(".ins-subject", "/talk").await;
    browser.reads(".ins-detail", "INTERACTION_CREATE").await;
    let open = "document.querySelectorAll('.ins-entry[aria-expanded=false]').forEach((row) => row.click())";
    browser.run(open, vec![]).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    browser.shot("hostile-card").await;
    for css in ["#app script", "#app iframe", "#app [onerror], #app [onload]", "#app [href^='javascript:' i]"]
    {
        assert_eq!(browser.count(css).await, 0, "{css}");
    }
    assert_eq!(browser.run("return window.__xss ?? null", vec![]).await, Value::Null);
    browser.close().await;
    stage.end().await;
}

/// The last line of defence, on purpose without the first: a page that tried would be stopped.
#[tokio::test]
async fn the_policy_stops_what_the_page_would_let_through() {
    let discord = LocalDiscord::start().await.expect("a local Discord");
    let browser = Browser::open(1024, 700).await;
    browser.client.goto(discord.url()).await.expect("the page");
    browser.find("#composer-text").await;
    let tries = "const caught = []; \
        try { document.body.innerHTML = '<img src=x onerror=window.__xss=1>'; } catch (error) { caught.push('markup'); } \
        const script = document.createElement('script'); \
        try { script.text = 'window.__xss=1'; document.body.append(script); } catch (error) { caught.push('script'); } \
        try { setTimeout('window.__xss=1', 0); } catch (error) { caught.push('timer'); } \
        return caught";
    let caught = browser.run(tries, vec![]).await;
    assert_eq!(caught[0], "markup", "{caught}");
    // A server that is there and would answer any page: only the policy is in the way.
    let open = |_: axum::extract::Request| async { ([("access-control-allow-origin", "*")], "hello") };
    let other = Server::start(axum::Router::new().fallback(open)).await;
    let send =
        "const done = arguments[1]; fetch(arguments[0]).then(() => done('sent'), () => done('stopped'))";
    let sent = browser.client.execute_async(send, vec![json!(other.url())]).await;
    assert_eq!(sent.expect("a result"), json!("stopped"));
    assert_eq!(browser.run("return window.__xss ?? null", vec![]).await, Value::Null);
    let violations = browser.run("return window.__seen.violations", vec![]).await;
    let said: Vec<_> = violations.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for directive in ["connect-src", "require-trusted-types-for"] {
        assert!(said.iter().any(|said| said.starts_with(directive)), "{directive}: {said:?}");
    }
    browser.abandon().await;
    discord.finish().await.expect("nothing unknown was called");
}
