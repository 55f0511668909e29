//! The command line: `serve` a sandbox, or `drive` one that runs.

mod acts;
mod announce;
mod bot;
mod call;
mod drive;
mod looks;
mod process;
mod serve;
mod stores;
mod world;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// A local Discord, and a local model server, to build and test bots against.
///
/// Start it with `serve`, point your bot's API address at it, and play the members of its server with
/// `drive`: nobody needs Discord for that.
#[derive(Debug, Parser)]
#[command(name = "troupe-sandbox", version, propagate_version = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run a sandbox until it is interrupted.
    Serve(serve::Serve),
    /// Act in a running sandbox, look at it, and steer it; prints JSON.
    Drive(drive::Drive),
}

/// Runs the program: 0 when all went well, 1 with a sentence on standard error when something was
/// refused or failed, 2 when the arguments are wrong.
pub(crate) fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&format!("the program can't start: {error}")),
    };
    let done = runtime.block_on(async {
        match arguments.command {
            Command::Serve(serve) => serve::run(serve).await,
            Command::Drive(drive) => drive::run(drive).await,
        }
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => failed(&sentence),
    }
}

#[expect(clippy::print_stderr, reason = "a command line tells its errors there")]
fn failed(sentence: &str) -> ExitCode {
    eprintln!("error: {sentence}");
    ExitCode::FAILURE
}

/// Writes a line to standard output; whoever stopped reading is no reason to fail.
fn tell(line: &str) {
    use std::io::Write as _;
    let mut out = std::io::stdout().lock();
    let written = writeln!(out, "{line}").and_then(|()| out.flush());
    if let Err(error) = written {
        tracing::debug!(%error, "nobody reads standard output");
    }
}
