//! What the tests stand on: private servers, the program as a child process, and waiting on conditions.

pub mod both;
pub mod browser;
pub mod characters;
mod database;
pub mod discord;
pub mod hot;
mod ports;
pub mod postgres;
pub mod program;
pub mod redis;
pub mod services;
pub mod wire;

use std::{
    collections::BTreeMap,
    future::Future,
    net::SocketAddr,
    path::Path,
    time::{Duration, Instant},
};

use axum::Router;
use tokio_util::sync::{CancellationToken, DropGuard};
use troupe::config::{Loaded, Settings, Sources, Values};

pub use self::ports::{Port, free_port};

/// Longest wait for anything that is bound to happen. Never a measure of speed.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Waits until `condition` gives a value, and panics with `what` when it never does.
pub async fn eventually<T, F>(what: &str, mut condition: impl FnMut() -> F) -> T
where
    F: Future<Output = Option<T>>,
{
    let begun = Instant::now();
    loop {
        if let Some(value) = condition().await {
            return value;
        }
        assert!(begun.elapsed() < PATIENCE, "waited in vain: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// An HTTP server that ends with the test.
pub struct Server {
    pub address: SocketAddr,
    _stop: DropGuard,
}

impl Server {
    pub async fn start(routes: Router) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a loopback port");
        let address = listener.local_addr().expect("a bound address");
        let stop = CancellationToken::new();
        let serving = axum::serve(listener, routes).into_future();
        tokio::spawn(stop.clone().run_until_cancelled_owned(serving));
        Self { address, _stop: stop.drop_guard() }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

pub fn values(pairs: &[(&str, &str)]) -> Values {
    Values::merge(
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        BTreeMap::new(),
    )
}

/// Settings as they load from these variables alone.
pub fn loaded(pairs: &[(&str, &str)]) -> Loaded {
    let values = values(pairs);
    let (settings, live, warnings) = Settings::from_values(&values).expect("valid settings");
    Loaded { settings, live, warnings, values, sources: Sources::default() }
}

/// Finds an installed program on the PATH or in one of `folders`, newest folder first.
pub fn find_program(name: &str, mut folders: Vec<std::path::PathBuf>) -> std::path::PathBuf {
    folders.sort();
    folders.reverse();
    let path = std::env::var_os("PATH").unwrap_or_default();
    folders
        .into_iter()
        .chain(std::env::split_paths(&path))
        .map(|folder| folder.join(name))
        .find(|candidate| Path::new(candidate).is_file())
        .unwrap_or_else(|| panic!("{name} is not installed; script/test installs what the tests need"))
}
