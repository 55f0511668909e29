//! Which database this installation uses: the one that DATABASE_URL names, else the private cluster.

use std::io;

use secrecy::SecretString;

use super::local::{self, LocalCluster, LocalError, LocalSettings};
use crate::config::Settings;

/// The database of an installation, reachable as long as this lives. Close it at the end.
#[derive(Debug)]
pub struct Database {
    url: SecretString,
    migrate_url: SecretString,
    cluster: Option<LocalCluster>,
}

/// Why there is no database.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The private cluster.
    #[error(transparent)]
    Local(#[from] LocalError),
    /// The data directory's path.
    #[error("can't tell where DATA_DIR is: {0}")]
    DataDir(#[from] io::Error),
}

impl Database {
    /// The database to run the bot on. Without DATABASE_URL, starts the private cluster and keeps it.
    ///
    /// # Errors
    /// A [`DatabaseError`] when the private cluster can't be run, or another bot keeps it. A server that
    /// DATABASE_URL names is not asked: it may be down for now.
    pub async fn keep(settings: &Settings) -> Result<Self, DatabaseError> {
        if let Some(url) = &settings.cold.url {
            let migrate_url = settings.cold.migrate_url.as_ref().unwrap_or(url).clone();
            return Ok(Self { url: url.clone(), migrate_url, cluster: None });
        }
        let cluster = LocalCluster::start(&local_settings(settings)?).await?;
        let url = cluster.url().clone();
        Ok(Self { migrate_url: url.clone(), url, cluster: Some(cluster) })
    }

    /// The database for a command that ends soon: as [`Database::keep`], but shares a private cluster that a bot
    /// keeps running.
    ///
    /// # Errors
    /// A [`DatabaseError`].
    pub async fn visit(settings: &Settings) -> Result<Self, DatabaseError> {
        if settings.cold.url.is_none()
            && let Some(url) = local::running(&local_settings(settings)?)?
        {
            return Ok(Self { migrate_url: url.clone(), url, cluster: None });
        }
        Self::keep(settings).await
    }

    /// The address, with its password.
    pub fn url(&self) -> &SecretString {
        &self.url
    }

    /// The address with the role that owns the tables, for migrating and restoring.
    pub fn migrate_url(&self) -> &SecretString {
        &self.migrate_url
    }

    /// Stops what was started for it.
    pub async fn close(self) {
        if let Some(cluster) = self.cluster {
            cluster.stop().await;
        }
    }
}

/// What the settings say about the private cluster.
///
/// # Errors
/// When the working directory is unknown and DATA_DIR is relative to it.
pub fn local_settings(settings: &Settings) -> io::Result<LocalSettings> {
    Ok(LocalSettings {
        data_dir: std::path::absolute(&settings.ops.data_dir)?,
        data_dir_chosen: settings.ops.data_dir_chosen,
        bin_dir: settings.cold.bin_dir.clone(),
    })
}
