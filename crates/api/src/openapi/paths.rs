//! The operations.

use serde_json::{Value, json};

use super::{body_paths, portal, review_paths};

/// Every path.
pub(super) fn all() -> Value {
    let mut all = exchange();
    for more in [body_paths::all(), review_paths::all(), portal::all()] {
        if let (Some(all), Value::Object(more)) = (all.as_object_mut(), more) {
            all.extend(more);
        }
    }
    all
}

/// Submissions, looks, alerts, the log, and what is public.
fn exchange() -> Value {
    json!({
        "/api/v1/submissions": {"post": signed(
            "announce", "Announce a file of records",
            "The authority is the one whose key signed. `authority` says which one the sender means: where it is \
             another, nothing is announced (`authority-mismatch`). Go on with PATCH. A file that is on its way already, of the \
             same kind, name, length and SHA-256, is answered with how far it is. One authority's uploads are \
             bounded in number and in bytes; one that nobody goes on with is removed after a day.",
            Some(json_body("Announcement")),
            json!({
                "201": {
                    "description": "The submission that it will be.",
                    "headers": {"Location": text_header("The submission's address.")},
                    "content": json_content("Upload"),
                },
                "403": problem(
                    "The key is another authority's than the one named (`authority-mismatch`), or the authority files \
                     no records of this kind (`not-yours`).",
                ),
                "429": problem("Too much of the authority is on its way already (`too-many-uploads`)."),
            }),
        )},
        "/api/v1/submissions/{submission}": {
            "parameters": [submission()],
            "head": signed("peek", "How far an upload has come", "As GET, without a body.", None, progress(false)),
            "get": signed(
                "progress", "How far an upload has come, or what became of it",
                "While the file comes in, both headers say how far. Once it is filed they are gone and the body \
                 sums the submission up.",
                None, progress(true),
            ),
            "patch": append(),
        },
        "/api/v1/submissions/{submission}/file": {"parameters": [submission()], "post": signed(
            "file", "File what was sent",
            "Answers row by row. Asked again, it answers the same. Long files: 503 with the code \
             `filing-under-way` until it is done; ask again.",
            None, json!({"200": answer("What became of each row.", "Submission")}),
        )},
        "/api/v1/submissions/{submission}/rejected.csv": {"parameters": [submission()], "get": signed(
            "rejected", "The rejected rows, to mend and send again",
            "In the sender's own columns and encoding, with code and message after them.",
            None, json!({"200": {"description": "The rows.", "content": {"text/csv": {}}}}),
        )},
        "/api/v1/submissions/{submission}/take-back": {"parameters": [submission()], "post": signed(
            "take-back", "Take a submission back whole",
            "Within the window that the profile sets. Rows touched since are reported and left as they are. Asked again \
             within the window it takes back those that nothing keeps any longer, such as a licence whose decision \
             was taken back (`has-decision`), or a record about which a procedure was open (`procedure-open`); `taken-back` where none is left. `taken_back` counts the rows that are \
             taken back by now.",
            None, json!({"200": answer("What was taken back.", "TakeBack")}),
        )},
        "/api/v1/inquiries": {"post": signed(
            "inquire", "Look at one person's records in one profession",
            "Under a registered purpose, by a named member of staff: under a law with a case and a reason, or by a \
             consent that the person gave. The look is logged before this answers, and the person sees it. So is one \
             that is refused, or finds nobody. One person an inquiry.",
            Some(json_body("Inquiry")), json!({"200": answer("What the purpose lets be seen.", "InquiryAnswer")}),
        )},
        "/api/v1/commendation-proposals": {"post": signed(
            "propose-commendation", "Propose that an authority commends somebody",
            "For associations of the profile. Only about somebody who is known in the profession; the person is told, \
             and reads it. It is no record: only what the authority takes up is.",
            Some(json_body("CommendationProposal")), json!({"201": answer("The proposal.", "Proposed")}),
        ), "get": signed(
            "commendation-proposals", "The association's own latest proposals",
            "For associations of the profile. The latest first, each with how it stands: without whom it is about, and \
             without what the person made of it.",
            None, json!({"200": answer("The proposals.", "OwnProposals")}),
        )},
        "/api/v1/alerts": {"get": signed(
            "alerts", "The open alerts in the professions that the authority licenses",
            "Without whom they are about. What has ended is gone from it by itself.",
            None, json!({"200": answer("The inbox.", "Alerts")}),
        )},
        "/api/v1/alerts/{alert}/open": {
            "parameters": [{"name": "alert", "in": "path", "required": true, "schema": reference("Id")}],
            "post": signed(
                "open-alert", "Open one alert",
                "The opening is logged before this answers, and the person sees it. Who opened it hears what becomes of \
                 the record. While an overdue dispute withholds that, nobody opens it (`alert-withheld`).",
                None, json!({"200": answer("The alert.", "OpenedAlert")}),
            ),
        },
        "/api/v1/peer/alerts": {"post": signed(
            "peer-alert", "Tell of an alert, or of its end",
            "For registered peers, other instances of the program: the key is named by its public key in hexadecimal. \
             The receiver keeps the latest revision. Sent again, signed anew, a message is answered the same.",
            Some(json_body("AlertMessage")), json!({"200": answer("The confirmation.", "AlertTaken")}),
        )},
        "/api/v1/peer/put-back": {"post": signed(
            "peer-put-back", "Tell that an older copy of one's database was put back",
            "For registered peers. The receiver closes the alerts of the sender that are not open there any more, unless it \
             was told of them since, and tells the sender anew of what it has for it. Sent again it is answered the same.",
            Some(json_body("PutBack")), json!({"200": answer("The confirmation.", "PutBackTaken")}),
        )},
        "/log/tile/{path}": {
            "parameters": [{
                "name": "path", "in": "path", "required": true, "schema": {"type": "string"},
                "description": "`<level>/<index>[.p/<width>]` or `entries/<index>[.p/<width>]`, as \
                    c2sp.org/tlog-tiles writes them; the slashes are not escaped.",
            }],
            "get": signed(
                "tile", "A tile of the log, or a bundle of its entries",
                "For auditors and witnesses, with a key of their own that opens nothing else, and for bodies with any key of \
                 theirs; without a signature where the installation says so.",
                None,
                json!({"200": {"description": "The tile.", "content": {"application/octet-stream": {}}}}),
            ),
        },
        "/log/checkpoint": {"get": public(
            "checkpoint", "The log's latest checkpoint", "A signed note (c2sp.org/tlog-checkpoint).", "text/plain",
        )},
        "/log/vkey": {"get": public(
            "vkey", "The key that verifies checkpoints", "A verifier key (c2sp.org/signed-note).", "text/plain",
        )},
        "/status-lists/{list}": {
            "parameters": [{"name": "list", "in": "path", "required": true, "schema": {"type": "integer"}}],
            "get": public(
                "status-list", "A list of certificates' states",
                "A Token Status List, at most ten seconds old.", "application/statuslist+jwt",
            ),
        },
        "/.well-known/jwt-vc-issuer": {"get": public(
            "issuer", "The issuer of certificates and its keys", "SD-JWT VC, JWT VC Issuer Metadata.",
            "application/json",
        )},
        "/trust.json": {"get": public(
            "trust", "What a verifier needs to check certificates without a network",
            "The issuer's keys and its status lists.", "application/json",
        )},
        "/api/v1/figures/improper-looks/{year}": {
            "parameters": [{"name": "year", "in": "path", "required": true, "schema": {"type": "integer"}}],
            "get": {
                "operationId": "improper-looks",
                "summary": "How many looks of each body were found improper in a year",
                "description": "The bodies' own record. A body of which none was found is not named. Looks that were refused \
                    or found nothing count as well.",
                "security": [],
                "responses": {
                    "200": answer("The figures.", "ImproperLooks"),
                    "4XX": problem("That is no year."),
                    "5XX": problem("What went wrong here; try again later."),
                },
            },
        },
        "/api/v1/openapi.json": {"get": public("openapi", "This document", "OpenAPI 3.1.", "application/json")},
        "/healthz": {"get": public(
            "health", "Whether the service and its store answer", "For whoever watches it.", "application/json",
        )},
    })
}

fn append() -> Value {
    let mut operation = signed(
        "append",
        "Send the next piece of a file",
        "It is on disk when this answers. After a broken connection ask with GET and go on from there.",
        Some(json!({
            "required": true,
            "description": "At most 8 MiB.",
            "content": {"application/octet-stream": {}},
        })),
        json!({"204": {
            "description": "Taken.",
            "headers": {"Upload-Offset": number_header("How many bytes are here now.")},
        }}),
    );
    operation["parameters"] = json!([{
        "name": "Upload-Offset", "in": "header", "required": true, "schema": {"type": "integer", "minimum": 0},
        "description": "Where the piece begins in the file. Covered by the signature.",
    }]);
    operation["responses"]["409"] = json!({
        "description": "The piece begins at another place than the last one ended.",
        "headers": {"Upload-Offset": number_header("Where to go on.")},
        "content": {"application/problem+json": {"schema": reference("Problem")}},
    });
    operation
}

fn progress(with_body: bool) -> Value {
    let headers = json!({
        "Upload-Offset": number_header("How many bytes are here."),
        "Upload-Length": number_header("How many there will be."),
    });
    let mut answer = json!({"description": "How far it is.", "headers": headers});
    if with_body {
        let schema = json!({"oneOf": [reference("Upload"), reference("SubmissionSummary")]});
        answer["content"] = json!({"application/json": {"schema": schema}});
    }
    json!({"200": answer})
}

pub(super) fn signed(
    id: &str,
    summary: &str,
    description: &str,
    body: Option<Value>,
    mut responses: Value,
) -> Value {
    responses["4XX"] = problem("What is wrong with the request.");
    responses["5XX"] = problem("What went wrong here; try again later.");
    let mut operation = json!({
        "operationId": id,
        "summary": summary,
        "description": description,
        "security": [{"signature": []}],
        "responses": responses,
    });
    if let Some(body) = body {
        operation["requestBody"] = body;
    }
    operation
}

pub(super) fn public(id: &str, summary: &str, description: &str, content_type: &str) -> Value {
    json!({
        "operationId": id,
        "summary": summary,
        "description": description,
        "security": [],
        "responses": {
            "200": {"description": summary, "content": {(content_type): {}}},
            "4XX": problem("There is nothing at this address."),
            "5XX": problem("What went wrong here; try again later."),
        },
    })
}

fn submission() -> Value {
    json!({
        "name": "submission", "in": "path", "required": true, "schema": reference("Id"),
        "description": "The submission's identifier.",
    })
}

pub(super) fn problem(description: &str) -> Value {
    json!({
        "description": description,
        "content": {"application/problem+json": {"schema": reference("Problem")}},
    })
}

pub(super) fn answer(description: &str, schema: &str) -> Value {
    json!({"description": description, "content": json_content(schema)})
}

pub(super) fn json_body(schema: &str) -> Value {
    json!({"required": true, "content": json_content(schema)})
}

pub(super) fn json_content(schema: &str) -> Value {
    json!({"application/json": {"schema": reference(schema)}})
}

pub(super) fn text_header(description: &str) -> Value {
    json!({"description": description, "schema": {"type": "string"}})
}

fn number_header(description: &str) -> Value {
    json!({"description": description, "schema": {"type": "integer", "minimum": 0}})
}

pub(super) fn reference(schema: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{schema}")})
}
