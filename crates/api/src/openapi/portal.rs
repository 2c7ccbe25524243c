//! The portal's pages and forms that are a person's way to what bodies and reviewers do by signed requests. They are
//! served by the `web` crate, under a session that this crate knows nothing of; that each is there is tested where
//! both meet, in the command line's own tests.

use serde_json::{Map, Value, json};

/// The cookie of the portal's session.
pub(super) const COOKIE: &str = "standing_session";

/// A page or a form of the portal.
pub(crate) struct Page {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    id: &'static str,
    summary: &'static str,
    /// The type of its body. None: it has none.
    body: Option<&'static str>,
}

const fn page(path: &'static str, id: &'static str, summary: &'static str) -> Page {
    Page {
        method: "get",
        path,
        id,
        summary,
        body: None,
    }
}

const fn form(path: &'static str, id: &'static str, summary: &'static str) -> Page {
    Page {
        method: "post",
        path,
        id,
        summary,
        body: Some("application/x-www-form-urlencoded"),
    }
}

/// A form to which files may be put.
const fn with_files(path: &'static str, id: &'static str, summary: &'static str) -> Page {
    Page {
        body: Some("multipart/form-data"),
        ..form(path, id, summary)
    }
}

/// Every one.
#[rustfmt::skip]
pub(crate) const PAGES: &[Page] = &[
    page("/records", "portal-records", "All that is held about the person"),
    page("/records/download.json", "portal-copy", "The same, to keep or take elsewhere"),
    page("/records/{record}/{version}/receipt", "portal-record-receipt", "The log's receipt of a version of a record"),
    page("/looks", "portal-looks", "Who looked at the person, for what, and when"),
    page("/looks/{look}", "portal-look", "One look: in which case, why, and what a reviewer found"),
    page("/looks/{event}/receipt", "portal-look-receipt", "The log's receipt of a look, or of anything else about the person"),
    page("/inbox", "portal-inbox", "Notices to the person"),
    form("/notices/{id}/read", "portal-read-notice", "Mark a notice as read"),
    page("/consents", "portal-consents", "Consents that the person was asked for"),
    page("/consents/{id}", "portal-consent", "One of them, in words"),
    form("/consents/{id}/grant", "portal-grant-consent", "Grant all that was asked for, or less"),
    form("/consents/{id}/refuse", "portal-refuse-consent", "Refuse"),
    form("/consents/{id}/pause", "portal-pause-consent", "Let a consent rest"),
    form("/consents/{id}/resume", "portal-resume-consent", "Let it be used again"),
    form("/consents/{id}/revoke", "portal-revoke-consent", "Take it back, from the next look on"),
    page("/procedures", "portal-procedures", "The person's procedures"),
    page("/procedures/records", "portal-named-records", "Which records a procedure can be about, without what is in them"),
    page("/procedures/{id}", "portal-procedure", "One of them, with its timeline and what comes next"),
    page("/procedures/{id}/files/{file}", "portal-procedure-file", "A file that was put to it"),
    with_files("/records/{record}/dispute", "portal-dispute", "Dispute a record, or one field of it"),
    form("/procedures/{id}/statement", "portal-statement", "Add a statement that travels with the record"),
    form("/procedures/{id}/take-back", "portal-take-back", "Take a dispute or a complaint back"),
    with_files("/procedures/{id}/reconsideration", "portal-reconsider", "Have the outcome of a dispute reconsidered"),
    with_files("/looks/{look}/reconsideration", "portal-reconsider-look", "Have a look reconsidered"),
    form("/records/{record}/restoration", "portal-restoration", "Apply that a decision no longer counts"),
    with_files("/procedures/complaint", "portal-complain", "Complain about how data was handled"),
    with_files("/looks/{look}/complaint", "portal-complain-look", "Complain about a look"),
    page("/mandates", "portal-mandates", "Who represents the person, and whom they represent"),
    form("/mandates/{id}/act", "portal-act", "Act for somebody, under their mandate"),
    form("/mandates/back", "portal-act-back", "Act for oneself again"),
    form("/mandates/{id}/end", "portal-end-mandate", "End a mandate"),
    page("/good-record", "portal-good-record", "Commendations and pledges, and which of them others see"),
    form("/good-record/{record}/publish", "portal-publish", "Say yes to the publication of one commendation"),
    form("/good-record/{record}/withdraw", "portal-unpublish", "Say no to it, from then on"),
    form("/good-record/pledges", "portal-pledge", "Make a pledge"),
    form("/good-record/pledges/{pledge}/end", "portal-end-pledge", "End a pledge"),
    page("/certificates", "portal-certificates", "The person's certificates"),
    form("/certificates", "portal-ask-certificate", "Ask for a certificate about one licence"),
    form("/certificates/{id}/revoke", "portal-revoke-certificate", "End a certificate"),
];

/// The operations.
pub(super) fn all() -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for page in PAGES {
        let item = paths.entry(page.path).or_insert_with(|| parameters(page.path));
        item[page.method] = operation(page);
    }
    Value::Object(paths)
}

fn parameters(path: &str) -> Value {
    let names = path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let parameters: Vec<Value> = names
        .map(|name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}}))
        .collect();
    if parameters.is_empty() {
        json!({})
    } else {
        json!({"parameters": parameters})
    }
}

fn operation(page: &Page) -> Value {
    let mut operation = json!({
        "operationId": page.id,
        "summary": page.summary,
        "security": [{"portal": []}],
        "responses": {
            "200": {"description": "The page, or the file."},
            "303": {"description": "Where to go on: to the sign-in without a session; after a form, to what it did."},
            "4XX": {"description": "A page that says what is wrong.", "content": {"text/html": {}}},
            "5XX": {"description": "A page that says so.", "content": {"text/html": {}}},
        },
    });
    if let Some(body) = page.body {
        operation["requestBody"] = json!({
            "required": true,
            "description": "The form as its page shows it, with its token.",
            "content": {(body): {}},
        });
    }
    operation
}
