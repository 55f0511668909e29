//! Where Redis is, and a connection to it: one server or a cluster, plain or over TLS.

use std::{fmt, path::Path, time::Duration};

use redis::{
    AsyncConnectionConfig, Client, Cmd, ConnectionInfo, IntoConnectionInfo, Pipeline, RedisFuture,
    TlsCertificates, Value,
    aio::{ConnectionLike, MultiplexedConnection, PubSub},
    cluster::ClusterClient,
    cluster_async::ClusterConnection,
    io::tcp::TcpSettings,
};
use secrecy::{ExposeSecret, SecretString};

use super::HotError;
use crate::config::HotSettings;

/// Longest wait for a connection, with its TLS and its password.
pub(super) const CONNECT_DEADLINE: Duration = Duration::from_secs(2);
/// Longest wait for one answer of a check.
const CHECK_DEADLINE: Duration = Duration::from_secs(2);
/// How often a cluster's client follows a moved key, or asks again, within one answer's deadline.
const CLUSTER_RETRIES: u32 = 3;
/// Longest wait of a cluster's client before it asks again, in milliseconds.
const CLUSTER_RETRY_WAIT_MS: u64 = 20;

/// Where Redis is, with all that it takes to connect.
#[derive(Clone)]
pub struct Address {
    /// As given: one, or some of a cluster's nodes.
    nodes: Vec<Client>,
    authorities: Option<TlsCertificates>,
    cluster: bool,
}

impl Address {
    /// One server, with the system's certificate authorities for `rediss://`.
    ///
    /// # Errors
    /// [`HotError::Address`] for an address that is none.
    pub fn new(url: &SecretString) -> Result<Self, HotError> {
        Self::with(url, None, false)
    }

    /// As the settings say; `None` when they name no Redis. Reads REDIS_CA_FILE.
    ///
    /// # Errors
    /// [`HotError::Address`], or [`HotError::Authorities`] for a file that can't be read.
    pub fn from_settings(settings: &HotSettings) -> Result<Option<Self>, HotError> {
        let authorities = settings.ca_file.as_deref().map(read_authorities).transpose()?;
        settings.url.as_ref().map(|url| Self::with(url, authorities, settings.cluster)).transpose()
    }

    fn with(
        url: &SecretString,
        authorities: Option<TlsCertificates>,
        cluster: bool,
    ) -> Result<Self, HotError> {
        // Several libraries of this process bring rustls a provider of cryptography; whoever names one first
        // wins, and an error says that somebody has.
        let _named_before = rustls::crypto::ring::default_provider().install_default();
        let urls = crate::config::hot::addresses(url.expose_secret());
        let nodes = urls.map(|url| node(url, authorities.as_ref())).collect::<Result<Vec<_>, _>>()?;
        if nodes.is_empty() || (nodes.len() > 1 && !cluster) {
            return Err(HotError::Address);
        }
        Ok(Self { nodes, authorities, cluster })
    }

    /// Whether it is a cluster.
    pub fn is_cluster(&self) -> bool {
        self.cluster
    }

    /// The one server, or one of a cluster's nodes.
    pub(super) fn server(&self) -> &ConnectionInfo {
        self.nodes[0].get_connection_info()
    }

    /// A connection outside of everything shared, for a check that wants the server's own error.
    ///
    /// # Errors
    /// [`HotError::Deadline`] or [`HotError::Redis`].
    pub async fn connect(&self) -> Result<Wire, HotError> {
        self.connect_within(CHECK_DEADLINE).await
    }

    /// A connection that waits for no answer longer than `answer`.
    pub(super) async fn connect_within(&self, answer: Duration) -> Result<Wire, HotError> {
        let attempt = async {
            if self.cluster {
                self.cluster_client(answer)?.get_async_connection().await.map(Wire::Cluster)
            } else {
                let config = AsyncConnectionConfig::new()
                    .set_connection_timeout(Some(CONNECT_DEADLINE))
                    .set_response_timeout(Some(answer));
                self.nodes[0].get_multiplexed_async_connection_with_config(&config).await.map(Wire::Server)
            }
        };
        match tokio::time::timeout(CONNECT_DEADLINE, attempt).await {
            Ok(connected) => Ok(connected?),
            Err(_) => Err(HotError::Deadline),
        }
    }

    /// A connection for messages, to any node: a cluster hands each message to all of its nodes.
    pub(super) async fn listen(&self) -> Result<PubSub, HotError> {
        let node = &self.nodes[rand::random_range(0..self.nodes.len())];
        match tokio::time::timeout(CONNECT_DEADLINE, node.get_async_pubsub()).await {
            Ok(connected) => Ok(connected?),
            Err(_) => Err(HotError::Deadline),
        }
    }

    fn cluster_client(&self, answer: Duration) -> Result<ClusterClient, redis::RedisError> {
        let nodes = self.nodes.iter().map(|node| node.get_connection_info().clone());
        let mut builder = ClusterClient::builder(nodes)
            .connection_timeout(CONNECT_DEADLINE)
            .response_timeout(answer)
            .retries(CLUSTER_RETRIES)
            .max_retry_wait(CLUSTER_RETRY_WAIT_MS)
            .tcp_settings(tcp());
        if let Some(authorities) = &self.authorities {
            builder = builder.certs(authorities.clone());
        }
        builder.build()
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Address").field("cluster", &self.cluster).finish_non_exhaustive()
    }
}

fn node(url: &str, authorities: Option<&TlsCertificates>) -> Result<Client, HotError> {
    let info = url.into_connection_info().map_err(|_| HotError::Address)?.set_tcp_settings(tcp());
    match authorities {
        Some(authorities) if url.starts_with("rediss://") => {
            Client::build_with_tls(info, authorities.clone())
                .map_err(|_| HotError::Authorities("it holds no certificate in PEM form".to_owned()))
        }
        _ => Client::open(info).map_err(|_| HotError::Address),
    }
}

/// Small commands must not wait for one another's acknowledgements.
fn tcp() -> TcpSettings {
    TcpSettings::default().set_nodelay(true)
}

fn read_authorities(path: &Path) -> Result<TlsCertificates, HotError> {
    let pem =
        std::fs::read(path).map_err(|error| HotError::Authorities(format!("{}: {error}", path.display())))?;
    Ok(TlsCertificates { client_tls: None, root_cert: Some(pem) })
}

/// One connection to [`Address::new`]'s server, for a check that wants the server's own error.
///
/// # Errors
/// [`HotError::Address`], [`HotError::Deadline`] or [`HotError::Redis`].
pub async fn connect(url: &SecretString) -> Result<Wire, HotError> {
    Address::new(url)?.connect().await
}

/// A connection that many commands share at once. Clones are the same connection.
#[derive(Clone)]
pub enum Wire {
    /// To one server.
    Server(MultiplexedConnection),
    /// To a cluster: each command goes to the node that has its keys.
    Cluster(ClusterConnection),
}

impl ConnectionLike for Wire {
    fn req_packed_command<'a>(&'a mut self, command: &'a Cmd) -> RedisFuture<'a, Value> {
        match self {
            Self::Server(connection) => connection.req_packed_command(command),
            Self::Cluster(connection) => connection.req_packed_command(command),
        }
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        match self {
            Self::Server(connection) => connection.req_packed_commands(pipeline, offset, count),
            Self::Cluster(connection) => connection.req_packed_commands(pipeline, offset, count),
        }
    }

    fn get_db(&self) -> i64 {
        match self {
            Self::Server(connection) => connection.get_db(),
            Self::Cluster(connection) => connection.get_db(),
        }
    }
}
