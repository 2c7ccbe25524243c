//! `/api/v1/commendation-proposals`: an association proposes that an authority commends somebody, of which the person is
//! told in the same transaction, and lists what it has proposed.

use std::collections::BTreeMap;

use axum::{Json, extract::State, http::StatusCode};
use model::ProposalId;
use registry::{OwnProposal, ProposalError, Propose};
use serde::{Deserialize, Serialize};

use crate::{
    problem::{Code, Problem},
    signed::{JsonBody, Nothing, Signed, SignedOnce},
    state::Shared,
};

/// What is proposed, to whom, about whom.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    authority: String,
    profession: String,
    id_number: String,
    name: String,
    /// The texts of a commendation, by the names of its fields in the profile.
    words: BTreeMap<String, String>,
}

/// The proposal that was made.
#[derive(Serialize)]
pub(crate) struct Proposed {
    proposal: ProposalId,
}

/// Proposes.
pub(crate) async fn handle(
    State(state): State<Shared>,
    SignedOnce {
        caller,
        body: JsonBody(body),
        nonce,
    }: SignedOnce<JsonBody<Body>>,
) -> Result<(StatusCode, Json<Proposed>), Problem> {
    let holder = caller.holder(&state).await?;
    let staff = holder.map(|one| one.staff);
    let propose = Propose {
        association: caller.authority().to_owned(),
        staff,
        authority: body.authority,
        profession: body.profession,
        id_number: body.id_number,
        name: body.name,
        words: body.words,
        nonce: Some((caller.key_id().to_owned(), nonce.text, nonce.until)),
    };
    let proposal = state.registry().propose_commendation(propose).await?;
    Ok((StatusCode::CREATED, Json(Proposed { proposal })))
}

/// What an association has proposed.
#[derive(Serialize)]
pub(crate) struct Proposals {
    proposals: Vec<OwnProposal>,
}

/// Lists the association's own latest proposals: without whom they are about.
pub(crate) async fn list(
    State(state): State<Shared>,
    Signed { caller, .. }: Signed<Nothing>,
) -> Result<Json<Proposals>, Problem> {
    let (registry, association) = (state.registry(), caller.authority());
    if !registry.profile().associations.contains_key(association) {
        return Err(ProposalError::NotYours.into());
    }
    let proposals = registry.proposals_of(association).await?;
    Ok(Json(Proposals { proposals }))
}

impl From<ProposalError> for Problem {
    fn from(error: ProposalError) -> Self {
        match error {
            // The name of a field of the profile, or one that was sent and is none; never a value.
            ProposalError::Words { field } => Self::new(Code::ProposalWords).with("field", field),
            ProposalError::Registry(error) => error.into(),
            other => Self::new(Code::find(other.code()).unwrap_or(Code::Internal)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_of_a_proposal_has_its_code() {
        for refusal in [
            ProposalError::NotYours,
            ProposalError::NobodyKnown,
            ProposalError::Waits,
            ProposalError::CeilingReached,
            ProposalError::Replayed,
        ] {
            assert!(Code::find(refusal.code()).is_some(), "{}", refusal.code());
        }
        let words = ProposalError::Words {
            field: "title".to_owned(),
        };
        assert_eq!(Code::ProposalWords.as_str(), words.code());
    }
}
