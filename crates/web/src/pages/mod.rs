//! The pages, one a file.

mod breach;
mod case_form;
mod certificate;
mod certificate_choices;
mod certificates;
mod commendations;
mod complain;
mod confirm;
mod consent;
mod consents;
mod desk;
mod dispute;
mod download;
mod email;
mod good_paper;
mod good_record;
mod home;
mod inbox;
mod log;
mod look;
mod looks;
mod mandates;
mod named_records;
mod office;
mod procedure;
mod procedures;
mod proposals;
mod propose;
mod receipt;
mod reconsider;
mod record_doors;
mod records;
mod restoration;
mod review;
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
        .route("/inbox/email", get(email::show).post(email::ask))
        .route("/inbox/email/confirm", post(email::confirm))
        .route("/inbox/email/remove", post(email::remove))
        .route("/good-record", get(good_record::show))
        .route("/good-record/{record}/publish", post(good_record::publish))
        .route("/good-record/{record}/withdraw", post(good_record::withdraw))
        .route("/good-record/pledges", post(good_record::pledge))
        .route("/good-record/pledges/{pledge}/end", post(good_record::end_pledge))
        .route("/commendations", get(commendations::show))
        .route("/proposals", get(proposals::show).post(propose::propose))
        .route("/proposals/{id}", get(proposals::open).post(proposals::answer))
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
        .merge(office::routes())
        .merge(review::routes())
        // Forms with files read their own limits; nothing reads more than this.
        .layer(DefaultBodyLimit::max(desk::LARGEST_FILE + 1024 * 1024))
        .merge(of_person())
}

/// The person's pages for inquiry and due process.
fn of_person() -> Router<Shared> {
    Router::new()
        .route("/inbox", get(inbox::show))
        .route("/notices/{id}/read", post(inbox::mark_read))
        .route("/breaches/{id}", get(breach::show))
        .route("/consents", get(consents::show))
        .route("/consents/{id}", get(consent::show))
        .route("/consents/{id}/grant", post(consent::grant))
        .route("/consents/{id}/pause", post(consent::pause))
        .route("/consents/{id}/resume", post(consent::resume))
        .route(
            "/consents/{id}/refuse",
            get(consent::ask_to_refuse).post(consent::refuse),
        )
        .route(
            "/consents/{id}/revoke",
            get(consent::ask_to_revoke).post(consent::revoke),
        )
        .route("/looks/{look}", get(look::show))
        .route("/procedures", get(procedures::show))
        .route("/procedures/records", get(named_records::show))
        .route("/procedures/{id}", get(procedure::show))
        .route("/procedures/{id}/files/{file}", get(procedure::file))
        .route(
            "/procedures/{id}/take-back",
            get(procedure::ask_to_take_back).post(procedure::take_back),
        )
        .route(
            "/procedures/{id}/statement",
            get(procedure::show_statement).post(procedure::add_statement),
        )
        .route(
            "/records/{record}/restoration",
            get(restoration::show).post(restoration::apply),
        )
        .route("/mandates", get(mandates::show))
        .route("/mandates/back", post(mandates::back))
        .route("/mandates/{id}/act", post(mandates::act))
        .route(
            "/mandates/{id}/end",
            get(mandates::ask_to_end).post(mandates::end),
        )
        .merge(with_files())
}

/// The forms of the procedures that take files.
fn with_files() -> Router<Shared> {
    Router::new()
        .route(
            "/records/{record}/dispute",
            get(dispute::show).post(dispute::open),
        )
        .route(
            "/procedures/{id}/reconsideration",
            reconsider::of(reconsider::Named::Dispute),
        )
        .route(
            "/records/{record}/court",
            reconsider::of(reconsider::Named::Record),
        )
        .route(
            "/looks/{look}/reconsideration",
            reconsider::of(reconsider::Named::Look),
        )
        .route(
            "/procedures/complaint",
            get(complain::show).post(complain::complain),
        )
        .route(
            "/looks/{look}/complaint",
            get(complain::show_for_look).post(complain::complain_of_look),
        )
        .layer(DefaultBodyLimit::max(case_form::LARGEST_FORM))
}
