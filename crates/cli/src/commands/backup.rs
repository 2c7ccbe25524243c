//! `standing backup` and `standing restore`: a copy of an installation, and putting it back.
//!
//! A copy holds no secret unless asked: whoever finds it can read nothing in it. What was destroyed since is
//! destroyed again when a copy is put back, and what was taken back is taken back again, by the newest file of erasures
//! that is at hand.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
};

use crate::{
    failure::{Failure, Outcome, remark, say},
    installation,
};

const DATABASE: &str = "standing.db";
const ERASURES: &str = "erasures.log";
const SETTINGS: &str = "standing.toml";
const SECRET: &str = "keys/installation.key";

/// Copy an installation, also one that is being served.
#[derive(clap::Args)]
pub(crate) struct Backup {
    /// The data directory.
    data: PathBuf,
    /// The folder to make, which must not exist.
    #[arg(long)]
    to: PathBuf,
    /// Copy the secret too. Then whoever has the copy can read everything in it.
    #[arg(long)]
    with_secret: bool,
}

/// Make a data directory out of a copy, and destroy again what was destroyed since.
#[derive(clap::Args)]
pub(crate) struct Restore {
    /// The copy.
    copy: PathBuf,
    /// The data directory: a new one, or one whose database was moved away. Its secret and its file of erasures
    /// are kept.
    #[arg(long)]
    to: PathBuf,
}

pub(crate) fn backup(arguments: &Backup) -> Outcome {
    let Backup {
        data,
        to,
        with_secret,
    } = arguments;
    let settings = installation::settings(data)?;
    if to.exists() {
        return Err(Failure::new(format!("{} exists already", to.display())));
    }
    fs::create_dir_all(to).map_err(|error| installation::at(to, &error))?;
    installation::private(to)?;
    if settings.postgres.is_none() {
        storage_sqlite::copy(&data.join(DATABASE), &to.join(DATABASE))?;
    }
    // After the database: no erasure that the copy holds may be missing in the file.
    copy(&data.join(ERASURES), &to.join(ERASURES))?;
    installation::copy_folder(&data.join("profile"), &to.join("profile"))?;
    if *with_secret {
        installation::private_folder(&to.join("keys"))?;
        copy(&data.join(SECRET), &to.join(SECRET))?;
    }
    // The settings come last: a folder with them is whole.
    copy(&data.join(SETTINGS), &to.join(SETTINGS))?;
    say(format_args!("{} is a copy of {}", to.display(), data.display()));
    if settings.postgres.is_some() {
        remark(
            "The database is not in it: copy that with pg_dump or by the server's own means, before this.",
        );
    }
    if !with_secret {
        remark("The secret is not in it: keep a copy of keys/installation.key elsewhere.");
    }
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn restore(arguments: &Restore) -> Outcome {
    let Restore { copy: from, to } = arguments;
    let settings = installation::settings(from)?;
    let (database, erasures) = (to.join(DATABASE), to.join(ERASURES));
    if database.exists() {
        return Err(Failure::new(format!(
            "{} is there; move it away first, with the files beside it whose names begin with its own",
            database.display()
        )));
    }
    installation::private_folder(to)?;
    take_erasures(&from.join(ERASURES), &erasures)?;
    if from.join(SECRET).exists() && !to.join(SECRET).exists() {
        installation::private_folder(&to.join("keys"))?;
        copy(&from.join(SECRET), &to.join(SECRET))?;
    }
    if !to.join("profile").exists() {
        installation::copy_folder(&from.join("profile"), &to.join("profile"))?;
    }
    if settings.postgres.is_none() {
        copy(&from.join(DATABASE), &database)?;
    }
    if !to.join(SETTINGS).exists() {
        copy(&from.join(SETTINGS), &to.join(SETTINGS))?;
    }
    if !to.join(SECRET).exists() {
        say(format_args!(
            "{} is put back but for its secret: put that in {SECRET}, then start it",
            to.display()
        ));
        return Ok(ExitCode::SUCCESS);
    }
    let registry = installation::open(to)?.registry;
    say(format_args!(
        "{} is put back; {} erasures were done again, {} withdrawals too",
        to.display(),
        registry.erased_again(),
        registry.withdrawn_again()
    ));
    Ok(ExitCode::SUCCESS)
}

/// Keeps the longer of two files of erasures, of which one must go on where the other ends.
fn take_erasures(copied: &Path, kept: &Path) -> Result<(), Failure> {
    if !kept.exists() {
        return copy(copied, kept);
    }
    let read = |path: &Path| fs::read(path).map_err(|error| installation::at(path, &error));
    let (old, new) = (read(copied)?, read(kept)?);
    if new.starts_with(&old) {
        return Ok(());
    }
    if old.starts_with(&new) {
        fs::remove_file(kept).map_err(|error| installation::at(kept, &error))?;
        return copy(copied, kept);
    }
    Err(Failure::new(format!(
        "{} and {} do not go on from one another; see docs/backup.md",
        copied.display(),
        kept.display()
    )))
}

/// Copies a file, for its owner alone, and waits until it is on disk.
fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    let copied = || -> io::Result<()> {
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut source = fs::File::open(from)?;
        let mut target = options.open(to)?;
        io::copy(&mut source, &mut target)?;
        target.sync_all()
    };
    copied().map_err(|error| installation::at(from, &error))
}
