//! Where the cluster lives: its folder, what lies in there, and the folder of its socket.
//!
//! `DATA_DIR/postgres` belongs to the bot's user and holds `data` (the cluster itself, the server's user's own),
//! `lock`, `password`, `pg_hba.conf`, `server.log` and, where the path is short enough, `run` with the socket.
//! Root keeps the server's user out of all but `data` and `run`, so that it can't be made to write elsewhere.

use std::{
    fs::{self, DirBuilder, Permissions},
    io,
    os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, symlink},
    path::{Path, PathBuf},
};

use super::{
    LocalError, LocalSettings,
    identity::{self, Identity},
    programs::Programs,
};

/// What a socket's path may take everywhere, in bytes; Linux allows 107, macOS 103.
const MOST_SOCKET_PATH: usize = 103;
/// Name of the socket in its folder: PostgreSQL forms it from the port, which is the default one.
pub(super) const SOCKET: &str = ".s.PGSQL.5432";
/// Where root keeps the cluster when the default data folder can't be reached by others.
const SYSTEM_DATA: &str = "/var/lib/troupe";

/// Opens a file only where no link stands in its place: the folder may be another user's than the bot's.
pub(super) const NO_LINK: i32 = rustix::fs::OFlags::NOFOLLOW.bits().cast_signed();

/// Where the cluster lives, and as whom its server runs.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// Absolute, without symbolic links.
    pub(super) folder: PathBuf,
    /// The server's user where that is not the bot's.
    pub(super) identity: Option<Identity>,
}

impl Place {
    /// The place as it is now; changes nothing. `None` when there is none yet.
    pub(super) fn existing(data_dir: &Path) -> Result<Option<Self>, LocalError> {
        let wanted = data_dir.join("postgres");
        match fs::canonicalize(&wanted) {
            Ok(folder) => {
                let identity = Identity::of(&folder.join("data"))?;
                Ok(Some(Self { folder, identity }))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(LocalError::file("find", wanted)(error)),
        }
    }

    /// The place, made where it is not there yet, and known to be reachable by the server's user.
    pub(super) async fn settle(settings: &LocalSettings, programs: &Programs) -> Result<Self, LocalError> {
        let place = match Self::existing(&settings.data_dir)? {
            Some(place) => place,
            None => Self::make(settings)?,
        };
        place.close_to_others()?;
        let Some(identity) = &place.identity else { return Ok(place) };
        if identity.reaches(&programs.path("postgres"), &place.folder).await? {
            return Ok(place);
        }
        // What someone chose, or what holds data already, is not silently put elsewhere.
        if settings.data_dir_chosen || place.folder.join("data").exists() {
            return Err(LocalError::Unreachable { folder: place.folder, user: identity.name.clone() });
        }
        let moved = place.move_to_system()?;
        if let Some(identity) = &moved.identity
            && !identity.reaches(&programs.path("postgres"), &moved.folder).await?
        {
            return Err(LocalError::Unreachable { folder: moved.folder, user: identity.name.clone() });
        }
        Ok(moved)
    }

    fn make(settings: &LocalSettings) -> Result<Self, LocalError> {
        let folder = settings.data_dir.join("postgres");
        if !settings.data_dir.exists() {
            fs::create_dir_all(&settings.data_dir).map_err(LocalError::file("make", &settings.data_dir))?;
            // Whatever the umask: others must be able to pass through, and nothing more.
            let through = Permissions::from_mode(0o711);
            fs::set_permissions(&settings.data_dir, through)
                .map_err(LocalError::file("open", &settings.data_dir))?;
        }
        match DirBuilder::new().mode(0o700).create(&folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(LocalError::file("make", folder)(error));
            }
            _ => {}
        }
        Self::existing(&settings.data_dir)?.ok_or_else(|| {
            LocalError::file("find", folder)(io::Error::new(
                io::ErrorKind::NotFound,
                "it is a link that leads nowhere",
            ))
        })
    }

    /// The folder is the bot's alone, but for passing through to what is the server's.
    fn close_to_others(&self) -> Result<(), LocalError> {
        let owner = fs::metadata(&self.folder).map_err(LocalError::file("look at", &self.folder))?.uid();
        let me = rustix::process::geteuid();
        if owner != me.as_raw() && !me.is_root() {
            return Err(LocalError::Foreign { folder: self.folder.clone(), owner });
        }
        let mode = if self.identity.is_some() { 0o711 } else { 0o700 };
        fs::set_permissions(&self.folder, Permissions::from_mode(mode))
            .map_err(LocalError::file("set the rights of", &self.folder))
    }

    /// Puts the still empty folder below [`SYSTEM_DATA`] and leaves a link, so that whoever looks finds it, and
    /// the next start too.
    fn move_to_system(self) -> Result<Self, LocalError> {
        let shown = self.folder.to_string_lossy();
        let readable = shown.trim_matches('/').replace('/', "-");
        let target = Path::new(SYSTEM_DATA).join(format!("{readable}-{:08x}", short_hash(&shown) >> 32));
        if !Path::new(SYSTEM_DATA).exists() {
            fs::create_dir_all(SYSTEM_DATA).map_err(LocalError::file("make", SYSTEM_DATA))?;
            fs::set_permissions(SYSTEM_DATA, Permissions::from_mode(0o755))
                .map_err(LocalError::file("set the rights of", SYSTEM_DATA))?;
        }
        fs::create_dir_all(&target).map_err(LocalError::file("make", &target))?;
        fs::remove_dir(&self.folder).map_err(LocalError::file("replace", &self.folder))?;
        symlink(&target, &self.folder).map_err(LocalError::file("make the link", &self.folder))?;
        let identity = Identity::of(&target.join("data"))?;
        let moved = Self { folder: target, identity };
        moved.close_to_others()?;
        tracing::warn!(
            link = %self.folder.display(), folder = %moved.folder.display(),
            "the database's user can't reach the data folder: the database is kept elsewhere, and a link leads there"
        );
        Ok(moved)
    }

    /// The cluster itself.
    pub(super) fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// The server's log.
    pub(super) fn log(&self) -> PathBuf {
        self.folder.join("server.log")
    }

    /// Where the bot keeps its password for the database.
    pub(super) fn password(&self) -> PathBuf {
        self.folder.join("password")
    }

    /// Who may connect, as PostgreSQL reads it.
    pub(super) fn access(&self) -> PathBuf {
        self.folder.join("pg_hba.conf")
    }

    /// The folder of the socket: within the place, or, where that path would be too long for a socket, a folder
    /// of the system's temporary ones with a name that stays the same.
    pub(super) fn socket_folder(&self) -> PathBuf {
        let within = self.folder.join("run");
        if within.as_os_str().len() + 1 + SOCKET.len() <= MOST_SOCKET_PATH {
            return within;
        }
        std::env::temp_dir().join(format!("troupe-{:016x}", short_hash(&self.folder.to_string_lossy())))
    }

    /// Makes the socket's folder, which only the server's user and the bot may enter.
    pub(super) fn make_socket_folder(&self) -> Result<PathBuf, LocalError> {
        let folder = self.socket_folder();
        let owner = identity::uid(self.identity.as_ref());
        match DirBuilder::new().mode(0o700).create(&folder) {
            Ok(()) => {
                if let Some(identity) = &self.identity {
                    identity.own(&folder)?;
                }
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(LocalError::file("make", folder)(error)),
        }
        let found = fs::symlink_metadata(&folder).map_err(LocalError::file("look at", &folder))?;
        if !found.is_dir() || found.uid() != owner || found.mode() & 0o077 != 0 {
            return Err(LocalError::Squatted { folder });
        }
        Ok(folder)
    }
}

/// FNV-1a, 64 bits: names that stay the same from build to build, which the standard hasher does not promise.
fn short_hash(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_fits_however_deep_the_folder_is() {
        let place = |folder: String| Place { folder: folder.into(), identity: None };
        let near = place("/srv/troupe/postgres".to_owned());
        assert_eq!(near.socket_folder(), Path::new("/srv/troupe/postgres/run"));
        for depth in 0..40 {
            let deep = place(format!("/srv/{}postgres", "deep/".repeat(depth)));
            let socket = deep.socket_folder().join(SOCKET);
            assert!(socket.as_os_str().len() <= MOST_SOCKET_PATH, "{}", socket.display());
            assert_eq!(deep.socket_folder(), deep.socket_folder());
        }
        let long = |last: &str| place(format!("/srv/{}{last}", "deep/".repeat(30))).socket_folder();
        assert_ne!(long("a"), long("b"));
    }
}
