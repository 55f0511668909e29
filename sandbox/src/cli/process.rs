//! Asking a program to stop, and making sure that it does.

use std::process::ExitStatus;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use tokio::process::Child;

use super::tell;

/// How long a killed program may take to be gone.
const KILL_BOUND: Duration = Duration::from_secs(5);

/// Asks a program that has a process group of its own to stop, and waits for it. When it takes longer than `grace`,
/// it is killed with everything that it started in its group. `what` it is begins the sentences that tell of trouble.
pub(super) async fn stop(child: &mut Child, what: &str, grace: Duration) -> Option<ExitStatus> {
    let pid = child.id().and_then(|pid| i32::try_from(pid).ok()).and_then(Pid::from_raw);
    if let Some(pid) = pid
        && let Err(error) = kill_process(pid, Signal::TERM)
    {
        tell(&format!("can't ask {what} to stop: {error}"));
    }
    if let Ok(ended) = tokio::time::timeout(grace, child.wait()).await {
        return ended.map_err(|error| tell(&format!("can't wait for {what}: {error}"))).ok();
    }
    tell(&format!("{what} did not stop in time and is killed"));
    if let Some(pid) = pid {
        // It may have ended since; the wait tells.
        let _gone = kill_process_group(pid, Signal::KILL);
    }
    tokio::time::timeout(KILL_BOUND, child.wait()).await.ok()?.ok()
}
