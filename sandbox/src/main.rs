//! Command line entry of the sandbox.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
