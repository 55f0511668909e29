//! Incident ids: the short name of an unexpected failure, shown to the user and logged with its cause.

use std::fmt;

/// Crockford's base 32: no I, L, O or U, so an id survives being read aloud or typed from a screenshot.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Characters of an id: 40 random bits, so two of a million incidents share one with a chance of about a third,
/// and two of the same day hardly ever.
const LENGTH: usize = 8;

/// The id of one failure, such as `7K2M9QXT`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct IncidentId([u8; LENGTH]);

impl IncidentId {
    /// A new random id.
    pub fn new() -> Self {
        let mut bits: u64 = rand::random();
        Self(std::array::from_fn(|_| {
            let index = usize::try_from(bits & 31).expect("five bits fit");
            bits >>= 5;
            ALPHABET[index]
        }))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("the alphabet is ASCII")
    }
}

impl Default for IncidentId {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Display for IncidentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn ids_differ_and_have_no_look_alikes() {
        let ids: HashSet<String> = (0..10_000).map(|_| IncidentId::new().to_string()).collect();
        // 40 bits: even one clash in 10,000 has a chance of one in 20,000.
        assert!(ids.len() >= 9_999, "only {} of 10,000 ids differ", ids.len());
        for id in ids {
            assert_eq!(id.len(), LENGTH);
            assert!(id.bytes().all(|c| ALPHABET.contains(&c)), "{id}");
            assert!(!id.contains(['I', 'L', 'O', 'U']), "{id}");
        }
    }
}
