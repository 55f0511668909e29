//! Troupe: a cast of AI characters for a Discord server.
