//! The one webhook a channel through which all characters speak: found again after a restart, made where missing, and
//! given up for a while where the bot may have none.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use moka::Expiry;
use moka::future::Cache;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serenity::all::{ApplicationId, ChannelId, WebhookId};

use crate::discord::rest::{Rest, RestError, Webhook, WebhookTarget, code};

/// The webhook's name: what server admins see in the channel's settings.
const NAME: &str = "Troupe";
/// Channels remembered at once, some 200 bytes each.
const MOST_CHANNELS: u64 = 20_000;
/// How long a webhook is remembered that nobody speaks through.
const IDLE: Duration = Duration::from_secs(6 * 3_600);
/// How long "no" is remembered: an admin who then gives the permission sees it work within this time.
const REFUSED: Duration = Duration::from_secs(3 * 60);
/// How long finding or making one may take: a first word waits for it.
const DEADLINE: Duration = Duration::from_secs(5);

/// A webhook of the bot.
pub(super) struct Hook {
    pub(super) id: WebhookId,
    token: SecretString,
}

impl fmt::Debug for Hook {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Hook").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Hook {
    /// How to speak through it, in its channel or a thread of that.
    pub(super) fn target(&self, thread: Option<ChannelId>) -> WebhookTarget<'_> {
        WebhookTarget { id: self.id, token: self.token.expose_secret(), thread }
    }
}

/// What is known of a channel.
#[derive(Debug, Clone)]
enum Known {
    Hook(Arc<Hook>),
    /// The bot may not have one there.
    Refused,
}

/// How long each kind of knowledge lasts.
struct Lifetimes;

impl Lifetimes {
    fn of(known: &Known) -> Duration {
        match known {
            Known::Hook(_) => IDLE,
            Known::Refused => REFUSED,
        }
    }
}

impl Expiry<ChannelId, Known> for Lifetimes {
    fn expire_after_create(&self, _: &ChannelId, known: &Known, _: Instant) -> Option<Duration> {
        Some(Self::of(known))
    }

    fn expire_after_read(
        &self,
        _: &ChannelId,
        known: &Known,
        _: Instant,
        left: Option<Duration>,
        _: Instant,
    ) -> Option<Duration> {
        match known {
            Known::Hook(_) => Some(IDLE),
            Known::Refused => left,
        }
    }

    fn expire_after_update(
        &self,
        _: &ChannelId,
        known: &Known,
        _: Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        Some(Self::of(known))
    }
}

/// The webhooks of all channels, as far as they are known. Clones share them.
#[derive(Clone)]
pub(super) struct Personas {
    rest: Rest,
    application: ApplicationId,
    known: Cache<ChannelId, Known>,
}

impl fmt::Debug for Personas {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Personas").field("channels", &self.known.entry_count()).finish_non_exhaustive()
    }
}

impl Personas {
    pub(super) fn new(rest: &Rest, application: ApplicationId) -> Self {
        let known = Cache::builder().max_capacity(MOST_CHANNELS).expire_after(Lifetimes).build();
        Self { rest: rest.within(DEADLINE), application, known }
    }

    /// The webhook of a channel, which is no thread. `None`: the bot may have none there, or Discord does not say now.
    pub(super) async fn hook(&self, channel: ChannelId) -> Option<Arc<Hook>> {
        // Whoever comes while one is asking waits for that one's answer.
        let found = self.known.try_get_with(channel, self.find_or_make(channel)).await;
        match found {
            Ok(Known::Hook(hook)) => Some(hook),
            Ok(Known::Refused) => None,
            Err(error) => {
                tracing::warn!(%channel, error = %error, "a channel's webhook can't be had now");
                None
            }
        }
    }

    /// A webhook turned out to be gone: the next who asks finds or makes another.
    pub(super) async fn forget(&self, channel: ChannelId, gone: WebhookId) {
        if let Some(Known::Hook(hook)) = self.known.get(&channel).await
            && hook.id == gone
        {
            self.known.invalidate(&channel).await;
        }
    }

    /// Speaking through it is not allowed: asked again in some minutes.
    pub(super) async fn refuse(&self, channel: ChannelId) {
        self.known.insert(channel, Known::Refused).await;
    }

    async fn find_or_make(&self, channel: ChannelId) -> Result<Known, RestError> {
        let found = match self.rest.webhooks(channel).await {
            Ok(webhooks) => self.ours(webhooks),
            Err(error) => return refused(channel, error),
        };
        if let Some(hook) = found {
            return Ok(Known::Hook(hook));
        }
        match self.rest.create_webhook(channel, &New { name: NAME }).await {
            Ok(made) => match self.ours(vec![made]) {
                Some(hook) => Ok(Known::Hook(hook)),
                // A stand-in for Discord that keeps the token to itself.
                None => Ok(Known::Refused),
            },
            Err(error) => refused(channel, error),
        }
    }

    /// The oldest that this application has made: all processes take the same.
    fn ours(&self, webhooks: Vec<Webhook>) -> Option<Arc<Hook>> {
        let own = webhooks.into_iter().filter(|webhook| webhook.application_id == Some(self.application));
        own.filter_map(|webhook| Some(Hook { id: webhook.id, token: webhook.token? }))
            .min_by_key(|hook| hook.id)
            .map(Arc::new)
    }
}

/// A new webhook.
#[derive(Serialize)]
struct New {
    name: &'static str,
}

/// What it means that Discord gives no webhook: it stays so for a while, or may be otherwise in a moment.
fn refused(channel: ChannelId, error: RestError) -> Result<Known, RestError> {
    let is_lasting = matches!(error.status(), Some(400 | 403 | 404));
    if !is_lasting {
        return Err(error);
    }
    let is_full = error.code() == Some(code::TOO_MANY_WEBHOOKS);
    tracing::info!(%channel, is_full, error = %error, "no webhook here: characters speak in embeds");
    Ok(Known::Refused)
}
