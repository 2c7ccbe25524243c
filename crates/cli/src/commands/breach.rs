//! `standing breach`: a breach of data that whoever runs the installation has noticed.

use std::{path::PathBuf, process::ExitCode};

use jiff::civil::Date;
use registry::{BreachReported, INSTALLATION, ReportBreach};

use super::{person, runtime};
use crate::{
    failure::{Failure, Outcome, say},
    installation,
    words::{Language, both},
};

/// What to do with breaches.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Report a breach. Whom it affects is told at once, in their inboxes, with the words that are given here.
    ///
    /// Nothing says whether a number is known. The same report again tells nobody twice.
    Report {
        /// The body at which it happened, by its id in the profile. The installation itself, if not given.
        #[arg(long)]
        body: Option<String>,
        /// The day on which it was noticed.
        #[arg(long, value_name = "DATE")]
        noticed_on: Date,
        /// What happened. It names nobody.
        #[arg(long, value_name = "TEXT")]
        happened: String,
        /// What is done about it.
        #[arg(long, value_name = "TEXT")]
        measures: String,
        /// A file with the identity numbers of those whom it affects, one a line; "-" is standard input. They are not
        /// given on the command line, where other users of the machine could read them.
        #[arg(long, value_name = "FILE")]
        affected: PathBuf,
        /// The data directory.
        #[arg(long)]
        data: PathBuf,
    },
    /// List the breaches that were reported, without whom they affect.
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
        Command::Report {
            body,
            noticed_on,
            happened,
            measures,
            affected,
            data,
        } => {
            let text = String::from_utf8(person::bytes(affected)?).map_err(|_| {
                let file = affected.display();
                Failure::new(both!("{file}：应为文本", "{file}: a text is expected"))
            })?;
            let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
            let breach = ReportBreach {
                body: body.clone().unwrap_or_else(|| INSTALLATION.to_owned()),
                noticed_on: *noticed_on,
                happened: happened.clone(),
                measures: measures.clone(),
                affected: lines.map(str::to_owned).collect(),
            };
            let registry = installation::open(data)?.registry;
            say(line(
                &runtime()?.block_on(registry.report_breach(None, breach))?,
                language,
            ));
        }
        Command::List { json, data } => {
            let registry = installation::open(data)?.registry;
            let reports = runtime()?.block_on(registry.breach_reports())?;
            if *json {
                say(serde_json::to_string(&reports)?);
                return Ok(ExitCode::SUCCESS);
            }
            for one in &reports {
                say(line(one, language));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn line(one: &BreachReported, language: Language) -> String {
    let BreachReported {
        breach,
        body,
        noticed_on,
        affected,
        reported_by,
        tell_by,
        ..
    } = one;
    let mut said = both!(
        "{breach} {body}：{noticed_on} 发现，涉及 {affected} 人，由 {reported_by} 报告",
        "{breach} {body} noticed on {noticed_on}, {affected} people named by {reported_by}"
    );
    if one.late {
        let late = both!(
            "；已逾期，应在 {tell_by} 前告知",
            " late: to be told by {tell_by}"
        );
        said.zh.push_str(&late.zh);
        said.en.push_str(&late.en);
    }
    said.get(language).to_owned()
}
