//! `standing auditor`: the keys of auditors and witnesses, who read the whole log and nothing else.

use std::{path::PathBuf, process::ExitCode};

use registry::AuditorKey;

use super::{
    key::public_key_of,
    runtime,
    said::{ended, now_ended},
};
use crate::{
    failure::{Outcome, say},
    installation,
    words::{Language, both},
};

/// What to do with auditors' keys.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Register a key of an auditor or a witness.
    ///
    /// It opens the tiles of the log and nothing else, and stands for no body. Its holder makes it with `standing key new
    /// FILE --id NAME`, gives its name and its public key, and reads the log with `standing log verify --url URL --vkey KEY
    /// --key FILE`.
    Add {
        /// The name of the key, such as example-university-1.
        #[arg(long)]
        id: String,
        /// Who holds it, by name, which is kept sealed.
        #[arg(long)]
        holder: String,
        /// The public key, as `standing key new` printed it.
        #[arg(long)]
        public_key: String,
        /// The data directory.
        #[arg(long)]
        data: PathBuf,
    },
    /// End an auditor's key for good: it opens nothing from the next request on.
    End {
        /// The name of the key.
        id: String,
        /// The data directory.
        #[arg(long)]
        data: PathBuf,
    },
    /// List the auditors' keys with who holds them, ended ones too.
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
            holder,
            public_key,
            data,
        } => {
            let key = AuditorKey {
                key_id: id.clone(),
                holder: holder.clone(),
                public_key: public_key_of(public_key)?,
            };
            installation::open(data)?.registry.add_auditor_key(key)?;
            say(both!(
                "{id} 已登记：可以读取整个日志，不能读取其他内容",
                "{id} is registered: it opens the whole log, and nothing else"
            )
            .get(language));
        }
        Command::End { id, data } => {
            installation::open(data)?.registry.end_auditor_key(id)?;
            say(now_ended(id).get(language));
        }
        Command::List { json, data } => {
            let registry = installation::open(data)?.registry;
            let auditors = runtime()?.block_on(registry.auditors())?;
            if *json {
                say(serde_json::to_string(&auditors)?);
                return Ok(ExitCode::SUCCESS);
            }
            for one in auditors {
                let ended = ended(one.ended_at.is_some(), language);
                say(format_args!("{} {}{ended}", one.key, one.holder));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}
