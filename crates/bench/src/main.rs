//! How fast Standing is, path by path, against the limit that this machine sets in the same run.
//!
//! Prints a Markdown table. Limit and path are measured in turn, several rounds of each, and the medians are
//! compared, so that a busy machine slows both alike. What needs a process of its own (memory, a cold start)
//! gets one: the program starts itself again.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "its output is what it is for"
)]

mod certificate;
mod child;
mod client;
mod intake;
mod log;
mod look;
mod measure;
mod people;
mod plain;
mod site;
mod start;
mod table;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, ValueEnum};

use crate::table::Table;

/// Whatever stops a measurement; there is nobody to handle it but the reader.
pub(crate) type Fault = Box<dyn std::error::Error + Send + Sync>;

#[derive(Parser)]
#[command(
    name = "cargo xtask bench",
    about = "Measures every path against the limit of this machine"
)]
struct Arguments {
    /// Records that the large database holds
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(10_000..=10_000_000))]
    rows: u32,
    /// The same with 100,000 records
    #[arg(long, conflicts_with = "rows")]
    quick: bool,
    /// How often each long path is measured; short ones are measured four times as often
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=40))]
    rounds: u32,
    /// Measure these paths only
    #[arg(long, value_name = "NAME")]
    only: Vec<Path>,
    /// The folder to work in; it must be on a disk, because a sync to memory costs nothing
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
    #[command(flatten)]
    child: child::Arguments,
}

/// The paths, in the order in which they are measured.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Path {
    Verify,
    Issue,
    Intake,
    Look,
    Certificate,
    Log,
    Start,
}

impl Path {
    /// Whether it needs a database with many records.
    fn needs_records(self) -> bool {
        !matches!(self, Self::Verify | Self::Issue)
    }
}

/// What every measurement is told.
pub(crate) struct Plan {
    /// Records in the large database.
    pub(crate) rows: u32,
    /// Rounds of long paths.
    pub(crate) rounds: u32,
    /// The folder for databases and files.
    pub(crate) folder: PathBuf,
}

impl Plan {
    /// Records in the small database, and in the file that is added to the large one.
    pub(crate) fn small(&self) -> u32 {
        (self.rows / 10).min(100_000)
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match &arguments.child.task {
        Some(task) => child::run(*task, &arguments.child),
        None => run(&arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("bench: {fault}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Fault> {
    let parent = match &arguments.folder {
        Some(folder) => folder.clone(),
        // The system's own folder for such files is in memory on many machines.
        None => PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target"),
    };
    let folder = tempfile::Builder::new().prefix("bench-").tempdir_in(parent)?;
    let plan = Plan {
        rows: if arguments.quick { 100_000 } else { arguments.rows },
        rounds: arguments.rounds,
        folder: folder.path().to_owned(),
    };
    let wanted = |path: Path| arguments.only.is_empty() || arguments.only.contains(&path);
    let mut table = Table::default();
    if wanted(Path::Verify) {
        certificate::verify(&plan, &mut table)?;
    }
    if wanted(Path::Issue) {
        certificate::issue(&plan, &mut table)?;
    }
    if Path::value_variants()
        .iter()
        .any(|path| path.needs_records() && wanted(*path))
    {
        let loaded = if wanted(Path::Intake) {
            intake::measure(&plan, &mut table)?
        } else {
            intake::load(&plan)?
        };
        if wanted(Path::Start) {
            start::measure(&plan, &loaded, &mut table)?;
        }
        if wanted(Path::Look) {
            look::measure(&plan, &loaded, &mut table)?;
        }
        if wanted(Path::Certificate) {
            certificate::issue_durably(&plan, &loaded, &mut table)?;
        }
        if wanted(Path::Log) {
            log::measure(&plan, &loaded, &mut table)?;
        }
    }
    println!("{table}");
    Ok(())
}

/// Tells how far the run is.
pub(crate) fn say(what: &str) {
    eprintln!("bench: {what}");
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::child::Task;

    #[test]
    fn the_table_of_arguments_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn every_child_is_started_with_arguments_that_it_reads() {
        for task in Task::value_variants() {
            let words = child::words(*task, std::path::Path::new("a"), std::path::Path::new("b"));
            let read = Arguments::try_parse_from(std::iter::once("bench".into()).chain(words)).unwrap();
            assert_eq!(read.child.task, Some(*task));
        }
    }
}
