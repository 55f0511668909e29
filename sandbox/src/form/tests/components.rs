//! Components of messages and modals.

use serde_json::{Value, json};

use super::super::message::{self, Context};
use super::super::modal;
use super::{fine, long, most, refused};
use crate::error::ApiResult;

fn legacy(components: &Value) -> ApiResult<()> {
    message::create(&json!({ "components": components }), &Context::default())
}

fn v2(components: &Value) -> ApiResult<()> {
    message::create(&json!({ "components": components, "flags": 1 << 15 }), &Context::default())
}

fn row(inside: &Value) -> Value {
    json!({"type": 1, "components": inside})
}

fn button(id: impl std::fmt::Display) -> Value {
    json!({"type": 2, "style": 1, "label": "a", "custom_id": format!("{id}")})
}

fn buttons(rows: usize, each: usize) -> Value {
    let row_of = |at: usize| row(&(0..each).map(|n| button(format!("{at}-{n}"))).collect());
    (0..rows).map(row_of).collect()
}

fn one(component: &Value) -> ApiResult<()> {
    legacy(&json!([row(&json!([component]))]))
}

const AT: &str = "components.0.components.0";

#[test]
fn rows_and_their_width() {
    most(legacy, 5, |n| buttons(n, 1), "components:BASE_TYPE_MAX_LENGTH");
    most(legacy, 5, |n| buttons(1, n), "components.0.components:BASE_TYPE_BAD_LENGTH");
    refused(legacy(&buttons(1, 0)), "components.0.components:BASE_TYPE_BAD_LENGTH");
    refused(legacy(&json!([{"type": 1}])), "components.0.components:BASE_TYPE_REQUIRED");
    let select = |id: &str| json!({"type": 5, "custom_id": id});
    fine(legacy(&json!([row(&json!([select("a")]))])));
    let wide = "components.0.components.1:COMPONENT_LAYOUT_WIDTH_EXCEEDED";
    refused(legacy(&json!([row(&json!([select("a"), select("b")]))])), wide);
    refused(legacy(&json!([row(&json!([button(1), select("b")]))])), wide);
    refused(legacy(&json!([button(1)])), "components.0:UNION_TYPE_CHOICES");
    refused(legacy(&json!([row(&json!([buttons(1, 1)[0]]))])), &format!("{AT}:UNION_TYPE_CHOICES"));
    refused(one(&json!({"type": 4, "custom_id": "a", "style": 1})), &format!("{AT}:UNION_TYPE_CHOICES"));
    refused(one(&json!({})), &format!("{AT}.type:BASE_TYPE_REQUIRED"));
}

#[test]
fn buttons_by_style() {
    let at = |key: &str, code: &str| format!("{AT}.{key}:{code}");
    let with = |id: usize| json!({"type": 2, "style": 1, "label": "a", "custom_id": long(id)});
    most(one, 100, with, &at("custom_id", "BASE_TYPE_BAD_LENGTH"));
    refused(one(&with(0)), &at("custom_id", "BASE_TYPE_BAD_LENGTH"));
    let label = |n: usize| json!({"type": 2, "style": 1, "label": long(n), "custom_id": "a"});
    most(one, 80, label, &at("label", "BASE_TYPE_MAX_LENGTH"));
    let check = |body: Value| one(&body);
    fine(check(json!({"type": 2, "style": 5, "label": "a", "url": "https://example.com"})));
    fine(check(json!({"type": 2, "style": 6, "sku_id": "5"})));
    fine(check(json!({"type": 2, "style": 2, "custom_id": "a", "emoji": {"name": "🎲"}})));
    let none = json!({"type": 2, "style": 1, "label": "a"});
    refused(check(none), &at("custom_id", "BUTTON_COMPONENT_CUSTOM_ID_REQUIRED"));
    refused(check(json!({"type": 2, "style": 7, "label": "a"})), &at("style", "BASE_TYPE_CHOICES"));
    refused(check(json!({"type": 2, "style": 1, "custom_id": "a"})), &at("label", "BASE_TYPE_REQUIRED"));
    refused(check(json!({"type": 2, "style": 5, "label": "a"})), &at("url", "BUTTON_COMPONENT_URL_REQUIRED"));
    let ftp = json!({"type": 2, "style": 5, "label": "a", "url": "ftp://a.b"});
    refused(check(ftp), &at("url", "URL_TYPE_INVALID_SCHEME"));
    refused(check(json!({"type": 2, "style": 6})), &at("sku_id", "BASE_TYPE_REQUIRED"));
    let both = json!({"type": 2, "style": 5, "label": "a", "url": "https://a.b", "custom_id": "a"});
    let code = "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE";
    assert_eq!(super::refusals(check(both)), [at("custom_id", code), at("url", code)]);
    let twice = json!([row(&json!([button(1), button(1)]))]);
    refused(legacy(&twice), "components.0.components.1.custom_id:COMPONENT_CUSTOM_ID_DUPLICATED");
}

fn options(count: usize) -> Vec<Value> {
    (0..count).map(|n| json!({"label": "a", "value": n.to_string()})).collect()
}

#[test]
fn selects() {
    let at = |key: &str, code: &str| format!("{AT}.{key}:{code}");
    let with = |key: &str, value: Value| {
        let mut select = json!({"type": 3, "custom_id": "a", "options": options(25)});
        select[key] = value;
        select
    };
    most(one, 25, |n| with("options", options(n).into()), &at("options", "BASE_TYPE_BAD_LENGTH"));
    refused(one(&with("options", json!([]))), &at("options", "BASE_TYPE_BAD_LENGTH"));
    refused(one(&with("options", json!(null))), &at("options", "BASE_TYPE_REQUIRED"));
    most(one, 150, |n| with("placeholder", long(n).into()), &at("placeholder", "BASE_TYPE_MAX_LENGTH"));
    most(one, 25, |n| with("max_values", n.into()), &at("max_values", "NUMBER_TYPE_MAX"));
    most(one, 1, |n| with("min_values", n.into()), &at("min_values", "NUMBER_TYPE_MAX"));
    fine(one(&with("min_values", 0.into())));
    refused(one(&with("max_values", 0.into())), &at("max_values", "NUMBER_TYPE_MIN"));
    for key in ["label", "value", "description"] {
        let option = |n: usize| {
            let mut option = json!({"label": "a", "value": "b"});
            option[key] = long(n).into();
            with("options", json!([option]))
        };
        let code = if key == "description" { "BASE_TYPE_MAX_LENGTH" } else { "BASE_TYPE_BAD_LENGTH" };
        most(one, 100, option, &at(&format!("options.0.{key}"), code));
    }
    let twice = with("options", json!([{"label": "a", "value": "x"}, {"label": "b", "value": "x"}]));
    refused(one(&twice), &at("options.1", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED"));
    let few = json!({"type": 3, "custom_id": "a", "max_values": 2, "options": options(1)});
    refused(one(&few), &at("options", "BASE_TYPE_MIN_LENGTH"));
    let given = |n: usize| {
        let values: Vec<_> = (0..n).map(|n| json!({"id": n.to_string(), "type": "user"})).collect();
        json!({"type": 5, "custom_id": "a", "max_values": 2, "default_values": values})
    };
    most(one, 2, given, &at("default_values", "SELECT_COMPONENT_TOO_MANY_DEFAULT_VALUES"));
    let channels = json!({"type": 8, "custom_id": "a", "channel_types": [0, 99]});
    refused(one(&channels), &at("channel_types.1", "BASE_TYPE_CHOICES"));
}

#[test]
fn layouts() {
    let text = |n: usize| json!([{"type": 10, "content": long(n)}]);
    most(v2, 4000, text, "components.0.content:BASE_TYPE_BAD_LENGTH");
    let two =
        |n: usize| json!([{"type": 10, "content": long(n - 2000)}, {"type": 17, "components": text(2000)}]);
    most(v2, 4000, two, "components:COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED");
    most(v2, 40, |n| vec![text(1)[0].clone(); n].into(), "components:BASE_TYPE_MAX_LENGTH");
    // The container counts as well.
    let inside = |n: usize| json!([{"type": 17, "components": vec![text(1)[0].clone(); n - 1]}]);
    most(v2, 40, inside, "components:COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED");
    let media = json!({"media": {"url": "https://example.com/a.png"}});
    let gallery = |n: usize| json!([{"type": 12, "items": vec![media.clone(); n]}]);
    most(v2, 10, gallery, "components.0.items:BASE_TYPE_BAD_LENGTH");
    refused(v2(&gallery(0)), "components.0.items:BASE_TYPE_BAD_LENGTH");
    let section =
        |n: usize| json!([{"type": 9, "components": vec![text(1)[0].clone(); n], "accessory": button(1)}]);
    most(v2, 3, section, "components.0.components:BASE_TYPE_BAD_LENGTH");
    let alone = json!([{"type": 9, "components": text(1)}]);
    refused(v2(&alone), "components.0.accessory:BASE_TYPE_REQUIRED");
    let thumbnail = json!({"type": 11, "media": {"url": "attachment://a.png"}, "description": "a"});
    fine(v2(&json!([{"type": 9, "components": text(1), "accessory": thumbnail}])));
    refused(v2(&json!([thumbnail])), "components.0:UNION_TYPE_CHOICES");
    fine(v2(&json!([{"type": 13, "file": {"url": "attachment://a.txt"}}, {"type": 14, "spacing": 2}])));
    let remote = json!([{"type": 13, "file": {"url": "https://example.com/a.txt"}}]);
    refused(v2(&remote), "components.0.file.url:URL_TYPE_INVALID_SCHEME");
    let nested = json!([{"type": 17, "components": [{"type": 17, "components": text(1)}]}]);
    refused(v2(&nested), "components.0.components.0:UNION_TYPE_CHOICES");
    let ids = json!([{"type": 10, "content": "a", "id": 5}, {"type": 10, "content": "a", "id": 5}]);
    refused(v2(&ids), "components.1.id:COMPONENT_ID_DUPLICATED");
    fine(v2(&json!([{"type": 10, "content": "a", "id": 0}, {"type": 10, "content": "a", "id": 0}])));
}

fn modal_of(components: &Value) -> Value {
    json!({"custom_id": "form", "title": "Title", "components": components})
}

fn input(key: &str, value: Value) -> Value {
    let mut input = json!({"type": 4, "custom_id": "a", "style": 1, "label": "a"});
    input[key] = value;
    input
}

#[test]
fn modals() {
    let title = |n: usize| json!({"custom_id": "a", "title": long(n), "components": [row(&json!([input("id", 1.into())]))]});
    most(modal::check, 45, title, "title:BASE_TYPE_BAD_LENGTH");
    refused(modal::check(&title(0)), "title:BASE_TYPE_BAD_LENGTH");
    let rows = |n: usize| {
        modal_of(&(0..n).map(|n| row(&json!([input("custom_id", n.to_string().into())]))).collect())
    };
    most(modal::check, 5, rows, "components:BASE_TYPE_BAD_LENGTH");
    refused(modal::check(&rows(0)), "components:BASE_TYPE_BAD_LENGTH");
    let in_row = |key: &str, value: Value| modal_of(&json!([row(&json!([input(key, value)]))]));
    let over = |key: &str, code: &str| format!("{AT}.{key}:{code}");
    most(modal::check, 45, |n| in_row("label", long(n).into()), &over("label", "BASE_TYPE_BAD_LENGTH"));
    let code = over("placeholder", "BASE_TYPE_MAX_LENGTH");
    most(modal::check, 100, |n| in_row("placeholder", long(n).into()), &code);
    most(modal::check, 4000, |n| in_row("max_length", n.into()), &over("max_length", "NUMBER_TYPE_MAX"));
    most(modal::check, 4000, |n| in_row("min_length", n.into()), &over("min_length", "NUMBER_TYPE_MAX"));
    most(modal::check, 4000, |n| in_row("value", long(n).into()), &over("value", "BASE_TYPE_MAX_LENGTH"));
    refused(modal::check(&in_row("label", json!(null))), &over("label", "BASE_TYPE_REQUIRED"));
    refused(modal::check(&in_row("style", json!(3))), &over("style", "BASE_TYPE_CHOICES"));
    let two = modal_of(&json!([row(&json!([input("id", 1.into()), input("custom_id", "b".into())]))]));
    refused(modal::check(&two), "components.0.components:BASE_TYPE_BAD_LENGTH");
    refused(modal::check(&modal_of(&json!([row(&json!([button(1)]))]))), &format!("{AT}:UNION_TYPE_CHOICES"));
}

#[test]
fn labels_of_modals() {
    let label = |component: Value| modal_of(&json!([{"type": 18, "label": "a", "component": component}]));
    let check = |component: Value| modal::check(&label(component));
    fine(check(json!({"type": 4, "custom_id": "a", "style": 2})));
    fine(check(json!({"type": 3, "custom_id": "a", "options": options(2), "required": false})));
    fine(check(json!({"type": 19, "custom_id": "a", "required": false, "min_values": 0, "max_values": 10})));
    fine(check(json!({"type": 21, "custom_id": "a", "options": options(2)})));
    fine(check(json!({"type": 22, "custom_id": "a", "options": options(10), "max_values": 10})));
    fine(check(json!({"type": 23, "custom_id": "a", "default": true})));
    let at = "components.0.component";
    refused(check(button(1)), &format!("{at}:UNION_TYPE_CHOICES"));
    let uploads = |n: usize| label(json!({"type": 19, "custom_id": "a", "max_values": n}));
    most(modal::check, 10, uploads, &format!("{at}.max_values:NUMBER_TYPE_MAX"));
    for kind in [5, 19] {
        let none = json!({"type": kind, "custom_id": "a", "min_values": 0});
        refused(check(none), &format!("{at}.min_values:NUMBER_TYPE_MIN"));
    }
    let disabled = json!({"type": 5, "custom_id": "a", "disabled": true});
    refused(check(disabled), &format!("{at}.disabled:SELECT_COMPONENT_DISABLED_IN_MODAL"));
    refused(
        check(json!({"type": 21, "custom_id": "a", "options": options(1)})),
        &format!("{at}.options:BASE_TYPE_BAD_LENGTH"),
    );
    let text = |key: &str, n: usize| {
        let mut label = label(json!({"type": 23, "custom_id": "a"}));
        label["components"][0][key] = long(n).into();
        label
    };
    most(modal::check, 45, |n| text("label", n), "components.0.label:BASE_TYPE_BAD_LENGTH");
    most(modal::check, 100, |n| text("description", n), "components.0.description:BASE_TYPE_MAX_LENGTH");
    fine(modal::check(&modal_of(&json!([{"type": 10, "content": "a"}]))));
}
