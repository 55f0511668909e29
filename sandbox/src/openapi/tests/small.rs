//! The checks on a small document of our own: they need no file.

use serde_json::{Value, json};

use super::super::{Checked, Mismatch, OpenApi, multipart_body};

fn api() -> OpenApi {
    let document = json!({
        "openapi": "3.1.0",
        "paths": {
            "/things/{id}": {
                "parameters": [{"name": "id", "in": "path", "schema": {"type": "string"}}],
                "get": {"operationId": "get_thing", "parameters": [
                    {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 100}},
                    {"name": "deep", "in": "query", "schema": {"type": "boolean"}},
                    {"name": "ids", "in": "query", "schema": {"type": "array", "items": {"type": "string"}, "maxItems": 2}},
                    {"name": "by", "in": "query", "required": true, "schema": {"type": "string"}},
                ]},
                "post": {"operationId": "make_thing", "requestBody": {"required": true, "content": {
                    "application/json": {"schema": {"$ref": "#/components/schemas/Thing"}},
                    "multipart/form-data": {"schema": {"allOf": [
                        {"$ref": "#/components/schemas/Thing"},
                        {"properties": {"files[0]": {"type": "string", "contentEncoding": "binary"}}},
                    ]}},
                }}},
                "delete": {"operationId": "drop_thing"},
            },
            "/things/@me": {
                "get": {"operationId": "get_mine"},
            },
            "/broken": {
                "post": {"operationId": "broken", "requestBody": {"content": {
                    "application/json": {"schema": {"$ref": "#/components/schemas/Nowhere"}},
                }}},
            },
        },
        "components": {"schemas": {
            "Thing": {"type": "object", "required": ["name"], "properties": {
                "name": {"type": "string", "maxLength": 5},
                "count": {"type": ["integer", "null"]},
                "part": {"oneOf": [
                    {"type": "null"},
                    {"$ref": "#/components/schemas/Button"},
                    {"$ref": "#/components/schemas/Row"},
                ]},
            }},
            "Button": {"type": "object", "required": ["type", "label"], "properties": {
                "type": {"type": "integer", "enum": [2]},
                "label": {"type": "string", "maxLength": 3},
            }},
            "Row": {"type": "object", "required": ["type", "parts"], "properties": {
                "type": {"type": "integer", "enum": [1]},
                "parts": {"type": "array", "items": {"oneOf": [{"$ref": "#/components/schemas/Button"}]}},
            }},
        }},
    });
    OpenApi::from_document(document, &[]).expect("the document is sound")
}

fn post(body: &Value) -> Vec<String> {
    let checked = api().check_body("post", "/things/1", "application/json; charset=utf-8", Some(body));
    checked.expect("the operation is there").violations.iter().map(ToString::to_string).collect()
}

fn query(pairs: &[(&str, &str)]) -> Vec<String> {
    let pairs: Vec<_> = pairs.iter().map(|(name, text)| ((*name).into(), (*text).into())).collect();
    let checked = api().check_query("GET", "/things/1", &pairs).expect("the operation is there");
    checked.violations.iter().map(ToString::to_string).collect()
}

#[test]
fn a_union_names_the_leaf_that_is_wrong() {
    assert_eq!(post(&json!({"name": "abc"})), [""; 0]);
    assert_eq!(post(&json!({"name": "abcdef"})), [r#"/name: "abcdef" is longer than 5 characters"#]);
    assert_eq!(post(&json!({})), [r#"the body: "name" is a required property"#]);
    assert_eq!(
        post(&json!({"name": "a", "part": {"type": 2, "label": "long"}})),
        [r#"/part/label: "long" is longer than 3 characters"#]
    );
    assert_eq!(
        post(&json!({"name": "a", "part": {"type": 1, "parts": [{"type": 2}]}})),
        [r#"/part/parts/0: "label" is a required property"#]
    );
    assert_eq!(post(&json!({"name": "a", "part": {"type": 7}})), ["/part/type: 7 is not one of 2, 1"]);
    assert_eq!(
        post(&json!({"name": "a", "part": 5})),
        [r#"/part: 5 is not of type "null", and 5 is not of type "object""#]
    );
}

#[test]
fn messages_are_bounded() {
    let wrong: Vec<_> = (0..100).map(|_| json!({"type": 2, "label": "x".repeat(10_000)})).collect();
    let found = post(&json!({"name": "a", "part": {"type": 1, "parts": wrong}}));
    assert_eq!(found.len(), 20);
    assert!(found.iter().all(|message| message.chars().count() < 350), "{found:?}");
}

#[test]
fn what_is_no_violation_has_its_own_kind() {
    let api = api();
    let body = json!({});
    let check = |method, path, kind, body| api.check_body(method, path, kind, body).unwrap_err();
    assert_eq!(
        check("post", "/nothing", "", None),
        Mismatch::UnknownOperation { method: "POST".into(), path: "/nothing".into() }
    );
    assert!(matches!(check("PATCH", "/things/1", "", None), Mismatch::UnknownOperation { .. }));
    assert!(matches!(check("GET", "/things/", "", None), Mismatch::UnknownOperation { .. }));
    assert!(matches!(check("GET", "things/1", "", None), Mismatch::UnknownOperation { .. }));
    assert!(matches!(check("POST", "/things/1", "", None), Mismatch::MissingBody { .. }));
    assert!(matches!(
        check("DELETE", "/things/1", "application/json", Some(&body)),
        Mismatch::UnexpectedBody { operation } if operation == "drop_thing"
    ));
    assert_eq!(
        check("POST", "/things/1", "Text/Plain", Some(&body)).to_string(),
        r#"make_thing takes application/json, multipart/form-data, not "text/plain""#
    );
    assert!(matches!(
        check("POST", "/broken", "application/json", Some(&body)),
        Mismatch::BrokenSchema { .. }
    ));
}

#[test]
fn literal_segments_win_and_give_way() {
    let api = api();
    let name = |method, path| api.check_query(method, path, &[]).map(|checked| checked.operation);
    assert_eq!(name("GET", "/things/@me").as_deref(), Ok("get_mine"));
    assert_eq!(name("GET", "/things/5").as_deref(), Ok("get_thing"));
    // `/things/@me` has no DELETE of its own.
    assert_eq!(name("DELETE", "/things/@me").as_deref(), Ok("drop_thing"));
}

#[test]
fn forms_are_read_as_the_types_that_the_file_states() {
    let api = api();
    let check = |payload: Option<&Value>, fields: &[(&str, &str)]| {
        let body = multipart_body(payload, fields, &["files[0]"]);
        let checked = api.check_body("POST", "/things/1", "multipart/form-data; boundary=x", Some(&body));
        checked.unwrap().violations.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(check(Some(&json!({"name": "a"})), &[]), [""; 0]);
    assert_eq!(check(None, &[("name", "7"), ("count", "7")]), [""; 0]);
    assert_eq!(
        check(None, &[("name", "7"), ("count", "x")]),
        [r#"/count: "x" is not of types "null", "integer""#]
    );
    assert_eq!(check(Some(&json!([1])), &[]), [r#"the body: [1] is not of type "object""#]);
}

#[test]
fn a_query_is_checked() {
    assert_eq!(query(&[("by", "me"), ("limit", "5"), ("deep", "1"), ("ids", "1"), ("ids", "2")]), [""; 0]);
    assert_eq!(query(&[]), ["/by: this query parameter is required"]);
    assert_eq!(
        query(&[("by", "me"), ("limit", "101"), ("deep", "maybe"), ("page", "1")]),
        [
            r#"/deep: "maybe" is not of type "boolean""#,
            "/limit: 101 is greater than the maximum of 100",
            "/page: no such query parameter",
        ]
    );
    assert_eq!(query(&[("by", "me"), ("ids", "1"), ("ids", "2"), ("ids", "3")]).len(), 1);
}

#[test]
fn one_document_serves_many_threads() {
    let api = api();
    let found: Vec<Checked> = std::thread::scope(|scope| {
        let checks: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    let body = json!({"name": "abcdef"});
                    api.check_body("POST", "/things/1", "application/json", Some(&body)).unwrap()
                })
            })
            .collect();
        checks.into_iter().map(|check| check.join().unwrap()).collect()
    });
    assert!(found.iter().all(|checked| checked.violations.len() == 1));
}

#[test]
fn a_file_that_cannot_be_used_says_why() {
    let directory = std::env::temp_dir().join(format!("troupe-openapi-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let file = directory.join("openapi.json");
    let refusal = |text: &str| {
        std::fs::write(&file, text).unwrap();
        OpenApi::load(&file).unwrap_err().to_string()
    };
    assert!(refusal("{").contains("is not JSON"));
    assert!(refusal(r#"{"openapi": "3.0.0"}"#).contains(r#"its "openapi" says "3.0.0""#));
    assert!(refusal(r#"{"openapi": "3.1.0"}"#).contains(r#"it has no "paths""#));
    assert!(refusal("[]").contains("not an OpenAPI 3.1 document"));
    std::fs::remove_dir_all(&directory).unwrap();
    assert!(OpenApi::load(&file).unwrap_err().to_string().contains("can't read"));
}
