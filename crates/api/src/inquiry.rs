//! `POST /api/v1/inquiries`: one look at one person. The look is on disk before this answers.

use axum::{Json, extract::State, http::HeaderMap};
use model::ConsentId;
use registry::{InquiryAnswer, InquiryError, InquiryRequest, Under};
use serde::Deserialize;
use serde_json::Value;

use crate::{
    json,
    problem::{Code, Problem},
    signed::{SignedBody, SignedOnce},
    state::Shared,
};

/// Who is looked at, and why.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    purpose: String,
    profession: String,
    id_number: String,
    name: String,
    case_reference: Option<String>,
    reason: Option<String>,
    wait_days: Option<u32>,
    consent: Option<ConsentId>,
}

impl Body {
    /// What allows the look: a case with its reason, or a consent and nothing else.
    fn under(&mut self) -> Result<Under, Problem> {
        let missing = |field| move || Problem::new(Code::FieldMissing).with("field", field);
        if let Some(consent) = self.consent {
            let beside = [
                ("case_reference", self.case_reference.is_some()),
                ("reason", self.reason.is_some()),
                ("wait_days", self.wait_days.is_some()),
            ];
            return match beside.into_iter().find(|(_, given)| *given) {
                Some((field, _)) => Err(Problem::new(Code::FieldUnknown).with("field", field)),
                None => Ok(Under::Consent(consent)),
            };
        }
        Ok(Under::Law {
            case_reference: self.case_reference.take().ok_or_else(missing("case_reference"))?,
            reason: self.reason.take().ok_or_else(missing("reason"))?,
            wait_days: self.wait_days,
        })
    }
}

impl SignedBody for Body {
    const CONTENT_TYPE: Option<&'static str> = Some("application/json");

    fn read(_: &HeaderMap, body: Vec<u8>) -> Result<Self, Problem> {
        json::read(&body).map_err(|problem| {
            if has_list(&body) {
                Problem::new(Code::OnePerson)
            } else {
                problem
            }
        })
    }
}

/// Whether somebody tried to ask about several people at once.
fn has_list(body: &[u8]) -> bool {
    match serde_json::from_slice(body) {
        Ok(Value::Array(_)) => true,
        Ok(Value::Object(members)) => members.values().any(Value::is_array),
        _ => false,
    }
}

/// Looks.
pub(crate) async fn handle(
    State(state): State<Shared>,
    SignedOnce {
        caller,
        mut body,
        nonce,
    }: SignedOnce<Body>,
) -> Result<Json<InquiryAnswer>, Problem> {
    let under = body.under()?;
    let request = InquiryRequest {
        authority: caller.authority().to_owned(),
        asker: caller.key_id().to_owned(),
        purpose: body.purpose,
        profession: body.profession,
        under,
        id_number: body.id_number,
        name: body.name,
        nonce: Some((nonce.text, nonce.until)),
    };
    Ok(Json(state.registry().inquire(request).await?))
}

impl From<InquiryError> for Problem {
    fn from(error: InquiryError) -> Self {
        match error {
            InquiryError::Refused(refusal) => {
                Self::new(Code::find(refusal.code()).unwrap_or(Code::PurposeNotYours))
            }
            InquiryError::NobodyKnown => Self::new(Code::NobodyKnown),
            InquiryError::TooLong => Self::new(Code::WordsTooLong),
            InquiryError::Replayed => Self::new(Code::Replayed),
            InquiryError::Registry(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_people_is_told_from_other_faults() {
        let read = |text: &str| {
            Body::read(&HeaderMap::new(), text.into())
                .err()
                .map(|problem| problem.code)
        };
        let one = r#""purpose":"p","profession":"q","name":"n","id_number":"#;
        assert_eq!(read(&format!("{{{one}\"1\"}}")), None);
        assert_eq!(read(&format!("{{{one}[\"1\",\"2\"]}}")), Some(Code::OnePerson));
        assert_eq!(read(&format!("[{{{one}\"1\"}}]")), Some(Code::OnePerson));
        assert_eq!(
            read(&format!("{{{one}\"1\",\"people\":[]}}")),
            Some(Code::OnePerson)
        );
        assert_eq!(
            read(&format!("{{{one}\"1\",\"all\":true}}")),
            Some(Code::FieldUnknown)
        );
        assert_eq!(read("{"), Some(Code::BodyMalformed));
    }
}
