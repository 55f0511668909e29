//! What the hot store can be asked: one type an operation, with both its implementations side by side.
//!
//! An operation is one decision: everything that it reads and writes happens at once, in one round trip. Both
//! implementations answer the same; a model-based test drives them with the same operations to see that.

use super::{HotError, local::LocalDb, redis::Redis};

/// One operation of the hot store.
///
/// Idempotent by an id that it carries: a command whose answer did not come in time may still have been executed.
pub trait Operation: Send + Sync {
    /// What comes back.
    type Answer: Send;
    /// Its name in metrics.
    const NAME: &'static str;
    /// Whether it changes nothing.
    const READS_ONLY: bool = false;

    /// Asks Redis: one round trip (two at most in a cluster, where keys lie in several slots).
    fn on_redis(&self, redis: &Redis) -> impl Future<Output = Result<Self::Answer, HotError>> + Send;

    /// Asks the in-process store. Never waits.
    fn on_local(&self, db: &mut LocalDb) -> Self::Answer;
}
