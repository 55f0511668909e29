//! Command line entry of Troupe.
fn main() {}
