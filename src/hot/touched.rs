//! Which keys an operation touches, for whoever traces it: noted where a command is put together for Redis, and where
//! the in-process store is read or changed.

use std::cell::RefCell;

use tracing::Span;

use super::key::RawKey;
use crate::trace::{self, Shown};

/// Most keys that a span names.
const MOST: usize = 64;

tokio::task_local! {
    /// Set while an operation is traced, and only then.
    static TOUCHED: RefCell<Vec<RawKey>>;
}

/// The operation that is under way touches this key.
pub(super) fn note(key: &RawKey) {
    let _untraced = TOUCHED.try_with(|touched| {
        let mut touched = touched.borrow_mut();
        // Long lists hold many keys of few families, looked at one after another.
        if !touched.iter().rev().any(|known| known == key) {
            touched.push(key.clone());
        }
    });
}

/// Does work, and gives the keys that it has touched.
pub(super) async fn during<T>(work: impl Future<Output = T>) -> (T, Vec<RawKey>) {
    let noted = async {
        let done = work.await;
        (done, TOUCHED.with(RefCell::take))
    };
    TOUCHED.scope(RefCell::default(), noted).await
}

/// The same for work that does not wait.
pub(super) fn during_sync<T>(work: impl FnOnce() -> T) -> (T, Vec<RawKey>) {
    TOUCHED.sync_scope(RefCell::default(), || (work(), TOUCHED.with(RefCell::take)))
}

/// Puts keys into a span: as they are, or the patterns of their families, each once.
pub(super) fn tell(span: &Span, keys: &[RawKey], shown: Shown) {
    let names: Vec<&str> = match shown {
        Shown::Values => keys.iter().map(RawKey::name).collect(),
        Shown::Patterns => {
            let mut patterns = Vec::new();
            for pattern in keys.iter().map(|key| key.family().pattern) {
                if !patterns.contains(&pattern) {
                    patterns.push(pattern);
                }
            }
            patterns
        }
    };
    if names.len() > MOST {
        let more = i64::try_from(names.len() - MOST).unwrap_or(i64::MAX);
        trace::note(span, "troupe.hot.keys_left_out", more);
    }
    trace::note_list(span, "troupe.hot.keys", names.into_iter().take(MOST).map(str::to_owned));
}
