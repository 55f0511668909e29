//! Components that hold no others: buttons, selects, inputs, media.
//!
//! <https://docs.discord.com/developers/components/reference>

use serde_json::Value;

use super::component::{Place, Seen, custom_id};
use super::errors::Errors;
use super::field::Form;

/// A button's style: a link opens `url`.
const LINK: i64 = 5;
/// A button's style: it sells the SKU `sku_id`.
const PREMIUM: i64 = 6;
/// The channel types that exist.
pub(super) const CHANNEL_TYPES: [i64; 13] = [0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15, 16];

pub(super) fn button(button: Form<'_>, seen: &mut Seen, errors: &mut Errors) {
    button.require(errors, "style");
    let style = button.choice(errors, "style", &[1, 2, 3, 4, LINK, PREMIUM]);
    button.text(errors, "label", 0..=80);
    button.flag(errors, "disabled");
    emoji(button, errors);
    match style {
        Some(LINK) => link(button, errors),
        Some(PREMIUM) => premium(button, errors),
        Some(_) => interactive(button, seen, errors),
        None => {}
    }
}

fn interactive(button: Form<'_>, seen: &mut Seen, errors: &mut Errors) {
    if button.has("url") {
        exclusive(errors);
    } else if button.get("custom_id").is_none() {
        errors.add_at("custom_id", "BUTTON_COMPONENT_CUSTOM_ID_REQUIRED", "A custom id is required");
    } else {
        custom_id(button, seen, errors);
    }
    if button.has("sku_id") {
        // Code and wording are our best knowledge.
        let message = "A SKU id can be specified on premium buttons only";
        errors.add_at("sku_id", "BUTTON_COMPONENT_SKU_ID_INVALID", message);
    }
    if !button.has("label") && !button.has("emoji") {
        // Code and wording are our best knowledge; Discord wants one of the two.
        errors.at("label", Errors::required);
    }
}

fn link(button: Form<'_>, errors: &mut Errors) {
    if button.has("custom_id") {
        exclusive(errors);
        return;
    }
    if !button.has("url") {
        // The code is our best knowledge.
        errors.add_at("url", "BUTTON_COMPONENT_URL_REQUIRED", "A url is required");
    }
    button.url(errors, "url", 512, &["http", "https", "discord"]);
    if !button.has("label") && !button.has("emoji") {
        errors.at("label", Errors::required);
    }
}

fn premium(button: Form<'_>, errors: &mut Errors) {
    button.require(errors, "sku_id");
    button.id(errors, "sku_id");
    for key in ["custom_id", "label", "url", "emoji"].into_iter().filter(|key| button.has(key)) {
        // Code and wording are our best knowledge.
        let message = format!("A premium button cannot have the field '{key}'");
        errors.add_at(key, "BUTTON_COMPONENT_PREMIUM_FIELD_INVALID", message);
    }
}

fn exclusive(errors: &mut Errors) {
    for key in ["custom_id", "url"] {
        let message = "A custom id and url cannot both be specified";
        errors.add_at(key, "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", message);
    }
}

/// A partial emoji: a custom one by its id, a common one by its character.
fn emoji(parent: Form<'_>, errors: &mut Errors) {
    parent.object(errors, "emoji", |emoji, errors| {
        emoji.id(errors, "id");
        emoji.text(errors, "name", 0..=32);
        emoji.flag(errors, "animated");
        if !emoji.has("id") && !emoji.has("name") {
            errors.add_at("name", "BUTTON_COMPONENT_INVALID_EMOJI", "Invalid emoji");
        }
    });
}

/// What selects of all kinds have in common; returns the most values one may pick.
fn select(select: Form<'_>, place: Place, seen: &mut Seen, errors: &mut Errors) -> usize {
    custom_id(select, seen, errors);
    select.text(errors, "placeholder", 0..=150);
    if select.flag(errors, "disabled") == Some(true) && place.in_modal() {
        // Code and wording are our best knowledge.
        let message = "A component of a modal cannot be disabled";
        errors.add_at("disabled", "SELECT_COMPONENT_DISABLED_IN_MODAL", message);
    }
    values(select, 25, place.in_modal(), errors)
}

/// `required`, `min_values` and `max_values`, up to `most`; returns the most values one may pick.
///
/// In a modal nothing may be picked only where the component says that it is not required.
fn values(form: Form<'_>, most: i64, in_modal: bool, errors: &mut Errors) -> usize {
    let required = in_modal && form.flag(errors, "required") != Some(false);
    let least = form.integer(errors, "min_values", i64::from(required)..=most);
    let max = form.integer(errors, "max_values", 1..=most).unwrap_or(1);
    if least.is_some_and(|least| least > max && least <= most) {
        let message = format!("min_values value should be less than or equal to {max}.");
        errors.add_at("min_values", "NUMBER_TYPE_MAX", message);
    }
    usize::try_from(max).unwrap_or(0)
}

pub(super) fn string_select(form: Form<'_>, place: Place, seen: &mut Seen, errors: &mut Errors) {
    let most = select(form, place, seen, errors);
    form.require(errors, "options");
    let before = errors.count();
    options(form, 1..=25, errors);
    let options = form.get("options").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    if errors.count() > before || options.is_empty() {
        return;
    }
    let given = options.iter().filter(|option| option["default"] == true).count();
    if most > options.len() {
        errors.add_at("options", "BASE_TYPE_MIN_LENGTH", format!("Must be {most} or more in length."));
    } else if given > most {
        let message = "The specified number of default values exceeds the specified maximum values";
        errors.add_at("options", "SELECT_COMPONENT_TOO_MANY_DEFAULT_VALUES", message);
    }
}

/// The options of a select or a group: their values differ.
fn options(form: Form<'_>, count: std::ops::RangeInclusive<usize>, errors: &mut Errors) {
    let mut values = Vec::new();
    form.each(errors, "options", count, |option, errors| {
        option.required_text(errors, "label", 1..=100);
        let value = option.required_text(errors, "value", 1..=100);
        option.text(errors, "description", 0..=100);
        option.flag(errors, "default");
        emoji(option, errors);
        if let Some(value) = value {
            if values.contains(&value) {
                let message = "The specified option value is already used";
                errors.add("SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", message);
            }
            values.push(value);
        }
    });
}

pub(super) fn entity_select(form: Form<'_>, kind: i64, place: Place, seen: &mut Seen, errors: &mut Errors) {
    let most = select(form, place, seen, errors);
    if kind == super::component::kind::CHANNEL_SELECT {
        channel_types(form, errors);
    }
    let before = errors.count();
    form.each(errors, "default_values", 0..=25, |value, errors| {
        value.require(errors, "id");
        value.id(errors, "id");
        let kind = value.get("type").and_then(Value::as_str);
        if !matches!(kind, Some("user" | "role" | "channel")) {
            errors.at("type", |errors| errors.choices(&["'user'", "'role'", "'channel'"]));
        }
    });
    let given = form.get("default_values").and_then(Value::as_array).map_or(0, Vec::len);
    if given > most && errors.count() == before {
        let message = "The specified number of default values exceeds the specified maximum values";
        errors.add_at("default_values", "SELECT_COMPONENT_TOO_MANY_DEFAULT_VALUES", message);
    }
}

/// A list of channel types that exist.
pub(super) fn channel_types(form: Form<'_>, errors: &mut Errors) {
    let types = form.list(errors, "channel_types", 0..=CHANNEL_TYPES.len());
    for (index, kind) in types.into_iter().flatten().enumerate() {
        if !kind.as_i64().is_some_and(|kind| CHANNEL_TYPES.contains(&kind)) {
            errors.at("channel_types", |errors| errors.at(index, |errors| errors.choices(&CHANNEL_TYPES)));
        }
    }
}

pub(super) fn text_input(input: Form<'_>, place: Place, seen: &mut Seen, errors: &mut Errors) {
    custom_id(input, seen, errors);
    input.require(errors, "style");
    input.choice(errors, "style", &[1, 2]);
    if place == Place::ModalRow {
        input.require(errors, "label");
    }
    input.text(errors, "label", 1..=45);
    input.text(errors, "placeholder", 0..=100);
    input.flag(errors, "required");
    let least = input.integer(errors, "min_length", 0..=4000).unwrap_or(0);
    let most = input.integer(errors, "max_length", 1..=4000).unwrap_or(4000);
    if least > most {
        // The wording is our best knowledge.
        let message = format!("int value should be less than or equal to {most}.");
        errors.add_at("min_length", "NUMBER_TYPE_MAX", message);
        return;
    }
    let count = |value: i64| usize::try_from(value).unwrap_or(0);
    // An input that is empty to begin with may be left to its placeholder.
    let least = if input.has("value") { count(least) } else { 0 };
    input.text(errors, "value", least..=count(most));
}

/// A picture or a video with its text, in a section or a gallery.
pub(super) fn media(media: Form<'_>, errors: &mut Errors) {
    media.require(errors, "media");
    unfurled(media, "media", &["http", "https", "attachment"], errors);
    media.text(errors, "description", 0..=1024);
    media.flag(errors, "spoiler");
}

pub(super) fn file(file: Form<'_>, errors: &mut Errors) {
    file.require(errors, "file");
    unfurled(file, "file", &["attachment"], errors);
    file.flag(errors, "spoiler");
}

fn unfurled(form: Form<'_>, key: &str, schemes: &[&str], errors: &mut Errors) {
    form.object(errors, key, |media, errors| {
        if !media.has("url") {
            errors.at("url", Errors::required);
        }
        media.url(errors, "url", 2048, schemes);
    });
}

pub(super) fn upload(upload: Form<'_>, seen: &mut Seen, errors: &mut Errors) {
    custom_id(upload, seen, errors);
    values(upload, 10, true, errors);
}

pub(super) fn radio_group(group: Form<'_>, seen: &mut Seen, errors: &mut Errors) {
    custom_id(group, seen, errors);
    group.require(errors, "options");
    options(group, 2..=10, errors);
    group.flag(errors, "required");
}

pub(super) fn checkbox_group(group: Form<'_>, seen: &mut Seen, errors: &mut Errors) {
    custom_id(group, seen, errors);
    group.require(errors, "options");
    options(group, 1..=10, errors);
    let required = group.flag(errors, "required") != Some(false);
    group.integer(errors, "min_values", i64::from(required)..=10);
    group.integer(errors, "max_values", 1..=10);
}
