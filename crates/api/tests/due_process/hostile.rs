//! Hostile bodies: whatever is sent, the fault is named, nothing fails and nothing of the body comes back.

use axum::http::StatusCode;
use model::RecordKind;
use serde_json::{Value, json};
use testkit::made_up;

use crate::{
    common::Ask,
    kit::{By, Desk, LAW},
};

/// Every address that takes a body of these parts, with one that is right.
fn all(dispute: &str) -> Vec<(By, String, Value)> {
    let person = made_up(1);
    let of = |step: &str| format!("/api/v1/procedures/{dispute}/{step}");
    let review = |step: &str| format!("/api/v1/review/procedures/{dispute}/{step}");
    let look = |step: &str| format!("/api/v1/review/looks/{}/{step}", "0".repeat(32));
    vec![
        (
            By::Law,
            "/api/v1/consents".into(),
            json!({
                "purpose": "employment-check", "profession": "lawyer", "id_number": person.number,
                "name": person.name, "fields": {"licence": ["name"]}, "until": "2026-12-31", "keep_answer_days": 1,
            }),
        ),
        (
            By::Law,
            of("dispute-answer"),
            json!({"answer": "uphold", "reasons": "x"}),
        ),
        (By::Law, of("restoration-answer"), json!({"answer": "take"})),
        (By::Law, of("carry-out"), json!({"order": "withdraw"})),
        (
            By::One,
            look("close"),
            json!({"verdict": "proper", "reasons": "x"}),
        ),
        (By::One, look("wait"), json!({"days": 1, "reasons": "x"})),
        (
            By::One,
            "/api/v1/review/stops/lift".into(),
            json!({"body": LAW, "reasons": "x"}),
        ),
        (By::One, review("assign"), json!({"reviewer": "reviewer-1"})),
        (By::One, review("reconsideration-answer"), json!({"reasons": "x"})),
        (
            By::One,
            review("outside-decision"),
            json!({"court": "high-court", "reference": "1", "decided_on": "2026-11-20", "order": "withdraw"}),
        ),
        (
            By::One,
            review("complaint-answer"),
            json!({"finding": "unfounded", "reasons": "x"}),
        ),
        (
            By::One,
            "/api/v1/review/breaches".into(),
            json!({"body": LAW, "noticed_on": "2026-11-20", "happened": "x", "measures": "x", "affected": [person.number]}),
        ),
        (
            By::One,
            "/api/v1/review/outside-decisions".into(),
            json!({"id_number": person.number, "record": "0".repeat(32), "court": "high-court",
                "reference": "1", "decided_on": "2026-11-20", "order": "withdraw", "text": "x"}),
        ),
        (
            By::One,
            "/api/v1/review/reentries".into(),
            json!({"id_number": person.number, "record": "0".repeat(32)}),
        ),
        (
            By::Law,
            "/api/v1/staff".into(),
            json!({"staff": "clerk-9", "name": "测试员", "own_number": made_up(2).number}),
        ),
        (By::Law, "/api/v1/staff/end".into(), json!({"staff": "clerk-9"})),
        (
            By::Law,
            "/api/v1/staff/lead".into(),
            json!({"lead": "give", "staff": "clerk-9"}),
        ),
        (
            By::One,
            "/api/v1/review/mandates".into(),
            json!({
                "id_number": person.number, "name": person.name, "representative_id_number": made_up(2).number,
                "scope": ["records"], "from": "2026-11-23", "until": "2026-12-31",
            }),
        ),
        (
            By::One,
            format!("/api/v1/review/mandates/{}/end", "0".repeat(32)),
            json!({"id_number": person.number, "name": person.name}),
        ),
    ]
}

/// Sends a text as JSON.
async fn send(desk: &Desk, by: By, path: &str, text: String) -> crate::common::Answer {
    let mut ask = Ask::new("POST", path).json(&Value::Null);
    ask.body = Some(text.into_bytes());
    desk.send(by, &ask).await
}

#[tokio::test]
async fn a_body_of_another_form_is_refused_with_what_is_wrong_and_nothing_of_it() {
    let mut desk = Desk::new();
    let dispute = desk.dispute(RecordKind::Licence).await.to_string();
    for (by, path, right) in all(&dispute) {
        let members = right.as_object().unwrap().clone();
        let (first, value) = members.iter().next().unwrap();
        let twice = format!("{{\"{first}\":{value},{}", &right.to_string()[1..]);
        let mut more = right.clone();
        more["authority"] = json!("somebody-else-12345");
        let mut fewer = right.clone();
        fewer.as_object_mut().unwrap().remove(first);
        let deep = format!("{{\"{first}\":{}1{}}}", "[".repeat(5_000), "]".repeat(5_000));
        for (text, codes) in [
            (twice, &["field-twice"][..]),
            (more.to_string(), &["field-unknown"]),
            (fewer.to_string(), &["field-missing"]),
            (deep, &["body-malformed"]),
            (format!("[{right}]"), &["body-malformed", "one-person"]),
            ("{".to_owned(), &["body-malformed"]),
            (String::new(), &["body-malformed"]),
            ("null".to_owned(), &["body-malformed"]),
            (format!("{right} {right}"), &["body-malformed"]),
        ] {
            let answer = send(&desk, by, &path, text).await;
            let said = String::from_utf8_lossy(&answer.body).into_owned();
            assert!(!said.contains("somebody-else"), "{path}");
            let code = desk.code(answer).await;
            assert!(codes.contains(&code.as_str()), "{path}: {code}, not {codes:?}");
        }
        for name in members.keys() {
            for wrong in [json!({"secret": 7345}), json!(-7.5), json!(true)] {
                let mut body = right.clone();
                body[name] = wrong;
                let answer = send(&desk, by, &path, body.to_string()).await;
                assert_eq!(
                    answer.status,
                    StatusCode::BAD_REQUEST,
                    "{path} {name}: {answer:?}"
                );
                assert!(
                    !String::from_utf8_lossy(&answer.body).contains("7345"),
                    "{path} {name}"
                );
                let code = desk.code(answer).await;
                assert!(
                    ["body-malformed", "field-unknown"].contains(&code.as_str()),
                    "{path} {name}: {code}"
                );
            }
        }
    }
}

#[tokio::test]
async fn huge_texts_are_refused_and_never_a_failure() {
    let mut desk = Desk::new();
    let dispute = desk.dispute(RecordKind::Licence).await.to_string();
    for (by, path, right) in all(&dispute) {
        for (name, value) in right.as_object().unwrap() {
            if !value.is_string() {
                continue;
            }
            let mut body = right.clone();
            body[name] = json!("9".repeat(60_000));
            let answer = send(&desk, by, &path, body.to_string()).await;
            assert!(
                answer.status.is_client_error(),
                "{path} {name}: {} {}",
                answer.status,
                answer.body.len()
            );
            assert!(
                answer.body.len() < 2_000,
                "{path} {name}: nothing of it comes back"
            );
            desk.code(answer).await;
            // A report of a breach names many people.
            let over = if path.ends_with("/complaint-answer") || path.ends_with("/breaches") {
                9_000_000
            } else {
                70_000
            };
            body[name] = json!("9".repeat(over));
            let answer = send(&desk, by, &path, body.to_string()).await;
            assert_eq!(desk.code(answer).await, "too-large", "{path} {name}");
        }
    }
}
