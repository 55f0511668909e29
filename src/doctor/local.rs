//! Checks of this machine: settings, data directory, the private database, and the port of the ops server.

use std::{
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use secrecy::SecretString;

use super::{Finding, client};
use crate::{
    cold::{self, DatabaseError, local},
    config::{BaseUrl, Loaded, Settings},
    ops::{
        clock::Follower,
        http::{self, ListenError},
    },
};

pub(super) fn settings(loaded: &Loaded) -> Vec<Finding> {
    let environment = loaded.settings.ops.environment;
    let mut findings = vec![Finding::ok(
        "settings",
        format!("every value is valid; environment: {environment:?}").to_lowercase(),
    )];
    findings.extend(loaded.warnings.iter().map(|warning| Finding::warn("settings", warning)));
    findings
}

pub(super) async fn data_directory(directory: &Path) -> Vec<Finding> {
    const CHECK: &str = "data directory";
    let shown = directory.display().to_string();
    let directory = directory.to_owned();
    let tried = tokio::task::spawn_blocking(move || try_to_write(&directory)).await;
    vec![match tried {
        Ok(Ok(true)) => Finding::ok(CHECK, format!("{shown} can be written")),
        Ok(Ok(false)) => Finding::ok(CHECK, format!("{shown} is not there yet and can be made")),
        Ok(Err(error)) => Finding::fail(
            CHECK,
            format!("{shown} can't be written ({error}); give the bot's user the right to, or set DATA_DIR"),
        ),
        Err(error) => Finding::fail(CHECK, format!("{shown} could not be tried: {error}")),
    }]
}

/// The clock that is followed in place of this machine's.
pub(super) async fn clock(url: Option<&BaseUrl>) -> Vec<Finding> {
    const CHECK: &str = "CLOCK_URL";
    let Some(url) = url else { return Vec::new() };
    let read = async { Follower::new(url)?.read().await };
    vec![match read.await {
        Ok(ahead) => {
            Finding::ok(CHECK, format!("tells the time, {} s ahead of this machine's", ahead / 1_000))
        }
        Err(error) => Finding::fail(CHECK, format!("{error}; start the local Discord, or unset CLOCK_URL")),
    }]
}

/// Writes and removes a file in the directory, or in its nearest existing parent. Says whether the directory
/// itself is there.
fn try_to_write(directory: &Path) -> io::Result<bool> {
    let absolute = std::path::absolute(directory)?;
    let existing =
        absolute.ancestors().find(|path| path.exists()).map_or_else(|| PathBuf::from("/"), Path::to_owned);
    if !existing.is_dir() {
        return Err(io::Error::new(
            io::ErrorKind::NotADirectory,
            format!("{} is not a folder", existing.display()),
        ));
    }
    let probe = existing.join(format!(".troupe-doctor-{:08x}", rand::random::<u32>()));
    std::fs::File::create_new(&probe)?;
    std::fs::remove_file(&probe)?;
    Ok(existing == absolute)
}

/// How the private database stands, and its address where its server runs.
pub(super) async fn private_database(settings: &Settings) -> (Vec<Finding>, Option<SecretString>) {
    const CHECK: &str = "private database";
    let looked = async {
        let local_settings = cold::local_settings(settings)?;
        let standing = local::look(&local_settings).await?;
        Ok::<_, DatabaseError>((standing, local::running(&local_settings)?))
    };
    let (standing, url) = match looked.await {
        Ok(looked) => looked,
        Err(error) => return (vec![Finding::fail(CHECK, error.to_string())], None),
    };
    let folder = standing.folder.display();
    let newest = standing.installed.first().map(|programs| programs.major).unwrap_or_default();
    let finding = match (standing.made_by, standing.keeper) {
        (None, _) => {
            Finding::ok(CHECK, format!("none yet; the first start makes one in {folder}, version {newest}"))
        }
        (Some(version), None) => {
            Finding::ok(CHECK, format!("{folder}, version {version}; not running, it starts with the bot"))
        }
        (Some(version), Some(keeper)) => {
            Finding::ok(CHECK, format!("{folder}, version {version}; kept running by process {keeper}"))
        }
    };
    (vec![finding], url)
}

pub(super) async fn http_address(address: Option<SocketAddr>) -> Vec<Finding> {
    const CHECK: &str = "HTTP_ADDR";
    let Some(address) = address else {
        return vec![Finding::warn(
            CHECK,
            "off: nobody can see health and metrics; set an address to serve them",
        )];
    };
    vec![match http::bind(address).await {
        Ok(_) => Finding::ok(CHECK, format!("{address} is free")),
        Err(ListenError::InUse(_)) if answers_like_us(address).await => {
            Finding::ok(CHECK, format!("{address} is in use by a Troupe that runs already"))
        }
        Err(error) => Finding::fail(CHECK, error.to_string().trim_start_matches("HTTP_ADDR: ")),
    }]
}

async fn answers_like_us(address: SocketAddr) -> bool {
    let ask = async {
        let url = BaseUrl::parse(&format!("http://{}", http::reachable(address))).ok()?;
        let client = client::local().ok()?;
        let answer = client.get(format!("{url}/readyz")).send().await.ok()?;
        let body = client::read_json(answer).await.ok()?;
        body["components"]["gateway"]["state"].as_str().map(|_| ())
    };
    matches!(tokio::time::timeout(Duration::from_secs(2), ask).await, Ok(Some(())))
}
