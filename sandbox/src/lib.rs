//! A local Discord, and a local model server, to build and test bots against.
