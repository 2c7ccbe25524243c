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
    installation::{self, DATABASE, ERASURES, Settings},
    words::{Language, both},
};

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

pub(crate) fn backup(arguments: &Backup, language: Language) -> Outcome {
    let Backup {
        data,
        to,
        with_secret,
    } = arguments;
    let settings = installation::settings(data)?;
    installation::look_for_database(data, &settings)?;
    if to.exists() {
        let to = to.display();
        return Err(Failure::new(both!("{to} 已经存在", "{to} exists already")));
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
    let (copied, data) = (to.display(), data.display());
    say(both!("{copied} 是 {data} 的备份", "{copied} is a copy of {data}").get(language));
    if settings.postgres.is_some() {
        remark(
            both!(
                "其中不含数据库：请在此之前用 pg_dump 或数据库自身的办法备份。",
                "The database is not in it: copy that with pg_dump or by the server's own means, before this."
            )
            .get(language),
        );
    }
    if !with_secret {
        remark(
            both!(
                "其中不含主密钥：请把 keys/installation.key 另存一份在别处。",
                "The secret is not in it: keep a copy of keys/installation.key elsewhere."
            )
            .get(language),
        );
    }
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn restore(arguments: &Restore, language: Language) -> Outcome {
    let Restore { copy: from, to } = arguments;
    let settings = installation::settings(from)?;
    let (database, erasures) = (to.join(DATABASE), to.join(ERASURES));
    // What SQLite keeps beside a database it would take for a part of the one that is put there.
    let all = ["", "-wal", "-shm", "-journal"].map(|end| beside(&database, end));
    if let Some(there) = all.iter().find(|file| file.exists()) {
        let database = there.display();
        return Err(Failure::new(both!(
            "{database} 已经存在；请先移走，连同旁边名称以它开头的文件",
            "{database} is there; move it away first, with the files beside it whose names begin with its own"
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
        put_database(&from.join(DATABASE), &database, &settings)?;
    }
    if !to.join(SETTINGS).exists() {
        copy(&from.join(SETTINGS), &to.join(SETTINGS))?;
    }
    if settings.postgres.is_some() {
        installation::note_restored(&database, &installation::settings(to)?)?;
    }
    remark(installation::certificates_since().get(language));
    if !to.join(SECRET).exists() {
        let to = to.display();
        say(both!(
            "{to} 已恢复，只缺主密钥：请放入 {SECRET}，再启动",
            "{to} is put back but for its secret: put that in {SECRET}, then start it"
        )
        .get(language));
        remark(
            both!(
                "如果它与其他系统交换通报，并由它继续运行，放入主密钥后请用 standing peer put-back 告知其他系统；只是试恢复时，\
                 不要让它连上其他系统。",
                "If it exchanges alerts with peers and goes on as the installation, tell them with standing peer put-back \
                 once the secret is there; if it is only tried, keep it where it reaches none."
            )
            .get(language),
        );
        return Ok(ExitCode::SUCCESS);
    }
    let registry = installation::open(to)?.registry;
    let peers = !registry.peers()?.is_empty();
    let (to, erased, withdrawn) = (to.display(), registry.erased_again(), registry.withdrawn_again());
    say(both!(
        "{to} 已恢复；再次销毁 {erased} 项，再次撤回 {withdrawn} 项",
        "{to} is put back; {erased} erasures were done again, {withdrawn} withdrawals too"
    )
    .get(language));
    if peers {
        remark(
            both!(
                "如果由它继续运行，请用 standing peer put-back 告知其他系统；只是试恢复时，不要让它连上其他系统。",
                "If it goes on as the installation, tell its peers with standing peer put-back; if it is only tried, keep it \
                 where it reaches none."
            )
            .get(language),
        );
    }
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
        return copy(copied, kept);
    }
    let (copied, kept) = (copied.display(), kept.display());
    Err(Failure::new(both!(
        "{copied} 与 {kept} 不能前后相接；见 docs/backup.md",
        "{copied} and {kept} do not go on from one another; see docs/backup.md"
    )))
}

/// Puts a database in its place once it says itself that it was put back: nobody may open it before.
fn put_database(from: &Path, to: &Path, settings: &Settings) -> Result<(), Failure> {
    let part = beside(to, ".new");
    for left in ["", "-wal", "-shm", "-journal", ".lock"].map(|end| beside(&part, end)) {
        if left.exists() {
            fs::remove_file(&left).map_err(|error| installation::at(&left, &error))?;
        }
    }
    copy(from, &part)?;
    installation::note_restored(&part, settings)?;
    put_in_place(&part, to).map_err(|error| installation::at(to, &error))?;
    // The lock of a file that is not there any more.
    let _ = fs::remove_file(beside(&part, ".lock"));
    Ok(())
}

/// The file beside this one whose name has this at its end.
fn beside(file: &Path, end: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(end);
    name.into()
}

fn put_in_place(part: &Path, to: &Path) -> io::Result<()> {
    fs::rename(part, to)?;
    #[cfg(unix)]
    if let Some(folder) = to.parent() {
        fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Copies a file, for its owner alone, and waits until it is on disk. It is there whole or not at all.
fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    let part = beside(to, ".part");
    let copied = || -> io::Result<()> {
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut source = fs::File::open(from)?;
        let mut target = options.open(&part)?;
        io::copy(&mut source, &mut target)?;
        target.sync_all()?;
        put_in_place(&part, to)
    };
    copied().map_err(|error| installation::at(from, &error))
}
