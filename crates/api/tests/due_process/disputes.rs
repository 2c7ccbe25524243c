//! Disputes, from the authority's side.

use model::RecordKind;
use registry::{EventKind, NoticeKind};
use serde_json::{Value, json};
use testkit::{SourceRow, json_lines};

use crate::{
    common::Ask,
    kit::{By, Desk, LAW, PDF},
};

/// The first person's licence as it should be.
fn row(change: impl FnOnce(SourceRow) -> SourceRow) -> Value {
    flat(change(SourceRow::licence(1)))
}

fn flat(row: SourceRow) -> Value {
    serde_json::from_str(json_lines(&[row]).trim()).unwrap()
}

#[tokio::test]
async fn a_dispute_waits_in_the_list_and_opening_it_shows_to_the_person() {
    let mut desk = Desk::new();
    let id = desk.dispute(RecordKind::Licence).await;
    let list = desk.get(By::Law, "/api/v1/procedures", "Procedures").await;
    let one = &list["procedures"][0];
    assert_eq!(
        (&one["kind"], &one["status"], &one["waits_for"], &one["late"]),
        (&json!("dispute"), &json!("open"), &json!(LAW), &json!(false))
    );
    assert!(
        !list.to_string().contains("objection"),
        "a list says nothing personal"
    );
    assert_eq!(desk.events(1, EventKind::ProcedureRead).await, 0);

    let path = format!("/api/v1/procedures/{id}");
    let open = desk
        .tell(By::Law, &format!("{path}/open"), (200, "Procedure"))
        .await;
    assert_eq!(open["course"]["opening"]["text"], "made-up objection");
    assert_eq!(open["next"][1], "pass-due-day");
    assert_eq!(open["filed"]["fields"]["licence_number"], "LAW-00000001");
    assert_eq!(open["filed"]["fields"]["name"], testkit::made_up(1).name);
    assert_eq!(desk.events(1, EventKind::ProcedureRead).await, 1);
    let events = desk.file_of(1).await.events;
    let read = events
        .iter()
        .find(|event| event.kind == EventKind::ProcedureRead)
        .unwrap();
    assert_eq!(
        (read.actor.as_str(), read.staff.as_deref()),
        (LAW, Some("law-bureau-1")),
        "the person sees who"
    );

    let file = open["course"]["opening"]["files"][0]["file"]
        .as_str()
        .unwrap()
        .to_owned();
    let asked = Ask::new("POST", format!("{path}/files/{file}/open"));
    let answer = desk.send(By::Law, &asked).await;
    assert_eq!((answer.status.as_u16(), answer.body.as_slice()), (200, PDF));
    assert_eq!(answer.header("content-type"), "application/pdf");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert!(answer.header("content-disposition").starts_with("attachment"));
    assert_eq!(desk.events(1, EventKind::ProcedureRead).await, 2);

    // It is nobody else's, and nothing that is not there is told from what is another's.
    for other in [
        format!("{path}/open"),
        format!("{path}/files/{file}/open"),
        format!("/api/v1/procedures/{}/open", "0".repeat(32)),
        "/api/v1/procedures/x/open".to_owned(),
    ] {
        let answer = desk.send(By::Hospital, &Ask::new("POST", &other)).await;
        assert_eq!(desk.code(answer).await, "procedure-unknown", "{other}");
    }
    let none = Ask::new("POST", format!("{path}/files/{}/open", "0".repeat(32)));
    let none = desk.send(By::Law, &none).await;
    assert_eq!(desk.code(none).await, "file-unknown");
}

#[tokio::test]
async fn an_upheld_record_stays_and_its_dispute_is_answered_once() {
    let mut desk = Desk::new();
    let id = desk.dispute(RecordKind::Licence).await;
    let path = format!("/api/v1/procedures/{id}/dispute-answer");
    let uphold = json!({"answer": "uphold", "reasons": "It is as the register says."});
    assert_eq!(
        desk.refusal(By::Hospital, &path, uphold.clone()).await,
        "step-not-yours"
    );
    let stands = desk
        .post(By::Law, &path, ("DisputeAnswer", uphold.clone()), (200, "Stands"))
        .await;
    assert_eq!(stands["status"], "upheld");
    assert_eq!(desk.refusal(By::Law, &path, uphold).await, "step-not-now");
    let events = desk.file_of(1).await.events;
    let answered = events.iter().find(|one| one.purpose == "dispute:uphold").unwrap();
    assert_eq!(answered.staff.as_deref(), Some("law-bureau-1"));
    let opened = format!("/api/v1/procedures/{id}/open");
    let opened = desk.tell(By::Law, &opened, (200, "Procedure")).await;
    let steps = opened["timeline"].as_array().unwrap();
    assert_eq!(
        (&steps[0]["staff"], &steps[1]["staff"]),
        (&json!(null), &json!("law-bureau-1"))
    );
    let told = NoticeKind::Procedure(model::procedure::NoticeKind::DisputeUpheld);
    assert_eq!(desk.notices(1, told).await, 1);
}

#[tokio::test]
async fn a_correction_passes_the_checks_of_a_filed_row_or_nothing_is_done() {
    let mut desk = Desk::new();
    let id = desk.dispute(RecordKind::Licence).await;
    let path = format!("/api/v1/procedures/{id}/dispute-answer");
    let with = |row: Value| json!({"answer": "correct", "reasons": "A slip of the pen.", "row": row});
    for (row, code) in [
        (json!({}), "correction-rejected"),
        (
            row(|row| row.with("valid_until", "2035-02-30")),
            "correction-rejected",
        ),
        (row(|row| row.with("likes", "tea")), "correction-rejected"),
        (
            row(|row| row.document("甘许〔2020〕9999999号")),
            "correction-rejected",
        ),
        (
            flat(SourceRow::licence(2).with("valid_until", "2036-05-04")),
            "correction-other-record",
        ),
        (row(|row| row), "correction-same"),
    ] {
        let answer = desk
            .send(By::Law, &Ask::new("POST", &path).json(&with(row)))
            .await;
        let problem = answer.json();
        assert_eq!(desk.code(answer).await, code, "{problem}");
        if code == "correction-rejected" {
            assert!(problem["fault"].is_string() && problem["message"].is_string());
        }
    }
    let right = row(|row| row.with("valid_until", "2036-05-04"));
    let stands = desk
        .post(By::Law, &path, ("DisputeAnswer", with(right)), (200, "Stands"))
        .await;
    assert_eq!(stands["status"], "corrected");
    let file = desk.file_of(1).await;
    let licence = file
        .records
        .iter()
        .find(|record| record.kind == RecordKind::Licence)
        .unwrap();
    assert_eq!(licence.fields["valid_until"], "2036-05-04");
    assert_eq!(licence.versions.len(), 2);
}

#[tokio::test]
async fn a_withdrawn_record_comes_in_again_with_a_reviewers_certificate_alone() {
    let mut desk = Desk::new();
    let id = desk.dispute(RecordKind::Decision).await;
    let path = format!("/api/v1/procedures/{id}/dispute-answer");
    let withdraw = json!({"answer": "withdraw", "reasons": "It was about somebody else."});
    desk.post(By::Law, &path, ("DisputeAnswer", withdraw), (200, "Stands"))
        .await;
    let file = desk.file_of(1).await;
    let record = file
        .records
        .iter()
        .find(|record| record.kind == RecordKind::Decision)
        .unwrap()
        .record;
    let person = testkit::made_up(1);
    let certify = json!({"id_number": person.number, "record": record});
    let path = "/api/v1/review/reentries";
    // Whether anything is held about somebody is not said.
    for number in [person.number, testkit::made_up(500).number] {
        let none = json!({"id_number": number, "record": "0".repeat(32)});
        assert_eq!(desk.refusal(By::One, path, none).await, "record-not-ended");
    }
    desk.post(By::One, path, ("Reentry", certify.clone()), (204, ""))
        .await;
    assert_eq!(desk.refusal(By::One, path, certify).await, "reentry-certified");
    assert_eq!(desk.events(1, EventKind::ReentryCertified).await, 1);
    let again = desk
        .kit
        .installation
        .file(LAW, RecordKind::Decision, &[SourceRow::decision(1)]);
    assert_eq!(again.counts.accepted, 1);
}

#[tokio::test]
async fn a_row_belongs_to_a_correction_and_to_nothing_else() {
    let mut desk = Desk::new();
    let id = desk.dispute(RecordKind::Licence).await;
    let path = format!("/api/v1/procedures/{id}/dispute-answer");
    for (body, code, field) in [
        (
            json!({"answer": "correct", "reasons": "x"}),
            "field-missing",
            "row",
        ),
        (
            json!({"answer": "uphold", "reasons": "x", "row": {}}),
            "field-unknown",
            "row",
        ),
        (
            json!({"answer": "withdraw", "reasons": "x", "row": {}}),
            "field-unknown",
            "row",
        ),
        (json!({"answer": "uphold"}), "field-missing", "reasons"),
    ] {
        let answer = desk.send(By::Law, &Ask::new("POST", &path).json(&body)).await;
        assert_eq!(answer.json()["field"], field);
        assert_eq!(desk.code(answer).await, code);
    }
    for (reasons, code) in [
        (" ".to_owned(), "words-empty"),
        ("x".repeat(4_001), "words-too-long"),
    ] {
        let body = json!({"answer": "uphold", "reasons": reasons});
        assert_eq!(desk.refusal(By::Law, &path, body).await, code);
    }
}

#[tokio::test]
async fn a_body_reads_its_notices_and_marks_them() {
    let mut desk = Desk::new();
    let id = desk.dispute(RecordKind::Licence).await;
    let notices = desk.get(By::Law, "/api/v1/notices", "BodyNotices").await;
    let notice = &notices["notices"][0];
    assert_eq!(notice["kind"], "dispute-opened");
    assert_eq!(notice["procedure"], id.to_string());
    assert_eq!(notice["read_at"], Value::Null);
    let path = format!("/api/v1/notices/{}/read", notice["notice"].as_str().unwrap());
    // Another body's word changes nothing.
    desk.tell(By::Hospital, &path, (204, "")).await;
    let notices = desk.get(By::Law, "/api/v1/notices", "BodyNotices").await;
    assert_eq!(notices["notices"][0]["read_at"], Value::Null);
    desk.tell(By::Law, &path, (204, "")).await;
    let notices = desk.get(By::Law, "/api/v1/notices", "BodyNotices").await;
    assert!(notices["notices"][0]["read_at"].is_string());
    let none = desk
        .send(By::Law, &Ask::new("POST", "/api/v1/notices/x/read"))
        .await;
    assert_eq!(desk.code(none).await, "no-such-notice");
}
