//! Any file at all.
#![no_main]

use libfuzzer_sys::fuzz_target;
use troupe_cards::{card::TextField, export, import::import, report};

fuzz_target!(|bytes: &[u8]| check(bytes));

/// What is taken has to be shown, edited and written, and to read back the same.
fn check(bytes: &[u8]) {
    let Ok(taken) = import(bytes.to_vec()) else { return };
    let _ = taken.picture();
    let sheet = taken.card.sheet();
    let _ = (sheet.spoken_name(), sheet.greetings().count(), sheet.notes_in("de"));
    let json = export::json(&taken.card, None).expect("nothing to convert");
    assert_eq!(json, taken.container.text().as_bytes());
    let again = import(json).expect("the card's own text is a card");
    assert_eq!(again.card.content_hash(), taken.card.content_hash());
    if bytes.starts_with(b"\x89PNG")
        && let Ok(made) = export::png(&taken.card, bytes, Some("notice"))
    {
        let read = import(made.bytes).expect("an export is a card");
        assert_eq!(read.card.sheet(), sheet);
    }
    if let Ok(made) = export::charx(&taken.card, Some(&taken.container), None) {
        let read = import(made.bytes).expect("an export is a card");
        assert_eq!(read.card.sheet().description, sheet.description);
    }
    let mut edited = taken.card.clone();
    if edited.set_text(TextField::Description, "edited").is_ok() {
        assert_eq!(edited.sheet().description, "edited");
        let _ = report::of(&edited, None);
        let _ = edited.backfill(Some("notice"));
    }
}
