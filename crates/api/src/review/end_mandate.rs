//! `POST /api/v1/review/mandates/{mandate}/end`: ends a mandate before its last day. Effective at once; the person is
//! told.

use axum::{extract::State, http::StatusCode};

use super::actor;
use crate::{
    by_reviewer::ByReviewer,
    path::{Path, id},
    person::Person,
    problem::{Code, Problem},
    signed::JsonBody,
    state::Shared,
};

/// Ends it. The body says whose it is.
pub(crate) async fn handle(
    State(state): State<Shared>,
    Path(mandate): Path<String>,
    ByReviewer {
        reviewer,
        body: JsonBody(person),
    }: ByReviewer<JsonBody<Person>>,
) -> Result<StatusCode, Problem> {
    let mandate = id(&mandate, Code::NoSuchMandate)?;
    // Whether there is anybody of that name is not said here.
    let person = person.find(&state).await.map_err(|problem| match problem.code {
        Code::NobodyKnown => Problem::new(Code::NoSuchMandate),
        _ => problem,
    })?;
    state
        .registry()
        .end_mandate(person, mandate, &actor(&reviewer))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
