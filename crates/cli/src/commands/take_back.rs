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
    language::of_messages,
    words::{Language, both},
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

pub(crate) fn run(arguments: &Arguments, language: Language) -> Outcome {
    let report = report(arguments, language)?;
    if arguments.json {
        say(serde_json::to_string(&report)?);
    } else {
        let n = report.taken_back;
        say(match language {
            Language::Zh => format!("已撤回 {n} 行"),
            Language::En => format!("{n} rows taken back"),
        });
        for (row, why) in &report.left {
            let why = left(*why, language);
            say(match language {
                Language::Zh => format!("第 {row} 行保持原样：{why}"),
                Language::En => format!("row {row} left as it is: {why}"),
            });
        }
    }
    if report.left.iter().any(|(_, why)| *why == Left::HasDecision) {
        remark(match language {
            Language::Zh => "要撤回有决定涉及的行：请先撤回决定，再撤回本次报送",
            Language::En => {
                "to take back the rows that decisions speak of: take back the decisions first, then this submission \
                 again"
            }
        });
    }
    Ok(if report.left.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(3)
    })
}

/// Why a row was left.
const fn left(why: Left, language: Language) -> &'static str {
    match (why, language) {
        (Left::ChangedSince, Language::Zh) => "此后有更正、撤销或修复",
        (Left::ChangedSince, Language::En) => "changed since",
        (Left::ProcedureOpen, Language::Zh) => "本人已提出异议，或者另有程序尚在办理：请先办结",
        (Left::ProcedureOpen, Language::En) => {
            "the person disputes it, or another procedure about it is open; its answer comes first"
        }
        (Left::HasDecision, Language::Zh) => "已有决定涉及该许可",
        (Left::HasDecision, Language::En) => "a decision speaks of the licence",
        (Left::Erased, Language::Zh) => "保存期限已满，已删除",
        (Left::Erased, Language::En) => "erased: its retention period is over",
    }
}

/// What became of it.
fn report(arguments: &Arguments, language: Language) -> Result<TakeBack, Failure> {
    let id = arguments.submission;
    match arguments {
        Arguments {
            data: Some(data),
            authority: Some(authority),
            ..
        } => {
            let registry = installation::open(data)?.registry;
            Ok(registry.take_back(authority, id)?)
        }
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
            .with_language(of_messages(language))
            .with_remark(move |trying| remark(super::submit::again(trying, language)));
            Ok(serde_json::from_value(client.take_back(&id.to_string())?)?)
        }
        _ => Err(Failure::new(both!(
            "须写明 --data DIR --authority ID，或者 --server URL --key FILE",
            "either --data DIR --authority ID or --server URL --key FILE is needed"
        ))),
    }
}
