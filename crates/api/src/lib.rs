//! The interface for machines: JSON over HTTP, on top of [`registry`].
//!
//! Authorities sign every request (RFC 9421 with Content-Digest, see [`http_signatures`]). A handler for them
//! takes its body as `Signed<…>` and so cannot forget to check: who asks comes from the key, never from the
//! body. What is public (checkpoints, status lists, the issuer's keys) needs no signature. Every failure is a
//! problem document (RFC 9457) with a stable code, in the language that the request asks for.
//!
//! Four kinds of signed request: by any key of a body (submissions, alerts); by a key of a named member of its
//! staff whose account may be used (`ByStaff`: consents, looks, procedures, notices); by a reviewer
//! (`ByReviewer`), whose keys are apart; and for the whole log by any key of a body or by an auditor's
//! (`ByReader`), which opens nothing else. People have no keys: their way is the portal, whose forms the OpenAPI
//! document names (docs/adr/0012).
//!
//! One operation a file; `routes` lists them, and the OpenAPI document at `/api/v1/openapi.json` describes
//! each.
//!
//! **Limits**: pieces of an upload have at most 8 MiB, other bodies 64 KiB; a body must arrive within two
//! minutes; at most two submissions are filed at the same time, others wait.

mod alert;
mod by_auditor;
mod by_reviewer;
mod by_staff;
#[cfg(feature = "client")]
pub mod client;
mod consent;
mod figures;
mod health;
mod inquiry;
mod issuer;
mod json;
mod keys;
mod language;
mod log;
mod look;
mod notice;
mod openapi;
mod path;
mod person;
mod problem;
mod procedure;
mod proposal;
mod review;
mod routes;
mod row;
mod signed;
mod staff;
mod state;
mod status_list;
mod submission;
mod trust;

pub use signed::{CLOCK_SKEW_SECONDS, MAX_AGE_SECONDS, TAG};
pub use submission::PIECE_BYTES;

use axum::Router;
use registry::Registry;

/// What can be chosen about the interface.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Whether the log's tiles are served to everybody. Otherwise only to bodies and auditors: volumes and times
    /// speak too. Checkpoints are public in any case.
    pub public_tiles: bool,
}

/// What the interface says to people of a stable code.
pub fn title(code: &str, language: profile::Language) -> Option<&'static str> {
    problem::Code::find(code).map(|code| code.title(language))
}

/// The interface, to be merged with the pages into one service. It has no fallback of its own.
pub fn router(registry: Registry, options: Options) -> Router {
    let state = state::Shared::new(registry, options);
    routes::router(state)
}
