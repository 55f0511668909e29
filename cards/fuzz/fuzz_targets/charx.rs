//! Archives: the input's tail is given a directory's end that points into it, so that more than the search for one is
//! reached; and it is tried as it is.
#![no_main]

use libfuzzer_sys::fuzz_target;
use troupe_cards::{card::TextField, export, import::import};

fuzz_target!(|bytes: &[u8]| {
    check(bytes.to_vec());
    let Some(at) = bytes.windows(4).position(|four| four == b"PK\x01\x02") else { return };
    let entries = bytes.windows(4).filter(|four| *four == b"PK\x01\x02").count() as u16;
    let mut whole = bytes.to_vec();
    if let Some(end) = bytes.windows(4).rposition(|four| four == b"PK\x05\x06") {
        whole.truncate(end);
    }
    if at > whole.len() {
        return;
    }
    let size = (whole.len() - at) as u32;
    whole.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    whole.extend_from_slice(&entries.to_le_bytes());
    whole.extend_from_slice(&entries.to_le_bytes());
    whole.extend_from_slice(&size.to_le_bytes());
    whole.extend_from_slice(&(at as u32).to_le_bytes());
    whole.extend_from_slice(&[0, 0]);
    check(whole);
});

fn check(bytes: Vec<u8>) {
    let Ok(taken) = import(bytes.clone()) else { return };
    let _ = taken.picture();
    let same = export::charx(&taken.card, Some(&taken.container), None);
    if let Ok(same) = same {
        let again = import(same.bytes).expect("an export is a card");
        assert_eq!(again.card.sheet().name, taken.card.sheet().name);
    }
    let mut edited = taken.card.clone();
    if edited.set_text(TextField::Name, "edited").is_ok()
        && let Ok(made) = export::charx(&edited, Some(&taken.container), None)
    {
        let again = import(made.bytes).expect("an export is a card");
        assert_eq!(again.card.sheet().name, "edited");
    }
}
