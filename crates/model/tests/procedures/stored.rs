//! The form in which procedures are stored. What is stored is sealed and outlives the program, so that these texts
//! must be read for ever: where a form changes, the old one stays here beside the new.

use model::procedure::{
    ComplaintState, Course, DisputeState, Machine, Notice, Procedure, ReconsiderationState, RestorationState,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

/// Reads a state and holds that it is written the same again.
fn same<S: Machine + Serialize + DeserializeOwned>(stored: Value) {
    let state: S = serde_json::from_value(stored.clone()).unwrap();
    assert_eq!(state.status().as_str(), stored["status"]);
    assert_eq!(serde_json::to_value(&state).unwrap(), stored);
}

#[test]
fn states_of_a_dispute() {
    for stored in [
        json!({"status": "open", "due_on": "2026-03-21"}),
        json!({"status": "overdue", "due_on": "2026-03-21"}),
        json!({"status": "upheld", "reasons": "it is so", "statement": null, "reconsideration": null}),
        json!({
            "status": "upheld",
            "reasons": "it is so",
            "statement": {"text": "it is not", "added_at": "2026-03-02T08:00:00Z"},
            "reconsideration": "01".repeat(16),
        }),
        json!({"status": "corrected", "reasons": "a slip", "version": 2}),
        json!({"status": "withdrawn", "reasons": "another person", "version": 2}),
        json!({"status": "taken-back"}),
        json!({"status": "record-erased"}),
    ] {
        same::<DisputeState>(stored);
    }
}

#[test]
fn states_of_a_reconsideration() {
    let decision = json!({
        "body": "Court of Nowhere",
        "reference": "2026-7",
        "decided_on": "2026-03-30",
        "order": "withdraw",
        "follow_by": "2026-04-03",
    });
    let mut amended = decision.clone();
    amended["earlier"] = json!([{
        "body": "Court of Nowhere",
        "reference": "2026-7",
        "decided_on": "2026-03-29",
        "order": "stand",
        "replaced_at": "2026-04-01T08:00:00Z",
    }]);
    for stored in [
        json!({"status": "followed", "decision": amended}),
        json!({"status": "open", "due_on": "2026-03-21"}),
        json!({"status": "assigned", "due_on": "2026-03-21", "reviewer": "r-1"}),
        json!({"status": "overdue", "due_on": "2026-03-21"}),
        json!({"status": "assigned-overdue", "due_on": "2026-03-21", "reviewer": "r-1"}),
        json!({"status": "confirmed", "reasons": "so be it"}),
        json!({"status": "changed", "reasons": "wrong", "order": "correct", "follow_by": "2026-04-03"}),
        json!({"status": "change-overdue", "reasons": "wrong", "order": "correct", "follow_by": "2026-04-03"}),
        json!({"status": "change-followed", "reasons": "wrong", "order": "look-improper"}),
        json!({"status": "outside-decision", "decision": decision}),
        json!({"status": "follow-overdue", "decision": decision}),
        json!({"status": "followed", "decision": decision}),
        json!({"status": "record-erased"}),
    ] {
        same::<ReconsiderationState>(stored);
    }
}

#[test]
fn states_of_a_restoration() {
    let recipients = json!([
        {"authority": "hospital", "confirmed_at": "2026-03-02T08:00:00Z"},
        {"authority": "law-bureau", "confirmed_at": null},
    ]);
    for stored in [
        json!({"status": "applied", "accept_by": "2026-03-21", "answer_by": "2026-04-01"}),
        json!({"status": "acceptance-overdue", "answer_by": "2026-04-01"}),
        json!({"status": "taken", "answer_by": "2026-04-01"}),
        json!({"status": "not-taken", "reasons": "another's"}),
        json!({"status": "answer-overdue", "answer_by": "2026-04-01"}),
        json!({"status": "granted", "reasons": "well", "recipients": recipients, "confirm_by": "2026-04-15"}),
        json!({"status": "granted", "reasons": "well", "recipients": recipients, "confirm_by": null}),
        json!({
            "status": "confirmation-overdue",
            "reasons": "well",
            "recipients": recipients,
            "confirm_by": "2026-04-15",
        }),
        json!({"status": "complete", "reasons": "well", "recipients": []}),
        json!({"status": "refused", "reasons": "the fine is open"}),
        json!({"status": "record-erased"}),
    ] {
        same::<RestorationState>(stored);
    }
}

#[test]
fn states_of_a_complaint() {
    for stored in [
        json!({"status": "open", "due_on": "2026-03-21"}),
        json!({"status": "assigned", "due_on": "2026-03-21", "reviewer": "r-1"}),
        json!({"status": "overdue", "due_on": "2026-03-21"}),
        json!({"status": "assigned-overdue", "due_on": "2026-03-21", "reviewer": "r-1"}),
        json!({"status": "founded", "reasons": "sold", "measures": "account closed", "breach": {"affected": 5}}),
        json!({"status": "founded", "reasons": "seen", "measures": "a talk", "breach": null}),
        json!({"status": "unfounded", "reasons": "by consent"}),
        json!({"status": "taken-back"}),
    ] {
        same::<ComplaintState>(stored);
    }
}

#[test]
fn a_whole_procedure() {
    let stored = json!({
        "kind": "dispute",
        "opening": {
            "by": {"representative": "04".repeat(16)},
            "record": "01".repeat(16),
            "version": 1,
            "field": "penalty",
            "authority": "law-bureau",
            "text": "not so",
            "files": [{"file": "02".repeat(16), "sha256": "03".repeat(32), "kind": "pdf", "bytes": 9}],
            "opened_at": "2026-03-01T08:00:00Z",
        },
        "state": {"status": "overdue", "due_on": "2026-03-21"},
        "history": [
            {"at": "2026-03-01T08:00:00Z", "actor": {"representative": "04".repeat(16)}, "name": "open"},
            {"at": "2026-03-22T00:10:00Z", "actor": "installation", "name": "pass-due-day"},
        ],
    });
    let procedure: Procedure = serde_json::from_value(stored.clone()).unwrap();
    assert_eq!(serde_json::to_value(&procedure).unwrap(), stored);
    let course: Course<DisputeState> = match procedure {
        Procedure::Dispute(course) => course,
        other => panic!("{other:?}"),
    };
    assert!(course.shows_as_disputed());
}

#[test]
fn a_notice() {
    for stored in [
        json!({"to": "person", "kind": "dispute-opened"}),
        json!({"to": {"authority": "law-bureau"}, "kind": "stop-using"}),
        json!({"to": {"reviewer": "r-1"}, "kind": "complaint-assigned"}),
        json!({"to": {"representative": "04".repeat(16)}, "kind": "statement-added"}),
    ] {
        let notice: Notice = serde_json::from_value(stored.clone()).unwrap();
        assert_eq!(serde_json::to_value(&notice).unwrap(), stored);
    }
}

#[test]
fn what_no_state_may_be() {
    for stored in [
        json!({"status": "founded", "reasons": "sold", "measures": "closed", "breach": {"affected": 0}}),
        json!({"status": "unfounded", "reasons": "  "}),
        json!({"status": "open"}),
        json!({"status": "open", "due_on": "2026-02-30"}),
        json!({"status": "assigned", "due_on": "2026-03-21", "reviewer": "a name"}),
        json!({"status": "taken-back", "reasons": "none are asked"}),
        json!({"due_on": "2026-03-21"}),
    ] {
        assert!(
            serde_json::from_value::<ComplaintState>(stored.clone()).is_err(),
            "{stored}"
        );
    }
}
