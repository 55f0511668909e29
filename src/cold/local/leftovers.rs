//! What an earlier server left behind: processes that still work on the cluster, and the file that names them.
//!
//! A bot that was killed leaves its server running; a server that was killed leaves its children, and a file
//! with its process id, which by now may be anybody's. PostgreSQL refuses to start in each of these cases, or
//! worse, would not notice. A process belongs to the cluster when its working folder is the cluster's: every
//! process of a server goes there.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};

use super::{LocalError, place::SOCKET};

/// How long an orphan may take to end: by a fast shutdown, then at once, then killed.
const PATIENCE: [(Signal, Duration); 3] = [
    (Signal::INT, Duration::from_secs(20)),
    (Signal::QUIT, Duration::from_secs(5)),
    (Signal::KILL, Duration::from_secs(5)),
];
const PAUSE: Duration = Duration::from_millis(25);

/// Ends what still works on the cluster in `data`, and removes the files that name its process when nothing does:
/// the cluster's own, and the one beside its socket.
pub(super) async fn clear(data: &Path, socket_folder: &Path) -> Result<(), LocalError> {
    let mut remaining = workers(data);
    if !remaining.is_empty() {
        tracing::warn!(
            processes = ?remaining.iter().map(|pid| pid.as_raw_nonzero()).collect::<Vec<_>>(),
            "an earlier PostgreSQL still runs on this cluster: ending it"
        );
    }
    for (signal, patience) in PATIENCE {
        if remaining.is_empty() {
            break;
        }
        end(data, &remaining, signal);
        let begun = Instant::now();
        while !remaining.is_empty() && begun.elapsed() < patience {
            tokio::time::sleep(PAUSE).await;
            remaining = workers(data);
        }
    }
    if !remaining.is_empty() {
        let processes: Vec<_> = remaining.iter().map(|pid| pid.as_raw_nonzero().to_string()).collect();
        return Err(LocalError::Lingering { folder: data.to_owned(), processes: processes.join(", ") });
    }
    // Where processes can't be looked at, PostgreSQL itself has to judge the file.
    if !can_look() {
        return Ok(());
    }
    for file in [data.join("postmaster.pid"), socket_folder.join(format!("{SOCKET}.lock"))] {
        remove_if_there(&file)?;
    }
    Ok(())
}

/// Removes a file, or the link in its place; that there is none is fine.
pub(super) fn remove_if_there(path: &Path) -> Result<(), LocalError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(LocalError::file("remove", path)(error)),
        _ => Ok(()),
    }
}

/// Signals the server where there is one, since it ends its children in good order, else every process.
fn end(data: &Path, workers: &[Pid], signal: Signal) {
    let server = postmaster(data).filter(|pid| workers.contains(pid) && signal != Signal::KILL);
    // To a child of a server, SIGINT means to end a statement; SIGQUIT ends the child itself.
    let to_children = if signal == Signal::INT { Signal::QUIT } else { signal };
    let (targets, signal) =
        server.map_or_else(|| (workers.to_vec(), to_children), |server| (vec![server], signal));
    for pid in targets {
        // It may have ended since; whether it did is looked at next.
        let _gone = kill_process(pid, signal);
    }
}

/// The server's process, as its file says.
pub(super) fn postmaster(data: &Path) -> Option<Pid> {
    let file = fs::read_to_string(data.join("postmaster.pid")).ok()?;
    Pid::from_raw(file.lines().next()?.trim().parse().ok()?)
}

/// Processes that work in the folder `data`.
pub(super) fn workers(data: &Path) -> Vec<Pid> {
    if !can_look() {
        return postmaster(data).filter(|pid| is_server_by_ps(*pid, data)).into_iter().collect();
    }
    let named = fs::read_dir("/proc").into_iter().flatten().flatten();
    named
        .filter_map(|entry| Pid::from_raw(entry.file_name().to_str()?.parse().ok()?))
        .filter(|pid| working_folder(*pid).is_some_and(|folder| folder == data))
        .collect()
}

fn can_look() -> bool {
    Path::new("/proc/self/cwd").exists()
}

/// A process that has ended and waits to be collected has none.
fn working_folder(pid: Pid) -> Option<PathBuf> {
    fs::read_link(format!("/proc/{}/cwd", pid.as_raw_nonzero())).ok()
}

fn is_server_by_ps(pid: Pid, data: &Path) -> bool {
    let output = std::process::Command::new("ps")
        .args(["-ww", "-o", "args=", "-p", &pid.as_raw_nonzero().to_string()])
        .output();
    output.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains(&*data.to_string_lossy()))
}
