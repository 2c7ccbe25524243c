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
}

const fn page(method: &'static str, path: &'static str, id: &'static str, summary: &'static str) -> Page {
    Page {
        method,
        path,
        id,
        summary,
    }
}

/// Every one.
pub(crate) const PAGES: &[Page] = &[
    page(
        "get",
        "/records",
        "portal-records",
        "All that is held about the person, and notices to them",
    ),
    page(
        "get",
        "/records/download.json",
        "portal-copy",
        "The same, to keep or take elsewhere",
    ),
    page(
        "get",
        "/records/{record}/{version}/receipt",
        "portal-record-receipt",
        "The log's receipt of a version of a record",
    ),
    page(
        "get",
        "/looks",
        "portal-looks",
        "Who looked at the person, for what, and when",
    ),
    page(
        "get",
        "/looks/{event}/receipt",
        "portal-look-receipt",
        "The log's receipt of a look, or of anything else about the person",
    ),
    page(
        "get",
        "/certificates",
        "portal-certificates",
        "The person's certificates",
    ),
    page(
        "post",
        "/certificates",
        "portal-ask-certificate",
        "Ask for a certificate about one licence",
    ),
    page(
        "post",
        "/certificates/{id}/revoke",
        "portal-revoke-certificate",
        "End a certificate",
    ),
    page(
        "post",
        "/notices/{id}/read",
        "portal-read-notice",
        "Mark a notice as read",
    ),
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
    if page.method == "post" {
        operation["requestBody"] = json!({
            "required": true,
            "description": "The form as its page shows it, with its token.",
            "content": {"application/x-www-form-urlencoded": {}},
        });
    }
    operation
}
