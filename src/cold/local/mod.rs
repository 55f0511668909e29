//! The embedded default: a private PostgreSQL cluster in the data directory, run by the bot from installed programs.
//!
//! Crates that run PostgreSQL were looked at. `postgresql_embedded` and `pg-embed` download or bundle the server and
//! have no word for running it as another user when the bot is root; `pgtemp` does, but is for tests, with `fsync`
//! off. None holds a lock on the folder, finds the server of a killed bot again, or restarts one that dies.
//!
//! What holds: one keeper a cluster, by a lock that ends with its process. The server listens on its own Unix
//! socket alone. It outlives the terminal's Ctrl-C and is stopped as the bot's last act. A bot that is killed with
//! SIGKILL leaves its server running; the next start ends it in good order and starts its own.

mod create;
mod error;
mod identity;
mod leftovers;
mod lock;
mod place;
pub mod programs;
mod server;
mod supervise;

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use secrecy::SecretString;
use tokio::{process::Child, task::JoinHandle};
use tokio_util::sync::CancellationToken;

pub use self::error::LocalError;
use self::{lock::Lock, place::Place, programs::Programs, supervise::Keeper};

/// Oldest major version that Troupe is made for.
const OLDEST: u32 = 14;
/// Time for a started server to answer. One that recovers from a crash may need longer; it then answers later.
const ANSWER_DEADLINE: Duration = Duration::from_secs(30);
/// Pause between two looks whether it answers.
const ANSWER_PAUSE: Duration = Duration::from_millis(20);

/// What the private cluster needs to know.
#[derive(Debug, Clone)]
pub struct LocalSettings {
    /// The data directory, absolute; the cluster is in its folder `postgres`.
    pub data_dir: PathBuf,
    /// Whether someone chose the data directory, so that nothing may be put elsewhere.
    pub data_dir_chosen: bool,
    /// The only folder to take PostgreSQL's programs from.
    pub bin_dir: Option<PathBuf>,
}

/// A private cluster with its server, kept by this process. Stop it: dropped, it is stopped in the background, if
/// the runtime lives that long.
#[derive(Debug)]
pub struct LocalCluster {
    url: SecretString,
    stop: CancellationToken,
    keeper: JoinHandle<()>,
}

impl LocalCluster {
    /// Makes the cluster where there is none, starts its server and waits until it answers.
    ///
    /// # Errors
    /// A [`LocalError`] that says what to do.
    pub async fn start(settings: &LocalSettings) -> Result<Self, LocalError> {
        let installed = programs::require("initdb", settings.bin_dir.as_deref()).await?;
        let newest = installed.first().expect("at least one is required");
        let place = Place::settle(settings, newest).await?;
        let lock = Lock::take(&place.folder).await?;
        if !place.data().exists() {
            if newest.major < OLDEST {
                return Err(LocalError::TooOld { installed: newest.major, oldest: OLDEST });
            }
            tracing::info!(folder = %place.folder.display(), version = newest.major, "making a private database");
            create::cluster(&place, newest).await?;
        }
        let programs = fitting(&place, &installed)?;
        let url = url(&place)?;
        let mut server = server::start(&place, &programs).await?;
        if let Err(error) = wait_until_it_answers(&url, &place, &mut server).await {
            server::stop(&mut server).await;
            return Err(error);
        }
        tracing::info!(folder = %place.folder.display(), version = programs.major, "private database started");
        let stop = CancellationToken::new();
        let keeper = tokio::spawn(Keeper { place, programs, lock }.keep(server, stop.clone()));
        Ok(Self { url, stop, keeper })
    }

    /// The address, with its password.
    pub fn url(&self) -> &SecretString {
        &self.url
    }

    /// Stops the server, and waits until it has.
    pub async fn stop(mut self) {
        self.stop.cancel();
        if let Err(error) = (&mut self.keeper).await {
            tracing::error!(%error, "the keeper of the private database crashed");
        }
    }
}

impl Drop for LocalCluster {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// The address of the cluster that another process keeps running; `None` when nobody does.
///
/// # Errors
/// A [`LocalError`] when its files can't be read.
pub fn running(settings: &LocalSettings) -> Result<Option<SecretString>, LocalError> {
    let Some(place) = Place::existing(&settings.data_dir)? else { return Ok(None) };
    if lock::holder(&place.folder).is_none() || !place.data().exists() {
        return Ok(None);
    }
    url(&place).map(Some)
}

/// How the private cluster stands.
#[derive(Debug, Clone)]
pub struct LocalStanding {
    /// Where it is, or will be.
    pub folder: PathBuf,
    /// Major version that made it; `None` when there is none yet.
    pub made_by: Option<u32>,
    /// Process that keeps it running.
    pub keeper: Option<u32>,
    /// Programs that are installed, newest first.
    pub installed: Vec<Programs>,
}

/// Looks at the cluster and the installed programs, and changes nothing.
///
/// # Errors
/// A [`LocalError`] when there are no programs, or none that fit the cluster.
pub async fn look(settings: &LocalSettings) -> Result<LocalStanding, LocalError> {
    let installed = programs::require("initdb", settings.bin_dir.as_deref()).await?;
    let Some(place) = Place::existing(&settings.data_dir)? else {
        let folder = settings.data_dir.join("postgres");
        return Ok(LocalStanding { folder, made_by: None, keeper: None, installed });
    };
    let made_by = if place.data().exists() { Some(fitting(&place, &installed)?.major) } else { None };
    let keeper = lock::holder(&place.folder);
    Ok(LocalStanding { folder: place.folder, made_by, keeper, installed })
}

/// The programs of the version that made the cluster: no other can open it.
fn fitting(place: &Place, installed: &[Programs]) -> Result<Programs, LocalError> {
    let made_by = made_by(&place.data())?;
    installed.iter().find(|programs| programs.major == made_by).cloned().ok_or_else(|| {
        let majors: Vec<_> = installed.iter().map(|programs| programs.major.to_string()).collect();
        LocalError::WrongVersion { folder: place.folder.clone(), made_by, installed: majors.join(", ") }
    })
}

fn made_by(data: &Path) -> Result<u32, LocalError> {
    let path = data.join("PG_VERSION");
    let text = fs::read_to_string(&path).map_err(LocalError::file("read", &path))?;
    let none = || std::io::Error::new(std::io::ErrorKind::InvalidData, "it holds no version");
    text.trim().parse().map_err(|_| LocalError::file("use", path)(none()))
}

fn url(place: &Place) -> Result<SecretString, LocalError> {
    let path = place.password();
    let password = fs::read_to_string(&path).map_err(LocalError::file("read", &path))?;
    let host = place.socket_folder().to_string_lossy().into_owned();
    let host: String = url::form_urlencoded::byte_serialize(host.as_bytes()).collect();
    let (name, host) = (create::NAME, host.replace('+', "%20"));
    Ok(SecretString::from(format!(
        "postgres://{name}:{}@/{name}?host={host}&sslmode=disable",
        password.trim()
    )))
}

async fn wait_until_it_answers(
    url: &SecretString,
    place: &Place,
    server: &mut Child,
) -> Result<(), LocalError> {
    let answers = async {
        while super::connect(url, ANSWER_DEADLINE).await.is_err() {
            tokio::time::sleep(ANSWER_PAUSE).await;
        }
    };
    tokio::select! {
        answered = tokio::time::timeout(ANSWER_DEADLINE, answers) => {
            if answered.is_err() {
                tracing::warn!("the private database does not answer yet: it may be recovering from a crash");
            }
            Ok(())
        }
        ended = server.wait() => {
            let said = ended.map_or_else(|error| error.to_string(), |status| server::ended(place, status));
            Err(LocalError::Ended { said, log: place.log() })
        }
    }
}
