//! `standing log`: `verify` re-reads every entry and every tile, and proves the checkpoint; `receipt` is in a file of its
//! own.

use std::{io::Read as _, path::PathBuf, process::ExitCode, sync::Arc};

use api::client::{Client, ClientError};
use keys::SystemRandomness;
use registry::StoredLog;
use tlog::{EntriesId, LogReader, TileId, TilePath, VerifierKey, verify_log};
use tokio::runtime::Runtime;

use super::runtime;
use crate::{
    clock::SystemClock,
    errors::InChinese,
    failure::{Failure, Outcome, say},
    installation,
    words::{Language, Text2, both},
};

/// What to do with the log.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Re-read the whole log and prove its checkpoint.
    ///
    /// Of a data directory, also one that is being served, or of a server with --url and --vkey.
    Verify {
        /// The data directory, when this machine holds it.
        #[arg(long, conflicts_with_all = ["url", "vkey", "key"])]
        data: Option<PathBuf>,
        /// The address of a log, such as https://standing.example/log.
        #[arg(long, requires = "vkey")]
        url: Option<String>,
        /// The key that verifies its checkpoints: name+key id+key.
        #[arg(long, requires = "url")]
        vkey: Option<String>,
        /// The file with a registered key, as `standing key new` writes it: an auditor's, or one of a body. Servers give the
        /// whole log to those with such a key; a demonstration gives it to everybody.
        #[arg(long, requires = "url", value_name = "FILE")]
        key: Option<PathBuf>,
    },
    // What it is for is said in whole beside its arguments.
    Receipt(super::receipt::Arguments),
}

pub(crate) fn run(command: &Command, language: Language) -> Outcome {
    let (data, url, vkey, key) = match command {
        Command::Verify { data, url, vkey, key } => (data, url, vkey, key),
        Command::Receipt(arguments) => return super::receipt::run(arguments, language),
    };
    let summary = match (data, url, vkey) {
        (Some(data), _, _) => {
            let mut reader = Here {
                log: installation::open_log(data)?,
                runtime: runtime()?,
            };
            let key = reader.runtime.block_on(reader.log.summary())?.verifier_key;
            verify_log(&mut reader, &[parse(&key)?])?
        }
        (None, Some(url), Some(vkey)) => {
            let vkey = parse(vkey)?;
            let prefix = url.trim_end_matches('/');
            match key {
                Some(file) => {
                    let (clock, randomness) = (Arc::new(SystemClock), Arc::new(SystemRandomness::new()));
                    let mut reader = WithKey(Client::open(prefix, file, clock, randomness)?);
                    verify_log(&mut reader, &[vkey])?
                }
                None => {
                    let mut reader = There {
                        agent: agent(),
                        prefix: prefix.to_owned(),
                    };
                    verify_log(&mut reader, &[vkey])?
                }
            }
        }
        _ => {
            return Err(Failure::new(both!(
                "须写明 --data DIR，或者 --url URL --vkey KEY",
                "either --data DIR or --url URL --vkey KEY is needed"
            )));
        }
    };
    let checkpoint = &summary.opened.checkpoint;
    let (size, root) = (checkpoint.size(), checkpoint.root());
    say(match language {
        Language::Zh => format!("日志完整无误：共 {size} 片叶子，根 {root}"),
        Language::En => format!("the log holds: {size} leaves, root {root}"),
    });
    Ok(ExitCode::SUCCESS)
}

fn parse(key: &str) -> Result<VerifierKey, Failure> {
    Ok(key.parse()?)
}

/// The log of a data directory.
struct Here {
    log: StoredLog,
    runtime: Runtime,
}

impl Here {
    fn fetch(&self, path: TilePath) -> Result<Vec<u8>, Missing> {
        let bytes = self
            .runtime
            .block_on(self.log.tile(path))
            .map_err(|error| Missing::of(&error))?;
        bytes.ok_or_else(|| Missing(both!("不存在", "it is not there")))
    }
}

/// A part of the log cannot be had.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.en)]
struct Missing(Text2);

impl Missing {
    fn of(error: &impl InChinese) -> Self {
        Self(Text2 {
            zh: error.zh(),
            en: error.to_string(),
        })
    }
}

impl InChinese for Missing {
    fn zh(&self) -> String {
        self.0.zh.clone()
    }
}

impl LogReader for Here {
    type Error = Missing;

    fn checkpoint(&mut self) -> Result<Vec<u8>, Missing> {
        let summary = self.runtime.block_on(self.log.summary());
        summary
            .map(|summary| summary.checkpoint.into_bytes())
            .map_err(|error| Missing::of(&error))
    }

    fn tile(&mut self, id: TileId) -> Result<Vec<u8>, Missing> {
        self.fetch(TilePath::Hashes(id))
    }

    fn entries(&mut self, id: EntriesId) -> Result<Vec<u8>, Missing> {
        self.fetch(TilePath::Entries(id))
    }
}

/// A log elsewhere.
struct There {
    agent: ureq::Agent,
    prefix: String,
}

/// The largest part of a log: a bundle of entries.
const LONGEST_PART: u64 = 17 * 1024 * 1024;

fn agent() -> ureq::Agent {
    let timeout = Some(std::time::Duration::from_secs(30));
    ureq::Agent::config_builder()
        .timeout_global(timeout)
        .build()
        .into()
}

/// What is said where a server wants to know who reads.
fn key_needed() -> Text2 {
    both!(
        "该系统只向持有已登记密钥的一方提供整个日志：请用 --key FILE 指明密钥文件。核对检查点和回执不需要密钥",
        "this server gives the whole log to those with a registered key; name the file with yours by --key FILE. A \
         checkpoint, and whether a receipt holds, anybody can check without"
    )
}

impl There {
    fn fetch(&self, path: &str) -> Result<Vec<u8>, Missing> {
        let failed = |error: &dyn std::fmt::Display| Missing(both!("{path}：{error}", "{path}: {error}"));
        let answer =
            self.agent
                .get(format!("{}/{path}", self.prefix))
                .call()
                .map_err(|error| match error {
                    ureq::Error::StatusCode(401) => Missing(key_needed()),
                    error => failed(&error),
                })?;
        let mut bytes = Vec::new();
        let mut body = answer.into_body().into_reader().take(LONGEST_PART);
        body.read_to_end(&mut bytes).map_err(|error| failed(&error))?;
        Ok(bytes)
    }
}

impl LogReader for There {
    type Error = Missing;

    fn checkpoint(&mut self) -> Result<Vec<u8>, Missing> {
        self.fetch("checkpoint")
    }

    fn tile(&mut self, id: TileId) -> Result<Vec<u8>, Missing> {
        self.fetch(&id.to_string())
    }

    fn entries(&mut self, id: EntriesId) -> Result<Vec<u8>, Missing> {
        self.fetch(&id.to_string())
    }
}

/// A log elsewhere, for whoever has a registered key: every request is signed.
struct WithKey(Client);

impl WithKey {
    fn fetch(&self, path: &str) -> Result<Vec<u8>, ClientError> {
        self.0.fetch(&format!("/{path}"))
    }
}

impl LogReader for WithKey {
    type Error = ClientError;

    fn checkpoint(&mut self) -> Result<Vec<u8>, ClientError> {
        self.fetch("checkpoint")
    }

    fn tile(&mut self, id: TileId) -> Result<Vec<u8>, ClientError> {
        self.fetch(&id.to_string())
    }

    fn entries(&mut self, id: EntriesId) -> Result<Vec<u8>, ClientError> {
        self.fetch(&id.to_string())
    }
}
