//! Drives a sandbox in Rust, so that a test reads like a play.
//!
//! ```no_run
//! # async fn play() -> Result<(), Box<dyn std::error::Error>> {
//! use troupe_sandbox::drive::{LocalDiscord, Units as _};
//!
//! let discord = LocalDiscord::start().await?;
//! // … start a bot with discord.token() on discord.api_url(), then:
//! discord.bot_ready().await?;
//! let max = discord.member("Max").in_channel("general");
//! let ada = discord.member("Ada");
//! let mut reply = max.uses("/talk").with("message", "hi").send().await?;
//! reply.finished().await?;
//! assert!(reply.text().contains("hi"));
//! let modal = reply.press("Reply").await?.modal()?;
//! modal.fill("text", "And you?").submit().await?.answered().await?;
//! let names = max.types("/talk").with("character", "No").focused("character").suggestions().await?;
//! ada.sees_nothing_of(&reply).await?;
//! discord.advance(15.minutes()).await?;
//! discord.finish().await?; // nothing unknown was called, nothing violated Discord's OpenAPI file
//! # Ok(()) }
//! ```
//!
//! Everything goes over the control API, so the same play drives a sandbox in another process
//! ([`Discord::at`]). Every wait ends at a deadline (5 seconds until [`Discord::set_deadline`]), and
//! every error says what was expected and what was seen.

mod discord;
mod error;
mod gateway;
mod link;
mod local;
mod member;
mod message;
mod model;
mod remote;
mod reply;

use std::time::Duration;

pub use discord::Discord;
pub use error::{Drive, DriveError};
pub use gateway::Gateway;
pub use link::Link;
pub use local::{Builder, LocalDiscord};
pub use member::{Command, Member, Typing};
pub use message::Message;
pub use model::Model;
pub use reply::{Choice, Modal, Reply};

/// How often a wait looks where the sandbox can't wait for it.
const POLL: Duration = Duration::from_millis(10);

/// Durations as a play words them: `15.minutes()`.
pub trait Units {
    /// So many milliseconds.
    fn milliseconds(self) -> Duration;
    /// So many seconds.
    fn seconds(self) -> Duration;
    /// So many minutes.
    fn minutes(self) -> Duration;
    /// So many hours.
    fn hours(self) -> Duration;
    /// So many days.
    fn days(self) -> Duration;
}

impl Units for u32 {
    fn milliseconds(self) -> Duration {
        Duration::from_millis(self.into())
    }

    fn seconds(self) -> Duration {
        Duration::from_secs(self.into())
    }

    fn minutes(self) -> Duration {
        Duration::from_secs(60) * self
    }

    fn hours(self) -> Duration {
        Duration::from_secs(3_600) * self
    }

    fn days(self) -> Duration {
        Duration::from_secs(86_400) * self
    }
}
