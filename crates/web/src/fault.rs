//! What goes wrong, as pages. Handlers answer a [`Fault`]; whatever answers an error without a page of its
//! own (a path that is not there, a body that is too large) gets one here too, in the visitor's language.

use askama::Template;
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::{
    page::{Page, Section, html},
    visit::Visit,
    words::Key,
};

/// Why a visitor does not get the page that they asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// There is no such page, or nothing of theirs under this address.
    NotFound,
    /// It is not for them.
    Forbidden,
    /// They act for somebody else, and their mandate does not cover it or is over.
    NotCovered,
    /// They are a reviewer, and it is about themselves.
    Concerned,
    /// Their account is stopped, or they have left.
    Stopped,
    /// The form's token is not this session's: it is too old, or not ours.
    OldForm,
    /// What they sent is not what the form asks for.
    Malformed,
    /// What they sent is too large.
    TooLarge,
    /// It came too slowly.
    TooSlow,
    /// So much is being received that there is no room for more at this moment.
    Busy,
    /// The method is not one that the page takes.
    Method,
    /// We failed. The cause is in the log, without anything personal.
    Internal,
}

impl Fault {
    fn status(self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Forbidden | Self::NotCovered | Self::Concerned | Self::Stopped | Self::OldForm => {
                StatusCode::FORBIDDEN
            }
            Self::Malformed => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn of(status: StatusCode) -> Option<Self> {
        match status {
            StatusCode::NOT_FOUND => Some(Self::NotFound),
            StatusCode::FORBIDDEN => Some(Self::Forbidden),
            StatusCode::PAYLOAD_TOO_LARGE => Some(Self::TooLarge),
            StatusCode::METHOD_NOT_ALLOWED => Some(Self::Method),
            other if other.is_client_error() => Some(Self::Malformed),
            other if other.is_server_error() => Some(Self::Internal),
            _ => None,
        }
    }

    fn heading(self) -> Key {
        match self {
            Self::NotFound => Key("error-not-found"),
            Self::Forbidden => Key("error-forbidden"),
            Self::NotCovered => Key("error-not-covered"),
            Self::Concerned => Key("error-concerned"),
            Self::Stopped => Key("error-stopped"),
            Self::OldForm => Key("error-old-form"),
            Self::Malformed => Key("error-malformed"),
            Self::TooLarge => Key("error-too-large"),
            Self::TooSlow => Key("error-too-slow"),
            Self::Busy => Key("error-busy"),
            Self::Method => Key("error-method"),
            Self::Internal => Key("error-internal"),
        }
    }

    fn advice(self) -> Key {
        match self {
            Self::NotFound => Key("error-not-found-advice"),
            Self::Forbidden => Key("error-forbidden-advice"),
            Self::NotCovered => Key("error-not-covered-advice"),
            Self::Concerned => Key("error-concerned-advice"),
            Self::Stopped => Key("error-stopped-advice"),
            Self::OldForm => Key("error-old-form-advice"),
            Self::Malformed => Key("error-malformed-advice"),
            Self::TooLarge => Key("error-too-large-advice"),
            Self::TooSlow => Key("error-too-slow-advice"),
            Self::Busy => Key("error-busy-advice"),
            Self::Method => Key("error-method-advice"),
            Self::Internal => Key("error-internal-advice"),
        }
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

#[derive(Template)]
#[template(path = "fault.html")]
struct FaultPage {
    page: Page,
    heading: Key,
    advice: Key,
}

/// Gives a response that is an error without a page one.
pub(crate) fn with_page(response: Response, visit: &Visit) -> Response {
    let fault = response.extensions().get::<Fault>().copied();
    let has_page = response.extensions().get::<HasPage>().is_some();
    let Some(fault) = fault
        .or_else(|| Fault::of(response.status()))
        .filter(|_| !has_page)
    else {
        return response;
    };
    let page = FaultPage {
        page: visit.page(Section::None),
        heading: fault.heading(),
        advice: fault.advice(),
    };
    match html(&page) {
        Ok(mut page) => {
            *page.status_mut() = fault.status();
            if fault == Fault::Busy {
                let headers = page.headers_mut();
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
            }
            page
        }
        Err(_) => response,
    }
}

/// Marks a response that is an error and has a page of its own.
#[derive(Clone, Copy)]
pub(crate) struct HasPage;

/// The page, with a status that says that something is wrong in what was sent.
pub(crate) fn refused(status: StatusCode, page: &impl Template) -> Result<Response, Fault> {
    let mut response = html(page)?;
    *response.status_mut() = status;
    response.extensions_mut().insert(HasPage);
    Ok(response)
}

impl From<registry::RegistryError> for Fault {
    fn from(error: registry::RegistryError) -> Self {
        // Nothing in a registry's error is about a person.
        tracing::error!(%error, "the registry failed");
        Self::Internal
    }
}

impl From<tokio::task::JoinError> for Fault {
    fn from(_: tokio::task::JoinError) -> Self {
        // What a panic said may quote its input, so it is not repeated.
        tracing::error!("a task was interrupted");
        Self::Internal
    }
}
