//! `GET /log/tile/…`: tiles of hashes and bundles of entries (c2sp.org/tlog-tiles), for auditors with a
//! key of their own, and for bodies; for everybody where the installation says so.

use axum::{
    extract::{FromRequest as _, Request, State},
    http::header,
    response::{IntoResponse, Response},
};
use tlog::TilePath;

use crate::{
    by_auditor::ByReader,
    path::Path,
    problem::{Code, Problem},
    state::Shared,
};

/// A tile or bundle at the width in its path.
pub(crate) async fn handle(
    State(state): State<Shared>,
    Path(path): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let public = state.options().public_tiles;
    if !public {
        ByReader::from_request(request, &state).await?;
    }
    let path: TilePath = format!("tile/{path}")
        .parse()
        .map_err(|_| Problem::new(Code::NotFound))?;
    let tile = state
        .registry()
        .log_tile(path)
        .await?
        .ok_or(Problem::new(Code::NotFound))?;
    let full = match path {
        TilePath::Hashes(id) => id.is_full(),
        TilePath::Entries(id) => id.is_full(),
    };
    // What is full never changes; what is not is overtaken soon.
    let keep = match (public, full) {
        (true, true) => "public, max-age=31536000, immutable",
        (true, false) => "public, max-age=60",
        (false, true) => "private, max-age=31536000, immutable",
        (false, false) => "private, max-age=60",
    };
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::CACHE_CONTROL, keep),
    ];
    Ok((headers, tile).into_response())
}
