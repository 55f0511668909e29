//! What the real file refuses, how it is found, and what it costs.

use std::sync::LazyLock;
use std::time::Instant;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::{EXCEPTIONS, OpenApi};
use super::real;
use crate::form::tests::any_input::{any_json, replace, valid};

fn refusals(api: &OpenApi, method: &str, path: &str, body: &Value) -> Vec<String> {
    let checked = api.check_body(method, path, "application/json", Some(body)).expect("the file knows it");
    checked.violations.iter().map(ToString::to_string).collect()
}

#[test]
fn every_schema_of_a_request_compiles() {
    let Some(api) = real(EXCEPTIONS) else { return };
    let mut compiled = 0;
    for operation in api.paths.all() {
        let bodies = operation.bodies.iter().map(|body| &body.validator);
        for schema in bodies.chain(operation.query.iter().map(|parameter| &parameter.schema)) {
            schema.get(&api, &operation.name).expect("it compiles");
            compiled += 1;
        }
    }
    assert!(compiled > 100, "{compiled}");
}

#[test]
fn what_is_wrong_is_named_where_it_is() {
    let Some(api) = real(EXCEPTIONS) else { return };
    let button = json!({"type": 2, "style": 1, "custom_id": "a", "label": "x".repeat(81)});
    let message = json!({"content": 5, "components": [{"type": 1, "components": [button]}]});
    let found = refusals(&api, "POST", "/channels/1/messages", &message);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].starts_with("/components/0/components/0/label: \"xxx"), "{found:?}");
    assert_eq!(found[1], r#"/content: 5 is not of types "null", "string""#);
    let modal = json!({"type": 9, "data": {"custom_id": "f", "title": "T", "components": []}});
    assert_eq!(
        refusals(&api, "POST", "/interactions/1/t/callback", &modal),
        ["/data/components: [] has less than 1 item"]
    );
    let option = json!({"type": 3, "name": "o", "description": ""});
    let command = json!({"name": "a", "description": "b", "options": [option]});
    assert_eq!(
        refusals(&api, "POST", "/applications/1/commands", &command),
        [r#"/options/0/description: "" is shorter than 1 character"#]
    );
    let found = refusals(&api, "POST", "/interactions/1/t/callback", &json!({"type": 77}));
    assert!(found[0].starts_with("/type: 77 is not one of "), "{found:?}");
}

/// One document for all cases of the property below.
static REAL: LazyLock<Option<OpenApi>> = LazyLock::new(|| real(EXCEPTIONS));

proptest! {
    #[test]
    fn any_body_is_answered(which in 0_usize..4, at in 0_usize..80, new in any_json()) {
        let Some(api) = &*REAL else { return Ok(()) };
        let mut body = valid().swap_remove(which);
        replace(&mut body, &mut at.clone(), &new);
        let callback = json!({"type": 4, "data": body});
        for (path, body) in [
            ("/channels/1/messages", &body),
            ("/applications/1/commands", &body),
            ("/interactions/1/t/callback", &callback),
        ] {
            for found in refusals(api, "POST", path, body) {
                prop_assert!(found.chars().count() < 500, "{}", found);
            }
        }
    }
}

#[test]
fn a_body_with_no_end_of_mistakes_is_answered_shortly() {
    let Some(api) = real(EXCEPTIONS) else { return };
    let wrong = json!({"type": 17, "components": vec![json!({"type": 1, "components": [{"type": 2}]}); 20]});
    let body = json!({"embeds": vec![json!({"title": 5}); 1000], "components": vec![wrong; 100]});
    assert_eq!(refusals(&api, "POST", "/channels/1/messages", &body).len(), 20);
}

/// Prints what a check costs: run it with `--ignored --nocapture`, in a release build for numbers
/// that mean something.
#[test]
#[ignore = "prints timings, proves nothing"]
fn timings() {
    let Some(path) = OpenApi::find() else { return };
    let start = Instant::now();
    let api = OpenApi::load(&path).unwrap();
    eprintln!("load: {:?}", start.elapsed());
    let embed =
        json!({"title": "t", "description": "d".repeat(500), "fields": [{"name": "n", "value": "v"}]});
    let row = json!({"type": 1, "components": [{"type": 2, "style": 1, "custom_id": "a", "label": "A"}]});
    let body = json!({"content": "hello", "embeds": [embed], "components": [row]});
    let start = Instant::now();
    assert!(refusals(&api, "POST", "/channels/1/messages", &body).is_empty());
    eprintln!("compile: {:?}", start.elapsed());
    for (what, body) in
        [("bare", json!({"content": "hello"})), ("rich", body), ("wrong", json!({"content": 5}))]
    {
        let start = Instant::now();
        for _ in 0..10_000 {
            std::hint::black_box(refusals(&api, "POST", "/channels/1/messages", &body));
        }
        eprintln!("{what}: {:?} a check", start.elapsed() / 10_000);
    }
}
