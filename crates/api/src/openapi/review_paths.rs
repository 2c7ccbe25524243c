//! The operations of reviewers.

use serde_json::{Value, json};

use super::{
    body_paths::{file, nothing, parameter},
    paths::{answer, json_body, json_content, signed},
};

/// Every one of them.
pub(super) fn all() -> Value {
    let mut all = queue();
    for more in [procedures(), others()] {
        if let (Some(all), Value::Object(more)) = (all.as_object_mut(), more) {
            all.extend(more);
        }
    }
    all
}

fn look() -> Value {
    json!([parameter("look", "The look's identifier.")])
}

fn procedure() -> Value {
    json!([parameter("procedure", "The procedure's identifier.")])
}

fn stands() -> Value {
    json!({"200": answer("Where it stands now.", "Stands")})
}

fn queue() -> Value {
    json!({
        "/api/v1/review/queue": {"get": signed(
            "review-queue", "Looks to be looked into, and steps to be seen",
            "The oldest first, without whom the looks were at.",
            None, json!({"200": answer("The queue.", "ReviewQueue")}),
        )},
        "/api/v1/review/looks/{look}/open": {"parameters": look(), "post": signed(
            "open-case", "Open the case that a look was taken in",
            "The opening is logged before this answers.",
            None, json!({"200": answer("The case; null where the look was by consent.", "OpenedCase")}),
        )},
        "/api/v1/review/looks/{look}/close": {"parameters": look(), "post": signed(
            "close-review", "Close a look as proper or improper, with reasons",
            "The person is told of an improper one at once, whatever was to wait. Whoever has or answered a reconsideration or \
             a complaint about the look does not close it (`reviewer-took-part`), nor does one whom the look was at (`reviewer-concerned`).",
            Some(json_body("CloseReview")), nothing("It is closed."),
        )},
        "/api/v1/review/looks/{look}/wait": {"parameters": look(), "post": signed(
            "renew-wait", "Let the notice of a look wait longer, with reasons",
            "Counted from the day on which it would be sent; in all never longer than the law says.",
            Some(json_body("RenewWait")), json!({"200": answer("The day on which it is sent.", "Waits")}),
        )},
        "/api/v1/review/steps/{step}/seen": {
            "parameters": [parameter("step", "The step's identifier.")],
            "post": signed("see-step", "Take a step that was seen out of the queue", "By any reviewer, once.", None,
                nothing("It is out of the queue.")),
        },
        "/api/v1/review/stops/lift": {"post": signed(
            "lift-stop", "Let a member of staff, or a body, ask again",
            "With reasons. Without `staff` it is the body's own stop.",
            Some(json_body("LiftStop")), nothing("The stop is lifted."),
        )},
    })
}

fn procedures() -> Value {
    json!({
        "/api/v1/review/procedures": {"get": signed(
            "review-procedures", "What waits for this reviewer or for any", "The earliest day first.",
            None, json!({"200": answer("The procedures.", "Procedures")}),
        )},
        "/api/v1/review/overdue": {"get": signed(
            "overdue", "What is late",
            "What waits for an authority, a reviewer or a body that was given a record past its day, and peers that have \
             not confirmed in time what they are told of alerts. The earliest day first.",
            None, json!({"200": answer("What is late.", "Overdue")}),
        )},
        "/api/v1/review/procedures/{procedure}/open": {"parameters": procedure(), "post": signed(
            "review-open-procedure", "Open a procedure that comes before the reviewers",
            "Reconsiderations and complaints, and what is late. The opening is logged before this answers, and the \
             person sees it.",
            None, json!({"200": answer("The procedure.", "Procedure")}),
        )},
        "/api/v1/review/procedures/{procedure}/files/{file}/open": {
            "parameters": [
                parameter("procedure", "The procedure's identifier."),
                parameter("file", "The file's identifier, as the procedure names it."),
            ],
            "post": signed(
                "review-open-file", "Open a file that was put to such a procedure",
                "The opening is logged before this answers, and the person sees it.", None, file(),
            ),
        },
        "/api/v1/review/procedures/{procedure}/assign": {"parameters": procedure(), "post": signed(
            "assign", "Give a reconsideration or a complaint to a reviewer",
            "Who had no part in what it is about (`reviewer-took-part`), and whom it is not about
             (`reviewer-concerned`). It may be the reviewer who asks.",
            Some(json_body("Assign")), nothing("It is given."),
        )},
        "/api/v1/review/procedures/{procedure}/reconsideration-answer": {"parameters": procedure(), "post": signed(
            "answer-reconsideration", "Answer a reconsideration",
            "Without an order the outcome stands; with one, the authority carries it out by a day. The order `readmit`, \
             of a record that was withdrawn, certifies that it is right, so that it may be filed again.",
            Some(json_body("ReconsiderationAnswer")), stands(),
        )},
        "/api/v1/review/procedures/{procedure}/outside-decision": {"parameters": procedure(), "post": signed(
            "outside-decision", "Put down what a court or another body outside decided",
            "It is followed within the days that the profile sets. The same decision again (`court` and `reference`), with \
             another `decided_on` or `order`, amends one that was put down wrongly, also where that was followed.",
            Some(json_body("OutsideDecision")), nothing("It is put down."),
        )},
        "/api/v1/review/procedures/{procedure}/complaint-answer": {"parameters": procedure(), "post": signed(
            "answer-complaint", "Answer a complaint",
            "Founded, with measures, or not. A breach that came to light is reported with it, as by `report-breach`: whom it \
             affects is told at once. The body may have 8 MiB, enough for 50,000 people.",
            Some(json_body("ComplaintAnswer")), stands(),
        )},
        "/api/v1/review/procedures/{procedure}/improper-look": {"parameters": procedure(), "post": signed(
            "put-down-improper", "Put a look down as improper, as was ordered", "In a reconsideration of a look.",
            None, stands(),
        )},
    })
}

fn others() -> Value {
    json!({
        "/api/v1/review/breaches": {
            "get": signed(
                "breaches", "The breaches that were reported", "The latest first, without whom they affect.",
                None, json!({"200": answer("The reports.", "Breaches")}),
            ),
            "post": signed(
                "report-breach", "Report a breach, and tell whom it affects",
                "Dated when it was noticed, with what happened and what is done about it, which those whom it affects \
                 read. They are named by their identity numbers and told at once; nothing says whether a number is \
                 known, and the answer has how many were named. `place` says which one is no number. The same report \
                 again tells nobody twice. The body may have 8 MiB.",
                Some(json_body("ReportBreach")), json!({"200": answer("The report.", "Breach")}),
            ),
        },
        "/api/v1/review/outside-decisions": {"post": signed(
            "outside-decision-about", "Put down what a court or another body outside decided about a record",
            "Where nobody disputed it here, or the dispute was answered: the person, the authority and whoever was given \
             the record are told, and it is followed within the days that the profile sets. A reconsideration that waits \
             takes it up. The same decision again (`court` and `reference`), with another `decided_on` or `order`, amends \
             the one that was put down, in its own procedure. The order `readmit`, of a record that was withdrawn, certifies that it is right.",
            Some(json_body("OutsideDecisionAbout")),
            json!({"201": answer("It is put down in this procedure.", "ProcedureOpened")}),
        )},
        "/api/v1/review/reentries": {"post": signed(
            "certify-reentry", "Certify that a record that ended is right",
            "One that was withdrawn or erased: its document may then be filed again, once, and the person is told as \
             it comes in.",
            Some(json_body("Reentry")), nothing("It is certified."),
        )},
        "/api/v1/review/notices": {"get": signed(
            "review-notices", "The latest notices to this reviewer and to all", "The latest first.",
            None, json!({"200": answer("The notices.", "BodyNotices")}),
        )},
        "/api/v1/review/notices/{notice}/read": {
            "parameters": [parameter("notice", "The notice's identifier.")],
            "post": signed("review-read-notice", "Mark a notice as read", "One to all reviewers counts as read for all.",
                None, nothing("It is marked.")),
        },
        "/api/v1/review/mandates": {"post": signed(
            "register-mandate", "Register that somebody represents a person",
            "A guardian or a lawyer, for a scope and until a day, on papers that the reviewer saw. The person is told.",
            Some(json_body("NewMandate")),
            json!({"201": {"description": "The mandate.", "content": json_content("MandateRegistered")}}),
        )},
        "/api/v1/review/mandates/{mandate}/end": {
            "parameters": [parameter("mandate", "The mandate's identifier.")],
            "post": signed(
                "end-mandate", "End a mandate before its last day", "Effective at once; the person is told.",
                Some(json_body("Person")), nothing("It is ended."),
            ),
        },
    })
}
