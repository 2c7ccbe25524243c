//! A page that asks whether somebody is sure, before what cannot be undone.

use askama::Template;
use axum::response::Response;

use crate::{
    fault::Fault,
    page::{Page, html},
    words::Key,
};

/// The question.
#[derive(Template)]
#[template(path = "confirm.html")]
pub(crate) struct ConfirmPage {
    pub(crate) page: Page,
    pub(crate) title: Key,
    /// What will be, and that it cannot be undone.
    pub(crate) words: Vec<String>,
    /// Where the form is sent.
    pub(crate) action: String,
    pub(crate) button: Key,
    /// Where one comes from, and goes back to.
    pub(crate) back: (String, Key),
}

impl ConfirmPage {
    /// The page as a response.
    pub(crate) fn answer(self) -> Result<Response, Fault> {
        html(&self)
    }
}
