//! A private Redis for a bot: the installed server on a socket of its own, which keeps nothing.

use std::ffi::OsString;
use std::fs::Permissions;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;
use troupe_sandbox::links::StoreUrl;

use super::service::Service;

const PROGRAM: &str = "redis-server";
const NAME: &str = "REDIS_URL";
/// How long it has to answer.
const ANSWER_BOUND: Duration = Duration::from_secs(15);
/// Pause between two looks whether it does.
const PAUSE: Duration = Duration::from_millis(20);
/// What a socket's path may take everywhere, in bytes; Linux allows 107, macOS 103.
const MOST_SOCKET_PATH: usize = 103;

/// Starts it, and waits until it answers. It is in `services` as soon as it runs.
pub(super) async fn start(services: &mut Vec<Service>) -> Result<StoreUrl, String> {
    if !is_installed() {
        return Err(format!(
            "{PROGRAM} is not installed, and --with-redis starts it: install it (Debian calls it redis-server), or \
             leave --with-redis out"
        ));
    }
    let folder = folder().map_err(|error| format!("can't make a folder for Redis: {error}"))?;
    let socket = folder.path().join("redis.sock");
    let mut command = tokio::process::Command::new(PROGRAM);
    command
        .args(["--port", "0", "--unixsocketperm", "700", "--unixsocket"])
        .arg(&socket)
        .args(["--save", "", "--appendonly", "no", "--daemonize", "no", "--logfile", "", "--dir"])
        .arg(folder.path());
    services.push(Service::quiet(NAME, command, folder)?);
    let service = services.last_mut().expect("it was just put there");
    tokio::select! {
        answers = tokio::time::timeout(ANSWER_BOUND, until_it_answers(&socket)) => {
            answers.map_err(|_| format!("{PROGRAM} does not answer within {} s", ANSWER_BOUND.as_secs()))?;
        }
        said = service.ended() => return Err(said),
    }
    super::parsed(NAME, &format!("redis+unix://{}", escaped(&socket)))
}

fn is_installed() -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(PROGRAM).is_file())
}

/// A folder that only this user may enter, with a path that leaves room for a socket's.
fn folder() -> io::Result<TempDir> {
    let ours = || Permissions::from_mode(0o700);
    let make = |below: &Path| {
        tempfile::Builder::new().prefix("troupe-sandbox-").permissions(ours()).tempdir_in(below)
    };
    let usual = make(&std::env::temp_dir())?;
    let length = usual.path().join("redis.sock").as_os_str().len();
    if length <= MOST_SOCKET_PATH { Ok(usual) } else { make(Path::new("/tmp")) }
}

async fn until_it_answers(socket: &PathBuf) {
    let ask = async || {
        let mut stream = UnixStream::connect(socket).await?;
        stream.write_all(b"PING\r\n").await?;
        let mut answer = [0; 5];
        stream.read_exact(&mut answer).await?;
        if answer == *b"+PONG" { Ok(()) } else { Err(io::Error::from(io::ErrorKind::InvalidData)) }
    };
    while ask().await.is_err() {
        tokio::time::sleep(PAUSE).await;
    }
}

/// A path as it stands in an address.
fn escaped(path: &Path) -> String {
    let path = OsString::from(path).to_string_lossy().into_owned();
    path.replace('%', "%25").replace('?', "%3F").replace('#', "%23")
}
