//! The operations of a body's named members of staff, beside looks.

use serde_json::{Value, json};

use super::paths::{answer, json_body, json_content, reference, signed};

/// The parameter that names this.
pub(super) fn parameter(name: &str, description: &str) -> Value {
    json!({
        "name": name, "in": "path", "required": true, "schema": reference("Id"), "description": description,
    })
}

/// What an operation answers that has nothing to say.
pub(super) fn nothing(description: &str) -> Value {
    json!({"204": {"description": description}})
}

/// A file that was put to a procedure.
pub(super) fn file() -> Value {
    json!({"200": {
        "description": "The file. What it is was found by its content when it came in.",
        "content": {"application/pdf": {}, "image/png": {}, "image/jpeg": {}},
    }})
}

fn procedure() -> Value {
    json!([parameter("procedure", "The procedure's identifier.")])
}

fn stands() -> Value {
    json!({"200": answer("Where it stands now.", "Stands")})
}

/// Every one of them.
pub(super) fn all() -> Value {
    let mut all = own();
    if let (Some(all), Value::Object(more)) = (all.as_object_mut(), procedures()) {
        all.extend(more);
    }
    all
}

fn own() -> Value {
    json!({
        "/api/v1/consents": {
            "post": signed(
                "ask-consent", "Ask one person for consent to look at their records",
                "Within what the purpose allows: fields, days, looks, how long an answer is kept. It is answered the \
                 same whether or not anybody is known under the number. The person decides on the portal; the look \
                 itself is `inquire` with the consent's identifier.",
                Some(json_body("ConsentAsk")),
                json!({"201": {
                    "description": "The request, which waits for the person.",
                    "content": json_content("ConsentAsked"),
                }}),
            ),
            "get": signed(
                "consents", "The latest consents that the body asked for, and where each stands",
                "The latest first. The person is named as for this body alone.",
                None, json!({"200": answer("The requests.", "AskedConsents")}),
            ),
        },
        "/api/v1/looks": {"get": signed(
            "looks", "The body's own latest looks",
            "The latest first, those that were refused or found nobody too. The person is named as for this body alone.",
            None, json!({"200": answer("The looks.", "OwnLooks")}),
        )},
        "/api/v1/looks/{look}/receipt": {
            "parameters": [parameter("look", "The look's identifier.")],
            "get": signed(
                "look-receipt", "The receipt of one of the body's own looks",
                "With the proof of its place in the log.",
                None, json!({"200": answer("The receipt.", "Receipt")}),
            ),
        },
        "/api/v1/notices": {"get": signed(
            "notices", "The latest notices to the body",
            "First every request to stop using a record that is not confirmed, the earliest first; then the latest 1,000 \
             others, the latest first.",
            None, json!({"200": answer("The notices.", "BodyNotices")}),
        )},
        "/api/v1/notices/{notice}/read": {
            "parameters": [parameter("notice", "The notice's identifier.")],
            "post": signed(
                "read-notice", "Mark a notice as read",
                "Said again, or of what is no notice of theirs, it changes nothing. Nor of a request to stop using a \
                 record: that is done by confirming it.",
                None, nothing("It is marked."),
            ),
        },
        "/api/v1/staff": {"get": signed(
            "staff", "The body's own named members of staff", "Those who have left too, and who leads.",
            None, json!({"200": answer("The members of staff.", "StaffList")}),
        ), "post": signed(
            "add-staff", "Add a member of staff",
            "By one who leads (`not-lead`). They sign with keys of the body that are nobody else's, and use the portal. \
             An account that is there gets nothing more (`account-taken`). It is a leaf of the log.",
            Some(json_body("NewStaff")), nothing("They are added."),
        )},
        "/api/v1/staff/end": {"post": signed(
            "end-staff", "End an account for good",
            "By a member of staff who leads: a colleague's, or one's own unless nobody else leads (`last-lead`). It is a \
             leaf of the log.",
            Some(json_body("StaffAccount")), nothing("It is ended."),
        )},
        "/api/v1/staff/lead": {"post": signed(
            "lead-staff", "Let a member of staff lead, or no longer",
            "By one who leads: who leads adds and ends accounts. Somebody always does (`last-lead`). Where it changes \
             something it is a leaf of the log.",
            Some(json_body("StaffLead")), nothing("It is so."),
        )},
    })
}

fn procedures() -> Value {
    json!({
        "/api/v1/procedures": {"get": signed(
            "procedures", "What waits for the body, and what else concerns it",
            "Those with the earliest day first. A list says nothing personal; a complaint is in it once it is answered.",
            None, json!({"200": answer("The procedures.", "Procedures")}),
        )},
        "/api/v1/procedures/{procedure}/open": {"parameters": procedure(), "post": signed(
            "open-procedure", "Open one procedure",
            "What was said and done, its timeline, what comes next on which day, and the record as it stands. The \
             opening is logged before this answers, and the person sees who did.",
            None, json!({"200": answer("The procedure.", "Procedure")}),
        )},
        "/api/v1/procedures/{procedure}/files/{file}/open": {
            "parameters": [
                parameter("procedure", "The procedure's identifier."),
                parameter("file", "The file's identifier, as the procedure names it."),
            ],
            "post": signed(
                "open-file", "Open a file that was put to a procedure",
                "The opening is logged before this answers, and the person sees it.", None, file(),
            ),
        },
        "/api/v1/procedures/{procedure}/dispute-answer": {"parameters": procedure(), "post": signed(
            "answer-dispute", "Answer a dispute: uphold, correct or withdraw the record",
            "What is done to the record is done with the answer, or neither is. A correction is the whole row as it \
             should be, and passes the checks that every filed row passes.",
            Some(json_body("DisputeAnswer")), stands(),
        )},
        "/api/v1/procedures/{procedure}/restoration-answer": {"parameters": procedure(), "post": signed(
            "answer-restoration", "Answer an application for restoration",
            "Take it or not; grant the restoration or refuse it. Granted, whoever was given the decision is told to \
             stop using it.",
            Some(json_body("RestorationAnswer")), stands(),
        )},
        "/api/v1/procedures/{procedure}/stopped-use": {"parameters": procedure(), "post": signed(
            "confirm-stopped-use", "Confirm that a restored decision is no longer used",
            "By a body that was given it, as the notice to it asks: by the identifier in that notice, which is the body's \
             own.", None, stands(),
        )},
        "/api/v1/procedures/{procedure}/carry-out": {"parameters": procedure(), "post": signed(
            "carry-out", "Do to the record what was ordered",
            "By a reviewer or a body outside, in a reconsideration.", Some(json_body("CarryOut")), stands(),
        )},
    })
}
