//! The control routes, and the record that they show.

use serde_json::{Value, json};
use troupe_sandbox::model::{MAX_SCRIPTS, Outcome, Requests, Script, State};

use crate::support::{DEADLINE, asking, serve};

const SCRIPT: &str = "/_sandbox/model/script";

#[tokio::test]
async fn scripts_are_set_and_forgotten_by_http() {
    let served = serve().await;
    let scripts = json!([
        { "text": "First." },
        { "tokens": ["Sec", "ond."], "times": 2, "when": "two", "pace": { "token_ms": 1 } },
        { "text": "Standing.", "times": "always" },
    ]);
    let (status, state) = served.post(SCRIPT, scripts.to_string()).await;
    assert_eq!((status, state["scripts"].as_array().unwrap().len()), (200, 3));
    let say = async |said: &str| {
        served.completion(&asking(said)).await["choices"][0]["message"]["content"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(say("two").await, "First.");
    assert_eq!(say("one").await, "Standing.");
    assert_eq!(say("two").await, "Second.");

    let state: State = reqwest::get(served.url("/_sandbox/model")).await.unwrap().json().await.unwrap();
    assert_eq!(state.scripts.len(), 2);
    assert_eq!(
        state.scripts[1],
        Script { times: troupe_sandbox::model::Times::Always, ..Script::text("Standing.") }
    );

    let gone = served.client.delete(served.url(SCRIPT)).send().await.unwrap();
    assert_eq!(gone.status(), 204);
    assert!(!["Second.", "Standing."].contains(&say("two").await.as_str()));
}

#[tokio::test]
async fn a_wrong_script_is_refused_and_none_of_its_batch_is_set() {
    let served = serve().await;
    for (body, hint) in [
        (r#"[{"text":"ok"},{"text":"a","tokens":["b"]}]"#, "not both"),
        (r#"{"txt":"a"}"#, "txt"),
        (r#"{"text":5}"#, "text"),
        (r#"{"text":"a","times":0}"#, "times"),
        (r#"{"text":"a","times":"never"}"#, "times"),
        (r#"{"pace":{"token_ms":600001}}"#, "600000"),
        (r#"{"fault":{"kind":"status","status":200}}"#, "400 to 599"),
        (r#"{"fault":{"kind":"sneeze"}}"#, "sneeze"),
        (r#"{"fault":{"kind":"stall"}}"#, "after"),
        ("nonsense", "JSON"),
    ] {
        let (status, answer) = served.post(SCRIPT, body).await;
        let message = answer["error"]["message"].as_str().unwrap();
        assert_eq!(status, 400, "{body}");
        assert!(message.contains(hint), "{body}: {message}");
    }
    assert!(served.model.state().scripts.is_empty());
    let many = vec![json!({}); MAX_SCRIPTS + 1];
    assert_eq!(served.post(SCRIPT, json!(many).to_string()).await.0, 400);
}

#[tokio::test]
async fn requests_are_shown_without_the_key() {
    let served = serve().await;
    let request = served.client.post(served.url("/v1/chat/completions?debug=sk-query"));
    let request = request.bearer_auth("sk-secret").header("x-title", "Troupe").json(&asking("Hi"));
    assert_eq!(request.send().await.unwrap().status(), 200);
    served.post("/v1/chat/completions", "not JSON").await;

    let url = served.url("/_sandbox/model/requests");
    let text = reqwest::get(&url).await.unwrap().text().await.unwrap();
    assert!(!text.contains("sk-"), "{text}");
    let shown: Requests = serde_json::from_str(&text).unwrap();
    assert_eq!((shown.dropped, shown.requests.len()), (0, 2));
    let first = &shown.requests[0];
    assert_eq!(first.body, asking("Hi"));
    assert_eq!((first.number, first.path.as_str(), first.status), (1, "/v1/chat/completions", Some(200)));
    assert!(first.has_key && first.tokens_sent > 0 && first.took_ms.is_some());
    assert_eq!((first.headers["x-title"].as_str(), first.outcome), ("Troupe", Outcome::Finished));
    assert_eq!((&shown.requests[1].body, shown.requests[1].status), (&json!("not JSON"), Some(400)));

    assert_eq!(served.client.delete(&url).send().await.unwrap().status(), 204);
    assert!(served.model.requests().is_empty());
}

#[tokio::test]
async fn settings_are_changed_by_http() {
    let served = serve().await;
    let patch = async |body: Value| {
        let request = served.client.patch(served.url("/_sandbox/model")).body(body.to_string());
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.json::<Value>().await.unwrap())
    };
    let (status, state) = patch(json!({ "record": false, "tokens_per_second": 90 })).await;
    assert_eq!((status, &state["record"], &state["tokens_per_second"]), (200, &json!(false), &json!(90)));
    assert!(state["notice"].as_str().unwrap().contains("No model is configured"));
    served.model.always(Script::text("Hi.")).unwrap();
    served.completion(&asking("Hi")).await;
    assert!(served.model.requests().is_empty());

    patch(json!({ "record": true })).await;
    served.completion(&asking("Hi")).await;
    assert_eq!(served.model.requests().len(), 1);
    assert_eq!(patch(json!({ "recrod": true })).await.0, 400);
}

#[tokio::test]
async fn servers_are_independent() {
    let (one, other) = (serve().await, serve().await);
    one.model.script(Script::text("Only here.")).unwrap();
    other.completion(&asking("Hi")).await;
    assert_eq!((one.model.requests().len(), one.model.state().scripts.len()), (0, 1));
    assert_eq!(other.model.requests().len(), 1);
}

#[tokio::test]
async fn waiting_sees_what_comes_and_tells_what_did_not() {
    let served = serve().await;
    let waiting = served.model.wait_until(DEADLINE, |requests| requests.len() == 2);
    let asking_twice = async {
        served.completion(&asking("One")).await;
        served.completion(&asking("Two")).await;
    };
    let (seen, ()) = tokio::join!(waiting, asking_twice);
    assert_eq!(seen.unwrap()[1].body, asking("Two"));
    let error =
        served.model.wait_until(std::time::Duration::ZERO, |requests| requests.len() == 3).await.unwrap_err();
    assert_eq!(error.last.len(), 2);
}
