//! Restorations, from the side of the authority and of those who were given the decision.

use model::{ProcedureId, RecordKind, RecordStatus, consent::ConsentAnswer, procedure::Speaker};
use registry::Apply;
use serde_json::json;
use testkit::made_up;

use crate::{
    common::Ask,
    kit::{By, Desk},
};

/// The first person applies that their decision no longer counts.
async fn applied(desk: &Desk) -> ProcedureId {
    let file = desk.file_of(1).await;
    let decision = file
        .records
        .iter()
        .find(|record| record.kind == RecordKind::Decision)
        .unwrap()
        .record;
    let apply = Apply {
        by: Speaker::Person,
        decision,
        pledge: Some("made-up pledge".to_owned()),
        duties: Some("made-up duties".to_owned()),
    };
    let person = desk.person(1).await;
    let registry = &desk.kit.installation.registry;
    registry.apply_restoration(person, apply).await.unwrap()
}

/// The hospital is given the decision, by consent.
async fn given_to_the_hospital(desk: &mut Desk) {
    let person = made_up(1);
    let ask = json!({
        "purpose": "employment-check", "profession": "lawyer", "id_number": person.number, "name": person.name,
        "fields": {"decision": ["penalty"]}, "until": "2026-12-31", "keep_answer_days": 30,
    });
    let asked = desk
        .post(
            By::Hospital,
            "/api/v1/consents",
            ("ConsentAsk", ask),
            (201, "ConsentAsked"),
        )
        .await;
    let (id, registry) = (desk.person(1).await, desk.kit.installation.registry.clone());
    let terms = registry.consents_of(id).await.unwrap()[0].asked.clone();
    let consent = asked["consent"].as_str().unwrap().parse().unwrap();
    let granted = ConsentAnswer::Granted(terms);
    registry
        .decide_consent(id, consent, granted, Speaker::Person)
        .await
        .unwrap();
    let look = json!({
        "purpose": "employment-check", "profession": "lawyer", "id_number": person.number, "name": person.name,
        "consent": asked["consent"],
    });
    let path = "/api/v1/inquiries";
    let seen = desk
        .post(By::Hospital, path, ("Inquiry", look), (200, "InquiryAnswer"))
        .await;
    assert_eq!(seen["records"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_granted_restoration_is_confirmed_by_whoever_was_given_the_decision() {
    let mut desk = Desk::new();
    given_to_the_hospital(&mut desk).await;
    let id = applied(&desk).await;
    let path = format!("/api/v1/procedures/{id}/restoration-answer");
    let answer = |answer: &str, reasons: Option<&str>| match reasons {
        Some(reasons) => ("RestorationAnswer", json!({"answer": answer, "reasons": reasons})),
        None => ("RestorationAnswer", json!({"answer": answer})),
    };
    let grant = answer("grant", Some("The duties are fulfilled."));
    assert_eq!(
        desk.refusal(By::Law, &path, grant.1.clone()).await,
        "step-not-now"
    );
    let stands = desk
        .post(By::Law, &path, answer("take", None), (200, "Stands"))
        .await;
    assert_eq!(stands["status"], "taken");
    let early = format!("/api/v1/procedures/{id}/stopped-use");
    let early = desk.send(By::Hospital, &Ask::new("POST", &early)).await;
    assert_eq!(desk.code(early).await, "procedure-unknown");
    let stands = desk.post(By::Law, &path, grant, (200, "Stands")).await;
    assert_eq!(stands["status"], "granted");

    let notices = desk.get(By::Hospital, "/api/v1/notices", "BodyNotices").await;
    // The body's own identifier, by which it confirms.
    let known = notices["notices"][0]["procedure"].as_str().unwrap().to_owned();
    assert_ne!(known, id.to_string(), "{notices}");
    let confirm = format!("/api/v1/procedures/{known}/stopped-use");
    let file = desk.file_of(1).await;
    let decision = file
        .records
        .iter()
        .find(|record| record.kind == RecordKind::Decision)
        .unwrap();
    assert_eq!(decision.status, RecordStatus::Restored);

    let stands = desk.tell(By::Hospital, &confirm, (200, "Stands")).await;
    assert_eq!(stands["status"], "complete");
    let again = desk.send(By::Hospital, &Ask::new("POST", &confirm)).await;
    assert_eq!(desk.code(again).await, "step-not-now");
    let open = desk
        .tell(
            By::Law,
            &format!("/api/v1/procedures/{id}/open"),
            (200, "Procedure"),
        )
        .await;
    // That somebody was given it and confirmed, and not who: that is the person's to know.
    assert_eq!(
        open["course"]["state"]["recipients"][0]["authority"],
        ":recipient"
    );
    assert!(open["course"]["state"]["recipients"][0]["confirmed_at"].is_string());
    let said = open.to_string();
    assert!(!said.contains("example-hospital"), "{said}");
}

#[tokio::test]
async fn everything_but_taking_an_application_needs_reasons() {
    let mut desk = Desk::new();
    let id = applied(&desk).await;
    let path = format!("/api/v1/procedures/{id}/restoration-answer");
    for answer in ["not-take", "grant", "refuse"] {
        let body = json!({"answer": answer});
        assert_eq!(desk.refusal(By::Law, &path, body).await, "field-missing");
    }
    let body = json!({"answer": "take", "reasons": "none are needed"});
    assert_eq!(desk.refusal(By::Law, &path, body).await, "field-unknown");
    let not_taken = json!({"answer": "not-take", "reasons": "The duties are not fulfilled."});
    let stands = desk
        .post(By::Law, &path, ("RestorationAnswer", not_taken), (200, "Stands"))
        .await;
    assert_eq!(stands["status"], "not-taken");
}

#[tokio::test]
async fn a_step_of_another_kind_of_procedure_is_refused() {
    let mut desk = Desk::new();
    let id = applied(&desk).await;
    let uphold = json!({"answer": "uphold", "reasons": "x"});
    let path = |step: &str| format!("/api/v1/procedures/{id}/{step}");
    assert_eq!(
        desk.refusal(By::Law, &path("dispute-answer"), uphold).await,
        "procedure-other-kind"
    );
    let order = json!({"order": "withdraw"});
    assert_eq!(
        desk.refusal(By::Law, &path("carry-out"), order).await,
        "procedure-other-kind"
    );
}
