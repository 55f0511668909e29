//! Makes a new cluster: all or nothing, whenever it is interrupted.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, Permissions},
    io::Write,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::Path,
    process::{Output, Stdio},
    time::Duration,
};

use rand::Rng;
use secrecy::{ExposeSecret, SecretString};
use tokio::io::AsyncWriteExt;

use super::{LocalError, identity::command, leftovers::remove_if_there, place::Place, programs::Programs};

/// Time for `initdb` and for the first statements. They wait for the disk.
const DEADLINE: Duration = Duration::from_secs(120);
/// The bot's name in the cluster, and its database's.
pub(super) const NAME: &str = "troupe";
/// Only over the socket, which only the bot and the server's user can reach: the bot by its password, and for
/// repairs the superuser `postgres`, without one, when the system's user has that name.
const ACCESS: &str = "local all postgres peer\nlocal troupe troupe scram-sha-256\n";

/// Makes the cluster of `place`, with the bot's role and database in it.
///
/// # Errors
/// [`LocalError::Failed`] with the words of `initdb`, or a file's fault.
pub(super) async fn cluster(place: &Place, programs: &Programs) -> Result<(), LocalError> {
    remove_attempts(place)?;
    // A name of its own: an `initdb` that outlived its bot must not disturb this one.
    let attempt = place.folder.join(format!("new-{:08x}", rand::rng().random::<u32>()));
    DirBuilder::new().mode(0o700).create(&attempt).map_err(LocalError::file("make", &attempt))?;
    if let Some(identity) = &place.identity {
        identity.own(&attempt)?;
    }
    let mut initdb = command(&programs.path("initdb"), place.identity.as_ref());
    initdb
        .args(["--encoding=UTF8", "--no-locale", "--data-checksums", "--no-instructions"])
        .args(["--username=postgres", "--auth-local=peer", "--auth-host=reject"])
        .arg("-D")
        .arg(&attempt)
        .current_dir("/")
        .kill_on_drop(true);
    finish("initdb", initdb.output()).await?;
    let password = write_password(place)?;
    add_role_and_database(place, programs, &attempt, &password).await?;
    let data = place.data();
    fs::rename(&attempt, &data).map_err(LocalError::file("name", &data))?;
    sync(&place.folder)
}

/// Writes who may connect. At every start, so that a newer build's rules hold for older clusters.
pub(super) fn write_access(place: &Place) -> Result<(), LocalError> {
    write(&place.access(), 0o644, ACCESS)
}

fn remove_attempts(place: &Place) -> Result<(), LocalError> {
    let entries = fs::read_dir(&place.folder).map_err(LocalError::file("list", &place.folder))?;
    for entry in entries.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with("new-")) {
        fs::remove_dir_all(entry.path()).map_err(LocalError::file("remove", entry.path()))?;
    }
    Ok(())
}

fn write_password(place: &Place) -> Result<SecretString, LocalError> {
    let (front, back): (u128, u128) = rand::rng().random();
    let password = format!("{front:032x}{back:032x}");
    write(&place.password(), 0o600, &password)?;
    Ok(SecretString::from(password))
}

/// The server's own single-user mode needs no one to let us in, and takes the password from its input, where no
/// list of processes shows it.
async fn add_role_and_database(
    place: &Place,
    programs: &Programs,
    data: &Path,
    password: &SecretString,
) -> Result<(), LocalError> {
    let mut postgres = command(&programs.path("postgres"), place.identity.as_ref());
    let mut child = postgres
        .arg("--single")
        .arg("-D")
        .arg(data)
        .args(["-c", "exit_on_error=on", "-c", "log_min_error_statement=panic", "postgres"])
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(LocalError::file("run", programs.path("postgres")))?;
    let statements = format!(
        "CREATE ROLE {NAME} LOGIN PASSWORD '{}';\nCREATE DATABASE {NAME} OWNER {NAME};\n",
        password.expose_secret()
    );
    let mut input = child.stdin.take().expect("a piped input");
    let work = async {
        // A server that ended before it read all has said why; that is what to report.
        let _broken = input.write_all(statements.as_bytes()).await;
        drop(input);
        child.wait_with_output().await
    };
    finish("postgres --single", work).await
}

/// Waits for a program, and turns its complaint into an error.
async fn finish(
    program: &'static str,
    work: impl Future<Output = std::io::Result<Output>>,
) -> Result<(), LocalError> {
    let failed = |said: String| LocalError::Failed { program, said };
    let output = tokio::time::timeout(DEADLINE, work)
        .await
        .map_err(|_| failed(format!("not done within {} s", DEADLINE.as_secs())))?
        .map_err(|error| failed(error.to_string()))?;
    if output.status.success() {
        return Ok(());
    }
    Err(failed(last_words(&String::from_utf8_lossy(&output.stderr))))
}

/// The last few lines that say something.
pub(super) fn last_words(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    if lines.is_empty() {
        return "without a word".to_owned();
    }
    lines[lines.len().saturating_sub(3)..].join("; ")
}

/// Writes a small file whole: it is never seen half-written, and never through somebody's link.
fn write(path: &Path, mode: u32, text: &str) -> Result<(), LocalError> {
    let attempt = path.with_extension("tmp");
    remove_if_there(&attempt)?;
    let write_all = || {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(&attempt)?;
        // Whatever the umask: the server's user has to read some of them.
        file.set_permissions(Permissions::from_mode(mode))?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    };
    write_all().map_err(LocalError::file("write", &attempt))?;
    fs::rename(&attempt, path).map_err(LocalError::file("name", path))
}

fn sync(folder: &Path) -> Result<(), LocalError> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(LocalError::file("sync", folder))
}
