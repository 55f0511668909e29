//! Commands, their options and choices; autocompletion.

use serde_json::{Value, json};

use super::super::{command, interaction, message::Context};
use super::{fine, long, most, refusals, refused};
use crate::error::ApiResult;

fn with(key: &str, value: impl Into<Value>) -> Value {
    let mut command = json!({"name": "talk", "description": "Talk"});
    command[key] = value.into();
    command
}

fn options(options: &Value) -> ApiResult<()> {
    command::create(&with("options", options.clone()))
}

fn option(kind: i64, key: &str, value: impl Into<Value>) -> Value {
    let mut option = json!({"type": kind, "name": "a", "description": "b"});
    option[key] = value.into();
    option
}

fn one(option: &Value) -> ApiResult<()> {
    options(&json!([option]))
}

#[test]
fn names() {
    let name = |text: &str| command::create(&with("name", text));
    for good in ["talk", "réponse", "話す", "พูด", "बोलो", "a-b_c'd", "5", "ß", &"a".repeat(32)]
    {
        fine(name(good));
    }
    most(command::create, 32, |n| with("name", "a".repeat(n)), "name:BASE_TYPE_BAD_LENGTH");
    refused(name(""), "name:BASE_TYPE_BAD_LENGTH");
    for bad in ["two words", "a.b", "a/b", "🎲", " a"] {
        refused(name(bad), "name:STRING_TYPE_REGEX");
    }
    for bad in ["Talk", "ÜBER"] {
        refused(name(bad), "name:APPLICATION_COMMAND_INVALID_NAME");
    }
    refused(command::create(&json!({"description": "a"})), "name:BASE_TYPE_REQUIRED");
    let localized =
        |locale: &str, text: &str| command::create(&with("name_localizations", json!({ locale: text })));
    fine(localized("de", "sprechen"));
    refused(localized("de", "Sprechen"), "name_localizations.de:APPLICATION_COMMAND_INVALID_NAME");
    refused(localized("xx", "a"), "name_localizations.xx:BASE_TYPE_CHOICES");
    refused(localized("_errors", "a"), "name_localizations:BASE_TYPE_CHOICES");
    refused(command::create(&with("name_localizations", json!([]))), "name_localizations:DICT_TYPE_CONVERT");
}

#[test]
fn descriptions() {
    most(command::create, 100, |n| with("description", long(n)), "description:BASE_TYPE_BAD_LENGTH");
    refused(command::create(&with("description", "")), "description:BASE_TYPE_BAD_LENGTH");
    refused(command::create(&json!({"name": "a"})), "description:BASE_TYPE_REQUIRED");
    let translated = |n: usize| with("description_localizations", json!({ "fr": long(n) }));
    most(command::create, 100, translated, "description_localizations.fr:BASE_TYPE_BAD_LENGTH");
}

#[test]
fn menus_have_neither_description_nor_options() {
    for kind in [2, 3] {
        fine(command::create(&json!({"type": kind, "name": "Talk To 🎲"})));
        fine(command::create(&json!({"type": kind, "name": "Talk", "description": "", "options": []})));
        let name = |n: usize| json!({"type": kind, "name": long(n)});
        most(command::create, 32, name, "name:BASE_TYPE_BAD_LENGTH");
        let described = json!({"type": kind, "name": "a", "description": "b"});
        refused(
            command::create(&described),
            "description:APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_INVALID",
        );
        let opted = json!({"type": kind, "name": "a", "options": [option(3, "name", "a")]});
        refused(command::create(&opted), "options:APPLICATION_COMMAND_CONTEXT_MENU_OPTIONS_INVALID");
    }
}

#[test]
fn option_lists() {
    let many =
        |n: usize| with("options", (0..n).map(|n| option(3, "name", n.to_string())).collect::<Vec<_>>());
    most(command::create, 25, many, "options:BASE_TYPE_MAX_LENGTH");
    let order = |first: bool, second: bool| {
        let mut list = json!([option(3, "required", first), option(3, "required", second)]);
        list[1]["name"] = json!("z");
        options(&list)
    };
    fine(order(true, false));
    fine(order(true, true));
    refused(order(false, true), "options.1:APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID");
    let twice = json!([option(3, "name", "a"), option(4, "name", "a")]);
    refused(options(&twice), "options.1.name:APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS");
    refused(one(&json!({"name": "a", "description": "b"})), "options.0.type:BASE_TYPE_REQUIRED");
    refused(one(&option(12, "name", "a")), "options.0:UNION_TYPE_CHOICES");
    most(one, 100, |n| option(3, "description", long(n)), "options.0.description:BASE_TYPE_BAD_LENGTH");
    refused(one(&option(3, "name", "A")), "options.0.name:APPLICATION_COMMAND_INVALID_NAME");
}

#[test]
fn subcommands() {
    let sub = option(1, "options", json!([option(3, "name", "x")]));
    fine(one(&sub));
    fine(one(&option(2, "options", json!([sub]))));
    let mut mixed = json!([sub, option(3, "name", "z")]);
    mixed[1]["name"] = json!("z");
    refused(options(&mixed), "options:APPLICATION_COMMAND_OPTIONS_TYPE_INVALID");
    refused(one(&option(1, "options", json!([sub]))), "options.0.options.0:UNION_TYPE_CHOICES");
    let group_in_group = option(2, "options", json!([option(2, "name", "g")]));
    refused(one(&group_in_group), "options.0.options.0:UNION_TYPE_CHOICES");
    refused(
        one(&option(2, "options", json!([option(3, "name", "g")]))),
        "options.0.options.0:UNION_TYPE_CHOICES",
    );
}

#[test]
fn choices() {
    let list =
        |n: usize| (0..n).map(|n| json!({"name": n.to_string(), "value": n.to_string()})).collect::<Vec<_>>();
    most(one, 25, |n| option(3, "choices", list(n)), "options.0.choices:BASE_TYPE_MAX_LENGTH");
    let name = |n: usize| option(3, "choices", json!([{"name": long(n), "value": "a"}]));
    most(one, 100, name, "options.0.choices.0.name:BASE_TYPE_BAD_LENGTH");
    let value = |n: usize| option(3, "choices", json!([{"name": "a", "value": long(n)}]));
    most(one, 100, value, "options.0.choices.0.value:BASE_TYPE_MAX_LENGTH");
    let typed =
        |kind: i64, value: Value| one(&option(kind, "choices", json!([{"name": "a", "value": value}])));
    fine(typed(4, json!(9_007_199_254_740_991_i64)));
    refused(typed(4, json!(9_007_199_254_740_992_i64)), "options.0.choices.0.value:NUMBER_TYPE_MAX");
    refused(typed(4, json!(0.5)), "options.0.choices.0.value:NUMBER_TYPE_COERCE");
    fine(typed(10, json!(0.5)));
    refused(typed(10, json!("a")), "options.0.choices.0.value:NUMBER_TYPE_COERCE");
    refused(typed(3, json!({})), "options.0.choices.0.value:STRING_TYPE_CONVERT");
    let mut both = option(3, "choices", list(1));
    both["autocomplete"] = json!(true);
    refused(one(&both), "options.0.autocomplete:APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_INVALID");
    both["choices"] = json!([]);
    fine(one(&both));
    let twice = option(3, "choices", json!([{"name": "a", "value": "1"}, {"name": "a", "value": "2"}]));
    refused(one(&twice), "options.0.choices.1.name:APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_ALREADY_EXISTS");
}

#[test]
fn ranges() {
    let range = |kind: i64, keys: [&str; 2], least: Value, most: Value| {
        let mut option = option(kind, keys[0], least);
        option[keys[1]] = most;
        one(&option)
    };
    let lengths = ["min_length", "max_length"];
    let values = ["min_value", "max_value"];
    fine(range(3, lengths, json!(0), json!(6000)));
    fine(range(3, lengths, json!(5), json!(5)));
    refused(range(3, lengths, json!(6), json!(5)), "options.0.min_length:NUMBER_TYPE_MAX");
    refused(range(3, lengths, json!(1), json!(6001)), "options.0.max_length:NUMBER_TYPE_MAX");
    refused(range(3, lengths, json!(0), json!(0)), "options.0.max_length:NUMBER_TYPE_MIN");
    fine(range(4, values, json!(-5), json!(5)));
    refused(range(4, values, json!(6), json!(5)), "options.0.min_value:NUMBER_TYPE_MAX");
    refused(range(4, values, json!(0.5), json!(5)), "options.0.min_value:NUMBER_TYPE_COERCE");
    fine(range(10, values, json!(0.5), json!(1.5)));
    refused(one(&option(7, "channel_types", json!([99]))), "options.0.channel_types.0:BASE_TYPE_CHOICES");
}

#[test]
fn a_command_holds_8000_characters() {
    // A name of 4, a description of 4; each option 1 + 1, and 25 choices of 100 + 100.
    let body = |n: usize| {
        let sizes = [5000, n - 8 - 2 * 2 - 5000];
        let options: Vec<Value> = sizes
            .iter()
            .enumerate()
            .map(|(at, size)| {
                let choices: Vec<Value> = (0..25)
                    .map(|n: usize| {
                        let own = (size / 25) + usize::from(n < size % 25);
                        let name = own / 2;
                        json!({"name": format!("{n:02}{}", "n".repeat(name - 2)), "value": "v".repeat(own - name)})
                    })
                    .collect();
                let mut option = option(3, "choices", choices);
                option["name"] = json!(at.to_string());
                option
            })
            .collect();
        with("options", options)
    };
    most(command::create, 8000, body, ":APPLICATION_COMMAND_TOO_LARGE");
    // Only the longest language of a field counts.
    let mut translated = body(8000);
    translated["description_localizations"] = json!({"de": "Rede", "fr": "Parl"});
    fine(command::create(&translated));
    translated["description_localizations"] = json!({"de": "Reden", "fr": "Parl"});
    refused(command::create(&translated), ":APPLICATION_COMMAND_TOO_LARGE");
}

#[test]
fn lists_of_commands() {
    let list = |kind: u8, n: usize| {
        let one = |n: usize| match kind {
            1 => json!({"name": n.to_string(), "description": "a"}),
            kind => json!({"type": kind, "name": n.to_string()}),
        };
        Value::from((0..n).map(one).collect::<Vec<_>>())
    };
    most(command::bulk, 100, |n| list(1, n), "30032");
    most(command::bulk, 15, |n| list(2, n), "30032");
    most(command::bulk, 15, |n| list(3, n), "30032");
    most(command::bulk, 1, |n| list(4, n), "30032");
    let named = |kind: u8| json!({"type": kind, "name": "a"});
    fine(command::bulk(&json!([with("name", "a"), named(2), named(3)])));
    refused(command::bulk(&json!([named(2), named(2)])), "1:APPLICATION_COMMANDS_DUPLICATE_NAME");
    refused(command::bulk(&json!({})), ":LIST_TYPE_CONVERT");
    refused(Err(command::duplicate_name()), ":APPLICATION_COMMANDS_DUPLICATE_NAME");
}

#[test]
fn where_and_for_whom() {
    let check = |key: &str, value: Value| command::create(&with(key, value));
    fine(check("contexts", json!([0, 1, 2])));
    refused(check("contexts", json!([3])), "contexts.0:BASE_TYPE_CHOICES");
    refused(check("contexts", json!([0, 0])), "contexts.1:SET_TYPE_ALREADY_CONTAINS_VALUE");
    refused(check("integration_types", json!([2])), "integration_types.0:BASE_TYPE_CHOICES");
    fine(check("default_member_permissions", json!("32")));
    fine(check("default_member_permissions", json!(null)));
    refused(
        check("default_member_permissions", json!("all")),
        "default_member_permissions:NUMBER_TYPE_COERCE",
    );
    fine(command::edit(&json!({"description": "a"}), command::CHAT_INPUT));
    refused(command::edit(&json!({"name": "A b"}), command::CHAT_INPUT), "name:STRING_TYPE_REGEX");
    fine(command::edit(&json!({"name": "A b"}), command::USER));
}

#[test]
fn autocompletion() {
    let check = |choices: Value| {
        interaction::callback(&json!({"type": 8, "data": {"choices": choices}}), &Context::default())
    };
    let list = |n: usize| (0..n).map(|n| json!({"name": n.to_string(), "value": n})).collect::<Vec<_>>();
    fine(check(json!([])));
    fine(check(list(25).into()));
    refused(check(list(26).into()), "data.choices:BASE_TYPE_MAX_LENGTH");
    refused(check(json!([{"name": "a", "value": long(101)}])), "data.choices.0.value:BASE_TYPE_MAX_LENGTH");
    refused(check(json!([{"name": "", "value": 1}])), "data.choices.0.name:BASE_TYPE_BAD_LENGTH");
    assert_eq!(refusals(check(json!(null))), ["data.choices:BASE_TYPE_REQUIRED"]);
}
