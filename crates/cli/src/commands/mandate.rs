//! `standing mandate`: who represents a person, for what, and until when.

use std::{path::PathBuf, process::ExitCode};

use jiff::civil::Date;
use model::MandateId;
use registry::{INSTALLATION, Mandate, MandateScope, NewMandate, Registry};
use serde::Deserialize;

use super::{
    person::{self, Person},
    runtime,
    said::{ended, now_ended},
};
use crate::{
    failure::{Failure, Outcome, say},
    installation,
    words::{Language, both},
};

/// What may be done for a person.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(crate) enum Scope {
    /// Read what is held about them.
    Records,
    /// Answer, pause, resume and take back consents.
    Consents,
    /// Take their steps in procedures.
    Procedures,
}

impl From<Scope> for MandateScope {
    fn from(scope: Scope) -> Self {
        match scope {
            Scope::Records => Self::Records,
            Scope::Consents => Self::Consents,
            Scope::Procedures => Self::Procedures,
        }
    }
}

/// What to do with mandates.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Register a mandate, on papers that were seen. The person is told.
    Register {
        /// A file with both, as JSON: {"name": "…", "id_number": "…", "representative_id_number": "…"}; "-" is
        /// standard input. They are not given on the command line, where other users of the machine could read them.
        #[arg(long, value_name = "FILE")]
        people: PathBuf,
        /// For what: any of records, consents, procedures, parted by commas.
        #[arg(long, value_enum, value_delimiter = ',', required = true)]
        scope: Vec<Scope>,
        /// The first day, such as 2026-11-23. Today, if not given.
        #[arg(long, value_name = "DATE")]
        from: Option<Date>,
        /// The last day.
        #[arg(long, value_name = "DATE")]
        until: Date,
        /// The data directory.
        #[arg(long)]
        data: PathBuf,
    },
    /// End a mandate before its last day. It holds no longer at once, and the person is told.
    End {
        /// The mandate, as `standing mandate list` prints it.
        mandate: MandateId,
        /// A file with the person who is represented, as JSON: {"name": "…", "id_number": "…"}; "-" is standard input.
        #[arg(long, value_name = "FILE")]
        person: PathBuf,
        /// The data directory.
        #[arg(long)]
        data: PathBuf,
    },
    /// List the mandates for one person, ended ones too.
    List {
        /// A file with the person who is represented, as JSON: {"name": "…", "id_number": "…"}; "-" is standard input.
        #[arg(long, value_name = "FILE")]
        person: PathBuf,
        /// Print one line of JSON.
        #[arg(long)]
        json: bool,
        /// The data directory.
        #[arg(long)]
        data: PathBuf,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct People {
    name: String,
    id_number: String,
    representative_id_number: String,
}

const PEOPLE: &str = r#"{"name": "…", "id_number": "…", "representative_id_number": "…"}"#;
const PERSON: &str = r#"{"name": "…", "id_number": "…"}"#;

pub(crate) fn run(command: &Command, language: Language) -> Outcome {
    match command {
        Command::Register {
            people,
            scope,
            from,
            until,
            data,
        } => {
            let people: People = person::read(people, PEOPLE)?;
            let registry = installation::open(data)?.registry;
            let number = registry
                .profile()
                .identity
                .check(&people.representative_id_number);
            let number = number.map_err(|_| {
                Failure::new(both!(
                    "代理人的证件号码不符合格式",
                    "the representative's identity number is not one"
                ))
            })?;
            let mandate = runtime()?.block_on(async {
                let new = NewMandate {
                    person: person::find(&registry, &people.id_number, &people.name).await?,
                    representative: registry.keys().person(&number.canonical),
                    scope: scope.iter().copied().map(Into::into).collect(),
                    from: from.unwrap_or(registry.today()),
                    until: *until,
                    registered_by: INSTALLATION.to_owned(),
                };
                Ok::<_, Failure>(registry.register_mandate(new).await?)
            })?;
            say(mandate);
        }
        Command::End {
            mandate,
            person: file,
            data,
        } => {
            let who: Person = person::read(file, PERSON)?;
            let registry = installation::open(data)?.registry;
            runtime()?.block_on(async {
                let person = person::find(&registry, &who.id_number, &who.name).await?;
                Ok::<_, Failure>(registry.end_mandate(person, *mandate, INSTALLATION).await?)
            })?;
            say(now_ended(&mandate.to_string()).get(language));
        }
        Command::List {
            person: file,
            json,
            data,
        } => {
            let who: Person = person::read(file, PERSON)?;
            list(&installation::open(data)?.registry, &who, *json, language)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn list(registry: &Registry, who: &Person, json: bool, language: Language) -> Result<(), Failure> {
    let mandates = runtime()?.block_on(async {
        let person = person::find(registry, &who.id_number, &who.name).await?;
        Ok::<_, Failure>(registry.mandates_of(person).await?)
    })?;
    let words = |one: &Mandate| one.scope.iter().map(|scope| scope.as_str()).collect::<Vec<_>>();
    if json {
        // Whom it is about is known to whoever asks, and who represents them is not told apart by more than that.
        let all: Vec<_> = mandates
            .iter()
            .map(|one| {
                serde_json::json!({
                    "mandate": one.mandate,
                    "representative": registry.keys().person_for_authority(one.representative, INSTALLATION),
                    "scope": words(one),
                    "from": one.from,
                    "until": one.until,
                    "ended_at": one.ended_at,
                })
            })
            .collect();
        say(serde_json::to_string(&all)?);
        return Ok(());
    }
    for one in &mandates {
        let ended = ended(one.ended_at.is_some(), language);
        say(format_args!(
            "{} {} {} {}{ended}",
            one.mandate,
            words(one).join(","),
            one.from,
            one.until
        ));
    }
    Ok(())
}
