//! Command line entry of the sandbox.
fn main() {}
