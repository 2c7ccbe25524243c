//! `standing erase verify`: proves for a receipt that nothing of what it speaks of can be read any more.

use std::{fs, path::PathBuf, process::ExitCode};

use registry::Receipt;

use crate::{
    failure::{Outcome, say},
    installation,
    words::{Language, both},
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

pub(crate) fn run(command: &Command, language: Language) -> Outcome {
    let Command::Verify { receipt, data } = command;
    let text = fs::read_to_string(receipt).map_err(|error| installation::at(receipt, &error))?;
    let receipt: Receipt = serde_json::from_str(&text)?;
    let registry = installation::open(data)?.registry;
    let proof = registry.prove_erased(&receipt)?;
    for check in &proof.checks {
        let mark = if check.holds {
            both!("是：", "yes: ")
        } else {
            both!("否：", "NO:  ")
        };
        say(format_args!(
            "{}{}",
            mark.get(language),
            check.words.get(language)
        ));
    }
    if proof.holds() {
        say(both!(
            "回执所述内容已全部无法读取。",
            "Nothing of what the receipt speaks of can be read any more."
        )
        .get(language));
        Ok(ExitCode::SUCCESS)
    } else {
        say(both!(
            "未能证明回执所述内容已全部无法读取。",
            "It is not proved that nothing of what the receipt speaks of can be read."
        )
        .get(language));
        Ok(ExitCode::FAILURE)
    }
}
