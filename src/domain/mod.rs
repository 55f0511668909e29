//! Pure rules and values: no input or output, no Discord, no database; and the clock that all of them are given.

pub mod bond;
pub mod character;
pub mod clock;
pub mod collection;
pub mod denial;
pub mod ids;
pub mod metric;
pub mod named;
pub mod odds;
pub mod oversight;
pub mod persona;
pub mod policy;
pub mod quota;
pub mod scene;
pub mod snowflake;
pub mod trade;
pub mod unseen;
pub mod usage;
