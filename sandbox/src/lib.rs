//! A local Discord, and a local model server, to build and test bots against.

pub mod clock;
pub mod control;
pub mod drive;
pub mod error;
pub mod faults;
pub mod feed;
pub mod form;
pub mod gateway;
pub mod ids;
pub mod inspect;
pub mod instance;
pub mod journal;
pub mod limits;
pub mod links;
pub mod model;
pub mod openapi;
pub mod page;
pub mod rest;
pub mod rules;
pub mod seed;
pub mod serve;
pub mod server;
pub mod world;
