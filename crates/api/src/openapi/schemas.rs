//! The shapes of bodies. None of them lets in what it does not name.

use model::{RecordKind, RecordStatus};
use registry::{ProposalStanding, SubmissionState};
use serde_json::{Map, Value, json};

use super::due_process;
use crate::problem::Code;

/// What somebody may not do.
fn alert_effect() -> Value {
    json!({"enum": ["prohibits", "suspends", "revokes"]})
}

/// An alert in an inbox.
fn alert_item() -> Value {
    closed(json!({
        "alert": reference("Id"),
        "profession": {"type": "string"},
        "authority": {"type": "string"},
        "peer": maybe("string"),
        "effect": alert_effect(),
        "starts_on": maybe("string"),
        "ends_on": maybe("string"),
        "arrived_at": {"type": "string", "format": "date-time"},
        "seen_at": maybe("string"),
        "open_by": {
            "type": ["string", "null"],
            "description": "In an inbox: the last day on which it is opened in time, where it is not opened yet.",
        },
        "late": {"type": "boolean", "description": "Whether that day is over."},
        "disputed": {"type": "boolean", "description": "Whether the record shows as disputed."},
        "withheld": {
            "type": "boolean",
            "description": "Whether the record is withheld until its authority answers: the alert is opened to nobody.",
        },
    }))
}

/// What an alert says, also between instances. Its marks are left out where they do not hold, so that an instance that
/// does not know them reads it.
fn alert_content() -> Value {
    let mut content = closed(json!({
        "name": {"type": "string", "maxLength": 200},
        "number": {"type": "string"},
        "profession": {"type": "string"},
        "authority": {"type": "string", "maxLength": 200},
        "authority_name": {"type": "string", "maxLength": 200},
        "effect": alert_effect(),
        "starts_on": maybe("string"),
        "ends_on": maybe("string"),
    }));
    content["properties"]["disputed"] = json!({"type": "boolean", "default": false});
    content["properties"]["withheld"] = json!({"type": "boolean", "default": false});
    content
}

/// Every shape.
pub(super) fn all() -> Value {
    let mut all = exchange();
    if let (Some(all), Value::Object(more)) = (all.as_object_mut(), due_process::all()) {
        all.extend(more);
    }
    all
}

/// The shapes of submissions, looks and alerts.
fn exchange() -> Value {
    json!({
        "Id": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
        "Sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        "RecordKind": {"enum": words(RecordKind::ALL, |kind| kind.as_str())},
        "RecordStatus": {
            "enum": words(RecordStatus::ALL, |status| status.as_str()),
            "description": "The status today. Only a licence is suspended, prohibited or revoked: by a decision \
                that suspends it for a time, that prohibits for a time that its holder practises the profession, \
                or that revoked it for good. It is seen whether or not it may be used today, other records only \
                while they are in force.",
        },
        "Announcement": announcement(),
        "Upload": closed(json!({"submission": reference("Id"), "received": count(), "length": count()})),
        "SubmissionSummary": summary(),
        "Submission": closed(json!({
            "submission": reference("Id"),
            "file_sha256": reference("Sha256"),
            "accepted": count(),
            "unchanged": count(),
            "rejected": count(),
            "rows": {"type": "array", "items": reference("Row")},
            "receipt": reference("Receipt"),
        })),
        "Row": closed(json!({
            "row": {"type": "integer", "minimum": 1},
            "outcome": {"enum": ["accepted", "unchanged", "rejected"]},
            "fault": maybe("string"),
            "column": maybe("string"),
            "message": maybe("string"),
        })),
        "Receipt": closed(json!({
            "statement": {"type": "string"},
            "salt": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
            "entry": reference("Sha256"),
            "proof": {"type": "string", "description": "c2sp.org/tlog-proof@v1"},
        })),
        "CommendationProposal": closed(json!({
            "authority": {"type": "string"},
            "profession": {"type": "string"},
            "id_number": {"type": "string"},
            "name": {"type": "string"},
            "words": {
                "type": "object",
                "additionalProperties": {"type": "string"},
                "description": "The texts of a commendation, by the names of its fields in the profile.",
            },
        })),
        "Proposed": closed(json!({"proposal": reference("Id")})),
        "OwnProposals": closed(json!({"proposals": {"type": "array", "items": reference("OwnProposal")}})),
        "OwnProposal": closed(json!({
            "proposal": reference("Id"),
            "authority": {"type": "string"},
            "profession": {"type": "string"},
            "proposed_at": {"type": "string", "format": "date-time"},
            "standing": {"enum": words(&ProposalStanding::ALL, |one| one.as_str())},
        })),
        "AlertItem": alert_item(),
        "Alerts": closed(json!({"alerts": {"type": "array", "items": reference("AlertItem")}})),
        "AlertContent": alert_content(),
        "OpenedAlert": closed(json!({
            "item": reference("AlertItem"),
            "content": reference("AlertContent"),
            "look": reference("Id"),
        })),
        "AlertMessage": closed(json!({
            "message": reference("Id"),
            "alert": reference("Id"),
            "revision": {"type": "integer", "minimum": 1},
            "open": {
                "anyOf": [reference("AlertContent"), {"type": "null"}],
                "description": "What the alert says; null when it has ended.",
            },
        })),
        "AlertTaken": closed(json!({
            "message": reference("Id"),
            "alert": reference("Id"),
            "revision": {"type": "integer", "minimum": 1},
        })),
        "PutBack": closed(json!({
            "revision": {
                "type": "integer", "minimum": 1,
                "description": "Later than every revision that was told before the copy was put back.",
            },
            "open": {"type": "array", "items": reference("Id"), "description": "The sender's open alerts."},
            "held": {
                "type": "array", "items": reference("Id"),
                "description": "The receiver's alerts that the sender holds open.",
            },
        })),
        "PutBackTaken": closed(json!({"revision": {"type": "integer", "minimum": 1}})),
        "TakeBack": closed(json!({
            "taken_back": count(),
            "left": {"type": "array", "items": {
                "type": "array",
                "prefixItems": [
                    {"type": "integer", "minimum": 1},
                    {"enum": ["changed-since", "procedure-open", "has-decision", "erased"]},
                ],
                "items": false,
                "minItems": 2,
            }},
        })),
        "Inquiry": json!({"oneOf": [reference("InquiryUnderLaw"), reference("InquiryByConsent")]}),
        "InquiryUnderLaw": under_law(),
        "InquiryByConsent": closed(json!({
            "purpose": {"type": "string"},
            "profession": {"type": "string"},
            "id_number": {"type": "string"},
            "name": {"type": "string"},
            "consent": reference("Id"),
        })),
        "InquiryAnswer": closed(json!({
            "person": {"type": "string"},
            "look": reference("Id"),
            "basis": {"type": "string"},
            "records": {"type": "array", "items": reference("SeenRecord")},
            "receipt": reference("LookReceipt"),
        })),
        "LookReceipt": closed(json!({
            "leaf": count(),
            "salt": {"type": "string"},
            "statement": {"type": "string"},
        })),
        "SeenRecord": closed(json!({
            "record": {
                "allOf": [reference("Id")],
                "description": "The record's own identifier for the authority that filed it; for every other body one \
                    that no other body has, and that stays the same.",
            },
            "kind": reference("RecordKind"),
            "status": reference("RecordStatus"),
            "disputed": {"type": "boolean"},
            "statements": {"type": "array", "items": {"type": "string"}},
            "authority": {"type": "string"},
            "basis": {"type": "string"},
            "fields": {"type": "object"},
        })),
        "Problem": problem(),
    })
}

fn announcement() -> Value {
    let mut schema = closed(json!({
        "kind": reference("RecordKind"),
        "file_name": {"type": "string", "minLength": 1, "maxLength": 255},
        "length": count(),
        "sha256": reference("Sha256"),
    }));
    schema["properties"]["authority"] = json!({
        "type": ["string", "null"],
        "description": "The authority to file for, in the profile's words. Left out: the one whose key it is.",
    });
    schema
}

fn summary() -> Value {
    let moment = json!({"type": "string", "format": "date-time"});
    let maybe_moment = json!({"type": ["string", "null"], "format": "date-time"});
    closed(json!({
        "submission": reference("Id"),
        "authority": {"type": "string"},
        "kind": reference("RecordKind"),
        "state": {"enum": words(SubmissionState::ALL, |state| state.as_str())},
        "file_name": {"type": "string"},
        "file_sha256": reference("Sha256"),
        "received_at": moment,
        "finished_at": maybe_moment,
        "taken_back_at": maybe_moment,
        "take_back_until": moment,
        "accepted": count(),
        "unchanged": count(),
        "rejected": count(),
        "fault": maybe("string"),
    }))
}

fn under_law() -> Value {
    let mut schema = closed(json!({
        "purpose": {"type": "string"},
        "profession": {"type": "string"},
        "id_number": {"type": "string"},
        "name": {"type": "string"},
        "case_reference": {"type": "string", "maxLength": 200},
        "reason": {"type": "string", "maxLength": 2000},
    }));
    schema["properties"]["wait_days"] = json!({
        "type": "integer", "minimum": 0,
        "description": "How many days the person is told later, where a law lets the notice wait.",
    });
    schema
}

fn problem() -> Value {
    let codes = words(Code::ALL, |code| code.as_str());
    json!({
        "type": "object",
        "required": ["type", "title", "status", "code"],
        "additionalProperties": false,
        "properties": {
            "type": {"type": "string", "format": "uri"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "code": {"enum": codes},
            "field": {"type": "string", "description": "The field at fault."},
            "line": {"type": "integer", "description": "Where in the body."},
            "character": {"type": "integer", "description": "Where in the line."},
            "component": {"type": "string", "description": "What the signature should cover, or should not."},
            "parameter": {"type": "string", "description": "The parameter that the signature lacks."},
            "authority": {"type": "string", "description": "The `@authority` to sign for."},
            "expected": {"type": "string", "description": "What would be right."},
            "limit": {"type": "integer", "description": "The most bytes, or characters."},
            "place": {"type": "integer", "description": "Which one of a list, counted from 1."},
            "uploads": {"type": "integer", "description": "How many uploads of the authority are under way."},
            "uploads_limit": {"type": "integer", "description": "How many may be at once."},
            "bytes": {"type": "integer", "description": "How many bytes they have together, as announced."},
            "bytes_limit": {"type": "integer", "description": "How many they may have."},
            "received": {"type": "integer", "description": "How many bytes of the file are here."},
            "length": {"type": "integer", "description": "How many there will be."},
            "fault": {"type": "string", "description": "The stable code of a file's fault."},
            "column": maybe("string"),
            "message": {"type": "string", "description": "What is wrong, more closely."},
            "ended_at": {"type": "string", "format": "date-time"},
        },
    })
}

/// An object with all of these members and no others.
pub(super) fn closed(properties: Value) -> Value {
    let required: Vec<String> = properties
        .as_object()
        .map_or_else(Vec::new, |all: &Map<_, _>| all.keys().cloned().collect());
    json!({"type": "object", "required": required, "additionalProperties": false, "properties": properties})
}

pub(super) fn words<T: Copy>(all: &[T], word: impl Fn(T) -> &'static str) -> Value {
    all.iter().map(|one| word(*one)).collect()
}

pub(super) fn count() -> Value {
    json!({"type": "integer", "minimum": 0})
}

pub(super) fn maybe(kind: &str) -> Value {
    json!({"type": [kind, "null"]})
}

pub(super) fn reference(schema: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{schema}")})
}
