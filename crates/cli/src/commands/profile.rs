//! `standing profile check`.

use std::{path::PathBuf, process::ExitCode};

use ::profile::Profile;

use crate::failure::{Outcome, say};

/// What to do with a profile.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Check a profile: each fault with file, line, key, and what would be right.
    Check {
        /// The profile's folder.
        dir: PathBuf,
    },
}

pub(crate) fn run(command: &Command) -> Outcome {
    let Command::Check { dir } = command;
    match Profile::load(dir) {
        Ok(profile) => {
            let unconfirmed = profile
                .bases
                .values()
                .flat_map(|basis| &basis.enactments)
                .filter(|citation| !citation.is_confirmed())
                .count();
            say(format_args!(
                "{}: {} authorities, {} professions, {} legal bases; {unconfirmed} citations are not confirmed by a lawyer",
                profile.id,
                profile.authorities.len(),
                profile.professions.len(),
                profile.bases.len(),
            ));
            Ok(ExitCode::SUCCESS)
        }
        Err(faults) => {
            for fault in &faults {
                say(fault);
            }
            Ok(ExitCode::FAILURE)
        }
    }
}
