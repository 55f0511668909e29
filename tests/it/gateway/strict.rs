//! Servers whose chat templates are strict about roles, as llama.cpp, vLLM, LM Studio and LocalAI run them.

use std::sync::{Arc, Mutex};

use axum::{
    Json, Router,
    http::StatusCode,
    response::{IntoResponse as _, Response},
    routing::post,
};
use serde_json::{Value, json};
use troupe::ai::{Gateway, Message, Request, Role};

use super::{alone, gateway, open, read, request, said, terms};
use crate::support::Server;

/// A template, and how its server says no.
#[derive(Clone, Copy, Debug)]
enum Template {
    /// Qwen's at llama.cpp: a fault of its own, after pages of source.
    Qwen,
    /// Mistral's at vLLM: roles in turn, ending with a member.
    Mistral,
    /// Gemma's at vLLM: no instructions, and nothing said of that.
    Gemma,
    /// The older Gemma's at LM Studio.
    NoSystem,
    /// LocalAI's way: the answer begins well, and its first event is an error.
    InStream,
}

const WORDS: &str =
    "data: {\"choices\":[{\"delta\":{\"content\":\"Well met!\"},\"finish_reason\":\"stop\"}]}\n\n";

impl Template {
    fn render(self, roles: &[&str]) -> Result<(), &'static str> {
        let (systems, talk) = match roles {
            ["system", talk @ ..] => (1, talk),
            talk => (0, talk),
        };
        let alternate = "Conversation roles must alternate user/assistant/user/assistant/...";
        let takes_turns = talk.iter().enumerate().all(|(at, role)| *role == ["user", "assistant"][at % 2]);
        match self {
            Self::Qwen | Self::InStream if talk.contains(&"system") => {
                Err("System message must be at the beginning.")
            }
            Self::Mistral if !takes_turns => Err("After the optional system message, conversation roles \
                must alternate user and assistant roles except for tool calls and results."),
            Self::Mistral if talk.len() % 2 == 0 => Err(
                "Expected last role User or Tool (or Assistant with prefix True) for serving but got assistant",
            ),
            Self::NoSystem if systems > 0 => Err("System role not supported"),
            Self::Gemma if systems > 0 => Err(alternate),
            Self::NoSystem | Self::Gemma if !takes_turns => Err(alternate),
            _ => Ok(()),
        }
    }

    fn complain(self, why: &str) -> Response {
        match self {
            Self::Qwen => {
                let source = format!("...first %}}↵ {} ^\n", " ".repeat(400));
                let message =
                    format!("\n------------\nWhile executing {source}Error: Jinja Exception: {why}");
                let error = json!({"error": {"code": 500, "message": message, "type": "server_error"}});
                (StatusCode::INTERNAL_SERVER_ERROR, Json(error)).into_response()
            }
            Self::Mistral | Self::Gemma => {
                let error =
                    json!({"object": "error", "message": format!("{why} {why}"), "type": "BadRequestError"});
                (StatusCode::BAD_REQUEST, Json(error)).into_response()
            }
            Self::NoSystem => {
                let message = format!("Error rendering prompt with jinja template: \"{why}\".");
                (StatusCode::BAD_REQUEST, Json(json!({ "error": message }))).into_response()
            }
            Self::InStream => {
                let error =
                    json!({"error": {"code": "server_error", "message": format!("rpc error: {why}")}});
                format!("data: {error}\n\ndata: [DONE]\n\n").into_response()
            }
        }
    }
}

type Asked = Arc<Mutex<Vec<Vec<(String, String)>>>>;

async fn serve(template: Template) -> (Server, Gateway, Asked) {
    let asked = Asked::default();
    let record = Arc::clone(&asked);
    let answer = async move |Json(body): Json<Value>| {
        let text = |message: &Value, name: &str| message[name].as_str().expect("a text").to_owned();
        let messages = body["messages"].as_array().expect("a list");
        let messages: Vec<_> = messages.iter().map(|one| (text(one, "role"), text(one, "content"))).collect();
        let roles: Vec<_> = messages.iter().map(|(role, _)| role.as_str()).collect();
        let rendered = template.render(&roles);
        record.lock().expect("a record").push(messages);
        rendered.map_or_else(|why| template.complain(why), |()| WORDS.into_response())
    };
    let server = Server::start(Router::new().route("/v1/chat/completions", post(answer))).await;
    let gateway = gateway(&[format!("{}/v1", server.url())], &[], alone());
    (server, gateway, asked)
}

const RULES: &str = "You are Ada.\nRules: none.";

/// A prompt like ours: instructions at the beginning, in the middle and at the end.
fn prompt(ending: &[(Role, &str)]) -> Request {
    let opening = [
        (Role::System, RULES),
        (Role::User, "Mia: Hi"),
        (Role::Assistant, "Hello."),
        (Role::System, "Be kind."),
        (Role::User, "Mia: How are you?"),
    ];
    let say = |(role, content): &(Role, &str)| Message { role: *role, content: (*content).to_owned() };
    Request { messages: opening.iter().chain(ending).map(say).collect(), ..request() }
}

async fn words(gateway: &Gateway, request: &Request) -> String {
    read(gateway.open(request, &terms()).await.expect("words")).await.0
}

#[tokio::test]
async fn strict_templates_are_found_out_and_remembered() {
    let anchor = [(Role::System, "Answer as Ada.")];
    let rest = [(Role::Assistant, "I was"), (Role::System, "Go on.")];
    for (template, refused) in [
        (Template::Qwen, 1),
        (Template::Mistral, 1),
        (Template::Gemma, 2),
        (Template::NoSystem, 1),
        (Template::InStream, 1),
    ] {
        let (_server, gateway, asked) = serve(template).await;
        for _ in 0..2 {
            assert_eq!(words(&gateway, &prompt(&anchor)).await, "Well met!", "{template:?}");
            assert_eq!(words(&gateway, &prompt(&rest)).await, "Well met!", "{template:?}");
        }
        assert_eq!(gateway.trouble().borrow().as_deref(), None);
        let asked = asked.lock().expect("a record");
        assert_eq!(asked.len(), 4 + refused, "{template:?}: asked again at once, and remembered");
        for messages in asked.iter() {
            assert!(messages[0].1.starts_with(RULES), "the beginning stays as it is");
            let mine = messages.iter().filter(|(_, text)| text.contains("Mia:"));
            assert!(mine.clone().count() == 2 && mine.into_iter().all(|(role, _)| role == "user"));
        }
    }
}

#[tokio::test]
async fn many_at_once_find_a_strict_server_out_and_none_is_turned_away() {
    let (_server, gateway, asked) = serve(Template::Qwen).await;
    let prompt = prompt(&[(Role::System, "Answer as Ada.")]);
    let all = futures::future::join_all((0..12).map(|_| words(&gateway, &prompt))).await;
    assert!(all.iter().all(|words| words == "Well met!"), "{all:?}");
    assert_eq!(said(&gateway).await.0, "Well met!");
    let plain = asked.lock().expect("a record").iter().filter(|messages| messages[0].1 == RULES).count();
    assert!((1..=12).contains(&plain), "{plain}");
}

#[tokio::test]
async fn a_server_that_takes_no_form_is_left() {
    let refuse = async || Template::Qwen.complain("Conversation roles must alternate user/assistant/...");
    let server = Server::start(Router::new().route("/v1/chat/completions", post(refuse))).await;
    let gateway = gateway(&[format!("{}/v1", server.url())], &[], alone());
    let why = open(&gateway).await.expect_err("no words").to_string();
    assert!(why.contains("it answers 500"), "{why}");
}
