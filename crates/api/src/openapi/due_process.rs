//! The shapes of consents, looks, procedures and what reviewers do.

use model::{
    RecordKind,
    consent::ConsentStanding,
    procedure::{FileKind, Matter, NoticeKind, Order, ProcedureKind, Status, StepName},
};
use registry::{Change, MandateScope};
use serde_json::{Map, Value, json};

use super::schemas::{closed, count, maybe, reference, words};

/// Every shape.
pub(super) fn all() -> Value {
    let mut all = shared();
    for more in [consents(), looks(), procedures(), courses(), review(), findings()] {
        if let (Some(all), Value::Object(more)) = (all.as_object_mut(), more) {
            all.extend(more);
        }
    }
    all
}

fn text() -> Value {
    json!({"type": "string"})
}

/// Reasons and the like.
fn long() -> Value {
    json!({"type": "string", "minLength": 1, "maxLength": 4000})
}

fn moment() -> Value {
    json!({"type": "string", "format": "date-time"})
}

fn maybe_moment() -> Value {
    json!({"type": ["string", "null"], "format": "date-time"})
}

fn day() -> Value {
    json!({"type": "string", "format": "date"})
}

fn maybe_day() -> Value {
    json!({"type": ["string", "null"], "format": "date"})
}

fn maybe_id() -> Value {
    json!({"anyOf": [reference("Id"), {"type": "null"}]})
}

fn list(schema: &str) -> Value {
    json!({"type": "array", "items": reference(schema)})
}

/// A closed object of which these members may be left out.
fn with_optional(mut schema: Value, optional: Value) -> Value {
    if let (Some(all), Value::Object(more)) = (schema["properties"].as_object_mut(), optional) {
        all.extend(more);
    }
    schema
}

fn shared() -> Value {
    json!({
        "Person": closed(json!({"id_number": text(), "name": text()})),
        "Row": {
            "type": "object",
            "description": "The whole row as it should be: the record's fields under their names in the profile.",
            "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
        },
        "ImproperLooks": closed(json!({
            "year": {"type": "integer"},
            "improper_looks": {"type": "object", "additionalProperties": {"type": "integer", "minimum": 1}},
        })),
        "StaffList": closed(json!({"staff": list("StaffMember")})),
        "StaffMember": closed(json!({
            "staff": text(), "name": text(), "leads": {"type": "boolean"}, "own_number": {
                "type": "boolean",
                "description": "Whether they are registered with their own identity number. Without it, looks at them \
                    by colleagues, or by themselves, are not queued for review.",
            }, "stopped_at": maybe_moment(),
            "ended_at": maybe_moment(),
        })),
        "NewStaff": with_optional(
            closed(json!({"staff": text(), "name": text()})),
            json!({"own_number": text(), "keys": {"type": "array", "items": text()}}),
        ),
        "StaffAccount": closed(json!({"staff": text()})),
        "StaffLead": closed(json!({"staff": text(), "lead": {"enum": ["give", "take"]}})),
        "BodyNotices": closed(json!({"notices": list("BodyNotice")})),
        "BodyNotice": with_optional(
            closed(json!({
                "notice": reference("Id"),
                "kind": {"enum": words(NoticeKind::ALL, |kind| kind.as_str())},
                "procedure": {
                    "$ref": "#/components/schemas/Id",
                    "description": "To a body that takes no part in it, an identifier of its own.",
                },
                "person": text(),
                "at": moment(),
                "read_at": maybe_moment(),
            })),
            json!({"record": maybe_id()}),
        ),
    })
}

fn consents() -> Value {
    let fields = |required: bool| {
        let kinds: Map<String, Value> = RecordKind::ALL
            .iter()
            .map(|kind| {
                (
                    kind.to_string(),
                    json!({"type": "array", "items": {"type": "string"}}),
                )
            })
            .collect();
        let least = u8::from(required);
        json!({
            "type": "object", "description": "The fields, by kind of record.",
            "additionalProperties": false, "minProperties": least, "properties": kinds,
        })
    };
    let terms = closed(json!({
        "profession": text(),
        "fields": fields(false),
        "from": day(),
        "until": day(),
        "looks": count(),
        "keep_answer_days": count(),
    }));
    let ask = closed(json!({
        "purpose": text(),
        "profession": text(),
        "id_number": text(),
        "name": text(),
        "fields": fields(true),
        "until": day(),
        "keep_answer_days": count(),
    }));
    json!({
        "ConsentTerms": terms,
        "ConsentAsk": with_optional(ask, json!({
            "from": {"type": "string", "format": "date", "description": "The first day; today, if not given."},
            "looks": {"type": "integer", "minimum": 1, "description": "How many looks; one, if not given."},
        })),
        "ConsentAsked": closed(json!({"consent": reference("Id")})),
        "AskedConsents": closed(json!({"consents": list("AskedConsent")})),
        "AskedConsent": closed(json!({
            "consent": reference("Id"),
            "person": text(),
            "purpose": text(),
            "standing": {"enum": words(ConsentStanding::ALL, |standing| standing.as_str())},
            "asked": reference("ConsentTerms"),
            "granted": {"anyOf": [reference("ConsentTerms"), {"type": "null"}]},
            "narrowed": {"type": "boolean", "description": "Whether the purpose allows less today than was asked for or granted."},
            "used": count(),
            "asked_at": moment(),
        })),
    })
}

fn looks() -> Value {
    json!({
        "OwnLooks": closed(json!({"looks": list("OwnLook")})),
        "OwnLook": closed(json!({
            "look": reference("Id"),
            "staff": maybe("string"),
            "purpose": text(),
            "consent": maybe_id(),
            "outcome": {"type": "string", "description": "`seen`, `nothing`, or the code of the refusal."},
            "person": text(),
            "at": moment(),
        })),
    })
}

fn procedures() -> Value {
    let steps = words(StepName::ALL, |step| step.as_str());
    let optional_row = json!({"row": reference("Row")});
    json!({
        "ProcedureKind": {"enum": words(ProcedureKind::ALL, |kind| kind.as_str())},
        "ProcedureStatus": {"enum": words(Status::ALL, |status| status.as_str())},
        "StepName": {"enum": steps},
        "Stands": closed(json!({"status": reference("ProcedureStatus")})),
        "Procedures": closed(json!({"procedures": list("DeskProcedure")})),
        "Overdue": closed(json!({
            "procedures": list("DeskProcedure"),
            "peers": list("LatePeer"),
            "unopened": list("LateAuthority"),
            "provisional_years": {"type": "array", "items": {"type": "integer"}},
        })),
        "LateAuthority": closed(json!({
            "authority": text(),
            "alerts": {"type": "integer", "minimum": 1},
            "due_on": maybe_day(),
        })),
        "LatePeer": closed(json!({
            "peer": text(),
            "what": {
                "enum": ["untold", "changed", "closed", "put-back"],
                "description": "Whether it has not confirmed new alerts, changes to some, their end, or which are open here \
                                since an older copy was put back.",
            },
            "alerts": {"type": "integer", "minimum": 0},
            "due_on": maybe_day(),
        })),
        "DeskProcedure": closed(json!({
            "procedure": reference("Id"),
            "person": text(),
            "kind": reference("ProcedureKind"),
            "status": reference("ProcedureStatus"),
            "opened_at": moment(),
            "due_on": maybe_day(),
            "late": {"type": "boolean"},
            "waits_for": waits_for(),
            "unconfirmed": {
                "type": "array",
                "items": {"type": "string"},
                "description": "Among what is late: the bodies that have not confirmed that they stopped using a record.",
            },
        })),
        "FiledRecord": closed(json!({
            "record": reference("Id"),
            "kind": reference("RecordKind"),
            "status": reference("RecordStatus"),
            "authority": text(),
            "profession": text(),
            "basis": text(),
            "disputed": {"type": "boolean"},
            "withheld": {"type": "boolean"},
            "fields": {"type": "object"},
        })),
        "Procedure": with_optional(closed(json!({
            "procedure": reference("Id"),
            "kind": reference("ProcedureKind"),
            "status": reference("ProcedureStatus"),
            "record": maybe_id(),
            "body": maybe("string"),
            "opened_at": moment(),
            "changed_at": moment(),
            "due_on": maybe_day(),
            "late": {"type": "boolean"},
            "waits_for": waits_for(),
            "timeline": list("TimelineStep"),
            "next": {
                "description": "What comes by itself, after which day.",
                "anyOf": [
                    {"type": "null"},
                    {"type": "array", "prefixItems": [day(), reference("StepName")], "items": false, "minItems": 2},
                ],
            },
            "possible": {
                "type": "array", "items": reference("StepName"), "description": "What the person can do now.",
            },
            "course": {
                "description": "What was said and done; null once the record is erased.",
                "anyOf": [{"type": "null"}, reference("ProcedureCourse")],
            },
            "filed": {
                "description": "The record that it is about as it stands now: whole for the authority that filed it, \
                    without whom it is about for reviewers; null for others, and where there is none.",
                "anyOf": [{"type": "null"}, reference("FiledRecord")],
            },
        })), json!({
            "findings": {
                "description": "To reviewers: what reviewers found about the look that it is about, the first first.",
                "type": "array", "items": reference("LookFinding"),
            },
        })),
        "LookFinding": with_optional(closed(json!({
            "verdict": {"enum": ["proper", "improper"]}, "reasons": maybe("string"), "found_at": moment(),
        })), json!({"taken_back": {
            "type": "boolean",
            "description": "Whether it was taken back, since what a court decided was put down wrongly: it does not count.",
        }})),
        "ProcedureStep": closed(json!({"at": moment(), "actor": reference("Actor"), "name": reference("StepName")})),
        "TimelineStep": closed(json!({
            "at": moment(), "actor": reference("Actor"), "name": reference("StepName"), "staff": maybe("string"),
        })),
        "Actor": {"oneOf": [
            {"enum": ["person", "installation"]},
            closed(json!({"representative": reference("Id")})),
            closed(json!({"authority": text()})),
            closed(json!({"reviewer": text()})),
        ]},
        "Speaker": {"oneOf": [{"const": "person"}, closed(json!({"representative": reference("Id")}))]},
        "DisputeAnswer": with_optional(
            closed(json!({"answer": {"enum": ["uphold", "correct", "withdraw"]}, "reasons": long()})),
            optional_row.clone(),
        ),
        "RestorationAnswer": with_optional(
            closed(json!({"answer": {"enum": ["take", "not-take", "grant", "refuse"]}})),
            json!({"reasons": long()}),
        ),
        "CarryOut": with_optional(closed(json!({"order": {"enum": ["correct", "withdraw"]}})), optional_row),
    })
}

fn waits_for() -> Value {
    json!({
        "type": ["string", "null"],
        "description": "Whose turn it is: a body's id, `:reviewers`, `reviewer:` with an id, or `:recipients`.",
    })
}

/// What was said and done in a procedure of each kind.
fn courses() -> Value {
    let course = |kind: ProcedureKind, opening: &str| {
        closed(json!({
            "kind": {"const": kind.as_str()},
            "opening": reference(opening),
            "state": reference("ProcedureState"),
            "history": list("ProcedureStep"),
        }))
    };
    json!({
        "ProcedureCourse": {"oneOf": [
            course(ProcedureKind::Dispute, "DisputeOpening"),
            course(ProcedureKind::Reconsideration, "ReconsiderationOpening"),
            course(ProcedureKind::Restoration, "RestorationOpening"),
            course(ProcedureKind::Complaint, "ComplaintOpening"),
        ]},
        "ProcedureFile": closed(json!({
            "file": reference("Id"),
            "sha256": reference("Sha256"),
            "kind": {"enum": words(FileKind::ALL, |kind| kind.as_str())},
            "bytes": count(),
        })),
        "DisputeOpening": closed(json!({
            "by": reference("Speaker"),
            "record": reference("Id"),
            "version": {"type": "integer", "minimum": 1},
            "field": maybe("string"),
            "authority": text(),
            "text": text(),
            "files": list("ProcedureFile"),
            "opened_at": moment(),
        })),
        "ReconsiderationOpening": with_optional(closed(json!({
            "by": reference("Speaker"),
            "of": {"oneOf": [closed(json!({"dispute": reference("Id")})), closed(json!({"look": reference("Id")})), closed(json!({"record": reference("Id")}))]},
            "authority": text(),
            "text": text(),
            "files": list("ProcedureFile"),
            "opened_at": moment(),
        })), json!({"told_in_vain": {
            "type": "boolean",
            "description": "Reviewers answered before, about the same record, that no court decided so: while they are late with \
                this one, the record is not kept back.",
        }})),
        "RestorationOpening": closed(json!({
            "by": reference("Speaker"),
            "decision": reference("Id"),
            "authority": text(),
            "pledge": text(),
            "duties": text(),
            "applied_at": moment(),
        })),
        "ComplaintOpening": closed(json!({
            "by": reference("Speaker"),
            "about": {"enum": words(Matter::ALL, |matter| matter.as_str())},
            "look": maybe_id(),
            "authority": maybe("string"),
            "text": text(),
            "files": list("ProcedureFile"),
            "opened_at": moment(),
        })),
        "ProcedureState": state(),
    })
}

fn ordered_fields() -> Value {
    json!({
        "description": "With `correct`: the fields that are to be put right, none for the record as a whole. Left out: the \
                        field that was disputed, or the whole; of the same paper, what was said before.",
        "type": "array",
        "items": text(),
    })
}

/// Where a procedure stands, with what belongs to that; docs/state-machines draws which status has what.
fn state() -> Value {
    let order = json!({"enum": words(Order::ALL, |order| order.as_str())});
    let fields = json!({
        "description": "The fields that are to be put right. Left out: the record as a whole.",
        "type": "array",
        "items": text(),
    });
    with_optional(
        closed(json!({"status": reference("ProcedureStatus")})),
        json!({
            "due_on": day(),
            "accept_by": day(),
            "answer_by": day(),
            "follow_by": day(),
            "reviewer": text(),
            "reasons": text(),
            "measures": text(),
            "version": {"type": "integer", "minimum": 1},
            "statement": {"anyOf": [closed(json!({"text": text(), "added_at": moment()})), {"type": "null"}]},
            "reconsideration": maybe_id(),
            "order": order.clone(),
            "decision": with_optional(
                closed(json!({
                    "body": text(), "reference": text(), "decided_on": day(), "order": order.clone(), "follow_by": day(),
                })),
                json!({"fields": fields.clone(), "earlier": {
                    "description": "What stood in its place before, the first first.",
                    "type": "array",
                    "items": with_optional(closed(json!({
                        "body": text(), "reference": text(), "decided_on": day(), "order": order,
                        "replaced_at": moment(),
                    })), json!({"fields": fields})),
                }}),
            ),
            "recipients": {"type": "array", "items": closed(json!({
                "authority": {"type": "string", "description": "Who was given it; `:recipient` for a body that reads this."},
                "confirmed_at": maybe_moment(),
            }))},
            "apart": {
                "description": "For reviewers alone: bodies that were given it by a look of which the person is not told yet.",
                "type": "array",
                "items": closed(json!({
                    "authority": text(), "confirm_by": day(), "confirmed_at": maybe_moment(), "confirmed_by": {"type": ["string", "null"]},
                    "reminded": {"type": "boolean"},
                })),
            },
            "breach": {"anyOf": [closed(json!({"affected": {"type": "integer", "minimum": 1}})), {"type": "null"}]},
        }),
    )
}

fn review() -> Value {
    json!({
        "ReviewQueue": closed(json!({"looks": list("ReviewItem"), "steps": list("OversightStep")})),
        "ReviewItem": closed(json!({
            "look": reference("Id"),
            "body": text(),
            "staff": text(),
            "purpose": text(),
            "consent": maybe_id(),
            "outcome": {"type": "string", "description": "`seen`, `nothing`, or the code of the refusal."},
            "causes": {"type": "array", "items": {
                "enum": ["chance", "colleague", "same-person", "odd-hours", "notice-waits"],
            }},
            "at": moment(),
            "told_on": maybe_day(),
        })),
        "OversightStep": closed(json!({
            "step": reference("Id"),
            "change": {"enum": words(Change::ALL, |change| change.as_str())},
            "body": text(),
            "staff": maybe("string"),
            "reviewer": maybe("string"),
            "by_staff": maybe("string"),
            "at": moment(),
            "leaf": count(),
        })),
        "OpenedCase": closed(json!({"case": {"anyOf": [
            closed(json!({"case_reference": text(), "reason": text()})), {"type": "null"},
        ]}})),
        "CloseReview": closed(json!({"verdict": {"enum": ["proper", "improper"]}, "reasons": long()})),
        "RenewWait": closed(json!({"days": {"type": "integer", "minimum": 1}, "reasons": long()})),
        "Waits": closed(json!({"shows_on": day()})),
        "LiftStop": with_optional(closed(json!({"body": text(), "reasons": long()})), json!({"staff": text()})),
        "Assign": closed(json!({"reviewer": text()})),
    })
}

fn findings() -> Value {
    let order = json!({"enum": words(Order::ALL, |order| order.as_str())});
    json!({
        "ReconsiderationAnswer": with_optional(closed(json!({"reasons": long()})), json!({"order": order.clone()})),
        "OutsideDecision": with_optional(closed(json!({
            "court": text(), "reference": text(), "decided_on": day(), "order": order,
        })), json!({"fields": ordered_fields()})),
        "OutsideDecisionAbout": with_optional(closed(json!({
            "id_number": text(), "record": reference("Id"), "court": text(), "reference": text(),
            "decided_on": day(), "order": order, "text": long(),
        })), json!({"fields": ordered_fields()})),
        "ProcedureOpened": closed(json!({"procedure": reference("Id")})),
        "ComplaintAnswer": with_optional(
            closed(json!({"finding": {"enum": ["founded", "unfounded"]}, "reasons": long()})),
            json!({"measures": long(), "breach": reference("ReportBreach")}),
        ),
        "ReportBreach": closed(json!({
            "body": text(), "noticed_on": day(), "happened": long(), "measures": long(),
            "affected": {"type": "array", "items": text(), "minItems": 1},
        })),
        "Breach": closed(json!({
            "breach": reference("Id"), "body": text(), "noticed_on": day(), "tell_by": day(),
            "late": {"type": "boolean"}, "reported_at": moment(), "reported_by": text(), "affected": count(),
        })),
        "Breaches": closed(json!({"breaches": list("Breach")})),
        "Reentry": closed(json!({"id_number": text(), "record": reference("Id")})),
        "NewMandate": closed(json!({
            "id_number": text(),
            "name": text(),
            "representative_id_number": text(),
            "scope": {"type": "array", "minItems": 1, "items": {
                "enum": words(&MandateScope::ALL, |scope| scope.as_str()),
            }},
            "from": day(),
            "until": day(),
        })),
        "MandateRegistered": closed(json!({"mandate": reference("Id")})),
    })
}
