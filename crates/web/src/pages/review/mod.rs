//! The pages of reviewers, and the public figures of what they found. Reviewers see looks, bodies and procedures;
//! they search for nobody, and no page of theirs lists people.

mod answer;
mod breaches;
mod court;
mod inbox;
mod look;
mod members;
mod overdue;
mod oversight;
mod procedure;
mod procedures;
mod queue;
mod reentry;

use axum::{
    Router,
    routing::{get, post},
};

use crate::Shared;

pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/review", get(queue::show))
        .route("/review/steps/{id}/seen", post(queue::seen))
        .route("/review/looks/{id}", get(look::show))
        .route("/review/looks/{id}/case", post(look::case))
        .route("/review/looks/{id}/close", post(look::close))
        .route("/review/looks/{id}/renew", post(look::renew))
        .route("/review/procedures", get(procedures::show))
        .route("/review/procedures/{id}", get(procedure::show))
        .route("/review/procedures/{id}/files/{file}", get(procedure::file))
        .route("/review/procedures/{id}/take", post(procedure::take))
        .route("/review/procedures/{id}/answer", post(answer::answer))
        .route("/review/procedures/{id}/outside", post(procedure::outside))
        .route("/review/procedures/{id}/improper", post(procedure::improper))
        .route("/review/overdue", get(overdue::show))
        .route("/review/members", get(members::show))
        .route("/review/members/lift", post(members::lift))
        .route("/review/breaches", get(breaches::show).post(breaches::report))
        .route("/review/court", get(court::show).post(court::put_down))
        .route("/review/reentry", get(reentry::show).post(reentry::certify))
        .route("/review/inbox", get(inbox::show))
        .route("/review/inbox/{id}/read", post(inbox::mark_read))
        .route("/oversight", get(oversight::show))
}
