//! From bytes to a card's text: UTF-8 and the base64 of it.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::limits::JSON_BYTES;
use crate::refusal::{Kind, Refusal};

/// Takes what tools in the wild write: with padding, without, and with loose last bits.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Decodes base64 in either alphabet, with white space in it or not; as much as `limit` bytes.
pub(super) fn base64(text: &[u8], limit: usize) -> Option<Vec<u8>> {
    if text.len() / 4 > limit / 3 + 1 + text.len() / 64 {
        return None;
    }
    let plain = |byte: &u8| match byte {
        b'-' => b'+',
        b'_' => b'/',
        other => *other,
    };
    let tight: Vec<u8> = text.iter().filter(|byte| !byte.is_ascii_whitespace()).map(plain).collect();
    LENIENT.decode(tight).ok().filter(|bytes| bytes.len() <= limit)
}

/// The text of a card.
pub(super) fn utf8(bytes: Vec<u8>) -> Result<String, Refusal> {
    if bytes.len() > JSON_BYTES {
        return Err(Refusal::JsonTooLarge { limit: JSON_BYTES });
    }
    String::from_utf8(bytes).map_err(|error| Refusal::NotUtf8 { at: error.utf8_error().valid_up_to() })
}

/// A file that is JSON or nothing that is known.
pub(super) fn bare(bytes: Vec<u8>) -> Result<String, Refusal> {
    let start = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    match start.iter().find(|byte| !byte.is_ascii_whitespace()) {
        None => Err(Refusal::Empty),
        // Text, if not JSON, is told where it isn't; so is UTF-16, whose first bytes are no text.
        Some(b'{' | b'[' | b'"') => utf8(bytes),
        Some(0xff | 0xfe) => Err(Refusal::NotUtf8 { at: 0 }),
        Some(_) if bytes.len() <= JSON_BYTES && !bytes.contains(&0) => utf8(bytes),
        Some(_) => Err(Refusal::Kind(Kind::Other)),
    }
}
