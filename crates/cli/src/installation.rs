//! A data directory: `standing.toml`, the profile, the secret, the database and the spool of uploads.
//!
//! ```text
//! DATA/standing.toml            which profile, address and engine, and the mail server
//! DATA/profile/                 a copy of the profile, so that the directory stands by itself
//! DATA/keys/installation.key    the secret, readable by its owner alone
//! DATA/standing.db              the database, on the embedded engine
//! DATA/spool/                   uploads under way, sealed
//! DATA/erasures.log             what was destroyed or taken back, to be so again after a restore
//! ```

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use keys::{Keyring, SystemRandomness, create_keystore, open_keystore};
use model::Clock;
use profile::Profile;
use registry::{Parts, Registry, RegistryError, StoredLog};
use storage::Store;
use storage_postgres::PostgresStore;
use storage_sqlite::SqliteStore;

use crate::{
    clock::SystemClock,
    errors::InChinese as _,
    failure::Failure,
    mail_settings::MailSettings,
    words::{Language, Text2, both},
};

/// The database, on the embedded engine.
pub(crate) const DATABASE: &str = "standing.db";

/// What was destroyed or taken back.
pub(crate) const ERASURES: &str = "erasures.log";

/// What `standing.toml` says.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    /// The address under which the installation is known, without a slash at its end.
    pub(crate) public_url: String,
    /// Whether this is a demonstration, with made-up people and sign-in for all.
    #[serde(default)]
    pub(crate) demo: bool,
    /// The connection string of a PostgreSQL database, without a password. None: the embedded engine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) postgres: Option<String>,
    /// The server that letters are handed to. None: no mail is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) mail: Option<MailSettings>,
}

/// An opened installation.
pub(crate) struct Installation {
    pub(crate) registry: Registry,
    pub(crate) settings: Settings,
    pub(crate) data: PathBuf,
}

/// Makes a data directory.
pub(crate) fn create(data: &Path, profile: &Path, settings: &Settings) -> Result<(), Failure> {
    if is_installation(data)? {
        let data = data.display();
        return Err(Failure::new(both!(
            "{data} 已经是数据目录",
            "{data} is an installation already"
        )));
    }
    // Shown whole before anything is made.
    load_profile(profile)?;
    fs::create_dir_all(data).map_err(|error| at(data, &error))?;
    private(data)?;
    copy_folder(profile, &data.join("profile"))?;
    let keys = data.join("keys");
    fs::create_dir_all(&keys).map_err(|error| at(&keys, &error))?;
    private(&keys)?;
    if !keys.join("installation.key").exists() {
        create_keystore(&keys.join("installation.key"), &SystemRandomness::new())?;
    }
    // The settings come last: a directory with them is whole.
    let file = data.join("standing.toml");
    let text = toml::to_string(settings)?;
    fs::write(&file, text).map_err(|error| at(&file, &error))?;
    fs::File::open(&file)
        .and_then(|file| file.sync_all())
        .map_err(|error| at(&file, &error))
}

/// Whether this is a data directory. What may not be looked into is a failure: nobody knows what is there.
pub(crate) fn is_installation(data: &Path) -> Result<bool, Failure> {
    let file = data.join("standing.toml");
    file.try_exists().map_err(|error| at(&file, &error))
}

/// What the settings of a data directory, or of a copy of one, say.
pub(crate) fn settings(data: &Path) -> Result<Settings, Failure> {
    if !is_installation(data)? {
        let data = data.display();
        return Err(Failure::new(both!(
            "{data} 不是数据目录；新建请执行：standing init --data {data} --profile DIR --public-url URL",
            "{data} is no data directory; make one with: standing init --data {data} --profile DIR --public-url URL"
        )));
    }
    let file = data.join("standing.toml");
    let text = fs::read_to_string(&file).map_err(|error| at(&file, &error))?;
    toml::from_str(&text).map_err(|error| {
        let (file, why) = (file.display(), error.message());
        Failure::new(both!(
            "无法理解 {file}：{why}",
            "{file} cannot be understood: {why}"
        ))
    })
}

/// Opens a data directory.
pub(crate) fn open(data: &Path) -> Result<Installation, Failure> {
    open_at(data, Arc::new(SystemClock))
}

/// Opens a data directory under this clock.
pub(crate) fn open_at(data: &Path, clock: Arc<dyn Clock>) -> Result<Installation, Failure> {
    let settings = settings(data)?;
    let keys = open_keystore(&data.join("keys/installation.key"))?;
    let profile = load_profile(&data.join("profile"))?;
    look_for_database(data, &settings)?;
    let store = open_store(&data.join(DATABASE), &settings)?;
    let registry = open_registry(store, (keys, clock), profile, &settings, data)?;
    Ok(Installation {
        registry,
        settings,
        data: data.to_owned(),
    })
}

/// Opens the log of a data directory to read it, also of one that is being served. Proves the file of erasures too, as a
/// start does.
pub(crate) fn open_log(data: &Path) -> Result<StoredLog, Failure> {
    let settings = settings(data)?;
    let keys = Arc::new(open_keystore(&data.join("keys/installation.key"))?);
    let store: Arc<dyn Store> = match &settings.postgres {
        Some(config) => Arc::new(PostgresStore::read_only(
            config,
            &storage_postgres::Options::default(),
        )?),
        None => {
            let file = data.join(DATABASE);
            fs::metadata(&file).map_err(|error| at(&file, &error))?;
            Arc::new(SqliteStore::read_only(
                &file,
                &storage_sqlite::Options::default(),
            )?)
        }
    };
    let log = StoredLog::open(store, keys.clone(), &settings.public_url)?;
    let file = data.join(ERASURES);
    if file.try_exists().map_err(|error| at(&file, &error))? {
        let bytes = fs::read(&file).map_err(|error| at(&file, &error))?;
        registry::read_erasures(&bytes, &keys, jiff::tz::Offset::UTC)?;
    }
    Ok(log)
}

/// Refuses a data directory that is not new and whose database is gone, before an empty one is made in its place.
pub(crate) fn look_for_database(data: &Path, settings: &Settings) -> Result<(), Failure> {
    if settings.postgres.is_some() {
        return Ok(());
    }
    let length = |name: &str| match fs::metadata(data.join(name)) {
        Ok(found) => Ok(found.len()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(at(&data.join(name), &error)),
    };
    if length(DATABASE)? == 0 && length(ERASURES)? > 0 {
        return Err(RegistryError::DatabaseGone.into());
    }
    Ok(())
}

/// What ends when an older copy is put back.
pub(crate) fn certificates_since() -> Text2 {
    both!(
        "备份之后签发的证明不再有效，由持有人重新申请。",
        "Certificates that were issued since the copy are not valid any more: their holders ask for new ones."
    )
}

/// Notes in a database that was put back from a copy, which may be an older one, that certificates that were issued since
/// are not valid. The secret is not needed. `file` is the database, where it is the embedded one.
pub(crate) fn note_restored(file: &Path, settings: &Settings) -> Result<(), Failure> {
    let store = open_store(file, settings)?;
    Ok(registry::note_restored(&*store, SystemClock.now())?)
}

fn open_store(file: &Path, settings: &Settings) -> Result<Arc<dyn Store>, Failure> {
    Ok(match &settings.postgres {
        Some(config) => Arc::new(PostgresStore::connect(
            config,
            &storage_postgres::Options::default(),
        )?),
        None => Arc::new(SqliteStore::open(file, &storage_sqlite::Options::default())?),
    })
}

fn open_registry(
    store: Arc<dyn Store>,
    (keys, clock): (Keyring, Arc<dyn Clock>),
    profile: Profile,
    settings: &Settings,
    data: &Path,
) -> Result<Registry, Failure> {
    let randomness = SystemRandomness::new();
    Ok(Registry::open(Parts {
        store,
        keys: Arc::new(keys),
        profile: Arc::new(profile),
        clock,
        randomness: Arc::new(randomness.clone()),
        signing: randomness,
        public_url: settings.public_url.clone(),
        spool: data.join("spool").into(),
        erasures: data.join(ERASURES).into(),
    })?)
}

/// Says so where a folder holds no profile at all, in place of one fault for each file that it lacks.
pub(crate) fn look_for_profile(folder: &Path) -> Result<(), Failure> {
    if !folder.try_exists().map_err(|error| at(folder, &error))? {
        let folder = folder.display();
        return Err(Failure::new(both!(
            "没有文件夹 {folder}",
            "there is no folder {folder}"
        )));
    }
    if !folder.is_dir() {
        let folder = folder.display();
        return Err(Failure::new(both!(
            "{folder} 不是文件夹；规则集是含有 profile.toml 的文件夹",
            "{folder} is no folder; a profile is a folder with profile.toml in it"
        )));
    }
    let file = folder.join("profile.toml");
    if !file.try_exists().map_err(|error| at(&file, &error))? {
        let folder = folder.display();
        return Err(Failure::new(both!(
            "{folder} 中没有规则集：缺少 profile.toml",
            "there is no profile in {folder}: it has no profile.toml"
        )));
    }
    Ok(())
}

/// Loads a profile; its faults are one line each.
pub(crate) fn load_profile(folder: &Path) -> Result<Profile, Failure> {
    look_for_profile(folder)?;
    Profile::load(folder).map_err(|faults| {
        let lines = |language| -> String {
            let lines: Vec<_> = faults.iter().map(|fault| fault.line_in(language)).collect();
            lines.join("\n")
        };
        let (folder, zh, en) = (folder.display(), lines(Language::Zh), lines(Language::En));
        Failure::new(both!(
            "无法使用 {folder} 中的规则集：\n{zh}",
            "the profile in {folder} cannot be used:\n{en}"
        ))
    })
}

/// Copies a folder with all that is in it.
pub(crate) fn copy_folder(from: &Path, to: &Path) -> Result<(), Failure> {
    fs::create_dir_all(to).map_err(|error| at(to, &error))?;
    for entry in fs::read_dir(from).map_err(|error| at(from, &error))? {
        let entry = entry.map_err(|error| at(from, &error))?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            copy_folder(&source, &target)?;
        } else {
            fs::copy(&source, &target).map_err(|error| at(&source, &error))?;
        }
    }
    Ok(())
}

/// Makes a folder, if there is none, for its owner alone.
pub(crate) fn private_folder(folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(|error| at(folder, &error))?;
    private(folder)
}

/// Keeps others out of a folder.
pub(crate) fn private(folder: &Path) -> Result<(), Failure> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).map_err(|error| at(folder, &error))?;
    }
    Ok(())
}

/// A failure of the system at a file or folder.
pub(crate) fn at(path: &Path, error: &io::Error) -> Failure {
    let path = path.display();
    if error.kind() == io::ErrorKind::PermissionDenied {
        return Failure::new(both!(
            "{path}：没有权限；请以其所有者的账户执行",
            "{path}: permission denied; run this as the account that owns it"
        ));
    }
    let why = error.zh();
    Failure::new(both!("{path}：{why}", "{path}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        Settings {
            public_url: "https://standing.example".into(),
            demo: false,
            postgres: None,
            mail: None,
        }
    }

    #[test]
    fn a_data_directory_stands_by_itself_and_opens_again() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let profile = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../profiles/northshire");
        create(&data, &profile, &settings()).unwrap();
        assert!(create(&data, &profile, &settings()).is_err());
        let opened = open(&data).unwrap();
        assert_eq!(opened.settings, settings());
        assert_eq!(opened.registry.profile().id, "northshire");
        drop(opened);
        open(&data).unwrap();
    }

    #[test]
    fn a_folder_that_is_none_is_refused_with_what_would_be_right() {
        let folder = tempfile::tempdir().unwrap();
        let failure = open(folder.path()).err().unwrap().to_string();
        assert!(failure.contains("standing init"), "{failure}");
    }

    #[test]
    fn a_folder_without_a_profile_is_said_in_one_sentence() {
        let folder = tempfile::tempdir().unwrap();
        let none = folder.path().join("none");
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        for (place, words) in [
            (none.as_path(), "there is no folder "),
            (folder.path(), "it has no profile.toml"),
            (file.as_path(), "is no folder"),
        ] {
            let failure = load_profile(place).err().unwrap().to_string();
            assert!(failure.contains(words), "{failure}");
            assert_eq!(failure.lines().count(), 1, "{failure}");
        }
    }

    #[test]
    fn what_may_not_be_looked_into_is_not_taken_for_nothing() {
        // Who is root may look into everything, so the words are tried with what the system says.
        let denied = io::Error::from(io::ErrorKind::PermissionDenied);
        let failure = at(Path::new("data/standing.toml"), &denied).to_string();
        assert!(failure.contains("permission denied"), "{failure}");
        // Below a file there is no folder, and that is a failure too, for everybody.
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let failure = open(&file).err().unwrap().to_string();
        assert!(!failure.contains("standing init"), "{failure}");
    }
}
