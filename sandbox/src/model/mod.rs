//! A local model server: OpenAI-compatible routes, answered by scripts or by the understudy.
//!
//! - For people: with no script set, the [understudy](NOTICE) answers in the manner of the character
//!   it finds in the prompt, from that character's own lines, at a reading pace.
//! - For tests: a [`Script`] says what a reply is, how fast it comes and how it fails; what was
//!   asked is recorded.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use troupe_sandbox::model::{Fault, ModelServer, Script};
//!
//! let model = ModelServer::new();
//! model.script(Script::text("Well met!"))?;
//! model.script(Script::fault(Fault::Stall { after: 3 }).saying("I was about to say something"))?;
//! let app = axum::Router::new().merge(model.router()).nest("/_sandbox/model", model.control());
//! # Ok(()) }
//! ```
//!
//! # Control routes
//!
//! Nested by the sandbox at `/_sandbox/model`:
//!
//! | route | does |
//! |---|---|
//! | `GET /` | the state: [`State`] |
//! | `PATCH /` | changes settings: [`Settings`]; answers the state |
//! | `GET /requests` | what was asked: [`Requests`] |
//! | `DELETE /requests` | forgets it; 204 |
//! | `POST /script` | one [`Script`] or an array of them: queued in order, or standing if `times` is `"always"`; answers the state. All or nothing |
//! | `DELETE /script` | forgets every script, queued and standing; 204 |
//!
//! Errors have the shape `{"error": {"message", "type", "param", "code"}}`.
//!
//! # Limits
//!
//! Any model name is accepted and echoed. At most [`BODY_LIMIT`] bytes a body, [`MAX_REQUESTS`] recorded
//! requests, [`MAX_SCRIPTS`] scripts. Times are real time, not the sandbox's clock.

mod body;
mod chat;
mod control;
mod embeddings;
mod error;
mod models;
mod queue;
mod record;
mod reply;
mod script;
mod server;
mod speech;
mod stream;
mod tokens;
mod understudy;
mod whole;
mod wire;

pub use body::BODY_LIMIT;
pub use control::{Requests, Settings, State};
pub use record::{MAX_BYTES, MAX_REQUESTS, Outcome, Recorded};
pub use script::{
    Fault, MAX_ENDLESS_TOKENS, MAX_SCRIPTS, MAX_WAIT_MS, OmitWord, Pace, Script, ScriptError, Times,
    UsageRule,
};
pub use server::{ModelServer, TimedOut};
pub(crate) use tokens::count as count_tokens;
pub use understudy::NOTICE;
pub use wire::FinishReason;

/// The id of the understudy in the list of models.
pub const MODEL: &str = "understudy";
/// The id of the hashing embedder in the list of models.
pub const EMBEDDING_MODEL: &str = "understudy-embedding";
/// The `system_fingerprint` of every reply.
const FINGERPRINT: &str = "fp_understudy";

/// Seconds since the Unix epoch.
fn now_s() -> u64 {
    let epoch = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    epoch.unwrap_or_default().as_secs()
}
