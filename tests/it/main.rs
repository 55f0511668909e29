//! Integration tests of Troupe: the real program and real servers, started and ended by the tests.
#![expect(unreachable_pub, reason = "a test binary has no outside")]

mod at_start;
mod backup;
mod chaos;
mod cli;
mod cold_pool;
mod cold_stores;
mod doctor;
mod frame;
mod generated;
mod hot_caps;
mod hot_cluster;
mod hot_failover;
mod hot_limits;
mod hot_link;
mod hot_model;
mod jobs;
mod local_cluster;
mod migrations;
mod ops;
mod ownership;
mod play;
mod policies;
mod policy_model;
mod queue;
mod schema;
mod settings;
mod signals;
mod stages;
mod stores;
mod support;
mod trips;
