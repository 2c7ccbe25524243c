//! `standing inquire`: one look at one person, at a server.

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use api::client::Client;
use keys::SystemRandomness;
use model::ConsentId;
use serde_json::{Map, Value, json};

use super::person::{self, Person};
use crate::{
    clock::SystemClock,
    failure::{Failure, Outcome, say},
    language::of_messages,
    words::{Language, both},
};

/// Look at one person's records in one profession, at a server.
///
/// The key is one of a named member of staff. Under a law, give the case and the reason; by consent, the consent that
/// the person gave. The look is logged before it is answered, and the person sees it. It is sent once: if the
/// connection breaks, the look may have been taken all the same (see `standing call get /api/v1/looks`).
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// A file with the person, as JSON: {"name": "…", "id_number": "…"}; "-" is standard input. They are not given on
    /// the command line, where other users of the machine could read them.
    #[arg(long, value_name = "FILE", default_value = "-")]
    person: PathBuf,
    /// The registered purpose, such as licensing-renewal.
    #[arg(long)]
    purpose: String,
    /// The profession, such as lawyer.
    #[arg(long)]
    profession: String,
    /// The case, as your body calls it.
    #[arg(long, requires = "reason", required_unless_present = "consent")]
    case: Option<String>,
    /// Why, in words, without naming the person.
    #[arg(long, requires = "case")]
    reason: Option<String>,
    /// How many days the person is told later, where a law lets the notice wait.
    #[arg(long, requires = "case")]
    wait_days: Option<u32>,
    /// The consent.
    #[arg(long, conflicts_with = "case")]
    consent: Option<ConsentId>,
    /// The address of the server.
    #[arg(long)]
    server: String,
    /// The file with the key.
    #[arg(long)]
    key: PathBuf,
    /// Print the answer as one line of JSON.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: &Arguments, language: Language) -> Outcome {
    let person: Person = person::read(&arguments.person, r#"{"name": "…", "id_number": "…"}"#)?;
    let mut body = Map::new();
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            body.insert(name.to_owned(), value);
        }
    };
    put("purpose", Some(json!(arguments.purpose)));
    put("profession", Some(json!(arguments.profession)));
    put("id_number", Some(json!(person.id_number)));
    put("name", Some(json!(person.name)));
    put("case_reference", arguments.case.as_ref().map(|case| json!(case)));
    put("reason", arguments.reason.as_ref().map(|reason| json!(reason)));
    put("wait_days", arguments.wait_days.map(|days| json!(days)));
    put("consent", arguments.consent.map(|consent| json!(consent)));
    let client = Client::open(
        &arguments.server,
        &arguments.key,
        Arc::new(SystemClock),
        Arc::new(SystemRandomness::new()),
    )?
    .with_language(of_messages(language));
    let called = client.call("POST", "/api/v1/inquiries", Some(&Value::Object(body)))?;
    let answer: Value = serde_json::from_slice(&called.body).map_err(|_| {
        Failure::new(both!(
            "无法理解服务器的答复",
            "the server's answer is not understood"
        ))
    })?;
    if arguments.json {
        say(&answer);
    } else {
        show(&answer, language);
    }
    Ok(ExitCode::SUCCESS)
}

/// The answer in lines.
fn show(answer: &Value, language: Language) {
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (look, basis) = (word(&answer["look"]), word(&answer["basis"]));
    say(match language {
        Language::Zh => format!("查询 {look}，依据 {basis}"),
        Language::En => format!("look {look} under {basis}"),
    });
    let records = answer["records"].as_array().map_or(&[][..], Vec::as_slice);
    if records.is_empty() {
        say(match language {
            Language::Zh => "没有此用途可见的记录。",
            Language::En => "No record that this purpose sees.",
        });
    }
    for record in records {
        let disputed = match (record["disputed"].as_bool(), language) {
            (Some(true), Language::Zh) => "，本人有异议",
            (Some(true), Language::En) => ", disputed by the person",
            _ => "",
        };
        say(format_args!(
            "{} {}: {}{disputed}",
            word(&record["kind"]),
            word(&record["record"]),
            word(&record["status"])
        ));
        for (name, value) in record["fields"].as_object().into_iter().flatten() {
            match value.as_str() {
                Some(text) => say(format_args!("  {name}: {text}")),
                None => say(format_args!("  {name}: {value}")),
            }
        }
        for statement in record["statements"].as_array().into_iter().flatten() {
            let statement = word(statement);
            say(match language {
                Language::Zh => format!("  本人说明：{statement}"),
                Language::En => format!("  the person says: {statement}"),
            });
        }
    }
}
