//! Discord's snowflakes: 64-bit ids that carry the time at which they were made.
//!
//! Source: Discord's API reference, "Snowflakes": the bits from 22 up are milliseconds since the first second
//! of 2015. Ids are therefore ordered by time, and a month of them is a range.

/// 2015-01-01T00:00:00Z, in milliseconds since 1970.
pub const EPOCH_MS: i64 = 1_420_070_400_000;
/// Bits below the time.
const TIME_SHIFT: u32 = 22;

/// When the id was made, in milliseconds since 1970.
pub const fn time_ms(id: i64) -> i64 {
    (id >> TIME_SHIFT) + EPOCH_MS
}

/// The smallest id of that moment, given in milliseconds since 1970. Moments before 2015 give 0.
pub const fn first_at(ms: i64) -> i64 {
    if ms <= EPOCH_MS { 0 } else { (ms - EPOCH_MS) << TIME_SHIFT }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_example_is_read_as_published() {
        assert_eq!(time_ms(175_928_847_299_117_063), 1_462_015_105_796);
    }

    #[test]
    fn the_first_id_of_a_moment_is_of_that_moment() {
        let first = first_at(1_462_015_105_796);
        assert_eq!(time_ms(first), 1_462_015_105_796);
        assert_eq!(time_ms(first - 1), 1_462_015_105_795);
        assert_eq!(first_at(0), 0);
    }
}
