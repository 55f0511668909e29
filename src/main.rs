//! Entry point of the `troupe` program: parses the command line and starts the runtime.

use std::process::ExitCode;

use clap::Parser;
use troupe::cli::{Cli, execute};

#[tokio::main]
async fn main() -> ExitCode {
    execute(Cli::parse()).await
}
