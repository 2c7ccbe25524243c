//! `standing submit`.

use std::{
    fs::File,
    io::{self, BufWriter, IsTerminal as _, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use api::client::Client;
use indicatif::{ProgressBar, ProgressStyle};
use intake::{Encoding, FileFault, MessageLanguage, RowFault};
use keys::SystemRandomness;
use model::{RecordKind, SubmissionId};
use registry::{ForBody, Registry, RowOutcome, RowView, Submission, SubmissionFile, SubmitError};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use super::runtime;
use crate::{
    clock::SystemClock,
    failure::{Failure, Outcome, remark, say},
    installation,
};

/// Submit files of records for an authority.
///
/// Exit status: 0 when every row got in, 3 when some were rejected, 1 when nothing could be read. The rejected
/// rows are written to FILE.rejected.csv, to be mended and sent again; sending rows again is harmless.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// CSV, JSON Lines or XLSX files.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The authority's id in the profile, such as law-bureau.
    #[arg(long)]
    authority: String,
    /// The kind of the records: licence, decision, training or commendation.
    #[arg(long = "type")]
    kind: RecordKind,
    /// The data directory, when this machine holds it.
    #[arg(long, conflicts_with_all = ["server", "key"], required_unless_present = "server")]
    data: Option<PathBuf>,
    /// The address of a server.
    #[arg(long, requires = "key")]
    server: Option<String>,
    /// The file with the authority's key, for a server.
    #[arg(long, requires = "server")]
    key: Option<PathBuf>,
    /// The encoding of text files, UTF-8 or GB18030, where it should not be found out.
    #[arg(long)]
    encoding: Option<String>,
    /// Print one line of JSON for each file.
    #[arg(long)]
    json: bool,
    /// The language of messages.
    #[arg(long, value_enum, default_value_t = Language::En)]
    language: Language,
}

#[derive(Clone, Copy, clap::ValueEnum)]
pub(crate) enum Language {
    Zh,
    En,
}

impl From<Language> for ::profile::Language {
    fn from(language: Language) -> Self {
        match language {
            Language::Zh => Self::Zh,
            Language::En => Self::En,
        }
    }
}

impl From<Language> for MessageLanguage {
    fn from(language: Language) -> Self {
        match language {
            Language::Zh => Self::Zh,
            Language::En => Self::En,
        }
    }
}

/// How a file went.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Went {
    AllIn,
    SomeRejected,
    Unreadable,
}

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let encoding = match &arguments.encoding {
        Some(name) => Some(
            name.parse::<Encoding>()
                .map_err(|fault| Failure::new(fault.to_string()))?,
        ),
        None => None,
    };
    let went = match (&arguments.data, &arguments.server, &arguments.key) {
        (Some(data), _, _) => {
            let registry = installation::open(data)?.registry;
            let here = Here {
                registry,
                runtime: runtime()?,
                arguments,
                encoding,
            };
            arguments
                .files
                .iter()
                .map(|file| here.submit(file))
                .collect::<Result<Vec<_>, _>>()?
        }
        (None, Some(server), Some(key)) => {
            let client = Client::open(
                server,
                key,
                Arc::new(SystemClock),
                Arc::new(SystemRandomness::new()),
            )?
            .with_language(arguments.language.into());
            arguments
                .files
                .iter()
                .map(|file| there(&client, file, arguments))
                .collect::<Result<Vec<_>, _>>()?
        }
        _ => {
            return Err(Failure::new(
                "either --data DIR or --server URL --key FILE is needed",
            ));
        }
    };
    Ok(match went.into_iter().max() {
        Some(Went::Unreadable) => ExitCode::FAILURE,
        Some(Went::SomeRejected) => ExitCode::from(3),
        Some(Went::AllIn) | None => ExitCode::SUCCESS,
    })
}

/// Submitting to a data directory of this machine.
struct Here<'a> {
    registry: Registry,
    runtime: Runtime,
    arguments: &'a Arguments,
    encoding: Option<Encoding>,
}

impl Here<'_> {
    fn submit(&self, path: &Path) -> Result<Went, Failure> {
        let source = File::open(path).map_err(|error| installation::at(path, &error))?;
        let length = source
            .metadata()
            .map_err(|error| installation::at(path, &error))?
            .len();
        let file = SubmissionFile {
            authority: self.arguments.authority.clone(),
            kind: self.arguments.kind,
            name: file_name(path),
            encoding: self.encoding,
        };
        let bar = bar(length);
        let done = self.registry.submit(&file, bar.wrap_read(source), &|rows| {
            bar.set_message(format!("{rows}"))
        });
        bar.finish_and_clear();
        match done {
            Ok(done) => self.report(path, &done),
            Err(SubmitError::File(fault)) => {
                unreadable(path, &fault, self.arguments);
                Ok(Went::Unreadable)
            }
            Err(error) => Err(error.into()),
        }
    }

    fn report(&self, path: &Path, done: &Submission) -> Result<Went, Failure> {
        let rejected = done.counts.rejected > 0;
        if self.arguments.json {
            self.print_json(done)?;
        } else {
            summary(path, done.counts, &done.submission.to_string());
        }
        if rejected {
            let target = rejected_path(path);
            write_whole(&target, |out| {
                let language = self.arguments.language.into();
                let by = ForBody::unnamed(&self.arguments.authority);
                self.registry.rejected_csv(&by, done.submission, language, out)?;
                Ok(())
            })?;
            remark(format_args!("the rejected rows are in {}", target.display()));
        }
        Ok(if rejected { Went::SomeRejected } else { Went::AllIn })
    }

    /// Prints the answer row by row, so that memory does not grow with the file.
    fn print_json(&self, done: &Submission) -> Result<(), Failure> {
        let mut out = BufWriter::new(io::stdout().lock());
        write!(
            out,
            r#"{{"submission":"{}","file_sha256":"{}","accepted":{},"unchanged":{},"rejected":{},"rows":["#,
            done.submission,
            done.file_sha256,
            done.counts.accepted,
            done.counts.unchanged,
            done.counts.rejected
        )?;
        let mut first = true;
        let mut from = 1;
        while let Some(rows) = self.rows(done.submission, from)? {
            for row in rows {
                from = row.row + 1;
                out.write_all(if first { b"" } else { b"," })?;
                serde_json::to_writer(&mut out, &self.row(&row))?;
                first = false;
            }
        }
        out.write_all(br#"],"receipt":"#)?;
        serde_json::to_writer(&mut out, &done.receipt)?;
        out.write_all(b"}\n")?;
        out.flush()?;
        Ok(())
    }

    fn rows(&self, id: SubmissionId, from: u64) -> Result<Option<Vec<RowView>>, Failure> {
        let rows = self.registry.submission_rows(&self.arguments.authority, id, from);
        Ok(self.runtime.block_on(rows)?)
    }

    fn row(&self, row: &RowView) -> Value {
        let outcome = match row.outcome {
            RowOutcome::Accepted => "accepted",
            RowOutcome::Unchanged => "unchanged",
            RowOutcome::Rejected => "rejected",
        };
        let fault = row.fault.as_ref();
        json!({
            "row": row.row,
            "outcome": outcome,
            "fault": fault.map(|fault| fault.code.as_str()),
            "column": fault.and_then(|fault| fault.column.as_deref()),
            "message": fault.map(|fault| message(fault, self.arguments.language)),
        })
    }
}

fn message(fault: &RowFault, language: Language) -> String {
    match language {
        Language::Zh => format!("{}。{}。", fault.message.zh, fault.expected.zh),
        Language::En => format!("{}; right would be: {}", fault.message.en, fault.expected.en),
    }
}

/// Submitting to a server.
fn there(client: &Client, path: &Path, arguments: &Arguments) -> Result<Went, Failure> {
    let length = std::fs::metadata(path)
        .map_err(|error| installation::at(path, &error))?
        .len();
    let bar = bar(length);
    let filed = client.submit(path, arguments.kind, &|bytes| bar.set_position(bytes));
    bar.finish_and_clear();
    let mut filed = filed?;
    if arguments.json {
        let mut out = io::stdout().lock();
        filed.write_json(&mut out)?;
        writeln!(out)?;
    } else {
        summary(path, filed.counts, &filed.submission);
    }
    if filed.counts.rejected == 0 {
        return Ok(Went::AllIn);
    }
    let target = rejected_path(path);
    let csv = client.rejected_csv(&filed.submission)?;
    write_whole(&target, |out| Ok(out.write_all(&csv)?))?;
    remark(format_args!("the rejected rows are in {}", target.display()));
    Ok(Went::SomeRejected)
}

fn summary(path: &Path, counts: registry::Counts, id: &str) {
    say(format_args!(
        "{}: {} accepted, {} unchanged, {} rejected; submission {id}",
        path.display(),
        counts.accepted,
        counts.unchanged,
        counts.rejected
    ));
}

fn unreadable(path: &Path, fault: &FileFault, arguments: &Arguments) {
    let (message, expected) = match arguments.language {
        Language::Zh => (&fault.message.zh, &fault.expected.zh),
        Language::En => (&fault.message.en, &fault.expected.en),
    };
    if arguments.json {
        say(json!({
            "submission": null, "accepted": 0, "unchanged": 0, "rejected": 0, "rows": [], "receipt": null,
            "fault": fault.code.as_str(), "column": fault.column, "message": message, "expected": expected,
        }));
    }
    let column = fault
        .column
        .as_ref()
        .map_or(String::new(), |column| format!(" ({column})"));
    remark(format_args!(
        "{}: {}: {message}{column}; {expected}",
        path.display(),
        fault.code
    ));
}

/// A bar that follows the file's bytes, on a terminal; silent elsewhere.
fn bar(length: u64) -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(length);
    // The template is a constant of the right form, so the fallback is never taken.
    let style = ProgressStyle::with_template("{wide_bar} {bytes}/{total_bytes}, {msg} rows, {eta}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

fn rejected_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".rejected.csv");
    name.into()
}

/// Writes a file that is there whole or not at all.
fn write_whole(path: &Path, fill: impl FnOnce(&mut dyn Write) -> Result<(), Failure>) -> Result<(), Failure> {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    let part = PathBuf::from(name);
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    // It holds names and identity numbers: readable by its owner alone.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options
        .open(&part)
        .map_err(|error| installation::at(&part, &error))?;
    let mut out = BufWriter::new(file);
    fill(&mut out)?;
    out.flush()
        .and_then(|()| out.get_ref().sync_all())
        .map_err(|error| installation::at(&part, &error))?;
    std::fs::rename(&part, path).map_err(|error| installation::at(path, &error))
}
