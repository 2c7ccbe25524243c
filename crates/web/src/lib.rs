//! The portal: pages written on the server, in Chinese and English, that work without any script.
//!
//! | page | for |
//! | --- | --- |
//! | `/`, `/sign-in` | everybody |
//! | `/records`, `/looks`, `/consents`, `/procedures` | the person, about themself alone, or their representative |
//! | `/inbox`, `/certificates`, `/mandates` | the person, about themself alone |
//! | `/desk` | a clerk, about their authority's own submissions |
//! | `/verify`, `/log` | everybody, without an account |
//!
//! One page a file in `pages/`, with its view, its handlers and its tests. A view is a type of its own with
//! just what the page shows. A handler asks for a signed-in person or clerk by the type of its argument
//! ([`visit`]; where a representative may act for the person, [`acting`]), and for the fields of a form by a type that checks the form's token ([`form`]). Identifiers
//! in addresses are random; nothing about people stands in an address or a log line.
//!
//! Words are in `locales/`, styles in `styles/` (compiled to `assets/` by `cargo xtask styles`).

mod acting;
mod assets;
mod certificate_paper;
mod cookie;
mod fault;
mod form;
mod language;
mod page;
mod pages;
mod process;
mod said;
mod security;
mod session;
mod state;
mod time;
mod upload;
mod visit;
mod words;

pub use certificate_paper::{CertificatePdfError, certificate_pdf};
pub use state::{Demo, DemoPerson, WebState};

use std::sync::Arc;

use axum::{Router, middleware, routing::get};

pub(crate) type Shared = Arc<WebState>;

/// The portal as a service, to be merged with the interface of the `api` crate: it has the fallback for
/// paths that are not there, and its headers and error pages hold for its own routes alone.
pub fn router(state: WebState) -> Router {
    let state: Shared = Arc::new(state);
    Router::new()
        .merge(pages::routes())
        .route("/language/{code}", get(language::choose))
        .route("/assets/{name}", get(assets::serve))
        .fallback(|| async { fault::Fault::NotFound })
        .method_not_allowed_fallback(|| async { fault::Fault::Method })
        .layer(middleware::from_fn_with_state(state.clone(), visit::around))
        .layer(middleware::from_fn_with_state(state.clone(), security::headers))
        .with_state(state)
}
