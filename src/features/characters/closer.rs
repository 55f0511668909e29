//! What a card's author wrote for those who are close: `extensions.troupe.bonds`, by band.
//!
//! ```json
//! {"troupe": {"bonds": {"friend": {"manner": "…", "greeting": "…", "secret": "…"}}}}
//! ```

use serde_json::Value;
use troupe_cards::card::Card;

use crate::domain::{
    bond::Band,
    persona::{BandManner, Unlock},
};

/// The key below `extensions`.
const KEY: &str = "troupe";
/// Most characters of a text; the rest is cut off. They stand in every prompt of those who are close.
const LONGEST: usize = 500;

/// How a character treats members by band whose author says nothing of it.
const MANNERS: [(Band, &str); 5] = [
    (Band::Friend, "A friend by now: warmer, and glad to pick up what was said before."),
    (Band::Trusted, "Trusted: more open, gives an honest opinion, and asks how things went."),
    (Band::Close, "Close: relaxed and teasing where it suits {{char}}, and attentive to small things."),
    (
        Band::Devoted,
        "Dear to {{char}}: shows care plainly, in {{char}}'s own way, and asks for nothing in return.",
    ),
    (Band::Soulbound, "Closest of all: at ease as with nobody else; few words are needed."),
];

/// What opens with closeness.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Closer {
    pub(super) manners: Vec<BandManner>,
    pub(super) greetings: Vec<Unlock>,
    pub(super) secrets: Vec<Unlock>,
}

impl Closer {
    /// With manners of the house where the author wrote none.
    pub(super) fn or_ours(mut self) -> Self {
        if self.manners.is_empty() {
            self.manners =
                MANNERS.map(|(from, manner)| BandManner { from, manner: manner.to_owned() }).to_vec();
        }
        self
    }
}

/// Reads it; what has another form is not there.
pub(super) fn read(card: &Card) -> Closer {
    let mut closer = Closer::default();
    let Some(bonds) = card.field("extensions").and_then(|extensions| extensions[KEY].get("bonds")) else {
        return closer;
    };
    for from in Band::ALL {
        let of = &bonds[from.name()];
        let text = |key: &str| {
            let text = of.get(key).and_then(Value::as_str)?.trim();
            (!text.is_empty()).then(|| text.chars().take(LONGEST).collect::<String>())
        };
        closer.manners.extend(text("manner").map(|manner| BandManner { from, manner }));
        closer.greetings.extend(text("greeting").map(|text| Unlock { from, text }));
        closer.secrets.extend(text("secret").map(|text| Unlock { from, text }));
    }
    closer
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(extensions: &Value) -> Closer {
        let text = json!({
            "spec": "chara_card_v2", "spec_version": "2.0",
            "data": {"name": "Ada", "extensions": extensions},
        });
        read(&Card::read(text.to_string()).expect("a card"))
    }

    #[test]
    fn authors_write_for_bands() {
        let closer = of(&json!({"troupe": {"bonds": {
            "close": {"manner": " Kind. ", "secret": "x".repeat(900)},
            "friend": {"greeting": "You again!", "secret": ""},
            "stranger": {"secret": "none"},
        }}}));
        assert_eq!(closer.manners, [BandManner { from: Band::Close, manner: "Kind.".to_owned() }]);
        assert_eq!(closer.greetings, [Unlock { from: Band::Friend, text: "You again!".to_owned() }]);
        assert_eq!((closer.secrets.len(), closer.secrets[0].text.len()), (1, LONGEST));
    }

    #[test]
    fn whoever_says_nothing_has_the_manners_of_the_house() {
        let ours = of(&json!({})).or_ours().manners;
        assert!(ours.len() == 5 && ours.is_sorted_by(|a, b| a.from < b.from));
        let own = of(&json!({"troupe": {"bonds": {"close": {"manner": "Kind."}}}})).or_ours().manners;
        assert_eq!(own.len(), 1);
    }

    #[test]
    fn other_forms_are_nothing() {
        for extensions in [
            json!({}),
            json!(null),
            json!([]),
            json!({"troupe": 1}),
            json!({"troupe": {"bonds": [1]}}),
            json!({"troupe": {"bonds": {"friend": "hello", "close": {"secret": 7}}}}),
        ] {
            assert_eq!(of(&extensions), Closer::default(), "{extensions}");
        }
    }
}
