//! The file that holds the installation's secret.

use std::{
    fs,
    io::{self, Read, Write as _},
    path::{Path, PathBuf},
};

use model::Randomness;
use zeroize::Zeroizing;

use crate::Keyring;

const HEADER: &str = "standing installation secret v1";

/// Why the secret could not be made or read.
#[derive(Debug, thiserror::Error)]
pub enum KeystoreError {
    /// The file could not be read or written.
    #[error("the secret in {path} could not be read or written: {error}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// The file is not a secret of this program.
    #[error("{0} is not a secret of Standing: two lines are expected, its header and 64 hexadecimal digits")]
    Malformed(PathBuf),
    /// Others can read the file.
    #[error(
        "{path} can be read by others (mode {mode:o}); it must be readable by its owner alone: chmod 600"
    )]
    Open {
        /// The file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// No randomness.
    #[error("no secret could be made: {0}")]
    Randomness(#[from] model::RandomnessError),
}

/// Makes a new secret in `file`, which must not exist, readable by its owner alone, and waits until it is
/// on disk.
///
/// # Errors
/// When the file exists or cannot be written, or when there is no randomness.
pub fn create_keystore(file: &Path, randomness: &dyn Randomness) -> Result<Keyring, KeystoreError> {
    let failed = |error| KeystoreError::Io {
        path: file.to_owned(),
        error,
    };
    let mut secret = Zeroizing::new([0; 32]);
    randomness.fill(&mut secret[..])?;
    let text = Zeroizing::new(format!(
        "{HEADER}\n{}\n",
        Zeroizing::new(hex::encode(&secret[..])).as_str()
    ));
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = options.open(file).map_err(failed)?;
    out.write_all(text.as_bytes())
        .and_then(|()| out.sync_all())
        .map_err(failed)?;
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(failed)?;
    }
    Ok(Keyring::new(&secret))
}

/// Reads the secret in `file`.
///
/// # Errors
/// When the file is missing, malformed, or readable by others.
pub fn open_keystore(file: &Path) -> Result<Keyring, KeystoreError> {
    let failed = |error| KeystoreError::Io {
        path: file.to_owned(),
        error,
    };
    let source = fs::File::open(file).map_err(failed)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = source.metadata().map_err(failed)?.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(KeystoreError::Open {
                path: file.to_owned(),
                mode,
            });
        }
    }
    let mut text = Zeroizing::new(String::new());
    Read::take(&source, 1024)
        .read_to_string(&mut text)
        .map_err(failed)?;
    let digits = text
        .strip_prefix(HEADER)
        .map(str::trim)
        .ok_or_else(|| KeystoreError::Malformed(file.to_owned()))?;
    let mut secret = Zeroizing::new([0; 32]);
    hex::decode_to_slice(digits, &mut secret[..]).map_err(|_| KeystoreError::Malformed(file.to_owned()))?;
    Ok(Keyring::new(&secret))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemRandomness;

    #[test]
    fn a_secret_is_made_once_and_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("installation.key");
        let made = create_keystore(&file, &SystemRandomness::new()).unwrap();
        let read = open_keystore(&file).unwrap();
        assert_eq!(made.person("1"), read.person("1"));
        assert!(matches!(
            create_keystore(&file, &SystemRandomness::new()),
            Err(KeystoreError::Io { .. })
        ));
    }

    #[test]
    fn a_secret_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("installation.key");
        create_keystore(&file, &SystemRandomness::new()).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(
            open_keystore(&file),
            Err(KeystoreError::Open { mode: 0o640, .. })
        ));
    }

    #[test]
    fn another_file_is_not_taken_for_a_secret() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("x");
        for text in ["", "hello", HEADER, "standing installation secret v1\nabcd\n"] {
            fs::write(&file, text).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
            assert!(matches!(open_keystore(&file), Err(KeystoreError::Malformed(_))));
        }
    }
}
