//! The form behind the Reply button: another member's, or the same one's, next line to that character.

use bytes::Bytes;
use serenity::all::{
    ActionRowComponent, CreateActionRow, CreateInputText, CreateInteractionResponse, CreateModal,
    InputTextStyle, ModalInteraction,
};

use super::Line;
use crate::discord::Invocation;
use crate::domain::character::CharacterId;
use crate::domain::persona::Persona;
use crate::error::Result;
use crate::i18n::{Args, Catalog, Locale, texts};

/// What a form's custom id begins with; the character's id follows.
const FORM: &str = "talk-form:";
/// The custom id of its one field.
const FIELD: &str = "line";
/// Discord takes so many characters of a field, of a form's title and of a label.
const MOST_LINE: u16 = 4_000;
const MOST_TITLE: usize = 45;

/// The first answer that opens the form.
pub(super) fn open(catalog: &Catalog, locale: Locale, persona: &Persona) -> Bytes {
    let args = Args::new().trusted("character", persona.name.clone());
    let title = catalog.format(locale, texts::TALK_FORM_TITLE, &args);
    let label = catalog.text(locale, texts::TALK_FORM_LABEL);
    let field = CreateInputText::new(InputTextStyle::Paragraph, label, FIELD)
        .min_length(1)
        .max_length(MOST_LINE)
        .required(true);
    let modal =
        CreateModal::new(format!("{FORM}{}", persona.id), title.chars().take(MOST_TITLE).collect::<String>())
            .components(vec![CreateActionRow::InputText(field)]);
    let response = CreateInteractionResponse::Modal(modal);
    Bytes::from(serde_json::to_vec(&response).expect("a form's parts are all JSON"))
}

/// The character whose form this is; `None`: it is none of these forms.
pub(in crate::discord) fn character_of(custom_id: &str) -> Option<CharacterId> {
    custom_id.strip_prefix(FORM)?.parse().ok()
}

/// Says what was typed into it.
pub(in crate::discord) async fn submitted(
    invocation: Invocation<'_>,
    of: &ModalInteraction,
    character: &CharacterId,
) -> Result<()> {
    let fields = of.data.components.iter().flat_map(|row| &row.components);
    let typed = fields.filter_map(|field| match field {
        ActionRowComponent::InputText(input) if input.custom_id == FIELD => input.value.clone(),
        _ => None,
    });
    let text = typed.take(1).collect();
    invocation.talk_by_form(of, Line { text, character: Some(character.to_string()), private: false }).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_knows_whose_it_is() {
        assert_eq!(character_of("talk-form:shipped:mira").unwrap().to_string(), "shipped:mira");
        for forged in ["talk-form:", "talk-form:mira", "talk:reply:1:2", "", "talk-form:shipped:mira:x"] {
            assert!(character_of(forged).is_none(), "{forged}");
        }
    }
}
