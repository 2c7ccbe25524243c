//! Tasks that get a process of their own, so that its memory and its start are theirs alone.

use std::{
    ffi::OsString,
    fs::File,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use crate::{Fault, measure::peak_kib, plain, site};

/// What a child does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Task {
    /// Loads the file into plain SQLite.
    Plain,
    /// Submits the file.
    Submit,
    /// Opens the installation.
    Open,
}

/// What a child is told.
#[derive(clap::Args)]
// The whole command's arguments are a group of this name already.
#[group(skip)]
pub(crate) struct Arguments {
    /// What to do as a child of this program
    #[arg(long = "child", hide = true, requires = "data", requires = "file")]
    pub(crate) task: Option<Task>,
    /// The folder of the database
    #[arg(long, hide = true)]
    data: Option<PathBuf>,
    /// The file to take in
    #[arg(long, hide = true)]
    file: Option<PathBuf>,
}

/// What a child answers, as one line of JSON.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Report {
    /// How long it took.
    pub(crate) seconds: f64,
    /// How many rows got in.
    pub(crate) rows: u64,
    /// The most memory that the process held, in KiB.
    pub(crate) peak_kib: u64,
}

/// The arguments that start a child.
pub(crate) fn words(task: Task, data: &Path, file: &Path) -> Vec<OsString> {
    let name = match task {
        Task::Plain => "plain",
        Task::Submit => "submit",
        Task::Open => "open",
    };
    [
        "--child".into(),
        name.into(),
        "--data".into(),
        data.into(),
        "--file".into(),
        file.into(),
    ]
    .into()
}

/// Starts a child and waits for its report.
pub(crate) fn start(task: Task, data: &Path, file: &Path) -> Result<Report, Fault> {
    let output = Command::new(std::env::current_exe()?)
        .args(words(task, data, file))
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err(format!("a child ended with {}", output.status).into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// The child's side.
pub(crate) fn run(task: Task, arguments: &Arguments) -> Result<(), Fault> {
    let (Some(data), Some(file)) = (&arguments.data, &arguments.file) else {
        return Err("a child needs a folder and a file".into());
    };
    let (seconds, rows) = match task {
        Task::Plain => plain::load(data, file)?,
        Task::Submit => submit(data, file)?,
        Task::Open => {
            let started = Instant::now();
            let registry = site::open(data)?;
            let seconds = started.elapsed().as_secs_f64();
            drop(registry);
            (seconds, 0)
        }
    };
    println!(
        "{}",
        serde_json::to_string(&Report {
            seconds,
            rows,
            peak_kib: peak_kib()?
        })?
    );
    Ok(())
}

/// The whole path: reading, checking, sealing, filing, tiles, checkpoint and receipt.
fn submit(data: &Path, file: &Path) -> Result<(f64, u64), Fault> {
    let registry = site::open(data)?;
    let source = File::open(file)?;
    let started = Instant::now();
    let submission = registry.submit(&site::licences("licences.csv"), source, &|_| ())?;
    let seconds = started.elapsed().as_secs_f64();
    let counts = submission.counts;
    if counts.unchanged + counts.rejected > 0 {
        return Err(format!(
            "{} rows were rejected, {} unchanged",
            counts.rejected, counts.unchanged
        )
        .into());
    }
    Ok((seconds, counts.accepted))
}
