//! `standing certificate`: issue, present, verify, and the trust file for verifying offline.

use std::{
    io::Read as _,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use model::{Clock as _, RecordKind};
use registry::{Answer, Checker, Registry};
use serde_json::Value;

use super::{person::nobody, runtime};
use crate::{
    clock::SystemClock,
    failure::{Failure, Outcome, say},
    installation,
    words::{Language, Text2, both},
};

/// What to do with certificates.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Issue a certificate about one licence of a person.
    Issue(Issue),
    /// Choose what of a certificate to disclose.
    Present(Present),
    /// Verify a certificate, offline unless asked otherwise.
    ///
    /// Exit status: 0 genuine, in date and not revoked; 1 revoked, expired, altered, of an unknown issuer or not readable; 4
    /// genuine, but whether it was revoked could not be checked. The certificate of a suspended licence has 0 too: see what it
    /// says of the licence, in JSON licence_status.
    ///
    /// In JSON, what a valid certificate says is in claims. What any other one said when it was issued is in claims_as_issued,
    /// and may no longer be so. An altered one whose text is cut short has incomplete.
    Verify(Verify),
    /// Print the trust file that verifiers need: the issuer's keys and its status lists as of now.
    Trust {
        /// The data directory.
        #[arg(long)]
        data: PathBuf,
    },
}

/// Issue a certificate.
#[derive(clap::Args)]
pub(crate) struct Issue {
    /// A file with the holder, as JSON: {"name": "…", "id_number": "…"}; "-" is standard input. They are not
    /// given on the command line, where other users of the machine could read them.
    #[arg(long)]
    holder: PathBuf,
    /// The number of the licence.
    #[arg(long)]
    licence: String,
    /// The holder's public key as a JWK in a file, to prove by that the presenter is the holder.
    #[arg(long)]
    holder_key: Option<PathBuf>,
    /// Write a PDF too.
    #[arg(long)]
    pdf: Option<PathBuf>,
    /// The data directory.
    #[arg(long)]
    data: PathBuf,
}

/// Choose what to disclose.
#[derive(clap::Args)]
pub(crate) struct Present {
    /// The certificate: its text, a PDF, or a picture of its QR code.
    file: PathBuf,
    /// What to disclose besides profession, authority and status: any of name, licence_number,
    /// first_granted_on, valid_until, decision_in_force, whole_years_without_decision, and where it has them
    /// green_channel_years, training_hours_YEAR, pledge_ID.
    #[arg(long, value_delimiter = ',')]
    disclose: Vec<String>,
}

/// Verify a certificate.
#[derive(clap::Args)]
pub(crate) struct Verify {
    /// The certificate: its text, a PDF, or a picture of its QR code.
    file: PathBuf,
    /// The trust file.
    #[arg(long)]
    trust: PathBuf,
    /// Fetch the current status list.
    #[arg(long)]
    online: bool,
    /// Print the answer as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Holder {
    name: String,
    id_number: String,
}

pub(crate) fn run(command: &Command, language: Language) -> Outcome {
    match command {
        Command::Issue(arguments) => issue(arguments),
        Command::Present(arguments) => present(arguments),
        Command::Verify(arguments) => verify(arguments, language),
        Command::Trust { data } => {
            let registry = installation::open(data)?.registry;
            let trust = runtime()?.block_on(registry.trust())?;
            say(serde_json::to_string(&trust)?);
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn issue(arguments: &Issue) -> Outcome {
    let holder: Holder = serde_json::from_slice(&read(&arguments.holder)?).map_err(|_| {
        Failure::new(both!(
            "--holder：应为 {{\"name\": \"…\", \"id_number\": \"…\"}}",
            "--holder: {{\"name\": \"…\", \"id_number\": \"…\"}} is expected"
        ))
    })?;
    let holder_key = match &arguments.holder_key {
        Some(file) => {
            let jwk: sd_jwt::Jwk = serde_json::from_slice(&read(file)?).map_err(|_| {
                Failure::new(both!(
                    "--holder-key：应为 JWK 格式的公钥",
                    "--holder-key: a public key as a JWK is expected"
                ))
            })?;
            Some(jwk.public_key()?)
        }
        None => None,
    };
    let opened = installation::open(&arguments.data)?;
    let registry = &opened.registry;
    let issued = runtime()?.block_on(async {
        let person = registry.find_person(&holder.id_number, &holder.name).await?;
        let person = person.ok_or_else(nobody)?;
        let file = registry.person_file(person, registry::EventKind::OwnLook).await?;
        let field = licence_number_field(registry)?;
        let licence = file.records.iter().find(|record| {
            record.kind == RecordKind::Licence
                && record.fields.get(&field).and_then(Value::as_str) == Some(&arguments.licence)
        });
        let licence = licence
            .ok_or_else(|| Failure::new(both!("该人没有这项许可", "this person has no such licence")))?
            .record;
        Ok::<_, Failure>(registry.issue_certificate(person, licence, holder_key).await?)
    })?;
    if let Some(path) = &arguments.pdf {
        let fonts = paper::Fonts::load()?;
        let pdf = web::certificate_pdf(registry, &fonts, &issued.text)?;
        std::fs::write(path, pdf).map_err(|error| installation::at(path, &error))?;
    }
    say(&issued.text);
    Ok(ExitCode::SUCCESS)
}

fn licence_number_field(registry: &Registry) -> Result<String, Failure> {
    let record_type = registry.profile().record_type(RecordKind::Licence);
    let field = record_type.and_then(|one| one.field_of_kind("licence-number"));
    field.map(|field| field.name.clone()).ok_or_else(|| {
        Failure::new(both!(
            "规则集中没有许可编号",
            "the profile has no licence numbers"
        ))
    })
}

fn present(arguments: &Present) -> Outcome {
    let text = compact(&arguments.file)?;
    let disclose: Vec<&str> = arguments.disclose.iter().map(String::as_str).collect();
    say(sd_jwt::present(&text, &disclose)?);
    Ok(ExitCode::SUCCESS)
}

fn verify(arguments: &Verify, language: Language) -> Outcome {
    let text = match paper::read_back(&read(&arguments.file)?) {
        Ok(found) => found.compact,
        Err(error) => {
            let words = |language| web::unreadable_in_words(&error, language);
            return Err(Failure::new(Text2 {
                zh: words(Language::Zh),
                en: words(Language::En),
            }));
        }
    };
    let now = SystemClock.now().as_second();
    let trust = read(&arguments.trust)?;
    let mut checker = Checker::from_json(&trust, now)?;
    let mut not_fetched = None;
    if arguments.online
        && let Some(uri) = Checker::status_uri(&text)
    {
        match fetch(&uri) {
            Ok(token) => {
                checker.add_status_list(&token, now);
            }
            Err(failure) => not_fetched = Some(failure.get(language).to_owned()),
        }
    }
    let check = checker.check(&text, now);
    if arguments.json {
        say(serde_json::to_string(&check)?);
    } else {
        let said = web::check_in_words(&check, language, arguments.online, not_fetched.as_deref());
        say(said.join("\n"));
    }
    Ok(match check.answer {
        Answer::Valid => ExitCode::SUCCESS,
        Answer::StatusNotChecked => ExitCode::from(4),
        _ => ExitCode::FAILURE,
    })
}

/// The certificate's text in a file of any form that it comes in.
fn compact(path: &Path) -> Result<String, Failure> {
    Ok(paper::read_back(&read(path)?)?.compact)
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let limit = paper::MAX_INPUT_BYTES as u64 + 1;
    let mut bytes = Vec::new();
    if path.as_os_str() == "-" {
        std::io::stdin().lock().take(limit).read_to_end(&mut bytes)?;
    } else {
        let file = std::fs::File::open(path).map_err(|error| installation::at(path, &error))?;
        file.take(limit)
            .read_to_end(&mut bytes)
            .map_err(|error| installation::at(path, &error))?;
    }
    Ok(bytes)
}

fn fetch(uri: &str) -> Result<String, Failure> {
    let config = ureq::Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(10)))
        .build();
    let mut answer = ureq::Agent::from(config).get(uri).call()?;
    Ok(answer
        .body_mut()
        .with_config()
        .limit(sd_jwt::MAX_TOKEN_BYTES as u64)
        .read_to_string()?)
}
