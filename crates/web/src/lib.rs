//! The portal: pages written on the server, in Chinese and English, that work without any script.
//!
//! | page | for |
//! | --- | --- |
//! | `/`, `/sign-in` | everybody |
//! | `/records`, `/looks`, `/consents`, `/procedures` | the person, about themself alone, or their representative |
//! | `/inbox`, `/certificates`, `/good-record`, `/mandates` | the person, about themself alone |
//! | `/inbox/email` | the person, about the address at which they are told of their inbox |
//! | `/desk` | the staff of an authority: its own submissions, procedures, alerts, staff and notices |
//! | `/ask`, `/look`, `/my-looks`, `/my-requests` | the staff of an authority or an inquirer: one person a look |
//! | `/proposals` | an association, which proposes commendations, and an authority, which answers |
//! | `/review` | a reviewer: looks, steps, procedures, bodies; nobody is searched for |
//! | `/oversight` | everybody: how many improper looks a body took in a year |
//! | `/verify`, `/commendations`, `/log` | everybody, without an account |
//!
//! One page a file in `pages/`, with its view, its handlers and its tests. A view is a type of its own with
//! just what the page shows. A handler asks for a signed-in person, member of staff or reviewer by the type of its
//! argument ([`visit`]; where a representative may act for the person, [`acting`]), and for the fields of a form by a
//! type that checks the form's token ([`form`]). Identifiers
//! in addresses are random; nothing about people stands in an address or a log line.
//!
//! Words are in `locales/`, styles in `styles/` (compiled to `assets/` by `cargo xtask styles`).

mod acting;
mod assets;
mod certificate_paper;
mod checked;
mod cookie;
mod fault;
mod form;
mod language;
mod page;
mod pages;
mod process;
mod said;
mod said_office;
mod security;
mod session;
mod state;
mod time;
mod upload;
mod visit;
mod words;

pub use certificate_paper::{CertificatePdfError, certificate_pdf};
pub use checked::{check_in_words, unreadable_in_words};
pub use state::{Demo, DemoPerson, DemoReviewer, DemoStaff, Letters, WebState};

use std::sync::Arc;

use axum::{Router, middleware, routing::get};

/// The name of the key by which a member of a body's staff asks on the portal. They have no key of their own there:
/// their session stands for it. No key of signed requests is registered under such a name.
pub fn portal_key(staff: &str) -> String {
    format!("{}{staff}", registry::PORTAL_KEYS)
}

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
