//! `POST /api/v1/review/mandates`: registers that somebody represents a person, for what and until when. The person is
//! told.

use std::collections::BTreeSet;

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use jiff::civil::Date;
use model::MandateId;
use registry::{MandateScope, NewMandate};
use serde::{Deserialize, Serialize};

use super::actor;
use crate::{by_reviewer::ByReviewer, person, problem::Problem, signed::JsonBody, state::Shared};

/// The mandate. Nothing need be held about a representative, so of them the number alone is given.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    id_number: String,
    name: String,
    representative_id_number: String,
    scope: BTreeSet<MandateScope>,
    from: Date,
    until: Date,
}

#[derive(Serialize)]
struct Registered {
    mandate: MandateId,
}

/// Registers it.
pub(crate) async fn handle(
    State(state): State<Shared>,
    ByReviewer {
        reviewer,
        body: JsonBody(body),
    }: ByReviewer<JsonBody<Body>>,
) -> Result<Response, Problem> {
    let registry = state.registry();
    let representative = person::of_number(&state, &body.representative_id_number)?;
    let new = NewMandate {
        person: person::of_number(&state, &body.id_number)?,
        representative,
        scope: body.scope,
        from: body.from,
        until: body.until,
        registered_by: actor(&reviewer),
    };
    // Whoever is found is told: a mandate that is none finds nobody.
    registry.check_mandate(&new).await?;
    person::find(&state, &body.id_number, &body.name).await?;
    let mandate = registry.register_mandate(new).await?;
    Ok((StatusCode::CREATED, Json(Registered { mandate })).into_response())
}
