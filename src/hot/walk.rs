//! Operations that walk over all keys: longer than any other, they go around the deadline of the short ones.

use super::{
    HotError,
    operation::Operation,
    store::{Hot, Side},
};

impl Hot {
    /// Asks one side for a walk over its keys. Redis is asked whether it is in charge or not.
    ///
    /// # Errors
    /// [`HotError::Away`] where no Redis is configured, else its own failure. A walk that failed half-way may be
    /// repeated.
    pub async fn walk<O: Operation>(&self, side: Side, operation: &O) -> Result<O::Answer, HotError> {
        match side {
            Side::Redis => operation.on_redis(self.redis().ok_or(HotError::Away)?).await,
            Side::Local => self.ask_at(side, operation).await,
        }
    }

    /// The sides that may hold keys: this process always, Redis where one is configured.
    pub fn sides(&self) -> impl Iterator<Item = Side> {
        self.redis().map(|_| Side::Redis).into_iter().chain([Side::Local])
    }
}
