//! The pages, one a file.

mod certificate;
mod certificates;
mod desk;
mod download;
mod home;
mod log;
mod looks;
mod receipt;
mod records;
mod sign_in;
mod submission;
mod take_back;
#[cfg(test)]
pub(crate) mod tests;
mod verify;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post},
};

use crate::Shared;

pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/", get(home::show))
        .route("/sign-in", get(sign_in::show).post(sign_in::sign_in))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/records", get(records::show))
        .route("/records/download.json", get(download::json))
        .route("/records/download.pdf", get(download::pdf))
        .route("/records/{record}/{version}/receipt", get(receipt::version))
        .route("/looks", get(looks::show))
        .route("/looks/{event}/receipt", get(receipt::event))
        .route("/certificates", get(certificates::show).post(certificates::ask))
        .route("/certificates/{id}", get(certificate::show))
        .route("/certificates/{id}/certificate.pdf", get(certificate::pdf))
        .route("/certificates/{id}/qr.png", get(certificate::qr))
        .route(
            "/certificates/{id}/revoke",
            get(certificate::ask_to_revoke).post(certificate::revoke),
        )
        .route("/notices/{id}/read", post(certificates::mark_read))
        .route("/verify", get(verify::show).post(verify::check))
        .route("/desk", get(desk::show).post(desk::submit))
        .route("/desk/{id}", get(submission::show))
        .route("/desk/{id}/rejected.csv", get(submission::rejected))
        .route("/desk/{id}/receipt", get(receipt::submission))
        .route(
            "/desk/{id}/take-back",
            get(take_back::ask).post(take_back::take_back),
        )
        .route("/log", get(log::show))
        // Forms with files read their own limits; nothing reads more than this.
        .layer(DefaultBodyLimit::max(desk::LARGEST_FILE + 1024 * 1024))
}
