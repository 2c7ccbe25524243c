//! `standing due`.

use std::{path::PathBuf, process::ExitCode};

use crate::{
    failure::{Outcome, say},
    installation,
};

/// Do what is due.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The data directory.
    #[arg(long)]
    data: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let due = installation::open(&arguments.data)?.registry.do_what_is_due()?;
    say(format_args!(
        "{} certificates revoked, {} records erased",
        due.revoked, due.erased
    ));
    Ok(ExitCode::SUCCESS)
}
