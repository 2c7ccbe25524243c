//! `standing reviewer`: the reviewers, who oversee inquiries and answer complaints.

use std::{path::PathBuf, process::ExitCode};

use registry::ReviewerKey;

use super::{
    key::public_key_of,
    own_number, runtime,
    said::{ended, now_ended, registered},
};
use crate::{
    failure::{Outcome, say},
    installation,
    words::Language,
};

/// What to do with reviewers.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Register a reviewer, or give one a further key.
    ///
    /// A reviewer signs requests with a key of their own, which stands for no body. Make one with `standing key new FILE
    /// --id NAME`, and give its name and its public key here.
    Add {
        /// The id of the account, such as reviewer-1. Never a name.
        #[arg(long)]
        id: String,
        /// Their name, which is kept sealed.
        #[arg(long)]
        name: String,
        /// A file with their own identity number, so that they judge nothing that is about themselves; "-" is standard
        /// input. Without it nothing keeps them from it. It may be given later, for a reviewer who has none. Numbers are
        /// not given on the command line, where other users of the machine could read them.
        #[arg(long, value_name = "FILE")]
        own_number: Option<PathBuf>,
        /// The name of a key of theirs.
        #[arg(long, requires = "public_key")]
        key: Option<String>,
        /// Its public key, as `standing key new` printed it.
        #[arg(long, requires = "key")]
        public_key: Option<String>,
        /// The data directory.
        #[arg(long)]
        data: PathBuf,
    },
    /// End a reviewer's account for good. What they did stays, and their keys open nothing any more.
    Stop {
        /// The id of the account.
        #[arg(long)]
        id: String,
        /// The data directory.
        #[arg(long)]
        data: PathBuf,
    },
    /// List the reviewers with the names of their keys, those who have left too. Who is registered without an own
    /// number is marked `no-own-number`.
    List {
        /// Print one line of JSON.
        #[arg(long)]
        json: bool,
        /// The data directory.
        #[arg(long)]
        data: PathBuf,
    },
}

pub(crate) fn run(command: &Command, language: Language) -> Outcome {
    match command {
        Command::Add {
            id,
            name,
            own_number,
            key,
            public_key,
            data,
        } => {
            let public_key = public_key.as_deref().map(public_key_of).transpose()?;
            let own_number = own_number::read(own_number.as_deref())?;
            let registry = installation::open(data)?.registry;
            match key.as_ref().zip(public_key) {
                None => registry.add_reviewer(id, name, own_number.as_deref())?,
                // Both or neither: an account without its key would be one that nobody meant.
                Some((key_id, public_key)) => registry.add_reviewer_with_key(
                    name,
                    own_number.as_deref(),
                    ReviewerKey {
                        key_id: key_id.clone(),
                        reviewer: id.clone(),
                        public_key,
                    },
                )?,
            }
            say(registered(id).get(language));
        }
        Command::Stop { id, data } => {
            installation::open(data)?.registry.stop_reviewer(id)?;
            say(now_ended(id).get(language));
        }
        Command::List { json, data } => {
            let registry = installation::open(data)?.registry;
            let reviewers = runtime()?.block_on(registry.reviewers())?;
            if *json {
                say(serde_json::to_string(&reviewers)?);
                return Ok(ExitCode::SUCCESS);
            }
            for one in reviewers {
                let ended = ended(one.ended_at.is_some(), language);
                say(format_args!(
                    "{} {} {}{ended}{}",
                    one.reviewer,
                    one.name,
                    one.keys.join(","),
                    own_number::mark(one.own_number, language)
                ));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}
