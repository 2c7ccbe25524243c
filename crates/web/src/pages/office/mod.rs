//! The pages of who works for a body: an authority's procedures, alerts, staff and notices; asking for consent and
//! looking, for authorities and inquirers alike.
//!
//! Whoever looks gives the person's number and name in the form, never in an address. What a look is answered stands
//! on one page, once; the form carries a number of its own, so that sending it again takes no second look.

mod alerts;
mod answer;
mod ask;
mod correct;
pub(crate) mod course;
pub(crate) mod inbox;
mod look;
mod look_answer;
mod looks;
pub(crate) mod procedure;
pub(crate) mod procedures;
mod purpose;
mod requests;
mod staff;

use axum::{
    Router,
    routing::{get, post},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::{Shared, fault::Fault, visit::Visit, words::Key};

pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/desk/procedures", get(procedures::show))
        .route("/desk/procedures/{id}", get(procedure::show))
        .route("/desk/procedures/{id}/answer", post(answer::answer))
        .route(
            "/desk/procedures/{id}/correct",
            get(correct::show).post(correct::correct),
        )
        .route("/desk/procedures/{id}/files/{file}", get(procedure::file))
        .route("/desk/alerts", get(alerts::show))
        .route("/desk/alerts/{id}", post(alerts::open))
        .route("/desk/staff", get(staff::show).post(staff::add))
        .route("/desk/staff/stop", post(staff::stop))
        .route("/desk/staff/lead", post(staff::lead))
        .route("/desk/inbox", get(inbox::show))
        .route("/desk/inbox/{id}/read", post(inbox::mark_read))
        .route("/desk/inbox/confirm", post(inbox::confirm))
        .route("/ask", get(ask::show))
        .route("/ask/{purpose}", get(ask::form).post(ask::ask))
        .route("/look", get(look::show))
        .route("/look/law/{purpose}", get(look::law_form).post(look::by_law))
        .route(
            "/look/consent/{id}",
            get(look::consent_form).post(look::by_consent),
        )
        .route("/my-looks", get(looks::show))
        .route("/my-looks/{look}/receipt", get(looks::receipt))
        .route("/my-requests", get(requests::show))
}

/// What is wrong with what was sent, and in which field; none where nothing is.
#[derive(Default)]
pub(crate) struct Problems(Option<Problem>);

/// What is wrong with what was sent.
pub(crate) struct Problem {
    /// The field that it is about; empty where it is about the whole.
    pub(crate) field: String,
    pub(crate) words: String,
    /// What would be right.
    pub(crate) advice: String,
}

impl Problems {
    pub(crate) fn new(visit: &Visit, field: impl Into<String>, words: Key) -> Self {
        Self(Some(Problem {
            field: field.into(),
            words: crate::words::say(visit.language, words).to_string(),
            advice: String::new(),
        }))
    }

    pub(crate) const fn of(problem: Problem) -> Self {
        Self(Some(problem))
    }

    pub(crate) const fn any(&self) -> bool {
        self.0.is_some()
    }

    /// Whether it is in this field.
    pub(crate) fn at(&self, field: &str) -> bool {
        self.0.as_ref().is_some_and(|problem| problem.field == field)
    }

    pub(crate) fn words(&self) -> &str {
        self.0.as_ref().map_or("", |problem| &problem.words)
    }

    pub(crate) fn advice(&self) -> &str {
        self.0.as_ref().map_or("", |problem| &problem.advice)
    }

    /// Where it is on the page.
    pub(crate) fn href(&self) -> String {
        let field = self.0.as_ref().map_or("", |problem| problem.field.as_str());
        format!("#{}", if field.is_empty() { "main" } else { field })
    }
}

/// No words, for a field of a form that needs no hint.
pub(crate) const NO_HINT: Key = Key(NOTHING);
const NOTHING: &str = "";

/// A value to choose, with its name.
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) name: String,
    pub(crate) chosen: bool,
}

/// Whether one of these is chosen.
pub(crate) fn any_chosen(choices: &[Choice]) -> bool {
    choices.iter().any(|one| one.chosen)
}

/// A number of its own for a form that must not be taken twice.
pub(crate) fn once(visit: &Visit) -> Result<String, Fault> {
    let mut bytes = [0; 16];
    visit.state.randomness.fill(&mut bytes).map_err(|error| {
        tracing::error!(%error, "no number for a form could be made");
        Fault::Internal
    })?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// The number that came with a form, and until when it is remembered: as long as the session lasts whose token the
/// form has. That is the same moment however late it is sent again, for the two together make it one of a kind.
pub(crate) fn nonce(visit: &Visit, sent: &str) -> Result<Option<(String, i64)>, Fault> {
    let own = sent.len() == 22 && sent.bytes().all(|byte| byte.is_ascii_graphic());
    let session = visit.session.as_ref().ok_or(Fault::Internal)?;
    if !own {
        return Err(Fault::Malformed);
    }
    Ok(Some((format!("form {sent}"), session.ends_at)))
}
