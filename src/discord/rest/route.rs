//! The routes of Discord's REST API that the bot uses, each with what its rate limit depends on.

use std::fmt;
use std::hash::BuildHasher;

use reqwest::Method;
use serenity::all::{ApplicationId, ChannelId, GuildId, InteractionId, MessageId, WebhookId};

/// The part of a route that Discord keeps apart in its rate limits.
///
/// Tokens are kept as digests: no map, log or dump ever holds one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Major {
    None,
    Channel(u64),
    Guild(u64),
    Webhook(u64, u64),
    Interaction(u64),
}

/// How strictly a route is paced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    /// By its bucket and by the global limit.
    Full,
    /// By its bucket: an interaction's messages are exempt from the global limit.
    Bucket,
    /// Not at all: the first answer to an interaction.
    None,
}

/// A method and route template: what Discord's bucket hashes are named after.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct RouteId {
    pub(super) method: Verb,
    pub(super) template: &'static str,
}

impl fmt::Debug for RouteId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:?} {}", self.method, self.template)
    }
}

/// The HTTP methods in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Verb {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Verb {
    pub(super) fn method(self) -> Method {
        match self {
            Self::Get => Method::GET,
            Self::Post => Method::POST,
            Self::Put => Method::PUT,
            Self::Patch => Method::PATCH,
            Self::Delete => Method::DELETE,
        }
    }

    /// The method's name as labels and errors show it.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    /// Whether sending twice does what sending once does.
    pub(super) fn is_repeatable(self) -> bool {
        self != Self::Post
    }
}

/// One request's route. Its `Debug` shows the template only: paths hold tokens.
pub(super) struct Route {
    pub(super) id: RouteId,
    pub(super) path: String,
    pub(super) major: Major,
    pub(super) pace: Pace,
}

impl fmt::Debug for Route {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.id.fmt(out)
    }
}

impl Route {
    fn new(method: Verb, template: &'static str, path: String, major: Major) -> Self {
        Self { id: RouteId { method, template }, path, major, pace: Pace::Full }
    }

    fn fixed(method: Verb, template: &'static str) -> Self {
        Self::new(method, template, template.to_owned(), Major::None)
    }

    /// Whether a 401 here is about the bot's own token rather than one in the path.
    pub(super) fn is_authorised_by_bot(&self) -> bool {
        matches!(self.major, Major::None | Major::Channel(_) | Major::Guild(_))
    }

    pub(super) fn current_user() -> Self {
        Self::fixed(Verb::Get, "/users/@me")
    }

    pub(super) fn current_application() -> Self {
        Self::fixed(Verb::Get, "/applications/@me")
    }

    pub(super) fn current_application_by_oauth() -> Self {
        Self::fixed(Verb::Get, "/oauth2/applications/@me")
    }

    pub(super) fn gateway() -> Self {
        Self::fixed(Verb::Get, "/gateway/bot")
    }

    pub(super) fn callback(id: InteractionId, token: &str, with_response: bool) -> Self {
        let query = if with_response { "?with_response=true" } else { "" };
        let path = format!("/interactions/{id}/{token}/callback{query}");
        Self {
            pace: Pace::None,
            ..Self::new(Verb::Post, "/interactions/{id}/{token}/callback", path, Major::Interaction(0))
        }
    }

    pub(super) fn follow_up(application: ApplicationId, token: &str, digest: u64) -> Self {
        Self {
            pace: Pace::Bucket,
            ..Self::new(
                Verb::Post,
                "/webhooks/{application}/{token}",
                format!("/webhooks/{application}/{token}"),
                Major::Interaction(digest),
            )
        }
    }

    /// A message of an interaction: a follow-up by its id, or `None` for the first answer.
    pub(super) fn interaction_message(
        method: Verb,
        application: ApplicationId,
        token: &str,
        digest: u64,
        message: Option<MessageId>,
    ) -> Self {
        let (template, path) = match message {
            None => (
                "/webhooks/{application}/{token}/messages/@original",
                format!("/webhooks/{application}/{token}/messages/@original"),
            ),
            Some(id) => (
                "/webhooks/{application}/{token}/messages/{message}",
                format!("/webhooks/{application}/{token}/messages/{id}"),
            ),
        };
        Self { pace: Pace::Bucket, ..Self::new(method, template, path, Major::Interaction(digest)) }
    }

    pub(super) fn channel_messages(channel: ChannelId) -> Self {
        Self::new(
            Verb::Post,
            "/channels/{channel}/messages",
            format!("/channels/{channel}/messages"),
            Major::Channel(channel.get()),
        )
    }

    pub(super) fn channel_message(method: Verb, channel: ChannelId, message: MessageId) -> Self {
        Self::new(
            method,
            "/channels/{channel}/messages/{message}",
            format!("/channels/{channel}/messages/{message}"),
            Major::Channel(channel.get()),
        )
    }

    pub(super) fn channel(channel: ChannelId) -> Self {
        Self::new(
            Verb::Get,
            "/channels/{channel}",
            format!("/channels/{channel}"),
            Major::Channel(channel.get()),
        )
    }

    /// The newest messages of a channel, down to one that is known.
    pub(super) fn messages_after(channel: ChannelId, after: MessageId, limit: u8) -> Self {
        Self::new(
            Verb::Get,
            "/channels/{channel}/messages",
            format!("/channels/{channel}/messages?after={after}&limit={limit}"),
            Major::Channel(channel.get()),
        )
    }

    pub(super) fn typing(channel: ChannelId) -> Self {
        Self::new(
            Verb::Post,
            "/channels/{channel}/typing",
            format!("/channels/{channel}/typing"),
            Major::Channel(channel.get()),
        )
    }

    pub(super) fn channel_webhooks(method: Verb, channel: ChannelId) -> Self {
        Self::new(
            method,
            "/channels/{channel}/webhooks",
            format!("/channels/{channel}/webhooks"),
            Major::Channel(channel.get()),
        )
    }

    pub(super) fn threads(channel: ChannelId, message: Option<MessageId>) -> Self {
        let (template, path) = match message {
            None => ("/channels/{channel}/threads", format!("/channels/{channel}/threads")),
            Some(id) => (
                "/channels/{channel}/messages/{message}/threads",
                format!("/channels/{channel}/messages/{id}/threads"),
            ),
        };
        Self::new(Verb::Post, template, path, Major::Channel(channel.get()))
    }

    pub(super) fn webhook(webhook: WebhookId, token: &str, digest: u64, query: &str) -> Self {
        Self::new(
            Verb::Post,
            "/webhooks/{webhook}/{token}",
            format!("/webhooks/{webhook}/{token}{query}"),
            Major::Webhook(webhook.get(), digest),
        )
    }

    pub(super) fn webhook_message(
        method: Verb,
        webhook: WebhookId,
        token: &str,
        digest: u64,
        message: MessageId,
        query: &str,
    ) -> Self {
        Self::new(
            method,
            "/webhooks/{webhook}/{token}/messages/{message}",
            format!("/webhooks/{webhook}/{token}/messages/{message}{query}"),
            Major::Webhook(webhook.get(), digest),
        )
    }

    pub(super) fn commands(method: Verb, application: ApplicationId, guild: Option<GuildId>) -> Self {
        let query = if method == Verb::Get { "?with_localizations=true" } else { "" };
        match guild {
            None => Self::new(
                method,
                "/applications/{application}/commands",
                format!("/applications/{application}/commands{query}"),
                Major::None,
            ),
            Some(guild) => Self::new(
                method,
                "/applications/{application}/guilds/{guild}/commands",
                format!("/applications/{application}/guilds/{guild}/commands{query}"),
                Major::Guild(guild.get()),
            ),
        }
    }
}

/// Turns tokens into digests, with a key of this process.
#[derive(Clone, Default)]
pub(super) struct Digester(std::hash::RandomState);

impl Digester {
    pub(super) fn digest(&self, token: &str) -> u64 {
        self.0.hash_one(token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_token_shows() {
        let digest = Digester::default().digest("s3cret");
        let routes = [
            Route::callback(InteractionId::new(1), "s3cret", true),
            Route::follow_up(ApplicationId::new(1), "s3cret", digest),
            Route::interaction_message(Verb::Patch, ApplicationId::new(1), "s3cret", digest, None),
            Route::webhook(WebhookId::new(1), "s3cret", digest, "?wait=true"),
            Route::webhook_message(Verb::Delete, WebhookId::new(1), "s3cret", digest, MessageId::new(2), ""),
        ];
        for route in routes {
            assert!(route.path.contains("s3cret"));
            assert!(!format!("{route:?} {:?} {:?}", route.id, route.major).contains("s3cret"));
        }
    }
}
