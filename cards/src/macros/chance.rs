//! Chance that can be repeated: a draw is a function of what it is drawn for, the same in every process and version.

/// Draws 64 bits for a list of parts (SplitMix64's finalizer, chained).
pub(crate) fn draw(parts: &[u64]) -> u64 {
    parts.iter().fold(0x9e37_79b9_7f4a_7c15, |state, part| {
        let mut mixed = state.wrapping_add(0x9e37_79b9_7f4a_7c15) ^ *part;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    })
}

/// A number from 0 to `bound` - 1; 0 when `bound` is 0.
pub(crate) fn below(draw: u64, bound: u64) -> u64 {
    ((u128::from(draw) * u128::from(bound)) >> 64) as u64
}

/// A text as a part of a draw, or as an identity that lasts (FNV-1a).
pub(crate) fn hash(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_are_even_and_stay_the_same() {
        let mut counts = [0_u32; 6];
        for n in 0..60_000 {
            counts[usize::try_from(below(draw(&[7, n]), 6)).unwrap()] += 1;
        }
        // Nine standard deviations: a fair draw never fails, and the numbers are fixed anyway.
        assert!(counts.iter().all(|count| (9_200..10_800).contains(count)), "{counts:?}");
        assert_eq!(below(u64::MAX, 6), 5);
        assert_eq!(below(0, 0), 0);
        // Kept in conversations: a change here would change what they picked.
        assert_eq!(hash("a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(draw(&[1, 2, 3]), draw(&[1, 2, 3]));
        assert_ne!(draw(&[1, 2]), draw(&[2, 1]));
    }
}
