//! `standing take-back`.

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use api::client::Client;
use keys::SystemRandomness;
use model::SubmissionId;
use registry::{Left, TakeBack};

use crate::{
    clock::SystemClock,
    failure::{Failure, Outcome, remark, say},
    installation,
};

/// Take a submission back whole, but for rows touched since.
///
/// Rows that were left can be taken back by the same command once nothing keeps them any longer and while the time
/// for it runs: where a decision speaks of a licence, take back the decisions first.
///
/// Exit status: 0 when every row is taken back, 3 when some were left, 1 when nothing was taken back.
#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("target").args(["data", "server"]).required(true))]
pub(crate) struct Arguments {
    /// The submission's identifier, as `standing submit` gave it.
    submission: SubmissionId,
    /// The authority that submitted it, with --data. With --server the key says which it is.
    #[arg(long, required_unless_present = "server", conflicts_with = "server")]
    authority: Option<String>,
    /// The data directory, when this machine holds it.
    #[arg(long, conflicts_with = "key")]
    data: Option<PathBuf>,
    /// The address of a server.
    #[arg(long, requires = "key")]
    server: Option<String>,
    /// The file with the authority's key, for a server.
    #[arg(long, requires = "server")]
    key: Option<PathBuf>,
    /// Print one line of JSON.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let report = report(arguments)?;
    if arguments.json {
        say(serde_json::to_string(&report)?);
    } else {
        say(format_args!("{} rows taken back", report.taken_back));
        for (row, why) in &report.left {
            let why = match why {
                Left::ChangedSince => "changed since",
                Left::HasDecision => "a decision speaks of the licence",
                Left::Erased => "erased: its retention period is over",
            };
            say(format_args!("row {row} left as it is: {why}"));
        }
    }
    if report.left.iter().any(|(_, why)| *why == Left::HasDecision) {
        remark(
            "to take back the rows that decisions speak of: take back the decisions first, then this submission again",
        );
    }
    Ok(if report.left.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(3)
    })
}

fn report(arguments: &Arguments) -> Result<TakeBack, Failure> {
    let id = arguments.submission;
    match arguments {
        Arguments {
            data: Some(data),
            authority: Some(authority),
            ..
        } => Ok(installation::open(data)?.registry.take_back(authority, id)?),
        Arguments {
            server: Some(server),
            key: Some(key),
            ..
        } => {
            let client = Client::open(
                server,
                key,
                Arc::new(SystemClock),
                Arc::new(SystemRandomness::new()),
            )?
            .with_remark(|trying| remark(super::submit::again(trying, super::submit::Language::En)));
            Ok(serde_json::from_value(client.take_back(&id.to_string())?)?)
        }
        _ => Err(Failure::new(
            "either --data DIR --authority ID or --server URL --key FILE is needed",
        )),
    }
}
