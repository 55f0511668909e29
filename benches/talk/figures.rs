//! From moments to figures.

use std::time::{Duration, Instant};

/// The value that so many percent of the samples don't exceed, in milliseconds with three digits.
pub(crate) fn percentile_ms(samples: &mut [Duration], percent: usize) -> f64 {
    samples.sort_unstable();
    let rank = (samples.len() * percent).div_ceil(100).saturating_sub(1);
    samples.get(rank).map_or(f64::NAN, |sample| rounded(sample.as_secs_f64() * 1_000.0))
}

/// From one moment to another, where both are known.
pub(crate) fn between(from: Option<Instant>, to: Option<Instant>) -> Option<Duration> {
    Some(to?.saturating_duration_since(from?))
}

/// Three digits after the point.
pub(crate) fn rounded(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}
