//! Where a link leads: a TCP address, or a Unix socket.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use tokio::net::{TcpStream, UnixStream};

/// Time to reach the server, the lookup of its name included.
const CONNECT_DEADLINE: Duration = Duration::from_secs(5);

/// A server. Shown as `host:port` or `unix:/path`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A host, by name or address, and its port. The name is looked up for each connection.
    Tcp(String, u16),
    /// A socket's path.
    Unix(PathBuf),
}

/// A connection to it.
pub(super) enum Reached {
    Tcp(TcpStream),
    Unix(UnixStream),
}

impl Target {
    /// Connects within five seconds.
    pub(super) async fn connect(&self) -> io::Result<Reached> {
        let attempt = async {
            match self {
                Self::Tcp(host, port) => {
                    let tcp = TcpStream::connect((host.as_str(), *port)).await?;
                    tcp.set_nodelay(true)?;
                    Ok(Reached::Tcp(tcp))
                }
                Self::Unix(path) => UnixStream::connect(path).await.map(Reached::Unix),
            }
        };
        tokio::time::timeout(CONNECT_DEADLINE, attempt)
            .await
            .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(host, port) if host.contains(':') => write!(f, "[{host}]:{port}"),
            Self::Tcp(host, port) => write!(f, "{host}:{port}"),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}
