//! `standing call`: one signed call of a server's interface.

use std::{io::Write as _, path::PathBuf, process::ExitCode, sync::Arc};

use api::client::Client;
use keys::SystemRandomness;
use serde_json::Value;

use super::person;
use crate::{
    clock::SystemClock,
    failure::{Failure, Outcome},
    installation,
    language::of_messages,
    words::{Language, both},
};

/// Call a server's interface once, signed.
///
/// For whatever the interface has and no command of its own does; SERVER/api/v1/openapi.json says what that is. The
/// answer goes to standard output. Nothing is tried again: a look counts each time that it is sent.
///
/// Examples:
///   standing call get /api/v1/procedures --server https://standing.example --key clerk.pem
///   standing call post /api/v1/consents --body ask.json --server https://standing.example --key clerk.pem
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// The method.
    #[arg(value_enum)]
    method: Method,
    /// The path, such as /api/v1/procedures. Nothing personal stands in any.
    path: String,
    /// The address of the server.
    #[arg(long)]
    server: String,
    /// The file with the key: a body's for what bodies do, a reviewer's for what reviewers do.
    #[arg(long)]
    key: PathBuf,
    /// A file with the body, as JSON; "-" is standard input.
    #[arg(long, value_name = "FILE")]
    body: Option<PathBuf>,
    /// Write the answer to this new file.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Method {
    Get,
    Post,
}

pub(crate) fn run(arguments: &Arguments, language: Language) -> Outcome {
    if !arguments.path.starts_with('/') {
        return Err(Failure::new(both!(
            "路径应以斜线开头，如 /api/v1/procedures",
            "the path begins with a slash, such as /api/v1/procedures"
        )));
    }
    let body: Option<Value> = arguments
        .body
        .as_deref()
        .map(|file| person::read(file, "JSON"))
        .transpose()?;
    let client = Client::open(
        &arguments.server,
        &arguments.key,
        Arc::new(SystemClock),
        Arc::new(SystemRandomness::new()),
    )?
    .with_language(of_messages(language));
    let method = match arguments.method {
        Method::Get => "GET",
        Method::Post => "POST",
    };
    let called = client.call(method, &arguments.path, body.as_ref())?;
    match &arguments.out {
        Some(file) => {
            let written = std::fs::File::create_new(file).and_then(|mut out| {
                out.write_all(&called.body)?;
                out.sync_all()
            });
            written.map_err(|error| installation::at(file, &error))?;
        }
        None => {
            let mut out = std::io::stdout().lock();
            out.write_all(&called.body)?;
            if called.content_type.starts_with("application/json") {
                out.write_all(b"\n")?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}
