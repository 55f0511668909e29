//! A private PostgreSQL: own data folder, own port, gone with the test.

use std::{
    fs,
    os::unix::{
        fs::{MetadataExt, PermissionsExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use secrecy::SecretString;
use tempfile::TempDir;

pub use super::database::{Database, migrated};
use super::{Port, eventually, find_program, free_port};

pub const USER: &str = "troupe";
pub const PASSWORD: &str = "postgres-password-nobody-may-see";

pub struct Postgres {
    server: Child,
    port: Port,
    options: Vec<String>,
    folder: TempDir,
}

impl Postgres {
    pub async fn start() -> Self {
        Self::start_with(&[], &[]).await
    }

    /// One with `files` beside its data folder, which only its user may read, and with more options.
    pub async fn start_with(files: &[(&str, &str)], options: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let identity = identity();
        if let Some((user, group)) = identity {
            chown(folder.path(), Some(user), Some(group)).expect("root gives folders away");
        }
        let data = folder.path().join("data");
        let password = folder.path().join("password");
        fs::write(&password, PASSWORD).expect("a password file");
        for (name, content) in files {
            fs::write(folder.path().join(name), content).expect("a file");
        }
        for path in files.iter().map(|(name, _)| folder.path().join(name)).chain([password.clone()]) {
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("a private file");
            if let Some((user, group)) = identity {
                chown(&path, Some(user), Some(group)).expect("root gives files away");
            }
        }
        let made = command("initdb", identity, folder.path())
            .args(["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"])
            .arg(format!("--username={USER}"))
            .arg(format!("--pwfile={}", password.display()))
            .arg(&data)
            .output()
            .expect("initdb starts");
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let port = free_port();
        let options: Vec<String> = options.iter().map(|&option| option.to_owned()).collect();
        let server = launch(&folder, &port, &options);
        let this = Self { server, port, options, folder };
        this.wait_until_up().await;
        this
    }

    /// Starts it again on the same port, with the same data.
    pub async fn restart(&mut self) {
        self.server = launch(&self.folder, &self.port, &self.options);
        self.wait_until_up().await;
    }

    async fn wait_until_up(&self) {
        eventually("PostgreSQL accepts connections", || async {
            troupe::cold::connect(&self.secret_url(), std::time::Duration::ZERO).await.ok()
        })
        .await;
    }

    /// Where its files are.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn port(&self) -> u16 {
        self.port.number()
    }

    /// The address of the database, with its password.
    pub fn url(&self) -> String {
        self.url_as(USER, PASSWORD, "postgres")
    }

    pub fn url_as(&self, user: &str, password: &str, database: &str) -> String {
        format!("postgres://{user}:{password}@127.0.0.1:{}/{database}", self.port)
    }

    pub fn secret_url(&self) -> SecretString {
        SecretString::from(self.url())
    }

    /// Ends the server and removes its folder when this process is gone, however that ends. For a server in a
    /// static variable, which is never dropped. The guard lasts as long as what it returns.
    pub fn guard(&self) -> Child {
        let script =
            "cat; kill -QUIT $0; for i in $(seq 100); do kill -0 $0 || break; sleep 0.1; done; rm -rf -- $1";
        Command::new("sh")
            .args(["-c", script, &self.server.id().to_string()])
            .arg(self.folder.path())
            // An interrupt from the keyboard must not end it before its work is done.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("sh starts")
    }

    /// Where it listens.
    pub fn address(&self) -> std::net::SocketAddr {
        ([127, 0, 0, 1], self.port.number()).into()
    }

    /// Ends the server at once, as a crash would.
    pub fn kill(&mut self) {
        if !matches!(self.server.try_wait(), Ok(None)) {
            return;
        }
        // SIGQUIT makes the server end its children without waiting for clients; SIGKILL would orphan them.
        let pid = self.server.id().to_string();
        let _ended = Command::new("kill").args(["-QUIT", &pid]).status();
        let _reaped = self.server.wait();
    }
}

impl Postgres {
    /// Ends the server and everything that it started with SIGKILL: no goodbye to anyone.
    pub fn kill_hard(&mut self) {
        self.signal("KILL");
        let _reaped = self.server.wait();
        // A server does not start while one of its processes lives.
        let data = self.folder.path().join("data").display().to_string();
        while processes().any(|(_, _, line)| line.contains(&data)) {
            std::thread::yield_now();
        }
    }

    /// Sends a signal to the server and everything that it started.
    pub fn signal(&self, signal: &str) {
        let send = |pid: u32| Command::new("kill").args([format!("-{signal}"), pid.to_string()]).output();
        let server = self.server.id();
        // The server first: it starts no more children then.
        assert!(send(server).is_ok_and(|sent| sent.status.success()), "kill -{signal} {server}");
        for (pid, ..) in processes().filter(|(_, parent, _)| *parent == server) {
            // It may have ended by itself in between.
            let _sent = send(pid);
        }
    }
}

/// All processes: id, parent's id, command line.
fn processes() -> impl Iterator<Item = (u32, u32, String)> {
    fs::read_dir("/proc").expect("Linux").flatten().filter_map(|entry| {
        let pid = entry.file_name().to_str()?.parse().ok()?;
        let status = fs::read_to_string(entry.path().join("status")).ok()?;
        let parent = status.lines().find_map(|line| line.strip_prefix("PPid:"))?.trim().parse().ok()?;
        let line = fs::read(entry.path().join("cmdline")).ok()?;
        Some((pid, parent, String::from_utf8_lossy(&line).into_owned()))
    })
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.kill();
    }
}

fn launch(folder: &TempDir, port: &Port, options: &[String]) -> Child {
    command("postgres", identity(), folder.path())
        .arg("-D")
        .arg(folder.path().join("data"))
        .args(["-p", &port.to_string(), "-k", "", "-c", "listen_addresses=127.0.0.1"])
        .args(["-c", "fsync=off", "-c", "max_connections=20"])
        .args(options.iter().flat_map(|option| ["-c", option]))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("postgres starts")
}

fn command(program: &str, identity: Option<(u32, u32)>, folder: &Path) -> Command {
    let folders = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let folders: Vec<PathBuf> = folders.map(|entry| entry.path().join("bin")).collect();
    let mut command = Command::new(find_program(program, folders));
    command.current_dir(folder).env_clear().env("LC_ALL", "C");
    if let Some((user, group)) = identity {
        command.uid(user).gid(group);
    }
    command
}

/// PostgreSQL refuses to run as root: takes another user's ids then.
fn identity() -> Option<(u32, u32)> {
    let me = fs::metadata("/proc/self").expect("Linux").uid();
    if me != 0 {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").expect("a list of users");
    let find = |wanted: &str| {
        users.lines().find_map(|line| {
            let fields: Vec<_> = line.split(':').collect();
            (fields[0] == wanted)
                .then(|| (fields[2].parse().expect("a uid"), fields[3].parse().expect("a gid")))
        })
    };
    Some(find("postgres").or_else(|| find("nobody")).expect("a user other than root"))
}
