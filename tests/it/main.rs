//! Integration tests of Troupe: the real program and real servers, started and ended by the tests.
#![expect(unreachable_pub, reason = "a test binary has no outside")]

mod cli;
mod cold_stores;
mod doctor;
mod frame;
mod generated;
mod hot_model;
mod migrations;
mod ops;
mod play;
mod schema;
mod settings;
mod signals;
mod stages;
mod stores;
mod support;
