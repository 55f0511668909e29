//! Entry point of the `troupe` program: parses the command line and starts the runtime.

use std::{
    io::{self, Write},
    process::ExitCode,
    time::Duration,
};

use clap::Parser;
use troupe::cli::{Cli, execute};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            let _unwritten = writeln!(io::stderr(), "can't start threads: {error}");
            return ExitCode::FAILURE;
        }
    };
    let code = runtime.block_on(execute(cli));
    // A name lookup that hangs runs on a thread that can't be stopped: it must not hold up the end.
    runtime.shutdown_timeout(Duration::from_millis(200));
    code
}
