//! Asking for consent, looking by it, and what a body holds of its own looks.

use model::consent::ConsentAnswer;
use model::procedure::Speaker;
use registry::Receipt;
use serde_json::{Value, json};
use testkit::made_up;

use crate::{
    common::Ask,
    kit::{By, Desk, HOSPITAL},
};

fn wish(n: u32) -> Value {
    let person = made_up(n);
    json!({
        "purpose": "employment-check",
        "profession": "lawyer",
        "id_number": person.number,
        "name": person.name,
        "fields": {"licence": ["name", "licence_number", "scope"], "decision": ["penalty"]},
        "until": "2026-12-31",
        "looks": 2,
        "keep_answer_days": 30,
    })
}

fn ask(body: &Value) -> Ask {
    Ask::new("POST", "/api/v1/consents").json(body)
}

async fn asked(desk: &mut Desk, body: Value) -> String {
    let answer = desk
        .post(
            By::Hospital,
            "/api/v1/consents",
            ("ConsentAsk", body),
            (201, "ConsentAsked"),
        )
        .await;
    answer["consent"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_body_asks_the_person_grants_less_and_the_look_shows_no_more() {
    let mut desk = Desk::new();
    let consent = asked(&mut desk, wish(1)).await;
    let listed = desk.get(By::Hospital, "/api/v1/consents", "AskedConsents").await;
    assert_eq!(listed["consents"][0]["consent"], consent);
    assert_eq!(listed["consents"][0]["standing"], "asked");

    let (person, registry) = (desk.person(1).await, desk.kit.installation.registry.clone());
    let mut terms = registry.consents_of(person).await.unwrap()[0].asked.clone();
    terms.fields.remove(&model::RecordKind::Decision);
    terms.looks = 1;
    registry
        .decide_consent(
            person,
            consent.parse().unwrap(),
            ConsentAnswer::Granted(terms),
            Speaker::Person,
        )
        .await
        .unwrap();

    let look = json!({
        "purpose": "employment-check", "profession": "lawyer",
        "id_number": made_up(1).number, "name": made_up(1).name, "consent": consent,
    });
    let path = "/api/v1/inquiries";
    let seen = desk
        .post(
            By::Hospital,
            path,
            ("Inquiry", look.clone()),
            (200, "InquiryAnswer"),
        )
        .await;
    assert_eq!(seen["basis"], "consent");
    assert_eq!(
        seen["records"].as_array().unwrap().len(),
        1,
        "decisions were not granted"
    );
    assert_eq!(desk.refusal(By::Hospital, path, look).await, "consent-used-up");

    let listed = desk.get(By::Hospital, "/api/v1/consents", "AskedConsents").await;
    assert_eq!(listed["consents"][0]["standing"], "used-up");
    assert_eq!(listed["consents"][0]["granted"]["looks"], 1);
    let looks = desk.get(By::Hospital, "/api/v1/looks", "OwnLooks").await;
    let outcomes: Vec<&str> = looks["looks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|look| look["outcome"].as_str().unwrap())
        .collect();
    assert_eq!(outcomes, ["consent-used-up", "seen"]);
    assert!(
        desk.get(By::Law, "/api/v1/looks", "OwnLooks").await["looks"]
            .as_array()
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn a_look_has_a_receipt_for_the_body_that_took_it_alone() {
    let mut desk = Desk::new();
    let person = made_up(1);
    let look = json!({
        "purpose": "licensing-renewal", "profession": "lawyer", "id_number": person.number, "name": person.name,
        "case_reference": "CASE-1", "reason": "made-up reason",
    });
    let seen = desk
        .post(
            By::Law,
            "/api/v1/inquiries",
            ("Inquiry", look),
            (200, "InquiryAnswer"),
        )
        .await;
    let path = format!("/api/v1/looks/{}/receipt", seen["look"].as_str().unwrap());
    let receipt = desk.get(By::Law, &path, "Receipt").await;
    let registry = desk.kit.installation.registry.clone();
    let held: Receipt = serde_json::from_value(receipt).unwrap();
    let proved = tokio::task::spawn_blocking(move || testkit::prove_receipt(&registry, &held));
    let (_, statement) = proved.await.unwrap();
    assert_eq!(statement["person"], seen["person"]);
    assert_eq!(statement["staff"], "law-bureau-1");

    let others = desk.send(By::Hospital, &Ask::new("GET", &path)).await;
    assert_eq!(desk.code(others).await, "no-such-look");
    let none = desk
        .send(By::Law, &Ask::new("GET", "/api/v1/looks/x/receipt"))
        .await;
    assert_eq!(desk.code(none).await, "no-such-look");
}

#[tokio::test]
async fn an_unknown_number_and_another_name_are_asked_as_anybody_is() {
    let mut desk = Desk::new();
    asked(&mut desk, wish(999)).await;
    let mut other_name = wish(1);
    other_name["name"] = json!(made_up(2).name);
    asked(&mut desk, other_name).await;
    asked(&mut desk, wish(1)).await;
    let listed = desk.get(By::Hospital, "/api/v1/consents", "AskedConsents").await;
    for one in listed["consents"].as_array().unwrap() {
        assert_eq!((&one["standing"], &one["used"]), (&json!("asked"), &json!(0)));
    }
}

#[tokio::test]
async fn what_the_purpose_does_not_allow_is_refused_by_its_rule() {
    let mut desk = Desk::new();
    let path = "/api/v1/consents";
    for (name, value, code) in [
        ("purpose", json!("licensing-renewal"), "consent-not-for-you"),
        ("profession", json!("astrologer"), "profession-unknown"),
        ("fields", json!({"licence": ["id_number"]}), "consent-too-wide"),
        ("fields", json!({}), "consent-for-nothing"),
        ("until", json!(null), "consent-without-end"),
        ("until", json!("2026-11-01"), "consent-over-before"),
        ("until", json!("2027-12-31"), "consent-too-long"),
        ("looks", json!(100), "consent-too-often"),
        ("keep_answer_days", json!(1_000), "consent-kept-too-long"),
        ("id_number", json!("12"), "identity-malformed"),
        ("name", json!(" "), "identity-malformed"),
        (
            "id_number",
            json!([made_up(1).number, made_up(2).number]),
            "one-person",
        ),
    ] {
        let mut body = wish(1);
        body[name] = value;
        let answer = desk.send(By::Hospital, &ask(&body)).await;
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        assert!(!text.contains(&made_up(1).number) && !text.contains(&made_up(1).name));
        assert_eq!(desk.code(answer).await, code, "{name}");
    }
    assert_eq!(
        desk.refusal(By::Hospital, path, json!([wish(1), wish(2)])).await,
        "one-person"
    );
    // None of it waits for anybody.
    let listed = desk.get(By::Hospital, path, "AskedConsents").await;
    assert_eq!(listed["consents"], json!([]));
    assert_eq!(
        desk.kit.installation.registry.profile().inquirers[HOSPITAL].id,
        HOSPITAL
    );
}

#[tokio::test]
async fn a_request_counts_once_however_often_it_comes() {
    let mut desk = Desk::new();
    let same = Ask {
        nonce: Some("the-same-request".into()),
        ..ask(&wish(1))
    };
    assert_eq!(desk.send(By::Hospital, &same).await.status.as_u16(), 201);
    let again = desk.send(By::Hospital, &same).await;
    assert_eq!(desk.code(again).await, "replayed");
}
