//! What a call costs.

use super::types::Usage;
use crate::config::Prices;

/// Millionths of a US dollar, rounded up.
pub(super) fn cost_micros(usage: Usage, prices: Prices) -> u64 {
    let cached = usage.cached.min(usage.prompt);
    let parts = [
        (usage.prompt - cached, prices.prompt),
        (cached, prices.cached),
        (usage.completion, prices.completion),
    ];
    let sum: u128 = parts.iter().map(|(tokens, price)| u128::from(*tokens) * u128::from(*price)).sum();
    u64::try_from(sum.div_ceil(1_000_000)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn costs_are_whole_and_never_too_low() {
        let prices = Prices { prompt: 150_000, cached: 75_000, completion: 600_000 };
        let cost = |prompt, cached, completion| {
            cost_micros(Usage { prompt, cached, completion, reported: true }, prices)
        };
        assert_eq!(cost(1_000_000, 0, 0), 150_000);
        assert_eq!(cost(1_000_000, 1_000_000, 1_000_000), 675_000);
        assert_eq!(cost(1_000, 400, 250), 90 + 30 + 150);
        assert_eq!(cost(1, 0, 0), 1, "0.15 is rounded up");
        assert_eq!(cost(0, 0, 0), 0);
        assert_eq!(cost(1, u32::MAX, 0), 1);
        let dear = Prices { prompt: u64::MAX, cached: 0, completion: u64::MAX };
        let most = Usage { prompt: u32::MAX, cached: 0, completion: u32::MAX, reported: true };
        assert_eq!(cost_micros(most, dear), u64::MAX);
    }
}
