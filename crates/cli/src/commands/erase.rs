//! `standing erase verify`: proves for a receipt that nothing of what it speaks of can be read any more.

use std::{fs, path::PathBuf, process::ExitCode};

use registry::Receipt;

use crate::{
    failure::{Outcome, say},
    installation,
};

/// What to do about erasures.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Prove that what a receipt speaks of is destroyed. Exit status 0: it is; 1: it is not.
    Verify {
        /// The receipt of a filed record or of an erasure, as the portal gave it.
        #[arg(long)]
        receipt: PathBuf,
        /// The data directory.
        #[arg(long, default_value = ".")]
        data: PathBuf,
    },
}

pub(crate) fn run(command: &Command) -> Outcome {
    let Command::Verify { receipt, data } = command;
    let text = fs::read_to_string(receipt).map_err(|error| installation::at(receipt, &error))?;
    let receipt: Receipt = serde_json::from_str(&text)?;
    let registry = installation::open(data)?.registry;
    let proof = registry.prove_erased(&receipt)?;
    for check in &proof.checks {
        say(format_args!(
            "{} {}",
            if check.holds { "yes:" } else { "NO: " },
            check.words
        ));
    }
    if proof.holds() {
        say("Nothing of what the receipt speaks of can be read any more.");
        Ok(ExitCode::SUCCESS)
    } else {
        say("It is not proved that nothing of what the receipt speaks of can be read.");
        Ok(ExitCode::FAILURE)
    }
}
