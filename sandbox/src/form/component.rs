//! Components: what may stand where, how many, and what all of a message have in common.
//!
//! <https://docs.discord.com/developers/components/reference>

use std::collections::HashSet;

use serde_json::Value;

use super::component_item as item;
use super::errors::{Errors, tuple};
use super::field::{Form, as_integer, length};

/// The most components of a message or modal, at all levels.
const MAX_COMPONENTS: usize = 40;
/// The most characters in all texts of a message.
const MAX_TEXT: usize = 4000;
/// The most rows of a message without `IS_COMPONENTS_V2`.
const MAX_ROWS: usize = 5;
/// The most buttons of a row.
const MAX_BUTTONS: usize = 5;

/// The component types, by Discord's numbers.
pub(super) mod kind {
    pub(in crate::form) const ROW: i64 = 1;
    pub(in crate::form) const BUTTON: i64 = 2;
    pub(in crate::form) const STRING_SELECT: i64 = 3;
    pub(in crate::form) const TEXT_INPUT: i64 = 4;
    pub(in crate::form) const USER_SELECT: i64 = 5;
    pub(in crate::form) const CHANNEL_SELECT: i64 = 8;
    pub(in crate::form) const SECTION: i64 = 9;
    pub(in crate::form) const TEXT: i64 = 10;
    pub(in crate::form) const THUMBNAIL: i64 = 11;
    pub(in crate::form) const GALLERY: i64 = 12;
    pub(in crate::form) const FILE: i64 = 13;
    pub(in crate::form) const SEPARATOR: i64 = 14;
    pub(in crate::form) const CONTAINER: i64 = 17;
    pub(in crate::form) const LABEL: i64 = 18;
    pub(in crate::form) const UPLOAD: i64 = 19;
    pub(in crate::form) const RADIO_GROUP: i64 = 21;
    pub(in crate::form) const CHECKBOX_GROUP: i64 = 22;
    pub(in crate::form) const CHECKBOX: i64 = 23;
}

/// Where a component stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Legacy,
    V2,
    Row,
    Section,
    Accessory,
    Container,
    Modal,
    ModalRow,
    Label,
}

impl Place {
    /// The types that may stand here.
    fn allows(self) -> &'static [i64] {
        match self {
            Self::Legacy => &[1],
            Self::V2 => &[1, 9, 10, 12, 13, 14, 17],
            Self::Row => &[2, 3, 5, 6, 7, 8],
            Self::Section => &[10],
            Self::Accessory => &[2, 11],
            Self::Container => &[1, 9, 10, 12, 13, 14],
            Self::Modal => &[1, 10, 18],
            Self::ModalRow => &[4],
            Self::Label => &[3, 4, 5, 6, 7, 8, 19, 21, 22, 23],
        }
    }

    /// Whether the component is part of a modal.
    pub(super) fn in_modal(self) -> bool {
        matches!(self, Self::Modal | Self::ModalRow | Self::Label)
    }
}

/// What all components of a message or modal share.
#[derive(Debug, Default)]
pub(super) struct Seen {
    custom_ids: HashSet<String>,
    ids: HashSet<i64>,
    count: usize,
    text: usize,
}

/// Checks the field `components` of a message.
pub(super) fn check(message: Form<'_>, v2: bool, errors: &mut Errors) {
    let mut seen = Seen::default();
    let (place, most) = if v2 { (Place::V2, MAX_COMPONENTS) } else { (Place::Legacy, MAX_ROWS) };
    list(message, "components", 0..=most, place, &mut seen, errors);
    totals(&seen, errors);
}

/// Checks the sums over all components.
pub(super) fn totals(seen: &Seen, errors: &mut Errors) {
    if seen.count > MAX_COMPONENTS {
        // The wording is our best knowledge; the code is Discord's.
        let message = format!("Total number of components exceeds maximum of {MAX_COMPONENTS}");
        errors.add_at("components", "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", message);
    }
    if seen.text > MAX_TEXT {
        let message = format!("Components displayable text size exceeds maximum size of {MAX_TEXT}");
        errors.add_at("components", "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", message);
    }
}

/// Checks a list of components.
pub(super) fn list(
    parent: Form<'_>,
    key: &str,
    count: std::ops::RangeInclusive<usize>,
    place: Place,
    seen: &mut Seen,
    errors: &mut Errors,
) {
    parent.each(errors, key, count, |component, errors| one(component, place, seen, errors));
}

/// Checks one component and what it holds.
pub(super) fn one(component: Form<'_>, place: Place, seen: &mut Seen, errors: &mut Errors) {
    seen.count += 1;
    if component.get("type").is_none() {
        errors.at("type", Errors::required);
        return;
    }
    let kind = component.get("type").and_then(as_integer);
    let Some(kind) = kind.filter(|kind| place.allows().contains(kind)) else {
        let allowed = tuple(place.allows());
        errors.add("UNION_TYPE_CHOICES", format!("Value of field \"type\" must be one of {allowed}."));
        return;
    };
    id(component, seen, errors);
    match kind {
        kind::ROW => row(component, place, seen, errors),
        kind::BUTTON => item::button(component, seen, errors),
        kind::STRING_SELECT => item::string_select(component, place, seen, errors),
        kind::TEXT_INPUT => item::text_input(component, place, seen, errors),
        kind::USER_SELECT..=kind::CHANNEL_SELECT => item::entity_select(component, kind, place, seen, errors),
        kind::SECTION => section(component, seen, errors),
        kind::TEXT => text(component, seen, errors),
        kind::THUMBNAIL => item::media(component, errors),
        kind::GALLERY => {
            component.require(errors, "items");
            component.each(errors, "items", 1..=10, item::media);
        }
        kind::FILE => item::file(component, errors),
        kind::SEPARATOR => {
            component.flag(errors, "divider");
            component.choice(errors, "spacing", &[1, 2]);
        }
        kind::CONTAINER => container(component, seen, errors),
        kind::LABEL => label(component, seen, errors),
        kind::UPLOAD => item::upload(component, seen, errors),
        kind::RADIO_GROUP => item::radio_group(component, seen, errors),
        kind::CHECKBOX_GROUP => item::checkbox_group(component, seen, errors),
        kind::CHECKBOX => {
            custom_id(component, seen, errors);
            component.flag(errors, "default");
        }
        _ => unreachable!("every type that a place allows is handled above"),
    }
}

/// An id that no other component has; 0 asks for one.
fn id(component: Form<'_>, seen: &mut Seen, errors: &mut Errors) {
    if let Some(id) = component.integer(errors, "id", 0..=i64::from(i32::MAX))
        && id != 0
        && !seen.ids.insert(id)
    {
        // Code and wording are our best knowledge.
        errors.add_at("id", "COMPONENT_ID_DUPLICATED", "Component id cannot be duplicated");
    }
}

/// A `custom_id` that must be there, and that no other component has.
pub(super) fn custom_id(component: Form<'_>, seen: &mut Seen, errors: &mut Errors) {
    if let Some(text) = component.required_text(errors, "custom_id", 1..=100)
        && !seen.custom_ids.insert(text.to_owned())
    {
        errors.add_at(
            "custom_id",
            "COMPONENT_CUSTOM_ID_DUPLICATED",
            "Component custom id cannot be duplicated",
        );
    }
}

fn row(row: Form<'_>, place: Place, seen: &mut Seen, errors: &mut Errors) {
    row.require(errors, "components");
    if place == Place::Modal {
        list(row, "components", 1..=1, Place::ModalRow, seen, errors);
        return;
    }
    list(row, "components", 1..=MAX_BUTTONS, Place::Row, seen, errors);
    // A select takes a row's whole width.
    let inside = row.get("components").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let is_select = |component: &Value| component["type"] != kind::BUTTON;
    if inside.len() <= MAX_BUTTONS && inside.iter().any(is_select) {
        for index in 1..inside.len() {
            let message = "The specified component exceeds the maximum width";
            errors
                .at("components", |errors| errors.add_at(index, "COMPONENT_LAYOUT_WIDTH_EXCEEDED", message));
        }
    }
}

fn section(section: Form<'_>, seen: &mut Seen, errors: &mut Errors) {
    section.require(errors, "components");
    list(section, "components", 1..=3, Place::Section, seen, errors);
    section.require(errors, "accessory");
    section.object(errors, "accessory", |accessory, errors| one(accessory, Place::Accessory, seen, errors));
}

fn text(text: Form<'_>, seen: &mut Seen, errors: &mut Errors) {
    if let Some(content) = text.required_text(errors, "content", 1..=MAX_TEXT) {
        seen.text += length(content);
    }
}

fn container(container: Form<'_>, seen: &mut Seen, errors: &mut Errors) {
    container.require(errors, "components");
    list(container, "components", 1..=MAX_COMPONENTS, Place::Container, seen, errors);
    container.integer(errors, "accent_color", 0..=0x00ff_ffff);
    container.flag(errors, "spoiler");
}

fn label(label: Form<'_>, seen: &mut Seen, errors: &mut Errors) {
    label.required_text(errors, "label", 1..=45);
    label.text(errors, "description", 0..=100);
    label.require(errors, "component");
    label.object(errors, "component", |inside, errors| one(inside, Place::Label, seen, errors));
}
