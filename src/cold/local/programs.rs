//! Which programs of PostgreSQL this machine has, of which version, and how to get them.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use futures::future::join_all;
use tokio::process::Command;

use super::LocalError;

/// Time for a program to say its version.
const DEADLINE: Duration = Duration::from_secs(15);
/// Folders below which packages put one folder a version, and the way to the programs in there.
const VERSIONED: &[(&str, &str, &str)] = &[
    ("/usr/lib/postgresql", "", "bin"),
    ("/usr", "pgsql-", "bin"),
    ("/usr/libexec", "postgresql", ""),
    ("/opt/homebrew/opt", "postgresql", "bin"),
    ("/usr/local/opt", "postgresql", "bin"),
    ("/home/linuxbrew/.linuxbrew/opt", "postgresql", "bin"),
    ("/usr/local", "pgsql", "bin"),
];
/// Package managers by their program, and what makes each install the server and the client programs.
const INSTALLERS: &[(&str, &str)] = &[
    ("apt-get", "apt-get update && apt-get install -y --no-install-recommends postgresql"),
    ("dnf", "dnf install -y postgresql-server"),
    ("apk", "apk add postgresql postgresql-client"),
    ("pacman", "pacman -S --noconfirm postgresql"),
    ("zypper", "zypper install -y postgresql-server"),
    ("brew", "brew install postgresql@17"),
];

/// A folder with programs of one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Programs {
    /// The folder.
    pub folder: PathBuf,
    /// Major version, such as 17.
    pub major: u32,
}

impl Programs {
    /// Path of one of the programs.
    pub fn path(&self, program: &str) -> PathBuf {
        self.folder.join(program)
    }
}

/// Every folder that has `program` and in which it works, newest version first. With `only`, just that folder
/// is looked at.
pub async fn find(program: &str, only: Option<&Path>) -> Vec<Programs> {
    let folders = only.map_or_else(|| candidates(program), |folder| vec![folder.to_owned()]);
    let asked = folders.into_iter().map(async |folder| {
        let major = major(&folder.join(program)).await?;
        Some(Programs { folder, major })
    });
    let mut found: Vec<_> = join_all(asked).await.into_iter().flatten().collect();
    // Stable: of the same version, a folder of its own comes before whatever the PATH leads to.
    found.sort_by_key(|programs| std::cmp::Reverse(programs.major));
    found
}

/// As [`find`], and that there is at least one.
///
/// # Errors
/// [`LocalError::BinDir`] or [`LocalError::NotInstalled`].
pub async fn require(program: &'static str, only: Option<&Path>) -> Result<Vec<Programs>, LocalError> {
    let found = find(program, only).await;
    if !found.is_empty() {
        return Ok(found);
    }
    Err(match only {
        Some(folder) => LocalError::BinDir { program, folder: folder.to_owned() },
        None => LocalError::NotInstalled { program, command: install_command() },
    })
}

fn candidates(program: &str) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = Vec::new();
    for (base, prefix, rest) in VERSIONED {
        let entries = fs::read_dir(base).into_iter().flatten().flatten();
        let named = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(prefix));
        folders.extend(named.map(|entry| entry.path().join(rest)));
    }
    let on_path = which::which_all(program).into_iter().flatten();
    folders.extend(on_path.filter_map(|path| path.parent().map(Path::to_owned)));
    let mut seen = BTreeSet::new();
    folders.retain(|folder| folder.join(program).is_file() && seen.insert(folder.clone()));
    folders
}

async fn major(program: &Path) -> Option<u32> {
    let mut command = Command::new(program);
    command.arg("--version").env("LC_ALL", "C").stdin(Stdio::null()).kill_on_drop(true);
    let output = tokio::time::timeout(DEADLINE, command.output()).await.ok()?.ok()?;
    output.status.success().then(|| parse_major(&String::from_utf8_lossy(&output.stdout)))?
}

/// The major version in words such as `postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)` or `… 18beta1`.
fn parse_major(said: &str) -> Option<u32> {
    let (_, version) = said.split_once("(PostgreSQL) ")?;
    let digits = version.find(|c: char| !c.is_ascii_digit()).unwrap_or(version.len());
    version[..digits].parse().ok()
}

/// The command that installs PostgreSQL on this system.
pub fn install_command() -> String {
    let found =
        INSTALLERS.iter().find(|(program, _)| which::which_global(program).is_ok() || in_usr(program));
    let Some((program, command)) = found else {
        return "your system's package manager (the package is called postgresql or postgresql-server)"
            .to_owned();
    };
    if *program == "brew" || rustix::process::geteuid().is_root() {
        return (*command).to_owned();
    }
    command.split(" && ").map(|part| format!("sudo {part}")).collect::<Vec<_>>().join(" && ")
}

/// A service may run with no PATH at all.
fn in_usr(program: &str) -> bool {
    ["/usr/bin", "/sbin", "/opt/homebrew/bin"].iter().any(|folder| Path::new(folder).join(program).is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_every_packager_writes_them() {
        let parsed = |said| parse_major(said);
        assert_eq!(parsed("postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)\n"), Some(15));
        assert_eq!(parsed("pg_dump (PostgreSQL) 18beta1\n"), Some(18));
        assert_eq!(parsed("initdb (PostgreSQL) 14"), Some(14));
        assert_eq!(parsed("sh: 1: postgres: not found"), None);
        assert_eq!(parsed("postgres (PostgreSQL) devel"), None);
    }

    #[test]
    fn this_system_has_an_installer_or_is_told_so() {
        let command = install_command();
        assert!(command.contains("postgresql"), "{command}");
    }

    #[tokio::test]
    async fn a_folder_without_the_programs_is_named() {
        let error = require("postgres", Some(Path::new("/nowhere"))).await.expect_err("nothing there");
        assert_eq!(error.to_string(), "POSTGRES_BIN_DIR: there is no working postgres in /nowhere");
    }
}
