//! A private Redis: own port, gone with the test; plain or over TLS, alone or as a cluster of three.

use std::{
    path::Path,
    process::{Child, Command, Stdio},
};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use redis::{Cmd, FromRedisValue};
use secrecy::SecretString;
use tempfile::TempDir;

use super::{Port, eventually, find_program, free_port};

pub const PASSWORD: &str = "redis-password-nobody-may-see";

pub struct Redis {
    server: Child,
    port: Port,
    /// Where it talks with other nodes: kept as long as it runs.
    _bus: Option<Port>,
    folder: TempDir,
    options: Vec<String>,
}

impl Redis {
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// A cluster of one node: it answers like any server, and refuses scripts whose keys lie in several slots.
    pub async fn start_as_cluster() -> Self {
        let this = Self::start_node(&[]).await;
        let _: String = this.run(::redis::cmd("CLUSTER").arg("ADDSLOTSRANGE").arg(0).arg(16_383)).await;
        eventually("the cluster is whole", || async {
            let info: String = this.run(::redis::cmd("CLUSTER").arg("INFO")).await;
            info.contains("cluster_state:ok").then_some(())
        })
        .await;
        this
    }

    /// One of a cluster.
    async fn start_node(options: &[&str]) -> Self {
        let bus = free_port();
        let number = bus.to_string();
        let cluster = ["--cluster-enabled", "yes", "--cluster-port", &number];
        Self::start_on(Some(bus), &[&cluster, options].concat()).await
    }

    /// With further options of the command line.
    pub async fn start_with(options: &[&str]) -> Self {
        Self::start_on(None, options).await
    }

    async fn start_on(bus: Option<Port>, options: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let port = free_port();
        let options: Vec<_> = options.iter().map(|option| (*option).to_owned()).collect();
        let server = launch(folder.path(), &port, &options);
        let this = Self { server, port, _bus: bus, folder, options };
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

    /// Where its files are.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn pid(&self) -> u32 {
        self.server.id()
    }

    /// Runs one command.
    pub async fn run<T: FromRedisValue>(&self, command: &Cmd) -> T {
        let mut connection = troupe::hot::connect(&self.secret_url()).await.expect("Redis is up");
        command.query_async(&mut connection).await.expect("Redis obeys")
    }

    pub fn secret_url(&self) -> SecretString {
        SecretString::from(self.url())
    }

    /// Sends a signal, such as `STOP`.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([format!("-{name}"), self.pid().to_string()]).status();
        assert!(sent.expect("kill runs").success());
    }

    /// Ends the server at once, as a crash would.
    pub fn kill(&mut self) {
        let _ended = self.server.kill();
        let _reaped = self.server.wait();
    }

    /// Starts it again on the same port, with what it has saved.
    pub async fn restart(&mut self) {
        self.launch();
        self.wait_until_up().await;
    }

    /// Gives the next start one more option.
    pub fn set_option(&mut self, name: &str, value: &str) {
        self.options.extend([name.to_owned(), value.to_owned()]);
    }

    /// As [`Redis::restart`], without waiting.
    pub fn launch(&mut self) {
        self.server = launch(self.folder.path(), &self.port, &self.options);
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

fn launch(folder: &Path, port: &Port, options: &[String]) -> Child {
    Command::new(find_program("redis-server", Vec::new()))
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--requirepass", PASSWORD])
        .args(["--save", "", "--appendonly", "no"])
        .args(options)
        .current_dir(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("redis-server starts")
}

/// A Redis that speaks TLS on one port, next to the plain one that the test steers it by.
pub struct TlsRedis {
    _plain: Redis,
    port: Port,
    /// Its certificate authority, as a PEM file.
    pub ca_file: std::path::PathBuf,
    _certificates: TempDir,
}

impl TlsRedis {
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        let authority =
            CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("an authority");
        let key = KeyPair::generate().expect("a key");
        let names = vec!["localhost".to_owned()];
        let certificate =
            CertificateParams::new(names).expect("names").signed_by(&key, &authority).expect("a certificate");
        let write = |name: &str, text: String| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).expect("a file");
            path
        };
        let ca_file = write("ca.pem", authority.pem());
        let (certificate, key) =
            (write("server.pem", certificate.pem()), write("server.key", key.serialize_pem()));
        let port = free_port();
        let plain = Redis::start_with(&[
            "--tls-port",
            &port.to_string(),
            "--tls-cert-file",
            &certificate.display().to_string(),
            "--tls-key-file",
            &key.display().to_string(),
            "--tls-ca-cert-file",
            &ca_file.display().to_string(),
            "--tls-auth-clients",
            "no",
        ])
        .await;
        Self { _plain: plain, port, ca_file, _certificates: folder }
    }

    /// Its address by TLS, under that name.
    pub fn url(&self, host: &str) -> String {
        format!("rediss://:{PASSWORD}@{host}:{}/0", self.port)
    }
}

/// Three masters that share all slots.
pub struct Cluster {
    pub nodes: Vec<Redis>,
}

impl Cluster {
    pub async fn start() -> Self {
        let mut nodes = Vec::new();
        for _ in 0..3 {
            nodes.push(Redis::start_node(&["--cluster-node-timeout", "1000"]).await);
        }
        let made = Command::new(find_program("redis-cli", Vec::new()))
            .args(["-a", PASSWORD, "--no-auth-warning", "--cluster-yes", "--cluster", "create"])
            .args(nodes.iter().map(|node| format!("127.0.0.1:{}", node.port)))
            .output()
            .expect("redis-cli starts");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stdout));
        for node in &nodes {
            eventually("the cluster is whole", || async {
                let info: String = node.run(redis::cmd("CLUSTER").arg("INFO")).await;
                info.contains("cluster_state:ok").then_some(())
            })
            .await;
        }
        Self { nodes }
    }

    /// Addresses of its nodes, for REDIS_URL.
    pub fn url(&self) -> String {
        let nodes: Vec<_> =
            self.nodes.iter().map(|node| format!("redis://:{PASSWORD}@127.0.0.1:{}", node.port)).collect();
        nodes.join(",")
    }
}
