//! As whom the server runs: PostgreSQL refuses root, so root hands it to an unprivileged user.

use std::{
    fs,
    os::unix::fs::{MetadataExt, chown},
    path::Path,
    process::Stdio,
    time::Duration,
};

use tokio::process::Command;

use super::LocalError;

/// Time for the smallest of programs to run.
const DEADLINE: Duration = Duration::from_secs(15);

/// An unprivileged user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Identity {
    uid: u32,
    gid: u32,
    /// Its name, or its number where it has none.
    pub(super) name: String,
}

impl Identity {
    /// Whom the server of the cluster in `data` runs as: `None` is the bot's own user, which is not root. An
    /// existing cluster stays with its owner, whichever users have come or gone since.
    pub(super) fn of(data: &Path) -> Result<Option<Self>, LocalError> {
        if !rustix::process::geteuid().is_root() {
            return Ok(None);
        }
        let users = users();
        match fs::metadata(data) {
            Ok(folder) if folder.uid() != 0 => {
                let known = users.into_iter().find(|user| user.uid == folder.uid());
                let name = known.map_or_else(|| folder.uid().to_string(), |user| user.name);
                Ok(Some(Self { uid: folder.uid(), gid: folder.gid(), name }))
            }
            _ => ["postgres", "nobody"]
                .iter()
                .find_map(|name| users.iter().find(|user| user.name == *name).cloned())
                .map(Some)
                .ok_or(LocalError::NoUser),
        }
    }

    /// Gives a file or folder to the user.
    pub(super) fn own(&self, path: &Path) -> Result<(), LocalError> {
        chown(path, Some(self.uid), Some(self.gid)).map_err(LocalError::file("change the owner of", path))
    }

    /// Whether the user may work in `folder` with `program`. Asks the kernel, which knows more about rights than
    /// mode bits tell.
    pub(super) async fn reaches(&self, program: &Path, folder: &Path) -> Result<bool, LocalError> {
        let try_in = async |folder: &Path| {
            let mut command = command(program, Some(self));
            command.arg("--version").current_dir(folder).stdout(Stdio::null()).stderr(Stdio::null());
            matches!(tokio::time::timeout(DEADLINE, command.status()).await, Ok(Ok(status)) if status.success())
        };
        if !try_in(Path::new("/")).await {
            return Err(LocalError::Forbidden { program: program.to_owned(), user: self.name.clone() });
        }
        Ok(try_in(folder).await)
    }
}

/// A program of PostgreSQL with a plain environment, run as `identity`.
pub(super) fn command(program: &Path, identity: Option<&Identity>) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("LC_ALL", "C").env("PATH", "/usr/local/bin:/usr/bin:/bin").stdin(Stdio::null());
    if let Some(identity) = identity {
        command.uid(identity.uid).gid(identity.gid);
    }
    command
}

/// The user that owns files which `identity` makes.
pub(super) fn uid(identity: Option<&Identity>) -> u32 {
    identity.map_or_else(|| rustix::process::geteuid().as_raw(), |identity| identity.uid)
}

fn users() -> Vec<Identity> {
    let listed = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let parse = |line: &str| {
        let mut fields = line.split(':');
        let name = fields.next()?.to_owned();
        let uid = fields.nth(1)?.parse().ok()?;
        Some(Identity { uid, gid: fields.next()?.parse().ok()?, name })
    };
    listed.lines().filter_map(parse).filter(|user| user.uid != 0).collect()
}
