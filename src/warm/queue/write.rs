//! A durable write, as it is made, as it waits, and as it is read back by a newer build.

use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    cold::queued::Queued,
    hot::queue::{Item, LOWEST_PRIORITY, Rank},
};

/// Most characters of a key.
pub const KEY_LENGTH: usize = 128;
/// Most bytes of a payload, as JSON.
pub const PAYLOAD_BYTES: usize = 256 * 1024;
/// The form that this build writes, and the newest that it reads.
const VERSION: u8 = 1;

/// A write with its idempotency key: however often it is tried, it lands once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Write {
    v: u8,
    key: String,
    kind: String,
    priority: u8,
    made_at_us: i64,
    payload: Value,
}

/// Why something is no write.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadWrite {
    /// Its key.
    #[error("a write's key has 1 to {KEY_LENGTH} letters, digits and `:._-`, and this one has not")]
    Key,
    /// Its priority.
    #[error("a write's priority is 0 (first) to {LOWEST_PRIORITY} (last)")]
    Priority,
    /// Its size.
    #[error("a write has {PAYLOAD_BYTES} bytes at most, and this one has {0}")]
    TooLarge(usize),
    /// A character that PostgreSQL's texts can't hold.
    #[error("a write can't hold the character U+0000")]
    Nul,
    /// It can't be read.
    #[error("not a write: {0}")]
    Form(String),
    /// A newer build made it.
    #[error("made by a newer build (form {0}): run that build")]
    Newer(u8),
}

impl Write {
    /// A write of `what` under `key`, which says of which event it is, such as `aftercall:123:0`, and holds no member's
    /// id. Priority 0 lands first, 9 last.
    ///
    /// # Errors
    /// A [`BadWrite`] for what could never land.
    pub fn new<T: Queued>(key: impl Into<String>, priority: u8, what: &T) -> Result<Self, BadWrite> {
        let (key, kind) = (key.into(), T::KIND.to_owned());
        let payload = serde_json::to_value(what).map_err(|error| BadWrite::Form(error.to_string()))?;
        let write = Self { v: VERSION, key, kind, priority, made_at_us: now_us(), payload };
        write.check()?;
        Ok(write)
    }

    /// Reads one back.
    ///
    /// # Errors
    /// A [`BadWrite`] for what is none.
    pub fn parse(text: &str) -> Result<Self, BadWrite> {
        let write: Self = serde_json::from_str(text).map_err(|error| BadWrite::Form(error.to_string()))?;
        if write.v > VERSION {
            return Err(BadWrite::Newer(write.v));
        }
        write.check()?;
        Ok(write)
    }

    /// The same with another payload.
    #[must_use]
    pub fn with_payload(self, payload: Value) -> Self {
        Self { payload, ..self }
    }

    /// Its idempotency key.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// What it writes.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// What is to be written, in its kind's form.
    pub fn payload(&self) -> &Value {
        &self.payload
    }

    /// When it was made, in milliseconds since 1970.
    pub fn made_at_ms(&self) -> i64 {
        self.made_at_us / 1_000
    }

    /// As the queue keeps it.
    pub fn item(&self) -> Item {
        Item {
            key: self.key.clone(),
            rank: Rank::new(self.priority, self.made_at_us),
            kind: self.kind.clone(),
            text: serde_json::to_string(self).expect("texts, numbers and JSON values are always JSON"),
        }
    }

    fn check(&self) -> Result<(), BadWrite> {
        let of_keys = |c: char| c.is_ascii_alphanumeric() || ":._-".contains(c);
        if !(1..=KEY_LENGTH).contains(&self.key.len()) || !self.key.chars().all(of_keys) {
            return Err(BadWrite::Key);
        }
        if self.priority > LOWEST_PRIORITY {
            return Err(BadWrite::Priority);
        }
        let bytes = self.payload.to_string().len();
        if bytes > PAYLOAD_BYTES {
            return Err(BadWrite::TooLarge(bytes));
        }
        if has_nul(&self.payload) {
            return Err(BadWrite::Nul);
        }
        Ok(())
    }
}

fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(values) => values.iter().any(has_nul),
        Value::Object(fields) => fields.iter().any(|(name, value)| name.contains('\0') || has_nul(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn now_us() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cold::queued::DailyMetrics;

    fn metrics(name: &str) -> DailyMetrics {
        DailyMetrics { day: chrono::NaiveDate::MIN, guild: None, add: [(name.to_owned(), 1)].into() }
    }

    #[test]
    fn a_write_is_read_back_as_it_was_and_in_order() {
        let writes: Vec<_> = (0..100)
            .map(|n| Write::new(format!("test:{n}"), 3, &metrics("talks")).expect("a write"))
            .collect();
        let items: Vec<_> = writes.iter().map(Write::item).collect();
        assert!(items.is_sorted_by(|a, b| a.rank <= b.rank));
        assert!(items[0].text.starts_with("{\"v\":1,"), "{}", items[0].text);
        assert_eq!(Write::parse(&items[0].text).as_ref(), Ok(&writes[0]));
    }

    #[test]
    fn what_could_never_land_is_refused() {
        let refused = |key: &str, priority, name: &str| Write::new(key, priority, &metrics(name)).map(drop);
        assert_eq!(refused("", 0, "talks"), Err(BadWrite::Key));
        assert_eq!(refused(&"k".repeat(129), 0, "talks"), Err(BadWrite::Key));
        assert_eq!(refused("a|b", 0, "talks"), Err(BadWrite::Key));
        assert_eq!(refused("a", 10, "talks"), Err(BadWrite::Priority));
        assert_eq!(refused("a", 0, "a\0b"), Err(BadWrite::Nul));
        assert!(matches!(refused("a", 0, &"x".repeat(PAYLOAD_BYTES)), Err(BadWrite::TooLarge(_))));
        let newer =
            Write::new("a", 0, &metrics("talks")).expect("a write").item().text.replace("\"v\":1", "\"v\":2");
        assert_eq!(Write::parse(&newer), Err(BadWrite::Newer(2)));
    }
}
