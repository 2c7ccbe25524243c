//! `POST /api/v1/consents`: asks one person for consent. The answer says nothing of whether they are known.

use std::collections::BTreeSet;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use jiff::civil::Date;
use model::{ConsentId, RecordKind, consent::FieldsByKind};
use registry::ConsentAsk;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    json,
    problem::{Code, Problem},
    signed::{SignedBody, SignedOnce},
    state::Shared,
};

/// What is asked for, and of whom.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    purpose: String,
    profession: String,
    id_number: String,
    name: String,
    fields: Fields,
    from: Option<Date>,
    until: Option<Date>,
    looks: Option<u32>,
    keep_answer_days: u32,
}

/// The fields, by kind of record.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    licence: Option<BTreeSet<String>>,
    training: Option<BTreeSet<String>>,
    commendation: Option<BTreeSet<String>>,
    decision: Option<BTreeSet<String>>,
}

impl Fields {
    fn by_kind(self) -> FieldsByKind {
        let all = [
            (RecordKind::Licence, self.licence),
            (RecordKind::Training, self.training),
            (RecordKind::Commendation, self.commendation),
            (RecordKind::Decision, self.decision),
        ];
        all.into_iter()
            .filter_map(|(kind, fields)| Some((kind, fields?)))
            .collect()
    }
}

impl SignedBody for Body {
    const CONTENT_TYPE: Option<&'static str> = Some("application/json");

    fn read(_: &HeaderMap, body: Vec<u8>) -> Result<Self, Problem> {
        json::read(&body).map_err(|problem| {
            if several(&body) {
                Problem::new(Code::OnePerson)
            } else {
                problem
            }
        })
    }
}

/// Whether somebody tried to ask several people at once.
fn several(body: &[u8]) -> bool {
    match serde_json::from_slice(body) {
        Ok(Value::Array(_)) => true,
        Ok(Value::Object(members)) => members
            .iter()
            .any(|(name, value)| name != "fields" && value.is_array()),
        _ => false,
    }
}

/// The request that waits for the person.
#[derive(Serialize)]
pub(crate) struct Asked {
    consent: ConsentId,
}

/// Asks.
pub(crate) async fn handle(
    State(state): State<Shared>,
    SignedOnce { caller, body, nonce }: SignedOnce<Body>,
) -> Result<Response, Problem> {
    let ask = ConsentAsk {
        body: caller.authority().to_owned(),
        asker: caller.key_id().to_owned(),
        purpose: body.purpose,
        profession: body.profession,
        fields: body.fields.by_kind(),
        from: body.from,
        until: body.until,
        looks: body.looks,
        keep_answer_days: body.keep_answer_days,
        id_number: body.id_number,
        name: body.name,
        nonce: Some((nonce.text, nonce.until)),
    };
    let consent = state.registry().ask_consent(ask).await?;
    Ok((StatusCode::CREATED, Json(Asked { consent })).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_record_can_be_asked_for() {
        let named: Vec<String> = RecordKind::ALL
            .iter()
            .map(|kind| format!("\"{kind}\":[\"a\"]"))
            .collect();
        let fields: Fields = serde_json::from_str(&format!("{{{}}}", named.join(","))).unwrap();
        assert_eq!(fields.by_kind().len(), RecordKind::ALL.len());
    }

    #[test]
    fn several_people_are_told_from_other_faults() {
        let read = |text: &str| {
            let read = Body::read(&HeaderMap::new(), text.into());
            read.err().map(|problem| problem.code)
        };
        let one = |number: &str, fields: &str| {
            format!(
                r#"{{"purpose":"p","profession":"q","name":"n","keep_answer_days":1,"id_number":{number},"fields":{fields}}}"#
            )
        };
        assert_eq!(read(&one("\"1\"", r#"{"licence":["name"]}"#)), None);
        assert_eq!(read(&one(r#"["1","2"]"#, "{}")), Some(Code::OnePerson));
        assert_eq!(read(&format!("[{}]", one("\"1\"", "{}"))), Some(Code::OnePerson));
        assert_eq!(read(&one("\"1\"", "[]")), Some(Code::BodyMalformed));
        assert_eq!(
            read(&one("\"1\"", r#"{"licence":[],"licence":[]}"#)),
            Some(Code::FieldTwice)
        );
        assert_eq!(
            read(&one("\"1\"", r#"{"everything":[]}"#)),
            Some(Code::FieldUnknown)
        );
    }
}
