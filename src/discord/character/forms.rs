//! The forms in which a character is made and changed. What a member typed is never lost: it comes back in a file.

use std::fmt::Write as _;

use bytes::Bytes;
use serenity::all::{
    ActionRowComponent, CreateActionRow, CreateInputText, CreateInteractionResponse, CreateModal,
    InputTextStyle, ModalInteraction,
};
use troupe_cards::card::{Card, New, Sheet, TextField};

use super::ids::{CharacterForm, Verb};
use super::visit::{Shown, Visit, row};
use crate::cold::characters::{Character, Content, ContentHash};
use crate::discord::Reply;
use crate::domain::character::CharacterId;
use crate::error::Result;
use crate::features::characters::edit::{self, Field, Group, units};
use crate::features::characters::{Trouble, avatar_of, id_of};
use crate::i18n::{Args, texts};

/// Discord takes so many characters of a form's title, of a label and of a placeholder.
const MOST_TITLE: usize = 45;
const MOST_PLACEHOLDER: usize = 100;
/// The file with what a member typed.
const FILE: &str = "your-words.txt";
/// What the form for a new one asks for.
const NEW: [TextField; 5] = [
    TextField::Name,
    TextField::Description,
    TextField::Personality,
    TextField::Scenario,
    TextField::FirstMes,
];

impl Visit<'_> {
    /// `/character create`: the form, unless there is no room for one more.
    pub(crate) async fn create(&self) -> Result<()> {
        let room = async {
            let (count, most) =
                (self.characters().count(self.member()).await?, self.allowance().await?.characters);
            if count < u64::from(most) { Ok(()) } else { Err(Trouble::Full(most)) }
        };
        match room.await {
            Ok(()) => {
                let form =
                    self.form(&CharacterForm::Create, "create", NEW.map(Field::Text), &Sheet::default());
                Ok(self.invocation.reply_prepared(form).await?)
            }
            Err(trouble) => self.answer(Err(trouble)).await,
        }
    }

    /// Opens a form with what stands in the card.
    pub(super) async fn open(&self, group: Group, id: &CharacterId) -> Result<()> {
        let read = async {
            let own = self.characters().mine(self.viewer(), &id.to_string()).await?;
            let card = own.content.card.clone();
            let sheet = self.characters().at_desk(move || Ok(Card::read(card)?.sheet())).await?;
            Ok((own, sheet))
        };
        match read.await {
            Ok((own, sheet)) => {
                let id = CharacterForm::Edit(group, own.version, CharacterId::Custom(own.id));
                let form = self.form(&id, group.name(), group.fields(), &sheet);
                Ok(self.invocation.reply_prepared(form).await?)
            }
            Err(trouble) => self.answer(Err(trouble)).await,
        }
    }

    /// The first answer that opens a form.
    fn form(&self, id: &CharacterForm, what: &str, fields: [Field; 5], sheet: &Sheet) -> Bytes {
        let words = self.words();
        let short = |text: String, most: usize| text.chars().take(most).collect::<String>();
        let rows = fields.into_iter().map(|field| {
            let style = if field.is_short() { InputTextStyle::Short } else { InputTextStyle::Paragraph };
            let label = words.case(texts::CHARACTER_FIELD, field.name());
            let most = u16::try_from(field.most()).unwrap_or(u16::MAX);
            let is_due = field == Field::Text(TextField::Name);
            let present = field.present(sheet);
            let input = CreateInputText::new(style, short(label, MOST_TITLE), field.name()).max_length(most);
            let input = match units(&present) {
                0 => input.required(is_due),
                length if length > field.most() => {
                    let args = Args::new().number("count", length as u64);
                    let hint = self.say(texts::CHARACTER_FIELD_LONG, &args);
                    input.required(false).placeholder(short(hint, MOST_PLACEHOLDER))
                }
                _ => input.required(is_due).value(present),
            };
            CreateActionRow::InputText(input)
        });
        let title = short(words.case(texts::CHARACTER_FORM, what), MOST_TITLE);
        let modal = CreateModal::new(id.to_string(), title).components(rows.collect());
        let response = CreateInteractionResponse::Modal(modal);
        Bytes::from(serde_json::to_vec(&response).expect("a form's parts are all JSON"))
    }

    /// A form was sent off.
    pub(crate) async fn submitted(&self, of: &ModalInteraction, form: CharacterForm) -> Result<()> {
        self.invocation.defer(true).await?;
        let typed = typed(of);
        let shown = match &form {
            CharacterForm::Create => self.made(&typed).await,
            CharacterForm::Edit(_, version, id) => self.changed(id, *version, &typed).await,
        };
        match shown {
            Ok(reply) => self.answer(Ok(reply)).await,
            Err(trouble) => self.given_back(trouble, &typed).await,
        }
    }

    /// Says why not, with the member's words in a file.
    async fn given_back(&self, trouble: Trouble, typed: &[(Field, String)]) -> Result<()> {
        let mut file = String::new();
        for (field, text) in typed.iter().filter(|(_, text)| !text.is_empty()) {
            let label = self.words().case(texts::CHARACTER_FIELD, field.name());
            let _ = write!(file, "{label}\n{}\n{text}\n\n", "-".repeat(label.chars().count()));
        }
        // Refusals and incidents have a message of their own; the words come first.
        match self.told(Err(trouble)) {
            Ok(reply) => Ok(self.invocation.edit(reply.file(FILE, file)).await?),
            Err(error) => {
                let kept = self.words().case(texts::CHARACTER_FORM, "words");
                self.invocation.edit(Reply::text(kept).file(FILE, file)).await?;
                Err(error)
            }
        }
    }

    async fn made(&self, typed: &[(Field, String)]) -> Shown {
        let said = |wanted: TextField| {
            let found = typed.iter().find(|(field, _)| *field == Field::Text(wanted));
            found.map(|(_, text)| text.trim().to_owned()).unwrap_or_default()
        };
        let new = New {
            name: said(TextField::Name),
            description: said(TextField::Description),
            personality: said(TextField::Personality),
            scenario: said(TextField::Scenario),
            first_mes: said(TextField::FirstMes),
            creator: self.name().to_owned(),
            ..New::default()
        };
        let (content, hash) = edit::content(&Card::create(&new, self.now()))?;
        let most = self.allowance().await?.characters;
        let id = id_of(self.interaction()?);
        let own = self.characters().keep(id, self.member(), (&content, &hash), None, most).await?;
        self.introduced(&own, Vec::new(), most).await
    }

    /// A new character, shown, with what can be done next; `above` says how it came.
    pub(super) async fn introduced(&self, own: &Character, above: Vec<String>, most: u32) -> Shown {
        let id = CharacterId::Custom(own.id);
        let args = Args::new()
            .typed("character", &own.content.name)
            .trusted("edit", self.mention("character edit"))
            .trusted("share", self.mention("character share"));
        let mut text = above;
        if text.is_empty() {
            text.push(self.say(texts::CHARACTER_MADE, &args));
        }
        if let Ok(count) = self.characters().count(self.member()).await {
            text.push(self.count(count, most));
        }
        let shown = self.shown(&id, 0).await?;
        Ok(shown.with_text(text.join("\n")))
    }

    /// `/character edit`: the forms; a picture is put in at once.
    pub(crate) async fn edit(&self, typed: &str, picture: Option<Vec<u8>>) -> Shown {
        let own = self.characters().mine(self.viewer(), typed).await?;
        let name = &own.content.name;
        let mut text = Vec::new();
        if let Some(picture) = picture {
            let avatar = self.characters().at_desk(move || avatar_of(&picture)).await?;
            self.characters().paint(own.id, self.member(), &avatar).await?;
            let args = Args::new().typed("character", name).trusted("what", "picture");
            text.push(self.say(texts::CHARACTER_EDITED, &args));
        }
        let id = CharacterId::Custom(own.id);
        text.push(self.of(texts::CHARACTER_EDIT, name));
        let buttons = Group::ALL.map(|group| self.button(Verb::Form(group), 0, Some(&id)));
        Ok(Reply::text(text.join("\n")).components(row(buttons.into()).into_iter().collect()))
    }

    async fn changed(&self, id: &CharacterId, seen: u64, typed: &[(Field, String)]) -> Shown {
        let own = self.characters().mine(self.viewer(), &id.to_string()).await?;
        if own.version != seen {
            return Err(Trouble::Conflict);
        }
        let (text, words) = (own.content.card.clone(), typed.to_vec());
        let now = self.now();
        let new = self.characters().at_desk(move || changed(text, &words, now)).await?;
        let what = if let Some((content, hash)) = &new {
            self.characters().save(own.id, self.member(), seen, (content, hash)).await?;
            "text"
        } else {
            "nothing"
        };
        let name = new.as_ref().map_or(&own.content.name, |(content, _)| &content.name);
        let args = Args::new().typed("character", name).trusted("what", what);
        let shown = self.shown(id, 0).await?;
        Ok(shown.with_text(self.say(texts::CHARACTER_EDITED, &args)))
    }
}

/// The card with what was typed; `None` when that changes nothing.
fn changed(
    text: String,
    typed: &[(Field, String)],
    now: u64,
) -> Result<Option<(Content, ContentHash)>, Trouble> {
    let mut card = Card::read(text)?;
    if edit::apply(&mut card, typed, now)? { edit::content(&card).map(Some) } else { Ok(None) }
}

/// The fields of a form that are known, as they were typed.
fn typed(of: &ModalInteraction) -> Vec<(Field, String)> {
    let known = || Group::ALL.into_iter().flat_map(Group::fields);
    let inputs = of.data.components.iter().flat_map(|row| &row.components);
    inputs
        .filter_map(|input| match input {
            ActionRowComponent::InputText(input) => {
                let field = known().find(|field| field.name() == input.custom_id)?;
                Some((field, input.value.clone().unwrap_or_default()))
            }
            _ => None,
        })
        .collect()
}
