//! Requests that discord.py and discord.js make, recorded by the scripts in `bodies/`.

use serde::Deserialize;
use serde_json::Value;

use super::super::{EXCEPTIONS, Exception, Mismatch, OpenApi, multipart_body};
use super::real;

/// A request as a client made it.
#[derive(Deserialize)]
pub(crate) struct Request {
    pub(crate) what: String,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) files: Vec<String>,
    #[serde(rename = "type")]
    content_type: Option<String>,
    pub(crate) body: Option<Value>,
}

const RECORDED: [(&str, &str); 2] = [
    ("discord.py", include_str!("bodies/discord_py.jsonl")),
    ("discord.js", include_str!("bodies/discord_js.jsonl")),
];

/// Every recorded request.
pub(crate) fn recorded() -> impl Iterator<Item = Request> {
    RECORDED.into_iter().flat_map(|(client, lines)| {
        lines.lines().map(move |line| {
            let request: Request = serde_json::from_str(line).expect("a recorded line is a request");
            Request { what: format!("{client}, {}", request.what), ..request }
        })
    })
}

/// Everything that the file has against the recorded requests.
pub(super) fn refusals(api: &OpenApi) -> Vec<String> {
    let mut refused = Vec::new();
    for request in recorded() {
        let place = &request.what;
        for result in
            [check_body(api, &request), api.check_query(&request.method, &request.path, &request.query)]
        {
            match result {
                Ok(checked) => refused.extend(
                    checked
                        .violations
                        .iter()
                        .map(|found| format!("{place} ({}): {found}", checked.operation)),
                ),
                Err(mismatch) => refused.push(format!("{place}: {mismatch}")),
            }
        }
    }
    refused
}

fn check_body(api: &OpenApi, request: &Request) -> Result<super::super::Checked, Mismatch> {
    let content_type = request.content_type.as_deref().unwrap_or_default();
    let files: Vec<&str> = request.files.iter().map(|name| &**name).collect();
    let body = if content_type.starts_with("multipart/") {
        Some(multipart_body(request.body.as_ref(), &[], &files))
    } else {
        request.body.clone()
    };
    api.check_body(&request.method, &request.path, content_type, body.as_ref())
}

#[test]
fn what_discord_py_and_discord_js_send_is_accepted() {
    let Some(api) = real(EXCEPTIONS) else { return };
    let refused = refusals(&api);
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}

/// An exception that no client needs, or whose place is gone from the file, must go.
#[test]
fn every_exception_is_needed() {
    let Some(all) = real(EXCEPTIONS) else { return };
    assert!(super::serenity::refusals(&all).is_empty(), "else the counts below mean nothing");
    for needed in EXCEPTIONS {
        let others: Vec<Exception> =
            EXCEPTIONS.iter().filter(|exception| exception.name != needed.name).copied().collect();
        let without = real(&others).expect("the file was here a moment ago");
        let refused = super::serenity::refusals(&without).len() + refusals(&without).len();
        assert!(refused > 0, "nothing recorded needs the exception {}", needed.name);
    }
}
