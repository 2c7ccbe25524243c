//! `standing take-back`.

use std::{path::PathBuf, process::ExitCode};

use model::SubmissionId;

use crate::{
    failure::{Outcome, say},
    installation,
};

/// Take a submission back.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The submission's identifier, as `standing submit` gave it.
    submission: SubmissionId,
    /// The authority that submitted it.
    #[arg(long)]
    authority: String,
    /// The data directory.
    #[arg(long)]
    data: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let opened = installation::open(&arguments.data)?;
    let report = opened
        .registry
        .take_back(&arguments.authority, arguments.submission)?;
    say(format_args!("{} rows taken back", report.taken_back));
    for (row, why) in &report.left {
        let why = match why {
            registry::Left::ChangedSince => "changed since",
            registry::Left::HasDecision => "a decision speaks of the licence",
            registry::Left::Erased => "erased: its retention period is over",
        };
        say(format_args!("row {row} left as it is: {why}"));
    }
    Ok(if report.left.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(3)
    })
}
