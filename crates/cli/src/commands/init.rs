//! `standing init`.

use std::{path::PathBuf, process::ExitCode};

use crate::{
    failure::{Failure, Outcome, say},
    installation::{self, Settings},
};

/// Make a data directory.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The data directory to make.
    #[arg(long)]
    data: PathBuf,
    /// The folder of the profile, such as profiles/gansu.
    #[arg(long)]
    profile: PathBuf,
    /// The address under which the installation will be known. It names the issuer of certificates and the
    /// log, and never changes.
    #[arg(long)]
    public_url: String,
    /// A PostgreSQL connection string, such as "host=/run/postgresql dbname=standing". Its password, if it
    /// needs one, comes from the file that PGPASSFILE names.
    #[arg(long)]
    postgres: Option<String>,
}

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let url = arguments.public_url.trim_end_matches('/');
    let host = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://localhost"));
    if host.is_none() || url.contains(char::is_whitespace) || url.contains(['?', '#']) {
        return Err(Failure::new(
            "--public-url: an address such as https://standing.example is expected",
        ));
    }
    let settings = Settings {
        public_url: url.to_owned(),
        demo: false,
        postgres: arguments.postgres.clone(),
        mail: None,
    };
    installation::create(&arguments.data, &arguments.profile, &settings)?;
    installation::open(&arguments.data)?;
    say(format_args!("{} is ready", arguments.data.display()));
    say("Keep a copy of keys/installation.key in a safe place: without it nothing that is held can be read.");
    Ok(ExitCode::SUCCESS)
}
