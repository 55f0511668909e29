//! Pure rules and values: no input or output, no Discord, no database.

pub mod character;
pub mod ids;
pub mod metric;
pub mod policy;
pub mod snowflake;
