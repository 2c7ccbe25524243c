//! `GET /api/v1/figures/improper-looks/{year}`: how many looks of each body were found improper in a year. Public: it
//! is the bodies' record, and nobody else's.

use std::collections::BTreeMap;

use axum::{
    Json,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use serde::Serialize;

use crate::{
    path::Path,
    problem::{Code, Problem},
    state::Shared,
};

#[derive(Serialize)]
struct Figures {
    year: i16,
    improper_looks: BTreeMap<String, u64>,
}

/// Answers the figures.
pub(crate) async fn handle(
    State(state): State<Shared>,
    Path(year): Path<String>,
) -> Result<Response, Problem> {
    let number = year.parse::<i16>().ok();
    // Written in one way alone.
    let number = number.filter(|number| (1..=9998).contains(number) && number.to_string() == year);
    let year = number.ok_or(Problem::new(Code::NotFound))?;
    let improper_looks = state.registry().improper_looks(year).await?;
    let headers = [(header::CACHE_CONTROL, "public, max-age=60")];
    Ok((headers, Json(Figures { year, improper_looks })).into_response())
}
