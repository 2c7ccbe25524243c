//! `standing submit`.

use std::{
    fs::File,
    io::{self, BufWriter, IsTerminal as _, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use api::client::{Client, ClientError, Refusal, Trying, sha256_of};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use indicatif::{ProgressBar, ProgressStyle};
use intake::{Encoding, FaultCode, FileFault, RowFault};
use keys::SystemRandomness;
use model::{RecordKind, SubmissionId};
use registry::{ForBody, Registry, RowOutcome, RowView, Submission, SubmissionFile, SubmitError};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use super::{rejected, runtime};
use crate::{
    clock::SystemClock,
    errors::InChinese as _,
    failure::{Failure, Outcome, remark, say},
    installation,
    language::of_messages,
    words::{Language, both},
};

/// Submit files of records for an authority.
///
/// The rejected rows are written to FILE.rejected.csv, to be mended and sent again; sending rows again is harmless. A
/// file of that name that holds something else is left as it is, and the rows go to FILE.rejected-2.csv, or the next
/// free number. Standard error says where they are.
///
/// Exit status: 0 when every row got in, 3 when some were rejected, 1 when nothing of a file could be read or filed.
/// Of several files each is tried, and the worst counts.
#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("target").args(["data", "server"]).required(true))]
pub(crate) struct Arguments {
    /// CSV, JSON Lines or XLSX files.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The authority's id in the profile, such as law-bureau.
    #[arg(long)]
    authority: String,
    /// The kind of the records.
    #[arg(long = "type", value_parser = kinds())]
    kind: RecordKind,
    /// The data directory, when this machine holds it.
    #[arg(long, conflicts_with = "key")]
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
    /// Print one line of JSON for each file, also for one of which nothing could be read.
    #[arg(long)]
    json: bool,
}

/// The kinds of records, each by its word.
fn kinds() -> impl TypedValueParser<Value = RecordKind> {
    PossibleValuesParser::new(["licence", "decision", "training", "commendation"])
        .try_map(|word| word.parse::<RecordKind>())
}

/// How a file went.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Went {
    AllIn,
    SomeRejected,
    Unreadable,
}

pub(crate) fn run(arguments: &Arguments, language: Language) -> Outcome {
    let encoding = match &arguments.encoding {
        Some(name) => Some(name.parse::<Encoding>().map_err(|error| {
            let name = name.as_str();
            Failure::new(both!(
                "--encoding：应为 UTF-8 或 GB18030，而不是 {name}",
                "--encoding: {error}"
            ))
        })?),
        None => None,
    };
    let went = match (&arguments.data, &arguments.server, &arguments.key) {
        (Some(data), _, _) => {
            let registry = installation::open(data)?.registry;
            let here = Here {
                language,
                runtime: runtime()?,
                arguments,
                encoding,
                registry,
            };
            arguments
                .files
                .iter()
                .map(|file| here.submit(file))
                .collect::<Result<Vec<_>, _>>()?
        }
        (None, Some(server), Some(key)) => {
            let bar = bar(0, language);
            let shown = bar.clone();
            let client = Client::open(
                server,
                key,
                Arc::new(SystemClock),
                Arc::new(SystemRandomness::new()),
            )?
            .with_language(of_messages(language))
            .filing_for(arguments.authority.as_str())
            .with_remark(move |trying| shown.suspend(|| remark(again(trying, language))));
            arguments
                .files
                .iter()
                .map(|file| there(&client, file, arguments, language, &bar))
                .collect::<Result<Vec<_>, _>>()?
        }
        _ => {
            return Err(Failure::new(both!(
                "须写明 --data DIR，或者 --server URL --key FILE",
                "either --data DIR or --server URL --key FILE is needed"
            )));
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
    language: Language,
    runtime: Runtime,
    arguments: &'a Arguments,
    encoding: Option<Encoding>,
}

impl Here<'_> {
    fn submit(&self, path: &Path) -> Result<Went, Failure> {
        let (source, length) = match open(path, self.language) {
            Ok(opened) => opened,
            Err(fault) => return Ok(unreadable(path, &fault, self.arguments.json, self.language)),
        };
        let file = SubmissionFile {
            authority: self.arguments.authority.clone(),
            kind: self.arguments.kind,
            name: file_name(path),
            encoding: self.encoding,
        };
        let bar = bar(length, self.language);
        let done = self.registry.submit(&file, bar.wrap_read(source), &|rows| {
            bar.set_message(format!("{rows}"))
        });
        bar.finish_and_clear();
        match done {
            Ok(done) => self.report(path, &done),
            Err(SubmitError::File(fault)) => {
                let fault = Unread::of(&fault, self.language);
                Ok(unreadable(path, &fault, self.arguments.json, self.language))
            }
            Err(error) => Err(error.into()),
        }
    }

    fn report(&self, path: &Path, done: &Submission) -> Result<Went, Failure> {
        let rejected = done.counts.rejected > 0;
        if self.arguments.json {
            self.print_json(done)?;
        } else {
            summary(path, done.counts, &done.submission.to_string(), self.language);
        }
        if !rejected {
            rejected::none(path, self.language);
            return Ok(Went::AllIn);
        }
        rejected::keep(path, self.language, |out| {
            let language = of_messages(self.language);
            let by = ForBody::unnamed(&self.arguments.authority);
            self.registry.rejected_csv(&by, done.submission, language, out)?;
            Ok(())
        });
        Ok(Went::SomeRejected)
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
            "message": fault.map(|fault| message(fault, self.language)),
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
fn there(
    client: &Client,
    path: &Path,
    arguments: &Arguments,
    language: Language,
    bar: &ProgressBar,
) -> Result<Went, Failure> {
    let cannot = |fault: &Unread| unreadable(path, fault, arguments.json, language);
    let length = match open(path, language) {
        Ok((_, length)) => length,
        Err(fault) => return Ok(cannot(&fault)),
    };
    bar.reset();
    bar.set_length(length);
    let filed = client.submit(path, arguments.kind, &|bytes| bar.set_position(bytes));
    bar.finish_and_clear();
    let mut filed = match filed {
        Ok(filed) => filed,
        Err(ClientError::File(error)) => {
            return Ok(cannot(&Unread::system(&error, language)));
        }
        Err(ClientError::Refused(refusal)) => {
            // What is refused to this sender is so for each file.
            if [401, 403].contains(&refusal.status) {
                cannot(&Unread::of_refusal(&refusal));
                return Err(ClientError::Refused(refusal).into());
            }
            return Ok(cannot(&Unread::of_refusal(&refusal)));
        }
        Err(error) => return Err(error.into()),
    };
    if arguments.json {
        let mut out = io::stdout().lock();
        filed.write_json(&mut out)?;
        writeln!(out)?;
    } else {
        summary(path, filed.counts, &filed.submission, language);
    }
    if filed.counts.rejected == 0 {
        rejected::none(path, language);
        return Ok(Went::AllIn);
    }
    rejected::keep(path, language, |out| {
        Ok(out.write_all(&client.rejected_csv(&filed.submission)?)?)
    });
    Ok(Went::SomeRejected)
}

/// What is said of a server that is tried again.
pub(super) fn again(trying: &Trying, language: Language) -> String {
    let Trying { server, cause, until } = trying;
    let until = until.strftime("%F %T UTC");
    match language {
        Language::Zh => format!("无法连接 {server}（{cause}），将重试至 {until}"),
        Language::En => format!("cannot reach {server} ({cause}), trying again until {until}"),
    }
}

/// Opens a file, and says how long it is.
fn open(path: &Path, language: Language) -> Result<(File, u64), Unread> {
    let opened = File::open(path).and_then(|file| Ok((file.metadata()?, file)));
    match opened {
        Ok((about, _)) if about.is_dir() => Err(Unread::folder(language)),
        Ok((about, file)) => Ok((file, about.len())),
        Err(error) => Err(Unread::system(&error, language)),
    }
}

fn summary(path: &Path, counts: registry::Counts, id: &str, language: Language) {
    let registry::Counts {
        accepted,
        unchanged,
        rejected,
    } = counts;
    let path = path.display();
    say(match language {
        Language::Zh => {
            format!("{path}：已收 {accepted} 行，未变 {unchanged} 行，未收 {rejected} 行；报送编号 {id}")
        }
        Language::En => {
            format!(
                "{path}: {accepted} accepted, {unchanged} unchanged, {rejected} rejected; submission {id}"
            )
        }
    });
}

/// Why nothing of a file was filed.
struct Unread {
    fault: String,
    column: Option<String>,
    message: String,
    expected: Option<String>,
}

impl Unread {
    fn of(fault: &FileFault, language: Language) -> Self {
        let (message, expected) = match language {
            Language::Zh => (&fault.message.zh, &fault.expected.zh),
            Language::En => (&fault.message.en, &fault.expected.en),
        };
        Self {
            fault: fault.code.as_str().to_owned(),
            column: fault.column.as_ref().map(ToString::to_string),
            message: message.to_string(),
            expected: Some(expected.to_string()),
        }
    }

    fn of_refusal(refusal: &Refusal) -> Self {
        let Refusal {
            code,
            title,
            fault,
            column,
            message,
            expected,
            ..
        } = refusal;
        Self {
            fault: fault.as_ref().unwrap_or(code).clone(),
            column: column.clone(),
            message: message.as_ref().unwrap_or(title).clone(),
            expected: expected.clone(),
        }
    }

    /// The file is missing, or this machine cannot read it.
    fn system(error: &io::Error, language: Language) -> Self {
        let missing = error.kind() == io::ErrorKind::NotFound;
        let message = match (missing, language) {
            (true, Language::Zh) => "没有这个文件".to_owned(),
            (true, Language::En) => "there is no such file".to_owned(),
            (false, Language::Zh) => format!("无法读取文件：{}", error.zh()),
            (false, Language::En) => format!("the file cannot be read: {error}"),
        };
        Self {
            fault: if missing {
                "file-missing"
            } else {
                FaultCode::FileUnreadable.as_str()
            }
            .to_owned(),
            column: None,
            message,
            expected: None,
        }
    }

    fn folder(language: Language) -> Self {
        let (message, expected) = match language {
            Language::Zh => ("这是一个文件夹", "请写出其中的各个文件"),
            Language::En => ("this is a folder", "name the files in it"),
        };
        Self {
            fault: "file-is-folder".to_owned(),
            column: None,
            message: message.to_owned(),
            expected: Some(expected.to_owned()),
        }
    }
}

/// Says why nothing of a file was filed. The line of JSON has every key of one about a file that was filed.
fn unreadable(path: &Path, why: &Unread, json: bool, language: Language) -> Went {
    if json {
        // What is no file, such as a pipe, cannot be read once more.
        let sha256 = path.is_file().then(|| sha256_of(path).ok()).flatten();
        say(json!({
            "submission": null, "file_sha256": sha256, "accepted": 0, "unchanged": 0, "rejected": 0, "rows": [],
            "receipt": null, "fault": why.fault, "column": why.column, "message": why.message,
            "expected": why.expected,
        }));
    }
    let (open, close, then) = match language {
        Language::Zh => ("（", "）", "；"),
        Language::En => (" (", ")", "; "),
    };
    let column = why.column.as_ref();
    let column = column.map_or(String::new(), |column| format!("{open}{column}{close}"));
    let expected = why.expected.as_ref();
    let expected = expected.map_or(String::new(), |expected| format!("{then}{expected}"));
    remark(format_args!(
        "{}: {}: {}{column}{expected}",
        path.display(),
        why.fault,
        why.message
    ));
    Went::Unreadable
}

/// A bar that follows the file's bytes, on a terminal; silent elsewhere.
fn bar(length: u64, language: Language) -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(length);
    let template = match language {
        Language::Zh => "{wide_bar} {bytes}/{total_bytes}，{msg} 行，{eta}",
        Language::En => "{wide_bar} {bytes}/{total_bytes}, {msg} rows, {eta}",
    };
    // Both are constants of the right form, so the fallback is never taken.
    let style = ProgressStyle::with_template(template);
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}
