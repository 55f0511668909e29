//! Character cards (V1, V2, V3) and lorebooks, and their macros: pure code, without IO, without Discord, without stores.
//!
//! Bytes become an [`Import`](import::Import) by [`import::import`]; [`export`] writes them again. Between the two, a
//! [`Card`](card::Card) is its document with all its bytes, and its fields are views of it. [`lore`] runs lorebooks:
//! which of their entries a talk calls for. [`macros`] fills in names and draws.

pub mod card;
pub mod container;
pub mod document;
pub mod export;
pub mod import;
pub mod limits;
pub mod lore;
pub mod macros;
pub mod picture;
pub mod refusal;
pub mod report;
