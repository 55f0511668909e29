//! Pictures of custom characters, to be served.

use bytes::Bytes;
use moka::future::Cache;
use uuid::Uuid;

use super::{Characters, Trouble};

/// Most bytes of pictures in memory.
const MOST_BYTES: u64 = 32 * 1024 * 1024;
/// How long one is kept there: it may be deleted meanwhile.
const LIVE: std::time::Duration = std::time::Duration::from_secs(5 * 60);
/// What is served. Nothing else is ever stored by the bot.
const PNG: &str = "image/png";

pub(super) struct Pictures(Cache<(Uuid, u64), Bytes>);

impl Pictures {
    pub(super) fn new() -> Self {
        let cache = Cache::builder()
            .max_capacity(MOST_BYTES)
            .weigher(|_, picture: &Bytes| u32::try_from(picture.len() + 128).unwrap_or(u32::MAX))
            .time_to_live(LIVE)
            .build();
        Self(cache)
    }
}

impl Characters {
    /// A character's picture as PNG, of that version at least; `None` when it has none.
    ///
    /// # Errors
    /// A [`Trouble`].
    pub async fn picture(&self, id: Uuid, version: u64) -> Result<Option<Bytes>, Trouble> {
        // By version, so that an older picture is never taken for a newer one that another process wrote.
        if let Some(known) = self.0.pictures.0.get(&(id, version)).await {
            return Ok(Some(known));
        }
        let Some(avatar) = self.avatar(id).await?.filter(|avatar| avatar.media_type == PNG) else {
            return Ok(None);
        };
        let picture = Bytes::from(avatar.bytes);
        self.0.pictures.0.insert((id, version), picture.clone()).await;
        Ok(Some(picture))
    }
}
