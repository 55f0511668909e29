//! A private Redis: own port, no file, gone with the test.

use std::process::{Child, Command, Stdio};

use redis::{Cmd, FromRedisValue};
use secrecy::SecretString;
use tempfile::TempDir;

use super::{eventually, find_program, free_port};

pub const PASSWORD: &str = "redis-password-nobody-may-see";

pub struct Redis {
    server: Child,
    port: u16,
    folder: TempDir,
    options: Vec<String>,
}

impl Redis {
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// A cluster of one node: it answers like any server, and refuses scripts whose keys lie in several slots.
    pub async fn start_as_cluster() -> Self {
        let bus = free_port().to_string();
        let this = Self::start_with(&["--cluster-enabled", "yes", "--cluster-port", &bus]).await;
        let _: String = this.run(redis::cmd("CLUSTER").arg("ADDSLOTSRANGE").arg(0).arg(16_383)).await;
        eventually("the cluster is whole", || async {
            let info: String = this.run(redis::cmd("CLUSTER").arg("INFO")).await;
            info.contains("cluster_state:ok").then_some(())
        })
        .await;
        this
    }

    /// With further options of the command line.
    pub async fn start_with(options: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let port = free_port();
        let options: Vec<_> = options.iter().map(|option| (*option).to_owned()).collect();
        let this = Self { server: launch(&folder, port, &options), port, folder, options };
        this.wait_until_up().await;
        this
    }

    /// The address, with its password.
    pub fn url(&self) -> String {
        self.url_with(PASSWORD)
    }

    pub fn url_with(&self, password: &str) -> String {
        format!("redis://:{password}@127.0.0.1:{}/0", self.port)
    }

    /// Runs one command.
    pub async fn run<T: FromRedisValue>(&self, command: &Cmd) -> T {
        let mut connection = troupe::hot::connect(&self.secret_url()).await.expect("Redis is up");
        command.query_async(&mut connection).await.expect("Redis obeys")
    }

    fn secret_url(&self) -> SecretString {
        SecretString::from(self.url())
    }

    /// Ends the server at once, as a crash would.
    pub fn kill(&mut self) {
        let _ended = self.server.kill();
        let _reaped = self.server.wait();
    }

    /// Starts it again on the same port, empty.
    pub async fn restart(&mut self) {
        self.server = launch(&self.folder, self.port, &self.options);
        self.wait_until_up().await;
    }

    async fn wait_until_up(&self) {
        eventually("Redis accepts connections", || async {
            troupe::hot::connect(&self.secret_url()).await.ok()
        })
        .await;
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.kill();
    }
}

fn launch(folder: &TempDir, port: u16, options: &[String]) -> Child {
    Command::new(find_program("redis-server", Vec::new()))
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--requirepass", PASSWORD])
        .args(["--save", "", "--appendonly", "no"])
        .args(options)
        .current_dir(folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("redis-server starts")
}
