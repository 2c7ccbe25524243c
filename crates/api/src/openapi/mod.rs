//! `GET /api/v1/openapi.json`: the interface described for machines (OpenAPI 3.1). Tests hold that every
//! route is in it and that answers are as it says.

mod body_paths;
mod due_process;
mod paths;
mod portal;
mod review_paths;
mod schemas;

use std::sync::LazyLock;

use axum::{
    body::Bytes,
    http::header,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use crate::{CLOCK_SKEW_SECONDS, MAX_AGE_SECONDS, TAG, problem::Code};

static DOCUMENT: LazyLock<Bytes> = LazyLock::new(|| document().to_string().into());

/// The document.
pub(crate) async fn handle() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "public, max-age=300"),
    ];
    (headers, DOCUMENT.clone()).into_response()
}

fn document() -> Value {
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Standing",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "An exchange for official records about people in regulated work.",
            "description": description(),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths::all(),
        "components": {
            "schemas": schemas::all(),
            "securitySchemes": {
                "signature": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Signature",
                    "description": "HTTP Message Signatures, RFC 9421; see the description of the interface.",
                },
                "portal": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": portal::COOKIE,
                    "description": "The session of a person who signed in on the portal. Its forms hold a token of \
                        the session as well, which stands in the page that shows them.",
                },
            },
        },
    })
}

fn description() -> String {
    let codes: Vec<String> = Code::ALL
        .iter()
        .map(|code| {
            format!(
                "| `{}` | {} | {} |",
                code.as_str(),
                code.status(),
                code.title(profile::Language::En)
            )
        })
        .collect();
    format!(
        "## Signatures\n\
         Authorities sign every request: RFC 9421, Ed25519, with a key that is registered here, and the \
         parameters `created`, `expires`, `nonce` (8 to 128 characters, never twice), `keyid`, and \
         `tag=\"{TAG}\"`. Covered are `@method`; `@target-uri`, or `@authority`, `@path` and, where there is a \
         query, `@query`; where there is a body, `content-digest` (RFC 9530, sha-256 or sha-512) and \
         `content-type`; and `upload-offset` where it is sent. `@authority` is the public name of the service. A \
         signature counts for {MAX_AGE_SECONDS} seconds; clocks may differ by {CLOCK_SKEW_SECONDS}.\n\n\
         ## Keys\n\
         A key is a body's: an authority's or an inquirer's. Submissions and alerts take any key of the authority. \
         Looks, consents, procedures and notices take a key that a named member of staff has (`staff-unknown`), whose \
         account is not stopped (`staff-stopped`). What begins with `/api/v1/review/` takes a reviewer's key and \
         nothing else does. People have no keys: their way is the portal, whose forms are listed here under the \
         security scheme `portal`.\n\n\
         ## Problems\n\
         Every failure is a problem document (RFC 9457) with a stable `code`, its `type` \
         `urn:standing:problem:<code>`, and a title in Chinese or English as `Accept-Language` asks.\n\n\
         | code | status | title |\n| --- | --- | --- |\n{}\n",
        codes.join("\n")
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::routes;

    #[test]
    fn every_route_is_described_and_nothing_else() {
        let mut there = BTreeSet::new();
        for route in routes::signed().iter().chain(&routes::public()) {
            let (path, methods) = route.named();
            there.extend(methods.iter().map(|method| format!("{method} {path}")));
        }
        // Those of the portal are not routes of this crate; that they are there is tested where both meet.
        there.extend(
            portal::PAGES
                .iter()
                .map(|page| format!("{} {}", page.method, page.path)),
        );
        let document = document();
        let mut described = BTreeSet::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            let methods = item
                .as_object()
                .unwrap()
                .keys()
                .filter(|key| *key != "parameters");
            described.extend(methods.map(|method| format!("{method} {path}")));
        }
        assert_eq!(there, described);
    }

    #[test]
    fn every_status_is_named_as_answers_write_it() {
        let document = document();
        let named = &document["components"]["schemas"]["RecordStatus"]["enum"];
        assert_eq!(*named, serde_json::json!(model::RecordStatus::ALL));
    }

    #[test]
    fn what_authorities_alone_reach_says_so_and_every_reference_leads_somewhere() {
        let document = document();
        for route in routes::signed() {
            let (path, methods) = route.named();
            for method in methods {
                let operation = &document["paths"][&path][*method];
                assert!(
                    operation["security"][0]["signature"].is_array(),
                    "{method} {path}"
                );
                assert!(operation["responses"]["4XX"].is_object(), "{method} {path}");
            }
        }
        let text = document.to_string();
        for reference in text.split("\"$ref\":\"#").skip(1) {
            let pointer = reference.split('"').next().unwrap();
            assert!(document.pointer(pointer).is_some(), "{pointer}");
        }
    }
}
