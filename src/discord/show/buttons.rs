//! The buttons under an answer: other answers to the same line, again, on, reply, delete.

use serenity::all::{ButtonStyle, CreateActionRow, CreateButton, ReactionType};

use super::custom_id::{CustomId, Place, Verb};
use crate::domain::ids::{InteractionId, UserId};
use crate::i18n::{Catalog, Locale, Text, texts};

/// The rows of buttons under an answer to a line of that member.
///
/// `answers` are how many answers there are to the line, and which of them this is, from 0.
pub fn buttons(
    catalog: &Catalog,
    locale: Locale,
    line: InteractionId,
    asker: UserId,
    (count, index): (u8, u8),
    can_go_on: bool,
) -> Vec<CreateActionRow> {
    let id = |verb| CustomId { verb, line, asker }.to_string();
    let mut rows = Vec::with_capacity(2);
    if count > 1 {
        let turn = |emoji: char, to: Option<u8>, end: Place| {
            let verb = to.map_or(Verb::Nothing(end), Verb::See);
            CreateButton::new(id(verb))
                .emoji(ReactionType::from(emoji))
                .style(ButtonStyle::Secondary)
                .disabled(to.is_none())
        };
        let place = CreateButton::new(id(Verb::Nothing(Place::Count)))
            .label(format!("{}/{count}", index.saturating_add(1)))
            .style(ButtonStyle::Secondary)
            .disabled(true);
        let next = index.checked_add(1).filter(|next| *next < count);
        rows.push(CreateActionRow::Buttons(vec![
            turn('◀', index.checked_sub(1), Place::First),
            place,
            turn('▶', next, Place::Last),
        ]));
    }
    let act = |verb, emoji: char, text: Text| {
        CreateButton::new(id(verb))
            .emoji(ReactionType::from(emoji))
            .label(catalog.text(locale, text))
            .style(ButtonStyle::Secondary)
    };
    let mut acts = vec![act(Verb::Again, '🔄', texts::TALK_BUTTON_AGAIN)];
    if can_go_on {
        acts.push(act(Verb::GoOn, '⏩', texts::TALK_BUTTON_GO_ON).style(ButtonStyle::Primary));
    }
    acts.push(act(Verb::Reply, '💬', texts::TALK_BUTTON_REPLY));
    acts.push(act(Verb::Delete, '🗑', texts::TALK_BUTTON_DELETE));
    rows.push(CreateActionRow::Buttons(acts));
    rows
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;

    fn row(answers: (u8, u8), can_go_on: bool) -> Vec<Value> {
        let line = InteractionId::new(1).expect("an id");
        let asker = UserId::new(2).expect("an id");
        let rows = buttons(&Catalog::new(), Locale::En, line, asker, answers, can_go_on);
        let json = serde_json::to_value(rows).expect("JSON");
        let rows = json.as_array().expect("rows");
        rows.iter().flat_map(|row| row["components"].as_array().expect("buttons").clone()).collect()
    }

    fn ids(buttons: &[Value]) -> Vec<&str> {
        buttons.iter().map(|button| button["custom_id"].as_str().expect("an id")).collect()
    }

    #[test]
    fn there_is_what_makes_sense() {
        assert_eq!(ids(&row((1, 0), false)), ["talk:again:1:2", "talk:reply:1:2", "talk:delete:1:2"]);
        assert!(ids(&row((1, 0), true)).contains(&"talk:on:1:2"));
        let first = row((3, 0), false);
        assert_eq!(&ids(&first)[..3], ["talk:first:1:2", "talk:count:1:2", "talk:see.1:1:2"]);
        assert_eq!(first[1]["label"], "1/3");
        assert!(first[0]["disabled"] == true && first[2]["disabled"] != true);
        let last = row((3, 2), false);
        assert_eq!(&ids(&last)[..3], ["talk:see.1:1:2", "talk:count:1:2", "talk:last:1:2"]);
    }

    #[test]
    fn no_two_buttons_have_one_id() {
        for answers in [(1, 0), (2, 0), (2, 1), (u8::MAX, u8::MAX), (3, 1)] {
            let buttons = row(answers, true);
            let ids = ids(&buttons);
            assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{ids:?}");
            assert!(ids.iter().all(|id| CustomId::parse(id).is_some()));
        }
    }
}
