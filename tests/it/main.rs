//! Integration tests of Troupe: the real program and real servers, started and ended by the tests.
// Futures are as deep as the library's.
#![recursion_limit = "256"]
#![expect(unreachable_pub, reason = "a test binary has no outside")]

mod admission;
mod at_start;
mod backup;
mod bonds;
mod breakers;
mod chaos;
mod characters;
mod cli;
mod clock;
mod cold_pool;
mod cold_stores;
mod collection;
mod doctor;
mod frame;
mod gateway;
mod generated;
mod hot_caps;
mod hot_cluster;
mod hot_failover;
mod hot_limits;
mod hot_link;
mod hot_model;
mod jobs;
mod links;
mod local_cluster;
mod migrations;
mod ops;
mod ownership;
mod page;
mod play;
mod policies;
mod policy_model;
mod queue;
mod schema;
mod settings;
mod show;
mod signals;
mod stages;
mod stores;
mod support;
mod switches;
mod talk;
mod talk_flow;
mod traces;
mod trips;
