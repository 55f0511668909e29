//! Chunks: each begins with a byte of its kind and two of its length. Their checksums are right, so that what stands
//! behind the checks is reached.
#![no_main]

use libfuzzer_sys::fuzz_target;
use troupe_cards::{export, import::import};

const KINDS: [&[u8; 4]; 6] = [b"tEXt", b"zTXt", b"iTXt", b"IDAT", b"IEND", b"acTL"];

fuzz_target!(|bytes: &[u8]| {
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    push(&mut file, b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]);
    let mut rest = bytes;
    while let [kind, high, low, after @ ..] = rest {
        let length = usize::from(u16::from_be_bytes([*high, *low])).min(after.len());
        push(&mut file, KINDS[usize::from(*kind) % KINDS.len()], &after[..length]);
        rest = &after[length..];
    }
    push(&mut file, b"IEND", b"");
    let Ok(taken) = import(file.clone()) else { return };
    let _ = taken.picture();
    let made = export::png(&taken.card, &file, None).expect("a PNG with an end");
    let again = import(made.bytes).expect("an export is a card");
    assert_eq!(again.card.sheet(), taken.card.sheet());
    let twice = export::png(&again.card, again.container.picture().expect("a PNG"), None).expect("a PNG");
    assert_eq!(twice.bytes, again.container.picture().expect("a PNG"));
});

fn push(file: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    file.extend_from_slice(&(data.len() as u32).to_be_bytes());
    let start = file.len();
    file.extend_from_slice(kind);
    file.extend_from_slice(data);
    let sum = !file[start..].iter().fold(!0_u32, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ (0xedb8_8320 & (sum & 1).wrapping_neg()))
    });
    file.extend_from_slice(&sum.to_be_bytes());
}
