//! Gateway v10.

pub mod event;
